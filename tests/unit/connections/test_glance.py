"""State at a glance (S13)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.unit.connections.making import a_connection, both

from plumbline.connections.glance import Glance, glance
from plumbline.stores.records import ConnectionState


@pytest.mark.parametrize(
    ("state", "word"),
    [
        (ConnectionState.DRAFT, "draft"),
        (ConnectionState.DISABLED, "disabled"),
        (ConnectionState.PAUSED, "paused"),
    ],
)
def test_s13_what_people_want_comes_before_what_happens(state: ConnectionState, word: str) -> None:
    seen = glance(a_connection(state=state, cause="Procore is down."), {}, {"parked": 3})

    assert (seen.state, seen.at, seen.parked) == (word, 200.0, 3)


def test_s13_synced_shows_the_last_success() -> None:
    seen = glance(a_connection(), both(), {"copied": 5})

    assert seen == Glance("synced", 200.0, done=5, total=5, parked=0)


def test_s13_at_rest_the_last_look_without_a_failure_is_the_last_success() -> None:
    seen = glance(a_connection(), both(), {"copied": 5}, looked_at=900.0)

    assert (seen.state, seen.at) == ("synced", 900.0)


def test_s13_a_connection_with_nothing_to_do_is_synced_after_its_first_look() -> None:
    before = glance(a_connection(last_success_at=0.0), both(), {}, looked_at=99.0)
    after = glance(a_connection(last_success_at=0.0), both(), {}, looked_at=101.0)

    assert (before.state, after.state, after.at) == ("syncing", "synced", 101.0)


def test_s13_syncing_shows_when_it_began_and_n_of_m() -> None:
    seen = glance(a_connection(working_since=250.0), both(), {"copied": 2, "waiting": 2, "left": 3})

    assert seen == Glance("syncing", 250.0, done=2, total=4, parked=0)


def test_s13_work_under_way_without_items_is_syncing() -> None:
    assert glance(a_connection(working_since=250.0), both(), {}).state == "syncing"


def test_s13_before_the_first_look_it_is_syncing_since_it_was_enabled() -> None:
    seen = glance(a_connection(last_success_at=0.0), both(), {})

    assert (seen.state, seen.at) == ("syncing", 100.0)


def test_s13_a_failure_shows_its_cause_and_the_last_success() -> None:
    seen = glance(a_connection(cause="CxAlloy TQ is down."), both(), {"waiting": 1})

    assert (seen.state, seen.at, seen.cause) == ("failed", 200.0, "CxAlloy TQ is down.")


def test_s13_parked_items_show_once_nothing_else_is_under_way() -> None:
    busy = glance(a_connection(), both(), {"waiting": 1, "parked": 2})
    done = glance(a_connection(), both(), {"copied": 1, "parked": 2})

    assert busy.state == "syncing"
    assert (done.state, done.cause) == ("failed", "2 parked; each item names its cause.")


def test_s9_a_missing_or_dead_credential_needs_authorization() -> None:
    held = both()
    dead = {**held, "t": replace(held["t"], valid=False)}

    missing = glance(a_connection(), {"t": held["t"]}, {})
    refused = glance(a_connection(), dead, {})

    assert (missing.state, missing.cause) == ("needs_authorization", "Procore: the authorization is missing.")
    assert refused.cause == "CxAlloy: the credential works no longer."


def test_s13_ongoing_sync_counts_what_is_in_sync() -> None:
    counts = {"synced": 5, "waiting": 1, "copied": 1, "gone": 2, "unlinked": 3, "left": 4}

    seen = glance(a_connection(approach="sync", working_since=250.0), both(), counts)

    assert seen == Glance("syncing", 250.0, done=5, total=7, parked=0)


def test_s16_deletions_that_wait_for_a_person_show_before_the_work_under_way() -> None:
    seen = glance(a_connection(approach="sync"), both(), {"synced": 5, "waiting": 1, "held": 3})

    assert (seen.state, seen.total) == ("failed", 9)
    assert seen.cause == "3 deletions wait for a person's approval; the brake names each."
