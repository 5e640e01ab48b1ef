"""The page on which a person looks at what the sandbox holds; everything from outside is escaped."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from sandbox.http import html_response
from sandbox.procore import times
from sandbox.procore.limits import allowances
from sandbox.procore.style import document, table

if TYPE_CHECKING:
    from sandbox.http import Request, Response
    from sandbox.procore.records import Attachment, Observation
    from sandbox.procore.settings import SandboxSettings
    from sandbox.procore.state import State


def answer(state: State, settings: SandboxSettings, request: Request, now: float) -> Response:
    """Return the page: all projects, one project (`?project=`), or one observation (`?observation=`)."""
    item = state.observations.get(_number(request, "observation"))
    project = _number(request, "project")
    if item:
        return html_response(document(f"#{item.number} {item.name}", _observation(state, item)))
    if project in state.projects:
        name = state.projects[project].name
        return html_response(document(name, _home() + _observations(state, project)))
    parts = (_projects(state), _emails(state), _limits(state, settings, now))
    return html_response(document("Procore (sandbox)", "".join(parts)))


def _number(request: Request, name: str) -> int:
    text = request.parameter(name) or ""
    return int(text) if text.isdecimal() else 0


def _home() -> str:
    return '<p><a href="/">All projects</a></p>'


def _projects(state: State) -> str:
    items = Counter(item.project_id for item in state.observations.values() if item.deleted_at is None)
    logs = Counter(log.project_id for log in state.logs)
    files = Counter(attachment.project_id for attachment in state.attachments.values())
    busy_first = sorted(state.projects.values(), key=lambda project: (-items[project.id], project.name))
    rows = [
        (
            f'<a href="/?project={one.id}">{escape(one.name)}</a>',
            escape(state.companies[one.company_id].name),
            str(items[one.id]), str(logs[one.id]), str(files[one.id]),
        )
        for one in busy_first
    ]  # fmt: skip
    headings = ("Project", "Company", "Observations", "Response logs", "Files")
    return f"<h2>Projects ({len(rows)})</h2>" + table(headings, rows)


def _observations(state: State, project_id: int) -> str:
    rows = [
        (
            escape(item.number), f'<a href="/?observation={item.id}">{escape(item.name)}</a>',
            escape(item.status), escape(item.priority or ""), str(len(state.logs_of(item.id))),
            str(len(item.attachments)), "recycle bin" if item.deleted_at else "",
        )
        for item in state.observations.values()
        if item.project_id == project_id
    ]  # fmt: skip
    return table(("No.", "Title", "Status", "Priority", "Logs", "Files", ""), rows)


def _observation(state: State, item: Observation) -> str:
    trade = state.trades.get(item.trade_id or 0)
    facts = [
        ("Project", state.projects[item.project_id].name), ("Status", item.status),
        ("Priority", item.priority or ""), ("Type", state.types[item.type_id].name),
        ("Trade", trade.name if trade else ""), ("Due", item.due_date or ""),
        ("By", state.people[item.created_by_id].name), ("Made", times.iso(item.created_at) or ""),
    ]  # fmt: skip
    rows = [(escape(name), escape(value)) for name, value in facts]
    text = f"<h2>Description</h2><pre>{escape(item.description or '')}</pre>"
    files = f"<h2>Files</h2>{_files(item.attachments)}"
    return _home() + table(("Field", "Value"), rows) + text + files + _logs(state, item)


def _logs(state: State, item: Observation) -> str:
    rows = [
        (
            times.iso(log.created_at) or "", escape(state.people[log.created_by_id].name), escape(log.status),
            f"<pre>{escape(log.comment or '')}</pre>", _files(log.attachments),
        )
        for log in state.logs_of(item.id)
    ]  # fmt: skip
    return "<h2>Response logs</h2>" + table(("Time", "By", "Status", "Comment", "Files"), rows)


def _files(attachments: tuple[Attachment, ...]) -> str:
    if not attachments:
        return ""
    rows = [
        (escape(one.name), f"{one.file.size:,} bytes", f"<code>{one.file.sha256}</code>")
        for one in attachments
    ]
    return table(("Name", "Size", "SHA-256"), rows)


def _emails(state: State) -> str:
    rows = [
        (times.iso(one.sent_at) or "", escape(", ".join(one.to)), escape(one.subject)) for one in state.emails
    ]
    return f"<h2>E-mails ({len(rows)})</h2>" + (table(("Time", "To", "Subject"), rows) if rows else "")


def _limits(state: State, settings: SandboxSettings, now: float) -> str:
    rows = [
        (escape(whose), str(used), times.iso(started) or "") for whose, used, started in allowances(state)
    ]
    text = (
        f"<p>{settings.rate_hour} calls in {settings.hour_seconds} s and {settings.rate_spike} in "
        f"{settings.spike_seconds} s for each token owner. It is {times.iso(now)}.</p>"
    )
    used = table(("Owner, company, seconds", "Calls used", "Window began"), rows) if rows else ""
    return f"<h2>Rate limits</h2>{text}{used}"
