from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from plumbline.errors import Reject
from plumbline.stores.ports import Stale, Taken
from plumbline.stores.records import Intent, Link, LinkState, StoredFile

if TYPE_CHECKING:
    from plumbline.stores.ports import Links

FIRST = Link("l1", "c1", "i1", LinkState.WAITING, issue_number="M-7")
OTHER = Link("l2", "c1", "i2", LinkState.WAITING)


def test_a_new_link_is_version_1_and_found_by_its_issue(links: Links) -> None:
    made = links.create(FIRST)

    assert made == replace(FIRST, version=1)
    assert links.get("l1") == made
    assert links.by_issue("c1", "i1") == made
    assert links.by_issue("c1", "i9") is None
    assert links.get("l9") is None


def test_every_field_of_a_link_comes_back(links: Links) -> None:
    link = replace(
        FIRST,
        state=LinkState.PARKED,
        observation_id="o1",
        observation_number="12",
        generation=2,
        former_observation_ids=("o0", "o00"),
        tries=3,
        due_at=1700000000.123456,
        lease_until=1700000001.5,
        cause="Grund: ünïcode ✓",
        next_step="Ask the GC.",
        updated_at=1700000000.0,
        base={"status": ["3101", "initiated"], "due_at": ["2026-05-01", None], "assignee": []},
        pending={"write": {"procore": ["status"]}, "at": 1700000000.25, "sure": False},
        wants=("logs", "issue.fields"),
        observed_at=1700000002.5,
        item_updated_at=1700000001.0,
        never_shown=True,
        heard_at=1700000003.125,
        gone_since=1700000004.0,
        writes=(1700000005.0, 1700000006.5),
        remarks={"location": "Kein solcher Ort: Größe ✓"},
        backfill=True,
    )

    assert links.get(links.create(link).id) == replace(link, version=1)


def test_an_issue_has_one_link_in_a_connection(links: Links) -> None:
    links.create(FIRST)

    with pytest.raises(Taken) as refusal:
        links.create(replace(FIRST, id="l2"))

    assert (refusal.value.name, refusal.value.holder) == ("issue", "l1")
    assert links.get("l2") is None
    assert links.create(replace(FIRST, id="l3", connection_id="c2")).version == 1


def test_a_link_id_is_used_once(links: Links) -> None:
    links.create(FIRST)

    with pytest.raises(Taken) as refusal:
        links.create(replace(FIRST, issue_id="i5"))

    assert (refusal.value.name, refusal.value.holder) == ("link", "l1")
    assert links.by_issue("c1", "i5") is None


def test_a_link_may_be_made_with_its_observation(links: Links) -> None:
    made = links.create(replace(FIRST, observation_id="o1"))

    assert links.by_observation("c1", "o1") == made
    with pytest.raises(Taken) as refusal:
        links.create(replace(OTHER, observation_id="o1"))
    assert (refusal.value.name, refusal.value.holder) == ("observation", "l1")
    assert links.by_issue("c1", "i2") is None


def test_ids_that_hold_the_separator_are_not_mixed_up(links: Links) -> None:
    made = links.create(replace(FIRST, connection_id="c", issue_id="1#2"))

    assert links.by_issue("c", "1#2") == made
    assert links.by_issue("c#1", "2") is None


def test_saving_gives_the_next_version(links: Links) -> None:
    link = links.create(replace(FIRST, cause="old", due_at=50.0))

    saved = links.save(replace(link, state=LinkState.COPIED, cause="", due_at=0.0))

    assert saved == replace(FIRST, state=LinkState.COPIED, version=2)
    assert links.get("l1") == saved


def test_an_old_version_or_an_unknown_link_is_stale(links: Links) -> None:
    with pytest.raises(Stale):
        links.save(FIRST)
    link = links.create(FIRST)
    links.save(replace(link, cause="first"))

    with pytest.raises(Stale):
        links.save(replace(link, cause="second"))
    with pytest.raises(Stale):
        links.save(replace(link, observation_id="o1"))

    assert links.by_observation("c1", "o1") is None
    assert links.get("l1") == replace(FIRST, cause="first", version=2)


