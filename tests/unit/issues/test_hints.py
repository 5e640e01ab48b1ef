"""Hints as messages of the sync queue."""

from __future__ import annotations

import pytest

from plumbline.issues.hints import ITEM, LOGS, Hint, from_text, to_text


def test_a_hint_is_short_json_without_what_is_empty() -> None:
    assert to_text(Hint("c1", "poll", link_id="l1", facets=(LOGS,))) == (
        '{"connection_id":"c1","cause":"poll","link_id":"l1","facets":["logs"]}'
    )


def test_a_hint_is_read_back_as_it_was() -> None:
    for hint in (
        Hint("c1", "poll", link_id="l1", facets=(LOGS,)),
        Hint("c1", "webhook", resource=ITEM, resource_id="7", verb="update", at=12.5, application="app"),
    ):
        assert from_text(to_text(hint)) == hint


def test_keys_of_a_newer_version_are_let_through() -> None:
    assert from_text('{"connection_id": "c1", "cause": "sweep", "novelty": 1}') == Hint("c1", "sweep")


def test_what_is_no_json_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        from_text("no hint")
