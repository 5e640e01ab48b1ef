"""Switches the guards off one at a time, to show that the simulation then fails (`make ablation`).

Each guard is a function from the deployment to the changes that take it away. They are made in tests only.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tests.simulation.crowds import crowd_of
from tests.simulation.furnishing import CONNECTION
from tests.simulation.plan import plan_of
from tests.simulation.run import Outcome, run

from plumbline.agreement import brake
from plumbline.agreement.merge import Pair
from plumbline.connections import settings as connection_settings
from plumbline.issues import (
    carried,
    comment_text,
    mapping,
    missing,
    proving,
    sync_comments,
    sync_effects,
    sync_fields,
    sync_plan,
)
from plumbline.issues.facets import OUT
from plumbline.issues.missing import Verdict
from plumbline.issues.once import Once
from plumbline.issues.procore_side import ProcoreSide

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from tests.simulation.deployment import Deployment
    from tests.simulation.patching import Change

    from plumbline.stores.records import Intent

    Guard = Callable[[Deployment], list[Change]]


def intent_row(house: Deployment) -> list[Change]:
    """Nothing is stored before a create leaves; what came of it is."""
    links = house.stores["links"]
    put = links.put_intent

    def settled(intent: Intent, **more: bool) -> None:
        if intent.result_id:
            put(intent, **more)

    return [(links, "put_intent", settled)]


def machine_key(_house: Deployment) -> list[Change]:
    """A create whose answer was lost is never found again."""
    adopt = Once._adopt

    def blind(self: Once, intent: Any, _look: Any) -> Any:
        return adopt(self, intent, lambda _intent: "")

    return [(Once, "_adopt", blind), (sync_comments, "_unanswered", lambda _intent, _log: False)]


def both(house: Deployment) -> list[Change]:
    """Neither intent nor machine key."""
    return [*intent_row(house), *machine_key(house)]


def per_side_base(house: Deployment) -> list[Change]:
    """One shared value is remembered, the tracker's; Procore's is taken from it by the map."""
    base_of = sync_fields.base_of

    def shared(link: Any, name: str) -> Pair | None:
        known = base_of(link, name)
        if known is None or name not in mapping.FIELDS:
            return known
        connection = house.stores["connections"].get(CONNECTION)
        settings = connection_settings.read(connection.settings)
        return Pair(known.tracker, mapping.to_procore(settings, name, known.tracker) or known.procore)

    return [(sync_fields, "base_of", shared), (carried, "base_of", shared)]


def only_changed_fields(house: Deployment) -> list[Change]:
    """A write holds the whole record, as the other side has it."""
    plan = sync_plan.plan

    def whole(sides: Any, link: Any, settings: Any, *args: Any, **kwargs: Any) -> Any:
        made = plan(sides, link, settings, *args, **kwargs)
        over = {
            "status": mapping.to_procore(settings, "status", sides.tracker["status"]),
            "priority": mapping.to_procore(settings, "priority", sides.tracker["priority"]),
            "due_date": sides.tracker["due_date"],
        }
        back = {
            "status_id": mapping.to_tracker(settings, "status", sides.procore["status"]),
            "due_date": sides.procore["due_date"],
        }
        return replace(
            made,
            procore={**over, **made.procore} if made.procore else made.procore,
            tracker={**back, **made.tracker} if made.tracker else made.tracker,
        )

    return [(sync_plan, "plan", whole)]


def fresh_read(house: Deployment) -> list[Change]:
    """What was read of an observation within the last half hour is taken for what it is now."""
    read, update = ProcoreSide.read, ProcoreSide.update
    known: dict[str, tuple[float, Any]] = {}

    def lazy(self: ProcoreSide, observation_id: str) -> Any:
        at, found = known.get(observation_id, (0.0, None))
        if found is None or house.scheduler() - at > 1800:
            found = read(self, observation_id)
            known[observation_id] = house.scheduler(), found
        return found

    def remembered(self: ProcoreSide, observation_id: str, changes: Any) -> Any:
        found = update(self, observation_id, changes)
        known[observation_id] = house.scheduler(), found
        return found

    return [(ProcoreSide, "read", lazy), (ProcoreSide, "update", remembered)]


def two_listings(_house: Deployment) -> list[Change]:
    """An issue that one listing lacks counts as gone at once."""

    def judge(before: Any, *, listed: Any, **_more: Any) -> Verdict:
        known = {key for key, said in before.items() if ":" not in key and not said.startswith(OUT)}
        absent = sorted(known - set(listed))
        before.update({missing.FIRST_MISS + one: "0.0" for one in absent})
        return Verdict(tuple(absent), {})

    return [(missing, "judge", judge)]


def recycle_bin(_house: Deployment) -> list[Change]:
    """An observation that cannot be read counts as deleted, wherever it is."""
    return [(ProcoreSide, "recycled", lambda *_args: object())]


def mass_delete_brake(_house: Deployment) -> list[Change]:
    """Any number of deletes goes ahead."""
    return [(brake, "trips", lambda *_args, **_kwargs: False)]


def read_back(_house: Deployment) -> list[Change]:
    """What a side acknowledged counts as written, whatever it shows afterwards."""
    return [
        (sync_effects, "is_ignored", lambda *_args: False),
        (proving, "lasted", lambda _context, link, _observation: link),
        (proving, "doubted", lambda link, _sides: link),
    ]


def content_echo(house: Deployment) -> list[Change]:
    """Comments of ours are not known by what they say, nor by the ids that were kept."""
    return [
        (comment_text, "log_of", lambda _comment: ""),
        (comment_text, "tracker_comment_of", lambda _log: ""),
        (house.stores["links"], "by_log", lambda _connection_id, _log_id: ""),
    ]


def link_lease(house: Deployment) -> list[Change]:
    """Any number of workers has one link in hand."""
    links = house.stores["links"]
    lease = links.lease

    def granted(link_id: str, *, now: float, until: float) -> Any:
        stored = links.get(link_id)
        if stored and stored.lease_until > now:
            links.save(replace(stored, lease_until=now - 1))
        return lease(link_id, now=now, until=until)

    return [(links, "lease", granted)]


def version_condition(house: Deployment) -> list[Change]:
    """The last write of a link wins, whatever it was read before."""
    links = house.stores["links"]
    save = links.save

    def overwritten(link: Any) -> Any:
        stored = links.get(link.id)
        now = replace(link, version=stored.version, hints=stored.hints) if stored else link
        return save(now)

    return [(links, "save", overwritten)]


def token_lease(house: Deployment) -> list[Change]:
    """Any number of workers renews one token at once, each as if it were the only one."""
    return [(house.stores["authorizations"], "lease_token", lambda *_args, **_kwargs: True)]


GUARDS: dict[str, tuple[str, Guard]] = {
    "intent row": ("stored before a create leaves", intent_row),
    "machine key": ("by which a lost create is found again", machine_key),
    "intent row and machine key": ("both at once", both),
    "per-side base": ("a native value for each side", per_side_base),
    "only-changed-fields": ("in every write", only_changed_fields),
    "fresh read": ("of the observation before a write", fresh_read),
    "two listings": ("before an issue counts as gone", two_listings),
    "recycle bin": ("as the only proof of a deletion", recycle_bin),
    "brake": ("on mass deletes", mass_delete_brake),
    "read-back": ("of what was acknowledged", read_back),
    "content echo check": ("by marks and kept ids", content_echo),
    "link lease": ("one worker a pair", link_lease),
    "version condition": ("on every write of a link", version_condition),
    "token lease": ("one refresher a token", token_lease),
}


CROWDED = frozenset({"link lease", "version condition"})
"""Guards that matter where workers meet at one pair: they are taken away in crowds."""


def first_failure(name: str, seeds: Iterable[int]) -> Outcome | None:
    """The first plan that fails without a guard and passes with all of them; None where there is none."""
    guard, made = GUARDS[name][1], crowd_of if name in CROWDED else plan_of
    failing = (outcome for seed in seeds if (outcome := run(made(seed), guard)).findings)
    return next((one for one in failing if not run(one.plan).findings), None)