def test_a_newly_set_observation_is_found(links: Links) -> None:
    link = links.create(FIRST)

    saved = links.save(replace(link, observation_id="o1"))
    again = links.save(replace(saved, cause="more"))

    assert (
        links.by_observation("c1", "o1")
        == again
        == replace(FIRST, observation_id="o1", cause="more", version=3)
    )
    assert links.by_observation("c2", "o1") is None


def test_an_observation_belongs_to_one_link_of_a_connection(links: Links) -> None:
    links.save(replace(links.create(FIRST), observation_id="o1"))
    other = links.create(OTHER)

    with pytest.raises(Taken) as refusal:
        links.save(replace(other, observation_id="o1"))

    assert (refusal.value.name, refusal.value.holder) == ("observation", "l1")
    assert links.get("l2") == other
    elsewhere = links.create(replace(OTHER, id="l3", connection_id="c2"))
    assert links.save(replace(elsewhere, observation_id="o1")).version == 2


def test_a_former_observation_still_leads_to_its_link(links: Links) -> None:
    first = links.save(replace(links.create(FIRST), observation_id="o1"))

    second = links.save(replace(first, observation_id="o2", generation=2, former_observation_ids=("o1",)))

    assert links.by_observation("c1", "o1") == second
    assert links.by_observation("c1", "o2") == second
    assert links.save(replace(second, observation_id="o1")).version == 4


def test_lists_in_the_base_stay_lists_and_times_stay_times(links: Links) -> None:
    links.create(replace(FIRST, base={"status": ["3101", "initiated"]}, writes=(5.0, 6.0), wants=("logs",)))

    stored = links.get("l1")

    assert stored is not None
    assert stored.base == {"status": ["3101", "initiated"]}
    assert isinstance(stored.base["status"], list)
    assert [type(at) for at in stored.writes] == [float, float]
    assert stored.wants == ("logs",)


def test_what_sync_remembers_is_changed_and_emptied_by_a_save(links: Links) -> None:
    link = links.create(
        replace(FIRST, base={"status": ["1", "open"]}, remarks={"due": "no"}, wants=("logs",))
    )

    fuller = links.save(replace(link, base={"name": ["a", "b"]}, pending={"name": "c"}, backfill=True))
    assert links.get("l1") == fuller
    bare = links.save(replace(fuller, base={}, pending={}, remarks={}, wants=(), backfill=False))

    assert links.get("l1") == bare == replace(FIRST, version=3)


def test_changing_a_dict_that_was_read_changes_nothing_stored(links: Links) -> None:
    base = {"status": ["3101", "initiated"]}
    links.create(replace(FIRST, base=base))
    base["status"].append("mine")
    for read in (links.get("l1"), links.lease("l1", now=1.0, until=2.0), links.by_issue("c1", "i1")):
        assert read is not None
        read.base["status"].clear()

    stored = links.get("l1")

    assert stored is not None
    assert stored.base == {"status": ["3101", "initiated"]}


@pytest.mark.parametrize(
    ("longer", "field"),
    [
        (replace(FIRST, cause="x" * 32_769), "cause"),
        (replace(FIRST, base={"description": ["ü" * 16_385, ""]}), "base.description"),
        (replace(FIRST, remarks={"name": "x" * 32_769}), "remarks.name"),
        (replace(FIRST, wants=("x" * 32_769,)), "wants"),
    ],
)
def test_a_text_over_32_kb_is_refused_and_named(links: Links, longer: Link, field: str) -> None:
    with pytest.raises(Reject) as refusal:
        links.create(longer)
    assert links.get("l1") is None
    made = links.create(FIRST)
    with pytest.raises(Reject) as again:
        links.save(replace(longer, version=made.version))

    assert (refusal.value.code, refusal.value.field) == ("text_too_long", field)
    assert (again.value.code, again.value.field) == ("text_too_long", field)
    assert links.get("l1") == made


