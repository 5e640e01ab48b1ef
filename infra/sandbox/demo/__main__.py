"""Runs the demo: `make demo`."""

from __future__ import annotations

import json
import sys
import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from sandbox.demo import connecting, proof, syncing
from sandbox.demo.api import Api
from sandbox.demo.stage import Show, Stage
from sandbox.stack import up
from sandbox.stack.settings import ROOT, Settings, Trouble, read
from sandbox.stack.up import say

if TYPE_CHECKING:
    from sandbox.demo.proof import Proof

PATIENCE_SECONDS = 180  # without one more issue copied
# What a copy is made of; every other call is what connecting and settings cost.
COPYING = (
    "POST /rest/v1.0/observations/items",
    "POST /rest/v1.0/observations/items/{id}/response_logs",
    "POST /rest/v1.1/projects/{id}/uploads",
    "PATCH /rest/v1.1/projects/{id}/uploads/{id}",
)


def main() -> int:
    """Run the demo; 0 when everything is proven, 1 otherwise."""
    began = time.monotonic()
    try:
        settings = _settings()
        return _run(settings, up.up(settings), began)
    except (Trouble, requests.ConnectionError) as trouble:
        sys.stderr.write(f"{trouble}\n")
        return 1


def _settings() -> Settings:
    settings = read()
    if settings.given.procore or settings.given.cxalloy:
        raise Trouble("The demo proves itself from the sandboxes' records; with given hosts use make up.")
    return settings


def _run(settings: Settings, outputs: dict[str, str], began: float) -> int:
    for sandbox in (settings.procore_api, settings.cxalloy_host):
        requests.post(f"{sandbox}/_sandbox/reset", timeout=30).raise_for_status()
    before = _get(f"{settings.cxalloy_host}/_sandbox/state")
    names = {row["id"]: row["name"] for row in before["statuses"]}
    wanted = [
        issue
        for issue in before["issues"]
        if issue["project_id"] == connecting.TRACKER_PROJECT
        and names[issue["status_id"]] == connecting.TRIGGER
    ]
    api = Api(settings, outputs["Address"])
    api.sign_in(settings, outputs, up.MANAGER, up.manager_password(settings))
    connecting.clear(api)
    say("signed in; connecting to Procore and CxAlloy")
    made = connecting.connect(api, settings)
    copying = time.monotonic()
    say(f"connected; copying {len(wanted)} issues")
    _wait(api, f"/tenants/{made.tenant_id}/connections/{made.connection_id}", len(wanted))
    seconds = time.monotonic() - copying
    found = _prove(settings, wanted)
    report = _report(settings, found, seconds, time.monotonic() - began)
    say("\nsecond part: another project, kept in sync both ways")
    show = syncing.play(Stage(api, settings, syncing.connect(api, made.tenant_id), say))
    report["ongoing"] = _ongoing(settings, show, report["procore_calls"])
    report["seconds"] = round(time.monotonic() - began, 1)
    missed = [f"not seen to arrive: {what}" for what in show.missed]
    _show(report, [*found.mismatches, *show.mismatches, *missed])
    _say_where_to_look(settings, outputs)
    return 1 if found.mismatches or found.duplicates or show.mismatches or show.missed else 0


def _ongoing(settings: Settings, show: Show, before: int) -> dict[str, Any]:
    """What the second part was, with the calls it cost."""
    entries = _get(f"{settings.procore_api}/_sandbox/journal")["entries"]
    calls = [one for one in entries if one["kind"] == "call" and one["surface"] == "rest"]
    return {
        "issues": show.issues,
        "seconds_until_seen": show.seconds,
        "not_seen": show.missed,
        "mismatches": len(show.mismatches),
        "procore_calls": len(calls) - before,
        "calls_by_kind": proof.calls_by_kind(calls[before:]),
    }


def _get(url: str) -> Any:
    answer = requests.get(url, timeout=60)
    answer.raise_for_status()
    return answer.json()


