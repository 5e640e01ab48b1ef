"""Words: three languages with the same keys, each text with the same names in it, and none missing."""

from __future__ import annotations

import re

import pytest
from tests.unit.console.site import LANGUAGES, ROOMS, Text, code, modules, words

NAME = re.compile(r"\{(\w+)\}")
# t("key"), rich("key"), and both keys of t(is ? "one" : "other").
USED = re.compile(r'\b(?:t|rich)\(\s*"([^"]+)"')
CHOSEN = re.compile(r'\b(?:t|rich)\([^()"]*\?\s*"([^"]+)"\s*:\s*"([^"]+)"')


def _forms(text: Text) -> list[str]:
    return [text] if isinstance(text, str) else list(text.values())


def _every(language: str) -> dict[str, Text]:
    return {key: text for room in ROOMS for key, text in words(language, room).items()}


@pytest.mark.parametrize("room", ROOMS)
@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_language_has_the_keys_of_english_in_the_same_order(language: str, room: str) -> None:
    assert list(words(language, room)) == list(words("en", room))


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_translation_names_the_same_values(language: str) -> None:
    english, other = _every("en"), _every(language)
    named = {
        key: ({*NAME.findall(" ".join(_forms(text)))}, {*NAME.findall(" ".join(_forms(other[key])))})
        for key, text in english.items()
    }

    assert {key: pair for key, pair in named.items() if pair[0] != pair[1]} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_is_empty_and_each_plural_has_one_and_other(language: str) -> None:
    every = _every(language)

    assert [key for key, text in every.items() if not all(form.strip() for form in _forms(text))] == []
    assert {tuple(text) for text in every.values() if isinstance(text, dict)} == {("one", "other")}


def test_no_key_is_in_two_files() -> None:
    keys = [key for room in ROOMS for key in words("en", room)]

    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_sentences_are_translated(language: str) -> None:
    other = _every(language)
    sentences = {key: text for key, text in _every("en").items() if max(map(len, _forms(text))) > 40}

    assert [key for key, text in sentences.items() if other[key] == text] == []


def test_every_key_that_a_page_names_has_words() -> None:
    known = set(_every("en"))
    missing = {
        (path.name, key)
        for path in modules()
        for key in USED.findall(code(path)) + [one for pair in CHOSEN.findall(code(path)) for one in pair]
        if key not in known
    }

    assert missing == set()
