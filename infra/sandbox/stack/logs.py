"""The last lines that each function of the local stack wrote."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.stack import deploy
from sandbox.stack.up import say

if TYPE_CHECKING:
    from sandbox.stack.settings import Settings

LINES = 40


def read(settings: Settings, function: str, *, limit: int = LINES) -> list[str]:
    """The last lines of one function's log group, oldest first."""
    watch = deploy.client(settings, "logs")
    group = deploy.client(settings, "lambda").get_function_configuration(FunctionName=function)
    name = group.get("LoggingConfig", {}).get("LogGroup") or f"/aws/lambda/{function}"
    pages = watch.get_paginator("filter_log_events").paginate(logGroupName=name)
    lines = [event["message"].rstrip() for page in pages for event in page.get("events", [])]
    return lines[-limit:]


def show(settings: Settings) -> None:
    """Print the logs of all functions."""
    for key, function in sorted(deploy.outputs(settings).items()):
        if key.endswith("FunctionName"):
            say(f"== {key.removesuffix('FunctionName')}")
            for line in read(settings, function):
                say(f"   {line}")
