"""One tab of Chromium on the console, by what a person sees: roles, names and words. And what must never
happen on any page: see `Watch`."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from playwright.sync_api import BrowserContext, ConsoleMessage, Locator, Page, Request, Response

PATIENCE = 30_000  # milliseconds; a machine at work on other things still passes
TICK, CALM = 50, 100  # milliseconds between looks, and without a request: then a page has settled
AT_WORK = 180_000  # what the functions do by themselves, one sweep after another
expect.set_options(timeout=PATIENCE)

# What no page, no storage and no address may hold. A JWT is Cognito's; the others are the sandboxes'.
SECRETS = re.compile(
    r"eyJ[\w-]{10,}\.[\w-]{10,}|sandbox-(?:access|refresh|code)|not-a-secret|Bearer |Browser-test-\d"
)
_HELD = """() => JSON.stringify([
    document.documentElement.outerHTML,
    [...document.querySelectorAll("input, textarea")].map((one) => one.value),
    {...localStorage}, {...sessionStorage}, document.cookie, location.href, history.state, window.name,
])"""
_DATABASES = "async () => (await indexedDB.databases()).map((one) => one.name)"
TELL_VIOLATIONS = """document.addEventListener("securitypolicyviolation", (event) => console.error(
    `policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`))"""


def on_loopback(address: str) -> bool:
    parts = urlsplit(address)
    if parts.scheme in ("data", "blob", "about"):
        return True
    host = parts.hostname or ""
    return host in ("127.0.0.1", "localhost") or host.endswith(".localhost")


@dataclass
class Watch:
    """What went wrong in a context, sentence by sentence; `refusals` are statuses that a test provokes."""

    home: str
    problems: list[str] = field(default_factory=list)
    refusals: set[int] = field(default_factory=set)
    open_requests: set[Request] = field(default_factory=set)

    def over(self, context: BrowserContext) -> None:
        context.add_init_script(TELL_VIOLATIONS)
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("requestfinished", self._ended)
        context.on("requestfailed", self._ended)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.problems.append(f"uncaught: {error.error}"))

    def _request(self, request: Request) -> None:
        self.open_requests.add(request)
        if not on_loopback(request.url):
            self.problems.append(f"left the machine: {request.url}")
        if SECRETS.search(request.url) and self._ours(request.url) and "/oauth/callback" not in request.url:
            self.problems.append(f"a secret in an address: {request.url}")

    def _ended(self, request: Request) -> None:
        self.open_requests.discard(request)

    def _response(self, response: Response) -> None:
        if self._ours(response.url) and response.status >= 400 and response.status not in self.refusals:
            self.problems.append(f"{response.status} for {response.request.method} {response.url}")

    def _console(self, message: ConsoleMessage) -> None:
        where = message.location.get("url", "")
        # the browser's own line about an answer of 400 and above: _response judges those
        answered = message.text.startswith("Failed to load resource")
        if message.type in ("error", "warning") and self._ours(where or self.home) and not answered:
            self.problems.append(f"{message.type} in the console: {message.text} ({where})")

    def _ours(self, address: str) -> bool:
        return urlsplit(address).netloc == urlsplit(self.home).netloc


@dataclass
class Visitor:
    """A person at a tab. `words` are those of the site in one language, by key."""

    page: Page
    home: str
    words: Mapping[str, Any]
    watch: Watch

    # ---- Words

    def t(self, key: str, **values: Any) -> str:
        """The text of a key, as the console would write it."""
        found = self.words[key]
        text = found if isinstance(found, str) else found["one" if values.get("n") == 1 else "other"]
        return re.sub(r"\{(\w+)\}", lambda name: str(values.get(name[1], name[0])), text)

    def pattern(self, key: str) -> re.Pattern[str]:
        """The text of a key with anything in its gaps."""
        found = self.words[key]
        forms = [found] if isinstance(found, str) else list(found.values())
        parts = ["(?:.*)".join(re.escape(part) for part in re.split(r"\{\w+\}", form)) for form in forms]
        return re.compile("|".join(parts))

    # ---- Going and seeing

    def open(self, path: str = "/") -> Visitor:
        """Go to a route of the console and wait until it is drawn."""
        self.page.goto(f"{self.home}#{path}")
        return self.settled()

    def settled(self) -> Visitor:
        """Wait until the page has its title and nothing is asked for, or on its way, any more."""
        expect(self.page.locator("h1")).to_be_visible()
        expect(self.page.locator("p.spinner")).to_have_count(0)
        expect(self.page.locator("main [aria-busy=true]")).to_have_count(0)
        quiet = 0
        while quiet < CALM:
            self.page.wait_for_timeout(TICK)
            mine = any(one.frame.page == self.page for one in self.watch.open_requests)
            quiet = 0 if mine else quiet + TICK
        return self

    def title(self, key: str, **values: Any) -> None:
        """The page's one h1 reads so."""
        expect(self.page.get_by_role("heading", level=1)).to_have_text(self.t(key, **values))

    def sees(self, text: str | re.Pattern[str], *, within: Locator | None = None) -> None:
        expect((within or self.page).get_by_text(text).first).to_be_visible()

    # ---- Doing

    def button(self, key: str, *, within: Locator | None = None, **values: Any) -> Locator:
        return (within or self.page).get_by_role("button", name=self.t(key, **values), exact=True)

    def link(self, key: str, *, within: Locator | None = None, **values: Any) -> Locator:
        return (within or self.page).get_by_role("link", name=self.t(key, **values), exact=True)

    def field(self, key: str, *, within: Locator | None = None, **values: Any) -> Locator:
        return (within or self.page).get_by_label(self.t(key, **values), exact=True)

    def dialog(self) -> Locator:
        return self.page.get_by_role("dialog")

    def sign_in(self, email: str, password: str) -> None:
        self.field("signIn.email").fill(email)
        self.field("signIn.password").fill(password)
        self.button("signIn.act").click()
        expect(self.field("signIn.password")).to_have_count(0)
        self.settled()

    def choose_language(self, name: str, words: Mapping[str, Any]) -> None:
        """Choose another language in the person's menu or at the gate."""
        menu = self.button("shell.menu")
        if menu.is_visible():
            menu.click()
        self.field("shell.language").select_option(label=name)
        self.words = words
        expect(self.field("shell.language")).to_be_visible()

    def choose_theme(self, theme: str) -> None:
        """Choose "light", "dark" or "system" in the person's menu or at the gate."""
        menu = self.button("shell.menu")
        if menu.is_visible() and menu.get_attribute("aria-expanded") == "false":
            menu.click()
        self.page.get_by_role("radio", name=self.t(f"theme.{theme}")).check(force=True)

    # ---- What must hold anywhere

    def leaks(self, but: Iterable[str] = ()) -> list[str]:
        """Secrets in the page, its fields, storages and address; `but` are those that it is there to show."""
        held = self.page.evaluate(_HELD)
        for known in but:
            held = held.replace(known, "")
        found = [f"{hit[0][:24]}… at {self.page.url}" for hit in SECRETS.finditer(held)]
        return found + [f"a database: {name}" for name in self.page.evaluate(_DATABASES)]

    def scrolls_sideways(self) -> list[str]:
        """What is wider than the window, where the page can be scrolled sideways."""
        found: list[str] = self.page.evaluate(_WIDE)
        return found

    def screenshot(self, name: str) -> None:
        self.page.screenshot(path=f"{SCREENS}/{name}.png", full_page=True)


_WIDE = """() => {
    const root = document.documentElement;
    if (root.scrollWidth <= root.clientWidth) return [];
    const wide = [...document.querySelectorAll("body *")]
        .filter((one) => one.getBoundingClientRect().right > root.clientWidth + 0.5);
    return [`scrolls to ${root.scrollWidth}`, ...wide.slice(-4).map((one) => one.outerHTML.slice(0, 160))];
}"""
SCREENS = "build/screens"
