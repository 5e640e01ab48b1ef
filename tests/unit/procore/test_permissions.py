from __future__ import annotations

from typing import Any

import pytest

from plumbline.procore.permissions import Check, check, copy_needs, read_levels, sync_needs

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


def test_s6_sync_by_a_person_needs_the_admin_tool_for_webhooks_and_admin_for_deletes() -> None:
    assert check({"admin": "Standard", "observations": "Admin"}, sync_needs(service_account=False)) == (
        Check(
            "admin",
            "Admin",
            "Standard",
            passed=False,
            ask="Ask a Procore admin to give the connected user the level Admin on Admin, "
            "to make, check and repair the webhook.",
            more="",
        ),
        Check("observations", "Admin", "Admin", passed=True, ask="", more=""),
    )


def test_s6_without_deletes_standard_on_observations_is_enough_and_says_what_is_missing() -> None:
    _, row = check({"observations": "Standard"}, sync_needs(service_account=False, deletes=False))

    assert (row.needed, row.passed, row.more) == ("Standard", True, STANDARD_MORE)


def test_s6_a_service_account_needs_the_webhooks_api_instead() -> None:
    levels = read_levels(answer(tool("webhooks_api", {"name": "Standard"}, "Webhooks API")))
    row, _ = check(levels, sync_needs(service_account=True))
    missing, _ = check({}, sync_needs(service_account=True))

    assert (row.tool, row.needed, row.passed) == ("Webhooks API", "Standard", True)
    assert missing.ask.startswith("Ask a Procore admin to enable Webhooks API in this project and to give")


@pytest.mark.parametrize(
    ("options", "tools"),
    [
        ({"service_account": False, "locations": True}, [("admin", "Admin"), ("observations", "Admin")]),
        (
            {"service_account": True, "locations": True},
            [("Webhooks API", "Standard"), ("admin", "Admin"), ("observations", "Admin")],
        ),
        (
            {"service_account": False, "assignees": True},
            [("admin", "Admin"), ("observations", "Admin"), ("directory", "Standard")],
        ),
        (
            {"service_account": False, "deletes": False, "in_authors_name": True},
            [("admin", "Admin"), ("observations", "Admin")],
        ),
    ],
)
def test_s6_only_the_options_in_use_ask_for_more(
    options: dict[str, bool], tools: list[tuple[str, str]]
) -> None:
    assert [(need.tool, need.level) for need in sync_needs(**options)] == tools


def test_a51_making_locations_is_named_among_the_acts() -> None:
    (admin, *_) = sync_needs(service_account=False, locations=True)

    assert admin.acts == "make, check and repair the webhook, and make locations for assets"
