"""A Chromium, the deployed stack that it visits, and people who are signed in.

`BROWSER_STACK=1` visits the stack that stands already (`make up` with the same settings), starting from empty
sandboxes; otherwise a stack of its own is deployed and taken down again.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
import requests
from playwright.sync_api import Browser, sync_playwright
from tests.browser import chromium, worlds
from tests.browser.crowd import LANGUAGES, OWNER, PASSWORD, VIEWER, Crowd, Rooms
from tests.system.conftest import Stack, new_tenant, standing

from sandbox.demo import connecting
from sandbox.demo.api import Api
from sandbox.stack import deploy
from sandbox.stack.settings import ROOT, read

if TYPE_CHECKING:
    from collections.abc import Iterator


WORDS = ("common", "setup", "connection")
LOOPBACK = ("EXCLUDE 127.0.0.1", "EXCLUDE localhost", "EXCLUDE *.localhost")
FAILED: pytest.StashKey[bool] = pytest.StashKey()


# ---- The stack


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    (ROOT / "build/screens").mkdir(parents=True, exist_ok=True)
    if os.environ.get("BROWSER_STACK"):
        yield _standing_already()
        return
    with standing(tmp_path_factory.mktemp("stack"), worlds.account()) as one:
        yield one


def _standing_already() -> Stack:
    settings = read()
    outputs = deploy.outputs(settings)
    for sandbox in (settings.procore_api, settings.cxalloy_host):
        requests.post(f"{sandbox}/_sandbox/reset", timeout=30).raise_for_status()
    stack = Stack(settings, outputs, Api(settings, outputs["Address"]))
    people = deploy.client(settings, "cognito-idp")
    for person in people.list_users(UserPoolId=outputs["UserPoolId"])["Users"]:
        api = Api(settings, outputs["Address"])
        email = next(one["Value"] for one in person["Attributes"] if one["Name"] == "email")
        api.sign_in(settings, outputs, email, PASSWORD)
        connecting.clear(api)
        people.admin_delete_user(UserPoolId=outputs["UserPoolId"], Username=email)
    stack.api.sign_in(settings, outputs, OWNER, PASSWORD)
    return stack


@pytest.fixture(scope="session")
def tenant(stack: Stack) -> str:
    """A tenant with a Procore person, a CxAlloy key and a viewer."""
    stack.api.sign_in(stack.settings, stack.outputs, OWNER, PASSWORD)
    made = new_tenant(stack)
    person = Api(stack.settings, stack.outputs["Address"])
    person.sign_in(stack.settings, stack.outputs, VIEWER, PASSWORD)
    found = deploy.client(stack.settings, "cognito-idp").admin_get_user(
        UserPoolId=stack.outputs["UserPoolId"], Username=VIEWER
    )
    sub = next(one["Value"] for one in found["UserAttributes"] if one["Name"] == "sub")
    stack.api.ask("PUT", f"/tenants/{made}/members/{sub}", {"role": "viewer", "email": VIEWER})
    return made


@pytest.fixture(scope="session")
def live(stack: Stack, tenant: str) -> worlds.Joined:
    """A connection at work: carried over, with a conflict, an undo, a parked item and deletions that wait."""
    asked = worlds.settings(
        brake_count=1, brake_percent=5, observation_deleted="delete_issue", rules={"description": "ask"}
    )
    made = worlds.draft(stack, tenant, worlds.LIVE, "Laboratory in sync", settings=asked)
    return worlds.lived_in(worlds.enabled(made))


@pytest.fixture(scope="session")
def chosen(stack: Stack, tenant: str) -> worlds.Joined:
    """A draft with everything chosen, never enabled."""
    return worlds.draft(stack, tenant, worlds.DRAFT, "Tower, not enabled yet")


# ---- The browser


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = chromium.find()
    assert program, chromium.WHAT_TO_DO
    with sync_playwright() as playwright:
        one = playwright.chromium.launch(
            executable_path=program,
            # a real browser blocks a tab that no click asked for; Playwright's default does not
            ignore_default_args=["--disable-popup-blocking"],
            args=[
                f"--host-resolver-rules=MAP * ~NOTFOUND, {', '.join(LOOPBACK)}",
                *(["--no-sandbox"] if os.geteuid() == 0 else []),
            ],
        )
        yield one
        one.close()


@pytest.fixture(scope="session")
def words(browser: Browser, stack: Stack) -> dict[str, dict[str, Any]]:
    """The words of the site in each language, as a browser reads them."""
    page = browser.new_page()
    page.goto(stack.outputs["Console"])
    found = {
        one: page.evaluate(READ_WORDS, [f"words/{one}/{name}.js" for name in WORDS]) for one in LANGUAGES
    }
    page.close()
    return found


READ_WORDS = """async (names) => Object.assign({}, ...await Promise.all(names.map(
    async (name) => (await import(new URL(name, document.baseURI).href)).default)))"""


@pytest.fixture(scope="session")
def rooms() -> Rooms:
    return {}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Any:
    report = yield
    if report.when == "call" and report.failed:
        item.stash[FAILED] = True
    return report


def _keep_pictures(crowd: Crowd, item: pytest.Item) -> None:
    """What the tabs of a failed test showed."""
    if not item.stash.get(FAILED, False):
        return
    for place, (visitor, _) in enumerate(crowd.visitors):
        if not visitor.page.is_closed():
            visitor.screenshot(f"failed-{item.name}-{place}")


@pytest.fixture
def crowd(
    browser: Browser,
    stack: Stack,
    words: dict[str, dict[str, Any]],
    rooms: Rooms,
    request: pytest.FixtureRequest,
) -> Iterator[Crowd]:
    """People at the console; nothing may have gone wrong in any of their tabs when the test ends."""
    one = Crowd(browser, stack.outputs["Console"], words, rooms)
    yield one
    _keep_pictures(one, request.node)
    leaked = [leak for visitor, _ in one.visitors if not visitor.page.is_closed() for leak in visitor.leaks()]
    assert one.leave() == []
    assert leaked == []
