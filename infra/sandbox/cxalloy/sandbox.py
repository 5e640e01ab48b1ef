"""The sandbox CxAlloy TQ: a pure object with a clock handed in that answers requests."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from sandbox.cxalloy import admin, api, blobs
from sandbox.cxalloy.answers import Refused
from sandbox.cxalloy.faults import first_striking
from sandbox.cxalloy.files import Files, make_noise
from sandbox.cxalloy.keys import signer
from sandbox.cxalloy.past import Past
from sandbox.cxalloy.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sandbox.cxalloy.faults import Fault
    from sandbox.cxalloy.world import CxAlloyWorld, FileSpec, Key
    from sandbox.http import Request, Response

BASE = "/api/v1"
HOUR = 3600


@dataclass(frozen=True, slots=True)
class Call:
    """One call as it came in; `body` is the JSON it carried, or its length in bytes when it was none."""

    at: str
    method: str
    path: str
    query: tuple[tuple[str, str], ...]
    key: str
    body: Any
    status: int
    transport: str


@dataclass(frozen=True, slots=True)
class Effect:
    """One change of the world, made by a call (`by` is the key) or by hand (`by` is "person:NAME").

    `time` is Unix seconds. `detail` holds `changes`, each field with its old and new value, or what was
    added, whole; where a text may be stored otherwise than it was sent, `sent` is what was asked for.
    """

    time: float
    at: str
    what: str
    by: str
    issue_id: str
    detail: dict[str, Any] = field(default_factory=dict)


class CxAlloySandbox:
    """A CxAlloy TQ account that can be called, looked into and broken on purpose.

    `clock` gives Unix seconds; `sleep` lets time pass for an answer that is slow. The world handed in is
    copied; `reset` goes back to it.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        world: CxAlloyWorld,
        *,
        settings: Settings | None = None,
        make_file: Callable[[FileSpec], Iterator[bytes]] = make_noise,
        blob_folder: Path | None = None,
        sleep: Callable[[float], None] = lambda _seconds: None,
    ) -> None:
        self.clock = clock
        self.sleep = sleep
        self.bend: Fault | None = None
        self.settings = settings or Settings()
        self.faults: list[Fault] = []
        self.files = Files(make_file, blob_folder)
        self._first_world = world.model_copy(deep=True)
        self.reset()

    def reset(self) -> None:
        """Forget every call, effect and fault, and go back to the first world."""
        self.restore(self._first_world)
        self.calls: list[Call] = []
        self.effects: list[Effect] = []
        self.faults.clear()
        self._spent: dict[str, tuple[int, int]] = {}

    def restore(self, world: CxAlloyWorld) -> None:
        """Go on with a world that was kept, or begin with one."""
        self.world = world.model_copy(deep=True)
        self.files.forget()
        self.past = Past()
        self._last_id = max((int(number) for number in self._numeric_ids()), default=0)

    def handle(self, request: Request) -> Response:
        """Answer one request."""
        if request.path == "/" or request.path.startswith("/_sandbox"):
            return admin.answer(self, request)
        fault = first_striking(self.faults, request)
        self.bend = fault if fault and fault.kind in {"shift", "cap"} else None
        response = fault.apply(request, self._act, self.sleep) if fault else self._act(request)
        self.calls.append(self._call(request, response))
        return response

    def now(self) -> datetime:
        """Return the sandbox's time."""
        return datetime.fromtimestamp(self.clock(), UTC)

    def new_id(self) -> str:
        """Return an id that no record has."""
        self._last_id += 1
        return str(self._last_id)

    def note(self, what: str, by: str, issue_id: str, **detail: Any) -> None:
        """Write down a change of the world."""
        self.effects.append(Effect(self.clock(), self._stamp(), what, by, issue_id, detail))

    def _act(self, request: Request) -> Response:
        try:
            if request.path.startswith("/blob/"):
                return blobs.answer(self, request)
            key = signer(request, self.world, self.clock(), self.settings.clock_skew_seconds)
            self._spend(key)
            return api.answer(self, key, request, request.path.removeprefix(BASE))
        except Refused as refused:
            return refused.response(as_200=self.settings.errors_as_200)

    def _spend(self, key: Key) -> None:
        """Count a call against the key's hour; raises Refused 429 with the seconds left of it."""
        hour = int(self.clock()) // HOUR
        begun, spent = self._spent.get(key.identifier, (hour, 0))
        spent = spent if begun == hour else 0
        if spent >= self.settings.hourly_limit:
            raise Refused(429, "Too many requests", retry_after=HOUR - int(self.clock()) % HOUR)
        self._spent[key.identifier] = (hour, spent + 1)

    def _call(self, request: Request, response: Response) -> Call:
        try:
            body = request.json() if request.body else None
        except ValueError:
            body = len(request.body)
        identifier = request.headers.get("cxalloy-identifier", "")
        return Call(
            self._stamp(), request.method, request.path, request.query, identifier, body,
            response.status, response.transport,
        )  # fmt: skip

    def _stamp(self) -> str:
        return self.now().isoformat(timespec="seconds").replace("+00:00", "Z")

    def _numeric_ids(self) -> Iterator[str]:
        for issue in self.world.issues:
            yield from (
                i for i in (issue.issue_id, *(c.issuecomment_id for c in issue.comments)) if i.isdecimal()
            )
        yield from (file.id for file in self.world.files if file.id.isdecimal())
