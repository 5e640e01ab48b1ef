"""Whatever is sent, the sandbox answers; it never breaks."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.sandbox_procore.desk import Clock, caller, make_sandbox

from sandbox.procore.demo import HARBOR_POINT, NORTHWIND, PRIYA
from sandbox.procore.rest import ROUTES

_ODD: list[Any] = [
    None,
    True,
    0,
    -1,
    7001,
    2.5,
    "",
    "x",
    "²",
    "5",
    "é\x00",
    [],
    [1],
    ["x"],
    {},
    {"a": 1},
    [{}],
]
ODD = st.sampled_from(_ODD)
FIELDS = (
    "name", "type_id", "status", "priority", "due_date", "assignee_id", "assignee_ids", "upload_ids",
    "trade_id", "distribution_member_ids", "created_by_id", "number", "description", "personal", "comment",
)  # fmt: skip
TOP = (
    "status", "segments", "size", "response_filename", "app_uid", "developer_app_id", "notes", "implicit",
    "subject", "distribution_ids",
)  # fmt: skip
QUERY = (
    "page", "per_page", "sort", "view", "filters[id]", "filters[status]", "filters[updated_at]",
    "filters[active]", "filters[priority]", "filters[by_status]", "id", "implicit",
)  # fmt: skip


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(
    route=st.sampled_from(ROUTES),
    inner=st.dictionaries(st.sampled_from(FIELDS), ODD),
    top=st.dictionaries(st.sampled_from(TOP), ODD),
    query=st.dictionaries(
        st.sampled_from(QUERY), st.sampled_from(["", "x", "-1", "0", "²", "a...b", "1,2", "é"])
    ),
    project=st.sampled_from([HARBOR_POINT, "x", None]),
)
def test_odd_input_is_answered(
    route: Any, inner: dict[str, Any], top: dict[str, Any], query: dict[str, str], project: Any
) -> None:
    sandbox = make_sandbox(Clock())
    priya = caller(sandbox, PRIYA)
    priya.observe()
    path = route.path.replace("{project_id}", str(HARBOR_POINT)).replace("{company_id}", str(NORTHWIND))
    for name in ("{id}", "{item_id}", "{uuid}", "{name}"):
        path = path.replace(name, "598134326000001")
    wrapped = {"name": "x", "type_id": 7001} | inner
    ids = {"project_id": project, "company_id": NORTHWIND}
    asked = ids if "{" not in route.path.replace("{id}", "").replace("{item_id}", "") else {}
    shown = {name: str(value) for name, value in (asked | query).items()}
    body = {**ids, "observation": wrapped, "response_log": wrapped, **top}

    answer = priya.send(
        route.method, f"{path}?{'&'.join(f'{n}={v}' for n, v in shown.items())}",
        None if route.method in {"GET", "DELETE"} else body,
    )  # fmt: skip

    assert 200 <= answer.status < 500
