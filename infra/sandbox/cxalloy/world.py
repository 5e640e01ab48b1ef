"""What a CxAlloy TQ account holds, as plain data that is read from and written to JSON."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, PrivateAttr

from sandbox.cxalloy.index import Index


def read_day(value: object) -> object:
    """Accept MM/DD/YYYY, an ISO date or an ISO moment as a day; ValueError for other text."""
    if isinstance(value, str) and value:
        if "/" in value:
            return datetime.strptime(value[:10], "%m/%d/%Y").replace(tzinfo=UTC).date()
        return date.fromisoformat(value[:10])
    return value or None


def _moment(value: object) -> object:
    """Accept MM/DD/YYYY HH:MM:SS UTC or ISO as a moment; without a zone it is UTC."""
    if isinstance(value, str):
        if "/" in value:
            return datetime.strptime(value, "%m/%d/%Y %H:%M:%S UTC").replace(tzinfo=UTC)
        read = datetime.fromisoformat(value)
        return read if read.tzinfo else read.replace(tzinfo=UTC)
    return value


Day = Annotated[date | None, BeforeValidator(read_day)]
Moment = Annotated[datetime, BeforeValidator(_moment)]
Section = Literal["construction", "design"]


class _Shape(BaseModel):
    # Unknown keys are let through, so that a world may carry notes of its own.
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True, validate_assignment=True)


class Key(_Shape):
    """An API key of the account; `projects` None means all of them."""

    identifier: str
    secret: str
    mode: Literal["read_write", "read_only"] = "read_write"
    projects: list[str] | None = None
    active: bool = True


class Account(_Shape):
    """The account: what its host is called and which keys it has."""

    host_label: str = "tq.example"
    keys: list[Key] = []


class Project(_Shape):
    """A project of the account."""

    project_id: str
    name: str


_IDS = AliasChoices(
    "id", "priority_id", "discipline_id", "issuetype_id", "status_id", "company_id", "role_id"
)


class Named(_Shape):
    """An entry of one of the project's lists: priority, discipline, issue type, company or role."""

    id: str = Field(validation_alias=_IDS)
    name: str


class Status(Named):
    """An issue status; new issues get the first one that is `initial`."""

    initial: bool = False


class Person(_Shape):
    """A person who can be assigned."""

    person_id: str
    first_name: str = ""
    last_name: str = ""
    email: str = ""
    company_id: str | None = None

    @property
    def name(self) -> str:
        """The name as records show it."""
        return f"{self.first_name} {self.last_name}".strip()


class Asset(_Shape):
    """A thing that is commissioned; `asset_type` is a word such as equipment, space or system.

    Without `project_id` every project has it.
    """

    asset_key: str
    asset_type: str
    asset_name: str
    project_id: str | None = None


class Comment(_Shape):
    """A comment of an issue."""

    issuecomment_id: str
    comment: str
    created_name: str = ""
    date_created: Moment


class StatusChange(_Shape):
    """One visit of a status."""

    status_id: str
    at: Moment
    person: str = ""


class Issue(_Shape):
    """An issue; `status_log` is filled by the sandbox, `deleted` and `published` say who can see it.

    `title` is shown only where the sandbox is set to have one.
    """

    issue_id: str
    project_id: str
    name: str
    title: str = ""
    description: str = ""
    section: Section = "construction"
    status_id: str
    priority_id: str | None = None
    discipline_id: str | None = None
    issuetype_id: str | None = None
    due_date: Day = None
    date_created: Day = None
    created_by: str = ""
    asset_key: str | None = None
    assigned_type: str | None = None
    assigned_key: str | None = None
    source_type: str | None = None
    comments: list[Comment] = []
    status_log: list[StatusChange] = []
    deleted: bool = False
    published: bool = True

    @property
    def visible(self) -> bool:
        """Whether the API shows it."""
        return self.published and not self.deleted


class FileSpec(_Shape):
    """A file of an issue: exactly `size` bytes, made from `kind` and `seed`.

    An uploaded one has kind "blob".
    """

    id: str = Field(validation_alias=AliasChoices("id", "file_id"))
    issue_id: str
    name: str
    kind: str = "bin"
    size: int = 0
    seed: int = 0


class CxAlloyWorld(_Shape):
    """The whole account."""

    account: Account = Account()
    projects: list[Project] = []
    statuses: list[Status] = []
    priorities: list[Named] = []
    disciplines: list[Named] = []
    issue_types: list[Named] = []
    people: list[Person] = []
    companies: list[Named] = []
    roles: list[Named] = []
    assets: list[Asset] = []
    issues: list[Issue] = []
    files: list[FileSpec] = []

    _issues_by_id: Index[Issue] = PrivateAttr(default_factory=lambda: Index(lambda i: i.issue_id))
    _issues_by_project: Index[Issue] = PrivateAttr(default_factory=lambda: Index(lambda i: i.project_id))
    _files_by_id: Index[FileSpec] = PrivateAttr(default_factory=lambda: Index(lambda f: f.id))
    _files_by_issue: Index[FileSpec] = PrivateAttr(default_factory=lambda: Index(lambda f: f.issue_id))
    _assets_by_key: Index[Asset] = PrivateAttr(default_factory=lambda: Index(lambda a: a.asset_key))
    _people_by_id: Index[Person] = PrivateAttr(default_factory=lambda: Index(lambda p: p.person_id))

    def issue(self, issue_id: str) -> Issue | None:
        """Return the issue of that id, seen or not."""
        return self._issues_by_id.first(self.issues, issue_id)

    def issues_of(self, project_id: str) -> list[Issue]:
        """Return a project's issues, seen or not, in the order they were made."""
        return self._issues_by_project.all(self.issues, project_id)

    def file(self, file_id: str) -> FileSpec | None:
        """Return the file of that id."""
        return self._files_by_id.first(self.files, file_id)

    def files_of(self, issue_id: str) -> list[FileSpec]:
        """Return an issue's files in the order they were added."""
        return self._files_by_issue.all(self.files, issue_id)

    def asset(self, asset_key: str) -> Asset | None:
        """Return the asset of that key."""
        return self._assets_by_key.first(self.assets, asset_key)

    def assignable(self, kind: str | None, key: str | None) -> Named | Person | None:
        """Return the person, company or role of that key."""
        if kind == "person":
            return self._people_by_id.first(self.people, key or "")
        entries = {"company": self.companies, "role": self.roles}.get(kind or "", [])
        return next((entry for entry in entries if entry.id == key), None)

    def initial_status(self) -> str:
        """Return the id of the status that new issues get."""
        return next((status.id for status in self.statuses if status.initial), self.statuses[0].id)

    def shown(self) -> dict[str, Any]:
        """Return the world as JSON values, without the keys' secrets."""
        return self.model_dump(mode="json", exclude={"account": {"keys": {"__all__": {"secret"}}}})


def name_of(entries: list[Any], entry_id: str | None) -> str | None:
    """Return the name an id stands for in one of the lists."""
    return next((entry.name for entry in entries if entry.id == entry_id), None)
