"""Ongoing sync on the deployed stack, with faults at once: workers killed after their effects, webhooks lost,
doubled and late, expired tokens, refusals, deletes, a conflict. At the end both sandboxes' own records agree.

The tests run in the order in which they stand: what holds at the end is asked at the end.
"""

from __future__ import annotations

import base64
import json
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from tests.contract.procore_contract import check_request
from tests.support import small
from tests.system import pairs
from tests.system.conftest import SYNCED, Stack
from tests.system.pairs import PROJECT, Pairs

from sandbox.stack import deploy

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.system

# Killed after the file was announced, after the observation, after a comment, after a field was written on
# either side, after a comment on the issue.
KILLS = [
    {"id": "created", "method": "POST", "path": r"/observations/items$", "has": "Issue 2001"},
    {"id": "announced", "method": "POST", "path": r"/v1\.1/projects/\d+/uploads$", "has": "trend-2002.csv"},
    {"id": "comment", "method": "POST", "path": r"/response_logs$", "has": "First of 2003"},
    {"id": "field", "method": "PATCH", "path": r"/observations/items/\d+$", "has": "Edited text of 2004"},
    {"id": "said", "method": "POST", "path": r"/issuecomment_create$", "has": "about 2005"},
    {"id": "status", "method": "POST", "path": r"/issue_update$", "has": "2006"},
]
CARRIED_LATE = ("2001", "2002", "2003")
KILLED = (*CARRIED_LATE, "2004", "2005", "2006")
DOOMED = ("2011", "2015", "2016", "2017")
LEFT = "2012"  # deleted in Procore: its issue stays, unlinked
FUNCTIONS = (
    "OAuthCallback", "Settings", "WebhookReceipt", "TrackerPolling", "CommentPolling", "Sync", "Sweep",
    "Jobs",
)  # fmt: skip


@pytest.fixture(scope="module")
def joined(stack: Stack, tenant: str, tmp_path_factory: pytest.TempPathFactory) -> Pairs:
    """The connection, enabled after an approved preview; all is there but what killed workers had in hand."""
    stack.clear_faults()
    # a killed worker's message comes again after this long; the lease that it held has ended then
    sqs = deploy.client(stack.settings, "sqs")
    sqs.set_queue_attributes(QueueUrl=stack.outputs["SyncQueueUrl"], Attributes={"VisibilityTimeout": "40"})
    stack.kill_in("Sync", KILLS, tmp_path_factory.mktemp("kills"))
    stack.change_procore(access_token_seconds=30)  # workers race to renew it, again and again
    made = pairs.make(stack, tenant)
    approve_preview(made)
    made.ask("POST", "/enable")
    stack.until(lambda: not made.disagreements(but=CARRIED_LATE), seconds=120)
    return made


def approve_preview(made: Pairs) -> None:
    asked = made.ask("POST", "/previews")["id"]
    made.until(lambda: made.ask("GET", f"/previews/{asked}")["state"] == "ready")
    seen = made.ask("GET", f"/previews/{asked}")
    assert seen["totals"]["create_procore"] == len(SYNCED)
    assert made.ask("POST", f"/previews/{asked}/approve", {"hash": seen["hash"]})["state"] == "approved"


@pytest.fixture(scope="module")
def stormed(stack: Stack, joined: Pairs) -> Pairs:
    """After the storm: both sides edited at once, with faults, and four issues deleted, two of them held."""
    stack.fault("procore", kind="status", status=401, path=r".*/observations/.*")
    for issue_id in DOOMED:
        stack.in_cxalloy("delete", issue_id)
    edit_in_procore(stack, joined)
    edit_in_cxalloy(stack, joined)
    joined.poll("TrackerPolling")
    seen_once = time.monotonic()
    joined.poll("Sweep")  # the inventory finds what no webhook told
    stack.until(lambda: not joined.disagreements(but=(*DOOMED, LEFT, *KILLED)), seconds=60)
    time.sleep(max(0.0, seen_once + 61 - time.monotonic()))  # gone: missing from two listings a minute apart
    joined.poll("TrackerPolling")
    stack.until(lambda: len(joined.ask("GET", "/brake")["items"]) == 2, seconds=30)
    stack.until(lambda: not joined.disagreements(but=(*DOOMED, LEFT)), seconds=90)
    return joined


