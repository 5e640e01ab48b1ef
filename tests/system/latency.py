"""How long it takes from a change in Procore to the write in CxAlloy, on the deployed local stack.

All times are those of the sandboxes' journals. Nothing is subtracted: the answer times of both sandboxes are
in the figures, so they are upper bounds of what the functions, the queue and the local AWS take.
"""

from __future__ import annotations

import json
import statistics
import sys
import tempfile
import time
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.system import pairs
from tests.system.conftest import SYNCED, Stack, new_tenant, standing

from sandbox.stack.settings import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.system.pairs import Pairs

COUNT = 40
POLLED = 12
BETWEEN_POLLED = 11.0  # so that they fall into all parts of a polling interval
KEY = "test-key"
Entry = dict[str, Any]


def main() -> int:
    """Measure and print; nothing is judged here."""
    with tempfile.TemporaryDirectory() as made, standing(Path(made)) as stack:
        joined = pairs.make(stack, new_tenant(stack))
        joined.ask("POST", "/enable")
        stack.until(lambda: not joined.disagreements(), seconds=300)
        time.sleep(5)  # so that what the backfill left on the queue is through
        told = {
            "edits": _series(joined, _edit, "observation_updated"),
            "comments": _series(joined, _comment, "response_log_created"),
            "comments_that_set_a_status_too": _series(joined, _answer, "response_log_created"),
            "edits_of_20_issues_at_once": _burst(joined, 4 * COUNT),
            "the_same_again_with_warm_workers": _burst(joined, 5 * COUNT),
            "comments_by_poll": _polled(stack, joined),
        }
    target = ROOT / "build"
    target.mkdir(exist_ok=True)
    text = json.dumps(told, indent=1) + "\n"
    (target / "latency.json").write_text(text)
    sys.stdout.write(text)
    return 0


def _series(joined: Pairs, act: Callable[[Pairs, int], str], kind: str) -> Entry:
    """One change after the other, each waited for."""
    seconds, legs = [], []
    for number in range(COUNT):
        since = len(_journal(joined))
        mark = act(joined, number)
        written = _written(joined, mark, seconds=400)
        trace = _journal(joined)[since:]
        began = next(one["at"] for one in trace if one["kind"] == kind)
        seconds.append(written - began)
        legs.append(_legs(trace, began, written))
    return {**_figures(seconds), "p50_of_each_part": _parts(legs)}


def _burst(joined: Pairs, first: int) -> Entry:
    """One edit of each issue, all at the same time; Procore sends its webhooks one by one."""
    marks = [_edit(joined, first + number) for number in range(len(SYNCED))]
    written = [_written(joined, mark, seconds=120) for mark in marks]
    began = {
        one["changes"]["due_date"]["new"]: one["at"]
        for one in _journal(joined)
        if one["kind"] == "observation_updated" and "due_date" in one["changes"]
    }
    return _figures([at - began[mark] for mark, at in zip(marks, written, strict=True)])


def _polled(stack: Stack, joined: Pairs) -> Entry:
    """Comments where Procore offers no webhook of them: the schedule's poll finds them."""
    stack.change_procore(left_out_resources=["Observation Item Response Logs"])
    joined.ask("POST", "/disable")
    joined.ask("POST", "/enable")
    began = {}
    for number in range(POLLED):
        mark = _comment(joined, 900 + number)
        began[mark] = next(
            one["at"]
            for one in reversed(_journal(joined))
            if one["kind"] == "response_log_created" and mark in (one["comment"] or "")
        )
        time.sleep(BETWEEN_POLLED)
    return _figures([_written(joined, mark, seconds=400) - at for mark, at in began.items()])


def _edit(joined: Pairs, number: int) -> str:
    day = (date(2027, 1, 1) + timedelta(days=number)).isoformat()
    twin = joined.twin(SYNCED[number % len(SYNCED)])
    joined.stack.in_procore("edit", observation_id=twin["id"], due_date=day)
    return day


def _comment(joined: Pairs, number: int) -> str:
    mark = f"Remark {number:03} of the measurement."
    joined.say_there(SYNCED[number % len(SYNCED)], mark)
    return mark


def _answer(joined: Pairs, number: int) -> str:
    """A comment that sets a status with it: Procore tells of both, in two webhooks at the same moment."""
    mark = f"Answer {number:03} of the measurement."
    twin = joined.twin(SYNCED[number % len(SYNCED)])
    status = "ready_for_review" if twin["status"] == "initiated" else "initiated"
    joined.stack.in_procore("comment", observation_id=twin["id"], text=mark, status=status)
    return mark


def _written(joined: Pairs, mark: str, *, seconds: float) -> float:
    """When CxAlloy took what holds the mark from our key (Unix seconds)."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        for one in reversed(joined.stack.cxalloy("journal")["effects"]):
            if one["by"] == KEY and mark in json.dumps(one["detail"]):
                return float(one["time"])
        time.sleep(0.2)
    raise TimeoutError(f"{mark} did not arrive within {seconds:.0f} s")


def _journal(joined: Pairs) -> list[Entry]:
    entries: list[Entry] = joined.stack.procore("journal")["entries"]
    return entries


def _legs(trace: list[Entry], began: float, written: float) -> dict[str, float]:
    """The parts of one trace: until the webhook was answered, until the worker read, until it wrote."""
    reads = [one["at"] for one in trace if one["kind"] == "call" and one["method"] == "GET"]
    answered = [one["at"] for one in trace if one["kind"] == "delivered"]
    if not reads or not answered:
        return {}
    return {
        "until_the_webhook_was_answered": answered[0] - began,
        "until_the_read_at_procore": reads[0] - began,
        "from_that_read_to_the_write": written - reads[0],
    }


def _parts(legs: list[dict[str, float]]) -> dict[str, float]:
    whole = [one for one in legs if one]
    return (
        {name: round(statistics.median(one[name] for one in whole), 3) for name in whole[0]} if whole else {}
    )


def _figures(seconds: list[float]) -> Entry:
    """Seconds of a series: how many, and the usual percentiles."""
    ordered = sorted(seconds)
    at = statistics.quantiles(ordered, n=20, method="inclusive")
    return {
        "count": len(ordered),
        "p50": round(statistics.median(ordered), 3),
        "p95": round(at[18], 3),
        "longest": round(ordered[-1], 3),
    }


if __name__ == "__main__":
    sys.exit(main())
