from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from plumbline.cxalloy.address import origin_of, safe_split
from plumbline.cxalloy.calls import CxAlloyCalls, filled
from plumbline.cxalloy.pages import PageCount
from plumbline.cxalloy.reading import Listing
from plumbline.cxalloy.records import read_issue
from plumbline.cxalloy.upload import FileForm
from plumbline.errors import Reject, Retry

CONSTRUCTION: Any = read_issue({"issue_id": 5, "project_id": 7, "section": "construction"})
DESIGN: Any = read_issue({"issue_id": 6, "project_id": 7, "section": "design"})


def test_the_defaults_are_the_calls_that_were_tested() -> None:
    assert CxAlloyCalls().model_dump() == {
        "base_path": "/api/v1",
        "page_size": 500,
        "first_page": 1,
        "ids_as": "text",
        "message_is_error": True,
        "issue_filter_field": "issue_id",
        "include_comments": "comments",
        "include_files": "files",
        "files_from": "include",
        "issue_update_path": "/issue_update",
        "issue_id_field": "issue_id",
        "project_id_field": "project_id",
        "status_id_field": "status_id",
        "description_field": "description",
        "priority_id_field": "priority_id",
        "discipline_id_field": "discipline_id",
        "type_id_field": "issuetype_id",
        "due_date_field": "due_date",
        "asset_key_field": "asset_key",
        "asset_type_field": "asset_type",
        "assignee_type_field": "assigned_type",
        "assignee_key_field": "assigned_key",
        "issue_title_field": "",
        "clears_as": "empty",
        "absent_means": "untold",
        "dates_as": "us",
        "probe_issue_id": "0",
        "issue_create_path": "/issue_create",
        "issue_created_id_field": "issue_id",
        "issue_delete_path": "/issue_delete",
        "person_list_path": "/person",
        "company_list_path": "/company",
        "role_list_path": "/role",
        "asset_list_paths": ("/equipment", "/building", "/floor", "/space", "/system", "/zone"),
        "comment_create_path": "/issuecomment_create",
        "comment_text_field": "comment",
        "comment_id_field": "issuecomment_id",
        "file_list_path": "/file",
        "file_list_issue_field": "issue_id",
        "file_create_path": "/file_create",
        "file_field": "file",
        "file_id_field": "file_id",
        "file_download_path": "/file/{file_id}/download",
        "file_download_method": "GET",
        "construction_issue_page": "/project/{project_id}/constructionissue/{issue_id}",
        "design_issue_page": "/project/{project_id}/designissue/{issue_id}",
    }


@pytest.mark.parametrize(
    "path", ["@evil.example/x", "//evil.example/x", "https://evil.example", "x", "/a b", "/a\n"]
)
def test_no_path_can_lead_to_another_host(path: str) -> None:
    with pytest.raises(ValidationError):
        CxAlloyCalls(issue_update_path=path)


def test_a_page_holds_500_records_at_most() -> None:
    with pytest.raises(ValidationError):
        CxAlloyCalls(page_size=501)


def test_a26_each_section_has_its_page() -> None:
    calls = CxAlloyCalls()

    assert (
        calls.issue_link("https://tq.example", CONSTRUCTION)
        == "https://tq.example/project/7/constructionissue/5"
    )
    assert calls.issue_link("https://tq.example", DESIGN) == "https://tq.example/project/7/designissue/6"


def test_ids_cannot_climb_out_of_a_path() -> None:
    assert filled("/file/{file_id}/download", file_id="../x?y") == "/file/..%2Fx%3Fy/download"


