"""The calls to Procore's sign-in host: token, revoke, token info."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from plumbline.errors import EffectUnknown, Retry
from plumbline.procore import oauth, wire
from plumbline.procore.errors import decipher_oauth
from plumbline.procore.reading import Unreadable

if TYPE_CHECKING:
    from collections.abc import Callable

    import requests

    from plumbline.procore.environments import Hosts
    from plumbline.procore.oauth import AppCredentials, Tokens
    from plumbline.procore.wire import Timeout


class OAuthClient:
    """One app at one environment's sign-in host."""

    def __init__(
        self,
        hosts: Hosts,
        app: AppCredentials,
        *,
        session: requests.Session,
        now: Callable[[], float],
        timeout: Timeout = wire.TIMEOUT,
    ) -> None:
        self.hosts = hosts
        self._app = app
        self._session = session
        self._now = now
        self._timeout = timeout

    def authorize_url(self, *, redirect_uri: str, state: str) -> str:
        """Return the address of the sign-in page."""
        return oauth.authorize_url(
            self.hosts, client_id=self._app.client_id, redirect_uri=redirect_uri, state=state
        )

    def exchange(self, code: str, redirect_uri: str) -> Tokens:
        """Trade the code of a sign-in for the first pair. Raises `Reject` `grant_refused` for a used code."""
        return self._tokens(oauth.code_body(self._app, code=code, redirect_uri=redirect_uri))

    def refresh(self, refresh: str) -> Tokens:
        """Trade the refresh token for a new pair; it is dead afterwards, even when this raises."""
        return self._tokens(oauth.refresh_body(self._app, refresh))

    def client_credentials(self) -> Tokens:
        """Get a token of the app's service account."""
        return self._tokens(oauth.client_credentials_body(self._app))

    def revoke(self, token: str) -> None:
        """Make a token and its refresh token useless."""
        self._call("POST", "/oauth/revoke", json=oauth.revoke_body(self._app, token))

    def token_info(self, access: str) -> dict[str, Any]:
        """Return whose token it is: `resource_owner_id`, `expires_in_seconds`, `application.uid`."""
        data = self._json(self._call("GET", "/oauth/token/info", token=access))
        if not isinstance(data, dict):
            raise Retry("Procore's answer about the token cannot be read")
        return data

    def _tokens(self, body: dict[str, str]) -> Tokens:
        asked_at = self._now()
        response = self._call("POST", "/oauth/token", json=body)
        try:
            return oauth.read_tokens(self._json(response), asked_at=asked_at)
        except Unreadable as error:
            raise EffectUnknown(f"Procore's token answer cannot be read: {error}") from error

    def _call(
        self, method: str, path: str, *, json: dict[str, str] | None = None, token: str = ""
    ) -> requests.Response:
        wrote = method != "GET"
        try:
            response = wire.send(
                self._session,
                method,
                f"{self.hosts.login}{path}",
                headers={"Accept": "application/json"},
                timeout=self._timeout,
                json=json,
                token=token,
            )
        except wire.ConnectionLost as error:
            kind = EffectUnknown if wrote else Retry
            raise kind(f"The connection to Procore's sign-in broke: {error}") from error
        if wire.succeeded(response):
            return response
        headers = wire.lower(response.headers)
        raise decipher_oauth(response.status_code, headers, response.content, now=self._now(), wrote=wrote)

    @staticmethod
    def _json(response: requests.Response) -> object:
        try:
            return response.json()
        except ValueError:
            return None
