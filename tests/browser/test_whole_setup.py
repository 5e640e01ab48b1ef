"""The whole set-up, from the first sign-in of a person whom nobody knows to the first item in sync."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.crowd import PASSWORD, newcomer
from tests.browser.setting_up import SetUp
from tests.browser.worlds import WHOLE, Joined

from sandbox.demo.stage import own_text

if TYPE_CHECKING:
    from tests.browser.crowd import Crowd
    from tests.browser.visiting import Visitor
    from tests.system.conftest import Stack

pytestmark = pytest.mark.system

PAIR = WHOLE


def come_for_the_first_time(visitor: Visitor, email: str) -> None:
    """Sign in with a password for one use, choose an own one, and make a tenant."""
    visitor.field("signIn.email").fill(email)
    visitor.field("signIn.password").fill(f"{PASSWORD}-once")
    visitor.button("signIn.act").click()
    visitor.field("signIn.new.password").fill(PASSWORD)
    visitor.button("signIn.new.act").click()
    visitor.title("noTenant.title")
    visitor.field("tenant.name").fill("Puesta en marcha Costa")
    visitor.button("noTenant.make.act").click()


def choose_everything(setup: SetUp, host: str) -> None:
    """From the first step to the preview."""
    visitor = setup.visitor
    setup.at("connect")
    setup.connect_procore()
    setup.give_key(host)
    setup.both_in_use()
    setup.go_on()
    setup.at("company")
    setup.choose_company()
    setup.at("project")
    setup.choose_projects(PAIR)
    setup.at("checks")
    visitor.sees(visitor.t("setup.checks.passed"))
    setup.go_on()
    setup.at("approach")
    visitor.page.get_by_role("radio", name=visitor.t("setup.approach.sync")).check()
    setup.go_on()
    setup.at("maps")
    setup.map_all()
    setup.go_on("setup.save_on")
    setup.at("options")
    setup.go_on("setup.save_on")


def test_from_the_first_sign_in_to_the_first_synced_item(crowd: Crowd, stack: Stack) -> None:
    """In Spanish, by a person with no tenant."""
    visitor = crowd.come(language="es")
    setup = SetUp(visitor)
    come_for_the_first_time(visitor, newcomer(stack))
    visitor.title("connections.title")
    visitor.link("connections.begin").click()
    setup.begin("Centro de datos")
    choose_everything(setup, stack.settings.cxalloy_host)
    setup.at("preview")
    setup.see_preview()
    expect(visitor.page.locator("[data-total=create_procore] dd")).to_have_text(str(len(PAIR.issues)))
    setup.approve_preview()
    setup.go_on()
    setup.at("enable")
    visitor.button("setup.enable.act").click()

    visitor.page.wait_for_url(re.compile(r"#/connections/[^/]+$"))
    connection_id = visitor.page.url.rpartition("/")[2]
    stack.invoke("TrackerPolling", {"connection_id": connection_id})
    visitor.open(f"/connections/{connection_id}/items")
    row = visitor.page.get_by_role("row").filter(has_text=f"CI-{PAIR.issues[0]}")

    def shown() -> bool:
        visitor.page.reload()
        visitor.settled()
        return row.locator("[data-state=synced]").is_visible()

    stack.until(shown, seconds=150, each=0.5)
    made = Joined(stack, PAIR, "")
    assert [own_text(twin) for twin in made.twins(PAIR.issues[0])] == [
        f"Valve {PAIR.issues[0]} leaks.\nAt the flange."
    ]
