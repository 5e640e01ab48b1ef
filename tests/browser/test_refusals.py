"""Refusals that stop the set-up: each page says what happened and what to ask of whom, with text to copy."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser import worlds
from tests.browser.crowd import OWNER, VIEWER
from tests.browser.setting_up import MARCUS, SetUp

from sandbox.demo import connecting
from sandbox.procore.demo import CASCADE, HARBOR_POINT

if TYPE_CHECKING:
    from tests.browser.crowd import Crowd
    from tests.system.conftest import Stack

pytestmark = pytest.mark.system

VERSION_KEY = "00000000-0000-4000-8000-000000000000"
ELSEWHERE = dict.fromkeys(("company_id", "project_id", "tracker_project_id", "settings"))


def test_s5_an_app_that_is_not_installed_says_who_installs_what_and_asks_for_it(
    crowd: Crowd, stack: Stack, tenant: str
) -> None:
    made = worlds.draft(stack, tenant, worlds.COPY, "At Cascade", **ELSEWHERE)
    visitor = crowd.come(OWNER, "fr", f"{made.page}/setup/company", [403, 409, 422])
    SetUp(visitor).choose_company("Cascade Mechanical")

    expect(visitor.page.get_by_role("alert").first).to_contain_text("Cascade Mechanical")
    visitor.sees(VERSION_KEY)
    visitor.sees(visitor.t("setup.install.ways"))
    visitor.sees("support@example.com")
    copied = visitor.page.get_by_role("group", name=visitor.t("setup.install.or_send"))
    expect(copied).to_contain_text(VERSION_KEY)
    visitor.button("setup.install.request").click()
    visitor.sees(visitor.t("setup.install.asked"))
    asked = [one for one in stack.procore("journal")["entries"] if one["kind"] == "installation_requested"]
    assert [one["company_id"] for one in asked] == [CASCADE]
    visitor.button("setup.check_again").first.click()
    expect(visitor.page.get_by_role("alert").first).to_contain_text("Cascade Mechanical")
    made.ask("DELETE")


def test_s6_a_missing_permission_is_named_with_text_to_send(crowd: Crowd, stack: Stack, tenant: str) -> None:
    start = stack.api.call("POST", f"/tenants/{tenant}/authorizations/procore", {})
    assert connecting.authorize_at_procore(stack.api, start, person=MARCUS) == "connected"
    marcus = worlds.credential(stack, tenant, "marcus.")
    made = worlds.draft(
        stack, tenant, worlds.COPY, "By Marcus", procore_authorization_id=marcus, project_id=str(HARBOR_POINT)
    )
    visitor = crowd.come(OWNER, "es", f"{made.page}/setup/checks")

    table = visitor.page.get_by_role("table", name=visitor.t("setup.checks.permissions"))
    row = table.get_by_role("row").filter(has_text="Observations")
    expect(row).to_contain_text(visitor.t("setup.checks.fail"))
    expect(row.get_by_role("cell").nth(1)).to_have_text("Standard")
    text = visitor.page.get_by_role("group", name=visitor.t("setup.ask"))
    expect(text).to_contain_text("Harbor Point Medical Center")
    expect(text).to_contain_text("Observations")
    visitor.open(f"{made.page}/setup/enable")
    expect(visitor.button("setup.enable.act")).to_have_attribute("aria-disabled", "true")
    made.ask("DELETE")


def test_c8_a_service_account_elsewhere_is_told_what_is_missing_there(
    crowd: Crowd, stack: Stack, tenant: str
) -> None:
    nothing = dict.fromkeys(("procore_authorization_id", *ELSEWHERE))
    made = worlds.draft(stack, tenant, worlds.COPY, "By the service account", **nothing)
    visitor = crowd.come(OWNER, "en", f"{made.page}/setup/connect", [403, 404, 409, 422])
    visitor.page.get_by_role("radio", name=visitor.t("setup.way.service")).check()
    visitor.field("service.company").fill(str(CASCADE))
    visitor.button("service.act").click()

    alert = visitor.page.get_by_role("alert").filter(has_text="Plumbline")
    expect(alert.first).to_be_visible()
    visitor.sees("support@example.com")
    made.ask("DELETE")


def test_a_project_that_is_not_visible_comes_with_its_reasons_and_text_to_send(
    crowd: Crowd, stack: Stack, tenant: str
) -> None:
    made = worlds.draft(
        stack, tenant, worlds.COPY, "Not visible", project_id=None, tracker_project_id=None, settings=None
    )
    visitor = crowd.come(OWNER, "es", f"{made.page}/setup/project")
    visitor.field("setup.project.search").fill("Nowhere Tower")
    visitor.sees(visitor.t("setup.project.none"))
    visitor.page.get_by_text(visitor.t("setup.project.missing"), exact=True).click()

    visitor.sees(visitor.t("setup.project.missing.access"))
    expect(visitor.page.get_by_role("group", name=visitor.t("setup.ask"))).to_contain_text(
        "Northwind Builders"
    )
    made.ask("DELETE")


def test_s21_a_viewer_is_told_that_a_manager_is_needed(crowd: Crowd, tenant: str) -> None:
    assert tenant
    visitor = crowd.come(VIEWER, "fr", "/new")

    visitor.sees(visitor.t("setup.manager.title"))
    assert visitor.button("setup.new.start").count() == 0
