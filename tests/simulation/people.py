"""What people do on both sides, by the two systems' own hands."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from tests.simulation import worlds
from tests.simulation.history import PERSON, PROCORE, TRACKER

from sandbox.cxalloy import hands as tracker_hands
from sandbox.cxalloy.answers import Refused
from sandbox.procore.demo import HARBOR_POINT, MARCUS, PRIYA
from sandbox.procore.hands import Hands, Impossible

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from tests.simulation.deployment import Deployment
    from tests.simulation.history import History
    from tests.simulation.plan import Deed

TRACKER_NAMES = {"status": "status_id", "priority": "priority_id", "discipline": "discipline_id",
                 "issue_type": "issuetype_id"}  # fmt: skip
PROCORE_NAMES = {"title": "name", "discipline": "trade_id", "issue_type": "type_id",
                 "assignee": "assignee_id", "asset": "location_id"}  # fmt: skip
VALUES: dict[str, dict[str, tuple[Any, ...]]] = {
    TRACKER: {
        "status": worlds.STATUSES, "priority": worlds.PRIORITIES, "discipline": worlds.DISCIPLINES,
        "issue_type": worlds.TYPES,
    },
    PROCORE: {
        "status": ("initiated", "ready_for_review", "not_accepted", "closed"),
        "priority": ("Low", "Medium", "High", "Urgent"),
        "discipline": tuple(map(int, worlds.TRADES)), "issue_type": tuple(map(int, worlds.KINDS)),
        "assignee": (PRIYA, MARCUS, None),
    },
}  # fmt: skip
LONG = 70_000


class People:
    """Everyone who edits; `done` holds the deeds that had an object, and `without` those that had none."""

    def __init__(self, house: Deployment, history: History, project_id: str) -> None:
        self.done: list[Deed] = []
        self.without: list[Deed] = []
        self._house, self._history = house, history
        self._project = project_id

    def act(self, deed: Deed) -> None:
        """Do one deed, if its object is there and the system lets a person do it."""
        target = self._target(deed)
        act: Callable[[Deed, str, random.Random], None] | None = getattr(
            self, f"_{deed.side}_{deed.what}", None
        )
        before = len(self._history.changes)
        if target:
            try:
                (act or self._field)(deed, target, deed.dice())
            except (Refused, Impossible):
                pass  # what the system refuses a person, no person has done
        self._history.look(PERSON)
        made = self._history.changes[before:]
        (self.done if made else self.without).append(deed)
        for change in made:
            self._house.scheduler.note(change.told())

    def _target(self, deed: Deed) -> str:
        """The id of the pair's issue or observation; "" while there is none."""
        issues = self._house.cxalloy.world.issues
        issue_id = issues[deed.item % len(issues)].issue_id
        if deed.side == TRACKER:
            return issue_id
        twins = [int(one) for one in self._history.twins(issue_id)]
        items = self._house.procore.state.observations
        alive = [one for one in twins if items[one].deleted_at is None or deed.what == "restore"]
        return str(alive[-1]) if alive else ""

    def _someone(self, dice: random.Random) -> Hands:
        """The authorizer's own user now and then: her edits count like anyone's (A16)."""
        return Hands(self._house.procore, dice.choice((PRIYA, PRIYA, MARCUS)))

    def _field(self, deed: Deed, target: str, dice: random.Random) -> None:
        self._set(deed.side, target, deed.what, self._value(deed, dice), dice)

    def _value(self, deed: Deed, dice: random.Random) -> Any:
        if deed.what in ("description", "title"):
            text = worlds.text_of(dice, f"Edit {deed.salt}")
            return " ".join(text.split()) if deed.what == "title" else text
        if deed.what == "due_date":
            return dice.choice((None, (date(2026, 4, 1) + timedelta(days=dice.randrange(300))).isoformat()))
        if deed.what in VALUES[deed.side]:
            return dice.choice(VALUES[deed.side][deed.what])
        if deed.what == "assignee":
            return dice.choice(
                (("person", "90"), ("person", "91"), ("company", "601"), ("role", "701"), (None, None))
            )
        if deed.side == TRACKER:
            return dice.choice((*worlds.ASSETS, None))
        locations = [one.id for one in self._house.procore.state.locations.values()]
        return dice.choice([*locations, None])

    def _set(self, side: str, target: str, name: str, value: Any, dice: random.Random) -> None:
        if side == TRACKER:
            fields = {TRACKER_NAMES.get(name, name): value}
            if name == "assignee":
                fields = {"assigned_type": value[0], "assigned_key": value[1]}
            if name == "asset":
                fields = {"asset_key": value}
            tracker_hands.edit(self._house.cxalloy, "Ana Souza", target, **fields)
            return
        if name == "description":
            value = self._with_our_lines(target, value)
        self._someone(dice).edit(int(target), **{PROCORE_NAMES.get(name, name): value})

    def _with_our_lines(self, target: str, text: str, paragraph: str = "\n\n") -> str:
        """A person edits the text and leaves our lines below it as they are."""
        held = self._house.procore.state.observations[int(target)].description or ""
        ours = [line for line in held.split("\n") if line.startswith(("CxAlloy issue ", "CxAlloy asset: "))]
        return paragraph.join((text, *ours))

    def _procore_rich_text(self, deed: Deed, target: str, dice: random.Random) -> None:
        text = worlds.text_of(dice, f"Rich {deed.salt}").replace("\r\n", " ").replace("\n", " ")
        body = f"<p>{text} <strong>bold</strong></p><ul><li>one</li><li>two</li></ul>"
        link = '<p>See <a href="https://example.test/a">the manual</a>.</p>'
        ours = self._with_our_lines(target, "", "</p><p>").removeprefix("</p>")
        html = body + (link if dice.random() < 0.5 else "") + (f"{ours}</p>" if ours else "")
        self._someone(dice).edit(int(target), description_rich_text=html)

    def _tracker_revert(self, deed: Deed, target: str, dice: random.Random) -> None:
        self._revert(deed, target, dice)

    def _procore_revert(self, deed: Deed, target: str, dice: random.Random) -> None:
        self._revert(deed, target, dice)

    def _revert(self, deed: Deed, target: str, dice: random.Random) -> None:
        """Put back what the object's latest simple change replaced."""
        simple = ("title", "status", "priority", "discipline", "due_date")
        made = [one for one in self._history.of(deed.side, target) if one.field in simple and one.before]
        if made:
            self._set(deed.side, target, made[-1].field, made[-1].before, dice)

    def _said(self, deed: Deed, dice: random.Random) -> str:
        size = dice.choice(("", "one", "some", "some", "some", "long"))
        if size in ("", "one"):
            return size[:1]
        text = worlds.text_of(dice, f"Said {deed.salt}")
        return text + " x" * (LONG // 2) if size == "long" and dice.random() < 0.3 else text

    def _tracker_comment(self, deed: Deed, target: str, dice: random.Random) -> None:
        tracker_hands.comment(
            self._house.cxalloy, dice.choice(("Ana Souza", "API")), target, self._said(deed, dice)
        )

    def _procore_comment(self, deed: Deed, target: str, dice: random.Random) -> None:
        files = [self._file(deed, dice)] if dice.random() < 0.2 else []
        status = dice.choice(VALUES[PROCORE]["status"]) if dice.random() < 0.2 else None
        said = self._said(deed, dice)
        self._someone(dice).comment(int(target), said, status=status, files=files)

    def _tracker_file(self, deed: Deed, target: str, dice: random.Random) -> None:
        name = dice.choice(("same name.bin", f"f{deed.salt}.pdf", "é ü.txt"))
        size = dice.choice((0, 1, 700, 40_000))
        tracker_hands.add_file(self._house.cxalloy, "Ana Souza", target, name, size=size, seed=deed.salt)

    def _procore_file(self, deed: Deed, target: str, dice: random.Random) -> None:
        self._someone(dice).attach(int(target), *self._file(deed, dice))

    def _file(self, deed: Deed, dice: random.Random) -> tuple[str, bytes]:
        name = dice.choice(("same name.bin", f"p{deed.salt}.pdf"))
        return name, dice.randbytes(dice.choice((0, 900, 30_000)))

    def _tracker_delete(self, _deed: Deed, target: str, _dice: random.Random) -> None:
        tracker_hands.delete(self._house.cxalloy, "Ana Souza", target)

    def _tracker_undo_delete(self, _deed: Deed, target: str, _dice: random.Random) -> None:
        tracker_hands.undo_delete(self._house.cxalloy, "Ana Souza", target)

    def _tracker_unpublish(self, _deed: Deed, target: str, _dice: random.Random) -> None:
        tracker_hands.unpublish(self._house.cxalloy, "Ana Souza", target)

    def _tracker_publish(self, _deed: Deed, target: str, _dice: random.Random) -> None:
        tracker_hands.publish(self._house.cxalloy, "Ana Souza", target)

    def _tracker_create(self, deed: Deed, _target: str, dice: random.Random) -> None:
        tracker_hands.create(
            self._house.cxalloy, "Ana Souza", self._project,
            description=worlds.text_of(dice, f"Born {deed.salt}"), issuetype_id=dice.choice(worlds.TYPES),
        )  # fmt: skip

    def _tracker_rename_asset(self, deed: Deed, _target: str, dice: random.Random) -> None:
        tracker_hands.rename_asset(
            self._house.cxalloy, "Ana Souza", dice.choice(worlds.ASSETS), f"Asset {deed.salt}"
        )

    def _procore_delete(self, _deed: Deed, target: str, dice: random.Random) -> None:
        self._someone(dice).delete(int(target))

    def _procore_restore(self, _deed: Deed, target: str, dice: random.Random) -> None:
        self._someone(dice).restore(int(target))

    def _procore_stranger(self, deed: Deed, _target: str, dice: random.Random) -> None:
        """An observation that is nobody's twin: it must be left alone (A29)."""
        self._someone(dice).create(HARBOR_POINT, name=f"Own {deed.salt}", type_id=7001)
