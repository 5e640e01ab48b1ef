"""What the API's own document allows, and what it does not: no case fails it, no answer breaks the document.

A thousand cases here, the same at each run; `make fuzz` takes five thousand others.
"""

from __future__ import annotations

import copy
import json
import math
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from tests.functions.settings.api import PUBLIC
from tests.functions.settings.joined import make_sync
from tests.functions.settings.worlds import NORTHWIND

from plumbline import wiring_jobs
from plumbline.stores.records import Conflict, Link, LinkState, Undo

if TYPE_CHECKING:
    from schemathesis import Case
    from tests.functions.settings.api import Answer, Api

CASES = int(os.environ.get("FUZZ_CASES", "1000"))
CHECKS = [
    schemathesis.checks.not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
_QUIET = settings(
    deadline=None,
    derandomize=CASES == 1000,
    phases=[Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@dataclass(frozen=True, slots=True)
class World:
    """A tenant with one of everything, the ids of that, and what all stores held then."""

    api: Api
    ids: dict[str, list[str]]
    held: list[dict[str, Any]]

    def restore(self) -> None:
        """Put the stores back, so that each case finds the same world."""
        for name, values in zip(self.api.stores.__slots__, self.held, strict=True):
            vars(getattr(self.api.stores, name)).update(copy.deepcopy(values))


def _held(api: Api) -> list[dict[str, Any]]:
    stores = [vars(getattr(api.stores, name)) for name in api.stores.__slots__]
    return [copy.deepcopy({k: v for k, v in one.items() if isinstance(v, dict | list)}) for one in stores]


def _world(api: Api) -> World:
    tenant = api.tenant()
    api.member(tenant, "vera", "viewer")
    draft = api.good("POST", f"/tenants/{tenant}/connections", {"name": "A draft"})
    path = make_sync(api, tenant)
    connection = path.rpartition("/")[2]
    stored = api.stores.connections.get(connection)
    assert stored is not None
    link = Link("link-1", connection, "101", LinkState.PARKED, observation_id="77101")
    api.stores.links.create(link)
    api.stores.links.put_conflict(Conflict("title-1", connection, link.id, "title", 1.0, "open"))
    api.stores.links.put_undo(Undo("1.000-1", connection, link.id, 1.0, "write_tracker"))
    api.good("POST", f"{path}/enable")
    preview = api.good("POST", f"{path}/previews")
    wiring_jobs.jobs(lambda: 60.0).run(api.jobs[-1])
    ids = {
        "tenant_id": [tenant],
        "connection_id": [connection, connection, draft["id"]],
        "authorization_id": [stored.procore_authorization_id, stored.tracker_authorization_id],
        "company_id": [str(NORTHWIND)],
        "item_id": [link.id],
        "conflict_id": ["title-1"],
        "undo_id": ["1.000-1"],
        "preview_id": [preview["id"]],
        "sub": ["olga", "vera"],
        "tracker_project_id": ["7"],
        "issue_id": ["101"],
    }
    return World(api, ids, _held(api))


def _cases(document: dict[str, Any], mode: GenerationMode) -> dict[str, Any]:
    operations = schemathesis.openapi.from_dict(document).get_all_operations()
    return {
        one.ok().label: one.ok().as_strategy(generation_mode=mode)  # type: ignore[union-attr]
        for one in operations
    }


def _addressed(world: World, case: Case[Any], dice: int) -> None:
    """Give the case ids of the world; at one throw in four one of its made-up ids stays."""
    names = sorted(case.path_parameters or {})
    kept = names[dice // 4 % len(names)] if names and dice % 4 == 0 else ""
    real = {name: world.ids[name][dice % len(world.ids[name])] for name in names if name != kept}
    case.path_parameters = {**(case.path_parameters or {}), **real}


def _sent(world: World, case: Case[Any]) -> Answer:
    """Send one case to the handler."""
    kept = case.as_transport_kwargs()
    address = kept["url"].removeprefix(PUBLIC)
    body = kept.get("json", kept.get("data"))
    raw = json.dumps(body) if "json" in kept else _text(body)
    query = {name: str(value) for name, value in (case.query or {}).items()}
    headers = {name: str(value) for name, value in (kept.get("headers") or {}).items()}
    return world.api.call(case.method, address, raw_body=raw, query=query or None, headers=headers)


def _text(body: object) -> str | None:
    return body.decode(errors="replace") if isinstance(body, bytes) else None if body is None else str(body)


def _as_response(case: Case[Any], answer: Answer) -> schemathesis.Response:
    headers = {name: [value] for name, value in answer.headers.items()}
    address = f"{PUBLIC}{case.formatted_path}?{urlencode(case.query or {}, doseq=True)}"
    request = requests.Request(case.method, address).prepare()
    return schemathesis.Response(answer.status, headers, answer.text.encode(), request, 0.01, verify=False)


def _fuzz(api: Api, mode: GenerationMode, cases: int) -> list[tuple[str, int]]:
    """Try each operation the same number of times; returns what was answered to which."""
    world = _world(api)
    answered: list[tuple[str, int]] = []
    strategies = _cases(api.good("GET", "/openapi.json"), mode)

    def each(case: Case[Any], dice: int) -> None:
        _addressed(world, case, dice)
        world.restore()
        answer = _sent(world, case)
        answered.append((case.operation.label, answer.status))
        case.validate_response(_as_response(case, answer), checks=CHECKS)

    for strategy in strategies.values():
        share = math.ceil(cases / len(strategies))
        settings(_QUIET, max_examples=share)(given(strategy, st.integers(0, 2**16))(each))()
    assert len({label for label, _ in answered}) == len(strategies)
    return answered


def test_nothing_that_the_document_allows_breaks_it(api: Api) -> None:
    answered = _fuzz(api, GenerationMode.POSITIVE, CASES * 6 // 10)

    good = {label for label, status in answered if status < 300}
    assert len(answered) >= CASES * 6 // 10
    assert {200, 201, 202, 204, 404, 409, 422} <= {status for _, status in answered}
    assert len(good) > 40


def test_nothing_that_the_document_forbids_breaks_it(api: Api) -> None:
    answered = _fuzz(api, GenerationMode.NEGATIVE, CASES * 4 // 10)

    assert len(answered) >= CASES * 4 // 10
    assert {404, 422} <= {status for _, status in answered}
