"""How the sandbox behaves where the real CxAlloy TQ is strict, odd or unknown."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class Settings(BaseModel):
    """Switches of the sandbox; the defaults are what public callers of the API describe.

    `salt` changes which ids are numbers and how empty values are shown, as a new release of the API could.
    `file_origin` is where signed file addresses point, "" meaning this sandbox itself. `title_field` is where
    an issue's title stands, "" for none. `trims_text` and `breaks_as_crlf` store a text otherwise than it was
    sent. For `stale_seconds` after a change issues are read as they were before it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    page_cap: int = 500
    hourly_limit: int = 10_000
    clock_skew_seconds: float = 300
    issue_filter: Literal["honoured", "ignored"] = "honoured"
    envelope: bool = True
    files_in_include: bool = True
    comments_order: Literal["newest_first", "oldest_first"] = "newest_first"
    download: Literal["path", "redirect", "url"] = "path"
    file_origin: str = ""
    file_url_seconds: float = 300
    errors_as_200: bool = False
    odd_values: bool = True
    salt: int = 0
    title_field: str = ""
    trims_text: bool = False
    breaks_as_crlf: bool = False
    stale_seconds: float = 0
    lost_project_status: Literal[403, 404] = 404
