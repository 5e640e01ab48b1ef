"""Previews over the API: what would be done, as data, and approving exactly that (S11, S17, A11, A27)."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.functions.settings.joined import SYNC_SETTINGS, make_ready, make_sync, make_synced
from tests.functions.settings.worlds import DONE, HARBOR_POINT, OPEN, PRIYA, READY, TRADE, TYPE

from plumbline import wiring_jobs
from plumbline.stores.records import Link, LinkState
from sandbox.cxalloy import hands as issues
from sandbox.procore import Fault, Hands

if TYPE_CHECKING:
    from tests.functions.settings.api import Api

CHK_3 = {"name": "CHK-3: x", "description": "x", "type_id": int(TYPE), "status": "initiated"}


@pytest.fixture
def tenant(api: Api) -> str:
    return api.tenant()


def _id(path: str) -> str:
    return path.rpartition("/")[2]


def _observation(api: Api, **fields: Any) -> str:
    return str(Hands(api.procore, PRIYA).create(HARBOR_POINT, **fields))


def _run(api: Api) -> str:
    return wiring_jobs.jobs(lambda: 60.0).run(api.jobs.pop(0))


def _preview(api: Api, path: str) -> Any:
    """Ask for a preview, have it made, and read it."""
    asked = api.call("POST", f"{path}/previews")
    assert asked.status == 202, asked.text
    assert _run(api) == "ready"
    return api.good("GET", f"{path}/previews/{asked.json['id']}")


def _told(preview: Any) -> list[tuple[str, str, str]]:
    return [(row["act"], row["side"], row["issue_id"]) for row in preview["items"]]


def _linked(api: Api, path: str, issue: str, observation: str) -> Link:
    body = {"issue_id": issue, "observation_id": observation}
    item = api.good("POST", f"{path}/items", body)
    link = api.stores.links.get(item["id"])
    assert link is not None
    return link


def _writes(api: Api) -> tuple[list[str], list[str]]:
    """Every call that could change something on either side; CxAlloy lists by POST."""
    rest = [one for one in api.procore.journal.entries if one["kind"] == "call" and one["surface"] == "rest"]
    there = [f"{one['method']} {one['path']}" for one in rest if one["method"] != "GET"]
    here = [
        f"{one.method} {one.path}"
        for one in api.cxalloy.calls
        if not one.path.endswith(("/issue", "/project"))
    ]
    return there, here


# ---- What it says ------------------------------------------------------------------------------------------


def test_s11_a_new_connection_would_make_an_observation_for_each_issue(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)

    made = _preview(api, path)

    assert (made["state"], made["complete"], made["settings_changed"]) == ("ready", True, False)
    assert _told(made) == [
        ("create", "procore", "101"),
        ("create", "procore", "102"),
        ("create", "procore", "103"),
    ]
    assert made["items"][0]["changes"] == [
        {"field": "title", "before": "", "after": "CHK-1: Damper stuck"},
        {
            "field": "description",
            "before": "",
            "after": "Damper stuck\n\nCxAlloy asset: AHU-1 (equipment)\n\n"
            f"CxAlloy issue CHK-1: {api.cxalloy_origin}/project/7/constructionissue/101",
        },
        {"field": "status", "before": "", "after": "initiated"},
        {"field": "priority", "before": "", "after": "High"},
        {"field": "discipline", "before": "", "after": TRADE},
        {"field": "issue_type", "before": "", "after": TYPE},
    ]
    assert made["totals"] == {
        "by_settings": 0,
        "calls": 3,
        "comments": 0,
        "create_procore": 3,
        "files": 0,
        "notifications": 0,
        "seconds": 2,
    }


def test_a27_comments_files_and_emails_are_counted_with_what_they_cost(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant, settings={**SYNC_SETTINGS, "send_email": True})
    issues.comment(api.cxalloy, "Ana", "101", "First")
    issues.comment(api.cxalloy, "Ana", "101", "Second")
    issues.add_file(api.cxalloy, "Ana", "101", "a.bin", size=10)

    row = _preview(api, path)["items"][0]

    assert (row["comments"], row["files"], row["calls"], row["notifications"]) == (2, 1, 6, 3)


def test_a5_issues_outside_the_filters_are_not_in_it(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant, settings={**SYNC_SETTINGS, "sections": ["design"]})

    assert _told(_preview(api, path)) == [("create", "procore", "102")]


def test_a11_existing_pairs_are_proposed_and_what_is_unclear_is_left_to_a_person(
    api: Api, tenant: str
) -> None:
    path = make_sync(api, tenant)
    twin = _observation(api, **CHK_3)
    for _ in range(2):
        _observation(api, name="CHK-1: Damper stuck", description="Damper stuck", type_id=int(TYPE))

    made = _preview(api, path)

    assert _told(made) == [("adopt", "", "103"), ("unclear", "", "101"), ("create", "procore", "102")]
    assert made["items"][0]["observation_id"] == twin
    assert made["items"][0]["changes"] == [{"field": "status", "before": DONE, "after": "initiated"}]
    assert made["items"][1]["reason"].startswith("Several observations match")


def test_s11_edits_of_linked_twins_are_told_with_before_and_after(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    twin = _observation(api, **CHK_3)
    _linked(api, path, "103", twin)
    issues.edit(api.cxalloy, "Ana", "103", status_id=READY, priority_id="11")
    Hands(api.procore, PRIYA).edit(int(twin), due_date="2026-12-24")

    rows = [row for row in _preview(api, path)["items"] if row["act"] == "update"]

    assert [(row["side"], row["changes"]) for row in rows] == [
        ("procore", [{"field": "priority", "before": "", "after": "High"}]),
        ("tracker", [{"field": "due_date", "before": "", "after": "2026-12-24"}]),
    ]


def test_a27_a_status_that_changes_in_procore_notifies_people_there(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    _linked(api, path, "102", _observation(api, name="CHK-2", type_id=int(TYPE), status="initiated"))
    issues.edit(api.cxalloy, "Ana", "102", status_id=DONE)

    made = _preview(api, path)

    (row,) = [row for row in made["items"] if row["act"] == "update"]
    assert row["changes"] == [{"field": "status", "before": "initiated", "after": "closed"}]
    assert (row["calls"], row["notifications"], made["totals"]["notifications"]) == (2, 1, 1)


def test_a14_a_missing_issue_would_delete_its_observation(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    _linked(api, path, "103", _observation(api, **CHK_3))
    issues.delete(api.cxalloy, "Ana", "103")

    made = _preview(api, path)

    assert ("delete", "procore", "103") in _told(made)
    assert made["totals"]["delete_procore"] == 1


def test_a19_a_missing_issue_whose_observation_changed_is_left_to_a_person(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    link = _linked(api, path, "103", _observation(api, **CHK_3))
    api.stores.links.save(replace(link, item_updated_at=1.0))
    issues.delete(api.cxalloy, "Ana", "103")

    assert ("unclear", "", "103") in _told(_preview(api, path))


@pytest.mark.parametrize(
    ("choice", "row"), [("unlink", ("unlink", "", "103")), ("delete_issue", ("delete", "tracker", "103"))]
)
def test_a15_an_observation_in_the_recycle_bin_is_told_as_the_setting_says(
    api: Api, tenant: str, choice: str, row: tuple[str, str, str]
) -> None:
    path = make_sync(api, tenant, settings={**SYNC_SETTINGS, "sync": {"observation_deleted": choice}})
    twin = _observation(api, **CHK_3)
    _linked(api, path, "103", twin)
    Hands(api.procore, PRIYA).delete(int(twin))

    assert row in _told(_preview(api, path))


def test_a29_chosen_observations_would_make_an_issue_once_the_connection_is_enabled(
    api: Api, tenant: str
) -> None:
    path = make_synced(api, tenant, settings={**SYNC_SETTINGS, "sync": {"births": {"types": ["7002"]}}})
    running = api.stores.connections.get(_id(path))
    assert running is not None
    api.stores.connections.save(replace(running, enabled_at=running.enabled_at - 60))
    _observation(api, name="Born here", type_id=7002)
    _observation(api, name="Of another type", type_id=7003)

    rows = [row for row in _preview(api, path)["items"] if row["side"] == "tracker"]

    assert [(row["act"], row["changes"][0]["after"]) for row in rows] == [("create", "Born here")]


def test_s18_a_preview_writes_nothing_on_either_side_and_in_no_link(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    twin = _observation(api, **CHK_3)
    _linked(api, path, "103", twin)
    issues.edit(api.cxalloy, "Ana", "103", priority_id="11")
    before = repr(vars(api.stores.links))
    api.procore.journal.entries.clear()
    api.cxalloy.calls.clear()

    _preview(api, path)

    assert _writes(api) == ([], [])
    assert repr(vars(api.stores.links)) == before
    assert list(api.stores.work.objects) == [name for name in api.stores.work.objects if "previews/" in name]
    assert (api.sync_hints[1:], api.polls) == ([], [])


def test_a_large_preview_comes_page_by_page(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    whole = _preview(api, path)
    address = f"{path}/previews/{whole['id']}"

    first = api.good("GET", address, query={"limit": "2"})
    rest = api.good("GET", address, query={"limit": "2", "token": first["next_token"]})

    assert first["items"] + rest["items"] == whole["items"]
    assert (first["next_token"], rest["next_token"]) == ("2", "")
    assert first["totals"] == rest["totals"] == whole["totals"]
    assert api.call("GET", address, query={"token": "made-up"}).error["field"] == "token"


def test_s11_a_preview_is_exported_as_csv(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    told = api.call("GET", f"{path}/previews/{_preview(api, path)['id']}.csv")

    rows = list(csv.DictReader(io.StringIO(told.text)))
    assert told.headers["content-type"] == "text/csv; charset=utf-8"
    assert [(row["act"], row["issue_number"], row["calls"]) for row in rows] == [
        ("create", "CHK-1", "1"),
        ("create", "CHK-2", "1"),
        ("create", "CHK-3", "1"),
    ]
    assert "status:  -> initiated" in rows[0]["changes"]
    assert told.headers["plumbline-next-token"] == ""


def test_a_large_export_comes_in_parts(api: Api, tenant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_sync(api, tenant)
    address = f"{path}/previews/{_preview(api, path)['id']}.csv"
    monkeypatch.setattr("settings_api.previews.MOST_ROWS", 2)

    first = api.call("GET", address)
    rest = api.call("GET", address, query={"token": first.headers["plumbline-next-token"]})

    shown = [list(csv.DictReader(io.StringIO(part.text))) for part in (first, rest)]
    assert [[row["issue_number"] for row in rows] for rows in shown] == [["CHK-1", "CHK-2"], ["CHK-3"]]
    assert rest.headers["plumbline-next-token"] == ""


# ---- Asking for it -----------------------------------------------------------------------------------------


def test_a_preview_is_a_job_and_waits_until_it_has_run(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)

    asked = api.good("POST", f"{path}/previews")
    waiting = api.good("GET", f"{path}/previews/{asked['id']}")

    assert api.jobs == [{"job": "preview", "connection_id": _id(path), "preview_id": asked["id"]}]
    assert (waiting["state"], waiting["items"], waiting["hash"]) == ("waiting", [], "")


def test_a_job_that_runs_twice_makes_the_preview_once(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    api.good("POST", f"{path}/previews")
    job = api.jobs[0]

    assert wiring_jobs.jobs(lambda: 60.0).run(job) == "ready"
    assert wiring_jobs.jobs(lambda: 60.0).run(job) == "dropped"


def test_only_the_latest_previews_are_kept(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)

    asked = [api.good("POST", f"{path}/previews")["id"] for _ in range(7)]

    assert sorted(api.stores.work.objects) == sorted(f"previews/{_id(path)}/{one}.json" for one in asked[2:])
    assert api.call("GET", f"{path}/previews/{asked[0]}").status == 404


def test_a_one_time_copy_has_no_preview(api: Api, tenant: str) -> None:
    refused = api.call("POST", f"{make_ready(api, tenant)}/previews")

    assert (refused.status, refused.error["code"], refused.error["field"]) == (
        409,
        "wrong_approach",
        "approach",
    )


def test_a_preview_needs_both_projects_and_credentials(api: Api, tenant: str) -> None:
    draft = api.good("POST", f"/tenants/{tenant}/connections", {"name": "Empty", "approach": "sync"})["id"]

    refused = api.call("POST", f"/tenants/{tenant}/connections/{draft}/previews")

    assert (refused.status, refused.error["code"]) == (422, "not_ready")
    assert api.jobs == []


def test_a_side_that_refuses_ends_the_preview_with_its_cause(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    asked = api.good("POST", f"{path}/previews")
    api.procore.faults.append(Fault(path="/rest/v1.0/observations/items", status=403, times=0))

    assert _run(api) == "failed"

    told = api.good("GET", f"{path}/previews/{asked['id']}")
    assert told["state"] == "failed"
    assert told["cause"]
    assert told["next_step"]


def test_a_side_that_is_down_makes_the_job_wait(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    asked = api.good("POST", f"{path}/previews")
    api.procore.faults.append(Fault(path="/rest/v1.0/observations/items", status=503, times=0))
    job = api.jobs[0]

    with pytest.raises(Exception, match="503") as waits:
        wiring_jobs.jobs(lambda: 60.0).run(job)
    assert type(waits.value).__name__ == "Retry"
    told = api.good("GET", f"{path}/previews/{asked['id']}")
    api.procore.faults.clear()

    assert (told["state"], told["next_step"]) == ("waiting", "It goes on by itself.")
    assert wiring_jobs.jobs(lambda: 60.0).run(job) == "ready"


def test_a_preview_of_a_deleted_connection_is_dropped(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    api.good("POST", f"{path}/previews")
    api.good("DELETE", path)

    assert _run(api) == "dropped"


# ---- Approving it ------------------------------------------------------------------------------------------


def _approve(api: Api, path: str, made: Any, **more: Any) -> Any:
    return api.call("POST", f"{path}/previews/{made['id']}/approve", {"hash": made["hash"]}, **more)


def test_a11_approving_adopts_the_proposed_pairs_and_writes_nothing(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    twin = _observation(api, **CHK_3)
    made = _preview(api, path)
    api.procore.journal.entries.clear()
    api.cxalloy.calls.clear()

    told = _approve(api, path, made).json

    assert told == {
        "id": made["id"], "state": "approved", "adopted": 1, "remapped": 0, "set_aside": 0, "left_out": [],
    }  # fmt: skip
    link = api.stores.links.by_issue(_id(path), "103")
    assert link is not None
    assert (link.state, link.observation_id, link.issue_number) == (LinkState.SYNCED, twin, "CHK-3")
    assert link.base["status"] == [DONE, "initiated"]
    assert link.due_at == 0.0  # a draft does no work: the first poll tells of it
    assert link.base["title"] == ["CHK-3: x", "CHK-3: x"]
    assert _writes(api) == ([], [])
    assert api.good("GET", f"{path}/previews/{made['id']}")["state"] == "approved"
    assert api.stores.activity.entries[-1].outcome == "preview_approved"


def _set_aside(api: Api, path: str) -> tuple[list[str], Link]:
    """An issue with two candidates, its preview approved: the candidates' ids, and its link."""
    same = {"name": "CHK-1: Damper stuck", "description": "Damper stuck", "type_id": int(TYPE)}
    twins = [_observation(api, **same) for _ in range(2)]
    assert _approve(api, path, _preview(api, path)).json["set_aside"] == 1
    link = api.stores.links.by_issue(_id(path), "101")
    assert link is not None
    return twins, link


