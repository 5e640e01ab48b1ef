"""The settings of the copy that are off by default, each on and off, through kills and lost answers.

A25: in the author's own name. A26: the observation's address on the issue. A27: one e-mail.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from tests.support import small
from tests.support.house import API, House, Killed

from plumbline.stores.records import LinkState
from sandbox.cxalloy import Fault as TrackerFault
from sandbox.cxalloy import writes
from sandbox.procore import Fault
from sandbox.procore.demo import DANA, HARBOR_POINT, MARCUS

ALL_ON: dict[str, Any] = {"in_authors_name": True, "write_address_back": True, "send_email": True}
ITEMS = r"/rest/v1\.0/observations/items"
SEND_EMAIL = r"/rest/v1\.0/observations/items/\d+/send_email"
COMMENT = "/api/v1/issuecomment_create"


def house_with(*issues: dict[str, Any], told: tuple[int, ...] = (MARCUS, DANA), **settings: Any) -> House:
    """A house whose project tells Marcus and Dana of new observations."""
    one = small.issue("1001", created_by="marcus  LINDQVIST")
    files = [small.file("501", "1001", "trend.csv", 1200)]
    house = House(small.world(list(issues or [one]), files), {**small.SETTINGS, **settings})
    state = house.procore.state
    state.projects[HARBOR_POINT] = replace(state.projects[HARBOR_POINT], default_distribution=told)
    return house


def mails(house: House) -> list[tuple[tuple[str, ...], str]]:
    return [(mail.to, mail.subject) for mail in house.procore.state.emails]


def comments(house: House, issue_id: str = "1001") -> list[str]:
    """What the issue's comments say."""
    issue = house.cxalloy.world.issue(issue_id)
    assert issue
    return [one.comment for one in issue.comments]


def ours(house: House) -> list[str]:
    return [text for text in comments(house) if text.startswith("Procore observation")]


def page(house: House) -> str:
    return f"{API}/{HARBOR_POINT}/project/observations/items/{house.observations()[0]['id']}"


def link_of(house: House) -> Any:
    link = house.plain_links.by_issue("c1", "1001")
    assert link
    return link


# Off, and all on


def test_a25_a26_a27_by_default_no_call_is_made_for_any_of_them() -> None:
    house = house_with()
    house.run_until_calm()
    tail = [call.rsplit("/", 1)[-1] for call in house.rest_calls()]
    assert tail == ["uploads", "items", "response_logs", "response_logs"]
    assert [one["created_by"] for one in house.observations()] == ["Priya Raman"]
    assert (ours(house), mails(house)) == ([], [])


def test_a25_a26_a27_with_all_on_each_comes_in_its_place_and_the_status_last() -> None:
    house = house_with(**ALL_ON)
    house.run_until_calm()
    calls = [what.rsplit("/", 1)[-1] for what in house.fuse.trace if " " in what]
    order = [
        "uploads",
        "users",
        "items",
        "default_distribution",
        "send_email",
        "response_logs",
        "issuecomment_create",
        "issue_update",
    ]
    places = [calls.index(name) for name in order]
    assert places == sorted(places)
    assert house.status_of("1001") == small.SENT


# A25: in the author's own name


def test_a25_the_observation_is_created_in_the_name_of_the_one_user_who_has_it() -> None:
    house = house_with(in_authors_name=True)
    house.run_until_calm()
    assert [one["created_by"] for one in house.observations()] == ["Marcus Lindqvist"]
    assert [call for call in house.rest_calls() if call.endswith("/users")] == [
        f"GET /rest/v1.0/projects/{HARBOR_POINT}/users"
    ]


@pytest.mark.parametrize("name", ["Ana Souza", "Marcus", ""])
def test_a25_an_author_without_a_user_leaves_it_to_the_authorizer(name: str) -> None:
    house = house_with(small.issue("1001", created_by=name), in_authors_name=True)
    house.run_until_calm()
    assert [one["created_by"] for one in house.observations()] == ["Priya Raman"]


