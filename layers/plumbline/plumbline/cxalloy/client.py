"""The CxAlloy TQ client: its calls as methods, its answers as the model."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urljoin

from pydantic import ValidationError

from plumbline.cxalloy.calls import filled
from plumbline.cxalloy.door import Door
from plumbline.cxalloy.model import Access, Issue, IssuePage, Unreadable
from plumbline.cxalloy.pages import PageCount
from plumbline.cxalloy.reading import Listing, read_listing
from plumbline.cxalloy.records import read_file, read_issue, read_project
from plumbline.cxalloy.upload import FileForm
from plumbline.errors import NeedsAuthorization, Reject, Retry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from typing import Literal

    import requests

    from plumbline.cxalloy.calls import CxAlloyCalls
    from plumbline.cxalloy.model import IssueFile, Project

Read = TypeVar("Read")
ODD = "CxAlloy TQ answered {call} in a shape that is not known: {reason}."
ODD_NEXT = "Run the doctor and adjust the tracker's calls."


class CxAlloyClient:
    """Calls CxAlloy TQ with one API key.

    `gate` runs before each call and may raise Retry; `now` gives Unix seconds; `timeout` is seconds to
    connect and to read. Every method raises Retry (EffectUnknown for a write that may have happened), Reject
    or NeedsAuthorization.
    """

    def __init__(
        self,
        host: str,
        identifier: str,
        secret: str,
        *,
        authorization_id: str,
        session: requests.Session,
        calls: CxAlloyCalls,
        now: Callable[[], float],
        gate: Callable[[], None] | None = None,
        timeout: tuple[float, float] = (5, 30),
    ) -> None:
        self._calls = calls
        self._door = Door(
            host, identifier, secret,
            authorization_id=authorization_id, session=session,
            calls=calls, now=now, gate=gate, timeout=timeout,
        )  # fmt: skip
        self.request = self._door.request

    def projects(self) -> tuple[Project, ...]:
        """Return the projects that the key reaches."""
        listing = self._listing("GET", "/project")
        return tuple(_readable(read_project, record, "/project") for record in listing.records)

    def project(self, project_id: str) -> Project:
        """Return one project; Reject "not_found" when the key does not reach it."""
        path = filled("/project/{project_id}", project_id=project_id)
        return _readable(read_project, self.request("GET", path), path)

    def check_access(self, *, probe: bool = False) -> Access:
        """Return what the key reaches and may do.

        No record is known to say whether a key may write. With `probe`, an update of an issue that
        exists nowhere is tried: refusing the key means read only, not finding the issue means it may write.
        """
        projects = self.projects()
        told = {project.read_only for project in projects}
        if told in ({True}, {False}):
            return Access(projects, "read_only" if told == {True} else "read_write")
        return Access(projects, self._probe(projects[0].id) if probe and projects else "unknown")

    def _probe(self, project_id: str) -> Literal["read_write", "read_only", "unknown"]:
        try:
            self._update(project_id, self._calls.probe_issue_id, {})
        except NeedsAuthorization:
            return "read_only"
        except Reject as refusal:
            return "read_write" if refusal.code == "not_found" else "unknown"
        except Retry:
            return "unknown"
        return "unknown"

    def issues(
        self,
        project_id: str,
        *,
        include_comments: bool = True,
        include_files: bool = True,
        only: str | None = None,
    ) -> Iterator[IssuePage]:
        """Yield the project's issues page by page; the last page says whether the listing is complete.

        `only` asks for one issue id by a filter that no source confirms: the pages may hold others too.
        """
        attach = self._attach_files(project_id, only) if include_files else _no_files
        asked = self._issue_query(project_id, only, comments=include_comments, files=include_files)
        count = PageCount(self._calls.page_size)
        while not count.ended:
            number = self._calls.first_page + count.pages
            listing = self._listing("POST", "/issue", body={**asked, "page": number})
            count.add(listing)
            read = [read_issue(record) for record in listing.records]
            issues = tuple(attach(item) for item in read if isinstance(item, Issue))
            unreadable = tuple(item for item in read if isinstance(item, Unreadable))
            yield IssuePage(issues, unreadable, number, listing.total, count.complete)

    def issue(self, project_id: str, issue_id: str) -> Issue | None:
        """Return the issue as it is now, or None when a complete listing does not hold it.

        Right whether the API honours the filter or not: an empty filtered answer is confirmed by a full
        listing. Raises Retry when the listing moved while it was read, Reject when the record is unreadable.
        """
        found, alone = self._look(project_id, issue_id, only=issue_id)
        if found is None and alone:
            found, _ = self._look(project_id, issue_id, only=None)
        return found

    def _look(self, project_id: str, issue_id: str, *, only: str | None) -> tuple[Issue | None, bool]:
        """Return the issue if it is found, and whether the answer held nothing at all."""
        seen = 0
        complete: bool | None = None
        for page in self.issues(project_id, only=only):
            for issue in page.issues:
                if issue.id == issue_id:
                    return issue, False
            _refuse_unreadable(page, issue_id)
            seen += len(page.issues) + len(page.unreadable)
            complete = page.complete
        if not complete:
            raise Retry("The issues of the project moved while they were listed", after=1.0)
        return None, not seen

    def web_address(self, issue: Issue) -> str:
        """Return the address of an issue's page, for people."""
        return self._calls.issue_link(self._door.origin, issue)

    def set_status(self, project_id: str, issue_id: str, status_id: str) -> None:
        """Set an issue's status."""
        self._update(project_id, issue_id, {self._calls.status_id_field: self._id(status_id)})

    def add_comment(self, project_id: str, issue_id: str, text: str) -> str | None:
        """Add a comment; returns its id where the answer tells it."""
        body = {**self._ids(project_id, issue_id), self._calls.comment_text_field: text}
        answer = self.request("POST", self._calls.comment_create_path, body=body, writes=True)
        return _told_id(answer, self._calls.comment_id_field)

    def download(
        self, project_id: str, file: IssueFile
    ) -> AbstractContextManager[tuple[Iterator[bytes], int | None]]:
        """Open a file for a `with`: its chunks, read once, and its length in bytes where that is told."""
        if file.url:
            return self._door.download("GET", urljoin(self._door.origin, file.url))
        path = filled(self._calls.file_download_path, project_id=project_id, file_id=file.id)
        return self._door.download(self._calls.file_download_method, self._door.url(path))

    def upload_file(
        self,
        project_id: str,
        issue_id: str,
        *,
        name: str,
        content_type: str,
        size: int,
        open_chunks: Callable[[], Iterable[bytes]],
    ) -> str | None:
        """Add a file to an issue, streamed; it is read twice, as the signature goes before the body.

        Returns the file's id where the answer tells it.
        """
        ids = {key: str(value) for key, value in self._ids(project_id, issue_id).items()}
        form = FileForm(ids, self._calls.file_field, name, content_type, size, open_chunks)
        answer = self.request("POST", self._calls.file_create_path, body=form, writes=True)
        return _told_id(answer, self._calls.file_id_field)

    def _update(self, project_id: str, issue_id: str, fields: Mapping[str, object]) -> None:
        body = {**self._ids(project_id, issue_id), **fields}
        self.request("POST", self._calls.issue_update_path, body=body, writes=True)

    def _issue_query(
        self, project_id: str, only: str | None, *, comments: bool, files: bool
    ) -> dict[str, object]:
        calls = self._calls
        include = [calls.include_comments] if comments else []
        include += [calls.include_files] if files and calls.files_from == "include" else []
        asked: dict[str, object] = {
            "project_id": self._id(project_id),
            "perpage": calls.page_size,
            "include": include,
        }
        return asked | ({calls.issue_filter_field: self._id(only)} if only else {})

    def _attach_files(self, project_id: str, only: str | None) -> Callable[[Issue], Issue]:
        if self._calls.files_from == "include":
            return _no_files
        files = self._listed_files(project_id, only)
        return lambda issue: replace(issue, files=tuple(files[issue.id]))

    def _listed_files(self, project_id: str, only: str | None) -> dict[str, list[IssueFile]]:
        """Return the project's files by issue; one more list call a page of 500."""
        field, path = self._calls.file_list_issue_field, self._calls.file_list_path
        query = {"project_id": project_id} | ({field: only} if only else {})
        files: dict[str, list[IssueFile]] = defaultdict(list)
        count = PageCount(self._calls.page_size)
        while not count.ended:
            number = str(self._calls.first_page + count.pages)
            listing = self._listing("GET", path, query={**query, "page": number})
            count.add(listing)
            for record in listing.records:
                owner = _told_id(record, field)
                if owner:
                    files[owner].append(_readable(read_file, record, path))
        return files

    def _listing(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        body: Mapping[str, object] | None = None,
    ) -> Listing:
        return _readable(read_listing, self.request(method, path, query=query, body=body), path)

    def _ids(self, project_id: str, issue_id: str) -> dict[str, object]:
        calls = self._calls
        return {calls.project_id_field: self._id(project_id), calls.issue_id_field: self._id(issue_id)}

    def _id(self, value: str) -> str | int:
        return int(value) if self._calls.ids_as == "number" and value.isdecimal() else value


def _readable(read: Callable[[object], Read], answer: object, call: str) -> Read:
    try:
        return read(answer)
    except (ValidationError, ValueError) as error:
        reason = str(error).splitlines()[0]
        raise Reject("unreadable", ODD.format(call=call, reason=reason), ODD_NEXT) from None


def _no_files(issue: Issue) -> Issue:
    """Leave an issue with the files of its own record."""
    return issue


def _refuse_unreadable(page: IssuePage, issue_id: str) -> None:
    for odd in page.unreadable:
        if odd.issue_id == issue_id:
            raise Reject("unreadable", ODD.format(call="/issue", reason=odd.cause), ODD_NEXT)


def _told_id(answer: object, field: str) -> str | None:
    told = answer.get(field) if isinstance(answer, dict) else None
    return str(told) if told not in (None, "") else None
