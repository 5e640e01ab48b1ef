from __future__ import annotations

from typing import Any

import pytest

from plumbline.procore.permissions import Check, check, copy_needs, read_levels

STANDARD_MORE = (
    "Admin would add: create observations in the author's own name, close and edit those of others, "
    "delete and restore."
)


def answer(*rows: Any) -> dict[str, Any]:
    return {"tools": list(rows)}


def tool(name: str, level: Any, friendly_name: Any = "") -> dict[str, Any]:
    return {"id": 1, "name": name, "friendly_name": friendly_name, "user_access_level": level}


def test_levels_are_read_by_name_and_friendly_name() -> None:
    data = answer(
        tool("observations", {"id": 4, "name": "Admin"}, "Observations"),
        tool("images", {"id": 2, "name": "Read Only"}, "Photos"),
    )

    assert read_levels(data) == {"observations": "Admin", "images": "Read Only", "photos": "Read Only"}


def test_a_level_may_be_a_text_or_missing() -> None:
    assert read_levels(answer(tool("a", "Standard"), tool("b", None), {"name": "c"})) == {
        "a": "Standard",
        "b": "None",
        "c": "None",
    }


def test_a_tools_own_name_wins_over_anothers_friendly_name() -> None:
    data = answer(tool("quality", "Admin", "Observations"), tool("observations", "Standard", "Findings"))

    assert read_levels(data)["observations"] == "Standard"


@pytest.mark.parametrize("data", [None, [], {}, {"tools": None}, {"tools": ["odd"]}])
def test_an_odd_answer_holds_no_levels(data: Any) -> None:
    assert read_levels(data) == {}


@pytest.mark.parametrize("level", ["Standard", "standard", "STANDARD "])
def test_s6_standard_on_observations_is_enough_to_copy_and_says_what_admin_adds(level: str) -> None:
    assert check({"observations": level}, copy_needs()) == (
        Check("observations", "Standard", level, passed=True, ask="", more=STANDARD_MORE),
    )


def test_s6_with_admin_nothing_is_missing() -> None:
    assert check({"observations": "Admin"}, copy_needs()) == (
        Check("observations", "Standard", "Admin", passed=True, ask="", more=""),
    )


@pytest.mark.parametrize("level", ["None", "Read Only", "read-only", "Read_Only", "Company Special"])
def test_s6_a_lower_or_unknown_level_fails_and_says_what_to_ask_for(level: str) -> None:
    (row,) = check({"observations": level}, copy_needs())

    assert (row.passed, row.held) == (False, level)
    assert row.ask == (
        "Ask a Procore admin to give the connected user the level Standard on Observations, "
        "to create observations and comment on them."
    )


def test_s6_a_tool_that_is_not_there_must_be_enabled_first() -> None:
    (row,) = check({}, copy_needs())

    assert (row.passed, row.held) == (False, "not enabled in this project")
    assert row.ask.startswith("Ask a Procore admin to enable Observations in this project and to give")


def test_a25_writing_in_the_authors_name_needs_admin() -> None:
    (row,) = check({"observations": "Standard"}, copy_needs(in_authors_name=True))

    assert (row.needed, row.passed, row.more) == ("Admin", False, "")


def test_the_friendly_name_is_enough_to_find_the_tool() -> None:
    levels = read_levels(answer(tool("obs_tool", {"name": "Standard"}, " OBSERVATIONS ")))

    assert check(levels, copy_needs())[0].passed
