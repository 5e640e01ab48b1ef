"""Whatever is sent, the API never fails by itself: no 5xx, and each refusal has cause and next step."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.functions.settings.joined import make_ready

if TYPE_CHECKING:
    from tests.functions.settings.api import Answer, Api

_QUIET = settings(
    max_examples=400,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)
_SIMPLE = {
    "integer": st.integers(-5, 4000),
    "number": st.integers(-5, 4000),
    "boolean": st.booleans(),
    "null": st.none(),
}


def _value(schema: dict[str, Any], parts: dict[str, Any]) -> st.SearchStrategy[Any]:
    """Values that a schema asks for, and now and then something else."""
    return st.integers(0, 9).flatmap(lambda dice: _JSON if dice == 0 else _fitting(schema, parts))


def _fitting(schema: dict[str, Any], parts: dict[str, Any]) -> st.SearchStrategy[Any]:
    if "$ref" in schema:
        return _fitting(parts[schema["$ref"].rpartition("/")[2]], parts)
    for choice in ("anyOf", "allOf"):
        if choice in schema:
            return st.one_of([_value(one, parts) for one in schema[choice]])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "const" in schema:
        return st.just(schema["const"])
    return _of_type(schema, parts)


def _of_type(schema: dict[str, Any], parts: dict[str, Any]) -> st.SearchStrategy[Any]:
    kind = schema.get("type")
    if kind == "object" and "properties" in schema:
        needed = {name: _value(schema["properties"][name], parts) for name in schema.get("required", ())}
        more = {name: _value(one, parts) for name, one in schema["properties"].items() if name not in needed}
        return st.fixed_dictionaries(needed, optional=more)
    if kind == "object":
        inner = schema.get("additionalProperties")
        keys = st.text("0123456789ab", min_size=1, max_size=3)
        return st.dictionaries(keys, _value(inner, parts) if isinstance(inner, dict) else _JSON, max_size=3)
    if kind == "array":
        return st.lists(_value(schema.get("items", {}), parts), max_size=3)
    return _SIMPLE.get(str(kind), st.text(max_size=30) | st.from_regex(r"\A[a-z0-9]{1,8}\Z"))


def _check(answer: Answer, what: object) -> None:
    assert answer.status < 500, (what, answer.text)
    if answer.status >= 400:
        error = answer.error
        assert all(error[name] for name in ("code", "cause", "next_step", "field", "problems")), what


def _path(path: str, ids: dict[str, str], chosen: st.DataObject) -> str:
    odd = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/?#"), min_size=1, max_size=80)
    for name in re.findall(r"{(\w+)}", path):
        real = ids.get(name, "7")
        path = path.replace(f"{{{name}}}", chosen.draw(st.just(real) | st.just(real) | st.just(real) | odd))
    return path


def _ids(api: Api) -> dict[str, str]:
    tenant = api.tenant()
    connection = make_ready(api, tenant).rpartition("/")[2]
    stored = api.stores.connections.get(connection)
    assert stored is not None
    return {
        "tenant_id": tenant,
        "connection_id": connection,
        "authorization_id": stored.procore_authorization_id,
        "company_id": stored.company_id,
    }


def test_no_body_makes_the_api_fail(api: Api) -> None:
    document = api.good("GET", "/openapi.json")
    parts = document["components"]["schemas"]
    targets = [
        (method.upper(), path, operation["requestBody"]["content"]["application/json"]["schema"])
        for path, one in document["paths"].items()
        for method, operation in one.items()
        if "requestBody" in operation
    ]
    ids = _ids(api)

    @_QUIET
    @given(st.data())
    def send(chosen: st.DataObject) -> None:
        method, path, schema = chosen.draw(st.sampled_from(targets))
        body = chosen.draw(_value(schema, parts))
        _check(api.call(method, _path(path, ids, chosen), body), (method, path, body))

    send()
    assert len(targets) == 20


def test_no_raw_body_makes_the_api_fail(api: Api) -> None:
    @_QUIET
    @given(st.text() | _JSON.map(json.dumps), st.sampled_from(["/tenants", "/invitations/accept"]))
    def send(raw: str, path: str) -> None:
        _check(api.call("POST", path, raw_body=raw), raw)

    send()


def test_no_address_or_question_makes_the_api_fail(api: Api) -> None:
    document = api.good("GET", "/openapi.json")
    targets = [
        (
            method.upper(),
            path,
            [one["name"] for one in operation.get("parameters", []) if one["in"] == "query"],
        )
        for path, one in document["paths"].items()
        for method, operation in one.items()
        if "requestBody" not in operation and method != "delete"
    ]
    ids = _ids(api)
    values = st.text(max_size=30) | st.sampled_from(
        ["0", "1", "-1", "99999999999999999999", "2026-01-01", "nan"]
    )

    @_QUIET
    @given(st.data())
    def ask(chosen: st.DataObject) -> None:
        method, path, names = chosen.draw(st.sampled_from(targets))
        query = chosen.draw(st.dictionaries(st.sampled_from(names), values)) if names else {}
        _check(api.call(method, _path(path, ids, chosen), query=query or None), (method, path, query))

    ask()
