"""S7: which webhook is ours, what is off with it, and the words for that."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plumbline.connections.hook_state import HookState, WantedHook, judged, lacking, namespace_of, ours
from plumbline.connections.problems import Problem
from plumbline.procore.hooks import Hook

ADDRESS = "https://here.example/hooks/procore/c1"
WANTED = WantedHook("c1", "42", "plumbline", ADDRESS, b"master key")
END = WANTED.authorization(1)[-5:]
OURS = Hook("41", "plumbline", ADDRESS, "active", END)
ITEMS = {("Observation Items", "create"), ("Observation Items", "update"), ("Observation Items", "delete")}
LOG = ("Observation Item Response Logs", "create")
REPAIR = "Repair the webhook; that leaves all other webhooks alone."


@pytest.mark.parametrize(
    ("hook", "known_id"),
    [
        (OURS, ""),
        (replace(OURS, address="https://former.example/hooks/procore/c1"), ""),
        (replace(OURS, address="https://changed.example/by-hand"), "41"),
    ],
)
def test_s7_ours_is_what_points_at_our_path_or_was_made_by_us(hook: Hook, known_id: str) -> None:
    assert ours([hook], WANTED, known_id) == (hook,)


@pytest.mark.parametrize(
    ("hook", "known_id"),
    [
        (replace(OURS, namespace="another-app"), "41"),
        (replace(OURS, address="https://here.example/hooks/procore/c2"), ""),
        (replace(OURS, address="https://here.example/hooks/procore/c2"), "7"),
    ],
)
def test_s7_webhooks_of_other_apps_and_connections_are_never_ours(hook: Hook, known_id: str) -> None:
    assert ours([hook], WANTED, known_id) == ()


@pytest.mark.parametrize(
    ("connection_id", "namespace"),
    [("c1", "plumbline-c1"), ("0f9A_b", "plumbline-0f9a-b")],
)
def test_s7_each_connection_has_a_namespace_of_its_own(connection_id: str, namespace: str) -> None:
    assert namespace_of("plumbline", connection_id) == namespace


def test_s7_webhooks_of_our_other_connections_are_told_from_those_of_other_apps() -> None:
    wanted = replace(WANTED, namespace="plumbline-c1", app="plumbline")

    assert wanted.is_sibling(replace(OURS, namespace="plumbline-c2"))
    assert not wanted.is_sibling(replace(OURS, namespace="plumbliner"))
    assert not replace(wanted, app="").is_sibling(replace(OURS, namespace="-x"))


def test_s7_of_several_the_one_at_our_address_comes_first() -> None:
    former = replace(OURS, id="40", address="https://former.example/hooks/procore/c1")
    double = replace(OURS, id="43")

    assert ours([former, OURS, double], WANTED, "43") == (double, OURS, former)


def test_s7_a_webhook_as_it_should_be_has_no_faults() -> None:
    state = judged((OURS,), WANTED, 1)

    assert state == HookState(OURS)
    assert state.faults == ()


def test_s7_a_secret_that_procore_does_not_show_is_not_called_wrong() -> None:
    assert not judged((replace(OURS, secret_end=""),), WANTED, 1).wrong_secret


@pytest.mark.parametrize(
    ("changes", "generation", "reason"),
    [
        ({"address": "https://x.example/y"}, 1, "The webhook points at https://x.example/y."),
        ({"status": "disabled"}, 1, "The webhook is disabled."),
        ({"secret_end": "00000"}, 1, "The webhook carries another secret than this connection's."),
        ({}, 2, "The webhook carries another secret than this connection's."),
    ],
)
def test_s7_what_is_off_is_named(changes: dict[str, Any], generation: int, reason: str) -> None:
    state = judged((replace(OURS, **changes),), WANTED, generation)

    assert state.faults == (Problem("webhook", reason, REPAIR),)


def test_s7_a_webhook_that_is_not_there_is_named() -> None:
    assert judged((), WANTED, 1).faults == (
        Problem("webhook", "Procore has no webhook for this connection.", REPAIR),
    )


def test_s7_several_faults_are_all_named() -> None:
    state = replace(
        judged((OURS, replace(OURS, id="43")), WANTED, 1),
        lacking=frozenset({LOG, ("Observation Items", "delete")}),
        refusals=("no right",),
        failing=True,
        discarded=True,
    )

    assert [fault.reason for fault in state.faults] == [
        "The webhook is there more than once, so that each event is told more than once.",
        "The webhook does not tell of Observation Item Response Logs: create, Observation Items: delete. "
        "Procore says: no right.",
        "Procore could not deliver lately.",
        "Procore gave up deliveries that had waited for 12 hours.",
    ]


def test_s7_when_procore_does_not_let_us_look_only_that_is_said() -> None:
    refused = Problem("webhook", "You need Admin.", "Ask for it.")

    assert HookState(refused=refused).faults == (refused,)


def test_a31_comments_are_asked_for_only_where_procore_offers_them() -> None:
    held = frozenset({("Observation Items", "create")})

    assert lacking(WANTED, held, frozenset(ITEMS)) == ITEMS - held
    assert lacking(WANTED, held, frozenset({*ITEMS, LOG})) == {*ITEMS, LOG} - held


def test_what_is_needed_but_not_offered_is_lacking_all_the_same() -> None:
    assert lacking(WANTED, frozenset(), frozenset()) == ITEMS
