"""What is left to do to copy an issue: by example, and over random issues, progress and crashes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.issues.making import address, comment, file, issue

from plumbline.connections.settings import Filters, IssueSettings, read
from plumbline.cxalloy.model import Asset, Assignee
from plumbline.issues import copy_plan
from plumbline.issues.copy_plan import (
    MakeObservation,
    PostComment,
    Progress,
    SendEmail,
    SendFile,
    WriteAddress,
)
from plumbline.procore.observations import NewObservation
from plumbline.stores.records import Intent, Link, LinkState, StoredFile

if TYPE_CHECKING:
    from collections.abc import Iterable

    from plumbline.cxalloy.model import Issue
    from plumbline.issues.copy_plan import Step

NOW = 1_780_000_000.0
DAY = 86_400.0
PRIYA = "p1/5001"
MARCUS = "p1/5002"
LINK = Link("l1", "c1", "1001", LinkState.WAITING)
MADE = replace(LINK, observation_id="9001")
SETTINGS = read(
    {
        "trigger_status_id": "3103",
        "done_status_id": "3104",
        "default_type_id": "7001",
        "maps": {
            "status": {"to_procore": {"3103": "ready_for_review"}},
            "priority": {"to_procore": {"1": "High"}},
            "discipline": {"to_procore": {"10": "8001"}},
            "issue_type": {"to_procore": {"20": "7002"}},
        },
    }
)
ALL_ON = SETTINGS.model_copy(update={"in_authors_name": True, "write_address_back": True, "send_email": True})
TWINS = "https://web.example/42/project/observations/items/"
OURS = f"Procore observation #12: {TWINS}9001"
FULL = issue(comments=(comment("9001"), comment("9002")), files=(file("501"), file("502")))


def settled(key: str, at: float = NOW - 60, *, files: tuple[str, ...] = ()) -> Intent:
    return Intent("l1", key, started_at=at, result_id="made", file_ids=files)


def stored(file_id: str, *, at: float = NOW - 120, by: str = PRIYA) -> StoredFile:
    return StoredFile("l1", file_id, "trend.csv", 1200, "ab" * 32, f"upload-{file_id}", by, at)


def progress(link: Link = LINK, intents: Iterable[Intent] = (), files: Iterable[StoredFile] = ()) -> Progress:
    return Progress(link, {one.key: one for one in intents}, {one.file_id: one for one in files})


def planned(
    one: Issue,
    so_far: Progress,
    *,
    by: str = PRIYA,
    now: float = NOW,
    chosen: IssueSettings = SETTINGS,
) -> tuple[Step, ...]:
    return copy_plan.plan(one, chosen, so_far, address(one.id), twins=TWINS, identity=by, now=now)


def named(steps: Iterable[Step]) -> list[str]:
    """Steps in short: "send 501", "make 501 502", "post comment#9001"."""
    return [_name(step) for step in steps]


def _name(step: Step) -> str:
    if isinstance(step, SendFile):
        return f"send {step.file.id}"
    if isinstance(step, MakeObservation):
        return " ".join(["make", *step.file_ids])
    if isinstance(step, SendEmail):
        return "mail"
    if isinstance(step, WriteAddress):
        return "tell"
    return " ".join(["post", step.key, *step.file_ids])


# The plan


def test_a2_files_go_first_then_the_observation_with_them_then_the_comments() -> None:
    assert named(planned(FULL, progress())) == [
        "send 501",
        "send 502",
        "make 501 502",
        "post comment#9001",
        "post comment#9002",
    ]


def test_a3_after_a_crash_the_plan_holds_what_is_missing() -> None:
    assert named(planned(FULL, progress(files=[stored("501")]))) == [
        "send 502",
        "make 501 502",
        "post comment#9001",
        "post comment#9002",
    ]
    done = progress(
        MADE,
        [settled("observation", files=("501", "502")), settled("comment#9001")],
        [stored("501"), stored("502")],
    )
    assert named(planned(FULL, done)) == ["post comment#9002"]


def test_a3_a_create_that_is_not_settled_comes_before_everything() -> None:
    unsettled = Intent("l1", "observation", started_at=NOW - 60)

    assert named(planned(FULL, progress(LINK, [unsettled], [stored("501")]))) == [
        "make 501 502",
        "post comment#9001",
        "post comment#9002",
    ]


def test_a3_a_create_whose_id_was_not_yet_written_to_the_link_is_taken_up_again() -> None:
    so_far = progress(LINK, [settled("observation")], [stored("501"), stored("502")])

    assert named(planned(FULL, so_far))[0] == "make 501 502"


def test_a3_when_all_is_over_there_the_plan_is_empty() -> None:
    intents = [settled("observation", files=("501", "502")), settled("comment#9001"), settled("comment#9002")]

    assert planned(FULL, progress(MADE, intents, [stored("501"), stored("502")])) == ()


def test_a3_a_comment_that_is_not_settled_is_posted_through_its_intent() -> None:
    unsettled = Intent("l1", "comment#9001", started_at=NOW - 60)
    so_far = progress(MADE, [settled("observation"), unsettled, settled("comment#9002")], [])

    assert planned(issue(comments=FULL.comments), so_far) == (
        PostComment(
            "comment#9001",
            "CxAlloy comment 9001]",
            "[Ana Souza, 2026-02-03 10:00 UTC, CxAlloy comment 9001]\nChecked.",
        ),
    )


@pytest.mark.parametrize(
    ("upload", "sent"),
    [
        (stored("501", at=NOW - 6 * DAY + 1), False),
        (stored("501", at=NOW - 6 * DAY), True),
        (stored("501", by=MARCUS), True),
    ],
)
def test_s10_an_upload_that_is_old_or_of_another_authorizer_is_sent_again(
    upload: StoredFile, sent: bool
) -> None:
    steps = named(planned(issue(files=(file("501"),)), progress(files=[upload])))

    assert steps == (["send 501"] if sent else []) + ["make 501"]


def test_s10_files_that_the_observation_carries_are_never_sent_again() -> None:
    old = [stored("501", at=NOW - 9 * DAY), stored("502", at=NOW - 9 * DAY, by=MARCUS)]
    so_far = progress(MADE, [settled("observation", NOW - 8 * DAY, files=("501", "502"))], old)

    assert planned(issue(files=FULL.files), so_far) == ()


def test_a33_a_file_that_came_after_the_create_travels_with_a_note() -> None:
    so_far = progress(MADE, [settled("observation", files=("501",))], [stored("501", at=NOW - 90)])
    note = PostComment(
        "file#502",
        "CxAlloy file 502]",
        "[Added in CxAlloy during the copy, CxAlloy file 502]\ntrend.csv",
        ("502",),
    )

    assert planned(issue(files=FULL.files), so_far) == (SendFile(file("502")), note)


def test_a33_a_file_that_was_stored_before_the_create_but_is_not_of_it_travels_with_a_note() -> None:
    so_far = progress(MADE, [settled("observation")], [stored("501", at=NOW - 90)])

    assert named(planned(issue(files=(file("501"),)), so_far)) == ["post file#501 501"]


def test_a33_a_late_file_that_was_sent_is_only_noted_and_then_done() -> None:
    files = [stored("501", at=NOW - 90), stored("502", at=NOW - 30)]
    one = issue(files=FULL.files)

    sent = progress(MADE, [settled("observation", files=("501",))], files)
    noted = progress(MADE, [settled("observation", files=("501",)), settled("file#502")], files)

    assert named(planned(one, sent)) == ["post file#502 502"]
    assert planned(one, noted) == ()


def test_an_observation_without_an_intent_carried_no_files() -> None:
    so_far = progress(MADE, [], [stored("501")])

    assert named(planned(issue(files=(file("501"),)), so_far)) == ["post file#501 501"]


@pytest.mark.parametrize(
    ("link", "intents", "begun"),
    [
        (LINK, [], False),
        (LINK, [settled("comment#1")], False),
        (LINK, [Intent("l1", "observation", started_at=NOW)], True),
        (MADE, [], True),
    ],
)
def test_a_copy_has_begun_once_an_observation_may_exist(
    link: Link, intents: list[Intent], begun: bool
) -> None:
    assert progress(link, intents).begun() is begun


# The settings that are off by default


def test_a26_a27_the_e_mail_follows_the_observation_and_the_address_comes_last() -> None:
    assert named(planned(FULL, progress(), chosen=ALL_ON)) == [
        "send 501",
        "send 502",
        "make 501 502",
        "mail",
        "post comment#9001",
        "post comment#9002",
        "tell",
    ]


def test_a26_a27_later_files_and_comments_stand_between_the_e_mail_and_the_address() -> None:
    so_far = progress(MADE, [settled("observation", files=("501",))], [stored("501", at=NOW - 90)])

    assert named(planned(FULL, so_far, chosen=ALL_ON)) == [
        "mail",
        "send 502",
        "post file#502 502",
        "post comment#9001",
        "post comment#9002",
        "tell",
    ]


def test_a27_the_e_mail_says_what_was_made_from_what() -> None:
    steps = planned(issue(), progress(MADE, [settled("observation")]), chosen=ALL_ON)

    assert steps == (
        SendEmail(
            "CI-12: AHU-3 supply fan does not ramp.",
            f"This observation was made from CxAlloy issue CI-12: {address('1001')}",
        ),
        WriteAddress(),
    )


def test_a27_an_e_mail_whose_outcome_is_unknown_is_not_sent_again() -> None:
    unknown = Intent("l1", "email", started_at=NOW - 60)

    steps = planned(issue(), progress(MADE, [settled("observation"), unknown]), chosen=ALL_ON)

    assert steps == (WriteAddress(),)


def test_a26_an_address_that_is_not_settled_is_taken_up_again_and_a_settled_one_is_not() -> None:
    before = [settled("observation"), settled("email")]
    unsettled = progress(MADE, [*before, Intent("l1", "address", started_at=NOW - 60)])

    assert planned(issue(), unsettled, chosen=ALL_ON) == (WriteAddress(),)
    assert planned(issue(), progress(MADE, [*before, settled("address")]), chosen=ALL_ON) == ()


@pytest.mark.parametrize(
    ("chosen", "by", "author"),
    [(SETTINGS, "Ana Souza", ""), (ALL_ON, "Ana Souza", "Ana Souza"), (ALL_ON, None, "")],
)
def test_a25_the_author_is_named_only_where_that_is_chosen_and_known(
    chosen: IssueSettings, by: str | None, author: str
) -> None:
    make = planned(issue(created_by=by), progress(), chosen=chosen)[0]

    assert isinstance(make, MakeObservation)
    assert make.author == author


@pytest.mark.parametrize("chosen", [SETTINGS, ALL_ON])
def test_a26_our_own_comment_is_never_copied_and_what_people_say_about_it_is(chosen: IssueSettings) -> None:
    said = (
        comment("1", OURS),
        comment("2", OURS.replace("9001", "8000"), author="Bo Chen"),
        comment("3", f"{OURS} looks wrong"),
        comment("4", "Procore observation #1: https://other.example/42/project/observations/items/1"),
    )
    one = issue(comments=said)

    keys = [step.key for step in planned(one, progress(), chosen=chosen) if isinstance(step, PostComment)]
    assert keys == ["comment#3", "comment#4"]
    assert copy_plan.comments(one, TWINS) == said[2:]


# The observation's fields


def test_a2_the_observation_has_the_mapped_fields() -> None:
    assert copy_plan.draft(issue(), SETTINGS, address("1001")) == NewObservation(
        name="CI-12: AHU-3 supply fan does not ramp.",
        type_id="7002",
        description=(
            "AHU-3 supply fan does not ramp.\nVFD stays at 20 Hz.\n\n"
            "CxAlloy asset: AHU-3 (equipment)\n\n"
            "CxAlloy issue CI-12: https://northwind.example/project/50/constructionissue/1001"
        ),
        status="ready_for_review",
        priority="High",
        trade_id="8001",
        due_date=date(2026, 3, 15),
    )


def test_a21_an_issue_with_nothing_set_gets_the_defaults_and_is_otherwise_left_unset() -> None:
    bare = issue(
        status_id=None, priority_id=None, discipline_id=None, type_id=None, due_date=None, asset=None,
        description="",
    )  # fmt: skip

    assert copy_plan.draft(bare, SETTINGS, address("1001")) == NewObservation(
        name="CI-12",
        type_id="7001",
        description=f"CxAlloy issue CI-12: {address('1001')}",
        status="initiated",
    )


def test_a23_a50_title_and_asset_follow_the_settings() -> None:
    chosen = SETTINGS.model_copy(update={"title_template": "{asset}", "asset_in_description": False})

    drafted = copy_plan.draft(issue(description=""), chosen, address("1"))

    assert (drafted.name, drafted.description) == ("AHU-3", f"CxAlloy issue CI-12: {address('1')}")


# What is wanted


@pytest.mark.parametrize(
    ("one", "wanted"),
    [
        (issue(), True),
        (issue(status_id="3101"), False),
        (issue(status_id=None), False),
        (issue(section="design"), True),
        (issue(section="other"), False),
    ],
)
def test_a1_an_issue_is_wanted_in_the_trigger_status_and_of_a_chosen_kind(one: Issue, wanted: bool) -> None:
    assert copy_plan.wanted(one, SETTINGS) is wanted


def test_a1_with_one_kind_chosen_the_other_is_not_wanted() -> None:
    chosen = SETTINGS.model_copy(update={"sections": ("design",)})

    assert copy_plan.wanted(issue(section="design"), chosen)
    assert not copy_plan.wanted(issue(), chosen)


def test_a1_without_a_trigger_status_nothing_is_wanted() -> None:
    assert not copy_plan.wanted(issue(status_id=""), IssueSettings())


FILTERS = [
    ({"statuses": ["3103"]}, {"status_id": "3101"}),
    ({"priorities": ["1"]}, {"priority_id": None}),
    ({"disciplines": ["10", "11"]}, {"discipline_id": "12"}),
    ({"types": ["20"]}, {"type_id": "21"}),
    ({"assets": ["77"]}, {"asset": Asset("equipment", "78", "AHU-4")}),
    ({"assets": ["77"]}, {"asset": None}),
    ({"companies": ["5"]}, {"assignee": Assignee("company", "6", "Other")}),
    ({"companies": ["5"]}, {"assignee": Assignee("person", "5", "Ana Souza")}),
    ({"companies": ["5"]}, {"assignee": None}),
]


@pytest.mark.parametrize(("filters", "changes"), FILTERS)
def test_a5_a_filter_lets_through_what_it_names_and_nothing_else(
    filters: dict[str, list[str]], changes: dict[str, Any]
) -> None:
    let = Filters.model_validate(filters)
    good = issue(assignee=Assignee("company", "5", "Cascade Mechanical"))

    assert copy_plan.passes(good, let)
    assert not copy_plan.passes(replace(good, **changes), let)
    assert not copy_plan.wanted(replace(good, **changes), SETTINGS.model_copy(update={"filters": let}))


def test_a5_all_filters_must_let_an_issue_through() -> None:
    let = Filters(priorities=("1",), types=("21",))

    assert not copy_plan.passes(issue(), let)
    assert copy_plan.passes(issue(type_id="21"), let)


def test_a5_empty_filters_let_everything_through() -> None:
    bare = issue(status_id=None, priority_id=None, discipline_id=None, type_id=None, asset=None)

    assert copy_plan.passes(bare, Filters())


# Over random issues, progress and crashes

IDS = st.lists(st.sampled_from(["1", "2", "3", "4"]), unique=True, max_size=4)
COPIES = st.builds(
    lambda comments, files: issue(
        comments=tuple(comment(id_) for id_ in comments), files=tuple(file(id_) for id_ in files)
    ),
    IDS,
    IDS,
)
MOMENTS = st.sampled_from([NOW - 8 * DAY, NOW - 90, NOW - 60, NOW - 30])
KEYS = [
    "observation",
    "email",
    "address",
    *(f"{kind}#{id_}" for kind in ("comment", "file") for id_ in "1234"),
]
INTENTS = st.builds(
    Intent, st.just("l1"), st.sampled_from(KEYS), MOMENTS, result_id=st.sampled_from(["", "made"])
)
STORED = st.builds(
    lambda id_, at, by: stored(id_, at=at, by=by),
    st.sampled_from("1234"),
    MOMENTS,
    st.sampled_from([PRIYA, MARCUS]),
)
ANY_PROGRESS = st.builds(
    progress, st.sampled_from([LINK, MADE]), st.lists(INTENTS, max_size=6), st.lists(STORED, max_size=4)
)


CHOSEN = st.builds(
    lambda *on: SETTINGS.model_copy(
        update=dict(zip(("in_authors_name", "write_address_back", "send_email"), on, strict=True))
    ),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


def carried_out(so_far: Progress, step: Step, now: float) -> Progress:
    """What is remembered once a step is done; a create goes through the intent that it has."""
    if isinstance(step, SendFile):
        return replace(so_far, files={**so_far.files, step.file.id: stored(step.file.id, at=now)})
    if isinstance(step, SendEmail | WriteAddress):
        key = "email" if isinstance(step, SendEmail) else "address"
        intent = Intent("l1", key, started_at=now, result_id="made")
        return replace(so_far, intents={**so_far.intents, key: intent})
    key = step.key if isinstance(step, PostComment) else copy_plan.OBSERVATION
    known = so_far.intents.get(key)
    carried = tuple(id_ for id_ in step.file_ids if id_ in so_far.files)
    made = Intent("l1", key, started_at=now, result_id="made", file_ids=carried)
    intent = known if known and known.result_id else made
    link = replace(so_far.link, observation_id="9001") if isinstance(step, MakeObservation) else so_far.link
    return replace(so_far, link=link, intents={**so_far.intents, key: intent})


def run(
    one: Issue,
    so_far: Progress,
    *,
    steps: int | None = None,
    now: float = NOW,
    chosen: IssueSettings = SETTINGS,
) -> tuple[Progress, list[str]]:
    """Carry out the first steps of one plan (all of them by default), a second each."""
    done = []
    for number, step in enumerate(planned(one, so_far, now=now, chosen=chosen)[:steps]):
        so_far = carried_out(so_far, step, now + number)
        done.append(_name(step))
    return so_far, done


def test_a30_the_logs_that_procore_must_have_are_ours_and_those_carried_over() -> None:
    known = [
        Intent("l1", "comment#9001", 1.0, result_id="71"),
        Intent("l1", "files#1-2-2", 1.0, result_id="72"),
        Intent("l1", "comment#9002", 1.0),
        Intent("l1", "comment#9003", 1.0, result_id="undo"),
        Intent("l1", "log#73", 1.0, result_id="10131"),
        Intent("l1", "log#74", 1.0),
        Intent("l1", "attachment#75", 1.0, result_id="10132"),
        Intent("l1", "observation", 1.0, result_id="598"),
    ]

    assert progress(intents=known).logs() == {"71", "72", "73"}


@settings(deadline=None)
@given(COPIES, ANY_PROGRESS, CHOSEN)
def test_the_same_inputs_give_the_same_plan_and_are_left_as_they_were(
    one: Issue, so_far: Progress, chosen: IssueSettings
) -> None:
    twin = Progress(so_far.link, dict(so_far.intents), dict(so_far.files))

    assert planned(one, so_far, chosen=chosen) == planned(one, twin, chosen=chosen)
    assert so_far == twin


@settings(deadline=None)
@given(COPIES, ANY_PROGRESS, CHOSEN)
def test_a26_a27_the_chosen_extras_are_planned_once_and_in_their_place(
    one: Issue, so_far: Progress, chosen: IssueSettings
) -> None:
    steps = named(planned(one, so_far, chosen=chosen))
    plain = named(planned(one, so_far))

    assert [step for step in steps if step not in {"mail", "tell"}] == plain
    assert steps.count("mail") == (chosen.send_email and "email" not in so_far.intents)
    assert steps.count("tell") == (chosen.write_address_back and not so_far.done("address"))
    if "tell" in steps:
        assert steps[-1] == "tell"
    if "mail" in steps:
        before = steps[: steps.index("mail")]
        assert bool(so_far.link.observation_id) != any(step.startswith("make") for step in before)
        assert not [step for step in before if step.startswith("post")]


@settings(deadline=None)
@given(COPIES, ANY_PROGRESS)
def test_a2_files_stand_before_the_observation_and_that_before_the_comments(
    one: Issue, so_far: Progress
) -> None:
    steps = planned(one, so_far)

    makes = [place for place, step in enumerate(steps) if isinstance(step, MakeObservation)]
    comments = [
        step.key for step in steps if isinstance(step, PostComment) and step.key.startswith("comment#")
    ]
    assert len(makes) == (0 if so_far.link.observation_id else 1)
    if makes:
        assert all(isinstance(step, SendFile) for step in steps[: makes[0]])
        assert all(isinstance(step, PostComment) and not step.file_ids for step in steps[makes[0] + 1 :])
    assert comments == [f"comment#{one.id}" for one in one.comments if f"comment#{one.id}" in comments]


@settings(deadline=None)
@given(COPIES, ANY_PROGRESS)
def test_a3_no_step_is_planned_for_what_is_done(one: Issue, so_far: Progress) -> None:
    steps = planned(one, so_far)

    keys = [step.key for step in steps if isinstance(step, PostComment)]
    sent = [step.file.id for step in steps if isinstance(step, SendFile)]
    assert len(set(keys)) == len(keys)
    assert len(set(sent)) == len(sent)
    assert not [key for key in keys if so_far.done(key)]
    assert not [id_ for id_ in sent if so_far.usable(id_, PRIYA, NOW)]


@settings(deadline=None)
@given(COPIES, ANY_PROGRESS)
def test_a3_every_late_file_is_sent_before_its_note(one: Issue, so_far: Progress) -> None:
    steps = named(planned(one, so_far))

    for number, step in enumerate(steps):
        if step.startswith("post file#"):
            id_ = step.rsplit(" ", 1)[1]
            assert so_far.usable(id_, PRIYA, NOW) or f"send {id_}" in steps[:number]


@settings(deadline=None)
@given(COPIES, CHOSEN)
def test_a2_after_carrying_its_steps_out_the_plan_is_empty(one: Issue, chosen: IssueSettings) -> None:
    so_far, _ = run(one, progress(), chosen=chosen)

    assert planned(one, so_far, now=NOW + 60, chosen=chosen) == ()


@settings(deadline=None)
@given(COPIES, ANY_PROGRESS, CHOSEN)
def test_a3_from_any_progress_two_plans_bring_all_of_it_over(
    one: Issue, so_far: Progress, chosen: IssueSettings
) -> None:
    first, _ = run(one, so_far, chosen=chosen)
    second, _ = run(one, first, now=NOW + 60, chosen=chosen)

    assert planned(one, second, now=NOW + 120, chosen=chosen) == ()


@settings(deadline=None)
@given(COPIES, COPIES, st.lists(st.integers(0, 10), max_size=6), CHOSEN)
def test_a3_however_often_it_crashes_and_grows_each_step_is_done_once(
    early: Issue, late: Issue, crashes: list[int], chosen: IssueSettings
) -> None:
    grown = replace(
        early, comments=_with(early.comments, late.comments), files=_with(early.files, late.files)
    )
    so_far, all_done, now = progress(), [], NOW
    for steps in [*crashes, None, None]:
        seen = early if now == NOW else grown
        if so_far.done("address"):  # what we wrote is read with the next round
            seen = replace(seen, comments=(*seen.comments, comment("77", OURS)))
        so_far, done = run(seen, so_far, steps=steps, now=now, chosen=chosen)
        all_done += done
        now += 60

    assert planned(grown, so_far, now=now, chosen=chosen) == ()
    assert all_done.count("mail") == chosen.send_email
    assert all_done.count("tell") == chosen.write_address_back
    whole = [step.partition(" ")[0] if step.startswith("make") else step for step in all_done]
    assert len(set(whole)) == len(whole)
    assert {step for step in whole if step.startswith("send")} == {f"send {one.id}" for one in grown.files}
    assert {step for step in whole if step.startswith("post comment")} == {
        f"post comment#{one.id}" for one in grown.comments
    }
    carried = next(step for step in all_done if step.startswith("make")).split(" ")[1:]
    noted = {step.rsplit(" ", 1)[1] for step in all_done if step.startswith("post file#")}
    assert sorted([*carried, *noted]) == sorted(one.id for one in grown.files)


def _with(first: tuple[Any, ...], second: tuple[Any, ...]) -> tuple[Any, ...]:
    return first + tuple(one for one in second if one not in first)


def test_a_note_of_later_files_is_named_by_its_first_and_last_and_their_number() -> None:
    assert copy_plan.files_key(["f1", "f2", "f9"]) == "files#f1-f9-3"
    assert copy_plan.files_key(["f1"]) == "files#f1-f1-1"
