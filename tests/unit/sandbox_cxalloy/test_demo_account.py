"""The command that serves the demo project, without its socket."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.sandbox_cxalloy.small_world import NOW, WORLD, post

from plumbline.cxalloy.model import Issue
from plumbline.cxalloy.records import read_issue
from sandbox.cxalloy import CxAlloySandbox, CxAlloyWorld
from sandbox.cxalloy.__main__ import arguments, handler
from sandbox.cxalloy.files import make_noise
from sandbox.http import Request
from sandbox.project import load

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sandbox.cxalloy.world import FileSpec
    from sandbox.http import Response


@pytest.fixture
def started(tmp_path: Path) -> Callable[[], Callable[[Request], Response]]:
    begin = tmp_path / "begin.json"
    begin.write_text(json.dumps(WORLD))
    given = ["--state-dir", str(tmp_path / "state"), "--world", str(begin)]
    return lambda: handler(arguments(given))


def ask(handle: Callable[[Request], Response], method: str, path: str, value: Any = None) -> Any:
    body = b"" if value is None else json.dumps(value).encode()
    return handle(Request(method, f"/_sandbox{path}", body=body)).json()


def test_a_restart_goes_on_where_the_last_run_ended(started: Callable[[], Any]) -> None:
    ask(started(), "POST", "/issues/101/status", {"status_id": "3"})

    again = started()

    assert ask(again, "GET", "/state")["issues"][0]["status_id"] == "3"
    ask(again, "POST", "/reset")
    assert ask(again, "GET", "/state")["issues"][0]["status_id"] == "2"
    assert ask(started(), "GET", "/state")["issues"][0]["status_id"] == "2"


def refusing(spec: FileSpec) -> Iterator[bytes]:
    if spec.size < 10:
        raise ValueError(f"{spec.name} is too small for a real {spec.kind}")
    return make_noise(spec)


def test_files_can_be_made_by_a_function_named_on_the_command_line(tmp_path: Path) -> None:
    issue = {"issue_id": 1, "project_id": 7, "name": "N", "status_id": 1}
    (tmp_path / "world.json").write_text(json.dumps({"issues": [issue]}))
    handle = handler(arguments(["--state-dir", str(tmp_path), "--file-maker", f"{__name__}:refusing"]))

    refused = ask(handle, "POST", "/issues/1/files", {"name": "tiny.pdf", "kind": "pdf", "size": 3})
    ask(handle, "POST", "/issues/1/files", {"name": "big.pdf", "kind": "pdf", "size": 30})

    assert refused == {"error": "tiny.pdf is too small for a real pdf"}
    assert [(file["name"], file["size"]) for file in ask(handle, "GET", "/files")] == [("big.pdf", 30)]


def test_the_demo_project_is_served_and_every_issue_of_it_can_be_read() -> None:
    world = CxAlloyWorld.model_validate(load())
    world.account = CxAlloyWorld.model_validate(WORLD).account
    sandbox = CxAlloySandbox(lambda: NOW, world)

    read = []
    for project in world.projects:
        asked = {"project_id": project.project_id, "include": ["comments", "files"]}
        read += [read_issue(record) for record in post(sandbox, "/issue", asked).json()["records"]]

    assert len(read) == len(world.issues) >= 60
    assert all(isinstance(issue, Issue) for issue in read)
    assert sum(len(issue.comments) for issue in read if isinstance(issue, Issue)) >= 150
    assert sum(len(issue.files) for issue in read if isinstance(issue, Issue)) >= 60
    assert {issue.section for issue in read if isinstance(issue, Issue)} == {"construction", "design"}
