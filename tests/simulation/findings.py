"""What a run is judged by: findings, each a sentence with ids, times and calls, and numbers."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that must not be."""

    kind: str
    told: str


@dataclass
class Report:
    """All findings of a run and the numbers that are published."""

    findings: list[Finding] = field(default_factory=list)
    edits: int = 0
    effects: int = 0
    races: int = 0
    lags: int = 0
    unproven: int = 0
    waits: list[float] = field(default_factory=list)

    def add(self, kind: str, *told: str) -> None:
        """Note one finding, told in parts."""
        self.findings.append(Finding(kind, " ".join(told)))

    def count(self, kind: str) -> int:
        """How many findings of a kind there are."""
        return sum(one.kind == kind for one in self.findings)


def kinds(found: list[Finding]) -> set[str]:
    """The kinds of findings, to tell whether a shorter run fails in the same way."""
    return {one.kind for one in found}