def test_a11_what_matches_several_is_set_aside_with_their_names_and_gets_no_observation(
    api: Api, tenant: str
) -> None:
    path = make_sync(api, tenant)

    _, link = _set_aside(api, path)

    assert (link.state, link.observation_id, link.due_at) == (LinkState.UNLINKED, "", 0.0)
    assert link.cause.startswith("Several observations match: #")
    assert link.next_step.startswith("Link it by hand with the right one")
    item = api.good("GET", f"{path}/items/{link.id}")
    assert (item["state"], item["cause"]) == ("unlinked", link.cause)
    assert ("unclear", "", "101") not in _told(_preview(api, path))


def test_a11_a_person_links_what_was_set_aside_as_it_is(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    twins, link = _set_aside(api, path)

    linked = _linked(api, path, "101", twins[1])

    assert (linked.id, linked.state, linked.observation_id) == (link.id, LinkState.SYNCED, twins[1])
    assert (linked.cause, linked.base["title"]) == ("", ["CHK-1: Damper stuck", "CHK-1: Damper stuck"])


def test_a11_or_has_another_observation_made_of_it(api: Api, tenant: str) -> None:
    path = make_synced(api, tenant)
    _, link = _set_aside(api, path)

    item = api.good("POST", f"{path}/items/{link.id}/copy-again")

    assert item["state"] == "waiting"
    again = api.stores.links.get(link.id)
    assert again is not None
    assert (again.state, again.generation, again.former_observation_ids) == (LinkState.WAITING, 1, ())
    assert again.due_at > 0


def test_s17_a_changed_map_rewrites_nothing_until_its_preview_is_approved(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    twin = _observation(api, name="CHK-2", type_id=int(TYPE), status="initiated")
    link = _linked(api, path, "102", twin)
    maps = {**SYNC_SETTINGS["maps"], "status": {"to_procore": {OPEN: "ready_for_review"}, "to_tracker": {}}}
    api.good("PATCH", path, {"settings": {"maps": maps}})
    api.sync_hints.clear()
    assert api.stores.links.get(link.id) == link

    made = _preview(api, path)
    (row,) = [row for row in made["items"] if row["by_settings"]]
    told = _approve(api, path, made).json

    assert (row["act"], row["side"], row["issue_id"]) == ("update", "procore", "102")
    assert row["changes"] == [{"field": "status", "before": "initiated", "after": "ready_for_review"}]
    assert made["totals"]["by_settings"] == 1
    assert (told["remapped"], told["left_out"]) == (1, [])
    marked = api.stores.links.get(link.id)
    assert marked is not None
    assert "remap" in marked.wants
    assert marked.due_at > 0
    (hint,) = api.sync_hints
    assert (hint.link_id, hint.cause) == (link.id, "manual")
    assert "remap" in hint.facets


def test_s11_items_that_changed_after_the_preview_are_left_out_and_named(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    twin = _observation(api, **CHK_3)
    _observation(api, name="CHK-2", type_id=int(TYPE))
    made = _preview(api, path)
    issues.comment(api.cxalloy, "Ana", "103", "One more thing")

    told = _approve(api, path, made).json

    assert told["left_out"] == [
        {"issue_id": "103", "observation_id": twin, "cause": "It changed after the preview."}
    ]
    assert told["adopted"] == 1
    assert api.stores.links.by_issue(_id(path), "103") is None


def test_s11_what_is_gone_since_the_preview_is_left_out(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    twin = _observation(api, **CHK_3)
    made = _preview(api, path)
    Hands(api.procore, PRIYA).delete(int(twin))

    told = _approve(api, path, made).json

    assert [one["cause"] for one in told["left_out"]] == ["One of the two is there no longer."]


def test_s11_another_plan_than_the_one_seen_is_not_approved(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    made = _preview(api, path)

    refused = _approve(api, path, {**made, "hash": "0" * 64})

    assert (refused.status, refused.error["code"], refused.error["field"]) == (409, "plan_changed", "hash")


def test_s17_a_preview_of_other_settings_is_not_approved(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    made = _preview(api, path)
    api.good("PATCH", path, {"settings": {"poll_seconds": 120}})

    refused = _approve(api, path, made)

    assert (refused.status, refused.error["code"]) == (409, "settings_changed")
    assert api.good("GET", f"{path}/previews/{made['id']}")["settings_changed"] is True


def test_a_preview_is_approved_once_and_only_when_it_is_ready(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    asked = api.good("POST", f"{path}/previews")
    early = _approve(api, path, {**asked, "hash": "0" * 64})
    _run(api)
    made = api.good("GET", f"{path}/previews/{asked['id']}")

    first, second = _approve(api, path, made), _approve(api, path, made)

    assert (early.error["code"], first.status) == ("not_ready", 200)
    assert (second.status, second.error["code"]) == (409, "not_ready")


def test_a_long_approval_goes_on_as_a_job(api: Api, tenant: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_sync(api, tenant)
    _observation(api, **CHK_3)
    made = _preview(api, path)
    monkeypatch.setattr("plumbline.connections.approving.INLINE", 0)

    begun = _approve(api, path, made).json
    ended = _run(api)

    assert (begun["state"], begun["adopted"], ended) == ("approving", 0, "approved")
    told = api.good("GET", f"{path}/previews/{made['id']}")
    assert (told["state"], told["adopted"], told["approved_by"]) == ("approved", 1, "olga")


def test_a_long_approval_is_given_up_when_the_settings_change_under_it(
    api: Api, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = make_sync(api, tenant)
    _observation(api, **CHK_3)
    made = _preview(api, path)
    monkeypatch.setattr("plumbline.connections.approving.INLINE", 0)
    _approve(api, path, made)
    api.good("PATCH", path, {"settings": {"poll_seconds": 120}})

    assert _run(api) == "failed"
    assert api.stores.links.by_issue(_id(path), "103") is None


def test_an_approval_that_is_run_again_adopts_nothing_twice(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    _observation(api, **CHK_3)
    made = _preview(api, path)
    stored = dict(api.stores.work.objects)
    _approve(api, path, made)
    api.stores.work.objects.update(stored)

    told = _approve(api, path, made).json

    assert (told["adopted"], told["left_out"]) == (1, [])
    assert api.stores.links.counts(_id(path))["synced"] == 1


def test_a11_items_copied_once_are_adopted_when_the_approach_changes(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    twin = _observation(api, **CHK_3)
    api.stores.links.create(Link("copied", _id(path), "103", LinkState.COPIED, observation_id=twin))
    made = _preview(api, path)

    told = _approve(api, path, made).json

    assert ("adopt", "", "103") in _told(made)
    assert told["adopted"] == 1
    link = api.stores.links.get("copied")
    assert link is not None
    assert (link.state, link.base["title"]) == (LinkState.SYNCED, ["CHK-3: x", "CHK-3: x"])


def test_s21_a_viewer_reads_previews_and_approves_none(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    made = _preview(api, path)
    api.member(tenant, "vera", "viewer")

    assert api.call("GET", f"{path}/previews/{made['id']}", who="vera").status == 200
    assert api.call("GET", f"{path}/previews/{made['id']}.csv", who="vera").status == 200
    assert api.call("POST", f"{path}/previews", who="vera").error["code"] == "role_needed"
    assert _approve(api, path, made, who="vera").error["code"] == "role_needed"
