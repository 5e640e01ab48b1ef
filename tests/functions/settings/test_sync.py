"""Ongoing sync over the API: its settings, checks, webhook, enabling, disabling, deleting (S6-S8, S25)."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.functions.settings.joined import (
    SYNC_SETTINGS,
    make_ready,
    make_running,
    make_sync,
    make_synced,
)
from tests.functions.settings.worlds import HARBOR_POINT, MARCUS, NORTHWIND, OPEN

from plumbline import wiring_jobs
from plumbline.stores.records import Conflict, Cursor, Intent, Link, LinkState, Undo
from sandbox.procore import Fault
from sandbox.procore.records import Hook

if TYPE_CHECKING:
    from tests.functions.settings.api import Api

_HOOKS = f"/rest/v2.0/companies/{NORTHWIND}/projects/{HARBOR_POINT}/webhooks/hooks"


@pytest.fixture
def tenant(api: Api) -> str:
    return api.tenant()


def _id(path: str) -> str:
    return path.rpartition("/")[2]


def _outcomes(api: Api) -> list[str]:
    return [entry.outcome for entry in api.stores.activity.entries]


def _link(api: Api, path: str, number: int, state: LinkState = LinkState.SYNCED) -> Link:
    return api.stores.links.create(Link(f"link-{number}", _id(path), str(number), state))


# ---- Settings and checks -----------------------------------------------------------------------------------


def test_ongoing_sync_needs_neither_trigger_nor_done_status(api: Api, tenant: str) -> None:
    told = api.good("GET", f"{make_sync(api, tenant)}/checks")

    assert (told["ready"], told["problems"]) == (True, [])


def test_an_empty_draft_of_ongoing_sync_names_what_it_lacks(api: Api, tenant: str) -> None:
    draft = api.good("POST", f"/tenants/{tenant}/connections", {"name": "Empty", "approach": "sync"})

    told = api.good("GET", f"/tenants/{tenant}/connections/{draft['id']}/checks")

    assert [problem["field"] for problem in told["problems"][5:]] == [
        "settings.initial_status_id",
        "settings.default_type_id",
    ]


def test_a20_the_maps_are_checked_in_both_directions(api: Api, tenant: str) -> None:
    maps = {"priority": {"to_procore": {"99": "High"}, "to_tracker": {"Low": "98"}}}
    path = make_sync(api, tenant, settings={**SYNC_SETTINGS, "maps": maps})

    told = api.good("GET", f"{path}/checks")

    assert [problem["field"] for problem in told["problems"]] == [
        "settings.maps.priority.to_procore.99",
        "settings.maps.priority.to_tracker.Low",
    ]


def test_s6_a_person_needs_admin_on_two_tools_for_ongoing_sync(api: Api, tenant: str) -> None:
    passed = api.good("GET", f"{make_sync(api, tenant)}/checks")["permissions"]

    assert [(row["tool"], row["needed"], row["passed"]) for row in passed] == [
        ("admin", "Admin", True),
        ("observations", "Admin", True),
    ]


def test_s6_enabling_ongoing_sync_is_refused_while_a_level_is_missing(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant, MARCUS)

    refused = api.call("POST", f"{path}/enable")

    assert (refused.status, refused.error["code"]) == (422, "not_ready")
    assert "admin needs the level Admin" in refused.error["problems"][0]["reason"]
    assert api.procore.state.hooks == {}


def test_s6_the_options_in_use_ask_for_more_levels(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant, settings={**SYNC_SETTINGS, "sync": {"assignees": True, "deletes": False}})

    rows = api.good("GET", f"{path}/checks")["permissions"]

    assert [(row["tool"], row["needed"]) for row in rows] == [
        ("admin", "Admin"),
        ("observations", "Standard"),
        ("directory", "Standard"),
    ]


@pytest.mark.parametrize(
    ("sync", "field"),
    [
        ({"rules": {"title": "mine"}}, "settings.sync.rules.title"),
        ({"rules": {"colour": "ask"}}, "settings.sync.rules.colour"),
        ({"observation_deleted": "delete_all"}, "settings.sync.observation_deleted"),
        ({"brake_count": 0}, "settings.sync.brake_count"),
        ({"brake_percent": 101}, "settings.sync.brake_percent"),
        ({"births": {"kinds": ["1"]}}, "settings.sync.births.kinds"),
        ({"undo_days": 91}, "settings.sync.undo_days"),
        ({"echo": True}, "settings.sync.echo"),
    ],
)
def test_bad_settings_of_ongoing_sync_name_their_field(
    api: Api, tenant: str, sync: dict[str, Any], field: str
) -> None:
    body = {"name": "Hospital", "approach": "sync", "settings": {"sync": sync}}

    refused = api.call("POST", f"/tenants/{tenant}/connections", body)

    assert refused.status == 422
    assert refused.error["problems"][0]["field"].startswith(field)


@pytest.mark.parametrize(
    ("sync", "field"),
    [
        ({"comment_poll_active_seconds": 600}, "settings.sync.comment_poll_active_seconds"),
        ({"assignee_template_id": "5"}, "settings.sync.assignee_template_id"),
        ({"births": {"types": ["1"]}}, "settings.sync.births.types"),
        ({"births": {"trades": ["2"]}}, "settings.sync.births.trades"),
    ],
)
def test_settings_of_ongoing_sync_that_cannot_work_forbid_enabling(
    api: Api, tenant: str, sync: dict[str, Any], field: str
) -> None:
    path = make_sync(api, tenant, settings={**SYNC_SETTINGS, "sync": sync})

    refused = api.call("POST", f"{path}/enable")

    assert (refused.status, refused.error["code"], refused.error["field"]) == (422, "not_ready", field)


def test_the_approach_changes_while_nothing_runs(api: Api, tenant: str) -> None:
    path = make_ready(api, tenant)

    changed = api.good("PATCH", path, {"approach": "sync", "settings": {"initial_status_id": OPEN}})
    api.good("POST", f"{path}/enable")
    refused = api.call("PATCH", path, {"approach": "copy"})

    assert changed["approach"] == "sync"
    assert (refused.status, refused.error["code"], refused.error["field"]) == (
        409,
        "approach_fixed",
        "approach",
    )


def test_what_was_synced_never_becomes_a_copys(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    _link(api, path, 101)

    refused = api.call("PATCH", path, {"approach": "copy"})

    assert (refused.status, refused.error["field"]) == (409, "approach")
    assert "synced items" in refused.error["cause"]


def test_an_unknown_approach_is_refused(api: Api, tenant: str) -> None:
    refused = api.call("POST", f"/tenants/{tenant}/connections", {"name": "x", "approach": "magic"})

    assert (refused.status, refused.error["field"]) == (422, "approach")


def test_s10_other_authorizers_stand_behind_a_connection(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    second = api.connect_procore(tenant, MARCUS)

    changed = api.good("PATCH", path, {"other_authorization_ids": [second]})
    key = changed["tracker_authorization_id"]
    wrong = api.call("PATCH", path, {"other_authorization_ids": [key]})
    unknown = api.call("PATCH", path, {"other_authorization_ids": ["none"]})

    assert changed["other_authorization_ids"] == [second]
    assert (wrong.error["code"], wrong.error["field"]) == ("wrong_kind", "other_authorization_ids")
    assert unknown.error["code"] == "unknown_authorization"


def test_s10_an_authorization_that_may_take_over_is_not_deleted(api: Api, tenant: str) -> None:
    path = make_synced(api, tenant)
    second = api.connect_procore(tenant, MARCUS)
    api.good("PATCH", path, {"other_authorization_ids": [second]})

    refused = api.call("DELETE", f"/tenants/{tenant}/authorizations/{second}")

    assert (refused.status, refused.error["code"]) == (409, "in_use")


def test_s25_settings_of_ongoing_sync_travel_as_json(api: Api, tenant: str) -> None:
    chosen = {"rules": {"title": "ask"}, "brake_count": 3, "births": {"types": ["7001"]}}
    path = make_sync(api, tenant, settings={**SYNC_SETTINGS, "sync": chosen})
    body = {"name": "Second", "approach": "sync"}
    other = api.good("POST", f"/tenants/{tenant}/connections", body)["id"]

    exported = api.good("GET", f"{path}/settings/export")
    imported = api.good("POST", f"/tenants/{tenant}/connections/{other}/settings/import", exported)

    assert exported["settings"]["sync"]["rules"] == {"title": "ask"}
    assert imported["settings"] == exported["settings"]


# ---- Enabling, disabling, the webhook ----------------------------------------------------------------------


def test_s7_s8_enabling_sets_the_webhook_and_looks_at_both_sides(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)

    enabled = api.good("POST", f"{path}/enable")

    (hook,) = api.procore.state.hooks.values()
    assert hook.destination_url == f"http://api.localhost:4566/v1/hooks/procore/{_id(path)}"
    assert (hook.namespace, hook.status) == (f"plumbline-{_id(path)}", "active")
    assert str(hook.authorization).startswith("Bearer v1.1.")
    assert (enabled["state"], enabled["glance"]["state"]) == ("enabled", "syncing")
    assert api.polls == [_id(path)]
    due = [name for name in ("tracker", "comments", "sweep") if api.stores.cursors.get(_id(path), name)]
    assert due == ["tracker", "comments", "sweep"]


def test_a_one_time_copy_sets_no_webhook(api: Api, tenant: str) -> None:
    path = make_running(api, tenant)

    refused = api.call("GET", f"{path}/hook")

    assert api.procore.state.hooks == {}
    assert (refused.status, refused.error["code"]) == (409, "wrong_approach")


def test_s7_a_webhook_that_cannot_be_made_keeps_the_connection_off(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    api.procore.faults.append(Fault(path=_HOOKS, status=422, times=0))

    refused = api.call("POST", f"{path}/enable")

    assert refused.status == 422
    assert api.good("GET", path)["state"] == "draft"
    assert (api.polls, _outcomes(api)) == ([], [])


def test_s7_the_check_shows_ours_and_names_those_of_others(api: Api, tenant: str) -> None:
    path = make_synced(api, tenant)
    for number, namespace in ((77, "other-app"), (78, "plumbline-c2")):
        api.procore.state.hooks[number] = Hook(
            number, NORTHWIND, HARBOR_POINT, namespace, "v2.0", "https://other.example/in", None, 1.0, 1.0
        )

    told = api.good("GET", f"{path}/hook")

    assert (told["healthy"], told["problems"], told["tells_comments"]) == (True, [], True)
    assert [(one["id"], one["namespace"], one["ours"]) for one in told["others"]] == [
        ("77", "other-app", False),
        ("78", "plumbline-c2", True),
    ]
    assert told["others"][0]["address"] == "https://other.example/in"


# ---- How its work stands -----------------------------------------------------------------------------------


def test_s13_a_connection_counts_its_items_by_state(api: Api, tenant: str) -> None:
    path = make_synced(api, tenant)
    for number, state in enumerate((LinkState.SYNCED, LinkState.SYNCED, LinkState.WAITING)):
        api.stores.links.create(Link(f"link-{number}", _id(path), str(number), state))

    shown = {state: count for state, count in api.good("GET", path)["counts"].items() if count}

    assert shown == {"synced": 2, "waiting": 1}


def test_s13_a_connection_shows_the_calls_that_its_authorizer_has_left(api: Api, tenant: str) -> None:
    path = make_synced(api, tenant)
    before = api.good("GET", path)["calls"]

    api.good("GET", f"{path}/hook")  # asks Procore
    after = api.good("GET", path)["calls"]

    assert before["limit"] == after["limit"] == 980_000  # the hour less what is kept for its edges
    assert 0 < after["left"] < before["left"]
    assert after["ends_at"] is not None
    draft = api.good("POST", f"/tenants/{tenant}/connections", {"name": "Bare"})
    assert draft["calls"] is None


# ---- Its polls ---------------------------------------------------------------------------------------------


def _note(api: Api, path: str, name: str, **notes: Any) -> None:
    cursor = api.stores.cursors.get(_id(path), name) or Cursor(_id(path), name)
    api.stores.cursors.save(replace(cursor, due_at=1_800_000_000.0, notes={**cursor.notes, **notes}))


def test_a31_a_connection_shows_its_next_polls_and_what_keeps_them(api: Api, tenant: str) -> None:
    path = make_synced(api, tenant)
    _note(api, path, "comments", interval=900.0, cause="14 connections share one Procore authorizer.")
    _note(api, path, "sweep", refused="The project is not visible.")

    tracker, comments, sweep = api.good("GET", path)["polls"]

    assert (tracker["name"], tracker["interval_seconds"], tracker["refused"]) == ("tracker", 60.0, "")
    assert comments == {
        "name": "comments", "last_at": None, "next_at": "2027-01-15T08:00:00Z", "interval_seconds": 900.0,
        "refused": "", "notice": "14 connections share one Procore authorizer.",
        "next_step": "Connect some of these projects under a second authorizer.",
    }  # fmt: skip
    assert (sweep["refused"], sweep["interval_seconds"]) == ("The project is not visible.", 3600.0)
    assert sweep["next_step"].startswith("See the activity log")


def test_a_webhook_that_is_off_is_told_with_the_sweep(api: Api, tenant: str) -> None:
    path = make_synced(api, tenant)
    _note(api, path, "sweep", hook="The webhook is disabled.")

    sweep = api.good("GET", path)["polls"][2]

    assert (sweep["refused"], sweep["notice"]) == ("", "The webhook is disabled.")
    assert sweep["next_step"].startswith("Look at the webhook check")


def test_what_does_not_run_has_no_next_polls(api: Api, tenant: str) -> None:
    paused = api.good("POST", f"{make_synced(api, tenant)}/pause")

    assert [one["next_at"] for one in paused["polls"]] == [None, None, None]


def test_a_copy_has_one_poll(api: Api, tenant: str) -> None:
    assert [one["name"] for one in api.good("GET", make_running(api, tenant))["polls"]] == ["tracker"]


def test_s7_what_is_off_is_named_and_repaired_with_one_click(api: Api, tenant: str) -> None:
    path = make_synced(api, tenant)
    api.procore.state.hooks.clear()
    api.procore.state.triggers.clear()

    broken = api.good("GET", f"{path}/hook")
    repaired = api.good("POST", f"{path}/hook/repair")
    whole = api.good("GET", f"{path}/hook")

    assert broken["healthy"] is False
    assert broken["problems"][0]["reason"] == "Procore has no webhook for this connection."
    assert (repaired["healthy"], whole["healthy"]) == (True, True)
    assert len(api.procore.state.hooks) == 1
    assert _outcomes(api)[-1] == "hook_repaired"


def test_a_draft_has_no_webhook_to_look_at(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)

    assert api.call("GET", f"{path}/hook").error["code"] == "wrong_state"
    assert api.call("POST", f"{path}/hook/repair").error["code"] == "wrong_state"
    assert api.procore.state.hooks == {}


def test_s8_disabling_removes_our_webhook_and_keeps_the_links(api: Api, tenant: str) -> None:
    path = make_synced(api, tenant)
    _link(api, path, 101)

    disabled = api.good("POST", f"{path}/disable")

    assert api.procore.state.hooks == {}
    assert disabled["state"] == "disabled"
    assert api.stores.links.get("link-101") is not None


def test_s8_a_webhook_that_cannot_be_removed_does_not_keep_anyone_from_disabling(
    api: Api, tenant: str
) -> None:
    path = make_synced(api, tenant)
    api.procore.faults.append(Fault(path=_HOOKS, status=403, times=0))

    disabled = api.good("POST", f"{path}/disable")

    assert disabled["state"] == "disabled"
    assert "Its webhook could not be removed" in api.stores.activity.entries[-1].message


def test_s8_disabling_works_while_procore_is_down(api: Api, tenant: str) -> None:
    path = make_synced(api, tenant)
    api.procore.faults.append(Fault(path=_HOOKS, status=503, times=0))

    assert api.good("POST", f"{path}/disable")["state"] == "disabled"


def test_s8_enabling_again_goes_on_from_the_links_with_a_look_at_everything(api: Api, tenant: str) -> None:
    path = make_synced(api, tenant)
    link = _link(api, path, 101)
    api.good("POST", f"{path}/disable")
    swept = api.stores.cursors.get(_id(path), "sweep")
    assert swept is not None
    later = time.time() + 3000
    api.stores.cursors.save(Cursor(swept.connection_id, "sweep", later, version=swept.version))

    api.good("POST", f"{path}/enable")

    due = api.stores.cursors.get(_id(path), "sweep")
    assert due is not None
    assert due.due_at < later - 2000
    assert api.stores.links.get("link-101") == link
    assert len(api.procore.state.hooks) == 1


def test_s14_sync_now_asks_for_both_sides(api: Api, tenant: str) -> None:
    path = make_synced(api, tenant)
    for name in ("tracker", "comments", "sweep"):
        held = api.stores.cursors.get(_id(path), name)
        assert held is not None
        api.stores.cursors.save(Cursor(_id(path), name, due_at=9e9, version=held.version))

    api.good("POST", f"{path}/sync-now")

    due = [api.stores.cursors.get(_id(path), name) for name in ("tracker", "comments", "sweep")]
    assert [cursor is not None and cursor.due_at < 9e9 for cursor in due] == [True, True, True]
    assert len(api.polls) == 2


def test_s25_a_paused_connection_keeps_its_webhook(api: Api, tenant: str) -> None:
    path = make_synced(api, tenant)

    paused = api.good("POST", f"{path}/pause")
    resumed = api.good("POST", f"{path}/resume")

    assert (paused["glance"]["state"], resumed["state"]) == ("paused", "enabled")
    assert len(api.procore.state.hooks) == 1


def test_s13_the_glance_counts_synced_items(api: Api, tenant: str) -> None:
    path = make_synced(api, tenant)
    for number, state in enumerate(
        (LinkState.SYNCED, LinkState.SYNCED, LinkState.WAITING, LinkState.UNLINKED, LinkState.GONE)
    ):
        _link(api, path, number, state)

    seen = api.good("GET", path)["glance"]

    assert (seen["state"], seen["done"], seen["total"]) == ("syncing", 2, 3)


def test_s16_the_glance_says_that_deletions_wait(api: Api, tenant: str) -> None:
    path = make_synced(api, tenant)
    _link(api, path, 101, LinkState.HELD)

    seen = api.good("GET", path)["glance"]

    assert seen["state"] == "failed"
    assert seen["cause"] == "1 deletions wait for a person's approval; the brake names each."


# ---- Deleting ----------------------------------------------------------------------------------------------


def test_deleting_forgets_links_cursors_snapshot_and_previews(api: Api, tenant: str) -> None:
    path = make_synced(api, tenant)
    link = _link(api, path, 101)
    api.stores.links.put_intent(Intent(link.id, "comment#1", 1.0))
    api.stores.links.put_intent(Intent(f"people:{_id(path)}", "person#1", 1.0))
    api.stores.links.put_conflict(Conflict("title-open", _id(path), link.id, "title", 1.0, "open"))
    api.stores.links.put_undo(Undo("1.000-write_tracker", _id(path), link.id, 1.0, "write_tracker"))
    api.stores.snapshots.write(_id(path), {"101": "x"}, etag="")
    api.good("POST", f"{path}/previews")
    api.good("POST", f"{path}/disable")

    api.good("DELETE", path)

    assert api.stores.links.get("link-101") is None
    assert api.stores.links.intents("link-101") == api.stores.links.intents(f"people:{_id(path)}") == []
    assert (api.stores.links.undos("link-101"), api.stores.links.conflicts("link-101")) == ([], [])
    assert api.stores.snapshots.read(_id(path)) == ({}, "")
    assert api.stores.work.objects == {}
    assert api.stores.cursors.get(_id(path), "sweep") is None
    assert [job["job"] for job in api.jobs] == ["preview"]


def test_deleting_a_large_connection_is_a_job(api: Api, tenant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_sync(api, tenant)
    for number in range(30):
        _link(api, path, number)
    monkeypatch.setattr("settings_api.connections.LONGEST_DELETE", -1.0)

    answer = api.call("DELETE", path)

    assert answer.status == 204
    assert api.call("GET", path).status == 404
    assert api.jobs == [{"job": "forget", "connection_id": _id(path)}]
    assert wiring_jobs.jobs(lambda: 60.0).run(api.jobs[0]) == "forgotten"
    assert sum(api.stores.links.counts(_id(path)).values()) == 0


def test_a_webhook_left_behind_is_removed_with_the_connection(api: Api, tenant: str) -> None:
    path = make_synced(api, tenant)
    api.procore.faults.append(Fault(path=_HOOKS, status=503, times=1))
    api.good("POST", f"{path}/disable")
    assert len(api.procore.state.hooks) == 1

    api.good("DELETE", path)

    assert api.procore.state.hooks == {}


def test_s21_a_viewer_looks_at_the_webhook_and_changes_nothing(api: Api, tenant: str) -> None:
    path = make_synced(api, tenant)
    api.member(tenant, "vera", "viewer")

    assert api.call("GET", f"{path}/hook", who="vera").status == 200
    assert api.call("POST", f"{path}/hook/repair", who="vera").error["code"] == "role_needed"
