"""The second part of the demo: an ongoing connection, people at work on both sides, and what comes of it."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

from sandbox.demo import agreement, connecting
from sandbox.demo.stage import TRACKER_PROJECT, Show, get, own_text, rewritten
from sandbox.stack.settings import Trouble

if TYPE_CHECKING:
    from sandbox.demo.api import Api
    from sandbox.demo.stage import Check, Row, Stage

PROCORE_PROJECT = "Ashford Outpatient Clinic"
HUNTS = "Static pressure hunts between 0.8 and 1.4 in. w.c."


def connect(api: Api, tenant_id: str) -> str:
    """Make the ongoing connection, with the credentials of the first, not enabled yet; returns its path."""
    base = f"/tenants/{tenant_id}"
    credentials = connecting.items(api, f"{base}/authorizations")
    procore = next(one for one in credentials if one["kind"] == "procore_person")
    tracker = next(one for one in credentials if one["kind"] == "cxalloy_key")
    there = f"{base}/authorizations/{procore['id']}"
    company = connecting.named(connecting.items(api, f"{there}/companies"), connecting.COMPANY)
    projects = connecting.items(api, f"{there}/companies/{company['id']}/projects?search=Ashford")
    made = api.ask(
        "POST",
        f"{base}/connections",
        {
            "name": "Ashford clinic: issues in sync",
            "approach": "sync",
            "procore_authorization_id": procore["id"],
            "company_id": company["id"],
            "project_id": connecting.named(projects, PROCORE_PROJECT)["id"],
            "tracker_authorization_id": tracker["id"],
            "tracker_project_id": TRACKER_PROJECT,
        },
    )
    path = f"{base}/connections/{made['id']}"
    sync = {"assignees": True, "assets_as_locations": True}
    settings = {**connecting.mapped(api, path), "poll_seconds": 60, "sync": sync}
    api.ask("PATCH", path, {"settings": settings})
    return path


def play(stage: Stage) -> Show:
    """Preview, carry the project over, let people work on both sides, and watch each change arrive."""
    show = Show(issues=len(stage.issues()))
    _preview(stage, show)
    stage.say("enabled: what is there already is carried over by the next sweeps, one a minute")
    stage.api.ask("POST", f"{stage.connection}/enable")
    stage.wait(show, [("all issues in Procore, with comments and files", lambda: _all_there(stage))])
    stage.say("people work on both sides; Procore tells by webhook, CxAlloy is looked at once a minute")
    before = stage.issues()["CI-0001"]["description"]
    doomed = stage.twins()["CI-0008"]["id"]
    _edit(stage)
    stage.wait(show, _edits(stage))
    _attach(stage, show)
    _conflict(stage, show)
    _undo(stage, show, before)
    _restore(stage, show, doomed)
    show.mismatches += agreement.compare(stage)
    return show


def _preview(stage: Stage, show: Show) -> None:
    """Have it said what would be done, see that nothing was, and approve exactly that."""
    stage.say("a preview first: nothing is written for it")
    quiet = _effects(stage)
    asked = stage.api.ask("POST", f"{stage.connection}/previews")
    made = f"{stage.connection}/previews/{asked['id']}"
    seen: Row = {}

    def ready() -> bool:
        seen.update(stage.api.ask("GET", made))
        if seen["state"] == "failed":
            raise Trouble(f"The preview failed: {seen['cause']} {seen['next_step']}")
        return bool(seen["state"] == "ready")

    stage.wait(show, [("the preview is ready", ready)])
    if not seen["totals"]:
        return
    totals = ", ".join(f"{name} {count}" for name, count in sorted(seen["totals"].items()) if count)
    stage.say(f"          {totals}")
    if _effects(stage) != quiet:
        show.mismatches.append("the preview wrote something")
    done = stage.api.ask("POST", f"{made}/approve", {"hash": seen["hash"]})
    stage.say(f"          {done['state']}")


def _effects(stage: Stage) -> tuple[int, int]:
    """How much was ever written on either side."""
    entries = get(f"{stage.settings.procore_api}/_sandbox/journal")["entries"]
    written = sum(entry["kind"] != "call" for entry in entries)
    return written, len(get(f"{stage.settings.cxalloy_host}/_sandbox/journal")["effects"])


def _edit(stage: Stage) -> None:
    """One change of each kind, on both sides at once, and a deletion, which has to be seen twice."""
    stage.in_tracker("delete", "CI-0008")
    stage.in_tracker("edit", "CI-0001", description=HUNTS)
    stage.in_tracker("comment", "CI-0002", text="Rechecked after the balancer left: still off.")
    stage.in_tracker("add_file", "CI-0004", name="ATS-1 retest.csv", size=4096, kind="csv", seed=31)
    stage.in_tracker("edit", "CI-0005", asset_key="5067", assigned_type="role", assigned_key="4203")
    stage.in_procore("edit", "CI-0003", status="ready_for_review")
    stage.in_procore("comment", "CI-0006", text="The contractor comes on Monday. Door code at the desk.")


def _edits(stage: Stage) -> list[Check]:
    def twin(number: str) -> Row:
        return stage.twins()[number]

    def issue(number: str) -> Row:
        return stage.issues()[number]

    return [
        ("CxAlloy's description in Procore", lambda: HUNTS in twin("CI-0001")["description"]),
        (
            "CxAlloy's comment in Procore",
            lambda: _said(twin("CI-0002")["response_logs"], "Rechecked after the balancer"),
        ),
        (
            "CxAlloy's file in Procore",
            lambda: _holds(agreement.files_of(twin("CI-0004")), "ATS-1 retest.csv"),
        ),
        (
            "CxAlloy's asset as location, its role as assignee",
            lambda: (
                (twin("CI-0005")["location"] or "").startswith("CxAlloy Assets")
                and "CxAlloy : Role" in str(twin("CI-0005")["assignees"])
            ),
        ),
        ("Procore's status in CxAlloy", lambda: issue("CI-0003")["status_id"] == "3105"),
        (
            "Procore's comment in CxAlloy",
            lambda: _said(issue("CI-0006")["comments"], "Door code at the desk"),
        ),
    ]


def _attach(stage: Stage, show: Show) -> None:
    """Hang a file on an observation: no public source says that Procore tells of it; the sandbox does not."""
    stage.say("a file attached in Procore, of which no webhook tells: the hourly look finds it, or Sync now")
    photo = base64.b64encode(b"\x89PNG a photo from site " * 64).decode()
    stage.in_procore("attach", "CI-0007", name="as found.png", content=photo)
    stage.api.ask("POST", f"{stage.connection}/sync-now")
    stage.wait(
        show,
        [
            (
                "Procore's file in CxAlloy, after Sync now",
                lambda: _holds(stage.issues()["CI-0007"]["files"], "as found.png"),
            )
        ],
    )


def _conflict(stage: Stage, show: Show) -> None:
    """Both sides change one field at once: both values are kept, and a person picks the one that lost."""
    stage.say("both sides change one description at once; Procore's is formatted")
    formatted = "<p>The valve box has <b>no label</b>.</p>"
    html = rewritten(stage.twins()["CI-0009"], formatted)
    stage.in_tracker("edit", "CI-0009", description="The zone valve box is not labelled.")
    stage.in_procore("edit", "CI-0009", description_rich_text=html)
    kept: list[Row] = []

    def both_kept() -> bool:
        kept[:] = [
            one
            for one in connecting.items(stage.api, f"{stage.connection}/conflicts")
            if "not labelled" in one["tracker"] and "no label" in one["procore"]
        ]
        return bool(kept)

    stage.wait(show, [("conflict: both values kept", both_kept)])
    if not kept:
        return
    losing = kept[0]["losing"]
    words = "not labelled" if losing == "tracker" else "no label"
    stage.say(f"          the change received last stands; a person picks the other, of {losing}")
    one = f"{stage.connection}/conflicts/{kept[0]['item_id']}/{kept[0]['id']}"
    stage.api.ask("POST", f"{one}/pick", {"side": losing})
    stage.wait(show, [("picked value on both sides", lambda: _on_both(stage, "CI-0009", words))])


def _undo(stage: Stage, show: Show, before: str) -> None:
    """Take back what CxAlloy's new description overwrote in Procore."""
    item = f"{stage.connection}/items/{stage.item('CI-0001')['id']}/undos"
    undo = next(one for one in connecting.items(stage.api, item) if "description" in one["before"])
    stage.say(f"undo of CI-0001's new description: {undo['what_happens']}")
    stage.api.ask("POST", f"{item}/{undo['id']}")
    first = before.split("\n", 1)[0].strip()
    stage.wait(show, [("the former description on both sides", lambda: _on_both(stage, "CI-0001", first))])


def _restore(stage: Stage, show: Show, doomed: int) -> None:
    """The issue that was deleted above: gone when two listings in a row, a minute apart, lack it."""
    stage.say("CI-0008 was deleted in CxAlloy above; two listings a minute apart have to show it")

    def deleted() -> bool:
        return any(row["deleted"] for row in stage.observations() if row["id"] == doomed)

    stage.wait(show, [("deleted issue: its observation in the recycle bin", deleted)])
    stage.in_tracker("undo_delete", "CI-0008")
    stage.api.ask("POST", f"{stage.connection}/sync-now")
    stage.wait(show, [("restored issue: the same observation back, after Sync now", lambda: not deleted())])


def _on_both(stage: Stage, number: str, words: str) -> bool:
    return words in stage.issues()[number]["description"] and words in own_text(stage.twins()[number])


def _said(rows: list[Row], words: str) -> bool:
    return any(words in (row["comment"] or "") for row in rows)


def _holds(rows: list[Row], name: str) -> bool:
    return any(row["name"] == name for row in rows)


def _all_there(stage: Stage) -> bool:
    return not agreement.compare(stage)
