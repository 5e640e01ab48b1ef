"""What stands in the way, as a list: each with the field, the reason and the next step."""

from __future__ import annotations

from dataclasses import dataclass

from plumbline.errors import Reject


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to correct; `field` is a dotted path into what was sent or stored."""

    field: str
    reason: str
    next_step: str


class Problems(Reject):
    """A refusal for several reasons at once."""

    def __init__(self, code: str, problems: tuple[Problem, ...], *, status: int = 422) -> None:
        first = problems[0]
        super().__init__(code, first.reason, first.next_step, field=first.field, status=status)
        self.problems = problems
