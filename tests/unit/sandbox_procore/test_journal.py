"""The journal, the report and the sandbox's own paths."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from tests.unit.sandbox_procore.desk import Caller, Checked, caller, sign_in, token_call

from sandbox.http import Request, Response
from sandbox.procore.demo import HARBOR_POINT, MARCUS, NORTHWIND, PRIYA


def admin(sandbox: Checked, method: str, path: str, body: Any = None, **query: str) -> Response:
    data = b"" if body is None else json.dumps(body).encode()
    return sandbox.handle(Request(method, f"/_sandbox/{path}", tuple(query.items()), {}, data))


def test_a_call_is_written_down_with_who_what_and_how_it_ended(sandbox: Checked, priya: Caller) -> None:
    priya.observe(name="Valve")
    call = sandbox.journal.calls()[-1]

    assert call["method"] == "POST"
    assert call["path"] == "/rest/v1.0/observations/items"
    assert call["body"] == {"project_id": HARBOR_POINT, "observation": {"name": "Valve", "type_id": 7001}}
    assert (call["status"], call["transport"], call["fault"]) == (201, "answer", None)
    assert call["identity"] == {"id": PRIYA, "name": "Priya Raman"}
    assert call["company"] == str(NORTHWIND)
    assert call["time"] == "2026-09-21T14:13:20Z"


def test_refused_calls_are_written_down_too(sandbox: Checked, priya: Caller) -> None:
    Caller(sandbox, "nobody").get("/rest/v1.0/me")
    priya.get("/nothing", a="1")

    first, second = sandbox.journal.calls()
    assert (first["status"], first["identity"]) == (401, None)
    assert (second["status"], second["query"], second["body"]) == (404, [["a", "1"]], None)


def test_effects_name_their_call_and_what_was_made(sandbox: Checked, priya: Caller) -> None:
    uuid = priya.upload(b"hello", "leak.jpg")
    item = priya.observe(name="Valve", upload_ids=[uuid]).json()["id"]
    log = priya.comment(item, comment="Seen").json()["id"]
    journal, sha256 = sandbox.journal, hashlib.sha256(b"hello").hexdigest()

    assert [entry["n"] for entry in journal.entries] == list(range(1, len(journal.entries) + 1))
    stored = journal.effects("file_stored")[0]
    assert (stored["upload"], stored["size"], stored["sha256"]) == (uuid, 5, sha256)
    created = journal.effects("observation_created")[0]
    assert (created["observation_id"], created["name"], created["number"]) == (item, "Valve", "1")
    attached = journal.effects("attached")[0]
    assert (attached["observation_id"], attached["name"], attached["sha256"]) == (item, "leak.jpg", sha256)
    assert journal.entries[attached["call"] - 1]["path"] == "/rest/v1.0/observations/items"
    assert journal.effects("response_log_created")[0]["response_log_id"] == log


def test_no_secret_is_written_down(sandbox: Checked) -> None:
    pair = sign_in(sandbox, PRIYA)
    token_call(sandbox, grant_type="refresh_token", refresh_token=pair["refresh_token"])
    priya = Caller(sandbox, pair["access_token"])
    whole = priya.observe(upload_ids=[priya.upload(b"x")]).json()
    priya.get(whole["attachments"][0]["url"].removeprefix("http://api.procore.test"))
    text = json.dumps(sandbox.journal.entries)

    assert "sandbox-access-" not in text
    assert "sandbox-refresh-" not in text
    assert "sandbox-code-" not in text
    assert "not-a-secret-client" not in text
    grants = [call["body"] for call in sandbox.journal.calls("oauth") if call["method"] == "POST"]
    assert grants == [{"grant_type": "authorization_code"}, {"grant_type": "refresh_token"}]


def test_storage_calls_have_a_surface_of_their_own(sandbox: Checked, priya: Caller) -> None:
    priya.upload(b"x")

    assert [call["path"] for call in sandbox.journal.calls("storage")] == ["/uploads"]
    assert len(sandbox.journal.calls("rest")) == 1


def test_the_journal_is_read_from_a_number_on(sandbox: Checked, priya: Caller) -> None:
    priya.observe()
    whole = admin(sandbox, "GET", "journal").json()
    rest = admin(sandbox, "GET", "journal", since=str(whole["last"] - 2)).json()

    assert len(whole["entries"]) == whole["last"]
    assert rest["entries"] == whole["entries"][-2:]
    assert admin(sandbox, "GET", "journal", since=str(whole["last"])).json()["entries"] == []
    assert admin(sandbox, "GET", "journal", since="x").status == 400


def test_the_sandboxes_own_paths_are_not_written_down_nor_limited(sandbox: Checked, priya: Caller) -> None:
    before = len(sandbox.journal.entries)
    answers = [admin(sandbox, "GET", path) for path in ("health", "journal", "state", "faults", "settings")]

    assert [answer.status for answer in answers] == [200] * 5
    assert len(sandbox.journal.entries) == before
    assert answers[0].json() == {"status": "ok", "time": 1_790_000_000.0}
    assert answers[0].header("X-Rate-Limit-Limit") is None
    assert admin(sandbox, "GET", "nothing").status == 404


def test_the_state_shows_observations_with_logs_and_files(sandbox: Checked, priya: Caller) -> None:
    sent = {"upload_ids": [priya.upload(b"hello", "leak.jpg")], "priority": "High", "trade_id": 8001}
    item = priya.observe(**sent, description="Wet", assignee_ids=[MARCUS]).json()["id"]
    priya.comment(item, comment="Seen", upload_ids=[priya.upload(b"ab", "b.png")], status="closed")
    state = admin(sandbox, "GET", "state").json()
    found = next(one for one in state["observations"] if one["id"] == item)

    sha256 = hashlib.sha256(b"hello").hexdigest()
    assert found["attachments"][0] == {
        "id": 6_181_940_361, "name": "leak.jpg", "content_type": "image/jpeg", "size": 5, "sha256": sha256,
    }  # fmt: skip
    assert (found["status"], found["priority"], found["trade"]) == ("closed", "High", "HVAC")
    assert (found["type"], found["deleted"]) == ("Commissioning Issue", False)
    assert found["assignees"] == ["marcus.lindqvist@northwind.example"]
    log = found["response_logs"][0]
    assert (log["comment"], log["status"], log["created_by"]) == ("Seen", "Closed", "Priya Raman")
    assert [(file["name"], file["size"]) for file in log["attachments"]] == [("b.png", 2)]
    assert [upload["file"]["size"] for upload in state["uploads"]] == [5, 2]


def test_faults_are_set_shown_and_cleared(sandbox: Checked, priya: Caller) -> None:
    assert admin(sandbox, "POST", "faults", {"path": "/rest/.*", "status": 503}).json() == {"faults": 1}
    assert admin(sandbox, "POST", "faults", [{"kind": "drop"}, {"kind": "cut"}]).json() == {"faults": 3}
    assert priya.get("/rest/v1.0/me").status == 503
    assert [one["seen"] for one in admin(sandbox, "GET", "faults").json()] == [1, 1, 1]
    assert admin(sandbox, "DELETE", "faults").status == 204
    assert priya.get("/rest/v1.0/me").status == 200
    assert admin(sandbox, "POST", "faults", {"kind": "explode"}).status == 400
    assert admin(sandbox, "POST", "faults").status == 400


def test_settings_can_be_changed_and_hide_the_secret(sandbox: Checked, priya: Caller) -> None:
    changed = admin(sandbox, "PATCH", "settings", {"rate_spike": 1}).json()

    assert changed["rate_spike"] == 1
    assert "client_secret" not in changed
    priya.get("/rest/v1.0/me")
    assert priya.get("/rest/v1.0/me").status == 429
    assert admin(sandbox, "PATCH", "settings", {"rate_spike": "many"}).status == 400
    assert admin(sandbox, "PATCH", "settings", {"colour": "red"}).status == 400
    assert admin(sandbox, "PATCH", "settings", [1]).status == 400


def test_a_reset_goes_back_to_the_start(sandbox: Checked, priya: Caller) -> None:
    priya.observe(upload_ids=[priya.upload(b"x")])
    admin(sandbox, "POST", "faults", {"status": 503})
    admin(sandbox, "PATCH", "settings", {"rate_spike": 1})
    assert admin(sandbox, "POST", "reset").status == 204

    assert sandbox.journal.entries == []
    assert sandbox.settings.rate_spike == 100_000
    assert caller(sandbox, PRIYA).items().json() == []
    assert len(admin(sandbox, "GET", "state").json()["observations"]) == 2
    assert b"".join(sandbox.blobs.read("blob-1", 0, 9)) == b""
