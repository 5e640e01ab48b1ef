"""The world and the settings that a seed begins with."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.support import small

from sandbox.cxalloy import CxAlloyWorld, Settings
from sandbox.procore import SandboxSettings

if TYPE_CHECKING:
    import random

LOGS = "Observation Item Response Logs"
STATUSES = ("3101", "3103", "3104", "3105", "3106")
PRIORITIES = ("1", "2", "3", "4")
DISCIPLINES = ("10", "11", "12", "13")
TYPES = ("20", "21", "22")
ASSETS = ("77", "78", "79", "80")
TRADES = ("8001", "8002", "8003", "8004")
KINDS = ("7001", "7002", "7003")
WORDS = ("Initiated", "fan", "ø", "ünïcode", "عربى", "泵", "🔧", "valve", "trend", "AHU-3")


def text_of(dice: random.Random, tag: str) -> str:
    """A text that no other deed writes: `tag` is in it; a few lines, sometimes odd letters."""
    lines = [
        " ".join(dice.choice(WORDS) for _ in range(dice.randint(1, 6))) for _ in range(dice.randint(1, 3))
    ]
    return f"{tag} " + dice.choice(("\n", "\n\n", "\r\n")).join(lines)


def tracker_world(dice: random.Random, pairs: int) -> CxAlloyWorld:
    """A project with as many issues as pairs; two of them have the same title."""
    issues = [_issue(dice, str(1001 + n)) for n in range(pairs)]
    issues[1]["description"] = issues[0]["description"]
    files = [
        small.file(f"{n}51", str(1001 + n), "same name.bin", dice.choice((0, 900, 3000)))
        for n in range(pairs)
        if dice.random() < 0.3
    ]
    world = small.world(issues, files).model_dump()
    names = {"statuses": STATUSES, "priorities": PRIORITIES, "disciplines": DISCIPLINES, "issue_types": TYPES}
    lists = {kind: [{"id": one, "name": f"{kind} {one}"} for one in ids] for kind, ids in names.items()}
    lists["statuses"][0]["initial"] = "true"
    return CxAlloyWorld.model_validate({**world, **lists, **_people(), "assets": _assets()})


def _issue(dice: random.Random, issue_id: str) -> dict[str, Any]:
    said = [
        small.comment(f"{issue_id}{n}", f"Comment {n} of {issue_id}", f"02/02/2026 09:3{n}:00 UTC")
        for n in range(dice.choice((0, 0, 1, 2)))
    ]
    return small.issue(
        issue_id,
        title=f"Title of {issue_id}",
        description=text_of(dice, f"Issue {issue_id}"),
        status_id=dice.choice(STATUSES),
        priority_id=dice.choice(PRIORITIES),
        discipline_id=dice.choice((*DISCIPLINES, None)),
        issuetype_id=dice.choice(TYPES),
        asset_key=dice.choice((*ASSETS, None)),
        due_date=dice.choice(("03/15/2026", None)),
        comments=said,
    )


def _people() -> dict[str, Any]:
    return {
        "people": [
            {
                "person_id": f"9{n}",
                "first_name": name,
                "last_name": "Souza",
                "email": f"{name.lower()}@cx.example",
            }
            for n, name in enumerate(("Ana", "Bo", "Cy"))
        ],
        "companies": [{"id": "601", "name": "Acme Controls"}],
        "roles": [{"id": "701", "name": "Controls Contractor"}],
    }


def _assets() -> list[dict[str, Any]]:
    kinds = ("equipment", "equipment", "system", "space")
    return [
        {"asset_key": key, "asset_type": kind, "asset_name": f"Asset {key}"}
        for key, kind in zip(ASSETS, kinds, strict=True)
    ]


def connection_settings(dice: random.Random) -> dict[str, Any]:
    """Settings of the connection: many-to-one maps, rules and options as the dice fall."""
    fields = (
        "title",
        "description",
        "status",
        "priority",
        "discipline",
        "issue_type",
        "due_date",
        "assignee",
        "asset",
    )
    rules = {name: dice.choice(("last", "last", "procore", "tracker", "ask")) for name in fields}
    title = dice.choice(("", "title"))
    return {
        "initial_status_id": STATUSES[0],
        "default_type_id": KINDS[0],
        "maps": _maps(),
        "write_address_back": dice.random() < 0.3,
        "tracker_calls": {"issue_title_field": title, "files_from": dice.choice(("include", "list"))},
        "sync": {
            "rules": rules,
            "observation_deleted": dice.choice(("unlink", "unlink", "delete_issue")),
            "gone_issue_changed": "keep",
            "assignees": dice.random() < 0.4,
            "assets_as_locations": dice.random() < 0.4,
            "writes_an_hour": 200,
            "brake_count": dice.choice((2, 10)),
            "sweep_seconds": 900,
            "inventory_seconds": 3600,
        },
    }


def _maps() -> dict[str, Any]:
    """Two statuses share one Procore status, one status and one priority have no map."""
    return {
        "status": {
            "to_procore": {
                "3101": "initiated",
                "3103": "ready_for_review",
                "3104": "ready_for_review",
                "3106": "closed",
            },
            "to_tracker": {"initiated": "3101", "ready_for_review": "3103", "closed": "3106"},
        },
        "priority": {
            "to_procore": {"1": "High", "2": "Medium", "3": "High"},
            "to_tracker": {"High": "1", "Medium": "2", "Urgent": "3"},
        },
        "discipline": {
            "to_procore": {"10": "8001", "11": "8002", "12": "8002"},
            "to_tracker": {"8001": "10", "8002": "11", "8003": "13"},
        },
        "issue_type": {
            "to_procore": {"20": "7001", "21": "7002"},
            "to_tracker": {"7001": "20", "7002": "21"},
        },
    }


def procore_settings(dice: random.Random, given: SandboxSettings) -> SandboxSettings:
    """How this Procore behaves where its pages leave it open."""
    changes: dict[str, Any] = {
        "rate_hour": 3600,
        "access_token_seconds": dice.choice((900, 5400)),
        "refresh_revokes_access": dice.random() < 0.5,
        "detail_nulls": dice.random() < 0.5,
        "log_bumps_item": dice.random() < 0.5,
        "restore_event": dice.choice(("create", "update")),
        "log_fires_update": dice.random() < 0.5,
        "attachment_fires_update": dice.random() < 0.5,
        "left_out_resources": frozenset() if dice.random() < 0.5 else frozenset({LOGS}),
        "flush_seconds": dice.choice((12 * 3600.0, 1200.0)),
        "plain_http_destinations": True,
        "page_cap": dice.choice((5, 100)),
    }
    return SandboxSettings.model_validate({**given.model_dump(), **changes})


def cxalloy_settings(dice: random.Random, calls: dict[str, Any]) -> Settings:
    """How this tracker behaves where no public source says.

    The project's list of files says neither its length nor its cap, so a cap of its own cannot be seen there.
    """
    cap = dice.choice((5, 500)) if calls["files_from"] == "include" else 500
    return Settings(
        title_field=calls["issue_title_field"],
        trims_text=dice.random() < 0.3,
        breaks_as_crlf=dice.random() < 0.3,
        page_cap=cap,
        issue_filter=dice.choice(("honoured", "honoured", "ignored")),
        comments_order=dice.choice(("newest_first", "oldest_first")),
        salt=dice.randrange(1000),
    )
