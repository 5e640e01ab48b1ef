"""What a look at a project's comments tells, from Procore's own list of response logs."""

from __future__ import annotations

from dataclasses import replace

import pytest
from tests.support import small
from tests.support.house import START
from tests.unit.issues.polling import SyncHouse

from plumbline.issues.hints import LOGS, Hint
from plumbline.issues.sweep import AGAIN
from plumbline.procore import items
from plumbline.procore.observations import Attachment, ResponseLog, is_comment
from plumbline.stores.records import COMMENTS, HOOK, Cursor, Link, LinkState
from sandbox.procore import Fault
from sandbox.procore.demo import PRIYA


def quiet(**settings: object) -> SyncHouse:
    """A house whose comments were looked for just now, long after anybody wrote."""
    house = SyncHouse(small.issue("1001"), **settings)
    house.hear_comments()
    house.clock.sleep(3600)
    return house


def waits(house: SyncHouse) -> float:
    """Seconds until the next look."""
    return house.cursor(COMMENTS).due_at - house.clock.time


def test_a31_a_new_comment_in_procore_is_told_to_its_pair() -> None:
    house = quiet()
    link, seen = house.pair("1001")
    house.remark(seen)
    hints = house.hear_comments()
    assert hints == [Hint("c1", "poll", link_id=link.id, facets=(LOGS,))]
    told = house.of("1001")
    assert (told.due_at, told.wants) == (START + 3600 + AGAIN, (LOGS,))


def test_a31_one_call_serves_the_whole_project_and_each_pair_is_told_once() -> None:
    house = quiet()
    for issue_id in ("1001", "1002"):
        _, seen = house.pair(issue_id)
        house.remark(seen, "One.")
        house.remark(seen, "Two.")
    assert house.calls_of(house.hear_comments) == ["GET response_logs"]
    assert sorted(house.of(one).wants for one in ("1001", "1002")) == [(LOGS,), (LOGS,)]


def test_a16_a_comment_that_is_known_is_not_told() -> None:
    house = quiet()
    link, seen = house.pair("1001")
    house.plain_links.note_log("c1", house.remark(seen), link.id)
    assert house.writes_of(house.hear_comments) == []


def test_a35_an_empty_row_of_a_status_change_is_not_told() -> None:
    house = quiet()
    _, seen = house.pair("1001")
    house.edit(seen, status="closed")
    logs = items.response_logs(house.procore_client, house.connection.project_id, seen.id)
    assert [log.comment for log in logs] == [None]
    assert house.hear_comments() == []


@pytest.mark.parametrize(
    ("comment", "attachments", "told"),
    [
        ("Checked.", (), True),
        (None, (), False),
        (" \n", (), False),
        (None, (Attachment("1", "trend.csv", "https://files.example/1"),), True),
    ],
)
def test_a35_a_row_with_text_or_a_file_is_a_comment(
    comment: str | None, attachments: tuple[Attachment, ...], told: bool
) -> None:
    assert is_comment(ResponseLog("1", "2", comment, None, START, "Ana", attachments)) is told


def test_a31_comments_of_observations_without_a_link_are_passed_over() -> None:
    house = quiet()
    house.remark(house.observe())
    assert house.writes_of(house.hear_comments) == []


@pytest.mark.parametrize("state", [LinkState.UNLINKED, LinkState.LEFT, LinkState.GONE, LinkState.COPIED])
def test_a10_comments_of_pairs_that_are_not_kept_in_sync_are_passed_over(state: LinkState) -> None:
    house = quiet()
    _, seen = house.pair("1001", state=state)
    house.remark(seen)
    assert house.hear_comments() == []


def test_a4_comments_of_a_former_observation_are_passed_over() -> None:
    house = quiet()
    link, seen = house.pair("1001")
    house.put(link, observation_id="77", former_observation_ids=(seen.id,))
    house.remark(seen)
    assert house.hear_comments() == []


def test_a31_a_pair_that_is_due_for_its_comments_is_not_told_again() -> None:
    house = quiet()
    _, seen = house.pair("1001")
    house.remark(seen)
    house.hear_comments()
    house.clock.sleep(120)
    assert house.writes_of(house.hear_comments) == []


def test_a31_a_comment_told_while_a_worker_holds_the_pair_is_told_again() -> None:
    house = quiet()
    link, seen = house.pair("1001")
    held = house.plain_links.lease(link.id, now=house.clock.time, until=house.clock.time + 700)
    assert held
    house.remark(seen)
    for _ in range(4):
        assert len(house.hear_comments()) == 1
        house.clock.sleep(120)
    assert house.of("1001").version == held.version
    house.clock.sleep(600)
    house.put(house.of("1001"), lease_until=0.0, due_at=0.0, wants=())
    assert [hint.facets for hint in house.hear_comments()] == [(LOGS,)]
    house.clock.sleep(120)
    assert house.hear_comments() == []


def test_a31_each_look_begins_five_minutes_before_the_last_one_began() -> None:
    house = quiet()
    _, seen = house.pair("1001")
    house.remark(seen)
    house.hear_comments()
    house.settle(wants=())
    told = []
    for _ in range(4):
        house.clock.sleep(120)
        told.append(len(house.hear_comments()))
        house.settle(wants=())
    assert told == [1, 1, 1, 0]


