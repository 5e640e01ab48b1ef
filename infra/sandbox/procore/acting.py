"""What people do, as JSON: `{"person": 5002, "act": "comment", "observation_id": 1, "text": "Seen"}`."""

from __future__ import annotations

import base64
import inspect
from typing import TYPE_CHECKING, Any

from sandbox.procore.hands import Hands

if TYPE_CHECKING:
    from sandbox.procore.sandbox import ProcoreSandbox


def act(sandbox: ProcoreSandbox, given: Any) -> Any:
    """Let a person do one of the deeds of `Hands`, with its arguments by name; returns what it returns.

    Bytes are given in base64. Raises ValueError for an unknown deed, person or argument.
    """
    if not isinstance(given, dict) or not isinstance(given.get("person"), int):
        raise ValueError("send a JSON object with person (a number) and act")  # noqa: TRY004 - answered as 400
    arguments = {name: value for name, value in given.items() if name not in {"person", "act"}}
    name = str(given.get("act"))
    if name.startswith("_") or not hasattr(Hands, name):
        raise ValueError(f"there is no act {name}")
    deed = getattr(Hands(sandbox, given["person"]), name)
    if "content" in arguments:
        arguments["content"] = base64.b64decode(arguments["content"])
    if "files" in arguments:
        arguments["files"] = [(one["name"], base64.b64decode(one["content"])) for one in arguments["files"]]
    try:
        inspect.signature(deed).bind(**arguments)
    except TypeError as error:
        raise ValueError(f"{name}: {error}") from error
    return deed(**arguments)
