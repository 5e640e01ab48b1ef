"""A small client of the deployed settings API, as a person's browser would use it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import requests

from sandbox.stack import deploy
from sandbox.stack.settings import Trouble

if TYPE_CHECKING:
    from sandbox.stack.settings import Settings


class Api:
    """Calls the API at its public address. Names under `.localhost` are reached by their Host header."""

    def __init__(self, settings: Settings, address: str) -> None:
        parts = urlsplit(address)
        self.address = address
        self.origin = f"{parts.scheme}://{parts.netloc}"
        self._base = f"{settings.aws}{parts.path}"
        self._host = parts.netloc
        self._session = requests.Session()
        self._session.trust_env = False
        self.token = self.email = self.sub = ""

    def call(self, method: str, path: str, json: Any = None, **more: Any) -> requests.Response:
        """One call; any status."""
        headers = {"Host": self._host, **more.pop("headers", {})}
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        return self._session.request(
            method,
            f"{self._base}{path}",
            json=json,
            headers=headers,
            timeout=60,
            allow_redirects=False,
            **more,
        )

    def ask(self, method: str, path: str, json: Any = None, **more: Any) -> Any:
        """One call that must succeed; returns its JSON."""
        response = self.call(method, path, json, **more)
        if not response.ok:
            raise Trouble(f"{method} {path} answered {response.status_code}: {response.text[:1500]}")
        return response.json() if response.content else None

    def sign_in(self, settings: Settings, outputs: dict[str, str], email: str, password: str) -> None:
        """Make the person if need be and sign in as the console's page does; keeps the access token."""
        people = deploy.client(settings, "cognito-idp")
        pool = outputs["UserPoolId"]
        try:
            people.admin_create_user(
                UserPoolId=pool,
                Username=email,
                TemporaryPassword=password,
                MessageAction="SUPPRESS",
                UserAttributes=[
                    {"Name": "email", "Value": email},
                    {"Name": "email_verified", "Value": "true"},
                ],
            )
        except people.exceptions.UsernameExistsException:
            pass  # from an earlier demo
        people.admin_set_user_password(UserPoolId=pool, Username=email, Password=password, Permanent=True)
        given = {"email": email, "password": password}
        self.token = self.ask("POST", "/session", given, headers={"Origin": self.origin})["access_token"]
        self.email = email
        known = people.admin_get_user(UserPoolId=pool, Username=email)["UserAttributes"]
        self.sub = next(one["Value"] for one in known if one["Name"] == "sub")
