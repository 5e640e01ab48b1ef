"""Response logs, conflicts and undo of links, and what deleting a link frees."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from plumbline.errors import Reject
from plumbline.stores.links import DynamoLinks
from plumbline.stores.ports import Stale, Taken
from plumbline.stores.records import Conflict, Intent, Link, LinkState, StoredFile, Undo

from .conftest import client

if TYPE_CHECKING:
    from plumbline.stores.ports import Links, Work

LINK = Link("l1", "c1", "i1", LinkState.SYNCED, observation_id="o1")
CONFLICT = Conflict("k1", "c1", "l1", "description", 1700000000.5, "open", tracker="left", procore="right")
UNDO = Undo("u1", "c1", "l1", 1700000000.5, "write_procore", before={"name": "old"}, after={"name": "new"})
LONG = "ü" * 30_000


def test_a_response_log_is_known_once_it_is_noted(links: Links) -> None:
    assert links.by_log("c1", "900") == ""

    links.note_log("c1", "900", "l1")
    links.note_log("c1", "900", "l1")
    links.note_log("c2", "900", "l5")

    assert links.by_log("c1", "900") == "l1"
    assert links.by_log("c2", "900") == "l5"
    assert links.by_log("c1", "901") == ""


def test_an_id_of_a_log_is_no_id_of_an_issue(links: Links) -> None:
    links.note_log("c1", "900", "l1")
    links.create(LINK)

    assert links.by_issue("c1", "900") is None
    assert links.by_observation("c1", "900") is None
    assert links.by_log("c1", "i1") == ""


def test_every_field_of_a_conflict_comes_back(links: Links) -> None:
    conflict = replace(
        CONFLICT, losing="procore", picked="tracker", issue_number="M-7", observation_number="12"
    )

    links.put_conflict(conflict)

    assert links.conflict("l1", "k1") == conflict
    assert links.conflict("l1", "k2") is None
    assert links.conflict("l2", "k1") is None


def test_a_conflict_is_replaced_under_its_link_and_id(links: Links) -> None:
    links.put_conflict(CONFLICT)
    links.put_conflict(replace(CONFLICT, link_id="l2", tracker="another"))

    links.put_conflict(replace(CONFLICT, state="settled", picked="procore"))

    assert list(links.conflicts("l1")) == [replace(CONFLICT, state="settled", picked="procore")]
    assert list(links.conflicts("l2")) == [replace(CONFLICT, link_id="l2", tracker="another")]
    assert links.conflicts_of("c1", state="open").items == (
        replace(CONFLICT, link_id="l2", tracker="another"),
    )


def test_conflicts_of_a_link_come_oldest_first(links: Links) -> None:
    for id_, at in (("k1", 30.5), ("k2", 9.0), ("k3", 100.0), ("k0", 30.5)):
        links.put_conflict(replace(CONFLICT, id=id_, at=at))

    assert [one.id for one in links.conflicts("l1")] == ["k2", "k0", "k1", "k3"]
    assert list(links.conflicts("l9")) == []


def fill_conflicts(links: Links) -> None:
    places = [("k1", "open", 30.5), ("k2", "kept", 99.0), ("k3", "open", 9.0), ("k4", "settled", 1.0)]
    for number, (id_, state, at) in enumerate(places):
        links.put_conflict(replace(CONFLICT, id=id_, link_id=f"l{number}", state=state, at=at))
    links.put_conflict(replace(CONFLICT, id="k9", connection_id="c2", link_id="l9"))


def test_conflicts_of_a_connection_come_by_state_then_time_in_pages(links: Links) -> None:
    fill_conflicts(links)

    first = links.conflicts_of("c1", limit=3)
    second = links.conflicts_of("c1", limit=3, token=first.next_token)

    assert [[one.id for one in page.items] for page in (first, second)] == [["k2", "k3", "k1"], ["k4"]]
    assert second.next_token == ""


def test_conflicts_may_be_kept_to_one_state(links: Links) -> None:
    fill_conflicts(links)

    first = links.conflicts_of("c1", state="open", limit=1)
    last = links.conflicts_of("c1", state="open", limit=1, token=first.next_token)

    assert [one.id for one in (*first.items, *last.items)] == ["k3", "k1"]
    assert last.next_token == ""
    assert links.conflicts_of("c1", state="picked").items == ()
    assert links.conflicts_of("c3").items == ()


def test_a_token_of_links_is_none_of_conflicts(links: Links) -> None:
    fill_conflicts(links)
    for number in range(2):
        links.create(Link(f"l{number}", "c1", f"i{number}", LinkState.SYNCED))
    of_links = links.of_connection("c1", limit=1).next_token
    of_conflicts = links.conflicts_of("c1", limit=1).next_token
    of_open = links.conflicts_of("c1", state="open", limit=1).next_token

    assert "" not in (of_links, of_conflicts, of_open)
    with pytest.raises(Reject, match="not one of this listing"):
        links.conflicts_of("c2", token=of_conflicts)
    with pytest.raises(Reject, match="not one of this listing"):
        links.conflicts_of("c1", state="kept", token=of_open)
    with pytest.raises(Reject, match="not one of this listing"):
        links.conflicts_of("c1", token=of_links)
    with pytest.raises(Reject, match="not one of this listing"):
        links.of_connection("c1", token=of_conflicts)


def test_conflicts_logs_and_undo_are_no_links_of_the_connection(links: Links) -> None:
    made = links.create(LINK)
    fill_conflicts(links)
    links.note_log("c1", "900", "l1")
    links.put_undo(UNDO)

    assert links.of_connection("c1").items == (made,)
    assert {state: count for state, count in links.counts("c1").items() if count} == {"synced": 1}
    assert list(links.due(now=1e12, limit=10)) == []


def test_every_field_of_an_undo_comes_back(links: Links) -> None:
    undo = replace(
        UNDO,
        before={"name": "alt ✓", "trade": None, "files": ["f1", "f2"], "due": {"date": "2026-05-01"}},
        after={},
        asked_at=1700000001.25,
        undone_at=1700000002.0,
        delete_after=1702592000.0,
    )

    links.put_undo(undo)

    assert links.undo("l1", "u1") == undo
    assert links.undo("l1", "u2") is None


def test_what_can_be_put_back_comes_oldest_first(links: Links) -> None:
    for id_, at in (("u1", 30.5), ("u2", 9.0), ("u3", 100.0)):
        links.put_undo(replace(UNDO, id=id_, at=at))
    links.put_undo(replace(UNDO, link_id="l2"))
    links.put_undo(replace(UNDO, id="u2", at=9.0, undone_at=200.0))

    assert [(one.id, one.undone_at) for one in links.undos("l1")] == [("u2", 200.0), ("u1", 0), ("u3", 0)]
    assert list(links.undos("l9")) == []


def test_an_undo_goes_after_whole_seconds(links: Links) -> None:
    links.put_undo(replace(UNDO, delete_after=1702592000.25))

    stored = links.undo("l1", "u1")

    assert stored is not None
    assert stored.delete_after == 1702592001.0


@pytest.mark.usefixtures("aws")
def test_the_time_to_live_of_an_undo_is_a_whole_number_and_without_one_it_stays() -> None:
    links = DynamoLinks(client("dynamodb"), "links")
    links.put_undo(replace(UNDO, delete_after=1702592000.25))
    links.put_undo(replace(UNDO, id="u2"))

    items = client("dynamodb").query(
        TableName="links",
        KeyConditionExpression="pk = :pk",
        ExpressionAttributeValues={":pk": {"S": "LINK#l1"}},
    )["Items"]
    assert items[0]["delete_after"] == {"N": "1702592001"}
    assert "delete_after" not in items[1]


def test_long_texts_of_a_conflict_come_back_whole(links: Links, work: Work) -> None:
    conflict = replace(CONFLICT, tracker=LONG, procore="x" * 60_000)

    links.put_conflict(conflict)

    assert links.conflict("l1", "k1") == conflict
    assert list(links.conflicts("l1")) == [conflict]
    assert links.conflicts_of("c1").items == (conflict,)
    assert work.get("texts/conflict/l1/k1/tracker") == LONG.encode()
    assert work.get("texts/conflict/l1/k1/procore") == b"x" * 60_000


def test_long_texts_of_an_undo_come_back_whole(links: Links, work: Work) -> None:
    undo = replace(UNDO, before={"description": LONG, "notes": ["short", LONG]}, after={"description": "new"})

    links.put_undo(undo)

    assert links.undo("l1", "u1") == undo
    assert list(links.undos("l1")) == [undo]
    assert work.get("texts/undo/l1/u1/before/description") == LONG.encode()
    assert work.get("texts/undo/l1/u1/after/description") is None


def test_a_short_text_stays_in_the_item(links: Links, work: Work) -> None:
    links.put_conflict(replace(CONFLICT, tracker="x" * 32_768))

    assert links.conflict("l1", "k1") == replace(CONFLICT, tracker="x" * 32_768)
    assert work.get("texts/conflict/l1/k1/tracker") is None


def test_a_person_s_text_that_looks_like_a_pointer_reads_and_deletes_nothing_else(
    links: Links, work: Work
) -> None:
    work.put("texts/conflict/l7/k7/tracker", b"of somebody else")
    sly = "work:texts/conflict/l7/k7/tracker"
    links.create(LINK)
    links.put_conflict(replace(CONFLICT, tracker=sly))
    links.put_undo(replace(UNDO, before={"name": sly}))
    links.put_file(StoredFile("l1", "f1", sly, 1, "ab" * 32, "u1", "a1", 100.5))

    assert links.conflict("l1", "k1") == replace(CONFLICT, tracker=sly)
    assert links.undo("l1", "u1") == replace(UNDO, before={"name": sly})
    links.delete(LINK)
    assert work.get("texts/conflict/l7/k7/tracker") == b"of somebody else"


def test_a_text_that_the_bucket_lost_is_an_error_and_no_empty_text(links: Links, work: Work) -> None:
    links.put_undo(replace(UNDO, before={"description": LONG}))
    work.delete("texts/undo/l1/u1/before/description")

    with pytest.raises(Reject) as refusal:
        links.undo("l1", "u1")

    assert refusal.value.code == "text_gone"


def test_without_a_bucket_long_texts_are_refused_and_short_ones_kept(links_alone: Links) -> None:
    links_alone.put_conflict(CONFLICT)
    links_alone.put_undo(UNDO)

    with pytest.raises(Reject) as conflict:
        links_alone.put_conflict(replace(CONFLICT, procore=LONG))
    with pytest.raises(Reject) as undo:
        links_alone.put_undo(replace(UNDO, before={"description": LONG}))

    assert (conflict.value.code, conflict.value.field) == ("text_too_long", "procore")
    assert (undo.value.code, undo.value.field) == ("text_too_long", "before.description")
    assert links_alone.conflict("l1", "k1") == CONFLICT
    assert links_alone.undo("l1", "u1") == UNDO


def test_a_deleted_link_is_gone_with_all_that_hung_on_it(links: Links, work: Work) -> None:
    link = links.create(replace(LINK, due_at=10.0))
    links.put_intent(Intent("l1", "observation", 100.5))
    links.put_file(StoredFile("l1", "f1", "plan.pdf", 1, "ab" * 32, "u1", "a1", 100.5))
    links.put_conflict(replace(CONFLICT, tracker=LONG))
    links.put_undo(replace(UNDO, before={"description": LONG}))

    links.delete(link)
    links.delete(link)

    assert links.get("l1") is None
    assert links.of_connection("c1").items == ()
    assert links.counts("c1")["synced"] == 0
    assert list(links.due(now=1e12, limit=10)) == []
    assert [*links.intents("l1"), *links.files("l1"), *links.conflicts("l1"), *links.undos("l1")] == []
    assert links.conflicts_of("c1").items == ()
    assert work.get("texts/conflict/l1/k1/tracker") is None
    assert work.get("texts/undo/l1/u1/before/description") is None


def test_a_deleted_link_frees_every_id_it_ever_had(links: Links) -> None:
    link = links.create(LINK)
    link = links.save(replace(link, observation_id="o2", former_observation_ids=("o1",)))
    link = links.save(replace(link, issue_id="i2"))
    links.note_log("c1", "900", "l1")

    links.delete(link)

    assert links.by_log("c1", "900") == ""
    for number in (1, 2):
        again = Link(f"n{number}", "c1", f"i{number}", LinkState.WAITING, observation_id=f"o{number}")
        links.create(again)
        assert links.by_issue("c1", f"i{number}") == links.by_observation("c1", f"o{number}")


def test_deleting_leaves_other_links_alone(links: Links) -> None:
    gone = links.create(LINK)
    other = links.create(Link("l2", "c1", "i2", LinkState.SYNCED, observation_id="o2"))
    links.note_log("c1", "900", "l1")
    links.note_log("c1", "900", "l2")
    links.put_intent(Intent("l2", "observation", 100.5))
    links.put_conflict(replace(CONFLICT, link_id="l2"))
    links.delete(gone)
    new = links.create(replace(LINK, id="l3"))

    links.delete(gone)

    assert links.by_log("c1", "900") == "l2"
    assert links.by_issue("c1", "i2") == other
    assert links.by_issue("c1", "i1") == links.by_observation("c1", "o1") == new
    assert len(links.intents("l2")) == 1
    assert links.conflicts_of("c1").items == (replace(CONFLICT, link_id="l2"),)


def test_a_worker_that_still_has_a_deleted_link_is_stale(links: Links) -> None:
    links.create(LINK)
    leased = links.lease("l1", now=100.0, until=165.0)
    assert leased is not None

    links.delete(leased)

    with pytest.raises(Stale):
        links.save(replace(leased, lease_until=0.0))
    with pytest.raises(Stale):
        links.save(replace(leased, issue_id="i9", lease_until=0.0))
    assert links.lease("l1", now=200.0, until=265.0) is None
    assert links.by_issue("c1", "i9") is None


def test_a_log_that_was_noted_belongs_to_no_id_of_the_links(links: Links) -> None:
    links.note_log("c1", "i1", "l9")

    links.create(LINK)

    with pytest.raises(Taken):
        links.create(replace(LINK, id="l2"))
    assert links.by_log("c1", "i1") == "l9"
