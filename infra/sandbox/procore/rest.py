"""Which handler answers which call of Procore, and what is checked before it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sandbox.procore import (
    directory,
    downloads,
    emails,
    installs,
    lists,
    locations,
    oauth,
    observations,
    people,
    recycle_bin,
    response_logs,
    signin,
    uploads,
    webhook_triggers,
    webhooks,
)
from sandbox.procore.access import Scope, enter_company, identify
from sandbox.procore.call import refuse
from sandbox.procore.limits import spend

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.http import Response
    from sandbox.procore.call import Call

_ITEMS = "/rest/v1.0/observations/items"
_BIN = "/rest/v1.0/projects/{project_id}/recycle_bin/observations/items"
_UPLOADS = "/rest/v1.1/projects/{project_id}/uploads"
_PROJECT = "/rest/v1.0/projects/{project_id}"
_WEBHOOKS = (
    "/rest/v2.0/companies/{company_id}/webhooks",
    "/rest/v2.0/companies/{company_id}/projects/{project_id}/webhooks",
)


@dataclass(frozen=True, slots=True)
class Route:
    """One operation; `scope` is what the caller must show besides a token."""

    method: str
    path: str
    handler: Callable[[Call], Response]
    scope: Scope = "company"

    def match(self, call: Call) -> dict[str, str] | None:
        """Return the parameters of the path, None when it is another one; the method was looked at before."""
        found = _pattern(self.path).fullmatch(call.request.path)
        return found.groupdict() if found else None


def _webhook_routes(base: str) -> tuple[Route, ...]:
    hooks = f"{base}/hooks"
    triggers = hooks + "/{hook_id}/triggers"
    return (
        Route("GET", hooks, webhooks.hooks),
        Route("POST", hooks, webhooks.create),
        Route("GET", hooks + "/{id}", webhooks.show),
        Route("PATCH", hooks + "/{id}", webhooks.update),
        Route("DELETE", hooks + "/{id}", webhooks.delete),
        Route("GET", triggers, webhook_triggers.triggers),
        Route("POST", triggers, webhook_triggers.create),
        Route("POST", triggers + "/bulk", webhook_triggers.create_all),
        Route("DELETE", triggers + "/bulk", webhook_triggers.delete_all),
        Route("DELETE", triggers + "/{id}", webhook_triggers.delete),
        Route("GET", hooks + "/{hook_id}/deliveries", webhooks.deliveries),
        Route("GET", f"{base}/resources", webhooks.resources),
    )


ROUTES = (
    Route("GET", "/rest/v1.0/me", directory.me, "self"),
    Route("GET", "/rest/v1.0/companies", directory.companies, "self"),
    Route("GET", "/rest/v1.1/projects", directory.projects),
    Route("GET", "/rest/v1.0/projects/{id}", directory.project),
    Route("GET", "/rest/v1.0/projects/{project_id}/users", directory.project_users),
    Route("GET", f"{_PROJECT}/people", people.people),
    Route("POST", f"{_PROJECT}/people", people.create),
    Route("PATCH", _PROJECT + "/people/{id}", people.update),
    Route("PATCH", f"{_PROJECT}/permission_template_assignments", people.assign_template),
    Route("GET", "/rest/v1.0/observations/assignees", people.assignees),
    Route("GET", f"{_PROJECT}/locations", locations.list_locations),
    Route("POST", f"{_PROJECT}/locations", locations.create),
    Route("POST", f"{_PROJECT}/locations/find_or_create_by_path", locations.find_or_create),
    Route("GET", _PROJECT + "/locations/{location_id}", locations.show),
    Route("PATCH", _PROJECT + "/locations/{location_id}", locations.update),
    Route("GET", "/rest/v1.0/company_base_url", directory.company_base_url),
    Route("GET", "/rest/v1.0/settings/permissions", directory.permissions),
    Route("GET", "/rest/v1.0/app_installations", installs.installations, "setup"),
    Route("POST", "/rest/v1.0/app_installations", installs.install, "setup"),
    Route("GET", "/rest/v1.0/installation_requests", installs.installation_requests, "setup"),
    Route("POST", "/rest/v1.0/installation_requests", installs.request_installation, "setup"),
    Route("GET", "/rest/v1.0/observations/types", lists.selectable_types),
    Route("GET", "/rest/v1.0/projects/{project_id}/observation_types", lists.project_types),
    Route("GET", "/rest/v1.0/companies/{company_id}/observation_types", lists.company_types),
    Route("GET", "/rest/v1.0/companies/{company_id}/trades", lists.trades),
    Route("GET", _ITEMS, observations.list_items),
    Route("POST", _ITEMS, observations.create),
    Route("GET", _ITEMS + "/{id}", observations.show),
    Route("PATCH", _ITEMS + "/{id}", observations.update),
    Route("POST", _ITEMS + "/{id}/send_email", emails.send_email),
    Route("GET", "/rest/v1.0/observations/default_distribution", emails.default_distribution),
    Route("GET", _ITEMS + "/{item_id}/response_logs", response_logs.of_item),
    Route("POST", _ITEMS + "/{item_id}/response_logs", response_logs.create),
    Route("GET", "/rest/v1.0/projects/{project_id}/observations/response_logs", response_logs.of_project),
    Route("GET", "/rest/v1.0/projects/{project_id}/observations/items/statuses", observations.statuses),
    Route("DELETE", "/rest/v1.0/projects/{project_id}/observations/items/{id}", recycle_bin.delete),
    Route("GET", _BIN, recycle_bin.list_recycled),
    Route("GET", _BIN + "/{id}", recycle_bin.show_recycled),
    Route("PATCH", _BIN + "/{id}/restore", recycle_bin.restore),
    Route("POST", _UPLOADS, uploads.create),
    Route("GET", _UPLOADS + "/{uuid}", uploads.show),
    Route("PATCH", _UPLOADS + "/{uuid}", uploads.complete),
    *(route for base in _WEBHOOKS for route in _webhook_routes(base)),
    Route("GET", "/attachments/{id}/{name}", downloads.download, "token"),
)

OAUTH_ROUTES = (
    Route("GET", "/oauth/authorize", signin.authorize, "token"),
    Route("GET", "/oauth/authorize/decide", signin.decide, "token"),
    Route("POST", "/oauth/token", oauth.token, "token"),
    Route("POST", "/oauth/revoke", oauth.revoke, "token"),
    Route("GET", "/oauth/token/info", oauth.token_info, "token"),
)


def admit(call: Call) -> None:
    """Check the token and take the call out of the rate limit; refuses 401 and 429."""
    identify(call)
    spend(call)


def answer(call: Call) -> Response:
    """Answer an admitted call to Procore's API; refuses 404 for a path that is not documented."""
    route = _find(ROUTES, call)
    enter_company(call, route.scope)
    return route.handler(call)


def answer_oauth(call: Call) -> Response:
    """Answer a call to the login host; it counts towards no rate limit."""
    return _find(OAUTH_ROUTES, call).handler(call)


def _find(routes: tuple[Route, ...], call: Call) -> Route:
    filed = _filed(routes).get((call.request.method, call.request.path.count("/")), [])
    matches = [(route, params) for route in filed if (params := route.match(call)) is not None]
    if not matches:
        refuse(404, ["There is no such path."])
    route, call.params = matches[0]
    return route


@cache
def _filed(routes: tuple[Route, ...]) -> dict[tuple[str, int], list[Route]]:
    filed: dict[tuple[str, int], list[Route]] = {}
    for route in routes:
        filed.setdefault((route.method, route.path.count("/")), []).append(route)
    return filed


@cache
def _pattern(path: str) -> re.Pattern[str]:
    literal = path.replace(".", r"\.")
    return re.compile(re.sub(r"\{(\w+)\}", lambda found: _parameter(found[1]), literal))


def _parameter(name: str) -> str:
    return rf"(?P<{name}>{'[^/]+' if name in {'uuid', 'name'} else '[0-9]+'})"