@pytest.mark.parametrize("name", ["Marcus Lindqvist", "MARCUS  LINDQVIST "])
def test_a25_a_name_that_two_users_have_leaves_it_to_the_authorizer(name: str) -> None:
    house = house_with(in_authors_name=True)
    people = house.procore.state.people
    people[DANA] = replace(people[DANA], name=name)
    house.run_until_calm()
    assert [one["created_by"] for one in house.observations()] == ["Priya Raman"]


def test_a25_a_user_who_has_left_is_not_taken() -> None:
    house = house_with(in_authors_name=True)
    people = house.procore.state.people
    people[MARCUS] = replace(people[MARCUS], active=False)
    house.run_until_calm()
    assert [one["created_by"] for one in house.observations()] == ["Priya Raman"]


def test_a25_a_refusal_parks_the_item_and_names_the_setting() -> None:
    house = house_with(small.issue("1001", created_by="Dana Whitfield"), in_authors_name=True)
    person = house.authorizations.get("p1")
    assert person
    house.keeper.keep("p1", house.sign_in(MARCUS))
    house.authorizations.put(replace(person, subject=str(MARCUS)))
    house.run_until_calm()
    parked = link_of(house)
    assert parked.state is LinkState.PARKED
    assert parked.cause == (
        "Procore does not let the connected user create in the author's own name: "
        "You need Admin on the observations tool of this project."
    )
    assert "in_authors_name" in parked.next_step
    assert house.observations() == []


def test_a25_a_refusal_that_has_nothing_to_do_with_the_author_keeps_its_own_words() -> None:
    house = house_with(small.issue("1001", created_by="Ana Souza"), in_authors_name=True)
    house.procore.faults.append(Fault(method="POST", path=ITEMS, kind="status", status=403))
    house.run_until_calm()
    assert link_of(house).state is LinkState.PARKED
    assert "author" not in link_of(house).cause


# A26: the address on the issue


def test_a26_the_address_is_written_on_the_issue_once_and_never_comes_back_as_a_comment() -> None:
    house = house_with(write_address_back=True)
    house.run_until_calm()
    assert ours(house) == [f"Procore observation #1: {page(house)}"]
    assert len(house.observations()[0]["response_logs"]) == 2
    assert house.activity.read("c1").items[0].message == "Copied with 2 comments and 1 files."


def test_a26_what_we_wrote_does_not_travel_in_the_round_after_or_in_a_later_retry() -> None:
    house = house_with(write_address_back=True)
    house.cxalloy.faults.append(TrackerFault(path="/api/v1/issue_update", kind="status", status=422))
    house.run_until_calm()
    assert len(ours(house)) == 1
    issue = house.cxalloy.world.issue("1001")
    assert issue
    writes.add_comment(house.cxalloy, issue, "One more.", "Bo Chen", "person")
    house.plain_links.save(replace(link_of(house), state=LinkState.WAITING, due_at=house.clock()))
    house.run_until_calm()
    logs = [log["comment"].split("\n")[1] for log in house.observations()[0]["response_logs"]]
    assert logs == ["Checked at the panel.", "Second look: still at 20 Hz.", "One more."]
    assert len(ours(house)) == 1
    assert house.status_of("1001") == small.SENT


def test_a26_with_the_setting_switched_off_again_what_was_written_still_does_not_travel() -> None:
    house = house_with(write_address_back=True)
    house.cxalloy.faults.append(TrackerFault(path="/api/v1/issue_update", kind="status", status=422))
    house.run_until_calm()
    stored = house.connections.get("c1")
    assert stored
    house.connections.save(replace(stored, settings=dict(small.SETTINGS)))
    house.plain_links.save(replace(link_of(house), state=LinkState.WAITING, due_at=house.clock()))
    house.run_until_calm()
    assert len(house.observations()[0]["response_logs"]) == 2
    assert len(ours(house)) == 1


