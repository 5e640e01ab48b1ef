"""People at the console: who they are, and the tabs that they open."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tests.browser.visiting import Visitor, Watch

from sandbox.stack import deploy

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from playwright.sync_api import Browser, BrowserContext
    from tests.system.conftest import Stack

PASSWORD = "Browser-test-0123"  # pragma: allowlist secret
OWNER, VIEWER = "manager@example.com", "viewer@example.com"
LANGUAGES = ("en", "es", "fr")
PLACES = {"en": "en-US", "es": "es-MX", "fr": "fr-CA"}

Rooms = dict[str, tuple["BrowserContext", Watch]]


@dataclass
class Crowd:
    """Visitors of one test, each with a tab; a person who signed in once stays so, over all tests."""

    browser: Browser
    home: str
    words: Mapping[str, Mapping[str, Any]]
    rooms: Rooms
    visitors: list[tuple[Visitor, bool]] = field(default_factory=list)

    def room(self, who: str, language: str) -> tuple[BrowserContext, Watch]:
        """The browser of a person; a stranger's is new each time."""
        if who in self.rooms:
            return self.rooms[who]
        context = self.browser.new_context(
            locale=PLACES[language], color_scheme="light", viewport={"width": 1280, "height": 860}
        )
        watch = Watch(self.home)
        watch.over(context)
        if who:
            self.rooms[who] = (context, watch)
        return context, watch

    def come(
        self, who: str = "", language: str = "en", path: str = "/", refusals: Collection[int] = ()
    ) -> Visitor:
        """Open a tab for a person, "" for one who is not signed in; `refusals` are provoked by the test."""
        context, watch = self.room(who, language)
        watch.refusals |= set(refusals)
        page = context.new_page()
        page.add_init_script(f"localStorage.setItem('plumbline.language', '{language}')" if who else "")
        visitor = Visitor(page, self.home, self.words[language], watch)
        self.visitors.append((visitor, not who))
        visitor.open(path)
        if who and visitor.field("signIn.password").is_visible():
            visitor.sign_in(who, PASSWORD)
            visitor.open(path)
        return visitor

    def leave(self) -> list[str]:
        """Close the tabs and return what went wrong in them."""
        problems: list[str] = []
        for visitor, stranger in self.visitors:
            problems += visitor.watch.problems
            visitor.watch.problems.clear()
            visitor.watch.refusals.clear()
            visitor.page.context.close() if stranger else visitor.page.close()
        return problems


def newcomer(stack: Stack) -> str:
    """The e-mail address of somebody who was just given an account, with a password for one use."""
    email = f"newcomer-{secrets.token_hex(4)}@example.com"
    deploy.client(stack.settings, "cognito-idp").admin_create_user(
        UserPoolId=stack.outputs["UserPoolId"],
        Username=email,
        TemporaryPassword=f"{PASSWORD}-once",
        UserAttributes=[{"Name": "email", "Value": email}, {"Name": "email_verified", "Value": "true"}],
        MessageAction="SUPPRESS",
    )
    return email
