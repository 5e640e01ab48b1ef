"""The really deployed stack for the tests: its own ports and folder, so that a demo may stand beside it."""

from __future__ import annotations

import io
import json
import socket
import time
import zipfile
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from tests.support import small

from sandbox.demo import connecting
from sandbox.demo.api import Api
from sandbox.stack import deploy, logs, up
from sandbox.stack.settings import ROOT, Settings, read

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
TRIGGER_ISSUES = 14


def free_ports(count: int) -> list[int]:
    sockets = [socket.socket() for _ in range(count)]
    for one in sockets:
        one.bind(("127.0.0.1", 0))
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def issues() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Issues CI-1001 and on, each with two comments and two files, one of which goes in segments."""
    made, files = [], []
    for number in range(1001, 1001 + TRIGGER_ISSUES):
        comments = [
            small.comment(f"{number}1", f"First of {number}.", "02/02/2026 09:30:00 UTC"),
            small.comment(f"{number}2", f"Second of {number}.", "02/03/2026 10:00:00 UTC"),
        ]
        made.append(small.issue(str(number), description=f"Issue {number} says so.", comments=comments))
        files.append(small.file(f"{number}7", str(number), f"trend-{number}.csv", 20_000))
        files.append(small.file(f"{number}8", str(number), f"scan-{number}.pdf", 6 * 1024 * 1024))
    return made, files


@dataclass
class Stack:
    """The deployed stack and a signed-in manager."""

    settings: Settings
    outputs: dict[str, str]
    api: Api

    def invoke(self, name: str, payload: dict[str, Any] | None = None) -> Any:
        """Run a function at once, instead of waiting for its schedule."""
        answer = deploy.client(self.settings, "lambda").invoke(
            FunctionName=self.outputs[f"{name}FunctionName"], Payload=json.dumps(payload or {}).encode()
        )
        return json.loads(answer["Payload"].read() or b"null")

    def procore(self, path: str) -> Any:
        return requests.get(f"{self.settings.procore_api}/_sandbox/{path}", timeout=30).json()

    def cxalloy(self, path: str) -> Any:
        return requests.get(f"{self.settings.cxalloy_host}/_sandbox/{path}", timeout=30).json()

    def change_procore(self, **settings: Any) -> None:
        url = f"{self.settings.procore_api}/_sandbox/settings"
        requests.patch(url, json=settings, timeout=30).raise_for_status()

    def fault(self, system: str, **fault: Any) -> None:
        host = self.settings.procore_api if system == "procore" else self.settings.cxalloy_host
        requests.post(f"{host}/_sandbox/faults", json=fault, timeout=30).raise_for_status()

    def replace_copy_code(self, extra: dict[str, bytes]) -> None:
        """Deploy other code for the copy function; its role, queue and layer stay."""
        deploy.client(self.settings, "lambda").update_function_code(
            FunctionName=self.outputs["CopyFunctionName"], ZipFile=zipped(extra)
        )

    def log_text(self, name: str) -> str:
        return "\n".join(logs.read(self.settings, self.outputs[f"{name}FunctionName"], limit=10_000))

    def until(self, test: Any, *, seconds: float, each: float = 2.0, sweeping: bool = True) -> None:
        """Wait for something to come true, running the sweep meanwhile as its schedule would."""
        deadline = time.monotonic() + seconds
        while not test():
            assert time.monotonic() < deadline, "it did not come true in time"
            if sweeping:
                self.invoke("Sweep")
            time.sleep(each)


def zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    aws, procore, storage, cxalloy = free_ports(4)
    folder = tmp_path_factory.mktemp("stack")
    made, files = issues()
    world = folder / "world.json"
    world.write_text(small.world(made, files).model_dump_json())
    settings = replace(
        read(),
        aws_port=aws,
        procore_port=procore,
        storage_port=storage,
        cxalloy_port=cxalloy,
        folder=folder / "local",
        rate_hour=3600,
        rate_spike=100,
        segment_above=5 * 1024 * 1024,
        adopt_after=2,
        cxalloy_identifier="test-key",
        cxalloy_secret="not-a-secret",
        world=world,
    )
    try:
        outputs = up.up(settings)
        api = Api(settings, outputs["Address"])
        api.sign_in(settings, outputs, "manager@example.com", "System-test-0123")
        yield Stack(settings, outputs, api)
    finally:
        up.down(settings)


@pytest.fixture(scope="session")
def tenant(stack: Stack) -> str:
    """A tenant with a Procore person and a CxAlloy key."""
    made = stack.api.ask("POST", "/tenants", {"name": "System test"})
    base = f"/tenants/{made['id']}"
    start = stack.api.call("POST", f"{base}/authorizations/procore", {})
    assert connecting.authorize_at_procore(stack.api, start) == "connected"
    key = {"host": stack.settings.cxalloy_host, "identifier": "test-key", "secret": "not-a-secret"}
    stack.api.ask("POST", f"{base}/authorizations/cxalloy", key)
    return str(made["id"])


def authorization(stack: Stack, tenant: str, kind: str) -> str:
    rows = stack.api.ask("GET", f"/tenants/{tenant}/authorizations")["items"]
    return next(str(row["id"]) for row in rows if row["kind"] == kind)


assert ROOT.exists()
