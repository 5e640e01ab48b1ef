"""A plain page that shows a person what the sandbox account holds."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from sandbox.cxalloy.records import assignee_name
from sandbox.cxalloy.world import name_of

if TYPE_CHECKING:
    from sandbox.cxalloy.world import Comment, CxAlloyWorld, FileSpec, Issue, Project

STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }
body { color: #1c2730 }
details { border-bottom: 1px solid #dbe2e8; padding: .4rem 0 }
summary { cursor: pointer } summary b { margin-right: .6rem }
.status { background: #e5eef6; border-radius: 3px; padding: 0 .4rem } .quiet { color: #60707d }
pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; margin: .4rem 0 }
"""


def page(world: CxAlloyWorld) -> str:
    """Return the whole account as one HTML page; every text in it is escaped."""
    projects = "".join(_project(project, world) for project in world.projects)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Sandbox CxAlloy TQ</title>'
        f"<style>{STYLE}</style><h1>Sandbox CxAlloy TQ</h1>"
        f'<p class="quiet">{escape(world.account.host_label)}, a stand-in on this machine</p>'
        f"{projects}</html>"
    )


def _project(project: Project, world: CxAlloyWorld) -> str:
    issues = [issue for issue in world.issues if issue.project_id == project.project_id]
    shown = "".join(_issue(issue, world) for issue in issues)
    title = f"{escape(project.name)} <span class='quiet'>{escape(project.project_id)}</span>"
    return f"<h2>{title}</h2><p>{len(issues)} issues</p>{shown}"


def _issue(issue: Issue, world: CxAlloyWorld) -> str:
    status = name_of(list(world.statuses), issue.status_id) or issue.status_id
    hidden = "" if issue.visible else " <em>(deleted)</em>" if issue.deleted else " <em>(not published)</em>"
    files = world.files_of(issue.issue_id)
    counts = f"{len(issue.comments)} comments, {len(files)} files"
    about = [
        issue.section,
        name_of(world.priorities, issue.priority_id),
        name_of(world.disciplines, issue.discipline_id),
    ]
    about += [name_of(world.issue_types, issue.issuetype_id), assignee_name(issue, world)]
    about += [f"due {issue.due_date}" if issue.due_date else None]
    return (
        f"<details id='{escape(issue.issue_id)}'><summary><b>{escape(issue.name)}</b>"
        f"<span class='status'>{escape(status)}</span> {escape(issue.description[:90])}"
        f" <span class='quiet'>{counts}</span>{hidden}</summary>"
        f"<pre dir='auto'>{escape(issue.description)}</pre>"
        f"<p class='quiet'>{escape(', '.join(part for part in about if part))}</p>"
        f"<ul>{''.join(map(_comment, issue.comments))}</ul>"
        f"<ul>{''.join(_file(file) for file in files)}</ul></details>"
    )


def _comment(comment: Comment) -> str:
    when = f"{comment.date_created:%Y-%m-%d %H:%M} UTC"
    head = f"<span class='quiet'>{escape(comment.created_name)}, {when}</span>"
    return f"<li>{head}<pre dir='auto'>{escape(comment.comment)}</pre></li>"


def _file(file: FileSpec) -> str:
    link = f"<a href='/_sandbox/files/{escape(file.id)}/content'>{escape(file.name)}</a>"
    return f"<li>{link} <span class='quiet'>{file.size:,} bytes</span></li>"
