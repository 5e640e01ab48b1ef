"""What is left to do to copy one issue: decided from what is seen and what is remembered (A1-A5).

Pure: the same inputs give the same plan. The engine carries the steps out in order and remembers each; run
again after a crash, the plan holds what is missing and nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from plumbline.issues import comment_text, mapping, text
from plumbline.procore.observations import NewObservation

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from plumbline.connections.settings import Filters, IssueSettings
    from plumbline.cxalloy.model import Comment, Issue, IssueFile
    from plumbline.stores.records import Intent, Link, StoredFile

OBSERVATION, EMAIL, ADDRESS = "observation", "email", "address"
POSTED = ("comment#", "files#", "file#", "asset#")
"""What the intents' names begin with that made a response log at Procore."""
LOG = "log#"
"""The same of those that carried a response log to the tracker: its id follows."""
# Procore purges an upload that nothing was made of within a week; a day is kept as margin.
UPLOAD_LIFE_SECONDS = 6 * 86_400.0


@dataclass(frozen=True, slots=True)
class SendFile:
    """Bring one file's bytes to Procore."""

    file: IssueFile


@dataclass(frozen=True, slots=True)
class MakeObservation:
    """Create the observation with its files in one call; `file_ids` are the tracker's.

    `author` is the name of the person to create it for, "" for the authorizer; `source` is what ongoing sync
    remembers of the values it is made of.
    """

    draft: NewObservation
    file_ids: tuple[str, ...]
    author: str = ""
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SendEmail:
    """Have one e-mail sent about the new observation, at most once."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class PostComment:
    """Add one response log. `key` names the intent, `mark` finds it again, `file_ids` travel with it."""

    key: str
    mark: str
    text: str
    file_ids: tuple[str, ...] = ()
    source: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class WriteAddress:
    """Write on the issue where its observation is."""


Step: TypeAlias = SendFile | MakeObservation | SendEmail | PostComment | WriteAddress


@dataclass(frozen=True, slots=True)
class Progress:
    """What is remembered of a link: its intents by key and its stored files by id."""

    link: Link
    intents: Mapping[str, Intent]
    files: Mapping[str, StoredFile]

    def done(self, key: str) -> bool:
        """Whether the create of this key is known to have happened."""
        intent = self.intents.get(key)
        return bool(intent and intent.result_id)

    def logs(self) -> frozenset[str]:
        """The response logs that Procore is known to have: those we made, and those carried over."""
        of_ours = (one.result_id for one in self.intents.values() if one.key.startswith(POSTED))
        of_theirs = (key.removeprefix(LOG) for key, one in self.intents.items() if one.result_id)
        return frozenset(id_ for id_ in (*of_ours, *of_theirs) if id_.isdecimal())

    def begun(self) -> bool:
        """Whether an observation exists or may exist."""
        return bool(self.link.observation_id) or OBSERVATION in self.intents

    def usable(self, file_id: str, identity: str, now: float) -> bool:
        """Whether the file's upload can still be attached, and by us."""
        stored = self.files.get(file_id)
        return bool(stored and stored.identity == identity and now - stored.stored_at < UPLOAD_LIFE_SECONDS)


def comment_key(comment_id: str) -> str:
    """The intent's name for one comment."""
    return f"comment#{comment_id}"


def late_file_key(file_id: str) -> str:
    """The intent's name for the note that carries one later file."""
    return f"file#{file_id}"


def files_key(file_ids: Sequence[str]) -> str:
    """The intent's name for the note that carries these files."""
    return f"files#{file_ids[0]}-{file_ids[-1]}-{len(file_ids)}"


def passes(issue: Issue, filters: Filters) -> bool:
    """Whether the filters let an issue through (A5)."""
    company = issue.assignee.key if issue.assignee and issue.assignee.type == "company" else ""
    asset = issue.asset.key if issue.asset else ""
    return all(
        not allowed or value in allowed
        for allowed, value in (
            (filters.statuses, issue.status_id),
            (filters.priorities, issue.priority_id),
            (filters.disciplines, issue.discipline_id),
            (filters.types, issue.type_id),
            (filters.assets, asset),
            (filters.companies, company),
        )
    )