@pytest.mark.parametrize(
    ("typed", "origin"),
    [
        ("tq.cxalloy.com", "https://tq.cxalloy.com"),
        (" https://TQ.cxalloy.com/ ", "https://tq.cxalloy.com"),
        ("https://tq.cxalloy.com:443", "https://tq.cxalloy.com"),
        ("https://tq.example:8443", "https://tq.example:8443"),
        ("http://127.0.0.1:8702", "http://127.0.0.1:8702"),
        ("http://localhost:8702", "http://localhost:8702"),
        ("https://tq.cxalloy.com/api/v1/", "https://tq.cxalloy.com"),
        ("http://[::1]:8702", "http://[::1]:8702"),
    ],
)
def test_s20_the_host_is_read_as_people_type_it(typed: str, origin: str) -> None:
    assert origin_of(typed) == origin


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("http://tq.cxalloy.com", "plain_http"),
        ("http://10.0.0.5", "plain_http"),
        ("http://127.0.0.1.evil.example", "plain_http"),
        ("ftp://tq.cxalloy.com", "bad_host"),
        ("https://me:pw@tq.cxalloy.com", "bad_host"),
        ("https://tq.cxalloy.com/project/7", "bad_host"),
        ("https://tq.cxalloy.com?x=1", "bad_host"),
        ("https://tq.cxalloy.com:port", "bad_host"),
        ("https://[tq", "bad_host"),
        ("", "bad_host"),
    ],
)
def test_s22_any_other_host_is_refused_by_field(typed: str, code: str) -> None:
    with pytest.raises(Reject) as caught:
        origin_of(typed)

    assert (caught.value.code, caught.value.field) == (code, "host")


@pytest.mark.parametrize(
    "address", ["http://files.example/x", "https://", "https://[x", "https://a:b/", "/x"]
)
def test_s22_a_file_is_fetched_from_no_other_address(address: str) -> None:
    with pytest.raises(Reject, match="not https"):
        safe_split(address)


def counted(*pages: tuple[list[int], int | None], size: int = 2) -> tuple[bool, bool | None]:
    count = PageCount(size)
    for ids, total in pages:
        assert not count.ended
        count.add(Listing(tuple({"issue_id": number} for number in ids), total))
    return count.ended, count.complete


def test_a_listing_ends_at_its_total_or_at_a_short_page() -> None:
    assert counted(([1, 2], 3)) == (False, None)
    assert counted(([1, 2], 3), ([3], 3)) == (True, True)
    assert counted(([1, 2], 2)) == (True, True)
    assert counted(([], 0)) == (True, True)
    assert counted(([1, 2], None)) == (False, None)
    assert counted(([1, 2], None), ([3], None)) == (True, True)
    assert counted(([1, 2], None), ([], None)) == (True, True)


def test_a_smaller_cap_of_the_server_loses_nothing() -> None:
    assert counted(([1], 3), ([2], 3), ([3], 3)) == (True, True)


def test_a_listing_that_moved_is_not_complete() -> None:
    assert counted(([1, 2], 4), ([2, 3], 4)) == (True, False)
    assert counted(([1, 2], 4), ([3], 3)) == (True, False)
    assert counted(([1, 2], 5), ([], 5)) == (True, False)
    assert counted(([1, 2, 3], 2)) == (True, False)


def test_records_without_an_id_are_told_apart_by_their_content() -> None:
    count = PageCount(2)
    count.add(Listing(("a", {"file_id": 1}), 2))

    assert count.complete is True


def test_a_form_knows_its_length_and_can_be_read_twice() -> None:
    form = FileForm(
        {"project_id": "7"}, "file", 'Ä"1".pdf', "application/pdf", 3, lambda: [b"ab", b"c"], "XX"
    )

    assert form.media_type == "multipart/form-data; boundary=XX"
    assert b"".join(form) == (
        b'--XX\r\nContent-Disposition: form-data; name="project_id"\r\n\r\n7\r\n'
        b'--XX\r\nContent-Disposition: form-data; name="file"; filename="\xc3\x84%221%22.pdf"\r\n'
        b"Content-Type: application/pdf\r\n\r\nabc\r\n--XX--\r\n"
    )
    assert len(form) == len(b"".join(form))


def test_a_file_that_changed_its_length_is_not_sent_whole() -> None:
    with pytest.raises(Retry, match="changed while it was read"):
        list(FileForm({}, "file", "a", "text/plain", 4, lambda: [b"abc"]))
