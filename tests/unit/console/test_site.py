"""The site stands on its own: no inline code, nothing from elsewhere, every import there, and light."""

from __future__ import annotations

import gzip
import hashlib
import re
from typing import TYPE_CHECKING

import pytest
from tests.unit.console.site import SITE, closure, code, exports, imports, imports_later, modules

if TYPE_CHECKING:
    from pathlib import Path

PAGE = (SITE / "index.html").read_text(encoding="utf-8")
STYLES = sorted((SITE / "styles").glob("*.css"))
LIGHT = 150_000
VENDORED = SITE / "vendor" / "htm-preact" / "standalone.module.js"


def test_the_page_holds_no_code_and_no_style_of_its_own() -> None:
    assert re.findall(r"<script(?![^>]*\ssrc=)", PAGE) == []
    assert re.findall(r"<style|\sstyle=|\son\w+=|javascript:", PAGE) == []


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SITE)))
def test_a_module_writes_no_style_or_markup_past_the_policy(path: Path) -> None:
    text = code(path)

    assert re.findall(r"\sstyle=|innerHTML|outerHTML|insertAdjacentHTML|document\.write", text) == []
    assert re.findall(r"\beval\(|new Function\(", text) == []


def test_nothing_comes_from_elsewhere() -> None:
    fetched = re.findall(r'(?:src|href)="([^"]+)"', PAGE)
    styled = [found for path in STYLES for found in re.findall(r"url\(|@import", path.read_text())]

    assert [name for name in fetched if not (SITE / name).is_file()] == []
    assert styled == []


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SITE)))
def test_every_import_is_there_and_gives_the_names_that_are_taken(path: Path) -> None:
    assert [needed for needed in imports_later(path) if not needed.is_file()] == []
    for needed, names in imports(path):
        assert needed.is_file(), needed
        assert set(names) <= exports(needed), needed


def test_every_module_is_used() -> None:
    used = closure(SITE / "app.js", later=True)

    unused = {path for path in modules() if "words" not in path.parts} - used
    assert {str(path.relative_to(SITE)) for path in unused} == set()


def test_the_first_page_is_light_in_every_language() -> None:
    own = [path for path in SITE.rglob("*") if path.is_file() and path in closure(SITE / "app.js")]
    frame = [SITE / "index.html", SITE / "icon.svg", *STYLES, *own]

    for language in ("en", "es", "fr"):
        files = [*frame, *(SITE / "words" / language).glob("*.js")]
        assert sum(len(gzip.compress(path.read_bytes())) for path in files) < LIGHT


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(SITE)))
def test_a_module_is_short(path: Path) -> None:
    if "words" not in path.parts:
        assert len(path.read_text(encoding="utf-8").splitlines()) <= 200


def test_the_view_library_is_the_one_that_its_page_names() -> None:
    about = (VENDORED.parent / "ABOUT.md").read_text(encoding="utf-8")

    assert hashlib.sha256(VENDORED.read_bytes()).hexdigest() in about
    assert "Apache License" in (VENDORED.parent / "LICENSE-htm").read_text(encoding="utf-8")
    assert "The MIT License" in (VENDORED.parent / "LICENSE-preact").read_text(encoding="utf-8")


def test_tokens_stay_in_the_memory_of_one_module() -> None:
    named = {
        path.name for path in modules() if re.search(r"localStorage|sessionStorage|indexedDB", code(path))
    }
    cookies = {path.name for path in modules() if "document.cookie" in code(path)}

    assert named == {"kept.js"}
    assert cookies == set()
    assert "token" not in code(SITE / "lib" / "kept.js")
