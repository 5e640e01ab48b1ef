"""The sandbox behind two real listeners."""

from __future__ import annotations

import hashlib
import os
import signal
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import requests
from requests_toolbelt import MultipartEncoder  # type: ignore[import-untyped]
from tests.unit.sandbox_procore.desk import CALLBACK, ROOMY

from sandbox.procore import Fault, RunningSandbox, SandboxSettings, serve
from sandbox.procore.blobs import FolderBlobs
from sandbox.procore.demo import HARBOR_POINT, NORTHWIND, PRIYA

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[3]
ITEMS = "/rest/v1.0/observations/items"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[RunningSandbox]:
    with serve(settings=SandboxSettings(**ROOMY), blobs=FolderBlobs(tmp_path / "blobs")) as one:
        yield one


@pytest.fixture
def web(running: RunningSandbox) -> Iterator[requests.Session]:
    """A session of Priya, signed in over HTTP."""
    with requests.Session() as session:
        session.headers["Procore-Company-Id"] = str(NORTHWIND)
        session.headers["Authorization"] = f"Bearer {_token(running.login)}"
        yield session


def _token(login: str) -> str:
    asked = {
        "response_type": "code", "client_id": "sandbox-client-id", "redirect_uri": CALLBACK, "state": "s",
        "person": str(PRIYA),
    }  # fmt: skip
    back = requests.get(f"{login}/oauth/authorize/decide", params=asked, allow_redirects=False, timeout=5)
    code = dict(parse_qsl(urlsplit(back.headers["Location"]).query))["code"]
    form = {
        "grant_type": "authorization_code", "client_id": "sandbox-client-id", "redirect_uri": CALLBACK,
        "client_secret": "not-a-secret-client", "code": code,
    }  # fmt: skip
    answer = requests.post(f"{login}/oauth/token", data=form, timeout=5)
    return str(answer.json()["access_token"])


def _observe(running: RunningSandbox, web: requests.Session, **fields: Any) -> requests.Response:
    body = {"project_id": HARBOR_POINT, "observation": {"name": "Valve", "type_id": 7001} | fields}
    return web.post(running.api + ITEMS, json=body, timeout=5)


def _upload(running: RunningSandbox, web: requests.Session, content: bytes) -> str:
    path = f"{running.api}/rest/v1.1/projects/{HARBOR_POINT}/uploads"
    made = web.post(path, json={"response_filename": "big.bin", "size": len(content)}, timeout=5).json()
    form = MultipartEncoder({**made["fields"], "file": ("big.bin", content, "application/octet-stream")})
    headers = {"Content-Type": form.content_type}
    assert requests.post(made["url"], data=form, headers=headers, timeout=20).status_code == 204
    return str(made["uuid"])


def test_the_storage_is_another_origin(running: RunningSandbox) -> None:
    assert running.login == running.api
    assert running.storage != running.api
    assert requests.get(f"{running.storage}/rest/v1.0/me", timeout=5).status_code == 404
    assert requests.get(f"{running.storage}/", timeout=5).status_code == 404
    assert requests.post(f"{running.api}/uploads", timeout=5).status_code == 404
    assert requests.get(f"{running.api}/_sandbox/health", timeout=5).json()["status"] == "ok"
    assert "Harbor Point" in requests.get(running.api, timeout=5).text


def test_a_large_file_travels_in_and_out(
    running: RunningSandbox, web: requests.Session, tmp_path: Path
) -> None:
    content = os.urandom(3_000_000)
    uuid = _upload(running, web, content)
    whole = _observe(running, web, upload_ids=[uuid]).json()
    first = web.get(whole["attachments"][0]["url"], allow_redirects=False, timeout=5)
    got = requests.get(first.headers["Location"], timeout=20)
    part = requests.get(first.headers["Location"], headers={"Range": "bytes=1000-1999"}, timeout=5)

    assert first.status_code == 302
    assert first.headers["Location"].startswith(running.storage)
    assert got.content == content
    assert (part.status_code, part.content) == (206, content[1000:2000])
    assert web.get(first.headers["Location"], timeout=5).status_code == 400
    stored = running.sandbox.journal.effects("file_stored")[0]
    assert stored["sha256"] == hashlib.sha256(content).hexdigest()
    assert sum(file.stat().st_size for file in (tmp_path / "blobs").iterdir()) == 3_000_000


def test_a_file_of_30_megabytes_is_never_held_in_memory(
    running: RunningSandbox, web: requests.Session, tmp_path: Path
) -> None:
    size, source = 30_000_000, tmp_path / "source.bin"
    with source.open("wb") as file:
        file.truncate(size)
    path = f"{running.api}/rest/v1.1/projects/{HARBOR_POINT}/uploads"
    made = web.post(path, json={"response_filename": "big.bin"}, timeout=5).json()
    tracemalloc.start()
    try:
        with source.open("rb") as file:
            form = MultipartEncoder({**made["fields"], "file": ("big.bin", file, "application/octet-stream")})
            headers = {"Content-Type": form.content_type}
            assert requests.post(made["url"], data=form, headers=headers, timeout=60).status_code == 204
        whole = _observe(running, web, upload_ids=[made["uuid"]]).json()
        with web.get(whole["attachments"][0]["url"], allow_redirects=False, timeout=5) as first:
            url = first.headers["Location"]
        with requests.get(url, stream=True, timeout=60) as got:
            read = sum(len(chunk) for chunk in got.iter_content(65_536))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert read == size
    assert peak < 8_000_000