def test_a26_a_copy_made_again_by_hand_gets_its_own_address_and_no_echo_of_the_former() -> None:
    house = house_with(**ALL_ON)
    house.run_until_calm()
    first = link_of(house)
    house.procore.state.observations[int(first.observation_id)].deleted_at = house.clock()
    again = replace(
        first,
        state=LinkState.WAITING,
        observation_id="",
        observation_number="",
        former_observation_ids=(first.observation_id,),
        generation=2,
        due_at=house.clock(),
    )
    house.plain_links.save(again)
    house.plain_links.drop_intents(first.id)
    house.plain_links.drop_files(first.id)
    house.run_until_calm()
    assert [len(one["response_logs"]) for one in house.observations()] == [2, 2]
    assert [line.rsplit("/", 1)[1] for line in ours(house)] == [
        str(one["id"]) for one in house.observations()
    ]
    assert len(mails(house)) == 2


LOST: list[dict[str, Any]] = [
    {"kind": "drop", "when": "after"},
    {"kind": "drop", "when": "before"},
    {"kind": "stall"},
    {"kind": "cut"},
    {"kind": "status", "status": 500, "when": "after"},
    {"kind": "status", "status": 502, "when": "before"},
]
NAMES = ["-".join(str(part) for part in one.values()) for one in LOST]


@pytest.mark.parametrize("answer", LOST, ids=NAMES)
def test_a26_a_lost_answer_to_the_comment_still_makes_one_and_no_echo(answer: dict[str, Any]) -> None:
    house = house_with(write_address_back=True)
    house.cxalloy.faults.append(TrackerFault.model_validate({"path": COMMENT, **answer}))
    house.run_until_calm()
    assert ours(house) == [f"Procore observation #1: {page(house)}"]
    assert len(house.observations()[0]["response_logs"]) == 2
    assert house.status_of("1001") == small.SENT


# A27: one e-mail


def test_a27_one_e_mail_goes_to_the_projects_default_distribution() -> None:
    house = house_with(send_email=True)
    house.run_until_calm()
    assert mails(house) == [
        (
            ("marcus.lindqvist@northwind.example", "dana.whitfield@northwind.example"),
            "CI-1001: AHU-3 supply fan does not ramp.",
        )
    ]
    assert not any("send_unsent" in call for call in house.rest_calls())


def test_a27_a_project_that_names_nobody_gets_no_e_mail_and_is_asked_once() -> None:
    house = house_with(send_email=True, told=())
    path = r"/rest/v1\.0/observations/items/\d+/response_logs"
    house.procore.faults.append(Fault(method="POST", path=path, kind="status", status=500))
    house.run_until_calm()
    assert mails(house) == []
    asked = [call for call in house.rest_calls() if call.endswith("/default_distribution")]
    assert len(asked) == 1
    assert not any("send_email" in call for call in house.rest_calls())
    assert house.status_of("1001") == small.SENT


@pytest.mark.parametrize("answer", LOST, ids=NAMES)
def test_a27_a_lost_answer_never_sends_a_second_e_mail_and_stops_nothing(answer: dict[str, Any]) -> None:
    house = house_with(send_email=True)
    house.procore.faults.append(Fault.model_validate({"method": "POST", "path": SEND_EMAIL, **answer}))
    house.run_until_calm()
    assert len([call for call in house.rest_calls() if call.endswith("/send_email")]) == 1
    assert len(mails(house)) == (0 if answer.get("when") == "before" else 1)
    assert [entry.outcome for entry in house.activity.read("c1").items] == ["copied"]


@pytest.mark.parametrize("status", [429, 401])
def test_a27_an_e_mail_that_was_surely_not_sent_is_sent_later(status: int) -> None:
    house = house_with(send_email=True)
    house.procore.faults.append(Fault(method="POST", path=SEND_EMAIL, kind="status", status=status))
    house.run_until_calm()
    assert len(mails(house)) == 1
    assert house.status_of("1001") == small.SENT


