"""Each step of the set-up by itself, on one draft: what it shows, what it refuses, what it saves."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect
from tests.browser import worlds
from tests.browser.crowd import OWNER
from tests.browser.setting_up import SetUp
from tests.browser.visiting import AT_WORK
from tests.support import small
from tests.system.conftest import authorization

from sandbox.procore.demo import NORTHWIND

if TYPE_CHECKING:
    from playwright.sync_api import Locator
    from tests.browser.crowd import Crowd
    from tests.browser.visiting import Visitor
    from tests.system.conftest import Stack

pytestmark = pytest.mark.system

PAIR = worlds.STEPS


@dataclass(frozen=True, slots=True)
class Draft:
    """The draft that all steps share, with what a step needs chosen through the API."""

    joined: worlds.Joined
    both: dict[str, str]

    def upto(self, step: str) -> str:
        """Choose what comes before a step; returns the step's route."""
        company, project = {"company_id": str(NORTHWIND)}, {"project_id": PAIR.procore}
        chosen: dict[str, Any] = {} if step == "connect" else dict(self.both)
        if step not in ("connect", "company"):
            chosen |= company
        if step not in ("connect", "company", "project"):
            chosen |= project | {"tracker_project_id": PAIR.tracker, "approach": "sync"}
        if step in ("options", "preview", "enable"):
            chosen["settings"] = worlds.settings()
        if chosen:
            self.joined.ask("PATCH", json=chosen)
        return f"{self.joined.page}/setup/{step}"

    def read(self) -> dict[str, Any]:
        found: dict[str, Any] = self.joined.ask("GET")
        return found


@pytest.fixture(scope="module")
def begun(stack: Stack, tenant: str) -> Draft:
    nothing = dict.fromkeys(
        ("procore_authorization_id", "company_id", "project_id", "tracker_authorization_id",
         "tracker_project_id", "settings")
    )  # fmt: skip
    both = {
        "procore_authorization_id": worlds.credential(stack, tenant, "priya."),
        "tracker_authorization_id": authorization(stack, tenant, "cxalloy_key"),
    }
    return Draft(worlds.draft(stack, tenant, PAIR, "Clinic, step by step", **nothing), both)


def at_step(crowd: Crowd, begun: Draft, step: str, language: str, *refusals: int) -> SetUp:
    setup = SetUp(crowd.come(OWNER, language, begun.upto(step), refusals))
    setup.at(step)
    return setup


def named_by(visitor: Visitor, field: Locator) -> str:
    """The words that a screen reader adds to a field: its hint and its error."""
    ids = (field.get_attribute("aria-describedby") or "").split()
    return " ".join(visitor.page.locator(f"[id='{one}']").inner_text() for one in ids)


def test_a_connection_begins_with_a_name_and_resumes_where_it_was_left(
    crowd: Crowd, begun: Draft, stack: Stack
) -> None:
    visitor = crowd.come(OWNER, "fr", "/new")
    SetUp(visitor).begin("Hôtel du Port")
    SetUp(visitor).at("connect")
    visitor.open("/")
    visitor.page.get_by_role("link", name="Hôtel du Port", exact=True).click()
    SetUp(visitor).at("connect")
    path = begun.joined.path.rpartition("/")[0]
    stack.api.ask("DELETE", f"{path}/{re.findall(r'connections/([^/]+)', visitor.page.url)[0]}")


def test_s20_connect_refuses_a_key_that_reaches_nothing_and_takes_credentials_that_are_there(
    crowd: Crowd, begun: Draft, stack: Stack
) -> None:
    setup = at_step(crowd, begun, "connect", "fr")
    visitor = setup.visitor
    visitor.button("setup.cxalloy.other").click()
    setup.give_key(stack.settings.cxalloy_host, secret="not-the-secret")  # pragma: allowlist secret
    visitor.sees("signature")
    visitor.page.reload()
    visitor.settled()

    for card, side in (("setup.procore.held", "priya."), ("setup.cxalloy.held", "")):
        row = visitor.page.get_by_role("list", name=visitor.t(card)).get_by_role("listitem")
        row.filter(has_text=side).first.get_by_role("button").first.click()
    setup.both_in_use()
    setup.go_on()
    setup.at("company")
    assert {name: begun.read()[name] for name in begun.both} == begun.both


def test_s4_the_company_is_chosen_and_saved_before_any_project_is_read(crowd: Crowd, begun: Draft) -> None:
    setup = at_step(crowd, begun, "company", "es")
    setup.choose_company()

    setup.at("project")
    assert begun.read()["company_id"] == str(NORTHWIND)


def test_s4_all_projects_can_be_searched_and_the_two_are_saved(crowd: Crowd, begun: Draft) -> None:
    setup = at_step(crowd, begun, "project", "en")
    visitor = setup.visitor
    procore = visitor.page.get_by_role("group", name=visitor.t("setup.project.legend.procore"))
    expect(procore.get_by_role("status")).to_have_text(
        re.compile(visitor.t("setup.list.shown", n=50, all="13\\d"))
    )
    setup.choose_projects(PAIR)

    setup.at("checks")
    saved = begun.read()
    assert (saved["project_id"], saved["tracker_project_id"]) == (PAIR.procore, PAIR.tracker)


