"""Single items and the activity log over the API."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from tests.functions.settings.joined import make_running
from tests.functions.settings.worlds import HARBOR_POINT, MARCUS, NORTHWIND

from plumbline import wiring
from plumbline.connections import items
from plumbline.procore import items as procore_items
from plumbline.procore.observations import NewObservation
from plumbline.stores.ports import Stale
from plumbline.stores.records import Activity, Intent, Link, LinkState, StoredFile
from sandbox.procore import Fault

if TYPE_CHECKING:
    from tests.functions.settings.api import Api


@pytest.fixture
def tenant(api: Api) -> str:
    return api.tenant()


@pytest.fixture
def connection(api: Api, tenant: str) -> str:
    return make_running(api, tenant)


def _id(connection: str) -> str:
    return connection.rpartition("/")[2]


def _link(
    api: Api, connection: str, issue: str = "101", state: LinkState = LinkState.PARKED, **more: object
) -> Link:
    made = api.stores.links.create(Link(f"link-{issue}", _id(connection), issue, state, f"CHK-{issue}"))
    return api.stores.links.save(replace(made, **more)) if more else made  # type: ignore[arg-type]


def _observation(api: Api, connection: str) -> str:
    """Make an observation at Procore as the connection would."""
    stored = api.stores.connections.get(_id(connection))
    assert stored is not None
    held = api.stores.authorizations.get(stored.procore_authorization_id)
    assert held is not None
    client = wiring.procore_client(held, str(NORTHWIND))
    made, _ = procore_items.create_observation(client, str(HARBOR_POINT), NewObservation("CHK-1: x", "7001"))
    return made.id


def _delete(api: Api, connection: str, observation: str) -> None:
    stored = api.stores.connections.get(_id(connection))
    assert stored is not None
    held = api.stores.authorizations.get(stored.procore_authorization_id)
    assert held is not None
    path = f"/rest/v1.0/projects/{HARBOR_POINT}/observations/items/{observation}"
    wiring.procore_client(held, str(NORTHWIND)).request("DELETE", path)


def test_items_are_listed_by_state_and_page(api: Api, connection: str) -> None:
    for number in range(5):
        _link(api, connection, str(101 + number), LinkState.COPIED if number % 2 else LinkState.PARKED)

    first = api.good("GET", f"{connection}/items", query={"limit": "2", "state": "parked"})
    rest = api.good("GET", f"{connection}/items", query={"state": "parked", "token": first["next_token"]})

    assert [one["issue"]["id"] for one in first["items"] + rest["items"]] == ["101", "103", "105"]
    assert rest["next_token"] == ""


def test_items_are_searched_by_the_numbers_of_either_side(api: Api, connection: str) -> None:
    _link(api, connection, "101", observation_number="77")
    _link(api, connection, "102", LinkState.COPIED, observation_number="78")
    _link(api, connection, "103", observation_number="178")

    def found(**query: str) -> list[str]:
        return [one["id"] for one in api.good("GET", f"{connection}/items", query=query)["items"]]

    assert found(search="chk-102") == ["link-102"]
    assert sorted(found(search=" #78 ")) == ["link-102", "link-103"]
    assert found(search="78", state="parked") == ["link-103"]
    assert found(search="nothing") == []


def test_a_search_that_finds_nothing_goes_on_where_it_stopped(api: Api, connection: str) -> None:
    for number in range(12):
        _link(api, connection, str(101 + number))

    first = api.good("GET", f"{connection}/items", query={"search": "CHK-112", "limit": "1"})
    rest = api.good(
        "GET",
        f"{connection}/items",
        query={"search": "CHK-112", "limit": "1", "token": first["next_token"]},
    )

    assert first["items"] == []
    assert [one["id"] for one in rest["items"]] == ["link-112"]


def test_a_made_up_page_token_is_refused(api: Api, connection: str) -> None:
    refused = api.call("GET", f"{connection}/items", query={"token": "made-up"})

    assert (refused.status, refused.error["field"]) == (400, "token")


def test_an_item_shows_both_twins_and_its_files(api: Api, connection: str) -> None:
    link = _link(api, connection, state=LinkState.COPIED, observation_id="555", observation_number="12")
    api.stores.links.put_file(StoredFile(link.id, "301", "a.jpg", 1, "00", "u", "i", 1.0))
    api.stores.links.put_file(StoredFile(link.id, "302", "b.jpg", 1, "00", "u", "i", 1.0))

    shown = api.good("GET", f"{connection}/items/{link.id}")

    assert shown["issue"] == {
        "id": "101",
        "number": "CHK-101",
        "address": f"{api.cxalloy_origin}/project/7/constructionissue/101",
    }
    assert shown["observation"]["number"] == "12"
    assert shown["observation"]["address"].endswith(f"/{HARBOR_POINT}/project/observations/items/555")
    assert shown["files"] == 2


def test_s8_a_disabled_connection_shows_no_twins(api: Api, tenant: str, connection: str) -> None:
    link = _link(api, connection, state=LinkState.COPIED, observation_id="555")

    api.good("POST", f"{connection}/disable")

    shown = api.good("GET", f"{connection}/items/{link.id}")
    assert (shown["issue"]["address"], shown["observation"]["address"]) == ("", "")
    assert api.call("GET", f"/tenants/{tenant}/issues/7/101/observation").status == 404


def test_s14_a_parked_item_is_retried_at_once(api: Api, connection: str) -> None:
    link = _link(api, connection, cause="Refused", next_step="Mend", tries=5)

    retried = api.good("POST", f"{connection}/items/{link.id}/retry")

    assert (retried["state"], retried["cause"], retried["tries"]) == ("waiting", "", 0)
    assert retried["due_at"] is not None
    assert api.hints == [(_id(connection), link.id, "manual")]
    assert api.stores.activity.entries[-1].message == "Retry asked for by olga."
    assert api.stores.activity.entries[-1].issue_id == "101"


def test_a_copied_item_is_not_retried(api: Api, connection: str) -> None:
    link = _link(api, connection, state=LinkState.COPIED)

    refused = api.call("POST", f"{connection}/items/{link.id}/retry")

    assert (refused.status, refused.error["code"]) == (409, "nothing_to_retry")
    assert api.hints == []


def test_an_item_that_a_worker_has_in_hand_is_left_alone(api: Api, connection: str) -> None:
    link = _link(api, connection, state=LinkState.WAITING)
    api.stores.links.lease(link.id, now=wiring.now(), until=wiring.now() + 60)

    refused = api.call("POST", f"{connection}/items/{link.id}/retry")

    assert (refused.status, refused.error["code"]) == (409, "at_work")


def test_s14_all_failed_items_are_retried_with_few_hints(api: Api, connection: str) -> None:
    for number in range(25):
        _link(api, connection, str(200 + number))
    _link(api, connection, "300", LinkState.COPIED)

    told = api.good("POST", f"{connection}/retry-failed")

    assert told == {"retried": 25, "more": False}
    assert len(api.hints) == 20
    assert api.stores.links.counts(_id(connection))["waiting"] == 25


@pytest.mark.parametrize("act", ["items/link-101/retry", "retry-failed", "items/link-101/copy-again"])
def test_a_paused_connection_retries_nothing(api: Api, connection: str, act: str) -> None:
    _link(api, connection)
    api.good("POST", f"{connection}/pause")

    refused = api.call("POST", f"{connection}/{act}")

    assert (refused.status, refused.error["code"]) == (409, "wrong_state")


def test_a4_copy_again_waits_until_the_observation_was_deleted(api: Api, connection: str) -> None:
    observation = _observation(api, connection)
    link = _link(api, connection, state=LinkState.COPIED, observation_id=observation)

    refused = api.call("POST", f"{connection}/items/{link.id}/copy-again")

    assert (refused.status, refused.error["code"]) == (409, "not_deleted")
    assert refused.error["cause"] == "The observation still exists in Procore."
    assert api.stores.links.get(link.id) == link


def test_a4_copy_again_begins_anew_after_a_deletion(api: Api, connection: str) -> None:
    observation = _observation(api, connection)
    link = _link(api, connection, state=LinkState.COPIED, observation_id=observation)
    api.stores.links.put_intent(Intent(link.id, "observation", 1.0, result_id=observation))
    api.stores.links.put_file(StoredFile(link.id, "301", "a.jpg", 1, "00", "u", "i", 1.0))
    _delete(api, connection, observation)

    again = api.good("POST", f"{connection}/items/{link.id}/copy-again")

    assert (again["state"], again["generation"], again["observation"]) == ("waiting", 2, None)
    assert again["former_observation_ids"] == [observation]
    assert (api.stores.links.intents(link.id), api.stores.links.files(link.id)) == ([], [])
    stored = api.stores.links.get(link.id)
    assert stored is not None
    assert stored.lease_until == 0.0  # the worker that is hinted at can begin
    assert api.hints == [(_id(connection), link.id, "manual")]


def _worked_on(api: Api, connection: str) -> tuple[Link, Link, Intent]:
    """An item whose observation was deleted, as a person saw it, and as a worker took it since."""
    observation = _observation(api, connection)
    link = _link(api, connection, state=LinkState.COPIED, observation_id=observation)
    intent = Intent(link.id, "observation", 1.0, result_id=observation)
    api.stores.links.put_intent(intent)
    _delete(api, connection, observation)
    now = wiring.now()
    worked = api.stores.links.lease(link.id, now=now, until=now + 60)
    assert worked is not None
    return link, worked, intent


def test_a4_copy_again_takes_no_intents_from_a_worker(api: Api, connection: str) -> None:
    link, _, intent = _worked_on(api, connection)

    refused = api.call("POST", f"{connection}/items/{link.id}/copy-again")

    assert (refused.status, refused.error["code"]) == (409, "at_work")
    assert api.stores.links.intents(link.id) == [intent]


def test_a4_copy_again_leaves_an_item_that_changed_since_it_was_looked_at(api: Api, connection: str) -> None:
    seen, worked, intent = _worked_on(api, connection)
    api.stores.links.save(replace(worked, lease_until=0.0))

    with pytest.raises(Stale):
        items.copy_again(api.stores.links, seen, now=wiring.now())

    stored = api.stores.links.get(seen.id)
    assert stored is not None
    assert (stored.state, stored.lease_until) == (LinkState.COPIED, 0.0)
    assert api.stores.links.intents(seen.id) == [intent]


def test_a4_an_observation_purged_from_the_bin_counts_as_deleted(api: Api, connection: str) -> None:
    observation = _observation(api, connection)
    link = _link(api, connection, state=LinkState.COPIED, observation_id=observation)
    del api.procore.state.observations[int(observation)]

    assert api.good("POST", f"{connection}/items/{link.id}/copy-again")["generation"] == 2


def test_a4_that_it_is_not_shown_proves_no_deletion(api: Api, tenant: str, connection: str) -> None:
    observation = _observation(api, connection)
    link = _link(api, connection, state=LinkState.COPIED, observation_id=observation)
    api.good("PATCH", connection, {"procore_authorization_id": api.connect_procore(tenant, MARCUS)})
    _hide(api, observation)

    refused = api.call("POST", f"{connection}/items/{link.id}/copy-again")

    assert (refused.status, refused.error["code"]) == (409, "not_deleted")
    assert "Admin on Observations" in refused.error["next_step"]


def _hide(api: Api, observation: str) -> None:
    api.procore.state.observations[int(observation)].personal = True


def test_a4_one_odd_answer_proves_no_deletion(api: Api, connection: str) -> None:
    observation = _observation(api, connection)
    link = _link(api, connection, state=LinkState.COPIED, observation_id=observation)
    api.procore.faults.append(Fault(path=f"/rest/v1.0/observations/items/{observation}", status=404))

    refused = api.call("POST", f"{connection}/items/{link.id}/copy-again")

    assert (refused.status, refused.error["code"]) == (409, "not_deleted")


def test_a4_a_lost_permission_proves_no_deletion(api: Api, connection: str) -> None:
    observation = _observation(api, connection)
    link = _link(api, connection, state=LinkState.COPIED, observation_id=observation)
    api.procore.faults.append(Fault(path=f"/rest/v1.0/observations/items/{observation}", status=403))

    refused = api.call("POST", f"{connection}/items/{link.id}/copy-again")

    assert (refused.status, refused.error["code"]) == (422, "forbidden")
    assert api.stores.links.get(link.id) == link


def test_a4_what_was_never_copied_is_not_copied_again(api: Api, connection: str) -> None:
    link = _link(api, connection)

    refused = api.call("POST", f"{connection}/items/{link.id}/copy-again")

    assert (refused.status, refused.error["code"]) == (409, "not_copied")


def test_a26_the_api_says_which_observation_an_issue_has(api: Api, tenant: str, connection: str) -> None:
    link = _link(api, connection, state=LinkState.COPIED, observation_id="555", observation_number="12")

    told = api.good("GET", f"/tenants/{tenant}/issues/7/101/observation")

    assert (told["item_id"], told["state"]) == (link.id, "copied")
    assert (told["observation"]["id"], told["observation"]["number"]) == ("555", "12")


@pytest.mark.parametrize("path", ["7/102", "8/101", "7/unknown"])
def test_a26_an_issue_without_an_observation_is_not_found(
    api: Api, tenant: str, connection: str, path: str
) -> None:
    _link(api, connection, "101", LinkState.COPIED, observation_id="555")
    _link(api, connection, "102", LinkState.WAITING)

    assert api.call("GET", f"/tenants/{tenant}/issues/{path}/observation").status == 404


def _log(
    api: Api, connection: str, at: float, *, outcome: str = "copied", message: str, issue: str = "101"
) -> None:
    api.stores.activity.add(Activity(_id(connection), at, outcome, "poll", message, issue_id=issue))


def test_s12_the_log_is_read_newest_first_and_filtered(api: Api, connection: str) -> None:
    _link(api, connection, "102", LinkState.COPIED)
    _log(api, connection, 1_760_000_000.0, outcome="copied", message="Copied as #1.")
    _log(api, connection, 1_760_000_100.0, outcome="failed", message="Procore answered 422.", issue="102")
    _log(api, connection, 1_760_000_200.0, outcome="copied", message="Copied as #2.", issue="102")

    def found(**query: str) -> list[str]:
        return [one["message"] for one in api.good("GET", f"{connection}/activity", query=query)["items"]]

    assert found(outcome="copied") == ["Copied as #2.", "Copied as #1."]
    assert found(item="link-102", to="2025-12-31") == ["Copied as #2.", "Procore answered 422."]
    assert found(search="ANSWERED") == ["Procore answered 422."]
    assert found(**{"from": "2025-10-09T08:54:00Z", "to": "2025-10-09T08:55:30Z"}) == [
        "Procore answered 422."
    ]
    assert found(outcome="enabled") == ["Enabled by olga."]


def test_s12_the_log_is_filtered_by_what_set_it_off_and_where_it_went(api: Api, connection: str) -> None:
    poll = Activity(_id(connection), 1_760_000_000.0, "updated", "poll", "To Procore.")
    api.stores.activity.add(poll)
    api.stores.activity.add(replace(poll, cause="webhook", direction="to_tracker", message="To CxAlloy."))

    def found(**query: str) -> list[str]:
        return [one["message"] for one in api.good("GET", f"{connection}/activity", query=query)["items"]]

    assert found(cause="webhook") == ["To CxAlloy."]
    assert found(direction="to_procore") == ["To Procore."]
    assert found(cause="webhook", direction="to_procore") == []
    assert found(cause="manual") == ["Enabled by olga."]
    table = api.call("GET", f"{connection}/activity.csv", query={"direction": "to_tracker"})
    assert [row[-4] for row in csv.reader(io.StringIO(table.text))] == ["message", "To CxAlloy."]


def test_s12_the_log_goes_on_page_by_page(api: Api, connection: str) -> None:
    for number in range(5):
        _log(api, connection, 1_760_000_000.0 + number, outcome="copied", message=f"#{number}")

    first = api.good("GET", f"{connection}/activity", query={"outcome": "copied", "limit": "3"})
    rest = api.good(
        "GET", f"{connection}/activity", query={"outcome": "copied", "token": first["next_token"]}
    )

    assert [one["message"] for one in first["items"]] == ["#4", "#3", "#2"]
    assert [one["message"] for one in rest["items"]] == ["#1", "#0"]


def test_s12_an_entry_leads_to_both_twins(api: Api, connection: str) -> None:
    entry = Activity(_id(connection), 1.0, "copied", "poll", "Copied.", issue_id="101", observation_id="555")
    api.stores.activity.add(entry)

    (shown,) = api.good("GET", f"{connection}/activity", query={"outcome": "copied"})["items"]

    assert shown["issue_address"] == f"{api.cxalloy_origin}/project/7/constructionissue/101"
    assert shown["observation_address"].endswith("/observations/items/555")
    assert shown["at"] == "1970-01-01T00:00:01Z"


def test_s12_the_log_is_exported_as_csv_that_no_spreadsheet_runs(api: Api, connection: str) -> None:
    _log(api, connection, 1_760_000_000.0, outcome="copied", message="=HYPERLINK(1)")

    answer = api.call("GET", f"{connection}/activity.csv", query={"outcome": "copied"})

    header, row = csv.reader(io.StringIO(answer.text))
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"].startswith("attachment")
    assert header[:3] == ["at", "outcome", "cause"]
    assert row[0] == "2025-10-09T08:53:20Z"
    assert "'=HYPERLINK(1)" in row


@pytest.mark.parametrize(
    "query", [{"limit": "0"}, {"limit": "x"}, {"from": "yesterday"}, {"item": "a b"}, {"cause": "x"}]
)
def test_bad_questions_to_the_log_name_their_field(api: Api, connection: str, query: dict[str, str]) -> None:
    refused = api.call("GET", f"{connection}/activity", query=query)

    assert refused.status == 422
    assert [refused.error["field"]] == list(query)


def test_an_item_of_another_connection_is_not_found(api: Api, tenant: str, connection: str) -> None:
    link = _link(api, connection)
    other = api.good("POST", f"/tenants/{tenant}/connections", {"name": "Other"})["id"]

    assert api.call("GET", f"/tenants/{tenant}/connections/{other}/items/{link.id}").status == 404