def test_a27_a_refused_e_mail_parks_the_item_and_switching_it_off_lets_it_go_on() -> None:
    house = house_with(send_email=True)
    body = '{"errors":{"distribution_ids":["is not allowed"]}}'
    house.procore.faults.append(
        Fault(method="POST", path=SEND_EMAIL, kind="status", status=422, body=body, times=0)
    )
    house.run_until_calm()
    assert link_of(house).state is LinkState.PARKED
    assert "distribution_ids: is not allowed" in link_of(house).cause
    stored = house.connections.get("c1")
    assert stored
    house.connections.save(replace(stored, settings=dict(small.SETTINGS)))
    house.plain_links.save(replace(link_of(house), state=LinkState.WAITING, due_at=house.clock()))
    house.run_until_calm()
    assert (len(house.observations()), mails(house)) == (1, [])
    assert house.status_of("1001") == small.SENT


# Killed at each boundary, with all three on


def final(house: House) -> dict[str, Any]:
    """What both sandboxes hold at the end but the e-mails, without ids and times, which differ."""
    return {
        "observations": [
            {
                "name": one["name"],
                "description": one["description"],
                "by": one["created_by"],
                "files": sorted((f["name"], f["size"], f["sha256"]) for f in one["attachments"]),
                "logs": [(log["comment"], len(log["attachments"])) for log in one["response_logs"]],
            }
            for one in house.observations()
        ],
        "addresses": [line.split(": ", 1)[1] == page(house) for line in ours(house)],
        "comments": len(comments(house)),
        "status": house.status_of("1001"),
    }


def undisturbed() -> House:
    house = house_with(**ALL_ON)
    house.run_until_calm()
    return house


WHOLE = undisturbed()
BOUNDARIES = list(enumerate(WHOLE.fuse.trace, start=1))
AROUND_MAIL = [at for at, what in BOUNDARIES if what.endswith("/send_email")]


def test_the_undisturbed_copy_with_all_on_is_what_it_should_be() -> None:
    assert final(WHOLE)["addresses"] == [True]
    assert final(WHOLE)["comments"] == 3
    assert final(WHOLE)["status"] == small.SENT
    assert [one["created_by"] for one in WHOLE.observations()] == ["Marcus Lindqvist"]
    assert [len(one["response_logs"]) for one in WHOLE.observations()] == [2]
    assert len(mails(WHOLE)) == 1
    assert len(AROUND_MAIL) == 1
    assert BOUNDARIES[AROUND_MAIL[0] - 2][1] == "links.put_intent"


@pytest.mark.parametrize(("at", "what"), BOUNDARIES, ids=[f"{at}-{what}" for at, what in BOUNDARIES])
def test_a3_a_copy_with_all_on_killed_here_ends_like_one_that_was_not(at: int, what: str) -> None:
    house = house_with(**ALL_ON)
    house.fuse.at = at
    house.survive()
    assert house.fuse.passed >= at, f"{what} was never reached"
    assert final(house) == final(WHOLE)
    # only a kill between the stored intent and the call loses the e-mail, and none sends a second
    assert len(mails(house)) == (0 if at == AROUND_MAIL[0] - 1 else 1)


NEW_CALLS = [
    at
    for at, what in BOUNDARIES
    if "intent" in what or what.endswith(("/send_email", "/issuecomment_create", "/items"))
]
PAIRS = [(first, second) for first in NEW_CALLS for second in range(first + 1, first + 6)]


@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_a3_two_kills_with_all_on_still_write_one_address_and_send_at_most_one_e_mail(
    first: int, second: int
) -> None:
    house = house_with(**ALL_ON)
    house.fuse.at = first
    try:
        house.poll()
        house.work()
    except Killed:
        pass
    house.clock.sleep(300)
    house.fuse.at = second
    house.survive()
    assert final(house) == final(WHOLE)
    assert len(mails(house)) <= 1
