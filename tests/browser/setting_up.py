"""The set-up in steps, as a person goes through it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import expect
from tests.browser.visiting import AT_WORK

if TYPE_CHECKING:
    from collections.abc import Mapping

    from playwright.sync_api import Locator, Page
    from tests.browser.visiting import Visitor
    from tests.browser.worlds import Pair

PRIYA, MARCUS = "Priya Raman", "Marcus Lindqvist"


def choose_at_procore(page: Page, person: str = "") -> None:
    """On Procore's sign-in page: be a person, or nobody, who denies."""
    page.get_by_role("button", name=f"Sign in as {person}" if person else "Deny access", exact=True).click()


@dataclass(frozen=True, slots=True)
class SetUp:
    """One visitor in the set-up of one connection."""

    visitor: Visitor

    def at(self, step: str) -> Visitor:
        """The page of a step stands, and the list of steps says so."""
        self.visitor.title(f"setup.step.{step}")
        current = self.visitor.page.get_by_role("navigation", name=self.visitor.t("setup.steps"))
        expect(current.locator("[aria-current=step]")).to_contain_text(
            self.visitor.t(f"setup.step_name.{step}")
        )
        return self.visitor.settled()

    def begin(self, name: str) -> None:
        self.visitor.title("setup.new.title")
        self.visitor.field("setup.new.name").fill(name)
        self.visitor.button("setup.new.start").click()

    def sign_in_at_procore(self, button: Locator, person: str = PRIYA) -> Page:
        """Procore opens in a new tab; returns that tab, which ends on our page of how it went."""
        with self.visitor.page.expect_popup() as opened:
            button.click()
        tab = opened.value
        tab.wait_for_load_state()
        choose_at_procore(tab, person)
        tab.wait_for_url("**/oauth/result*")
        return tab

    def connect_procore(self, person: str = PRIYA) -> None:
        """Sign in at Procore; this page goes on by itself."""
        self.sign_in_at_procore(self.visitor.button("procore.connect"), person).close()
        self.visitor.sees(self.visitor.t("setup.credential.in_use"))

    def give_key(self, host: str, secret: str = "not-a-secret") -> None:
        given = {"host": host, "identifier": "test-key", "secret": secret}
        for name, value in given.items():
            self.visitor.field(f"key.{name}").fill(value)
        self.visitor.button("key.add").click()

    def both_in_use(self) -> None:
        expect(self.visitor.page.get_by_text(self.visitor.t("setup.credential.in_use"))).to_have_count(2)

    def choose_company(self, name: str = "Northwind Builders") -> None:
        self.visitor.page.get_by_role("radio", name=name).check()
        self.go_on("setup.save_on")

    def choose_projects(self, pair: Pair) -> None:
        self.visitor.field("setup.project.search").fill(pair.procore_name)
        for side, name in (("procore", pair.procore_name), ("cxalloy", pair.tracker_name)):
            group = self.visitor.page.get_by_role(
                "group", name=self.visitor.t(f"setup.project.legend.{side}")
            )
            group.get_by_role("radio", name=name).check()
        self.go_on("setup.save_on")

    def go_on(self, key: str = "setup.continue") -> None:
        self.visitor.button(key).click()

    def map_all(self, kind: str = "Commissioning Issue") -> None:
        """The default type, and every map filled by equal names."""
        types = self.visitor.field("setup.maps.default_type")
        types.select_option(value=_value(types, kind))
        for button in self.visitor.button("setup.maps.fill").all():
            button.click()

    def map_row(self, direction: str, rows: Mapping[str, str]) -> None:
        """Choose the other side's value for some of one side's."""
        for value, target in rows.items():
            row = self.visitor.field(f"setup.maps.row.{direction}", value=value)
            row.select_option(value=_value(row, target))

    def see_preview(self) -> None:
        """Ask for a preview and wait until it is there."""
        self.visitor.button("setup.preview.ask").click()
        expect(self.visitor.page.locator("[data-total=calls]")).to_be_visible(timeout=AT_WORK)

    def approve_preview(self) -> None:
        """Approve exactly what is shown, and wait until that is done."""
        self.visitor.button("setup.approve.act").click()
        self.visitor.button("setup.approve.act", within=self.visitor.dialog()).click()
        expect(self.visitor.page.get_by_text(self.visitor.t("setup.approve.done"))).to_be_visible(
            timeout=AT_WORK
        )


def _value(select: Locator, label: str) -> str:
    """The value of the option whose text begins so: Procore's types carry their category behind."""
    options = select.get_by_role("option")
    texts = options.all_inner_texts()
    place = next(place for place, text in enumerate(texts) if text.startswith(label))
    return options.nth(place).get_attribute("value") or ""