def test_a_text_of_32_kb_is_kept(links: Links) -> None:
    link = links.create(replace(FIRST, cause="x" * 32_768, next_step="ü" * 16_384))

    assert links.get("l1") == link


def test_a_link_without_an_issue_claims_its_observation_only(links: Links) -> None:
    made = links.create(replace(FIRST, issue_id="", observation_id="o1"))
    other = links.create(replace(OTHER, issue_id="", observation_id="o2"))

    assert links.get("l1") == made == links.by_observation("c1", "o1")
    assert links.get("l2") == other
    assert links.by_issue("c1", "") is None
    with pytest.raises(Taken) as refusal:
        links.create(Link("l3", "c1", "", LinkState.WAITING, observation_id="o1"))
    assert (refusal.value.name, refusal.value.holder) == ("observation", "l1")


def test_a_newly_set_issue_is_claimed(links: Links) -> None:
    made = links.create(replace(FIRST, issue_id="", observation_id="o1"))

    saved = links.save(replace(made, issue_id="i7"))
    again = links.save(replace(saved, cause="more"))

    assert links.by_issue("c1", "i7") == again == replace(made, issue_id="i7", cause="more", version=3)
    with pytest.raises(Taken) as refusal:
        links.create(replace(OTHER, issue_id="i7"))
    assert (refusal.value.name, refusal.value.holder) == ("issue", "l1")


def test_an_issue_that_another_link_has_is_not_set(links: Links) -> None:
    links.create(FIRST)
    made = links.create(Link("l2", "c1", "", LinkState.WAITING, observation_id="o2"))

    with pytest.raises(Taken) as refusal:
        links.save(replace(made, issue_id="i1", cause="lost"))

    assert (refusal.value.name, refusal.value.holder) == ("issue", "l1")
    assert links.get("l2") == made


def test_both_ids_newly_set_are_claimed_together_or_not_at_all(links: Links) -> None:
    bare = links.create(Link("l3", "c1", "", LinkState.WAITING))
    links.create(replace(FIRST, observation_id="o1"))

    with pytest.raises(Taken) as by_issue:
        links.save(replace(bare, issue_id="i1", observation_id="o3"))
    with pytest.raises(Taken) as by_observation:
        links.save(replace(bare, issue_id="i3", observation_id="o1"))
    assert (by_issue.value.name, by_issue.value.holder) == ("issue", "l1")
    assert (by_observation.value.name, by_observation.value.holder) == ("observation", "l1")
    assert links.by_issue("c1", "i3") is None
    assert links.by_observation("c1", "o3") is None

    saved = links.save(replace(bare, issue_id="i3", observation_id="o3"))
    assert links.by_issue("c1", "i3") == links.by_observation("c1", "o3") == saved
    with pytest.raises(Stale):
        links.save(replace(bare, issue_id="i4", observation_id="o4"))
    assert links.by_issue("c1", "i4") is None


def test_the_lease_goes_to_one_worker_until_it_ends(links: Links) -> None:
    links.create(FIRST)

    leased = links.lease("l1", now=100.0, until=165.5)

    assert leased == replace(FIRST, lease_until=165.5, due_at=165.5, version=2)
    assert links.get("l1") == leased
    assert links.lease("l1", now=165.4, until=200.0) is None
    assert links.lease("l9", now=100.0, until=200.0) is None
    assert links.get("l9") is None
    taken_over = links.lease("l1", now=165.5, until=230.0)
    assert taken_over == replace(FIRST, lease_until=230.0, due_at=230.0, hints=1, version=3)


