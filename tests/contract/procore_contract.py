"""Holds one exchange with Procore against the documented endpoints in tests/reference/procore_endpoints.json.

What that file lacks, or names without a type ("unknown (truncated in source)"), passes only by a line of
ALLOWED.
"""

from __future__ import annotations

import fnmatch
import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

REFERENCE = Path(__file__).parents[1] / "reference" / "procore_endpoints.json"
TRUNCATED = "unknown (truncated in source)"


@dataclass(frozen=True, slots=True)
class Allowed:
    """One thing the reference file lacks; `path` and `name` may hold `*`.

    `part`: "query", "body", "answer", "status", "enum" (a value not listed), "optional" (may be left out).
    """

    method: str
    path: str
    part: str
    name: str
    source: str


_ITEMS = "/rest/v1.0/observations/items"
_LOGS = "Procore REST reference: Observation Response Logs (attachments as on observations)"
_ERRORS = "Procore: Error Reference"

ALLOWED = (
    *(
        Allowed("*", "/rest/*", "status", code, _ERRORS)
        for code in ("400", "401", "403", "404", "406", "422", "429", "500", "502", "503")
    ),
    Allowed("GET", "/rest/v1.1/projects", "answer", "[]", "Procore REST reference: List Projects, view=ids"),
    Allowed("GET", "/rest/v1.1/projects", "answer", "[].company.*", "Procore REST reference: Show Project"),
    Allowed("GET", "/rest/v1.0/settings/permissions", "answer", "tools[].user_access_level.*",
            "Procore REST reference: Settings, Permissions (sample answer)"),
    Allowed("GET", "/rest/v1.0/projects/{project_id}/users", "answer", "[].vendor.*",
            "Procore REST reference: Create Project User (its vendor)"),
    Allowed("GET", _ITEMS, "answer", "[]", "Procore REST reference: List Observation Items, view=ids"),
    Allowed("GET", _ITEMS, "answer", "[].assignee.vendor.*", "Procore REST reference: Show Observation Item"),
    Allowed("GET", "*/recycle_bin/observations/items", "answer", "[].assignee.vendor.*",
            "Procore REST reference: Show Observation Item"),
    Allowed("GET", "*/recycle_bin/observations/items", "answer", "[].assignees*",
            "Procore REST reference: List Observation Items"),
    Allowed("GET", "*/recycle_bin/observations/items", "answer", "[].created_by.company_name",
            "Procore REST reference: List Observation Items"),
    Allowed("GET", "*/recycle_bin/observations/items", "answer", "[].type.observations_category*",
            "Procore REST reference: List Observation Items"),
    Allowed("GET", "*/recycle_bin/observations/items", "query", "page", "Procore: Pagination"),
    Allowed("GET", "*/recycle_bin/observations/items", "query", "per_page", "Procore: Pagination"),
    *(
        Allowed(method, "*/recycle_bin/observations/items/{id}*", "answer", name,
                "Procore REST reference: Show Observation Item")
        for method in ("GET", "PATCH")
        for name in ("assignees*", "attachments*", "type.observations_category*")
    ),
    Allowed("*", "*/response_logs", "answer", "*attachments[].*", _LOGS),
    Allowed("*", "*/people*", "answer", "*", "Procore REST reference: Project People (fields of the person)"),
    Allowed("*", "*/webhooks/hooks", "answer", "data[].destination_headers.Authorization",
            "Procore REST reference: Show Project Webhooks Hook"),
    *(
        Allowed("GET", "*/webhooks/hooks/{hook_id}/deliveries", "answer", name,
                "Procore: Webhooks guide (payload)")
        for name in ("data[].payload.*", "data[].delivery_attempts[].*")
    ),
    *(
        Allowed(method, "*/triggers/bulk", "answer", name,
                "Procore REST reference: Bulk Create Project Webhooks Triggers (207, partial)")
        for method in ("POST", "DELETE")
        for name in ("data", "data.succeeded*", "data.failed*")
    ),
    Allowed("*", "*observation*", "enum", "*category", "Procore REST reference: customers add categories"),
    Allowed("POST", "/rest/v1.1/projects/{project_id}/uploads", "answer", "fields.*",
            "Procore: Using the Uploads API (fields vary)"),
    Allowed("*", "/rest/v1.1/projects/{project_id}/uploads*", "answer", "segments[].*",
            "Procore: Using the Uploads API (segments)"),
    *(
        Allowed("GET", path, "optional", name, "Procore REST reference: company_id or project_id")
        for path in ("/rest/v1.0/observations/types", "/rest/v1.0/app_installations")
        for name in ("company_id", "project_id")
    ),
    *(
        Allowed("POST", "/rest/v1.0/app_installations", "optional", name,
                "Procore REST reference: company_id or project_id")
        for name in ("company_id", "project_id")
    ),
)  # fmt: skip


