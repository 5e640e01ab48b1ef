"""The first visit: what it weighs, who gets in, in which language and theme, and what a reload keeps."""

from __future__ import annotations

import gzip
import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.crowd import LANGUAGES, OWNER, PASSWORD

if TYPE_CHECKING:
    from playwright.sync_api import Response, Route
    from tests.browser.crowd import Crowd

pytestmark = pytest.mark.system

MOST = 150_000  # bytes of the first page, packed as a gateway packs them


def test_the_first_page_weighs_under_150_kb_packed(crowd: Crowd) -> None:
    visitor = crowd.come()
    fetched: list[Response] = []
    visitor.page.on("response", lambda one: fetched.append(one))  # noqa: PLW0108 - Playwright marks what it calls
    visitor.page.context.clear_cookies()
    session = visitor.page.context.new_cdp_session(visitor.page)
    session.send("Network.setCacheDisabled", {"cacheDisabled": True})
    visitor.page.reload()
    visitor.settled()

    sizes = {one.url: len(gzip.compress(one.body())) for one in fetched if one.status == 200}
    assert any(url.endswith("/app.js") for url in sizes)
    assert sum(sizes.values()) < MOST


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_console_speaks_the_browsers_language(crowd: Crowd, language: str) -> None:
    visitor = crowd.come(language=language)

    expect(visitor.page.locator("html")).to_have_attribute("lang", language)
    said = {"en": "Sign in", "es": "Iniciar sesión", "fr": "Se connecter"}
    expect(visitor.page.get_by_role("button", name=said[language], exact=True)).to_be_visible()


def test_a_chosen_language_and_theme_outlast_a_reload(crowd: Crowd) -> None:
    visitor = crowd.come(language="en")
    visitor.choose_language("Français", crowd.words["fr"])
    visitor.choose_theme("dark")
    visitor.page.reload()
    visitor.settled()

    root = visitor.page.locator("html")
    expect(root).to_have_attribute("lang", "fr")
    expect(root).to_have_attribute("data-theme", "dark")
    ground = "getComputedStyle(document.documentElement).backgroundColor"
    dark = visitor.page.evaluate(ground)
    visitor.choose_theme("light")
    expect(root).to_have_attribute("data-theme", "light")
    assert visitor.page.evaluate(ground) != dark


def test_a_wrong_password_is_refused_in_words_and_keeps_the_person_out(crowd: Crowd) -> None:
    visitor = crowd.come(language="es", refusals=[401])
    visitor.field("signIn.email").fill(OWNER)
    visitor.field("signIn.password").fill("Not-the-password-1")
    visitor.button("signIn.act").click()

    expect(visitor.page.get_by_role("alert").filter(has_text=re.compile(r"\w"))).to_be_visible()
    expect(visitor.field("signIn.password")).to_be_visible()


def test_a_sign_out_ends_the_session_at_the_server_before_the_page_shows_it(
    crowd: Crowd, tenant: str
) -> None:
    assert tenant
    visitor = crowd.come()
    visitor.sign_in(OWNER, PASSWORD)
    shown: list[bool] = []

    def late(route: Route) -> None:
        if route.request.method == "DELETE":
            visitor.page.wait_for_timeout(300)
            shown.append(visitor.field("signIn.password").is_visible())
        route.continue_()

    visitor.page.route("**/session", late)
    visitor.button("shell.menu").click()
    visitor.button("shell.signOut").click()
    expect(visitor.field("signIn.password")).to_be_visible()
    assert shown == [False]


def test_a_reload_stays_signed_in_and_after_signing_out_none_does(crowd: Crowd, tenant: str) -> None:
    assert tenant
    visitor = crowd.come()
    visitor.sign_in(OWNER, PASSWORD)
    cookies = {one["name"]: one for one in visitor.page.context.cookies()}
    kept = cookies["__Host-plumbline_session"]
    assert (kept["httpOnly"], kept["secure"], kept["sameSite"], kept["path"]) == (True, True, "Strict", "/")
    visitor.page.reload()
    visitor.settled()
    visitor.title("connections.title")

    visitor.button("shell.menu").click()
    visitor.button("shell.signOut").click()
    expect(visitor.field("signIn.password")).to_be_visible()
    visitor.page.reload()
    expect(visitor.field("signIn.password")).to_be_visible()
    assert "__Host-plumbline_session" not in {one["name"] for one in visitor.page.context.cookies()}
