"""Stands in front of a queue function's real handler and ends its process right after chosen calls.

Deployed by the tests in place of the function's code, together with it: same role, same queue, same layer.
`plan.json` beside this file: a list of {"id", "method", "path", "has"}; each kills once, wherever a worker
meets it: after the other system has acted, and before the worker learns of it.
"""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import real_handler  # type: ignore[import-not-found] # the deployed handler, beside this file in the function
import requests

PLAN = json.loads((Path(__file__).parent / "plan.json").read_text())
DONE = Path(PLAN["folder"])
_send = requests.Session.send


def _killing_send(self: requests.Session, request: requests.PreparedRequest, **kwargs: Any) -> Any:
    body = request.body if isinstance(request.body, bytes | str) else b""
    text = body.decode(errors="replace") if isinstance(body, bytes) else body
    answer = _send(self, request, **kwargs)
    for kill in PLAN["kills"]:
        if _matches(kill, request, text) and _first(kill["id"]):
            os._exit(137)
    return answer


def _matches(kill: dict[str, str], request: requests.PreparedRequest, text: str) -> bool:
    return bool(
        request.method == kill["method"]
        and re.search(kill["path"], request.url or "")
        and kill["has"] in text
    )


def _first(name: str) -> bool:
    try:
        (DONE / name).touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


requests.Session.send = _killing_send  # type: ignore[method-assign]
handler = real_handler.handler