def test_who_finds_the_lease_held_leaves_a_hint_that_the_holder_must_see(links: Links) -> None:
    links.create(FIRST)
    leased = links.lease("l1", now=100.0, until=165.0)
    assert leased is not None
    links.lease("l1", now=110.0, until=175.0)
    links.lease("l1", now=120.0, until=185.0)

    going_on = links.save(replace(leased, observation_id="o1"))
    with pytest.raises(Stale):
        links.save(replace(going_on, lease_until=0.0, due_at=0.0))

    stored = links.get("l1")
    assert stored == replace(FIRST, observation_id="o1", lease_until=165.0, due_at=165.0, hints=2, version=3)
    done = links.save(replace(stored, lease_until=0.0, due_at=0.0))
    assert links.get("l1") == done == replace(FIRST, observation_id="o1", hints=2, version=4)


def test_letting_go_and_the_new_observation_are_one_write_that_hints_refuse(links: Links) -> None:
    links.create(FIRST)
    leased = links.lease("l1", now=100.0, until=165.0)
    assert leased is not None
    links.lease("l1", now=110.0, until=175.0)

    with pytest.raises(Stale):
        links.save(replace(leased, observation_id="o1", lease_until=0.0))

    assert links.by_observation("c1", "o1") is None


def test_a_holder_that_overran_cannot_write_over_the_next(links: Links) -> None:
    links.create(FIRST)
    slow = links.lease("l1", now=100.0, until=165.0)
    assert slow is not None
    quick = links.lease("l1", now=166.0, until=231.0)

    with pytest.raises(Stale):
        links.save(replace(slow, cause="late"))

    assert links.get("l1") == quick


def test_due_links_come_oldest_first_and_only_those_with_something_to_do(links: Links) -> None:
    for number, due_at in enumerate((30.5, 10.0, 0.0, 20.0, 99.0, 30.25)):
        links.create(replace(FIRST, id=f"l{number}", issue_id=f"i{number}", due_at=due_at))

    assert list(links.due(now=31.0, limit=10)) == ["l1", "l3", "l5", "l0"]
    assert list(links.due(now=31.0, limit=2)) == ["l1", "l3"]
    assert list(links.due(now=9.0, limit=10)) == []


def test_a_lease_moves_a_link_in_the_due_index_and_letting_go_takes_it_out(links: Links) -> None:
    links.create(replace(FIRST, due_at=10.0))
    leased = links.lease("l1", now=20.0, until=85.0)
    assert leased is not None
    assert list(links.due(now=84.0, limit=10)) == []
    assert list(links.due(now=85.0, limit=10)) == ["l1"]

    links.save(replace(leased, lease_until=0.0, due_at=0.0))

    assert list(links.due(now=1000.0, limit=10)) == []


def test_a_leased_link_without_due_time_gets_one(links: Links) -> None:
    links.create(FIRST)

    links.lease("l1", now=20.0, until=85.0)

    assert list(links.due(now=85.0, limit=10)) == ["l1"]


NONE = dict.fromkeys(("waiting", "copied", "parked", "left", "synced", "gone", "held", "unlinked"), 0)


def fill(links: Links) -> None:
    states = [LinkState.COPIED, LinkState.PARKED, LinkState.COPIED, LinkState.WAITING, LinkState.COPIED]
    for number, state in enumerate(states):
        links.create(Link(f"l{number}", "c1", f"i{number}", state))
    links.create(Link("l9", "c2", "i9", LinkState.COPIED))


def test_links_of_a_connection_come_in_pages(links: Links) -> None:
    fill(links)

    first = links.of_connection("c1", limit=2)
    second = links.of_connection("c1", limit=2, token=first.next_token)
    third = links.of_connection("c1", limit=2, token=second.next_token)

    pages = [[link.id for link in page.items] for page in (first, second, third)]
    assert pages == [["l0", "l2"], ["l4", "l1"], ["l3"]]
    assert third.next_token == ""


def test_a_listing_can_keep_to_one_state(links: Links) -> None:
    fill(links)

    first = links.of_connection("c1", state="copied", limit=2)
    last = links.of_connection("c1", state="copied", limit=2, token=first.next_token)

    assert [link.id for link in (*first.items, *last.items)] == ["l0", "l2", "l4"]
    assert last.next_token == ""
    assert links.of_connection("c1", state="left").items == ()


