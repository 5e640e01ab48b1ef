"""The CxAlloy client against the sandbox over HTTP."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pytest
import requests
from tests.contract.cxalloy_stage import Stage, raised
from tests.unit.sandbox_cxalloy.small_world import small_world

from plumbline.cxalloy.calls import CxAlloyCalls
from plumbline.cxalloy.client import CxAlloyClient
from plumbline.cxalloy.model import Access, Asset, IssueFile, Project, content_hash
from plumbline.errors import EffectUnknown, NeedsAuthorization, Reject, Retry
from sandbox.cxalloy import serve
from sandbox.cxalloy.world import FileSpec

if TYPE_CHECKING:
    from collections.abc import Iterator


NORTH = Project("7", "North Hospital", None)
SOUTH = Project("8", "South Lab", None)


@pytest.fixture(scope="module")
def served() -> Iterator[Stage]:
    with raised() as stage:
        yield stage


@pytest.fixture
def stage(served: Stage) -> Stage:
    return served.begin()


def all_issues(client: Any, project_id: str = "7", **how: Any) -> list[Any]:
    return [issue for page in client.issues(project_id, **how) for issue in page.issues]


def download(client: Any, file: IssueFile) -> tuple[bytes, int | None]:
    with client.download("7", file) as (chunks, size):
        return b"".join(chunks), size


def test_projects_are_listed_and_read(stage: Stage) -> None:
    client = stage.client()

    assert client.projects() == (NORTH, SOUTH)
    assert client.project("8") == SOUTH
    with pytest.raises(Reject) as caught:
        client.project("9")
    assert caught.value.code == "not_found"


def test_an_issue_comes_with_comments_oldest_first_and_files(stage: Stage) -> None:
    issue = stage.client().issue("7", "101")

    assert (issue.id, issue.number, issue.section) == ("101", "CHK-1", "construction")
    assert (issue.status_id, issue.status) == ("2", "Ready to copy")
    assert (issue.due_date, issue.created_on) == (date(2026, 6, 30), date(2026, 5, 1))
    assert issue.description == "Damper stuck\r\nSecond line"
    assert issue.asset == Asset("equipment", "71", "AHU-1")
    assert [comment.text for comment in issue.comments] == ["first", "second"]
    assert issue.comments[1].created_at == datetime(2026, 5, 3, 9, 30, tzinfo=UTC)
    assert [(file.id, file.name, file.size) for file in issue.files] == [
        ("301", "photo.jpeg", 200_000),
        ("302", "empty.csv", 0),
    ]


def test_a_fresh_read_costs_one_call_where_the_filter_works(stage: Stage) -> None:
    stage.client().issue("7", "103")

    assert stage.paths() == ["/issue"]


def test_a_fresh_read_is_right_where_the_filter_is_ignored(stage: Stage) -> None:
    stage.behave(issue_filter="ignored")
    client = stage.client(page_size=2)

    assert client.issue("7", "103").number == "CHK-3"
    assert client.issue("7", "999") is None


def test_an_issue_is_gone_only_after_a_full_listing_missed_it(stage: Stage) -> None:
    assert stage.client().issue("7", "999") is None
    bodies = [call.body.get("issue_id") for call in stage.sandbox.calls]
    assert bodies == ["999", None]


def test_an_issue_that_only_the_filter_misses_is_found(stage: Stage) -> None:
    # An API that compares ids as numbers would miss a text; here the field has another name.
    stage.behave(issue_filter="honoured")
    client = stage.client(issue_filter_field="id", page_size=1)

    assert client.issue("7", "103").number == "CHK-3"


def test_a_deleted_or_unpublished_issue_is_not_read(stage: Stage) -> None:
    stage.sandbox.world.issue("101").deleted = True
    stage.sandbox.world.issue("102").published = False

    assert stage.client().issue("7", "101") is None
    assert [issue.id for issue in all_issues(stage.client())] == ["103"]


def test_a_listing_is_read_page_by_page_and_is_complete(stage: Stage) -> None:
    stage.add_issues(1000)

    pages = list(stage.client().issues("7"))

    assert [(page.number, len(page.issues), page.total, page.complete) for page in pages] == [
        (1, 500, 1003, None),
        (2, 500, 1003, None),
        (3, 3, 1003, True),
    ]


def test_a_server_with_a_smaller_cap_loses_no_issue(stage: Stage) -> None:
    stage.behave(page_cap=2)

    assert [issue.id for issue in all_issues(stage.client())] == ["101", "102", "103"]


def test_an_issue_is_not_called_gone_when_the_listing_moved(stage: Stage) -> None:
    body = '{"records": [{"issue_id": 1, "project_id": 7}], "total_count": 2}'
    stage.fault(path=".*/issue", status=200, body=body, times=1)
    stage.fault(path=".*/issue", status=200, body='{"records": [], "total_count": 2}', nth=2)

    with pytest.raises(Retry, match="moved"):
        stage.client().issue("7", "999")


def test_a_file_without_an_owner_in_the_list_is_left_out(stage: Stage) -> None:
    stage.fault(path=".*/file", status=200, body='[{"file_id": 1, "name": "of the project"}]')

    assert stage.client(files_from="list").issue("7", "101").files == ()


def test_a_bare_array_is_paged_by_its_short_page(stage: Stage) -> None:
    stage.behave(envelope=False)

    pages = list(stage.client(page_size=2).issues("7"))

    assert [(len(page.issues), page.complete) for page in pages] == [(2, None), (1, True)]


def test_a_listing_that_shifts_while_it_is_read_is_not_complete(stage: Stage) -> None:
    pages = stage.client(page_size=2).issues("7")
    next(pages)
    stage.sandbox.world.issue("101").deleted = True

    assert [page.complete for page in pages] == [False]


def test_an_unreadable_record_hides_no_other(stage: Stage) -> None:
    odd, good = '{"issue_id": 1, "project_id": 7, "due_date": "soon"}', '{"issue_id": 2, "project_id": 7}'
    body = f'{{"records": [{odd}, {good}], "total_count": 2, "page": 1}}'
    stage.fault(path=".*/issue", status=200, body=body, times=0)

    (page,) = stage.client().issues("7")

    assert [issue.id for issue in page.issues] == ["2"]
    assert page.unreadable[0].issue_id == "1"
    assert page.complete is True
    with pytest.raises(Reject, match="due_date"):
        stage.client().issue("7", "1")


def test_comments_and_files_can_be_left_out(stage: Stage) -> None:
    (first, *_) = all_issues(stage.client(), include_comments=False, include_files=False)

    assert (first.comments, first.files) == ((), ())
    assert stage.sandbox.calls[0].body["include"] == []


def test_files_can_be_read_from_the_file_list(stage: Stage) -> None:
    stage.behave(files_in_include=False)
    stage.sandbox.world.files.append(FileSpec(id="303", issue_id="103", name="x"))

    client = stage.client(files_from="list", page_size=1)

    assert [file.name for file in all_issues(client)[0].files] == ["photo.jpeg", "empty.csv"]
    assert [file.name for file in client.issue("7", "101").files] == ["photo.jpeg", "empty.csv"]
    assert client.issue("7", "102").files == ()


def test_the_content_hash_holds_while_nothing_changes(stage: Stage) -> None:
    before = content_hash(stage.client().issue("7", "101"))
    stage.behave(salt=9, download="url")
    unchanged = content_hash(stage.client().issue("7", "101"))
    stage.client().add_comment("7", "101", "third")

    assert before == unchanged
    assert content_hash(stage.client().issue("7", "101")) != before


@pytest.mark.parametrize("ids_as", ["text", "number"])
def test_a2_the_status_is_set(stage: Stage, ids_as: str) -> None:
    stage.client(ids_as=ids_as).set_status("7", "101", "3")

    assert stage.sandbox.world.issue("101").status_id == "3"
    assert len(stage.sandbox.effects) == 1


def test_a26_a_comment_is_added_and_its_id_told(stage: Stage) -> None:
    told = stage.client().add_comment("7", "103", 'see Procore — №5 \ud83d\udd27 "q"')

    (comment,) = stage.sandbox.world.issue("103").comments
    assert (comment.comment, comment.issuecomment_id) == ('see Procore — №5 🔧 "q"', told)


def test_calls_of_other_names_are_used_as_set(stage: Stage) -> None:
    client = stage.client(issue_update_path="/issue/update", status_id_field="status")

    with pytest.raises(Reject):
        client.set_status("7", "101", "3")
    assert stage.sandbox.calls[0].path == "/api/v1/issue/update"
    assert stage.sandbox.calls[0].body == {"project_id": "7", "issue_id": "101", "status": "3"}


def test_a26_the_address_of_an_issue_leads_to_its_host(stage: Stage) -> None:
    issue = stage.client().issue("7", "102")

    assert stage.client().web_address(issue) == f"{stage.origin}/project/7/designissue/102"


@pytest.mark.parametrize("way", ["path", "redirect", "url"])
def test_a33_a_file_is_streamed_whole(stage: Stage, way: str) -> None:
    stage.behave(download=way)
    client = stage.client()
    photo, empty = client.issue("7", "101").files

    content, size = download(client, photo)

    assert (len(content), size) == (200_000, 200_000)
    spec = stage.sandbox.world.file("301")
    assert hashlib.sha256(content).hexdigest() == stage.sandbox.files.measure(spec)[1]
    assert download(client, empty) == (b"", 0)


@pytest.mark.parametrize("way", ["redirect", "url"])
def test_no_signature_goes_to_another_host(stage: Stage, way: str) -> None:
    stage.behave(download=way, file_origin=stage.other_origin)
    client = stage.client()
    photo = client.issue("7", "101").files[0]

    content, _ = download(client, photo)

    # The other host refuses any call that carries a signature.
    assert len(content) == 200_000
    assert [call.key for call in stage.sandbox.calls if call.path.startswith("/blob/")] == [""]


def test_a_redirect_to_plain_http_elsewhere_is_not_followed(stage: Stage) -> None:
    stage.fault(path=".*/download", status=302, headers={"Location": "http://files.example/x"}, body="")

    with pytest.raises(Reject, match="not https"):
        download(stage.client(), IssueFile("301", "a", None, None))


def test_redirects_in_circles_end(stage: Stage) -> None:
    stage.fault(path=".*", status=302, headers={"Location": "/api/v1/file/301/download"}, body="", times=0)

    with pytest.raises(Reject, match="circles"):
        download(stage.client(), IssueFile("301", "a", None, None))
    assert len(stage.sandbox.calls) == 3


def test_an_address_that_ran_out_is_read_anew_and_stops_nothing(stage: Stage) -> None:
    stage.behave(download="url", file_origin=stage.other_origin, file_url_seconds=-5)
    client = stage.client()

    with pytest.raises(Retry, match="run out"):
        download(client, client.issue("7", "101").files[0])


def test_an_address_without_a_host_is_one_of_the_trackers_own(stage: Stage) -> None:
    address = "/api/v1/file/301/download"

    assert download(stage.client(), IssueFile("301", "a", None, address))[1] == 200_000


def test_a_download_by_post_follows_its_redirect_by_get(stage: Stage) -> None:
    stage.fault(method="POST", status=302, headers={"Location": "/api/v1/file/301/download"}, body="")

    assert (
        download(stage.client(file_download_method="POST"), IssueFile("301", "a", None, None))[1] == 200_000
    )


def test_a_cut_download_is_not_taken_for_the_whole(stage: Stage) -> None:
    stage.fault(path=".*/download", kind="cut")

    with pytest.raises(Retry, match="broke off"):
        download(stage.client(), IssueFile("301", "a", 200_000, None))


def test_a_file_that_is_gone_is_not_found(stage: Stage) -> None:
    with pytest.raises(Reject) as caught:
        download(stage.client(), IssueFile("999", "a", None, None))

    assert caught.value.code == "not_found"


def test_an_upload_is_streamed_and_arrives_byte_for_byte(stage: Stage) -> None:
    chunk = bytes(range(256)) * 256

    told = stage.client().upload_file(
        "7",
        "103",
        name='Übersicht "final".bin',
        content_type="application/octet-stream",
        size=20 * len(chunk),
        open_chunks=lambda: (chunk for _ in range(20)),
    )

    file = stage.sandbox.world.file(told)
    assert file.name == 'Übersicht "final".bin'
    assert stage.sandbox.files.measure(file) == (20 * len(chunk), hashlib.sha256(chunk * 20).hexdigest())


def test_an_empty_file_can_be_uploaded(stage: Stage) -> None:
    told = stage.client().upload_file(
        "7", "103", name="zero", content_type="text/plain", size=0, open_chunks=list
    )  # fmt: skip

    assert stage.sandbox.files.measure(stage.sandbox.world.file(told))[0] == 0


@pytest.mark.parametrize("wrong", [{"key": "nobody"}, {"secret": "wrong"}])
def test_a_wrong_key_needs_authorization(stage: Stage, wrong: dict[str, Any]) -> None:
    with pytest.raises(NeedsAuthorization) as caught:
        stage.client(**wrong).projects()

    assert caught.value.authorization_id == "auth-1"


def test_a_key_that_lost_a_project_rejects_and_never_says_gone(stage: Stage) -> None:
    stage.sandbox.world.account.keys[0].projects = ["8"]

    with pytest.raises(Reject) as caught:
        stage.client().issue("7", "101")
    assert caught.value.code == "not_found"


def test_the_hourly_limit_is_obeyed(stage: Stage) -> None:
    stage.behave(hourly_limit=1)
    client = stage.client()
    client.projects()

    with pytest.raises(Retry) as caught:
        client.projects()
    assert 1 <= caught.value.after <= 3600


def test_the_gate_runs_before_each_call_and_can_hold_it(stage: Stage) -> None:
    passed = []

    def gate() -> None:
        passed.append(1)
        if len(passed) > 2:
            raise Retry("wait", after=9)

    client = stage.client(gate=gate)
    client.projects()
    client.projects()
    with pytest.raises(Retry, match="wait"):
        client.projects()
    assert len(stage.sandbox.calls) == 2


@pytest.mark.parametrize(
    "fault",
    [
        {"kind": "drop"},
        {"kind": "drop", "when": "after"},
        {"kind": "cut"},
        {"status": 500},
        {"status": 504, "when": "after"},
        {"status": 200, "body": "<html>"},
    ],
)
def test_a3_a_write_without_an_answer_says_that_its_effect_is_unknown(
    stage: Stage, fault: dict[str, Any]
) -> None:
    stage.fault(path=".*/(issue|issue_update)", times=2, **fault)
    client = stage.client()

    with pytest.raises(EffectUnknown):
        client.set_status("7", "101", "3")
    with pytest.raises(Retry) as caught:
        client.issue("7", "101")
    assert type(caught.value) is Retry


def test_a3_a_write_that_timed_out_may_have_happened(stage: Stage) -> None:
    stage.fault(path=".*/issue_update", kind="stall", stall_seconds=5)

    with pytest.raises(EffectUnknown, match="ReadTimeout"):
        stage.client(timeout=(2, 0.1)).set_status("7", "101", "3")
    assert stage.sandbox.world.issue("101").status_id == "3"


def test_a_write_that_never_left_had_no_effect(stage: Stage) -> None:
    # A port that nothing listens on: the refusal comes before a byte is sent.
    with serve(small_world()) as (gone, _):
        pass
    stage_origin, stage.origin = stage.origin, gone
    client = stage.client()
    stage.origin = stage_origin

    with pytest.raises(Retry) as caught:
        client.set_status("7", "101", "3")
    assert type(caught.value) is Retry


def test_a_200_with_an_error_body_is_a_refusal(stage: Stage) -> None:
    stage.behave(errors_as_200=True)

    with pytest.raises(Reject, match="Unknown status 99"):
        stage.client().set_status("7", "101", "99")


def test_an_answer_of_unknown_shape_is_named(stage: Stage) -> None:
    stage.fault(path=".*/project", status=200, body='{"projects": []}')

    with pytest.raises(Reject, match="no list of records") as caught:
        stage.client().projects()
    assert caught.value.code == "unreadable"


@pytest.mark.parametrize(("key", "mode"), [("demo-key", "read_write"), ("reader", "read_only")])
def test_s20_a_probe_tells_a_read_only_key_and_changes_nothing(stage: Stage, key: str, mode: Any) -> None:
    assert stage.client(key).check_access(probe=True) == Access((NORTH, SOUTH), mode)
    assert stage.sandbox.effects == []


def test_s20_without_a_probe_the_mode_is_unknown(stage: Stage) -> None:
    assert stage.client("north-only").check_access() == Access((NORTH,), "unknown")


@pytest.mark.parametrize("fault", [{"status": 422}, {"status": 500}, {"status": 200, "body": "{}"}])
def test_s20_a_probe_that_tells_nothing_leaves_the_mode_unknown(stage: Stage, fault: dict[str, Any]) -> None:
    stage.fault(path=".*/issue_update", **fault)

    assert stage.client().check_access(probe=True).mode == "unknown"


@pytest.mark.parametrize(("word", "mode"), [("true", "read_only"), ("false", "read_write")])
def test_s20_a_record_that_tells_the_mode_is_believed(stage: Stage, word: str, mode: Any) -> None:
    body = f'[{{"project_id": 7, "name": "N", "read_only": {word}}}]'
    stage.fault(path=".*/project", status=200, body=body)

    assert stage.client().check_access().mode == mode


def test_s22_plain_http_to_another_machine_is_refused_before_any_call() -> None:
    with pytest.raises(Reject) as caught:
        CxAlloyClient(
            "http://tq.example",
            "k",
            "s",
            authorization_id="auth-1",
            session=requests.Session(),
            calls=CxAlloyCalls(),
            now=time.time,
        )

    assert caught.value.field == "host"


def test_the_served_page_shows_the_account(stage: Stage) -> None:
    page = requests.get(stage.origin + "/", timeout=5)

    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "North Hospital" in page.text
    assert requests.get(stage.origin + "/_sandbox/health", timeout=5).json() == {"status": "ok", "issues": 4}
    assert len(requests.get(stage.origin + "/_sandbox/files/301/content", timeout=5).content) == 200_000


def test_a_connection_that_takes_too_long_to_make_had_no_effect(stage: Stage) -> None:
    class Slow(requests.Session):
        def request(self, *args: Any, **how: Any) -> requests.Response:
            raise requests.ConnectTimeout

    client = CxAlloyClient(
        stage.origin, "k", "s", authorization_id="a", session=Slow(), calls=CxAlloyCalls(), now=time.time
    )  # fmt: skip

    with pytest.raises(Retry, match="cannot be reached") as caught:
        client.set_status("7", "101", "3")
    assert type(caught.value) is Retry


def test_an_unreadable_record_of_another_issue_does_not_matter(stage: Stage) -> None:
    odd = '{"issue_id": 1, "project_id": 7, "due_date": "soon"}'
    stage.fault(path=".*/issue", status=200, body=f'{{"records": [{odd}], "total_count": 1}}')

    assert stage.client().issue("7", "2") is None
