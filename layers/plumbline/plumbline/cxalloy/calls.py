"""The calls of CxAlloy TQ that no public source confirms, each a setting with a tested default.

Confirmed by several public callers and therefore fixed in the client: the signature, POST /issue with
project_id, page, perpage and include, GET /project and its envelope or bare array.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field

if TYPE_CHECKING:
    from plumbline.cxalloy.model import Issue

# A path begins with exactly one slash, so that no setting can send a signed call to another host.
Path = Annotated[str, Field(pattern=r"^/[A-Za-z0-9_{}-][A-Za-z0-9_./{}?=&-]*$", max_length=200)]
Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\[\]-]+$", max_length=64)]
NameOrNone = Annotated[str, Field(pattern=r"^[A-Za-z0-9_.\[\]-]*$", max_length=64)]
PageSize = Annotated[int, Field(ge=1, le=500)]


class CxAlloyCalls(BaseModel):
    """Paths and field names; in a template {project_id}, {issue_id} and {file_id} are filled in.

    `files_from`: "include" reads an issue's files from its own record, "list" from the project's file list.
    `message_is_error`: whether a 200 that says nothing but `message` is a refusal. `ids_as`: how ids are
    sent. `probe_issue_id`: an issue that exists nowhere, for telling whether a key may write.

    `issue_title_field`: "" where issues have no title, for what CxAlloy calls `name` is a number it gives
    itself. `clears_as`: how a field is emptied. `absent_means`: what a field says whose key an answer
    lacks: nothing ("untold"), or that it is empty. `dates_as`: how a day is written, MM/DD/YYYY or ISO 8601.
    The last part of a path in `asset_list_paths` is the type of the assets it lists.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    base_path: Path = "/api/v1"
    page_size: PageSize = 500
    first_page: Annotated[int, Field(ge=0, le=1)] = 1
    ids_as: Literal["text", "number"] = "text"
    message_is_error: bool = True

    issue_filter_field: Name = "issue_id"
    include_comments: Name = "comments"
    include_files: Name = "files"
    files_from: Literal["include", "list"] = "include"

    issue_update_path: Path = "/issue_update"
    issue_id_field: Name = "issue_id"
    project_id_field: Name = "project_id"
    status_id_field: Name = "status_id"
    description_field: Name = "description"
    priority_id_field: Name = "priority_id"
    discipline_id_field: Name = "discipline_id"
    type_id_field: Name = "issuetype_id"
    due_date_field: Name = "due_date"
    asset_key_field: Name = "asset_key"
    asset_type_field: Name = "asset_type"
    assignee_type_field: Name = "assigned_type"
    assignee_key_field: Name = "assigned_key"
    issue_title_field: NameOrNone = ""
    clears_as: Literal["empty", "null"] = "empty"
    absent_means: Literal["untold", "empty"] = "untold"
    dates_as: Literal["us", "iso"] = "us"
    probe_issue_id: Name = "0"

    issue_create_path: Path = "/issue_create"
    issue_created_id_field: Name = "issue_id"
    issue_delete_path: Path = "/issue_delete"

    person_list_path: Path = "/person"
    company_list_path: Path = "/company"
    role_list_path: Path = "/role"
    asset_list_paths: Annotated[tuple[Path, ...], Field(max_length=20)] = (
        "/equipment",
        "/building",
        "/floor",
        "/space",
        "/system",
        "/zone",
    )

    comment_create_path: Path = "/issuecomment_create"
    comment_text_field: Name = "comment"
    comment_id_field: Name = "issuecomment_id"

    file_list_path: Path = "/file"
    file_list_issue_field: Name = "issue_id"
    file_create_path: Path = "/file_create"
    file_field: Name = "file"
    file_id_field: Name = "file_id"
    file_download_path: Path = "/file/{file_id}/download"
    file_download_method: Literal["GET", "POST"] = "GET"

    construction_issue_page: Path = "/project/{project_id}/constructionissue/{issue_id}"
    design_issue_page: Path = "/project/{project_id}/designissue/{issue_id}"

    def issue_link(self, web: str, issue: Issue) -> str:
        """Return the address of an issue's page; `web` is the host's origin."""
        template = self.design_issue_page if issue.section == "design" else self.construction_issue_page
        return web + filled(template, project_id=issue.project_id, issue_id=issue.id)


def filled(template: str, **values: str) -> str:
    """Return a path template with its values in place, each made safe for a path."""
    for name, value in values.items():
        template = template.replace("{" + name + "}", quote(value, safe=""))
    return template
