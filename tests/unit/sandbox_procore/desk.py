"""Helpers of these tests: a clock, callers that sign in, and a sandbox held to the documented contract."""

from __future__ import annotations

import hashlib
import json
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from tests.contract.procore_contract import check_exchange

from sandbox.http import Request, Response
from sandbox.procore import ProcoreSandbox, SandboxSettings
from sandbox.procore.demo import HARBOR_POINT, NORTHWIND

START = 1_790_000_000.0  # 2026-09-21T14:13:20Z
CALLBACK = "http://127.0.0.1:9999/oauth/callback"
JSON = {"content-type": "application/json"}
ROOMY = {"rate_hour": 100_000, "rate_spike": 100_000}


class Clock:
    """Stands still until told."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> float:
        return self.now


class Checked(ProcoreSandbox):
    """A sandbox whose every fault-free answer must be a documented one."""

    problems: list[str]

    def handle(self, request: Request) -> Response:
        waiting = len(self.faults)
        response = super().handle(request)
        if not waiting and request.path.startswith(("/rest/", "/oauth/token", "/oauth/revoke")):
            self.problems += _problems(request, response)
        return response


def _problems(request: Request, response: Response) -> list[str]:
    body = None if not request.body else _loads(request.body)
    if request.path.startswith("/oauth") and body is None:
        body = dict(parse_qsl(request.body.decode()))
    answer = _loads(response.body) if response.body else None
    found = check_exchange(request.method, request.path, request.query, body, response.status, answer)
    # A path nobody documents is answered 404, which is what a test of it wants.
    return [one for one in found if not (one.startswith("unknown path") and response.status in {401, 404})]


def _loads(data: bytes) -> Any:
    try:
        return json.loads(data)
    except ValueError:
        return None


class Caller:
    """Calls a sandbox as one person; `company` None sends no company header."""

    def __init__(self, sandbox: ProcoreSandbox, token: str, company: int | None = NORTHWIND) -> None:
        self.sandbox, self.token, self.company = sandbox, token, company

    def send(
        self, method: str, target: str, body: Any = None, headers: dict[str, str] | None = None
    ) -> Response:
        parts = urlsplit(target)
        sent = {"authorization": f"Bearer {self.token}", **(headers or {})}
        if self.company is not None:
            sent["procore-company-id"] = str(self.company)
        if body is not None:
            sent |= JSON
        data = b"" if body is None else json.dumps(body).encode()
        query = tuple(parse_qsl(parts.query, keep_blank_values=True))
        return self.sandbox.handle(Request(method, parts.path, query, sent, data))

    def get(self, target: str, **query: Any) -> Response:
        return self.send("GET", f"{target}?{urlencode(query)}" if query else target)

    def observe(self, project: int = HARBOR_POINT, /, **fields: Any) -> Response:
        given = {"name": "Valve leaks", "type_id": 7001} | fields
        return self.send(
            "POST", "/rest/v1.0/observations/items", {"project_id": project, "observation": given}
        )

    def patch(self, item: int, project: int = HARBOR_POINT, **fields: Any) -> Response:
        body = {"project_id": project, "observation": fields}
        return self.send("PATCH", f"/rest/v1.0/observations/items/{item}", body)

    def show(self, item: int, project: int = HARBOR_POINT) -> Response:
        return self.get(f"/rest/v1.0/observations/items/{item}", project_id=project)

    def items(self, project: int = HARBOR_POINT, /, **query: Any) -> Response:
        return self.get("/rest/v1.0/observations/items", project_id=project, **query)

    def comment(
        self, item: int, project: int = HARBOR_POINT, status: str | None = None, **log: Any
    ) -> Response:
        body = {"project_id": project, "response_log": log} | ({"status": status} if status else {})
        return self.send("POST", f"/rest/v1.0/observations/items/{item}/response_logs", body)

    def upload(self, content: bytes, name: str = "photo.jpg", project: int = HARBOR_POINT) -> str:
        """Bring one file in by the single POST, and return its uuid."""
        made = self.new_upload(response_filename=name, response_content_type="image/jpeg", project=project)
        assert post_file(self.sandbox, made, content).status == 204
        return str(made["uuid"])

    def new_upload(self, project: int = HARBOR_POINT, **body: Any) -> dict[str, Any]:
        answer = self.send("POST", f"/rest/v1.1/projects/{project}/uploads", body)
        assert answer.status == 201, answer.body
        whole: dict[str, Any] = answer.json()
        return whole

    def upload_in_segments(self, pieces: list[bytes], name: str = "model.bin") -> dict[str, Any]:
        rows = [{"size": len(p), "sha256": hashlib.sha256(p).hexdigest()} for p in pieces]
        return self.new_upload(response_filename=name, segments=rows)


def form_body(fields: dict[str, str], content: bytes | None, after: dict[str, str] | None = None) -> bytes:
    """Return a multipart body with the boundary `xxBOUNDARYxx`: fields, then the file, then more fields."""
    parts = [_field(name, value) for name, value in fields.items()]
    if content is not None:
        head = b'--xxBOUNDARYxx\r\nContent-Disposition: form-data; name="file"; filename="f"\r\n\r\n'
        parts.append(head + content + b"\r\n")
    parts += [_field(name, value) for name, value in (after or {}).items()]
    return b"".join(parts) + b"--xxBOUNDARYxx--\r\n"


def _field(name: str, value: str) -> bytes:
    return f'--xxBOUNDARYxx\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()


FORM = {"content-type": "multipart/form-data; boundary=xxBOUNDARYxx"}


def post_file(
    sandbox: ProcoreSandbox, made: dict[str, Any], content: bytes, headers: dict[str, str] | None = None
) -> Response:
    """Send a file to the storage as the answer to the upload told."""
    path = urlsplit(made["url"]).path
    body = form_body(made["fields"], content)
    return sandbox.handle(Request("POST", path, (), FORM | (headers or {}), body))


def put_segment(sandbox: ProcoreSandbox, segment: dict[str, Any], content: bytes, **changed: str) -> Response:
    """Send one segment to the storage with exactly its headers."""
    parts = urlsplit(segment["url"])
    headers = segment["headers"] | {"content-type": "application/octet-stream"} | changed
    return sandbox.handle(Request("PUT", parts.path, tuple(parse_qsl(parts.query)), headers, content))


def fetch(sandbox: ProcoreSandbox, url: str, **headers: str) -> Response:
    """Read an address of the storage without a token."""
    parts = urlsplit(url)
    return sandbox.handle(Request("GET", parts.path, tuple(parse_qsl(parts.query)), headers))


def token_call(sandbox: ProcoreSandbox, **fields: str) -> Response:
    """POST /oauth/token with the app's own credentials."""
    body = {"client_id": "sandbox-client-id", "client_secret": "not-a-secret-client", **fields}
    return sandbox.handle(Request("POST", "/oauth/token", (), JSON, json.dumps(body).encode()))


