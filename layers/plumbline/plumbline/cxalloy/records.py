"""CxAlloy TQ's raw records read into the model; unknown keys are let through, a misspelt one is known."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from plumbline.cxalloy.model import Asset, Assignee, Comment, Issue, IssueFile, Project, Unreadable
from plumbline.cxalloy.reading import blank_to_none, read_date, read_moment


def _none_to_empty(value: object) -> object:
    return "" if value is None else value


def _none_to_list(value: object) -> object:
    return value or []


Id = Annotated[str, BeforeValidator(lambda value: value.strip() if isinstance(value, str) else value)]
Word = Annotated[str | None, BeforeValidator(blank_to_none)]
Text = Annotated[str, BeforeValidator(_none_to_empty)]
Day = Annotated[date | None, BeforeValidator(read_date)]
Moment = Annotated[datetime | None, BeforeValidator(read_moment)]
Size = Annotated[int | None, BeforeValidator(blank_to_none)]


class _Raw(BaseModel):
    # Ids came as text from one public caller and as numbers from another.
    model_config = ConfigDict(extra="ignore", coerce_numbers_to_str=True)


class RawComment(_Raw):
    """A comment as it comes; `comment` may be empty."""

    issuecomment_id: Annotated[Id, Field(min_length=1)]
    comment: Text = ""
    created_name: Text = ""
    date_created: Moment = None


class RawFile(_Raw):
    """A file as it comes; no public source shows its fields, so the likely names are all taken."""

    id: Annotated[Id, Field(min_length=1, validation_alias=AliasChoices("file_id", "id"))]
    name: Word = Field(None, validation_alias=AliasChoices("name", "file_name", "filename"))
    size: Size = Field(None, validation_alias=AliasChoices("size", "file_size", "filesize"))
    url: Word = Field(None, validation_alias=AliasChoices("url", "download_url", "file_url"))


class RawIssue(_Raw):
    """An issue as it comes."""

    issue_id: Annotated[Id, Field(min_length=1)]
    project_id: Annotated[Id, Field(min_length=1)]
    name: Text = ""
    description: Text = ""
    section: Text = ""
    status_id: Word = None
    status: Word = None
    priority_id: Word = None
    priority: Word = None
    discipline_id: Word = Field(None, validation_alias=AliasChoices("discipline_id", "disipline_id"))
    discipline: Word = Field(None, validation_alias=AliasChoices("discipline", "disipline"))
    issuetype_id: Word = None
    issuetype: Word = None
    due_date: Day = None
    date_created: Day = None
    created_by: Word = None
    asset_type: Word = None
    asset_key: Word = None
    asset_name: Word = None
    assigned_type: Word = None
    assigned_key: Word = None
    assigned_name: Word = None
    source_type: Word = None
    comments: Annotated[list[RawComment], BeforeValidator(_none_to_list)] = []
    files: Annotated[list[RawFile], BeforeValidator(_none_to_list)] = []


class RawProject(_Raw):
    """A project as it comes; whether `read_only` exists is unknown."""

    project_id: Annotated[Id, Field(min_length=1, validation_alias=AliasChoices("project_id", "id"))]
    name: Text = ""
    read_only: bool | None = None


def read_issue(record: object, title_field: str = "") -> Issue | Unreadable:
    """Return the issue in a record, or why it cannot be read: one odd record must not hide the others.

    `title_field` names the key that holds a title; "" means that there is none.
    """
    try:
        return _issue(RawIssue.model_validate(record), _title(record, title_field))
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        field = ".".join(map(str, first["loc"])) or "record"
        return Unreadable(_claimed_id(record), f"{field}: {first['msg']}")


def _claimed_id(record: object) -> str | None:
    claimed = record.get("issue_id") if isinstance(record, dict) else None
    return str(claimed) if claimed else None


def _title(record: object, field: str) -> str | None:
    told = blank_to_none(record.get(field)) if field and isinstance(record, dict) else None
    return None if told is None else str(told)


def read_project(record: object) -> Project:
    """Return the project in a record; raises ValidationError."""
    raw = RawProject.model_validate(record)
    return Project(raw.project_id, raw.name, raw.read_only)


def read_file(record: object) -> IssueFile:
    """Return the file in a record; raises ValidationError."""
    return _file(RawFile.model_validate(record))


# A key that an answer lacks says nothing; an empty value says that the issue has none.
_KEYS = {
    "description": "description",
    "status": "status_id",
    "priority": "priority_id",
    "discipline": "discipline_id",
    "issue_type": "issuetype_id",
    "due_date": "due_date",
    "assignee": "assigned_key",
    "asset": "asset_key",
}


def _issue(raw: RawIssue, title: str | None) -> Issue:
    return Issue(
        id=raw.issue_id,
        project_id=raw.project_id,
        number=raw.name.strip(),
        description=raw.description,
        section=_section(raw.section),
        status_id=raw.status_id,
        status=raw.status,
        priority_id=raw.priority_id,
        priority=raw.priority,
        discipline_id=raw.discipline_id,
        discipline=raw.discipline,
        type_id=raw.issuetype_id,
        type=raw.issuetype,
        due_date=raw.due_date,
        created_on=raw.date_created,
        created_by=raw.created_by,
        asset=_asset(raw),
        assignee=_assignee(raw),
        source=raw.source_type,
        comments=oldest_first(raw.comments),
        files=tuple(_file(file) for file in raw.files),
        title=title,
        missing=frozenset(name for name, key in _KEYS.items() if key not in raw.model_fields_set),
    )


def _section(word: str) -> str:
    """Return "construction" or "design" for what is taken as one of them; another word stays as it is.

    Only "construction" was ever seen in public, so a word that begins like "design" counts as it.
    """
    lower = word.strip().lower()
    return "design" if lower.startswith("design") else lower or "construction"


def _asset(raw: RawIssue) -> Asset | None:
    if raw.asset_key is None and raw.asset_name is None:
        return None
    return Asset(raw.asset_type or "", raw.asset_key or "", raw.asset_name or raw.asset_key or "")


def _assignee(raw: RawIssue) -> Assignee | None:
    if raw.assigned_key is None:
        return None
    return Assignee(raw.assigned_type or "", raw.assigned_key, raw.assigned_name or "")


def _file(raw: RawFile) -> IssueFile:
    return IssueFile(raw.id, raw.name or f"file-{raw.id}", raw.size, raw.url)


def oldest_first(raw: list[RawComment]) -> tuple[Comment, ...]:
    """Return comments in the order they were written; CxAlloy sends the newest first.

    Equal times are told apart by id, the smaller one being older. Where a time is missing, the order they
    came in decides.
    """
    comments = [Comment(r.issuecomment_id, r.comment, r.created_name, r.date_created) for r in reversed(raw)]
    if all(comment.created_at for comment in comments):
        comments.sort(key=_age)
    return tuple(comments)


def _age(comment: Comment) -> tuple[datetime, int, str]:
    return comment.created_at or datetime.min.replace(tzinfo=UTC), len(comment.id), comment.id
