"""Which host a key's calls go to."""

from __future__ import annotations

import ipaddress
from urllib.parse import SplitResult, urlsplit

from plumbline.errors import Reject

NEXT_STEP = "Give the host as https://your-account.example, the address people open CxAlloy TQ at."


def origin_of(host: str) -> str:
    """Return scheme, host and port of what a person typed; raises Reject.

    Without a scheme it is https; the path of the API, which people paste with it, is left out.
    """
    text = host.strip()
    parts = _split(text if "://" in text else f"https://{text}")
    if parts.scheme not in {"https", "http"} or not parts.hostname or parts.username or parts.password:
        raise Reject("bad_host", "The CxAlloy host is no web address.", NEXT_STEP, field="host")
    if parts.path.rstrip("/") not in {"", "/api/v1"} or parts.query or parts.fragment:
        raise Reject("bad_host", "The CxAlloy host has more than a host name.", NEXT_STEP, field="host")
    if not is_safe(parts):
        raise Reject("plain_http", "The CxAlloy host uses plain http.", NEXT_STEP, field="host")
    return origin(parts)


def is_safe(parts: SplitResult) -> bool:
    """Whether an address may be called: https, or plain http to this machine itself."""
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))


def origin(parts: SplitResult) -> str:
    """Return scheme://host or scheme://host:port, in lower case."""
    name = parts.hostname or ""
    name = f"[{name}]" if ":" in name else name
    default = {"https": 443, "http": 80}.get(parts.scheme)
    return f"{parts.scheme}://{name}" + (f":{parts.port}" if parts.port not in {None, default} else "")


def safe_split(address: str) -> SplitResult:
    """Return the parts of an address that a file is said to be at; raises Reject unless it may be called."""
    try:
        parts = urlsplit(address)
        safe = is_safe(parts) and bool(parts.hostname) and parts.port != 0
    except ValueError:
        safe = False
    if not safe:
        cause = "CxAlloy TQ gave an address for a file that is not https."
        raise Reject("bad_file_address", cause, "Set how files are downloaded in the tracker's calls.")
    return parts


def _split(text: str) -> SplitResult:
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        raise Reject("bad_host", "The CxAlloy host is no web address.", NEXT_STEP, field="host") from None
    return parts


def _is_loopback(name: str) -> bool:
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
