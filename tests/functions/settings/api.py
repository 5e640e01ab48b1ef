"""The settings API as its users see it: requests go to the real handler, answers come back read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import requests
from tests.functions.events import Context, api_event

from plumbline import wiring
from plumbline.connections.sign_in import COOKIE
from plumbline.connections.sign_in_return import SignInReturn
from plumbline.procore.sign_in import whose

if TYPE_CHECKING:
    from plumbline.issues.hints import Hint
    from plumbline.stores.memory import (
        MemoryActivityLog,
        MemoryAuthorizations,
        MemoryConnections,
        MemoryCursors,
        MemoryLinks,
        MemoryMembers,
        MemorySnapshots,
        MemoryWork,
    )
    from sandbox.cxalloy import CxAlloySandbox
    from sandbox.procore import ProcoreSandbox

PUBLIC = "http://api.localhost:4566/v1"


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer: its status, headers with lower-case names, text, and JSON where it is JSON."""

    status: int
    headers: dict[str, str]
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)

    @property
    def error(self) -> Any:
        return self.json["error"]


@dataclass(frozen=True, slots=True)
class Stores:
    """The memory twins behind the API."""

    members: MemoryMembers
    authorizations: MemoryAuthorizations
    connections: MemoryConnections
    links: MemoryLinks
    cursors: MemoryCursors
    activity: MemoryActivityLog
    snapshots: MemorySnapshots
    work: MemoryWork


@dataclass(slots=True)
class Api:
    """The handler, its stores, the two sandboxes, and what it sent to queue and poller."""

    handler: Any
    stores: Stores
    procore: ProcoreSandbox
    procore_origin: str
    cxalloy: CxAlloySandbox
    cxalloy_origin: str
    hints: list[tuple[str, str, str]] = field(default_factory=list)
    sync_hints: list[Hint] = field(default_factory=list)
    jobs: list[dict[str, Any]] = field(default_factory=list)
    polls: list[str] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    """Every answer's headers and text, so that a test can look for what must never be there."""

    def call(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        who: str | None = "olga",
        query: dict[str, str] | None = None,
        raw_body: str | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        claims = {"sub": who, "username": who} if who else None
        event = api_event(method, path, body, claims=claims, query=query, raw_body=raw_body, headers=headers)
        answer = self.handler(event, Context())
        many = {name: values[-1] for name, values in (answer.get("multiValueHeaders") or {}).items()}
        shown = {
            name.lower(): str(value) for name, value in {**many, **(answer.get("headers") or {})}.items()
        }
        self.seen.append(f"{shown} {answer.get('body')}")
        return Answer(answer["statusCode"], shown, answer.get("body") or "")

    def good(self, method: str, path: str, body: object = None, **more: Any) -> Any:
        """Make a call that must succeed; returns its JSON."""
        answer = self.call(method, path, body, **more)
        assert answer.status in {200, 201, 202, 204}, answer.text
        return answer.json if answer.text else None

    def tenant(self, name: str = "Northwind Cx", who: str = "olga") -> str:
        """Make a tenant; returns its id."""
        return str(self.good("POST", "/tenants", {"name": name}, who=who)["id"])

    def member(self, tenant: str, who: str, role: str) -> str:
        """Give a person a role."""
        self.good("PUT", f"/tenants/{tenant}/members/{who}", {"role": role, "email": f"{who}@example.test"})
        return who

    def sign_in(self, begun: Answer, person: int) -> str:
        """Choose a person on Procore's page and come back; returns the outcome."""
        assert begun.status == 201, begun.text
        there = urlsplit(begun.json["authorize_url"])
        decide = f"{self.procore_origin}/oauth/authorize/decide?{there.query}&person={person}"
        back = requests.get(decide, allow_redirects=False, timeout=5).headers["Location"]
        query = {name: values[0] for name, values in parse_qs(urlsplit(back).query).items()}
        cookie = begun.headers["set-cookie"].partition(";")[0].removeprefix(f"{COOKIE}=")
        return SignInReturn(
            self.stores.authorizations,
            wiring.oauth_client(),
            wiring.token_keeper(),
            whose=lambda access: whose(wiring.hosts(), wiring.session(), access, now=wiring.now()),
            redirect_uri=f"{PUBLIC}/oauth/callback",
            now=wiring.now,
        ).receive(query, cookie)

    def connect_procore(self, tenant: str, person: int, who: str = "olga") -> str:
        """Connect as a person; returns the authorization's id."""
        before = {one.id for one in self.stores.authorizations.of_tenant(tenant)}
        begun = self.call("POST", f"/tenants/{tenant}/authorizations/procore", {}, who=who)
        assert self.sign_in(begun, person) == "connected"
        return next(one.id for one in self.stores.authorizations.of_tenant(tenant) if one.id not in before)

    def add_key(self, tenant: str, identifier: str = "demo-key", who: str = "olga") -> str:
        """Give a CxAlloy key; returns the authorization's id."""
        body = {"host": self.cxalloy_origin, "identifier": identifier, "secret": CXALLOY_SECRET}
        return str(self.good("POST", f"/tenants/{tenant}/authorizations/cxalloy", body, who=who)["id"])


CXALLOY_SECRET = "canary-of-the-cxalloy-key"
APP_SECRET = "canary-of-the-procore-app"