def test_s6_the_permission_check_names_each_tool_with_the_level_needed_and_held(
    crowd: Crowd, begun: Draft
) -> None:
    visitor = at_step(crowd, begun, "checks", "fr").visitor
    table = visitor.page.get_by_role("table", name=visitor.t("setup.checks.permissions"))
    row = table.get_by_role("row").filter(has_text="Observations")

    expect(row.get_by_role("cell").nth(1)).to_have_text("Admin")
    expect(row).to_contain_text(visitor.t("setup.checks.pass"))
    visitor.sees(visitor.t("setup.checks.passed"))
    visitor.sees(visitor.t("setup.hook.later"))


def test_the_approach_is_saved_at_once_and_changes_what_is_needed(crowd: Crowd, begun: Draft) -> None:
    visitor = at_step(crowd, begun, "approach", "es").visitor
    visitor.page.get_by_role("radio", name=visitor.t("setup.approach.copy")).check()

    visitor.sees(visitor.t("setup.checks.permissions.copy"))
    assert begun.read()["approach"] == "copy"
    visitor.page.get_by_role("radio", name=visitor.t("setup.approach.sync")).check()
    visitor.sees(visitor.t("setup.checks.permissions.sync"))
    assert begun.read()["approach"] == "sync"


def test_a20_the_maps_show_both_lists_with_defaults_in_place_and_explain_what_they_find(
    crowd: Crowd, begun: Draft
) -> None:
    setup = at_step(crowd, begun, "maps", "en")
    visitor = setup.visitor
    initial = visitor.field("setup.maps.initial_status")
    expect(initial.locator("option:checked")).to_have_text("Open")
    unmapped = visitor.field("setup.maps.row.to_procore", value="Ready for Procore")
    expect(unmapped.locator("option:checked")).to_have_text("Default: Initiated")
    visitor.sees("become “Initiated” in Procore, the default")

    setup.map_row("to_procore", {"Ready for Procore": "Closed", "Closed": "Closed"})
    setup.map_row("to_tracker", {"Closed": "Closed"})
    findings = visitor.page.locator("[data-kind=bounce]")
    expect(findings.first).to_contain_text("“Ready for Procore” set in CxAlloy becomes “Closed”")
    expect(visitor.page.locator("[data-kind=many_to_one]").first).to_contain_text("all become “Closed”")

    setup.go_on("setup.save_on")
    needed = visitor.field("setup.maps.default_type")
    expect(needed).to_have_attribute("aria-invalid", "true")
    assert "Choose one: enabling asks for it." in named_by(visitor, needed)
    setup.map_all()
    setup.go_on("setup.save_on")
    setup.at("options")
    saved = begun.read()["settings"]
    assert (saved["default_type_id"], saved["initial_status_id"]) == ("7001", small.OPEN)
    assert saved["maps"]["status"]["to_procore"][small.READY] == "closed"


def test_an_option_out_of_range_is_refused_at_its_field_in_the_apis_own_words(
    crowd: Crowd, begun: Draft
) -> None:
    setup = at_step(crowd, begun, "options", "fr", 422)
    visitor = setup.visitor
    days = visitor.page.get_by_label(re.compile(re.escape(visitor.t("setup.option.sync.undo_days"))))
    days.fill("500")
    setup.go_on("setup.save_on")

    expect(days).to_have_attribute("aria-invalid", "true")
    assert "less than or equal to 90" in named_by(visitor, days)
    days.fill("45")
    visitor.field("setup.option.sync.assignees").check()
    setup.go_on("setup.save_on")
    setup.at("preview")
    saved = begun.read()["settings"]["sync"]
    assert (saved["undo_days"], saved["assignees"]) == (45, True)


def test_s11_a_preview_lists_item_by_item_what_would_be_done_and_comes_as_a_file(
    crowd: Crowd, begun: Draft, stack: Stack
) -> None:
    setup = at_step(crowd, begun, "preview", "es")
    visitor = setup.visitor
    before = len(stack.procore("state")["observations"])
    setup.see_preview()

    expect(visitor.page.locator("[data-total=create_procore] dd")).to_have_text(str(len(PAIR.issues)))
    rows = visitor.page.get_by_role("table", name=visitor.t("setup.preview.rows")).get_by_role("row")
    expect(rows.filter(has_text=f"CI-{PAIR.issues[0]}")).to_contain_text(visitor.t("setup.act.create"))
    with visitor.page.expect_download() as loaded:
        visitor.page.get_by_role("button", name="CSV", exact=True).click()
    assert PAIR.issues[0] in loaded.value.path().read_text()
    setup.approve_preview()
    assert len(stack.procore("state")["observations"]) == before


def test_s6_enabling_names_what_is_missing_with_the_step_that_mends_it(crowd: Crowd, begun: Draft) -> None:
    path = begun.upto("enable")
    begun.joined.ask("PATCH", json={"settings": {"default_type_id": ""}})
    visitor = crowd.come(OWNER, "en", path)
    expect(visitor.button("setup.enable.act")).to_have_attribute("aria-disabled", "true")
    problem = (
        visitor.page.get_by_role("listitem")
        .filter(has_text="type")
        .filter(has=visitor.link("setup.step_name.maps"))
    )
    problem.get_by_role("link").click()
    SetUp(visitor).at("maps")

    SetUp(visitor).map_all()
    SetUp(visitor).go_on("setup.save_on")
    SetUp(visitor).at("options")
    visitor.open(path)
    visitor.sees(visitor.t("setup.enable.ready"))
    expect(visitor.button("setup.enable.act")).not_to_have_attribute("aria-disabled", "true", timeout=AT_WORK)
