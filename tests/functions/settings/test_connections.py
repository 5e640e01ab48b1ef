"""Connections over the API: choosing, checking, enabling, pausing, disabling, settings."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.functions.settings.joined import SETTINGS, choices, make_ready, make_running
from tests.functions.settings.worlds import CASCADE, DANA, HARBOR_POINT, MARCUS, NORTHWIND, RIVERSIDE

from plumbline.stores.records import Link, LinkState
from sandbox.procore import Fault

if TYPE_CHECKING:
    from tests.functions.settings.api import Api


@pytest.fixture
def tenant(api: Api) -> str:
    return api.tenant()


def _link(api: Api, connection: str, state: LinkState = LinkState.COPIED, issue: str = "101") -> Link:
    link = Link(f"link-{issue}", connection.rpartition("/")[2], issue, state, f"CHK-{issue}")
    return api.stores.links.create(link)


def _outcomes(api: Api) -> list[str]:
    return [entry.outcome for entry in api.stores.activity.entries]


def test_a_connection_begins_as_a_draft_with_the_defaults(api: Api, tenant: str) -> None:
    made = api.good("POST", f"/tenants/{tenant}/connections", {"name": "Hospital"})

    assert (made["state"], made["glance"]["state"], made["approach"]) == ("draft", "draft", "copy")
    assert made["settings"]["poll_seconds"] == 60
    assert made["settings"]["park_after_tries"] == 5
    assert made["settings"]["send_email"] is False
    assert made["settings"]["sections"] == ["construction", "design"]


def test_a_connection_begins_with_the_trackers_calls_of_the_deployment(api: Api, tenant: str) -> None:
    made = api.good("POST", f"/tenants/{tenant}/connections", {"name": "Hospital"})

    assert made["settings"]["tracker_calls"]["page_size"] == 400


def test_choices_are_kept_with_their_names(api: Api, tenant: str) -> None:
    made = api.good("GET", make_ready(api, tenant))

    assert made["company_name"] == "Northwind Builders"
    assert made["project_name"] == "Harbor Point Medical Center"
    assert made["tracker_project_name"] == "North Hospital"
    (listed,) = api.good("GET", f"/tenants/{tenant}/connections")["items"]
    assert "settings" not in listed
    assert listed["name"] == "Hospital"


@pytest.mark.parametrize(
    ("field", "value"), [("company_id", "999"), ("project_id", "999"), ("tracker_project_id", "999")]
)
def test_what_the_authorization_does_not_see_cannot_be_chosen(
    api: Api, tenant: str, field: str, value: str
) -> None:
    body = {"name": "Hospital", **choices(api, tenant), field: value}

    refused = api.call("POST", f"/tenants/{tenant}/connections", body)

    assert (refused.status, refused.error["code"], refused.error["field"]) == (422, "not_visible", field)
    assert api.good("GET", f"/tenants/{tenant}/connections")["items"] == []


def test_s4_a_project_needs_its_company(api: Api, tenant: str) -> None:
    body = {"name": "Hospital", **choices(api, tenant), "company_id": ""}

    refused = api.call("POST", f"/tenants/{tenant}/connections", body)

    assert (refused.status, refused.error["field"]) == (422, "company_id")


def test_a_company_needs_an_authorization(api: Api, tenant: str) -> None:
    body = {"name": "Hospital", "company_id": str(NORTHWIND)}

    refused = api.call("POST", f"/tenants/{tenant}/connections", body)

    assert (refused.status, refused.error["field"]) == (422, "procore_authorization_id")


def test_a_tracker_project_needs_a_key(api: Api, tenant: str) -> None:
    refused = api.call(
        "POST", f"/tenants/{tenant}/connections", {"name": "Hospital", "tracker_project_id": "7"}
    )

    assert (refused.status, refused.error["field"]) == (422, "tracker_authorization_id")


@pytest.mark.parametrize("field", ["procore_authorization_id", "tracker_authorization_id"])
def test_an_authorization_must_be_of_its_side(api: Api, tenant: str, field: str) -> None:
    chosen = choices(api, tenant)
    other = {"procore_authorization_id", "tracker_authorization_id"} - {field}
    wrong = chosen[other.pop()]

    refused = api.call("POST", f"/tenants/{tenant}/connections", {"name": "Hospital", field: wrong})

    assert (refused.status, refused.error["code"], refused.error["field"]) == (422, "wrong_kind", field)


def test_s5_choosing_a_company_without_the_app_says_what_to_install(api: Api, tenant: str) -> None:
    body = {"name": "Hospital", **choices(api, tenant), "company_id": str(CASCADE), "project_id": "310001"}

    refused = api.call("POST", f"/tenants/{tenant}/connections", body)

    assert (refused.status, refused.error["code"]) == (422, "user_installs_off")
    assert refused.error["install"]["app_name"] == "Plumbline"


def test_b15_two_projects_are_joined_once(api: Api, tenant: str) -> None:
    first = make_ready(api, tenant)
    body = {"name": "Again", **choices(api, tenant)}

    refused = api.call("POST", f"/tenants/{tenant}/connections", body)
    api.good("DELETE", first)

    assert (refused.status, refused.error["code"]) == (409, "taken")
    assert api.call("POST", f"/tenants/{tenant}/connections", body).status == 201


def test_a_change_of_the_projects_may_run_into_another_connection(api: Api, tenant: str) -> None:
    make_ready(api, tenant)
    body = {"name": "Other", **choices(api, tenant), "project_id": str(RIVERSIDE)}
    other = api.good("POST", f"/tenants/{tenant}/connections", body)["id"]

    refused = api.call("PATCH", f"/tenants/{tenant}/connections/{other}", {"project_id": str(HARBOR_POINT)})

    assert (refused.status, refused.error["code"]) == (409, "taken")


def test_projects_change_while_nothing_is_linked(api: Api, tenant: str) -> None:
    path = make_ready(api, tenant)

    changed = api.good("PATCH", path, {"project_id": str(RIVERSIDE)})

    assert changed["project_name"] == "Riverside Parking Structure"


def test_projects_stay_once_something_is_linked(api: Api, tenant: str) -> None:
    path = make_ready(api, tenant)
    _link(api, path)

    refused = api.call("PATCH", path, {"project_id": str(RIVERSIDE)})

    assert (refused.status, refused.error["code"], refused.error["field"]) == (
        409,
        "projects_fixed",
        "project_id",
    )


def test_projects_stay_while_the_connection_runs(api: Api, tenant: str) -> None:
    refused = api.call("PATCH", make_running(api, tenant), {"tracker_project_id": "8"})

    assert (refused.status, refused.error["field"]) == (409, "tracker_project_id")


def test_a_key_of_another_host_counts_as_another_project(api: Api, tenant: str) -> None:
    path = make_running(api, tenant)
    body = {"host": "http://localhost:1", "identifier": "k", "secret": "s"}
    other = api.good("POST", f"/tenants/{tenant}/authorizations/cxalloy", body)["id"]

    refused = api.call("PATCH", path, {"tracker_authorization_id": other})

    assert (refused.status, refused.error["field"]) == (409, "tracker_authorization_id")


def test_s9_a_running_connection_takes_another_authorizer_that_sees_the_project(
    api: Api, tenant: str
) -> None:
    path = make_running(api, tenant)
    marcus, dana = api.connect_procore(tenant, MARCUS), api.connect_procore(tenant, DANA)

    changed = api.good("PATCH", path, {"procore_authorization_id": marcus})

    assert (changed["state"], changed["procore_authorization_id"]) == ("enabled", marcus)
    assert api.good("PATCH", path, {"procore_authorization_id": dana})["procore_authorization_id"] == dana


def test_a_running_connection_needs_its_authorizations(api: Api, tenant: str) -> None:
    refused = api.call("PATCH", make_running(api, tenant), {"tracker_authorization_id": ""})

    assert 400 <= refused.status < 500
    assert refused.error["field"] == "tracker_authorization_id"


def test_a_change_decided_on_an_older_reading_is_refused(api: Api, tenant: str) -> None:
    path = make_ready(api, tenant)
    read = api.good("GET", path)
    api.good("PATCH", path, {"name": "Renamed", "version": read["version"]})

    refused = api.call("PATCH", path, {"name": "Late", "version": read["version"]})

    assert (refused.status, refused.error["code"], refused.error["field"]) == (
        409,
        "changed_meanwhile",
        "version",
    )
    assert api.good("GET", path)["name"] == "Renamed"


def test_of_the_settings_only_the_sent_keys_change(api: Api, tenant: str) -> None:
    path = make_ready(api, tenant)

    changed = api.good("PATCH", path, {"settings": {"poll_seconds": 120}})["settings"]

    assert (changed["poll_seconds"], changed["trigger_status_id"]) == (120, "2")
    assert changed["maps"]["priority"]["to_procore"] == {"11": "High"}


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"poll_seconds": 5}, "settings.poll_seconds"),
        ({"unknown": 1}, "settings.unknown"),
        ({"sections": []}, "settings.sections"),
        ({"sections": ["garden"]}, "settings.sections.0"),
        ({"title_template": "{secret}"}, "settings.title_template"),
        ({"title_template": "{number:>999999999}"}, "settings.title_template"),
        ({"title_template": "{"}, "settings.title_template"),
        ({"maps": {"status": {"to_procore": {"1": "open"}}}}, "settings.maps.status.to_procore.1"),
        ({"tracker_calls": {"base_path": "//evil.example"}}, "settings.tracker_calls.base_path"),
    ],
)
def test_bad_settings_name_their_field(api: Api, tenant: str, settings: Any, field: str) -> None:
    refused = api.call("PATCH", make_ready(api, tenant), {"settings": settings})

    assert refused.status == 422
    assert refused.error["field"] == field
    assert refused.error["next_step"]


def test_settings_are_not_piled_up_beyond_what_a_record_holds(api: Api, tenant: str) -> None:
    path = f"/tenants/{tenant}/connections"
    path = f"{path}/{api.good('POST', path, {'name': 'Big'})['id']}"
    words = {str(n): "x" * 1900 for n in range(60)}
    api.good("PATCH", path, {"settings": {"added_values": {"statuses": words}}})

    filters = {"assets": [f"{n:064}" for n in range(2000)]}
    refused = api.call("PATCH", path, {"settings": {"filters": filters}})

    assert (refused.status, refused.error["field"]) == (413, "settings")


def test_s6_checks_pass_for_a_ready_connection(api: Api, tenant: str) -> None:
    told = api.good("GET", f"{make_ready(api, tenant)}/checks")

    assert (told["ready"], told["problems"], told["complete"]) == (True, [], True)
    (row,) = told["permissions"]
    assert (row["tool"], row["needed"], row["held"], row["passed"]) == (
        "observations",
        "Standard",
        "Admin",
        True,
    )


def test_s6_a_lower_level_is_enough_for_a_copy_and_says_what_is_missing(api: Api, tenant: str) -> None:
    told = api.good("GET", f"{make_ready(api, tenant, MARCUS)}/checks")

    (row,) = told["permissions"]
    assert (row["held"], row["passed"]) == ("Standard", True)
    assert row["more"].startswith("Admin would add")
    assert told["ready"] is True


def test_a25_the_author_s_own_name_takes_admin_and_enabling_is_refused_without(api: Api, tenant: str) -> None:
    path = make_ready(api, tenant, MARCUS)
    api.good("PATCH", path, {"settings": {"in_authors_name": True}})

    (row,) = api.good("GET", f"{path}/checks")["permissions"]
    assert (row["needed"], row["held"], row["passed"]) == ("Admin", "Standard", False)
    refused = api.call("POST", f"{path}/enable")
    assert (refused.status, refused.error["code"]) == (422, "not_ready")


def test_s6_enabling_is_refused_while_a_level_is_missing(api: Api, tenant: str) -> None:
    path = make_ready(api, tenant, DANA)

    refused = api.call("POST", f"{path}/enable")

    assert (refused.status, refused.error["code"]) == (422, "not_ready")
    (problem,) = refused.error["problems"]
    assert problem["field"] == "procore_authorization_id"
    assert "observations needs the level Standard" in problem["reason"]
    assert "Ask a Procore admin" in problem["next_step"]
    assert api.good("GET", path)["state"] == "draft"


def test_a1_an_empty_draft_names_everything_it_lacks(api: Api, tenant: str) -> None:
    draft = api.good("POST", f"/tenants/{tenant}/connections", {"name": "Empty"})["id"]

    told = api.good("GET", f"/tenants/{tenant}/connections/{draft}/checks")

    assert [problem["field"] for problem in told["problems"]] == [
        "procore_authorization_id",
        "company_id",
        "project_id",
        "tracker_authorization_id",
        "tracker_project_id",
        "settings.trigger_status_id",
        "settings.done_status_id",
        "settings.default_type_id",
    ]
    assert told["ready"] is False
    assert all(problem["reason"] and problem["next_step"] for problem in told["problems"])


@pytest.mark.parametrize(
    ("settings", "field"),
    [
        ({"trigger_status_id": ""}, "settings.trigger_status_id"),
        ({"done_status_id": "2"}, "settings.done_status_id"),
        ({"default_type_id": ""}, "settings.default_type_id"),
        ({"default_type_id": "7050"}, "settings.default_type_id"),
        ({"trigger_status_id": "99"}, "settings.trigger_status_id"),
        ({"filters": {"statuses": ["1"]}}, "settings.filters.statuses"),
        ({"maps": {"discipline": {"to_procore": {"21": "1"}}}}, "settings.maps.discipline.to_procore.21"),
    ],
)
def test_a1_what_cannot_work_is_not_enabled(api: Api, tenant: str, settings: Any, field: str) -> None:
    path = make_ready(api, tenant)
    api.good("PATCH", path, {"settings": settings})

    refused = api.call("POST", f"{path}/enable")

    assert refused.status == 422
    assert field in [problem["field"] for problem in refused.error["problems"]]
    assert api.polls == []


def test_a20_a_status_added_by_hand_may_be_the_trigger(api: Api, tenant: str) -> None:
    path = make_ready(api, tenant)
    settings = {"trigger_status_id": "99", "added_values": {"statuses": {"99": "Send to GC"}}}
    api.good("PATCH", path, {"settings": settings})

    assert api.good("POST", f"{path}/enable")["state"] == "enabled"


def test_a20_the_checks_show_holes_with_their_default_and_groups(api: Api, tenant: str) -> None:
    path = make_ready(api, tenant)
    api.good(
        "PATCH",
        path,
        {"settings": {"maps": {"status": {"to_procore": {"1": "initiated", "2": "initiated"}}}}},
    )

    told = api.good("GET", f"{path}/checks")

    status = [one for one in told["findings"] if (one["field"], one["direction"]) == ("status", "to_procore")]
    assert {
        "field": "status",
        "direction": "to_procore",
        "kind": "hole",
        "values": ["3"],
        "target": "",
        "default": "initiated",
    } in status
    assert ["many_to_one", ["1", "2"], "initiated"] in [
        [one["kind"], one["values"], one["target"]] for one in status
    ]
    assert told["ready"] is True


def test_s8_enabling_starts_the_work_at_once(api: Api, tenant: str) -> None:
    path = make_ready(api, tenant)

    enabled = api.good("POST", f"{path}/enable")

    cursor = api.stores.cursors.get(enabled["id"], "tracker")
    assert (enabled["state"], enabled["glance"]["state"]) == ("enabled", "syncing")
    assert enabled["enabled_at"] is not None
    assert api.polls == [enabled["id"]]
    assert cursor is not None
    assert cursor.due_at > 0
    assert _outcomes(api) == ["enabled"]
    assert api.stores.activity.entries[0].message == "Enabled by olga."


def test_s8_disabling_keeps_the_links_and_enabling_goes_on_from_them(api: Api, tenant: str) -> None:
    path = make_running(api, tenant)
    link = _link(api, path)

    disabled = api.good("POST", f"{path}/disable")
    again = api.good("POST", f"{path}/enable")

    assert (disabled["state"], disabled["glance"]["state"]) == ("disabled", "disabled")
    assert (again["state"], again["glance"]["total"]) == ("enabled", 1)
    assert api.stores.links.get(link.id) == link
    assert _outcomes(api) == ["enabled", "disabled", "enabled"]


def test_s25_pausing_lets_work_wait_and_resuming_goes_on(api: Api, tenant: str) -> None:
    path = make_running(api, tenant)

    paused = api.good("POST", f"{path}/pause")
    resumed = api.good("POST", f"{path}/resume")

    assert (paused["state"], paused["glance"]["cause"]) == ("paused", "Paused by a person; work waits.")
    assert resumed["state"] == "enabled"
    assert api.polls == [resumed["id"], resumed["id"]]
    assert _outcomes(api) == ["enabled", "paused", "resumed"]


@pytest.mark.parametrize(
    ("before", "act"),
    [
        ("draft", "disable"),
        ("draft", "pause"),
        ("draft", "resume"),
        ("draft", "sync-now"),
        ("enabled", "enable"),
        ("enabled", "resume"),
        ("paused", "enable"),
        ("paused", "pause"),
        ("paused", "sync-now"),
        ("disabled", "disable"),
    ],
)
def test_an_act_that_does_not_fit_the_state_is_refused(api: Api, tenant: str, before: str, act: str) -> None:
    path = make_ready(api, tenant)
    for step in {
        "draft": (),
        "enabled": ("enable",),
        "paused": ("enable", "pause"),
        "disabled": ("enable", "disable"),
    }[before]:
        api.good("POST", f"{path}/{step}")

    refused = api.call("POST", f"{path}/{act}")

    assert (refused.status, refused.error["code"]) == (409, "wrong_state")
    assert api.good("GET", path)["state"] == before


def test_s14_sync_now_starts_a_poll(api: Api, tenant: str) -> None:
    path = make_running(api, tenant)

    api.good("POST", f"{path}/sync-now")

    assert len(api.polls) == 2
    assert _outcomes(api) == ["enabled", "sync_asked"]


def test_a_running_connection_is_not_changed_into_one_that_could_not_be_enabled(
    api: Api, tenant: str
) -> None:
    path = make_running(api, tenant)

    refused = api.call("PATCH", path, {"settings": {"done_status_id": "2"}})

    assert (refused.status, refused.error["code"]) == (422, "not_ready")
    assert refused.error["field"] == "settings.done_status_id"


def test_only_what_does_not_run_is_deleted(api: Api, tenant: str) -> None:
    path = make_running(api, tenant)
    identifier = path.rpartition("/")[2]
    api.stores.snapshots.write(identifier, {"101": "x"}, etag="")

    refused = api.call("DELETE", path)
    api.good("POST", f"{path}/disable")
    api.good("DELETE", path)

    assert (refused.status, refused.error["field"]) == (409, "state")
    assert api.call("GET", path).status == 404
    assert api.stores.cursors.get(identifier, "tracker") is None
    assert api.stores.snapshots.read(identifier) == ({}, "")


def test_s25_settings_travel_as_json(api: Api, tenant: str) -> None:
    path = make_ready(api, tenant)
    exported = api.good("GET", f"{path}/settings/export")
    body = {"name": "Other", **choices(api, tenant), "project_id": str(RIVERSIDE)}
    other = f"/tenants/{tenant}/connections/{api.good('POST', f'/tenants/{tenant}/connections', body)['id']}"

    imported = api.good("POST", f"{other}/settings/import", exported)

    assert imported["settings"] == exported["settings"]
    assert exported["settings"]["maps"] == SETTINGS["maps"]
    assert api.call("POST", f"{other}/settings/import", {"settings": {"x": 1}}).error["field"] == "settings.x"


def test_s25_settings_are_copied_from_another_connection(api: Api, tenant: str) -> None:
    path = make_ready(api, tenant)
    made = api.good("POST", f"/tenants/{tenant}/connections", {"name": "B"})
    other = f"/tenants/{tenant}/connections/{made['id']}"

    copied = api.good("POST", f"{other}/copy-settings", {"from_connection_id": path.rpartition("/")[2]})

    assert copied["settings"]["trigger_status_id"] == "2"
    assert _outcomes(api) == ["settings_changed"]


ALERTS = {"when": "at_once", "recipients": ["ana@example.com"], "about": ["parked"]}


def test_s24_alerts_are_set_exported_and_copied_with_their_recipients(api: Api, tenant: str) -> None:
    path = make_ready(api, tenant)
    made = api.good("POST", f"/tenants/{tenant}/connections", {"name": "B"})
    other = f"/tenants/{tenant}/connections/{made['id']}"

    api.good("PATCH", path, {"settings": {"alerts": ALERTS}})
    copied = api.good("POST", f"{other}/copy-settings", {"from_connection_id": path.rpartition("/")[2]})

    assert api.good("GET", f"{path}/settings/export")["settings"]["alerts"] == ALERTS
    assert copied["settings"]["alerts"] == ALERTS


def test_s24_a_wrong_recipient_is_named_by_its_place(api: Api, tenant: str) -> None:
    path = make_ready(api, tenant)

    refused = api.call("PATCH", path, {"settings": {"alerts": {**ALERTS, "recipients": ["ana"]}}})

    assert (refused.status, refused.error["field"]) == (422, "settings.alerts.recipients.0")
    assert "write it as name@example.com" in refused.error["cause"]


def test_s24_alerts_are_refused_where_the_deployment_has_no_sender(
    api: Api, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_ready(api, tenant)
    monkeypatch.setenv("ALERTS_SENT", "no")

    refused = api.call("PATCH", path, {"settings": {"alerts": ALERTS}})
    imported = api.call("POST", f"{path}/settings/import", {"settings": {"alerts": ALERTS}})
    api.good("PATCH", path, {"settings": {"alerts": {**ALERTS, "when": "off"}}})

    assert (refused.status, refused.error["code"]) == (422, "no_alert_sender")
    assert refused.error["field"] == imported.error["field"] == "settings.alerts.when"
    assert "AlertSender" in refused.error["next_step"]


def test_s13_the_glance_names_a_dead_authorization(api: Api, tenant: str) -> None:
    path = make_running(api, tenant)
    (person,) = [one for one in api.stores.authorizations.of_tenant(tenant) if one.environment != "cxalloy"]
    api.stores.authorizations.put(replace(person, valid=False, cause="Revoked in Procore."))

    seen = api.good("GET", path)["glance"]

    assert (seen["state"], seen["cause"]) == ("needs_authorization", "Procore: Revoked in Procore.")


def test_s9_a_dead_authorization_forbids_enabling(api: Api, tenant: str) -> None:
    path = make_ready(api, tenant)
    for one in api.stores.authorizations.of_tenant(tenant):
        api.stores.authorizations.put(replace(one, valid=False, cause="Gone."))

    refused = api.call("POST", f"{path}/enable")

    assert [problem["reason"] for problem in refused.error["problems"]] == ["Gone.", "Gone."]


def test_s13_the_glance_counts_items(api: Api, tenant: str) -> None:
    path = make_running(api, tenant)
    _link(api, path, LinkState.COPIED, "101")
    _link(api, path, LinkState.PARKED, "102")

    (seen,) = [one["glance"] for one in api.good("GET", f"/tenants/{tenant}/connections")["items"]]

    assert (seen["done"], seen["total"], seen["parked"]) == (1, 2, 1)


def test_s20_a_replaced_key_is_noted_in_the_connections_that_use_it(api: Api, tenant: str) -> None:
    path = make_running(api, tenant)
    api.good("POST", f"/tenants/{tenant}/connections", {"name": "Without a key"})
    key = api.good("GET", path)["tracker_authorization_id"]

    api.good("PUT", f"/tenants/{tenant}/authorizations/{key}/key", {"secret": "other"})

    assert _outcomes(api) == ["enabled", "authorized"]
    assert api.stores.activity.entries[-1].message == "The key of demo-key was replaced by olga."


def test_a_failing_procore_makes_the_checks_wait(api: Api, tenant: str) -> None:
    path = make_ready(api, tenant)
    api.procore.faults.append(Fault(path="/rest/v1.0/settings/permissions", status=503, times=0))

    refused = api.call("GET", f"{path}/checks")

    assert (refused.status, refused.headers["retry-after"]) == (503, "5")


def test_s21_a_viewer_sees_state_and_checks_but_enables_nothing(api: Api, tenant: str) -> None:
    path = make_ready(api, tenant)
    api.member(tenant, "vera", "viewer")

    assert api.call("GET", f"{path}/checks", who="vera").status == 200
    assert api.call("POST", f"{path}/enable", who="vera").status == 403
    assert api.good("GET", path)["state"] == "draft"


def test_s21_a_connection_goes_on_when_its_maker_leaves(api: Api, tenant: str) -> None:
    path = make_running(api, tenant)
    api.member(tenant, "otto", "owner")

    api.good("DELETE", f"/tenants/{tenant}/members/olga", who="otto")

    assert api.good("GET", path, who="otto")["state"] == "enabled"
    assert api.call("GET", path).status == 404
    assert api.stores.authorizations.of_tenant(tenant)
