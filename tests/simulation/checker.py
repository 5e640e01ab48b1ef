"""What must be true once all is calm, read from the two systems' own worlds and from the run's history.

One exception: conflict records and remarks on refused values, which only Plumbline has, are read as its API
shows them to people. Each finding is a sentence with ids, times and the calls that made it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.simulation.findings import Report
from tests.simulation.history import PERSON
from tests.simulation.meaning import Meaning
from tests.simulation.pair_checks import PairChecks

if TYPE_CHECKING:
    from tests.simulation.deployment import Deployment
    from tests.simulation.history import History


class Checker:
    """Looks at one run."""

    def __init__(self, house: Deployment, history: History, settings: dict[str, Any]) -> None:
        self._house, self._history, self._settings = house, history, settings
        self.report = Report()

    def at_rest(self) -> Report:
        """Check all but the silence that must follow."""
        meaning = Meaning(self._house, self._settings)
        for issue in self._house.cxalloy.world.issues:
            PairChecks(self._house, self._history, meaning, self.report, issue.issue_id).check()
        for told in self._history.strangers:
            self.report.add("stranger", told)
        for told in self._history.tokens.lost:
            self.report.add("token_lost", told)
        for function in self._house.functions.values():
            for told in sorted(set(function.raised)):
                self.report.add("raised", f"{function.name} raised what nobody foresaw: {told}")
        return self.report

    def silence(self, since: float) -> Report:
        """Check that nothing was written since a time; a webhook that an admin deleted is made anew."""
        for at, who, call in self._history.writes:
            if at > since and "/webhooks/" not in call:
                self.report.add("write_at_rest", f"{at:.1f} {who}: {call}, though nothing had changed")
        return self.report

    def brake(self, until: float) -> Report:
        """Check that no hour before a time, while nobody approved any, had too many deletes (S16)."""
        gone = [
            one
            for one in self._history.changes
            if one.field == "visible" and one.after is False and one.who != PERSON and one.at < until
        ]
        linked = len(self._history.issue_of)
        for one in gone:
            count = sum(one.at - 3600 < other.at <= one.at for other in gone)
            if count > self._settings["sync"]["brake_count"] and count * 100 > 20 * linked:
                self.report.add(
                    "no_brake", one.told(), f"was number {count} within an hour, of {linked} pairs"
                )
        return self.report