def test_a31_an_empty_list_proves_nothing_and_the_next_look_begins_where_it_began() -> None:
    house = quiet()
    _, seen = house.pair("1001")
    house.remark(seen)
    house.procore.faults.append(Fault(path=".*response_logs", kind="empty_list", times=2))
    told = []
    for _ in range(3):
        told.append(len(house.hear_comments()))
        house.clock.sleep(1000)
    assert told == [0, 0, 1]


def test_a31_what_procore_refuses_leaves_the_cursor_where_it_was() -> None:
    house = quiet()
    since = house.cursor(COMMENTS).notes["since"]
    _, seen = house.pair("1001")
    house.remark(seen)
    house.procore.faults.append(Fault(path=".*response_logs", status=500, times=0))
    assert house.hear_comments() == []
    assert house.cursor(COMMENTS).notes["since"] == since
    house.procore.faults.clear()
    house.clock.sleep(1000)
    assert len(house.hear_comments()) == 1


def test_a30_with_comments_switched_off_nothing_is_read() -> None:
    house = quiet(sync={"comments": False})
    assert house.calls_of(house.hear_comments) == []
    assert house.cursor(COMMENTS).notes["since"] == START + 3600


def test_a5_a_copy_has_no_comments_to_look_for() -> None:
    house = SyncHouse(small.issue("1001"))
    house.connections.save(replace(house.stored(), approach="copy"))
    assert house.comments_round().run() == {"polled": 0, "hints": 0, "failed": 0}


# When


def test_a31_every_two_minutes_and_every_minute_for_a_quarter_of_an_hour_after_activity() -> None:
    house = quiet()
    house.hear_comments()
    assert waits(house) == 120 - 5
    house.clock.sleep(120)
    _, seen = house.pair("1001")
    house.remark(seen)
    house.hear_comments()
    assert waits(house) == 60 - 5
    house.clock.sleep(899)
    house.hear_comments()
    assert waits(house) == 60 - 5
    house.clock.sleep(60)
    house.hear_comments()
    assert waits(house) == 120 - 5


def test_a31_a_project_is_looked_at_only_when_it_is_due() -> None:
    house = quiet()
    house.hear_comments()
    house.clock.sleep(100)
    assert house.calls_of(house.hear_comments) == []
    assert house.calls_of(lambda: house.hear_comments("c1")) == ["GET response_logs"]


def test_a31_a_look_that_still_runs_is_not_overlapped() -> None:
    house = quiet()
    house.cursors.lease("c1", COMMENTS, now=house.clock.time, until=house.clock.time + 60)
    assert house.calls_of(lambda: house.hear_comments("c1")) == []


def test_a31_hourly_where_the_webhook_tells_of_comments() -> None:
    house = quiet()
    house.cursors.save(Cursor("c1", HOOK, notes={"offers_logs": True, "cause": ""}))
    house.hear_comments()
    assert waits(house) == 3600 - 5
    hook = house.cursor(HOOK)
    house.cursors.save(replace(hook, notes={"offers_logs": True, "cause": "The webhook is disabled."}))
    house.clock.sleep(3600)
    house.hear_comments()
    assert waits(house) == 120 - 5


def test_a31_connections_that_share_an_authorizer_slow_down_and_past_the_bound_ask_for_a_second() -> None:
    house = quiet()
    for number in range(2, 15):
        other = replace(house.stored(), id=f"c{number}", project_id=str(number), version=0)
        house.connections.create(other)
    house.hear_comments("c1")
    assert house.cursor(COMMENTS).notes["interval"] == 3600.0
    assert house.cursor(COMMENTS).notes["cause"].startswith("14 connections share one Procore authorizer")
    house.hear_comments("c1")
    assert [outcome for outcome, message in house.logged() if "share one" in message] == ["notice"]
    for number in range(2, 15):
        there = house.connections.get(f"c{number}")
        assert there
        house.connections.delete(there)
    house.hear_comments("c1")
    assert house.cursor(COMMENTS).notes["cause"] == ""
    assert house.logged()[-1][1] == (
        "The connections of this authorizer are within their share of its calls again."
    )


def test_s10_another_authorizer_takes_over_when_the_first_works_no_longer() -> None:
    house = quiet()
    first = house.authorizations.get("p1")
    assert first
    house.authorizations.put(replace(first, id="p2", label="marcus"))
    house.authorizations.put(replace(first, valid=False, cause="revoked"))
    house.keeper.keep("p2", house.sign_in(PRIYA))
    house.connections.save(replace(house.stored(), other_authorization_ids=("p2",)))
    house.sweep()
    assert house.calls_of(house.hear_comments) == ["GET response_logs"]
    assert house.stored().procore_authorization_id == "p2"


def test_s9_without_any_credential_work_waits_and_nothing_is_asked() -> None:
    house = quiet()
    first = house.authorizations.get("p1")
    assert first
    house.authorizations.put(replace(first, valid=False, cause="revoked"))
    assert house.comments_round().run() == {"polled": 0, "hints": 0, "failed": 0}
    assert house.sent() == []


def test_a31_a_refusal_is_logged_once_and_stays_on_the_connection_while_it_lasts() -> None:
    house = quiet()
    house.procore.faults.append(Fault(path=".*response_logs", status=403, times=0))
    for _ in range(3):
        house.hear_comments()
        house.hear_tracker()
        house.clock.sleep(600)
    cause = house.stored().cause
    assert cause
    assert [outcome for outcome, message in house.logged() if message == cause] == ["failed"]
    house.procore.faults.clear()
    house.hear_comments()
    house.hear_tracker()
    assert house.stored().cause == ""
    assert isinstance(house.of("1001"), Link)
