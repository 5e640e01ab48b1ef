"""Every page: axe in both themes, the narrow window; no secret, no error in the console, nothing asked
of another machine (the last three are asked of every visit; see `Crowd` and `Watch`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import expect
from tests.browser.crowd import OWNER, VIEWER

if TYPE_CHECKING:
    from tests.browser.crowd import Crowd
    from tests.browser.visiting import Visitor
    from tests.browser.worlds import Joined

pytestmark = pytest.mark.system

NARROW = {"width": 360, "height": 780}
GRAVE = ("serious", "critical")


@dataclass(frozen=True, slots=True)
class Place:
    """A page by its route; `{live}`, `{draft}`, `{item}` are filled in. `shown`: a picture of it is kept."""

    name: str
    path: str
    language: str = "en"
    who: str = OWNER
    shown: bool = False
    refusals: tuple[int, ...] = ()


STEPS = ("connect", "company", "project", "checks", "approach", "maps", "options", "preview", "enable")
TABS = ("log", "items", "parked", "conflicts", "deletes", "settings")
PLACES = [
    Place("sign-in", "/", "fr", who="", shown=True),
    Place("invitation", "/invitation/unknown-token", "es", who="", shown=True, refusals=(404,)),
    Place("connections", "/", shown=True),
    Place("people", "/people", "fr", shown=True),
    Place("authorizations", "/authorizations", "es", shown=True),
    Place("not-found", "/nowhere", "es"),
    Place("new", "/new", "fr"),
    *(
        Place(
            f"setup-{step}", f"/connections/{{draft}}/setup/{step}", ("en", "es", "fr")[place % 3], shown=True
        )
        for place, step in enumerate(STEPS)
    ),
    Place("overview", "/connections/{live}", "es", shown=True),
    *(
        Place(tab, f"/connections/{{live}}/{tab}", ("en", "es", "fr")[place % 3], shown=True)
        for place, tab in enumerate(TABS)
    ),
    Place("item", "/connections/{live}/items/{item}", shown=True),
    Place("settings-checks", "/connections/{live}/settings/checks", "es"),
    Place("settings-transfer", "/connections/{live}/settings/transfer", "fr"),
    Place("viewers-overview", "/connections/{live}", "fr", who=VIEWER),
    Place("viewers-settings", "/connections/{live}/settings", "es", who=VIEWER),
]


def grave(visitor: Visitor) -> list[str]:
    """What axe finds on the page as it stands, serious and critical only."""
    told: dict[str, Any] = Axe().run(visitor.page).response
    return [
        f"{one['impact']}: {one['id']}: {node['target']} {node['failureSummary']}"
        for one in told["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"][:3]
    ]


GROUND = "getComputedStyle(document.documentElement).backgroundColor"


def in_both_themes(visitor: Visitor) -> list[str]:
    found, grounds = [], set()
    for theme in ("dark", "light"):
        visitor.page.emulate_media(color_scheme=theme, reduced_motion="reduce")
        grounds.add(visitor.page.evaluate(GROUND))
        found += [f"{theme}: {one}" for one in grave(visitor)]
    assert len(grounds) == 2
    return found


@pytest.mark.parametrize("place", PLACES, ids=lambda place: place.name)
def test_a_page_is_accessible_in_both_themes_and_fits_a_narrow_window(
    place: Place, crowd: Crowd, live: Joined, chosen: Joined
) -> None:
    item = live.item(live.pair.issues[0])["id"]
    path = place.path.format(live=live.id, draft=chosen.id, item=item)
    visitor = crowd.come(place.who, place.language, path, place.refusals)
    visitor.page.emulate_media(reduced_motion="reduce")
    if place.shown:
        visitor.screenshot(place.name)

    assert in_both_themes(visitor) == []
    assert visitor.page.locator("h1").count() == 1
    visitor.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    if place.shown:
        visitor.page.emulate_media(color_scheme="dark")
        visitor.screenshot(f"{place.name}-narrow-dark")
    assert visitor.scrolls_sideways() == []


@pytest.mark.parametrize(
    ("path", "button", "language"),
    [
        ("/connections/{live}", "connection.disable.act", "es"),
        ("/connections/{live}/items", "connection.link", "fr"),
        ("/authorizations", "key.title", "en"),
        ("/authorizations", "service.act", "es"),
        ("/authorizations", "invite.open", "fr"),
    ],
    ids=["disable", "link", "key", "service-account", "invite"],
)
def test_a_dialog_is_accessible_in_both_themes_and_fits_a_narrow_window(
    crowd: Crowd, live: Joined, path: str, button: str, language: str
) -> None:
    visitor = crowd.come(OWNER, language, path.format(live=live.id))
    visitor.button(button).click()
    expect(visitor.dialog()).to_be_visible()

    assert in_both_themes(visitor) == []
    visitor.page.set_viewport_size(NARROW)  # type: ignore[arg-type]
    assert visitor.scrolls_sideways() == []
    assert visitor.dialog().evaluate("(one) => one.scrollWidth <= one.clientWidth")
