"""The really deployed stack for the tests: its own ports and folder, so that a demo may stand beside it."""

from __future__ import annotations

import io
import json
import socket
import time
import zipfile
from contextlib import contextmanager
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

    from sandbox.cxalloy import CxAlloyWorld

HERE = Path(__file__).parent
TRIGGER_ISSUES = 14
SYNCED = [str(number) for number in range(2001, 2021)]
PRIYA = 598134325871001
ANA = "Ana Souza"
SYNC_PROJECT = "60"


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


def synced_issues() -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Issues CI-2001 and on of another project, each with a comment and a small file."""
    made = [
        small.issue(
            one,
            project_id=SYNC_PROJECT,
            status_id=small.OPEN,
            description=f"Issue {one} says so.",
            comments=[small.comment(f"{one}1", f"First of {one}.", "02/02/2026 09:30:00 UTC")],
        )
        for one in SYNCED
    ]
    return made, [small.file(f"{one}7", one, f"trend-{one}.csv", 2_000) for one in SYNCED]


def world() -> CxAlloyWorld:
    """The tracker of all tests: a project that is copied, and one that is kept in sync."""
    made, files = issues()
    more, their_files = synced_issues()
    both = small.world([*made, *more], [*files, *their_files])
    both.projects.append(
        both.projects[0].model_copy(update={"project_id": SYNC_PROJECT, "name": "Ashford Cx"})
    )
    return both


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

    def in_procore(self, act: str, **given: Any) -> Any:
        """Let Priya do something on Procore's own pages."""
        body = {"person": PRIYA, "act": act, **given}
        answer = requests.post(f"{self.settings.procore_api}/_sandbox/act", json=body, timeout=30)
        assert answer.ok, answer.text
        return answer.json()["result"]

    def in_cxalloy(self, do: str, issue_id: str, **given: Any) -> None:
        """Let Ana do something in CxAlloy."""
        body = {"do": do, "person": ANA, "issue_id": issue_id, **given}
        answer = requests.post(f"{self.settings.cxalloy_host}/_sandbox/act", json=body, timeout=30)
        assert answer.ok, answer.text

    def event_fault(self, **fault: Any) -> None:
        """Let webhooks go wrong."""
        url = f"{self.settings.procore_api}/_sandbox/event_faults"
        requests.post(url, json=fault, timeout=30).raise_for_status()

    def clear_faults(self) -> None:
        requests.delete(f"{self.settings.procore_api}/_sandbox/faults", timeout=30).raise_for_status()

    def kill_in(self, function: str, kills: list[dict[str, str]], folder: Path) -> None:
        """Put code before a function's own that ends its process at some calls; all else stays."""
        own = (ROOT / f"functions/{function.lower()}/handler.py").read_bytes()
        plan = json.dumps({"folder": str(folder), "kills": kills}).encode()
        code = {"handler.py": (HERE / "killing.py").read_bytes(), "real_handler.py": own, "plan.json": plan}
        deploy.client(self.settings, "lambda").update_function_code(
            FunctionName=self.outputs[f"{function}FunctionName"], ZipFile=zipped(code)
        )

    def dead_letters(self, queue: str) -> str:
        """How many messages a queue has given up."""
        answer = deploy.client(self.settings, "sqs").get_queue_attributes(
            QueueUrl=self.outputs[f"{queue}DeadLettersUrl"], AttributeNames=["ApproximateNumberOfMessages"]
        )
        return str(answer["Attributes"]["ApproximateNumberOfMessages"])

    def mails(self) -> list[dict[str, Any]]:
        """The e-mails that Plumbline sent, as the local SES took them."""
        answer = requests.get(f"{self.settings.aws}/_ministack/ses/messages", timeout=30).json()
        return [one for account in answer["messages"].values() for one in account]

    def log_text(self, name: str) -> str:
        return "\n".join(logs.read(self.settings, self.outputs[f"{name}FunctionName"], limit=10_000))

    def until(
        self, test: Any, *, seconds: float, each: float = 2.0, sweeping: bool = True, story: Any = str
    ) -> None:
        """Wait for something to come true, running the sweep meanwhile as its schedule would.

        `story` tells what stands instead, for whoever has to find out why it did not.
        """
        deadline = time.monotonic() + seconds
        while not test():
            if time.monotonic() > deadline:
                pytest.fail(f"it did not come true in time; {story()}")
            if sweeping:
                self.invoke("Sweep")
            time.sleep(each)


def zipped(files: dict[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return made.getvalue()


@contextmanager
def standing(folder: Path, tracker: CxAlloyWorld | None = None) -> Iterator[Stack]:
    """A stack of its own, up as long as it is used; `folder` holds all that it keeps."""
    aws, procore, storage, cxalloy = free_ports(4)
    account = folder / "world.json"
    account.write_text((tracker or world()).model_dump_json())
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
        world=account,
    )
    try:
        outputs = up.up(settings)
        api = Api(settings, outputs["Address"])
        api.sign_in(settings, outputs, "manager@example.com", "System-test-0123")
        yield Stack(settings, outputs, api)
    finally:
        up.down(settings)


def new_tenant(stack: Stack) -> str:
    """A tenant with a Procore person and a CxAlloy key."""
    made = stack.api.ask("POST", "/tenants", {"name": "System test"})
    base = f"/tenants/{made['id']}"
    start = stack.api.call("POST", f"{base}/authorizations/procore", {})
    assert connecting.authorize_at_procore(stack.api, start) == "connected"
    key = {"host": stack.settings.cxalloy_host, "identifier": "test-key", "secret": "not-a-secret"}
    stack.api.ask("POST", f"{base}/authorizations/cxalloy", key)
    return str(made["id"])


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    with standing(tmp_path_factory.mktemp("stack")) as one:
        yield one


@pytest.fixture(scope="session")
def tenant(stack: Stack) -> str:
    return new_tenant(stack)


def authorization(stack: Stack, tenant: str, kind: str) -> str:
    rows = stack.api.ask("GET", f"/tenants/{tenant}/authorizations")["items"]
    return next(str(row["id"]) for row in rows if row["kind"] == kind)


assert ROOT.exists()