def edit_in_procore(stack: Stack, joined: Pairs) -> None:
    """Priya's edits: of one no webhook comes, of one two come, of one it comes late."""
    number = {one: rows[0]["id"] for one, rows in joined.all_twins().items()}
    stack.event_fault(kind="lose", resource="Observation Items", verb="update")
    stack.in_procore("edit", observation_id=number["2007"], due_date="2026-04-01")
    stack.event_fault(kind="duplicate", resource="Observation Item Response Logs")
    joined.say_there("2008", "Said once in Procore about 2008.")
    stack.event_fault(kind="delay", resource="Observation Items", verb="update", seconds=8)
    stack.in_procore("edit", observation_id=number["2009"], status="not_accepted")
    stack.in_procore("edit", observation_id=number["2009"], status="closed")
    joined.say_there("2005", "Said in Procore about 2005.")
    stack.in_procore("edit", observation_id=number["2006"], status="ready_for_review")
    stack.in_procore("delete", observation_id=number[LEFT])
    photo = base64.b64encode(b"a photo from site " * 99).decode()
    stack.in_procore("attach", observation_id=number["2018"], name="as found.png", content=photo)


def edit_in_cxalloy(stack: Stack, joined: Pairs) -> None:
    """Ana's edits; of one description Priya writes another at the same moment."""
    joined.edit("2004", "Edited text of 2004.")
    stack.in_cxalloy("comment", "2004", text="Also said about 2004.")
    stack.in_cxalloy("add_file", "2010", name="retest.csv", size=3000, seed=9)
    joined.edit("2014", "Overwritten text of 2014.")
    joined.edit("2013", "Ana's text of 2013.")
    joined.edit_there("2013", "Priya's text of 2013.")


# ---- What came of the storm ---------------------------------------------------------------------------


def test_a10_a12_a30_a33_edits_of_both_sides_arrive_through_kills_and_faults(stormed: Pairs) -> None:
    assert stormed.disagreements(but=(*DOOMED, LEFT)) == []
    said = [one["comment"].partition("\n")[2] for one in stormed.issues()["2005"]["comments"]]
    assert said.count("Said in Procore about 2005.") == 1
    assert stormed.twin("2004")["description"].startswith("Edited text of 2004.")
    assert stormed.twin("2006")["status"] == "ready_for_review"


