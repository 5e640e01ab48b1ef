"""The options that the set-up shows are those of the API: every setting, with the API's own default."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from plumbline.connections.settings import SYNC_FIELDS, IssueSettings

SETUP = Path(__file__).parents[3] / "functions" / "console" / "site" / "pages" / "setup"
ELSEWHERE = {"initial_status_id", "default_type_id", "maps", "added_values", "tracker_calls"}
"""Chosen with the maps, or, as CxAlloy's calls, only in an exported file."""


def _paths(settings: dict[str, Any], start: str = "") -> set[str]:
    """Name every setting by its dotted path, as far as it is not chosen elsewhere."""
    found = set()
    for name, value in settings.items():
        path = f"{start}{name}"
        if path in ELSEWHERE:
            continue
        nested = isinstance(value, dict) and path != "sync.rules"
        found |= _paths(value, f"{path}.") if nested else {path}
    return found


def test_s23_the_defaults_that_the_options_show_are_the_ones_of_the_api() -> None:
    text = (SETUP / "defaults.js").read_text(encoding="utf-8")
    shown = json.loads(text[text.index("= ") + 2 :].rstrip().rstrip(";"))
    wanted = IssueSettings().model_dump(mode="json", exclude={"tracker_calls"})
    assert shown == wanted


def test_every_setting_that_a_manager_needs_is_among_the_options() -> None:
    schema = (SETUP / "options_schema.js").read_text(encoding="utf-8")
    named = set(re.findall(r'(?:path: |(?:check|choice|many|number)\()"([a-z_.]+)"', schema))
    assert named == _paths(IssueSettings().model_dump(mode="json"))


def test_a13_a_rule_for_conflicts_can_be_chosen_for_every_synced_field() -> None:
    schema = (SETUP / "options_schema.js").read_text(encoding="utf-8")
    listed = re.search(r"CONFLICT_FIELDS = \[(.*?)\]", schema, re.DOTALL)
    assert listed
    assert tuple(re.findall(r'"(\w+)"', listed.group(1))) == SYNC_FIELDS


def test_the_limits_of_the_numbers_are_the_ones_of_the_api() -> None:
    schema = (SETUP / "options_schema.js").read_text(encoding="utf-8")
    shown = {
        path: (int(low), int(high.replace("_", "")))
        for path, low, high in re.findall(r'number\("([a-z_.]+)", (\d+), ([\d_]+)', schema)
    }
    document = IssueSettings.model_json_schema()
    sync = document["$defs"]["SyncSettings"]["properties"]
    own = {name: field for name, field in document["properties"].items() if "maximum" in field}
    nested = {f"sync.{name}": field for name, field in sync.items() if "maximum" in field}
    wanted = {name: (field["minimum"], field["maximum"]) for name, field in (own | nested).items()}
    assert shown == wanted
