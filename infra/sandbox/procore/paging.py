"""Pages of lists, and the reading of list filters (Procore: "Pagination", "Filtering on List Actions")."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from sandbox.http import json_response
from sandbox.procore import times
from sandbox.procore.call import refuse

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sandbox.http import Request, Response
    from sandbox.procore.call import Call

Row = TypeVar("Row")


def page(call: Call, rows: Sequence[Row], show: Callable[[Row], Any], cap: int | None = None) -> Response:
    """Return one page of rows with Link, Total and Per-Page; `cap` is the most rows a page may have."""
    cap = cap or call.settings.page_cap
    shown, headers = _cut(call, rows, cap, cap)
    return json_response([show(row) for row in shown], 200, headers)


def data_page(call: Call, rows: Sequence[Row], show: Callable[[Row], Any]) -> Response:
    """Return one page of a v2.0 list: wrapped in `data`, 10 rows unless asked for more, 100 at most."""
    shown, headers = _cut(call, rows, 10, 100)
    return json_response({"data": [show(row) for row in shown]}, 200, headers)


def _cut(
    call: Call, rows: Sequence[Row], default: int, cap: int
) -> tuple[Sequence[Row], tuple[tuple[str, str], ...]]:
    rows = _shifted(call, rows)
    number, size = _whole(call, "page", 1), min(_whole(call, "per_page", default), cap)
    last = max(1, math.ceil(len(rows) / size))
    shown = rows[(number - 1) * size : number * size]
    headers = (("Total", str(len(rows))), ("Per-Page", str(size)))
    links = _links(call, number, size, last)
    return _partial(call, shown), (*headers, *([("Link", links)] if links else []))


def values(request: Request, name: str) -> list[str]:
    """Return the values of `filters[name]`, given once, repeated with `[]`, or as a comma list."""
    keys = {f"filters[{name}]", f"filters[{name}][]"}
    texts = [value for key, value in request.query if key in keys]
    return [part.strip() for text in texts for part in text.strip("[]").split(",") if part.strip()]


def int_values(request: Request, name: str) -> list[int]:
    """Return the whole numbers of a filter; refuses 400 for anything else."""
    texts = values(request, name)
    if not all(text.isdecimal() for text in texts):
        refuse(400, [f"filters[{name}] takes whole numbers."])
    return [int(text) for text in texts]


def time_range(request: Request, name: str = "updated_at") -> tuple[float, float] | None:
    """Return both ends of a time filter, both included; refuses 400 unless it is `start...end`."""
    text = request.parameter(f"filters[{name}]")
    if text is None:
        return None
    try:
        return times.read_range(text)
    except ValueError:
        refuse(400, [f"filters[{name}] takes two ISO times with three dots between them."])


def within(moment: float, limits: tuple[float, float] | None) -> bool:
    """Tell whether a moment, cut to its second, lies in a range; no range holds everything."""
    return limits is None or limits[0] <= int(moment) <= limits[1]


def flag(request: Request, name: str) -> bool | None:
    """Return a filter that is true or false, None when it is not given."""
    given = values(request, name)
    return given[0].lower() == "true" if given else None


def _whole(call: Call, name: str, default: int) -> int:
    text = call.request.parameter(name)
    if text is None:
        return default
    if not text.isdecimal() or int(text) < 1:
        refuse(400, [f"{name} takes a whole number from 1."])
    return int(text)


def _links(call: Call, number: int, size: int, last: int) -> str:
    pages: dict[str, int] = {}
    if number > 1:
        pages |= {"first": 1, "prev": min(number - 1, last)}
    if number < last:
        pages |= {"next": number + 1, "last": last}
    return ", ".join(f'<{_address(call, at, size)}>; rel="{rel}"' for rel, at in pages.items())


def _address(call: Call, number: int, size: int) -> str:
    kept = [(name, value) for name, value in call.request.query if name not in {"page", "per_page"}]
    query = urlencode([*kept, ("page", number), ("per_page", size)])
    return f"{call.settings.api_origin}{call.request.path}?{query}"


def _shifted(call: Call, rows: Sequence[Row]) -> Sequence[Row]:
    fault = call.fault
    if fault and fault.kind == "empty_list":
        return []
    if fault and fault.kind == "shift":
        return rows[fault.shift :] if fault.shift > 0 else [*rows[: -fault.shift], *rows]
    return rows


def _partial(call: Call, rows: Sequence[Row]) -> Sequence[Row]:
    partial = call.fault is not None and call.fault.kind == "partial_page"
    return rows[: len(rows) // 2] if partial else rows
