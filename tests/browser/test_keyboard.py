"""The set-up's main path by keys alone: Tab, arrows, Space and Enter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.crowd import OWNER
from tests.browser.setting_up import SetUp
from tests.browser.visiting import AT_WORK
from tests.browser.worlds import KEYS

if TYPE_CHECKING:
    from playwright.sync_api import Locator
    from tests.browser.crowd import Crowd
    from tests.browser.visiting import Visitor

pytestmark = pytest.mark.system

FAR = 150  # more presses of Tab than any page takes
IS_FOCUSED = "(one) => one === document.activeElement"
# A focus that can be seen: an outline or a ring, on the control itself or on what it stands in.
IS_SEEN = """(one) => {
    const drawn = (style) => (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0)
        || style.boxShadow !== "none";
    for (let at = one; at && at.tagName !== "MAIN"; at = at.parentElement)
        if (at.matches(":focus-visible, :focus-within") && drawn(getComputedStyle(at))) return true;
    return false;
}"""


@dataclass(frozen=True, slots=True)
class Keys:
    """A visitor with no mouse."""

    visitor: Visitor

    def to(self, wanted: Locator) -> None:
        """Tab until a control has the focus, and see that it shows."""
        expect(wanted).to_be_visible()
        for _ in range(FAR):
            if wanted.evaluate(IS_FOCUSED):
                assert wanted.evaluate(IS_SEEN), f"no visible focus on {wanted}"
                return
            self.press("Tab")
        raise AssertionError(f"Tab does not reach {wanted}")

    def press(self, *keys: str) -> None:
        for key in keys:
            self.visitor.page.keyboard.press(key)

    def enter(self, wanted: Locator) -> None:
        self.to(wanted)
        self.press("Enter")

    def type(self, wanted: Locator, text: str) -> None:
        self.to(wanted)
        self.visitor.page.keyboard.type(text)

    def choose(self, group: Locator, wanted: Locator) -> None:
        """Choose one of a group of radio buttons: Tab to the group, then arrows."""
        first = group.get_by_role("radio").and_(group.locator(":checked"))
        self.to(first if first.count() else group.get_by_role("radio").first)
        if not wanted.is_checked():
            self.press("Space")
        for _ in range(group.get_by_role("radio").count()):
            if wanted.is_checked():
                return
            self.press("ArrowDown")
        expect(wanted).to_be_checked()

    def pick(self, select: Locator, beginning: str) -> None:
        """Choose from a list by typing what its text begins with."""
        self.to(select)
        self.visitor.page.keyboard.type(beginning)
        expect(select.locator("option:checked")).to_contain_text(beginning)


def test_the_whole_set_up_takes_no_mouse(crowd: Crowd, tenant: str) -> None:
    assert tenant
    visitor = crowd.come(OWNER, "en", "/new")
    keys, setup = Keys(visitor), SetUp(visitor)
    keys.type(visitor.field("setup.new.name"), "By keys alone")
    keys.press("Enter")

    setup.at("connect")
    expect(visitor.page.get_by_role("heading", level=1)).to_be_focused()
    for side, label in (("setup.procore.held", "priya."), ("setup.cxalloy.held", "")):
        rows = visitor.page.get_by_role("list", name=visitor.t(side)).get_by_role("listitem")
        keys.enter(rows.filter(has_text=label).first.get_by_role("button").first)
        expect(rows.filter(has_text=label).first).to_contain_text(visitor.t("setup.credential.in_use"))
    keys.enter(visitor.button("setup.continue"))

    setup.at("company")
    companies = visitor.page.get_by_role("group", name=visitor.t("setup.company.legend"))
    keys.choose(companies, companies.get_by_role("radio", name="Northwind Builders"))
    keys.enter(visitor.button("setup.save_on"))

    setup.at("project")
    keys.type(visitor.field("setup.project.search"), KEYS.procore_name)
    procore = visitor.page.get_by_role("group", name=visitor.t("setup.project.legend.procore"))
    expect(procore.get_by_role("radio")).to_have_count(1)
    keys.choose(procore, procore.get_by_role("radio"))
    tracker = visitor.page.get_by_role("group", name=visitor.t("setup.project.legend.cxalloy"))
    keys.choose(tracker, tracker.get_by_role("radio", name=KEYS.tracker_name))
    keys.enter(visitor.button("setup.save_on"))

    setup.at("checks")
    keys.enter(visitor.button("setup.continue"))
    setup.at("approach")
    approaches = visitor.page.get_by_role("group", name=visitor.t("setup.approach.legend"))
    keys.choose(approaches, approaches.get_by_role("radio", name=visitor.t("setup.approach.sync")))
    keys.enter(visitor.button("setup.continue"))
    setup.at("maps")
    keys.pick(visitor.field("setup.maps.default_type"), "Commissioning Issue")
    keys.enter(visitor.button("setup.save_on"))
    setup.at("options")
    keys.enter(visitor.button("setup.save_on"))
    setup.at("preview")
    keys.enter(visitor.button("setup.continue"))
    setup.at("enable")
    expect(visitor.button("setup.enable.act")).not_to_have_attribute("aria-disabled", "true", timeout=AT_WORK)
    keys.enter(visitor.button("setup.enable.act"))

    visitor.settled()
    expect(visitor.page.get_by_role("heading", level=1)).to_have_text("By keys alone")


def test_a_dialog_takes_the_focus_and_escape_gives_it_back(crowd: Crowd, tenant: str) -> None:
    assert tenant
    visitor = crowd.come(OWNER, "fr", "/people")
    keys = Keys(visitor)
    keys.enter(visitor.button("people.add"))
    expect(visitor.dialog()).to_be_visible()
    for _ in range(3):
        assert visitor.dialog().evaluate("(one) => one.contains(document.activeElement)")
        keys.press("Tab")
    keys.press("Escape")

    expect(visitor.dialog()).to_have_count(0)
    expect(visitor.button("people.add")).to_be_focused()


def test_the_first_tab_leads_past_the_menus(crowd: Crowd, tenant: str) -> None:
    assert tenant
    visitor = crowd.come(OWNER, "es", "/people")
    visitor.page.reload()
    visitor.settled()
    keys = Keys(visitor)
    keys.enter(visitor.link("shell.skip"))

    expect(visitor.page.get_by_role("main")).to_be_focused()