def test_every_worker_that_was_to_be_killed_was(
    stormed: Pairs, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert stormed
    folders: list[Path] = [one for one in tmp_path_factory.getbasetemp().glob("kills*") if one.is_dir()]
    struck = {path.name for folder in folders for path in folder.iterdir()}
    assert {kill["id"] for kill in KILLS} <= struck


def test_a17_lost_doubled_and_late_webhooks_make_no_difference(stack: Stack, stormed: Pairs) -> None:
    issues = stormed.issues()
    assert issues["2007"]["due_date"] == "2026-04-01"
    assert issues["2009"]["status_id"] == small.CLOSED
    assert sum("about 2008" in one["comment"] for one in issues["2008"]["comments"]) == 1
    kinds = Counter(entry["kind"] for entry in stack.procore("journal")["entries"])
    assert kinds["delivery_lost"] == 1


def test_a15_an_observation_deleted_in_procore_leaves_its_issue_unlinked(stormed: Pairs) -> None:
    assert stormed.twin(LEFT)["deleted"]
    assert LEFT in stormed.issues()
    assert stormed.item(LEFT)["state"] == "unlinked"


def test_a13_a_conflict_keeps_both_texts_and_the_picked_one_stands_on_both_sides(
    stack: Stack, stormed: Pairs
) -> None:
    (one,) = stormed.ask("GET", "/conflicts")["items"]
    assert (one["tracker"], one["field"]) == ("Ana's text of 2013.", "description")
    assert one["procore"].startswith("Priya's text of 2013.")
    side = one["losing"]
    stormed.ask("POST", f"/conflicts/{one['item_id']}/{one['id']}/pick", {"side": side})
    picked = {"tracker": "Ana's text of 2013.", "procore": "Priya's text of 2013."}[side]
    stormed.until(lambda: stormed.reads("2013", picked))


def test_s15_an_undo_puts_the_former_text_back_on_both_sides(stack: Stack, stormed: Pairs) -> None:
    undos = f"/items/{stormed.item('2014')['id']}/undos"
    (one,) = stormed.ask("GET", undos)["items"]
    assert one["kind"] == "write_procore"
    stormed.ask("POST", f"{undos}/{one['id']}")
    stormed.until(lambda: stormed.reads("2014", "Issue 2014 says so."))


def test_s16_the_brake_holds_two_of_four_deletes_until_exactly_these_are_approved(
    stack: Stack, stormed: Pairs
) -> None:
    plan = stormed.ask("GET", "/brake")
    assert {one["deletes"] for one in plan["items"]} == {"observation"}
    held = {one["issue_id"] for one in plan["items"]}
    gone = {one for one in DOOMED if stormed.twin(one)["deleted"]}
    assert (len(held), held | gone, held & gone) == (2, set(DOOMED), set())
    refused = stack.api.call("POST", f"{stormed.path}/brake/approve", {"hash": "0" * 64})
    assert refused.status_code == 409
    stormed.ask("POST", "/brake/approve", {"hash": plan["hash"]})
    stormed.until(lambda: not stormed.disagreements(but=(LEFT,)))


def test_a14_an_issue_that_comes_back_brings_the_same_observation_back(stack: Stack, stormed: Pairs) -> None:
    before = stormed.twin("2011")
    assert before["deleted"]
    stack.in_cxalloy("undo_delete", "2011")
    stormed.poll("TrackerPolling")
    stormed.until(lambda: not stormed.disagreements(but=(LEFT,)))
    assert [row["id"] for row in stormed.all_twins()["2011"]] == [before["id"]]


# ---- Refused, paused, disabled ------------------------------------------------------------------------


def test_a15_s14_a_refusal_for_a_while_deletes_nothing_and_a_retry_goes_on(
    stack: Stack, stormed: Pairs
) -> None:
    stack.fault("procore", kind="status", status=403, tool="observations", times=0)
    stormed.edit("2010", "Edited text of 2010.")
    stormed.poll("TrackerPolling")
    stormed.until(lambda: stormed.item("2010")["cause"])
    assert stormed.item("2010")["next_step"]
    stack.clear_faults()
    assert stormed.ask("POST", "/retry-failed")["retried"] >= 1
    stormed.until(lambda: stormed.reads("2010", "Edited text of 2010."))


def test_s24_what_was_refused_is_told_once_by_e_mail(stack: Stack, stormed: Pairs) -> None:
    time.sleep(31)  # a line of the log counts as settled half a minute after its time
    stormed.ask(
        "PATCH", json={"settings": {"alerts": {"when": "at_once", "recipients": ["ana@example.com"]}}}
    )
    stack.until(lambda: stack.invoke("Alerts") and stack.mails(), seconds=30, sweeping=False)
    stack.invoke("Alerts")
    (mail,) = stack.mails()
    assert (mail["Source"], mail["To"]) == ("plumbline@example.com", ["ana@example.com"])
    item = stormed.item("2010")["issue"]["number"]
    assert f"Issue {item}," in mail["BodyText"]
    assert f"#/connections/{stormed.id}/items?issue=2010" in mail["BodyText"]
    assert "Edited text" not in mail["BodyText"]


def test_s25_while_paused_nothing_is_written_and_afterwards_nothing_is_lost(
    stack: Stack, stormed: Pairs
) -> None:
    stormed.ask("POST", "/pause")
    stormed.edit("2019", "Edited text of 2019.")
    stormed.say_there("2019", "Said in Procore about 2019.")
    quiet = stormed.effects()
    for name in ("TrackerPolling", "CommentPolling", "Sweep"):
        stormed.poll(name)
    assert stormed.effects() == quiet
    stormed.ask("POST", "/resume")
    stormed.poll("TrackerPolling", "CommentPolling")
    stormed.until(lambda: not stormed.disagreements(but=(LEFT,)))


def test_s8_disabled_our_hook_is_gone_and_enabled_again_it_is_back_and_all_is_caught_up(
    stack: Stack, stormed: Pairs
) -> None:
    stormed.ask("POST", "/disable")
    assert hooks(stack)[-1] == "hook_deleted"
    quiet = stormed.effects()
    stormed.edit("2020", "Edited text of 2020.")
    number = stormed.twin("2008")["id"]
    stack.in_procore("edit", observation_id=number, status="closed")
    stormed.say_there("2020", "Said in Procore about 2020.")
    written = stormed.effects()
    for name in ("TrackerPolling", "CommentPolling", "Sweep"):
        stormed.poll(name)
    assert stormed.effects() == written != quiet
    stormed.ask("POST", "/enable")
    assert hooks(stack)[-1] == "hook_created"
    stormed.poll("CommentPolling", "Sweep")
    stormed.until(lambda: not stormed.disagreements(but=(LEFT,)))


def hooks(stack: Stack) -> list[str]:
    kinds = [entry["kind"] for entry in stack.procore("journal")["entries"]]
    return [kind for kind in kinds if kind in ("hook_created", "hook_deleted")]


# ---- What holds at the end ----------------------------------------------------------------------------


def test_s13_at_rest_nothing_is_written_on_either_side(stack: Stack, stormed: Pairs) -> None:
    stack.until(lambda: unsettled(stormed) == [], seconds=60)
    quiet = stormed.effects()
    for _ in range(2):
        stormed.poll("TrackerPolling", "CommentPolling", "Sweep")
    stormed.until(lambda: queued(stack) == 0)
    assert stormed.effects() == quiet
    assert stormed.disagreements(but=(LEFT,)) == []


def unsettled(stormed: Pairs) -> list[dict[str, Any]]:
    rows = stormed.ask("GET", "/items?limit=100")["items"]
    return [row for row in rows if row["state"] in ("waiting", "parked", "held") or row["cause"]]


def queued(stack: Stack) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    answer = deploy.client(stack.settings, "sqs").get_queue_attributes(
        QueueUrl=stack.outputs["SyncQueueUrl"], AttributeNames=names
    )
    return sum(int(answer["Attributes"][name]) for name in names)


def test_no_refresh_token_was_used_twice(stack: Stack, stormed: Pairs) -> None:
    assert stormed
    calls = [one for one in stack.procore("journal")["entries"] if one["kind"] == "call"]
    grants = [
        one for one in calls if one["path"] == "/oauth/token" and one["body"]["grant_type"] == "refresh_token"
    ]
    assert len(grants) >= 2
    assert {one["status"] for one in grants} == {200}


def test_nothing_lies_in_the_dead_letters(stack: Stack, stormed: Pairs) -> None:
    assert stormed
    assert [stack.dead_letters(queue) for queue in ("Sync", "Jobs")] == ["0", "0"]


def test_no_function_logged_an_error_and_their_roles_were_enough(stack: Stack, stormed: Pairs) -> None:
    assert stormed
    for name in FUNCTIONS:
        text = stack.log_text(name)
        assert text, name
        wrong = [
            line
            for line in text.splitlines()
            if any(word in line for word in ("AccessDenied", '"level":"ERROR"', "Traceback", "unforeseen"))
        ]
        assert wrong == [], name


def test_no_log_holds_a_secret_or_what_people_wrote(stack: Stack, stormed: Pairs) -> None:
    assert stormed
    secret = deploy.client(stack.settings, "secretsmanager").get_secret_value(
        SecretId=stack.outputs["HookMasterSecretId"]
    )
    master = json.loads(secret["SecretString"])["current"]
    canaries = (
        "sandbox-access",
        "sandbox-refresh",
        "not-a-secret",
        "Bearer",
        "says so",
        "Said in",
        "Priya's",
        master,
    )
    for name in FUNCTIONS:
        text = stack.log_text(name)
        assert [one for one in canaries if one in text] == [], name


def test_every_call_that_the_functions_made_is_a_documented_one(stack: Stack, stormed: Pairs) -> None:
    assert stormed
    calls = [one for one in stack.procore("journal")["entries"] if one["kind"] == "call"]
    # the addresses of files are taken from answers, as given
    rest = [one for one in calls if one["path"].startswith("/rest/")]
    problems = {
        problem
        for one in rest
        for problem in check_request(
            one["method"], one["path"], [(name, value) for name, value in one["query"]], one["body"]
        )
    }
    assert sum(PROJECT in (one["path"] + str(one["query"])) for one in rest) > len(SYNCED)
    assert problems == set()