def _wait(api: Api, connection: str, total: int) -> None:
    """Wait until every issue is copied, and say how far it is."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    shown = -1
    while time.monotonic() < deadline:
        done = api.ask("GET", connection)["glance"]["done"]
        if done != shown:
            sys.stdout.write(f"\r  {done} of {total} copied")
            sys.stdout.flush()
            shown, deadline = done, time.monotonic() + PATIENCE_SECONDS
        if done >= total:
            say("")
            return
        time.sleep(1)
    parked = api.ask("GET", f"{connection}/items?state=parked&limit=5")
    raise Trouble(f"\nNothing moved for {PATIENCE_SECONDS} s at {shown} of {total} issues. Parked: {parked}")


def _prove(settings: Settings, wanted: list[dict[str, Any]]) -> Proof:
    state = _get(f"{settings.cxalloy_host}/_sandbox/state")
    done = next(row["id"] for row in state["statuses"] if row["name"] == connecting.DONE)
    made = [
        one
        for one in _get(f"{settings.procore_api}/_sandbox/state")["observations"]
        if "CxAlloy issue" in (one["description"] or "")
    ]
    return proof.prove(
        wanted,
        _get(f"{settings.cxalloy_host}/_sandbox/files"),
        made,
        {issue["issue_id"]: issue["status_id"] for issue in state["issues"]},
        origin=settings.cxalloy_host,
        done_status=done,
    )


def _report(settings: Settings, found: Proof, seconds: float, in_all: float) -> dict[str, Any]:
    entries = _get(f"{settings.procore_api}/_sandbox/journal")["entries"]
    rest = [one for one in entries if one["kind"] == "call" and one["surface"] == "rest"]
    kinds = proof.calls_by_kind(rest)
    segmented = sum(1 for one in rest if one["method"] == "PATCH" and "/uploads/" in one["path"])
    least = found.observations + found.comments + found.files + segmented
    others = {kind: count for kind, count in kinds.items() if kind not in COPYING}
    return {
        "issues": found.issues,
        "observations": found.observations,
        "comments": found.comments,
        "files": found.files,
        "bytes": found.bytes,
        "mismatches": len(found.mismatches),
        "duplicates": found.duplicates,
        "procore_calls": sum(kinds.values()),
        "least_procore_calls": least,
        "copying_calls": sum(kinds.get(kind, 0) for kind in COPYING),
        "connecting_and_settings_calls": others,
        "calls_by_kind": kinds,
        "refused_for_rate": sum(1 for one in rest if one["status"] == 429),
        "seconds": round(in_all, 1),
        "copy_seconds": round(seconds, 1),
    }


def _show(report: dict[str, Any], wrong: list[str]) -> None:
    folder = ROOT / "build"
    folder.mkdir(exist_ok=True)
    (folder / "demo.json").write_text(json.dumps(report, indent=1) + "\n")
    say("")
    for name in ("issues", "observations", "comments", "files", "bytes", "mismatches", "duplicates"):
        say(f"  {name:<22}{report[name]:>14,}")
    for name in ("copying_calls", "least_procore_calls", "refused_for_rate", "copy_seconds", "seconds"):
        say(f"  {name.replace('_', ' '):<22}{report[name]:>14,}")
    _list("connecting and settings, by kind:", report["connecting_and_settings_calls"])
    ongoing = report["ongoing"]
    seen, missed = len(ongoing["seconds_until_seen"]), len(ongoing["not_seen"])
    say(f"  ongoing: {ongoing['issues']} issues, {seen} of {seen + missed} changes seen to arrive,")
    calls = ongoing["procore_calls"]
    say(f"  {ongoing['mismatches']} mismatches, {calls} Procore calls, setting up and the preview included:")
    _list("", ongoing["calls_by_kind"])
    for mismatch in wrong[:20]:
        say(f"  WRONG  {mismatch}")


def _say_where_to_look(settings: Settings, outputs: dict[str, str]) -> None:
    """Say where all this can be looked at, and who may sign in there."""
    console = outputs["Console"]
    if not Api(settings, outputs["Address"]).call("GET", "/console/index.html").ok:
        raise Trouble(f"The console does not answer at {console}.")
    port = urlsplit(console).port
    say("\nfigures           build/demo.json")
    say(f"sandbox Procore   {settings.procore_api}/")
    say(f"sandbox CxAlloy   {settings.cxalloy_host}/")
    say(f"API docs          {outputs['Address']}/docs")
    say("stop it with      make down")
    say(f"\nOpen the console in a browser (Chrome, Edge or Firefox; port {port}):")
    say(f"  {console}")
    say(f"  sign in as      {up.MANAGER}")
    say(f"  password        {up.manager_password(settings)}")


def _list(heading: str, counts: dict[str, int]) -> None:
    if heading:
        say(f"  {heading}")
    for kind, count in counts.items():
        say(f"    {count:>4}  {kind}")


sys.exit(main())