def code_for(sandbox: ProcoreSandbox, person: int, redirect_uri: str = CALLBACK) -> str:
    """Choose a person on the sign-in page and return the code of the redirect."""
    query = {
        "response_type": "code", "client_id": "sandbox-client-id", "redirect_uri": redirect_uri,
        "state": "s1", "person": str(person),
    }  # fmt: skip
    answer = sandbox.handle(Request("GET", "/oauth/authorize/decide", tuple(query.items())))
    assert answer.status == 302, answer.body
    return dict(parse_qsl(urlsplit(answer.header("Location") or "").query))["code"]


def sign_in(sandbox: ProcoreSandbox, person: int) -> dict[str, Any]:
    """Return the token answer of a whole sign-in."""
    code = code_for(sandbox, person)
    answer = token_call(sandbox, grant_type="authorization_code", code=code, redirect_uri=CALLBACK)
    assert answer.status == 200, answer.body
    whole: dict[str, Any] = answer.json()
    return whole


def caller(sandbox: ProcoreSandbox, person: int, company: int | None = NORTHWIND) -> Caller:
    """Return somebody who is signed in."""
    return Caller(sandbox, sign_in(sandbox, person)["access_token"], company)


def service(sandbox: ProcoreSandbox, company: int | None = NORTHWIND) -> Caller:
    """Return the app's service account."""
    return Caller(
        sandbox, token_call(sandbox, grant_type="client_credentials").json()["access_token"], company
    )


def make_sandbox(clock: Clock, **settings: Any) -> Checked:
    """Return a checked sandbox of the demo's world with wide rate limits."""
    sandbox = Checked(clock, SandboxSettings(**(ROOMY | settings)))
    sandbox.problems = []
    return sandbox