def test_segments_travel_over_http(running: RunningSandbox, web: requests.Session) -> None:
    pieces = [b"a" * 5_242_880, b"b"]
    rows = [{"size": len(one), "sha256": hashlib.sha256(one).hexdigest()} for one in pieces]
    path = f"{running.api}/rest/v1.1/projects/{HARBOR_POINT}/uploads"
    made = web.post(path, json={"response_filename": "m", "segments": rows}, timeout=5).json()
    told = []
    for segment, piece in zip(made["segments"], pieces, strict=True):
        headers = segment["headers"] | {"Content-Type": "application/octet-stream"}
        answer = requests.put(segment["url"], data=piece, headers=headers, timeout=20)
        told.append({"etag": answer.headers["ETag"], "size": segment["size"], "sha256": segment["sha256"]})
    done = web.patch(f"{path}/{made['uuid']}", json={"segments": told}, timeout=5)

    assert done.json()["status"] == "complete"


def test_a_generator_body_is_refused_as_s3_does(running: RunningSandbox, web: requests.Session) -> None:
    path = f"{running.api}/rest/v1.1/projects/{HARBOR_POINT}/uploads"
    made = web.post(path, json={"response_filename": "m"}, timeout=5).json()

    assert requests.post(made["url"], data=iter([b"x"]), timeout=5).status_code == 501


def test_a_dropped_connection_gives_no_answer(running: RunningSandbox, web: requests.Session) -> None:
    running.sandbox.faults.append(Fault(method="POST", path=ITEMS, kind="drop", when="after"))

    with pytest.raises(requests.ConnectionError):
        _observe(running, web)
    assert len(running.sandbox.journal.effects("observation_created")) == 1
    assert _observe(running, web).status_code == 201


def test_a_dropped_upload_gives_no_answer(running: RunningSandbox, web: requests.Session) -> None:
    running.sandbox.faults.append(Fault(path="/uploads", kind="drop", when="after"))

    with pytest.raises(requests.ConnectionError):
        _upload(running, web, b"abc")
    assert len(running.sandbox.journal.effects("file_stored")) == 1


def test_a_stalled_answer_runs_into_the_callers_timeout(
    running: RunningSandbox, web: requests.Session
) -> None:
    running.sandbox.faults.append(Fault(path=ITEMS, kind="stall", stall_seconds=30))
    body = {"project_id": HARBOR_POINT, "observation": {"name": "Valve", "type_id": 7001}}

    with pytest.raises(requests.ReadTimeout):
        web.post(running.api + ITEMS, json=body, timeout=0.2)
    assert len(running.sandbox.journal.effects("observation_created")) == 1


def test_a_cut_download_is_noticed(running: RunningSandbox, web: requests.Session) -> None:
    whole = _observe(running, web, upload_ids=[_upload(running, web, b"x" * 5000)]).json()
    url = web.get(whole["attachments"][0]["url"], allow_redirects=False, timeout=5).headers["Location"]
    running.sandbox.faults.append(Fault(path="/objects/.*", kind="cut"))

    with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
        requests.get(url, timeout=5)


def test_calls_at_once_are_answered_one_at_a_time(running: RunningSandbox, web: requests.Session) -> None:
    token = web.headers["Authorization"]

    def one(_: int) -> str:
        headers = {"Authorization": str(token), "Procore-Company-Id": str(NORTHWIND)}
        body = {"project_id": HARBOR_POINT, "observation": {"name": "Valve", "type_id": 7001}}
        return str(requests.post(running.api + ITEMS, json=body, headers=headers, timeout=5).json()["number"])

    with ThreadPoolExecutor(8) as pool:
        numbers = sorted(int(number) for number in pool.map(one, range(24)))
    assert numbers == list(range(1, 25))


def test_every_answer_over_http_has_one_date(running: RunningSandbox, web: requests.Session) -> None:
    answer = web.get(f"{running.api}/rest/v1.0/me", timeout=5)

    assert answer.headers["Date"].endswith(" GMT")
    assert "," not in answer.headers["Date"].split(" ", 1)[1]
    assert answer.headers["X-Rate-Limit-Remaining"] == "99999"


def test_the_module_runs_says_when_ready_and_stops_on_sigterm(tmp_path: Path) -> None:
    command = [
        sys.executable, "-m", "sandbox.procore", "--state-dir", str(tmp_path), "--rate-hour", "3600",
        "--rate-spike", "100", "--public-login", "http://login.example",
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "infra")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        line = process.stdout.readline().split() if process.stdout else []
        settings = requests.get(f"{line[4]}/_sandbox/settings", timeout=5).json()
        process.send_signal(signal.SIGTERM)
        process.wait(10)

    assert line[:4] == ["sandbox", "procore", "ready:", "api"]
    assert (settings["rate_hour"], settings["rate_spike"]) == (3600, 100)
    assert settings["login_origin"] == "http://login.example"
    assert settings["storage_origin"] == line[6]
    assert process.returncode in {0, -signal.SIGTERM}
