"""The CxAlloy TQ client: its calls as methods, its answers as the model."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from plumbline.cxalloy.calls import filled
from plumbline.cxalloy.directory import read_company, read_person, read_role
from plumbline.cxalloy.door import Door
from plumbline.cxalloy.lists import ODD, ODD_NEXT, assets, entries, files_by_issue, readable, told_id
from plumbline.cxalloy.model import Access, Issue, IssuePage, Unreadable
from plumbline.cxalloy.pages import PageCount
from plumbline.cxalloy.reading import read_listing
from plumbline.cxalloy.records import read_issue, read_project
from plumbline.cxalloy.upload import FileForm
from plumbline.cxalloy.writing import issue_ids, issue_query, wire_fields, wire_id
from plumbline.errors import EffectUnknown, NeedsAuthorization, Reject, Retry

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from contextlib import AbstractContextManager
    from typing import Literal

    import requests

    from plumbline.cxalloy.calls import CxAlloyCalls
    from plumbline.cxalloy.model import Asset, Company, IssueFile, Person, Project, Role


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
        listing = readable(read_listing, self.request("GET", "/project"), "/project")
        return tuple(readable(read_project, record, "/project") for record in listing.records)

    def project(self, project_id: str) -> Project:
        """Return one project; Reject "not_found" when the key does not reach it."""
        path = filled("/project/{project_id}", project_id=project_id)
        return readable(read_project, self.request("GET", path), path)

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
        asked = issue_query(project_id, only, self._calls, comments=include_comments, files=include_files)
        count = PageCount(self._calls.page_size)
        while not count.ended:
            number = self._calls.first_page + count.pages
            answer = self.request("POST", "/issue", body={**asked, "page": number})
            listing = readable(read_listing, answer, "/issue")
            count.add(listing)
            read = [read_issue(record, self._calls.issue_title_field) for record in listing.records]
            issues = tuple(attach(self._told(item)) for item in read if isinstance(item, Issue))
            unreadable = tuple(item for item in read if isinstance(item, Unreadable))
            yield IssuePage(issues, unreadable, number, listing.total, count.complete)

    def _told(self, issue: Issue) -> Issue:
        """The issue with what its answer left out taken as the settings say: as untold, or as empty."""
        return replace(issue, missing=frozenset()) if self._calls.absent_means == "empty" else issue

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

    def people(self, project_id: str) -> tuple[Person, ...]:
        """Return the people whom issues of the project can be assigned to; a call a page of 500."""
        return entries(self._door, self._calls, self._calls.person_list_path, project_id, read_person)

    def companies(self, project_id: str) -> tuple[Company, ...]:
        """Return the companies whom issues of the project can be assigned to."""
        return entries(self._door, self._calls, self._calls.company_list_path, project_id, read_company)

    def roles(self, project_id: str) -> tuple[Role, ...]:
        """Return the roles whom issues of the project can be assigned to."""
        return entries(self._door, self._calls, self._calls.role_list_path, project_id, read_role)

    def assets(self, project_id: str) -> tuple[Asset, ...]:
        """Return the project's assets of every type; at least a call for each type."""
        return assets(self._door, self._calls, project_id)

    def create_issue(self, project_id: str, fields: Mapping[str, str | None]) -> str:
        """Make an issue and return its id; `fields` as for `update_issue`. There is no idempotency key.

        Raises EffectUnknown also where the answer tells no id.
        """
        calls = self._calls
        body = {calls.project_id_field: wire_id(project_id, calls), **wire_fields(fields, calls)}
        answer = self.request("POST", calls.issue_create_path, body=body, writes=True)
        made = told_id(answer, calls.issue_created_id_field)
        if made is None:
            raise EffectUnknown(f"CxAlloy TQ told no id on POST {calls.issue_create_path}")
        return made

    def update_issue(self, project_id: str, issue_id: str, fields: Mapping[str, str | None]) -> None:
        """Set fields, named as in the model (`plumbline.cxalloy.writing.WRITABLE`); None empties one."""
        self._update(project_id, issue_id, wire_fields(fields, self._calls))

    def delete_issue(self, project_id: str, issue_id: str) -> None:
        """Delete an issue, which people can undo for a while; Reject "not_found" when it is not there."""
        body = issue_ids(project_id, issue_id, self._calls)
        self.request("POST", self._calls.issue_delete_path, body=body, writes=True)

    def set_status(self, project_id: str, issue_id: str, status_id: str) -> None:
        """Set an issue's status."""
        self.update_issue(project_id, issue_id, {"status_id": status_id})

    def add_comment(self, project_id: str, issue_id: str, text: str) -> str | None:
        """Add a comment; returns its id where the answer tells it."""
        body = {**issue_ids(project_id, issue_id, self._calls), self._calls.comment_text_field: text}
        answer = self.request("POST", self._calls.comment_create_path, body=body, writes=True)
        return told_id(answer, self._calls.comment_id_field)

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
        ids = {key: str(value) for key, value in issue_ids(project_id, issue_id, self._calls).items()}
        form = FileForm(ids, self._calls.file_field, name, content_type, size, open_chunks)
        answer = self.request("POST", self._calls.file_create_path, body=form, writes=True)
        return told_id(answer, self._calls.file_id_field)

    def _update(self, project_id: str, issue_id: str, fields: Mapping[str, object]) -> None:
        body = {**issue_ids(project_id, issue_id, self._calls), **fields}
        self.request("POST", self._calls.issue_update_path, body=body, writes=True)

    def _attach_files(self, project_id: str, only: str | None) -> Callable[[Issue], Issue]:
        if self._calls.files_from == "include":
            return _no_files
        files = files_by_issue(self._door, self._calls, project_id, only)
        return lambda issue: replace(issue, files=tuple(files[issue.id]))


def _no_files(issue: Issue) -> Issue:
    """Leave an issue with the files of its own record."""
    return issue


def _refuse_unreadable(page: IssuePage, issue_id: str) -> None:
    for odd in page.unreadable:
        if odd.issue_id == issue_id:
            raise Reject("unreadable", ODD.format(call="/issue", reason=odd.cause), ODD_NEXT)
