"""The console's function as a browser reaches it, with a stand-in for Cognito's user pool."""

from __future__ import annotations

import base64
import json
from dataclasses import dataclass, field
from typing import Any

from botocore.exceptions import ClientError
from tests.functions.events import Context, api_event

ORIGIN = "https://api.example.test"
PUBLIC = f"{ORIGIN}/v1"
EMAIL = "olga@example.test"
PASSWORD = "canary-of-a-password"
ACCESS = "canary-of-an-access-token"
REFRESH = "canary-of-a-refresh-token"
SESSION = "canary-of-a-challenge-session"
SUB = "3f0c7a52-0000-4000-8000-000000000001"


def id_token(email: str = EMAIL) -> str:
    """An identity token as far as anyone reads it."""
    claims = base64.urlsafe_b64encode(json.dumps({"email": email}).encode()).decode().rstrip("=")
    return f"head.{claims}.signature"


def tokens(**more: Any) -> dict[str, Any]:
    """What Cognito answers to a sign-in that worked."""
    result = {"AccessToken": ACCESS, "ExpiresIn": 3600, "IdToken": id_token(), "TokenType": "Bearer"}
    return {"AuthenticationResult": {**result, **more}}


def challenge(name: str) -> dict[str, Any]:
    """What Cognito answers when it wants to know more."""
    return {"ChallengeName": name, "Session": SESSION, "ChallengeParameters": {"USER_ID_FOR_SRP": SUB}}


def refusal(code: str) -> ClientError:
    """An error of Cognito's, whose words quote what must not be repeated."""
    return ClientError({"Error": {"Code": code, "Message": f"{PASSWORD} {REFRESH}"}}, "InitiateAuth")


@dataclass
class Cognito:
    """Answers what it was told to, in turn, and remembers how it was asked."""

    answers: list[Any] = field(default_factory=list)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def initiate_auth(self, **given: Any) -> Any:
        return self._answer("initiate_auth", given)

    def respond_to_auth_challenge(self, **given: Any) -> Any:
        return self._answer("respond_to_auth_challenge", given)

    def revoke_token(self, **given: Any) -> Any:
        return self._answer("revoke_token", given)

    def _answer(self, name: str, given: dict[str, Any]) -> Any:
        self.asked.append((name, given))
        answer = self.answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer


@dataclass
class Desk:
    """The handler, and what was answered."""

    handler: Any
    cognito: Cognito
    seen: list[str] = field(default_factory=list)

    def get(self, path: str, **headers: str) -> dict[str, Any]:
        """Open an address below the console."""
        event = api_event(
            "GET", f"/console{path}", headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        proxy = path.removeprefix("/")
        route = {"resource": "/console/{proxy+}" if proxy else "/console"}
        return self._call({**event, **route, "pathParameters": {"proxy": proxy} if proxy else None})

    def session(
        self,
        method: str,
        body: object = None,
        *,
        origin: str | None = ORIGIN,
        cookie: str = "",
        headers: dict[str, str] | None = None,
        **more: Any,
    ) -> dict[str, Any]:
        """Call `/session` as the console's page does."""
        sent = {"Origin": origin} if origin is not None else {}
        sent |= {"Cookie": cookie} if cookie else {}
        event = api_event(method, "/session", body, headers={**sent, **(headers or {})}, **more)
        return self._call({**event, "resource": "/session", "pathParameters": None})

    def _call(self, event: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self.handler(event, Context())
        self.seen.append(f"{answer}")
        return answer


def error_of(answer: dict[str, Any]) -> Any:
    """A refusal's own words."""
    return json.loads(answer["body"])["error"]
