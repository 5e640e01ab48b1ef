"""Somebody with the Procore rights and no account here does the Connect step by a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser import worlds
from tests.browser.crowd import OWNER
from tests.browser.setting_up import PRIYA, choose_at_procore

if TYPE_CHECKING:
    from tests.browser.crowd import Crowd
    from tests.browser.visiting import Visitor
    from tests.system.conftest import Stack

pytestmark = pytest.mark.system

DANA = "Dana Whitfield"
NOTHING = dict.fromkeys(
    ("procore_authorization_id", "company_id", "project_id", "tracker_project_id", "settings")
)


def invite(manager: Visitor) -> str:
    """Make an invitation in the form that stands there; returns its link."""
    note = f"{manager.t('invite.note')} {manager.t('field.optional')}"
    manager.page.get_by_label(note, exact=True).fill("For Dana")
    manager.button("invite.act").click()
    manager.sees(manager.t("invite.made"))
    return manager.page.locator("code").filter(has_text="#/invitation/").first.inner_text().split()[0]


def accept(crowd: Crowd, link: str, person: str, title: str) -> None:
    """Somebody follows the link and signs in at Procore, until all is done."""
    guest = crowd.come("", "es", f"/invitation/{link.rpartition('/')[2]}", [404])
    guest.title(title)
    assert link.startswith(guest.home)
    guest.screenshot("invitation-open")
    with guest.page.expect_popup() as opened:
        guest.button("invitation.act").click()
    choose_at_procore(opened.value, person)
    opened.value.wait_for_url("**/oauth/result*")
    opened.value.close()
    guest.title("invitation.done.title")


def test_s3_an_invited_person_connects_and_the_managers_page_goes_on_by_itself(
    crowd: Crowd, stack: Stack, tenant: str
) -> None:
    made = worlds.draft(stack, tenant, worlds.COPY, "By invitation", **NOTHING)
    manager = crowd.come(OWNER, "fr", f"{made.page}/setup/connect")
    manager.page.get_by_role("radio", name=manager.t("setup.way.invite")).check()
    link = invite(manager)

    accept(crowd, link, DANA, "invitation.title")

    expect(manager.page.get_by_text(manager.t("setup.credential.in_use"))).to_have_count(2)
    manager.sees("dana.whitfield@northwind.example")
    again = crowd.come("", "es", f"/invitation/{link.rpartition('/')[2]}", [404])
    again.title("invitation.refused.invitation_unknown")
    made.ask("DELETE")


def test_s9_an_invited_person_renews_a_sign_in_and_the_page_of_credentials_goes_on_by_itself(
    crowd: Crowd, stack: Stack, tenant: str
) -> None:
    label = held(stack, tenant, "priya.")["label"]
    before = held(stack, tenant, "priya.")["authorized_at"]
    manager = crowd.come(OWNER, "es", "/authorizations")
    row = manager.page.get_by_role("listitem").filter(has_text=label)
    manager.button("invite.renew", within=row).click()
    link = invite(manager)
    message = manager.page.get_by_role("group", name=manager.t("invite.message"))
    expect(message).to_contain_text(link)

    accept(crowd, link, PRIYA, "invitation.title.again")

    manager.sees(manager.t("authorizations.renewed", name=label))
    expect(manager.dialog()).to_have_count(0)
    assert held(stack, tenant, "priya.")["authorized_at"] > before


def held(stack: Stack, tenant: str, login: str) -> dict[str, str]:
    """The credential whose label begins so."""
    rows = stack.api.ask("GET", f"/tenants/{tenant}/authorizations")["items"]
    return next(row for row in rows if row["label"].startswith(login))


def test_s1_denying_at_procore_changes_nothing_and_the_tab_says_so(
    crowd: Crowd, stack: Stack, tenant: str
) -> None:
    before = stack.api.ask("GET", f"/tenants/{tenant}/authorizations")["items"]
    visitor = crowd.come(OWNER, "en", "/authorizations")
    with visitor.page.expect_popup() as opened:
        visitor.button("procore.connect").click()
    choose_at_procore(opened.value)
    opened.value.wait_for_url("**/oauth/result?outcome=denied")

    expect(opened.value.get_by_role("heading", level=1)).to_be_visible()
    visitor.sees(visitor.t("procore.waiting.title"))
    visitor.button("dialog.cancel").click()
    expect(visitor.button("procore.connect")).to_be_visible()
    assert stack.api.ask("GET", f"/tenants/{tenant}/authorizations")["items"] == before
    opened.value.close()
