"""Where things of the local stack live; ports and hosts are settings, taken from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]


class Trouble(Exception):
    """Something a person must mend first; the text says what, in one line."""


def _port(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdigit() or not 0 < int(value) < 65536:
        raise Trouble(f"{name} must be a port number from 1 to 65535, not {value!r}.")
    return int(value)


def _number(name: str, default: int) -> int:
    value = os.environ.get(name, str(default))
    if not value.isdigit():
        raise Trouble(f"{name} must be a whole number, not {value!r}.")
    return int(value)


@dataclass(frozen=True, slots=True)
class Given:
    """Other systems to speak to instead of the sandboxes; hosts with scheme, without a slash at the end."""

    procore_login: str = ""
    procore_api: str = ""
    procore_storage: str = ""
    cxalloy: str = ""
    cxalloy_calls: str = "{}"  # JSON: those of CxAlloy's calls that differ from the defaults

    @property
    def procore(self) -> bool:
        """Whether another Procore is used."""
        return bool(self.procore_login and self.procore_api)


@dataclass(frozen=True, slots=True)
class Settings:
    """One local stack. Two with different ports and folders can stand side by side."""

    aws_port: int
    procore_port: int
    storage_port: int
    cxalloy_port: int
    folder: Path
    stack_name: str
    rate_hour: int
    rate_spike: int
    segment_above: int
    adopt_after: int
    client_id: str
    client_secret: str
    cxalloy_identifier: str
    cxalloy_secret: str
    world: Path
    given: Given

    @property
    def aws(self) -> str:
        """Where the local AWS answers."""
        return f"http://127.0.0.1:{self.aws_port}"

    @property
    def procore_api(self) -> str:
        """The API host of Procore."""
        return self.given.procore_api or f"http://127.0.0.1:{self.procore_port}"

    @property
    def procore_login(self) -> str:
        """The login host of Procore."""
        return self.given.procore_login or f"http://127.0.0.1:{self.procore_port}"

    @property
    def procore_storage(self) -> str:
        """The host that file bytes go to; empty takes Procore's own word for it."""
        return (
            self.given.procore_storage if self.given.procore_api else f"http://127.0.0.1:{self.storage_port}"
        )

    @property
    def cxalloy_host(self) -> str:
        """The host of CxAlloy, as a person would type it."""
        return self.given.cxalloy or f"http://127.0.0.1:{self.cxalloy_port}"


def read() -> Settings:
    """The settings of this run: PLUMBLINE_… variables, or the defaults."""
    given = Given(
        procore_login=os.environ.get("PROCORE_LOGIN", "").rstrip("/"),
        procore_api=os.environ.get("PROCORE_API", "").rstrip("/"),
        procore_storage=os.environ.get("PROCORE_STORAGE", "").rstrip("/"),
        cxalloy=os.environ.get("CXALLOY", "").rstrip("/"),
        cxalloy_calls=os.environ.get("CXALLOY_CALLS", "{}"),
    )
    if bool(given.procore_login) != bool(given.procore_api):
        raise Trouble("Give both PROCORE_LOGIN and PROCORE_API, or neither to use the sandbox.")
    return Settings(
        aws_port=_port("PORT_AWS", 4566),
        procore_port=_port("PORT_PROCORE", 4610),
        storage_port=_port("PORT_STORAGE", 4611),
        cxalloy_port=_port("PORT_CXALLOY", 4612),
        folder=ROOT / os.environ.get("STACK_FOLDER", ".local"),
        stack_name=os.environ.get("STACK_NAME", "plumbline-local"),
        rate_hour=_number("RATE_HOUR", 3600),
        rate_spike=_number("RATE_SPIKE", 100),
        segment_above=_number("SEGMENT_ABOVE", 16 * 1024 * 1024),
        adopt_after=_number("ADOPT_AFTER", 60),
        client_id=os.environ.get("PROCORE_CLIENT_ID", "sandbox-client-id"),
        client_secret=os.environ.get("PROCORE_CLIENT_SECRET", "not-a-secret-client"),
        cxalloy_identifier=os.environ.get("CXALLOY_IDENTIFIER", "demo-key-identifier"),
        cxalloy_secret=os.environ.get("CXALLOY_SECRET", "not-a-secret-tracker-key"),
        world=ROOT / os.environ.get("WORLD", "infra/sandbox/project/commissioning.json"),
        given=given,
    )
