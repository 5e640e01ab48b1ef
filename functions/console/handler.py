"""The console: its static pages, and the sign-in that they use, `/session`."""

from __future__ import annotations

from typing import Any

from aws_lambda_powertools import Logger
from console_site import answers, pages, session

from plumbline.errors import Reject, Retry

logger = Logger()


def handler(event: dict[str, Any], _context: object) -> dict[str, Any]:
    """Answer one request. What is logged names no person and nothing that was sent."""
    try:
        answer = _room(event)
    except Reject as refusal:
        answer = answers.refused(refusal)
    except Retry as later:
        answer = answers.later(later)
    logger.info(
        "request answered",
        extra={"method": event["httpMethod"], "route": event["resource"], "status": answer["statusCode"]},
    )
    return answer


def _room(event: dict[str, Any]) -> dict[str, Any]:
    if event["resource"] == "/session":
        return session.answer(event)
    return pages.answer(event)
