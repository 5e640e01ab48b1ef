"""How the sandbox behaves where Procore's numbers vary, or where no public source says what it does."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Level = Literal["None", "Read Only", "Standard", "Admin"]


class SandboxSettings(BaseModel):
    """Switches of the sandbox. Times are seconds; origins have no slash at the end.

    Sources of the defaults: Procore's pages "Rate Limiting", "OAuth 2.0 Endpoints", "Using the Uploads API".
    Unconfirmed choices: `invalid_grant_status`, `missing_header_status`, `refresh_revokes_access`,
    `detail_nulls`, `upload_ids` ("append" or "replace" on an update), `log_bumps_item`, `storage_ranges`,
    `restore_event`, `log_fires_update`, `attachment_fires_update`, `one_hook_per_namespace`,
    `location_path_level`, `contacts_assignable`, `archived_writes`.
    Webhooks: `left_out_resources` names resources that the company is not offered; the times are those of
    Procore's "Webhooks" guide.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    client_id: str = "sandbox-client-id"
    client_secret: str = "not-a-secret-client"
    app_version_key: str = "00000000-0000-4000-8000-00000000abcd"
    redirect_uris: tuple[str, ...] = ()
    any_loopback_redirect: bool = True

    login_origin: str = "http://login.procore.test"
    api_origin: str = "http://api.procore.test"
    storage_origin: str = "http://storage.procore.test"

    access_token_seconds: int = 5400
    code_seconds: int = 600
    refresh_revokes_access: bool = False
    invalid_grant_status: int = 400
    missing_header_status: int = 400

    rate_hour: int = Field(default=600, ge=1)
    rate_spike: int = Field(default=25, ge=1)
    hour_seconds: int = 3600
    spike_seconds: int = 10
    retry_after_on_429: bool = False

    page_cap: int = 100
    project_page_cap: int = 300

    detail_nulls: bool = False
    upload_ids: Literal["append", "replace"] = "append"
    log_bumps_item: bool = True
    name_limit: int | None = None
    text_limit: int | None = None

    restore_event: Literal["create", "update"] = "update"
    log_fires_update: bool = False
    attachment_fires_update: bool = False
    left_out_resources: tuple[str, ...] = ()
    one_hook_per_namespace: bool = False
    plain_http_destinations: bool = False
    delivery_seconds: float = 5
    shortest_pause_seconds: float = 1
    longest_pause_seconds: float = 3600
    flush_seconds: float = 12 * 3600

    location_path_level: Level = "Admin"
    contacts_assignable: bool = True
    archived_writes: Literal["refused", "allowed"] = "refused"

    smallest_segment: int = 5 * 1024 * 1024
    storage_start_seconds: int = 3600
    attach_seconds: int = 7 * 24 * 3600
    storage_post_status: int = 204
    storage_ranges: bool = True
    download_seconds: int = 300

    seed: str = "sandbox"
