"""Procore's environments: one name sets the sign-in, API and web hosts together.

Tokens never cross environments, and mixed hosts give misleading errors, so the three hosts are one value.
Source: Procore, "Development Environments" and "Federal Zone Overview". Procore has one API host for all
its regions; `company_base_url` tells a company's own web address, `Hosts.web` is only where to fall back.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from plumbline.errors import Reject

_NAMED_HOST_LABELS = 3  # api.procore.com: the first label names the host, the rest the domain


class Environment(StrEnum):
    """The names under which a set of hosts is chosen; CUSTOM comes with hosts that are given."""

    PRODUCTION = "production"
    DEVELOPER_SANDBOX = "developer_sandbox"
    MONTHLY_SANDBOX = "monthly_sandbox"
    FEDERAL = "federal"
    CUSTOM = "custom"


@dataclass(frozen=True, slots=True)
class Hosts:
    """The addresses of one environment, each `scheme://host[:port]` without a closing slash.

    `storage` is empty where Procore's own word is taken for it; else file bytes go to no other host.
    """

    login: str
    api: str
    web: str
    storage: str = ""


_HOSTS = {
    Environment.PRODUCTION: Hosts(
        login="https://login.procore.com", api="https://api.procore.com", web="https://app.procore.com"
    ),
    Environment.DEVELOPER_SANDBOX: Hosts(
        login="https://login-sandbox.procore.com",
        api="https://sandbox.procore.com",
        web="https://sandbox.procore.com",
    ),
    Environment.MONTHLY_SANDBOX: Hosts(
        login="https://login-sandbox-monthly.procore.com",
        api="https://api-monthly.procore.com",
        web="https://api-sandbox-monthly.procore.com",
    ),
    Environment.FEDERAL: Hosts(
        login="https://login.procoregov.com",
        api="https://api.procoregov.com",
        web="https://app.procoregov.com",
    ),
}


def hosts_of(name: str, *, custom: Hosts | None = None) -> Hosts:
    """Return the hosts of an environment's name; `custom` is used for CUSTOM only. Raises `Reject`."""
    if name not in set(Environment):
        raise Reject(
            "unknown_environment",
            f"There is no Procore environment named {name!r}.",
            f"Use one of: {', '.join(Environment)}.",
            field="environment",
        )
    if name != Environment.CUSTOM:
        return _HOSTS[Environment(name)]
    if custom is None:
        raise Reject(
            "hosts_missing",
            "The custom Procore environment has no hosts.",
            "Give the sign-in, API and web address.",
            field="environment",
        )
    return Hosts(
        login=check_host(custom.login, field="login"),
        api=check_host(custom.api, field="api"),
        web=check_host(custom.web, field="web"),
        storage=check_host(custom.storage, field="storage") if custom.storage else "",
    )


def check_host(url: str, *, field: str = "host") -> str:
    """Return the address without a closing slash; only HTTPS passes, or HTTP on loopback. Raises `Reject`."""
    parts = urlsplit(url)
    if not parts.hostname or parts.username or parts.path.strip("/") or parts.query or parts.fragment:
        raise Reject(
            "bad_host",
            f"{field} is not the address of a host.",
            "Give it as https://name, with a port if needed and nothing else.",
            field=field,
        )
    if not is_secure(url):
        raise Reject(
            "insecure_host",
            f"{field} is not an HTTPS address.",
            "Use https://; plain http is accepted on loopback only.",
            field=field,
        )
    return url.rstrip("/")


def is_secure(url: str) -> bool:
    """Say whether a call to this address stays private: HTTPS, or HTTP that never leaves the machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))


def may_carry_bearer(hosts: Hosts, url: str) -> bool:
    """Say whether a token may go to this address: the API host itself, or HTTPS within its domain.

    Procore: "Secure File Access Tips" (files on Procore's domain need the token, storage must not get it).
    """
    api, target = urlsplit(hosts.api), urlsplit(url)
    if (api.scheme, api.netloc.lower()) == (target.scheme, target.netloc.lower()):
        return True
    domain = _domain(api.hostname or "")
    return bool(domain) and target.scheme == "https" and f".{target.hostname}".endswith(f".{domain}")


def _domain(host: str) -> str:
    """Return `procore.com` for `api.procore.com`; empty for addresses, loopback names and bare domains."""
    labels = host.split(".")
    if _is_loopback(host) or _is_address(host) or len(labels) < _NAMED_HOST_LABELS:
        return ""
    return ".".join(labels[1:])


def _is_loopback(host: str) -> bool:
    if _is_address(host):
        return ipaddress.ip_address(host).is_loopback
    return host == "localhost" or host.endswith(".localhost")


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