def test_a_page_that_ends_the_listing_exactly_has_no_token(links: Links) -> None:
    fill(links)

    assert links.of_connection("c1", limit=5).next_token == ""
    assert links.of_connection("c9").next_token == ""


def test_counts_name_every_state(links: Links) -> None:
    fill(links)

    assert links.counts("c1") == NONE | {"waiting": 1, "copied": 3, "parked": 1}
    assert links.counts("c9") == NONE


def test_counts_follow_a_change_of_state(links: Links) -> None:
    fill(links)
    link = links.get("l3")
    assert link is not None

    links.save(replace(link, state=LinkState.LEFT))

    assert links.counts("c1") == NONE | {"copied": 3, "parked": 1, "left": 1}


@pytest.mark.parametrize(
    "token", ["%%%", "e30=", "WzFd", "eyJhIjogMX0=", "bnVsbA==", "é", "A" * 5000, "W" * 999]
)
def test_a_token_that_is_none_of_ours_is_refused(links: Links, token: str) -> None:
    with pytest.raises(Reject) as refusal:
        links.of_connection("c1", token=token)

    assert (refusal.value.code, refusal.value.field) == ("bad_token", "token")


def test_a_token_of_another_listing_is_refused(links: Links) -> None:
    fill(links)
    links.create(Link("l8", "c2", "i8", LinkState.COPIED))
    token = links.of_connection("c2", limit=1).next_token

    with pytest.raises(Reject, match="not one of this listing"):
        links.of_connection("c1", token=token)
    with pytest.raises(Reject, match="not one of this listing"):
        links.of_connection("c2", state="parked", token=token)


def test_a_first_intent_is_stored_only_where_there_is_none(links: Links) -> None:
    made = Intent("l1", "observation", 100.0, result_id="o1")
    links.put_intent(made, first=True)
    links.put_intent(made, first=True)
    with pytest.raises(Stale):
        links.put_intent(Intent("l1", "observation", 101.0), first=True)
    assert list(links.intents("l1")) == [made]
    links.put_intent(replace(made, result_id="o2"))
    assert list(links.intents("l1")) == [replace(made, result_id="o2")]


def test_intents_are_kept_by_key_and_dropped_one_or_all(links: Links) -> None:
    links.create(FIRST)
    create = Intent("l1", "observation", 100.5)
    comment = Intent("l1", "comment#7", 101.0, attempt=2, misses=1, missed_at=170.0)
    links.put_intent(create)
    links.put_intent(comment)
    links.put_intent(Intent("l2", "observation", 99.0))
    links.put_intent(replace(create, result_id="o1"))

    assert list(links.intents("l1")) == [comment, replace(create, result_id="o1")]

    links.drop_intent("l1", "comment#7")
    links.drop_intent("l1", "comment#7")
    assert list(links.intents("l1")) == [replace(create, result_id="o1")]

    links.drop_intents("l1")
    assert list(links.intents("l1")) == []
    assert len(links.intents("l2")) == 1
    assert links.get("l1") == replace(FIRST, version=1)


def test_files_are_kept_by_id_and_dropped_together(links: Links) -> None:
    links.create(FIRST)
    photo = StoredFile("l1", "f1", "Foto Größe 写真.jpg", 5_000_000_000, "ab" * 32, "u1", "a1", 100.5)
    plan = StoredFile("l1", "f0", "plan.pdf", 0, "cd" * 32, "u0", "a1", 100.0)
    links.put_file(photo)
    links.put_file(plan)
    links.put_file(StoredFile("l2", "f1", "other", 1, "ef" * 32, "u2", "a1", 100.0))
    links.put_file(replace(photo, upload_id="u-again"))
    links.put_intent(Intent("l1", "observation", 100.5))

    assert list(links.files("l1")) == [plan, replace(photo, upload_id="u-again")]

    links.drop_files("l1")
    assert list(links.files("l1")) == []
    assert len(links.files("l2")) == 1
    assert len(links.intents("l1")) == 1
