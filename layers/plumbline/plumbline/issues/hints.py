"""Hints of the sync queue: what may have changed, and where it was heard; never what to write.

Pure, and cheap to import: the webhook's receipt makes one for each delivery. A hint of a webhook names
Procore's own resource and id, for the receipt looks nothing up; all others name the link.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

ITEM, LOG = "Observation Items", "Observation Item Response Logs"
"""The two resources whose webhooks matter here (Procore: Webhooks, list of resources)."""

ISSUE_FIELDS, ISSUE_COMMENTS, ISSUE_FILES = "issue.fields", "issue.comments", "issue.files"
OBSERVATION, LOGS = "observation", "logs"
ALL = (ISSUE_FIELDS, ISSUE_COMMENTS, ISSUE_FILES, OBSERVATION, LOGS)
"""The facets of a pair that a hint may name; a hint that names none asks for all."""

UNDO, PICKED, APPROVED, REMAP, RELINK = "undo", "picked", "approved", "remap", "relink"
"""What people ask for, named beside the facets: an undo, a picked conflict, an approved delete, accepted
maps, a new link."""

WISHES = (UNDO, PICKED, APPROVED)
"""Those that are stored by themselves, and so may be looked for whenever one may have been missed."""

SHOWN, SHOWN_ISSUE = "shown", "shown-issue"
"""What is done and not seen by anyone yet: an update of the observation, the issue as a pass left it.

A response log is "shown#<id>". A link waits for the proof, which costs no call: a webhook, the sweep's list
or a poll shows it. Without the one of the issue, a person who undoes our write before a poll saw it would be
missed.
"""


@dataclass(frozen=True, slots=True)
class Hint:
    """One message. `at` is the time of the event (Unix seconds), `application` the app that made it, if told.

    `cause` is "webhook", "poll", "sweep", "manual" or "backfill".
    """

    connection_id: str
    cause: str
    link_id: str = ""
    resource: str = ""
    resource_id: str = ""
    verb: str = ""
    at: float = 0.0
    application: str = ""
    facets: tuple[str, ...] = ()


def shown_log(log_id: str) -> str:
    """What is waited for after a response log was acknowledged."""
    return f"{SHOWN}#{log_id}"


def proofs(facets: Iterable[str]) -> frozenset[str]:
    """Those of a link's facets that wait for a proof."""
    return frozenset(one for one in facets if one.startswith(SHOWN))


def to_text(hint: Hint) -> str:
    """The message's body; what is empty is left out."""
    return json.dumps({name: value for name, value in asdict(hint).items() if value}, separators=(",", ":"))


def from_text(body: str) -> Hint:
    """Read a body back; keys that a newer version wrote are let through. Raises `ValueError`."""
    given: dict[str, Any] = json.loads(body)
    known = {name: value for name, value in given.items() if name in Hint.__dataclass_fields__}
    facets = tuple(known.pop("facets", ()))
    return Hint(**known, facets=facets)
