"""Creates that happen once, whatever breaks (INVARIANTS 13 to 15).

An intent is stored before the call leaves. After a crash or a lost answer the object is looked for by its
machine key, not sooner than the vendor's lists may lag, and adopted; it is made again only after two
complete searches, that long apart, both missed it.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from plumbline.errors import EffectUnknown, NeedsAuthorization, Reject, Retry
from plumbline.stores.records import Intent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from plumbline.stores.ports import Links

    Look = Callable[[Intent], str]  # the found object's id, or ""
    Make = Callable[[], str]  # the made object's id

logger = logging.getLogger(__name__)


def _in_time() -> None:
    """Outside of a worker there is no end of time."""


@dataclass(frozen=True, slots=True)
class Once:
    """The guard around every create of one link. `adopt_after` is in seconds.

    `check` raises `Retry` where the worker's time is up: one that stood still may have lost its lease, and
    another may have made the object meanwhile.
    """

    links: Links
    link_id: str
    now: Callable[[], float]
    adopt_after: float
    check: Callable[[], None] = _in_time

    def ensure(
        self,
        intent: Intent | None,
        key: str,
        *,
        look: Look,
        make: Make,
        file_ids: tuple[str, ...] = (),
        source: Mapping[str, Any] | None = None,
    ) -> Intent:
        """Return the settled intent: remembered, adopted or made now, of these files and this source.

        Raises `Retry` while a search must wait, and whatever `make` raises. A refusal that surely had no
        effect takes the new intent back; what an attempt before it may have made is searched for again.
        """
        if intent and intent.result_id:
            return intent
        if intent:
            adopted = self._adopt(intent, look)
            if adopted.result_id:
                return adopted
        attempt = intent.attempt + 1 if intent else 1
        fresh = Intent(
            self.link_id,
            key,
            started_at=self.now(),
            attempt=attempt,
            file_ids=file_ids,
            source=dict(source or {}),
        )
        return self._make(fresh, make, former=intent)

    def attempt(self, key: str, make: Make) -> None:
        """Make at most once what no list of the vendor shows: an unknown outcome counts as done.

        For a key without an intent; raises whatever surely had no effect.
        """
        try:
            self._make(Intent(self.link_id, key, started_at=self.now()), make)
        except EffectUnknown as error:
            logger.warning(
                "an effect is unknown and not repeated", extra={"key": key, "reason": error.reason}
            )

    def _make(self, fresh: Intent, make: Make, former: Intent | None = None) -> Intent:
        self.check()
        self.links.put_intent(fresh, first=former is None)
        try:
            made = replace(fresh, result_id=make())
        except EffectUnknown:
            raise
        except (Retry, Reject, NeedsAuthorization):
            self._take_back(fresh, former)
            raise
        self.links.put_intent(made)
        return made

    def _take_back(self, fresh: Intent, former: Intent | None) -> None:
        """Put back what was known before, unless another worker has gone on from here."""
        stored = next((one for one in self.links.intents(self.link_id) if one.key == fresh.key), None)
        if stored != fresh:
            return
        if former:
            self.links.put_intent(former)
        else:
            self.links.drop_intent(self.link_id, fresh.key)

    def _adopt(self, intent: Intent, look: Look) -> Intent:
        """Look for what an unsettled intent may have made; two misses, well apart, allow a new one."""
        since = intent.missed_at or intent.started_at
        wait = since + self.adopt_after - self.now()
        if wait > 0:
            raise Retry("An unanswered create is looked for before it is repeated", after=wait)
        found = look(intent)
        if found:
            adopted = replace(intent, result_id=found)
            self.links.put_intent(adopted)
            return adopted
        if intent.misses == 0:
            self.links.put_intent(replace(intent, misses=1, missed_at=self.now()))
            raise Retry("The create was not found; one more search decides", after=self.adopt_after)
        return intent
