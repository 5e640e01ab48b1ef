"""The page of credentials: what is added there is tried first, and a refusal says what to ask of whom."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.crowd import OWNER
from tests.browser.setting_up import SetUp
from tests.browser.test_every_page import NARROW

from sandbox.procore.demo import CASCADE

if TYPE_CHECKING:
    from tests.browser.crowd import Crowd
    from tests.system.conftest import Stack

pytestmark = pytest.mark.system


def ids(stack: Stack, tenant: str) -> set[str]:
    """The ids of all credentials."""
    return {row["id"] for row in stack.api.ask("GET", f"/tenants/{tenant}/authorizations")["items"]}


def test_s20_a_key_that_reaches_nothing_is_not_kept_and_one_that_works_is_shown_with_its_test(
    crowd: Crowd, stack: Stack, tenant: str
) -> None:
    before = ids(stack, tenant)
    visitor = crowd.come(OWNER, "es", "/authorizations")
    visitor.button("key.title").click()
    expect(visitor.field("key.host")).to_be_focused()
    SetUp(visitor).give_key(stack.settings.cxalloy_host, secret="not-the-secret")  # pragma: allowlist secret
    visitor.sees(visitor.t("test.useless"), within=visitor.dialog())
    visitor.sees("signature", within=visitor.dialog())
    assert ids(stack, tenant) == before

    SetUp(visitor).give_key(stack.settings.cxalloy_host)
    visitor.sees(visitor.t("authorizations.stored", name="test-key"))
    expect(visitor.dialog()).to_have_count(0)
    visitor.sees(visitor.t("test.good"))
    visitor.sees(visitor.t("test.access.read_write"))
    (made,) = ids(stack, tenant) - before
    stack.api.ask("DELETE", f"/tenants/{tenant}/authorizations/{made}")


def test_a_field_that_is_refused_has_the_focus_and_says_why(crowd: Crowd, tenant: str) -> None:
    assert tenant
    visitor = crowd.come(OWNER, "fr", "/authorizations", [422])
    visitor.button("key.title").click()
    visitor.button("key.add").click()

    field = visitor.field("key.identifier")
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")


def test_c8_a_service_account_elsewhere_is_told_what_is_missing_there_in_its_dialog(
    crowd: Crowd, stack: Stack, tenant: str
) -> None:
    before = ids(stack, tenant)
    visitor = crowd.come(OWNER, "fr", "/authorizations", [403, 404, 409, 422])
    visitor.button("service.act").click()
    visitor.field("service.company").fill(str(CASCADE))
    visitor.button("service.act", within=visitor.dialog()).click()

    expect(visitor.dialog().get_by_role("alert").filter(has_text="Plumbline").first).to_be_visible()
    visitor.sees(visitor.t("setup.install.ways"), within=visitor.dialog())
    visitor.sees("support@example.com", within=visitor.dialog())
    visitor.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert visitor.scrolls_sideways() == []
    assert visitor.dialog().evaluate("(one) => one.scrollWidth <= one.clientWidth")
    visitor.button("dialog.cancel", within=visitor.dialog()).click()
    expect(visitor.dialog()).to_have_count(0)
    assert ids(stack, tenant) == before
