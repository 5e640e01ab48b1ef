"""Fetches files from Procore and its storage, in chunks.

Source: Procore, "Secure File Access Tips": files in Procore's own domain need the token and redirect to a
storage that must not get it.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.procore import wire
from plumbline.procore.environments import is_secure, may_carry_bearer
from plumbline.procore.errors import decipher

if TYPE_CHECKING:
    from collections.abc import Iterator

    import requests

    from plumbline.procore.client import ProcoreClient

MOST_REDIRECTS = 5


@contextmanager
def download(client: ProcoreClient, url: str) -> Iterator[Iterator[bytes]]:
    """Open a file of Procore's as chunks; redirects are followed by hand, the token stays at home."""
    response = _open(client, url)
    try:
        yield _chunks(response)
    finally:
        response.close()


def _open(client: ProcoreClient, url: str) -> requests.Response:
    token = client.tokens.access()
    response = _follow(client, url, token)
    error = _refusal(client, response)
    if isinstance(error, NeedsAuthorization):
        response = _follow(client, url, client.tokens.renew(token))
        error = _refusal(client, response)
    if error:
        raise error
    return response


def _follow(client: ProcoreClient, url: str, token: str) -> requests.Response:
    for _ in range(MOST_REDIRECTS + 1):
        if not is_secure(url):
            raise Reject("insecure_file", "A file's address is not HTTPS.", "Report this to support.")
        response = _get(client, url, token if may_carry_bearer(client.hosts, url) else "")
        if not response.is_redirect:
            return response
        response.close()
        url = urljoin(url, response.headers["Location"])
    raise Retry("A file's address leads in circles")


def _get(client: ProcoreClient, url: str, token: str) -> requests.Response:
    try:
        return wire.send(client.session, "GET", url, token=token, timeout=wire.STORAGE_TIMEOUT, stream=True)
    except wire.ConnectionLost as error:
        raise Retry(f"The connection to the storage broke: {error}") from error


def _refusal(client: ProcoreClient, response: requests.Response) -> Exception | None:
    """Return what a refused download means; its body is read, for it is an error text and not a file."""
    if wire.succeeded(response):
        return None
    with response:
        return decipher(
            response.status_code,
            wire.lower(response.headers),
            response.raw.read(wire.CHUNK, decode_content=True),
            now=client.now(),
            wrote=False,
            authorization_id=client.tokens.authorization_id,
        )


def _chunks(response: requests.Response) -> Iterator[bytes]:
    try:
        yield from response.iter_content(wire.CHUNK)
    except wire.BROKEN as error:
        raise Retry(f"The file broke off: {type(error).__name__}") from error
