"""Colours: named in one place, the same dark theme by the switch and by the system, and read easily (AA)."""

from __future__ import annotations

import re

import pytest
from tests.unit.console.site import SITE

BASE = (SITE / "styles" / "base.css").read_text(encoding="utf-8")
_BLOCKS = re.findall(r":root[^{]*\{([^}]*)\}", BASE)
LIGHT, SWITCHED, BY_SYSTEM = (
    dict(re.findall(r"--([\w-]+):\s*(#[0-9a-f]{6});", block)) for block in _BLOCKS[:3]
)
# What is written on what; the names without a ground of their own stand on all three grounds.
GROUNDS = ("surface", "ground", "sunken")
ON_GROUNDS = ("text", "muted", "accent", "accent-hover", "bad", "good", "warning")
STATES = ("good", "busy", "warning", "bad", "calm")
PAIRS = [
    *((ink, ground) for ink in ON_GROUNDS for ground in GROUNDS),
    *((state, f"{state}-soft") for state in STATES),
    *((ink, f"{state}-soft") for state in STATES for ink in ("text",)),
    *((ink, "accent-soft") for ink in ("text", "accent")),
    *(("on-accent", ground) for ground in ("accent", "accent-hover")),
    *(("on-bad", ground) for ground in ("bad", "bad-hover")),
]
EDGES = [(edge, ground) for edge in ("line-strong", "focus") for ground in GROUNDS]


def _light(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (one / 12.92 if one <= 0.04045 else ((one + 0.055) / 1.055) ** 2.4 for one in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _contrast(one: str, other: str) -> float:
    dark, bright = sorted((_light(one), _light(other)))
    return (bright + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("theme", [LIGHT, SWITCHED], ids=["light", "dark"])
def test_texts_are_read_easily(theme: dict[str, str]) -> None:
    weak = {pair: round(_contrast(*(theme[name] for name in pair)), 2) for pair in PAIRS}

    assert {pair: ratio for pair, ratio in weak.items() if ratio < 4.5} == {}


@pytest.mark.parametrize("theme", [LIGHT, SWITCHED], ids=["light", "dark"])
def test_edges_of_fields_and_the_focus_are_seen(theme: dict[str, str]) -> None:
    weak = {pair: round(_contrast(*(theme[name] for name in pair)), 2) for pair in EDGES}

    assert {pair: ratio for pair, ratio in weak.items() if ratio < 3} == {}


def test_dark_is_the_same_by_the_switch_and_by_the_system() -> None:
    assert len(SWITCHED) == 24
    assert SWITCHED == BY_SYSTEM
    assert set(LIGHT) == set(SWITCHED)


def test_colours_are_named_in_one_place() -> None:
    others = [path for path in sorted((SITE / "styles").glob("*.css")) if path.name != "base.css"]
    found = {path.name: re.findall(r"#[0-9a-fA-F]{3,8}\b|rgb\(|hsl\(", path.read_text()) for path in others}

    assert {name: colours for name, colours in found.items() if colours} == {}