def check_exchange(  # noqa: PLR0917 - the order of an exchange
    method: str, path: str, query: Iterable[tuple[str, str]], body: Any, status: int, answer: Any
) -> list[str]:
    """Return what is not documented about a call and its answer, as sentences; an empty list is a pass.

    `body` and `answer` are parsed JSON or form fields, None when there is none. Of an error answer only the
    form is checked, since what was asked may be what was wrong.
    """
    endpoint = find_endpoint(method, path)
    if endpoint is None:
        return [f"unknown path: {method} {path}"]
    if status >= 400:
        return [*_status_problems(endpoint, status), *_error_problems(endpoint, answer)]
    return [
        *check_request(method, path, query, body),
        *_status_problems(endpoint, status),
        *_field_problems(endpoint, "answer", endpoint["response_fields"], answer),
    ]


def check_request(method: str, path: str, query: Iterable[tuple[str, str]], body: Any) -> list[str]:
    """Return what is not documented about a call alone."""
    endpoint = find_endpoint(method, path)
    if endpoint is None:
        return [f"unknown path: {method} {path}"]
    return [
        *_query_problems(endpoint, list(query)),
        *_field_problems(endpoint, "body", endpoint["body_fields"], body),
        *_missing(endpoint, "body", endpoint["body_fields"], body),
    ]


def find_endpoint(method: str, path: str) -> dict[str, Any] | None:
    """Return the documented operation of a path; the one with the fewest parameters wins."""
    fitting = [one for pattern, one in _endpoints() if one["method"] == method and pattern.fullmatch(path)]
    return min(fitting, key=lambda one: len(one["path_params"]), default=None)


@cache
def _endpoints() -> tuple[tuple[re.Pattern[str], dict[str, Any]], ...]:
    listed = json.loads(REFERENCE.read_text(encoding="utf-8"))
    return tuple((_path_pattern(endpoint), endpoint) for endpoint in listed)


def _path_pattern(endpoint: dict[str, Any]) -> re.Pattern[str]:
    whole = {one["name"] for one in endpoint["path_params"] if one["type"] == "integer"}
    text = re.escape(endpoint["path"]).replace(r"\{", "{").replace(r"\}", "}")
    return re.compile(re.sub(r"{(\w+)}", lambda found: r"\d+" if found[1] in whole else "[^/]+", text))


def _is_allowed(endpoint: dict[str, Any], part: str, name: str) -> bool:
    return any(
        one.part == part
        and fnmatch.fnmatchcase(endpoint["method"], one.method)
        and _matches(one.path, endpoint["path"])
        and _matches(one.name, name)
        for one in ALLOWED
    )


def _matches(pattern: str, text: str) -> bool:
    # Only `*` is a wildcard here: `[]` stands for itself.
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text) is not None


def _query_problems(endpoint: dict[str, Any], query: list[tuple[str, str]]) -> Iterator[str]:
    known = {one["name"]: one for one in endpoint["query_params"]}
    given = [(name.removesuffix("[]"), value) for name, value in query]
    for name, value in given:
        if name not in known and not _is_allowed(endpoint, "query", name):
            yield f"unknown query name: {name}"
        elif name in known:
            for text in value.split(","):
                yield from _enum_problems(endpoint, known[name], name, text)
    for name in sorted(set(known) - {name for name, _ in given}):
        if known[name].get("required") and not _is_allowed(endpoint, "optional", name):
            yield f"missing query name: {name}"


