"""What people decide about ongoing sync: conflicts, undos, the brake, links by hand (A13, S15, S16, A26)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from tests.functions.settings.joined import make_running, make_sync, make_synced
from tests.functions.settings.worlds import HARBOR_POINT, PRIYA, TYPE

from plumbline.stores.records import BRAKE, Conflict, Cursor, Intent, Link, LinkState, StoredFile, Undo
from sandbox.procore import Hands

if TYPE_CHECKING:
    from tests.functions.settings.api import Api

LONG = "word " * 20_000
WRITTEN = {"title": "Old title"}


@pytest.fixture
def tenant(api: Api) -> str:
    return api.tenant()


@pytest.fixture
def connection(api: Api, tenant: str) -> str:
    return make_synced(api, tenant)


def _id(path: str) -> str:
    return path.rpartition("/")[2]


def _link(api: Api, path: str, issue: str = "101", **more: Any) -> Link:
    fields = {"state": LinkState.SYNCED, "observation_id": f"77{issue}", **more}
    return api.stores.links.create(
        Link(f"link-{issue}", _id(path), issue, issue_number=f"CHK-{issue}", **fields)
    )


def _stored(api: Api, link: Link) -> Link:
    found = api.stores.links.get(link.id)
    assert found is not None
    return found


def _outcomes(api: Api) -> list[str]:
    return [entry.outcome for entry in api.stores.activity.entries]


# ---- Conflicts ---------------------------------------------------------------------------------------------


def _conflict(api: Api, link: Link, state: str = "kept", **more: Any) -> Conflict:
    made = Conflict(
        f"title-{state}-1780000000.000",
        link.connection_id,
        link.id,
        "title",
        1_780_000_000.0,
        state,
        tracker="Theirs",
        procore="Ours",
        losing="tracker",
        issue_number=link.issue_number,
        **more,
    )
    api.stores.links.put_conflict(made)
    return made


def test_a13_conflicts_are_listed_by_state_with_both_values_whole(api: Api, connection: str) -> None:
    link = _link(api, connection)
    kept = _conflict(api, link)
    _conflict(api, link, "settled")
    api.stores.links.put_conflict(replace(kept, tracker=LONG))

    listed = api.good("GET", f"{connection}/conflicts", query={"state": "kept"})["items"]
    one = api.good("GET", f"{connection}/conflicts/{link.id}/{kept.id}")

    assert listed == [one]
    assert one == {
        "id": "title-kept-1780000000.000",
        "item_id": "link-101",
        "field": "title",
        "at": "2026-05-28T20:26:40Z",
        "state": "kept",
        "tracker": LONG,
        "procore": "Ours",
        "losing": "tracker",
        "picked": "",
        "issue_number": "CHK-101",
        "observation_number": "",
    }
    assert len(api.good("GET", f"{connection}/conflicts")["items"]) == 2


def test_a13_the_conflicts_of_one_item_are_listed_alone(api: Api, connection: str) -> None:
    link, other = _link(api, connection), _link(api, connection, "102")
    kept = _conflict(api, link)
    _conflict(api, link, "open")
    _conflict(api, other, "open")

    def found(**query: str) -> list[tuple[str, str]]:
        listed = api.good("GET", f"{connection}/conflicts", query=query)["items"]
        return [(one["item_id"], one["state"]) for one in listed]

    assert sorted(found(item=link.id)) == [("link-101", "kept"), ("link-101", "open")]
    assert found(item=link.id, state="kept") == [("link-101", kept.state)]
    assert api.call("GET", f"{connection}/conflicts", query={"item": "nobody"}).status == 404


def test_a13_conflicts_come_page_by_page(api: Api, connection: str) -> None:
    for number in range(3):
        _conflict(api, _link(api, connection, str(101 + number)))

    first = api.good("GET", f"{connection}/conflicts", query={"limit": "2"})
    rest = api.good("GET", f"{connection}/conflicts", query={"token": first["next_token"]})

    assert [one["item_id"] for one in first["items"] + rest["items"]] == ["link-101", "link-102", "link-103"]


def test_a13_picking_a_side_is_stored_and_a_worker_is_told(api: Api, connection: str) -> None:
    link = _link(api, connection)
    kept = _conflict(api, link)

    told = api.good("POST", f"{connection}/conflicts/{link.id}/{kept.id}/pick", {"side": "tracker"})

    assert (told["state"], told["picked"]) == ("picked", "tracker")
    assert api.stores.links.conflict(link.id, kept.id) == replace(kept, state="picked", picked="tracker")
    (hint,) = api.sync_hints
    assert (hint.link_id, hint.cause, hint.connection_id) == (link.id, "manual", _id(connection))
    assert {"issue.fields", "issue.comments", "issue.files", "observation", "logs", "picked"} == set(
        hint.facets
    )
    assert _stored(api, link).due_at > 0
    assert "picked" in _stored(api, link).wants
    assert _outcomes(api)[-1] == "picked"


def test_a13_the_last_pick_stands_until_it_is_carried_over(api: Api, connection: str) -> None:
    link = _link(api, connection)
    kept = _conflict(api, link)
    address = f"{connection}/conflicts/{link.id}/{kept.id}/pick"

    api.good("POST", address, {"side": "tracker"})
    second = api.good("POST", address, {"side": "procore"})

    assert second["picked"] == "procore"


def test_a13_a_settled_conflict_is_not_picked_again(api: Api, connection: str) -> None:
    link = _link(api, connection)
    done = _conflict(api, link, "settled")

    refused = api.call("POST", f"{connection}/conflicts/{link.id}/{done.id}/pick", {"side": "tracker"})

    assert (refused.status, refused.error["code"], refused.error["field"]) == (409, "settled", "conflict_id")
    assert api.sync_hints == []


def test_a13_a_side_must_be_one_of_the_two(api: Api, connection: str) -> None:
    link = _link(api, connection)
    kept = _conflict(api, link)

    refused = api.call("POST", f"{connection}/conflicts/{link.id}/{kept.id}/pick", {"side": "both"})

    assert (refused.status, refused.error["field"]) == (422, "side")


def test_a_pick_while_a_worker_has_the_item_reaches_that_worker(api: Api, connection: str) -> None:
    link = _link(api, connection)
    kept = _conflict(api, link)
    held = api.stores.links.lease(link.id, now=1.0, until=9e9)

    api.good("POST", f"{connection}/conflicts/{link.id}/{kept.id}/pick", {"side": "procore"})

    assert held is not None
    assert _stored(api, link).lease_until == 9e9
    assert len(api.sync_hints) == 1


# ---- Undo --------------------------------------------------------------------------------------------------


def _undo(api: Api, link: Link, kind: str = "write_tracker", **more: Any) -> Undo:
    made = Undo(
        f"1780000000.000-{kind}", link.connection_id, link.id, 1_780_000_000.0, kind, before=WRITTEN, **more
    )
    api.stores.links.put_undo(made)
    return made


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("delete_observation", "from Procore's recycle bin under its own id"),
        ("delete_issue", "comes back under a new id"),
        ("write_procore", "gets its former values back in Procore: title"),
        ("write_tracker", "gets its former values back in CxAlloy: title"),
    ],
)
def test_s15_an_undo_says_first_what_will_happen(api: Api, connection: str, kind: str, words: str) -> None:
    link = _link(api, connection)
    made = _undo(api, link, kind)

    listed = api.good("GET", f"{connection}/items/{link.id}/undos")["items"]
    one = api.good("GET", f"{connection}/items/{link.id}/undos/{made.id}")

    assert listed == [one]
    assert words in one["what_happens"]
    assert (one["before"], one["asked_at"], one["undone_at"]) == (WRITTEN, None, None)


def test_s15_asking_for_an_undo_is_stored_and_a_worker_is_told(api: Api, connection: str) -> None:
    link = _link(api, connection, state=LinkState.GONE)
    made = _undo(api, link, "delete_issue")

    told = api.good("POST", f"{connection}/items/{link.id}/undos/{made.id}")

    stored = api.stores.links.undo(link.id, made.id)
    assert stored is not None
    assert stored.asked_at > 0
    assert "under a new id" in told["what_happens"]
    assert told["asked_at"] is not None
    (hint,) = api.sync_hints
    assert (hint.link_id, "undo" in hint.facets) == (link.id, True)
    assert "undo" in _stored(api, link).wants
    assert _outcomes(api)[-1] == "undo_asked"


def test_s15_asking_twice_is_asking_once(api: Api, connection: str) -> None:
    link = _link(api, connection)
    made = _undo(api, link, asked_at=5.0)

    api.good("POST", f"{connection}/items/{link.id}/undos/{made.id}")

    stored = api.stores.links.undo(link.id, made.id)
    assert stored is not None
    assert stored.asked_at == 5.0


@pytest.mark.parametrize(
    ("more", "code"), [({"undone_at": 5.0}, "undone_already"), ({"delete_after": 5.0}, "too_late")]
)
def test_s15_what_is_undone_or_too_old_is_not_undone(
    api: Api, connection: str, more: dict[str, Any], code: str
) -> None:
    link = _link(api, connection)
    made = _undo(api, link, **more)

    refused = api.call("POST", f"{connection}/items/{link.id}/undos/{made.id}")

    assert (refused.status, refused.error["code"], refused.error["field"]) == (409, code, "undo_id")
    assert api.sync_hints == []


def test_s15_what_is_kept_no_longer_is_not_offered(api: Api, connection: str) -> None:
    link = _link(api, connection)
    _undo(api, link, "delete_issue", delete_after=5.0)
    kept = _undo(api, link, delete_after=4_000_000_000.0)

    told = api.good("GET", f"{connection}/items/{link.id}/undos")

    assert [one["id"] for one in told["items"]] == [kept.id]


def test_picks_and_undos_wait_until_the_connection_runs(api: Api, connection: str) -> None:
    link = _link(api, connection)
    made, kept = _undo(api, link), _conflict(api, link)
    api.good("POST", f"{connection}/pause")

    undo = api.call("POST", f"{connection}/items/{link.id}/undos/{made.id}")
    pick = api.call("POST", f"{connection}/conflicts/{link.id}/{kept.id}/pick", {"side": "tracker"})

    assert (undo.error["code"], pick.error["code"]) == ("wrong_state", "wrong_state")


# ---- The brake ---------------------------------------------------------------------------------------------


def _held(api: Api, path: str, count: int = 2) -> list[Link]:
    api.stores.cursors.save(Cursor(_id(path), BRAKE, notes={"deletes": [1.0], "tripped_at": 1_780_000_000.0}))
    pending = {"delete": "observation"}
    return [
        _link(api, path, str(101 + number), state=LinkState.HELD, pending=pending) for number in range(count)
    ]


def test_s16_the_brake_shows_the_planned_deletes_item_by_item(api: Api, connection: str) -> None:
    _held(api, connection)

    told = api.good("GET", f"{connection}/brake")

    assert (told["tripped_at"], told["approved"]) == ("2026-05-28T20:26:40Z", False)
    assert told["items"] == [
        {
            "item_id": f"link-{issue}",
            "deletes": "observation",
            "issue_id": issue,
            "issue_number": f"CHK-{issue}",
            "observation_id": f"77{issue}",
            "observation_number": "",
        }
        for issue in ("101", "102")
    ]


def test_s16_a_brake_that_never_held_anything_is_empty(api: Api, connection: str) -> None:
    told = api.good("GET", f"{connection}/brake")

    assert (told["tripped_at"], told["approved"], told["items"]) == (None, False, [])


def test_s16_approving_releases_exactly_this_plan(api: Api, connection: str) -> None:
    first, _ = _held(api, connection)
    plan = api.good("GET", f"{connection}/brake")["hash"]

    told = api.good("POST", f"{connection}/brake/approve", {"hash": plan})

    brake = api.stores.cursors.get(_id(connection), BRAKE)
    assert brake is not None
    assert brake.notes == {
        "deletes": [1.0],
        "tripped_at": 1_780_000_000.0,
        "approved": {"hash": plan, "links": []},
    }
    assert _stored(api, first).pending == {"delete": "observation", "approved": plan}
    assert told["approved"] is True
    assert [hint.link_id for hint in api.sync_hints] == ["link-101", "link-102"]
    assert _stored(api, first).due_at > 0
    assert _outcomes(api)[-1] == "deletes_approved"
    assert api.good("GET", f"{connection}/brake")["approved"] is True


@pytest.mark.parametrize("act", ["approve", "dismiss"])
def test_s16_a_plan_that_grew_is_refused_and_shown_anew(api: Api, connection: str, act: str) -> None:
    _held(api, connection)
    seen = api.good("GET", f"{connection}/brake")
    _link(api, connection, "103", state=LinkState.HELD, pending={"delete": "issue"})

    refused = api.call("POST", f"{connection}/brake/{act}", {"hash": seen["hash"]})

    assert (refused.status, refused.error["code"], refused.error["field"]) == (409, "plan_changed", "hash")
    assert refused.error["plan"] == api.good("GET", f"{connection}/brake")
    assert [one["item_id"] for one in refused.error["plan"]["items"]] == ["link-101", "link-102", "link-103"]
    assert refused.error["plan"]["hash"] != seen["hash"]
    assert api.sync_hints == []


def test_s16_an_approval_of_one_plan_does_not_hold_for_another(api: Api, connection: str) -> None:
    _held(api, connection)
    api.good("POST", f"{connection}/brake/approve", {"hash": api.good("GET", f"{connection}/brake")["hash"]})

    _link(api, connection, "103", state=LinkState.HELD, pending={"delete": "observation"})

    assert api.good("GET", f"{connection}/brake")["approved"] is False


def test_s16_the_same_items_losing_the_other_side_are_another_plan(api: Api, connection: str) -> None:
    first, _ = _held(api, connection)
    seen = api.good("GET", f"{connection}/brake")["hash"]
    api.stores.links.save(replace(first, pending={"delete": "issue"}))

    assert api.call("POST", f"{connection}/brake/approve", {"hash": seen}).error["code"] == "plan_changed"


def test_s16_nothing_to_approve_is_refused(api: Api, connection: str) -> None:
    empty = api.good("GET", f"{connection}/brake")["hash"]

    refused = api.call("POST", f"{connection}/brake/approve", {"hash": empty})

    assert (refused.status, refused.error["code"], refused.error["plan"]["items"]) == (
        409,
        "plan_changed",
        [],
    )


def test_s16_dismissing_deletes_nothing_and_unlinks_the_items(api: Api, connection: str) -> None:
    first, _ = _held(api, connection)
    plan = api.good("GET", f"{connection}/brake")["hash"]

    told = api.good("POST", f"{connection}/brake/dismiss", {"hash": plan})

    parted = _stored(api, first)
    assert (told["tripped_at"], told["items"]) == (None, [])
    assert (parted.state, parted.pending, parted.due_at) == (LinkState.UNLINKED, {}, 0.0)
    brake = api.stores.cursors.get(_id(connection), BRAKE)
    assert brake is not None
    assert brake.notes == {"deletes": [1.0]}
    assert api.sync_hints == []
    assert _outcomes(api)[-1] == "deletes_dismissed"


# ---- Single items ------------------------------------------------------------------------------------------


def _observation(api: Api, **fields: Any) -> str:
    return str(
        Hands(api.procore, PRIYA).create(HARBOR_POINT, **{"name": "Twin", "type_id": int(TYPE), **fields})
    )


def test_a26_the_observation_of_an_issue_is_told(api: Api, connection: str) -> None:
    _link(api, connection)
    _link(api, connection, "102", state=LinkState.PARKED)

    (found,) = api.good("GET", f"{connection}/items", query={"issue_id": "101"})["items"]
    none = api.good("GET", f"{connection}/items", query={"issue_id": "101", "state": "parked"})["items"]

    assert (found["observation"]["id"], none) == ("77101", [])
    assert found["observation"]["address"].endswith(f"/{HARBOR_POINT}/project/observations/items/77101")
    assert api.good("GET", f"{connection}/items", query={"issue_id": "999"})["items"] == []


@pytest.mark.parametrize("state", ["synced", "gone", "held", "unlinked"])
def test_items_are_listed_by_the_states_of_ongoing_sync(api: Api, connection: str, state: str) -> None:
    _link(api, connection, state=LinkState(state), remarks={"assignee": "Refused."}, gone_since=1.78e9)

    (one,) = api.good("GET", f"{connection}/items", query={"state": state})["items"]

    assert (one["state"], one["remarks"]) == (state, {"assignee": "Refused."})
    assert one["gone_since"] == "2026-05-28T20:26:40Z"


@pytest.mark.parametrize(
    ("base", "state"), [({"title": ["a", "a"]}, LinkState.SYNCED), ({}, LinkState.WAITING)]
)
def test_s14_a_parked_item_of_ongoing_sync_is_retried_as_what_it_was(
    api: Api, connection: str, base: dict[str, Any], state: LinkState
) -> None:
    link = _link(api, connection, state=LinkState.PARKED, base=base, tries=5, cause="Refused.")

    api.good("POST", f"{connection}/items/{link.id}/retry")

    again = _stored(api, link)
    assert (again.state, again.tries, again.cause) == (state, 0, "")
    assert [hint.link_id for hint in api.sync_hints] == [link.id]
    assert api.hints == []


def test_s14_a_synced_item_is_looked_at_again_on_demand(api: Api, connection: str) -> None:
    link = _link(api, connection, base={"title": ["a", "a"]})

    assert api.good("POST", f"{connection}/items/{link.id}/retry")["state"] == "synced"
    assert len(api.sync_hints) == 1


@pytest.mark.parametrize(
    ("state", "step"),
    [
        ("gone", "Restore the issue, or undo the deletion."),
        ("held", "Approve or dismiss the plan of the brake."),
        ("unlinked", "Link it by hand, or copy it again."),
    ],
)
def test_s14_what_a_retry_cannot_help_says_what_does(
    api: Api, connection: str, state: str, step: str
) -> None:
    link = _link(api, connection, state=LinkState(state))

    refused = api.call("POST", f"{connection}/items/{link.id}/retry")

    assert (refused.error["code"], refused.error["next_step"]) == ("nothing_to_retry", step)


def test_s14_all_failed_items_are_retried_on_the_sync_queue(api: Api, connection: str) -> None:
    for number in range(3):
        _link(api, connection, str(101 + number), state=LinkState.PARKED)

    told = api.good("POST", f"{connection}/retry-failed")

    assert (told["retried"], len(api.sync_hints), api.hints) == (3, 3, [])


def test_a10_two_are_linked_by_hand_as_they_are(api: Api, connection: str) -> None:
    twin = _observation(api, name="Another title", status="closed")

    answer = api.call("POST", f"{connection}/items", {"issue_id": "102", "observation_id": twin})

    assert (answer.status, answer.json["state"], answer.json["observation"]["id"]) == (201, "synced", twin)
    link = api.stores.links.by_issue(_id(connection), "102")
    assert link is not None
    assert link.base["title"] == ["CHK-2", "Another title"]
    assert link.base["status"] == ["1", "closed"]
    assert (link.due_at > 0, link.item_updated_at > 0) == (True, True)
    assert [hint.link_id for hint in api.sync_hints] == [link.id]


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"issue_id": "999", "observation_id": "1"}, "issue_id"),
        ({"issue_id": "102", "observation_id": "999999"}, "observation_id"),
    ],
)
def test_a10_what_is_not_there_is_not_linked(
    api: Api, connection: str, body: dict[str, str], field: str
) -> None:
    refused = api.call("POST", f"{connection}/items", body)

    assert (refused.status, refused.error["code"], refused.error["field"]) == (404, "not_found", field)


def test_a10_a_linked_issue_keeps_its_twin_until_it_is_unlinked(api: Api, connection: str) -> None:
    former, twin = _observation(api), _observation(api)
    link = _link(api, connection, "102", observation_id=former)
    api.stores.links.put_intent(Intent(link.id, "comment#1", 1.0, result_id="5"))
    api.stores.links.put_file(StoredFile(link.id, "301", "a", 1, "00", "u", "i", 1.0))
    body = {"issue_id": "102", "observation_id": twin}

    refused = api.call("POST", f"{connection}/items", body)
    api.good("POST", f"{connection}/items/{link.id}/unlink")
    linked = api.good("POST", f"{connection}/items", body)

    assert (refused.status, refused.error["code"], refused.error["field"]) == (
        409,
        "linked_already",
        "issue_id",
    )
    assert (linked["id"], linked["state"], linked["generation"]) == (link.id, "synced", 2)
    assert linked["former_observation_ids"] == [former]
    assert api.stores.links.intents(link.id) == []
    assert api.stores.links.files(link.id) == []


def test_a10_the_same_two_are_linked_again_with_all_that_was_remembered(api: Api, connection: str) -> None:
    twin = _observation(api)
    link = _link(api, connection, "102", observation_id=twin, state=LinkState.UNLINKED)
    api.stores.links.put_intent(Intent(link.id, "comment#1", 1.0, result_id="5"))

    linked = api.good("POST", f"{connection}/items", {"issue_id": "102", "observation_id": twin})

    assert (linked["id"], linked["generation"]) == (link.id, 1)
    assert len(api.stores.links.intents(link.id)) == 1


def test_a10_the_observation_of_another_item_is_not_taken(api: Api, connection: str) -> None:
    twin = _observation(api)
    _link(api, connection, "101", observation_id=twin)

    refused = api.call("POST", f"{connection}/items", {"issue_id": "102", "observation_id": twin})

    assert (refused.status, refused.error["code"], refused.error["field"]) == (
        409,
        "linked_already",
        "observation_id",
    )


def test_a10_while_an_observation_is_being_made_none_is_linked(api: Api, connection: str) -> None:
    link = _link(api, connection, "102", state=LinkState.WAITING, observation_id="")
    api.stores.links.put_intent(Intent(link.id, "observation", 1.0))

    refused = api.call(
        "POST", f"{connection}/items", {"issue_id": "102", "observation_id": _observation(api)}
    )

    assert refused.error["code"] == "linked_already"
    assert "being made" in refused.error["cause"]


def test_a10_unlinking_keeps_everything_and_is_done_once(api: Api, connection: str) -> None:
    link = _link(api, connection, base={"title": ["a", "a"]}, due_at=9.0)
    calls = len(api.procore.journal.entries)

    first = api.good("POST", f"{connection}/items/{link.id}/unlink")
    second = api.good("POST", f"{connection}/items/{link.id}/unlink")

    parted = _stored(api, link)
    assert (first["state"], second) == ("unlinked", first)
    assert (parted.observation_id, parted.due_at) == ("77101", 0.0)
    assert len(api.procore.journal.entries) == calls


def test_an_item_in_a_workers_hand_is_not_unlinked(api: Api, connection: str) -> None:
    link = _link(api, connection)
    api.stores.links.lease(link.id, now=1.0, until=9e9)

    refused = api.call("POST", f"{connection}/items/{link.id}/unlink")

    assert (refused.status, refused.error["code"]) == (409, "at_work")


def test_a10_an_unlinked_item_whose_observation_was_deleted_is_copied_again(
    api: Api, connection: str
) -> None:
    twin = _observation(api)
    link = _link(api, connection, observation_id=twin, state=LinkState.UNLINKED, base={"title": ["a", "a"]})
    Hands(api.procore, PRIYA).delete(int(twin))

    again = api.good("POST", f"{connection}/items/{link.id}/copy-again")

    assert (again["state"], again["generation"], again["observation"]) == ("waiting", 2, None)
    assert _stored(api, link).base == {}
    assert len(api.sync_hints) == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "items", {"issue_id": "102", "observation_id": "5"}),
        ("POST", "items/{item}/unlink", None),
    ],
)
def test_a_one_time_copy_links_nothing_by_hand(
    api: Api, tenant: str, method: str, path: str, body: dict[str, str] | None
) -> None:
    copied = make_running(api, tenant)
    link = _link(api, copied, state=LinkState.COPIED)

    refused = api.call(method, f"{copied}/{path.format(item=link.id)}", body)

    assert (refused.status, refused.error["code"]) == (409, "wrong_approach")


def test_linking_by_hand_needs_both_credentials(api: Api, tenant: str) -> None:
    path = make_sync(api, tenant)
    stored = api.stores.connections.get(_id(path))
    assert stored is not None
    held = api.stores.authorizations.get(stored.procore_authorization_id)
    assert held is not None
    api.stores.authorizations.put(replace(held, valid=False, cause="Revoked."))

    refused = api.call("POST", f"{path}/items", {"issue_id": "102", "observation_id": "5"})

    assert (refused.error["code"], refused.error["cause"]) == ("not_ready", "Revoked.")