def followed(issue: Issue, settings: IssueSettings) -> bool:
    """Whether an issue belongs to the connection: of a chosen kind, and through the filters."""
    return issue.section in settings.sections and passes(issue, settings.filters)


def wanted(issue: Issue, settings: IssueSettings) -> bool:
    """Whether an issue is to be copied: it belongs to the connection and is in the trigger status."""
    return (
        bool(settings.trigger_status_id)
        and issue.status_id == settings.trigger_status_id
        and followed(issue, settings)
    )


def draft(issue: Issue, settings: IssueSettings, address: str) -> NewObservation:
    """The observation's fields, mapped; files are added when their uploads are known."""
    return NewObservation(
        name=text.title(issue, settings.title_template),
        type_id=mapping.to_procore(settings, "issue_type", issue.type_id) or settings.default_type_id,
        description=text.description(
            issue,
            address,
            with_asset=settings.asset_in_description and not settings.sync.assets_as_locations,
        ),
        status=mapping.to_procore(settings, "status", issue.status_id),
        priority=mapping.to_procore(settings, "priority", issue.priority_id),
        trade_id=mapping.to_procore(settings, "discipline", issue.discipline_id),
        due_date=issue.due_date,
    )


def comments(issue: Issue, twins: str) -> tuple[Comment, ...]:
    """The comments that people wrote: not ours, which tell where among `twins` the observation is (A26)."""
    return tuple(one for one in issue.comments if not _is_ours(one, twins))


def _is_ours(comment: Comment, twins: str) -> bool:
    told = text.told_address(comment.text)
    return bool(told) and told.startswith(twins)


def plan(
    issue: Issue,
    settings: IssueSettings,
    progress: Progress,
    address: str,
    *,
    twins: str,
    identity: str,
    now: float,
) -> tuple[Step, ...]:
    """The steps that are missing, in order: files, the observation, its e-mail, comments, its address.

    Empty when all of the issue is over there; only then may its status be set. While a create of the
    observation is unsettled, that comes first: whether it happened decides which files it carried.
    `address` is the issue's page, `twins` what the pages of the project's observations begin with.
    """
    drafted = draft(issue, settings, address)
    make = MakeObservation(drafted, tuple(file.id for file in issue.files), _author(issue, settings))
    email = SendEmail(drafted.name, text.email(issue, address))
    steps: list[Step] = []
    if not progress.begun():
        steps += _sends(issue.files, progress, identity, now)
        steps.append(make)
    elif not progress.link.observation_id:
        steps.append(make)
    if settings.send_email and EMAIL not in progress.intents:
        steps.append(email)
    if progress.link.observation_id:
        steps += _late_files(issue, progress, identity, now)
    steps += _comments(comments(issue, twins), progress)
    if settings.write_address_back and not progress.done(ADDRESS):
        steps.append(WriteAddress())
    return tuple(steps)


def _author(issue: Issue, settings: IssueSettings) -> str:
    return (issue.created_by or "") if settings.in_authors_name else ""


def _sends(files: Iterable[IssueFile], progress: Progress, identity: str, now: float) -> list[Step]:
    return [SendFile(file) for file in files if not progress.usable(file.id, identity, now)]


def _late_files(issue: Issue, progress: Progress, identity: str, now: float) -> list[Step]:
    created = progress.intents.get(OBSERVATION)
    carried = created.file_ids if created else ()
    steps: list[Step] = []
    for file in issue.files:
        if file.id in carried or progress.done(late_file_key(file.id)):
            continue
        steps += _sends([file], progress, identity, now)
        steps.append(
            PostComment(
                late_file_key(file.id),
                comment_text.late_file_mark(file.id),
                comment_text.late_file(file),
                (file.id,),
            )
        )
    return steps


def _comments(written: Iterable[Comment], progress: Progress) -> list[Step]:
    return [
        PostComment(
            comment_key(comment.id), comment_text.comment_mark(comment.id), comment_text.comment(comment)
        )
        for comment in written
        if not progress.done(comment_key(comment.id))
    ]