def _field_problems(
    endpoint: dict[str, Any], part: str, fields: list[dict[str, Any]], value: Any
) -> Iterator[str]:
    known = {one["name"]: one for one in fields}
    for name, found in _walk(value, ""):
        if _is_allowed(endpoint, part, name):
            continue
        field = known.get(name) or known.get(_generic(name))
        if field is None:
            # A parent that has documented children needs no line of its own.
            if not any(other.startswith((f"{name}.", f"{name}[]")) for other in known):
                yield f"unknown {part} field: {name}"
        elif field["type"] == TRUNCATED:
            yield f"{part} field without a documented type: {name}"
        else:
            yield from _type_problems(part, field, name, found)
            yield from _enum_problems(endpoint, field, name, found)


def _walk(value: Any, name: str) -> Iterator[tuple[str, Any]]:
    if name:
        yield name, value
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, f"{name}.{key}" if name else key)
    elif isinstance(value, list):
        for inner in value:
            yield from _walk_row(inner, f"{name}[]")


def _walk_row(row: Any, name: str) -> Iterator[tuple[str, Any]]:
    if isinstance(row, dict):
        for key, inner in row.items():
            yield from _walk(inner, f"{name}.{key}")
    elif name == "[]":
        # Bare values instead of rows, such as ids.
        yield name, row


def _generic(name: str) -> str:
    return re.sub(r"custom_field_\d+", "custom_field_{id}", name)


_TYPES: dict[str, tuple[type, ...]] = {
    "integer": (int,),
    "number": (int, float),
    "string": (str,),
    "boolean": (bool,),
    "object": (dict,),
    "array": (list,),
}


def _type_problems(part: str, field: dict[str, Any], name: str, found: Any) -> Iterator[str]:
    wanted = _TYPES.get(re.split(r"[^a-z]", field["type"])[0]) if "|" not in field["type"] else None
    wrong_bool = isinstance(found, bool) and wanted is not None and bool not in wanted
    if found is not None and wanted and (wrong_bool or not isinstance(found, wanted)):
        yield f"{part} field {name} is no {field['type']}: {found!r}"


def _enum_problems(endpoint: dict[str, Any], field: dict[str, Any], name: str, found: Any) -> Iterator[str]:
    listed = field.get("enum")
    if not isinstance(listed, list) or found is None or _is_allowed(endpoint, "enum", name):
        return
    if str(found) not in {str(one) for one in listed}:
        yield f"{name} has a value that is not listed: {found!r}"


def _missing(endpoint: dict[str, Any], part: str, fields: list[dict[str, Any]], value: Any) -> Iterator[str]:
    for field in fields:
        name = field["name"]
        if field.get("required") and not _is_allowed(endpoint, "optional", name):
            parent, _, key = name.rpartition(".")
            if any(key not in holder for holder in _holders(value, parent)):
                yield f"missing {part} field: {name}"


def _holders(value: Any, parent: str) -> list[dict[str, Any]]:
    """Return the objects at a dotted path, several where it goes through arrays."""
    found = [value if value is not None else {}]
    for step in parent.split(".") if parent else []:
        key = step.removesuffix("[]")
        inner = [one[key] for one in found if isinstance(one, dict) and key in one]
        found = [row for rows in inner for row in rows] if step.endswith("[]") else inner
    return [one for one in found if isinstance(one, dict)]


def _status_problems(endpoint: dict[str, Any], status: int) -> Iterator[str]:
    listed = {*map(str, endpoint["success_statuses"]), *map(str, endpoint["error_statuses"])}
    fits_default = status >= 400 and "default" in listed
    if str(status) not in listed and not fits_default and not _is_allowed(endpoint, "status", str(status)):
        yield f"undocumented status: {status}"


def _error_problems(endpoint: dict[str, Any], answer: Any) -> Iterator[str]:
    if answer is None:
        return
    forms = ({"errors"}, {"message"}, {"error"}, {"error", "error_description"})
    if not isinstance(answer, dict) or set(answer) not in forms:
        yield f"undocumented error body of {endpoint['path']}: {answer!r}"
