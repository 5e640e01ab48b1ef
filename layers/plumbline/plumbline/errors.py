"""The short tree of errors that the rest of Plumbline speaks.

A worker needs to know one thing of an error: try again later, park the item, or wait for a person to
authorize again. Everything a vendor can answer ends in one of these three.
"""

from __future__ import annotations

import traceback
from pathlib import PurePath
from typing import Any


class Retry(Exception):
    """Try again after some seconds.

    `counts` says that the item itself may be at fault, so that it is parked after some tries; waiting for
    a rate limit, or for a vendor that is down, never counts.
    """

    def __init__(self, reason: str, *, after: float = 0.0, counts: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.after = after
        self.counts = counts


class Reject(Exception):
    """This cannot work as it stands; a person must change something first.

    `code` is stable and meant for programs, `cause` and `next_step` are sentences meant for people,
    `field` names the input at fault where there is one (dotted path), `status` is the HTTP status that
    the settings API answers with when the error reaches it.
    """

    def __init__(
        self, code: str, cause: str, next_step: str, *, field: str | None = None, status: int = 422
    ) -> None:
        super().__init__(f"{cause} {next_step}")
        self.code = code
        self.cause = cause
        self.next_step = next_step
        self.field = field
        self.status = status


class NeedsAuthorization(Exception):
    """The stored credential works no longer; work waits until a person connects again."""

    def __init__(self, authorization_id: str, cause: str) -> None:
        super().__init__(cause)
        self.authorization_id = authorization_id
        self.cause = cause


class EffectUnknown(Retry):
    """A write got no readable answer: it may have happened.

    Whoever made the write looks for its effect before writing again. It counts as a try.
    """

    def __init__(self, reason: str, *, after: float = 0.0) -> None:
        super().__init__(reason, after=after, counts=True)


def unforeseen(error: BaseException | None) -> dict[str, Any]:
    """What a log may hold of an error that nobody foresaw: its kind, the code of an AWS refusal, and where.

    Never its words: they may quote what people wrote.
    """
    told = getattr(error, "response", None)
    code = told.get("Error", {}).get("Code", "") if isinstance(told, dict) else ""
    steps = traceback.extract_tb(getattr(error, "__traceback__", None))
    where = [f"{PurePath(one.filename).name}:{one.lineno} {one.name}" for one in steps]
    return {"error": type(error).__name__, "code": str(code), "where": where}
