"""The sandbox Procore as one object: a request in, a response out, time from the clock it was handed."""

from __future__ import annotations

import email.utils
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from sandbox.http import Request
from sandbox.procore import admin, events, pages, rest, storage
from sandbox.procore.blobs import MemoryBlobs
from sandbox.procore.call import Call, Refused
from sandbox.procore.delivery import Dispatch
from sandbox.procore.demo import demo_world
from sandbox.procore.faults import Fault, answer_or_refusal, suffer, take
from sandbox.procore.journal import Journal
from sandbox.procore.settings import SandboxSettings
from sandbox.procore.state import new_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.http import Response
    from sandbox.procore.blobs import Blobs
    from sandbox.procore.delivery import Outgoing
    from sandbox.procore.events import EventFault
    from sandbox.procore.world import World

Done = TypeVar("Done")


class ProcoreSandbox:
    """A stand-in for Procore's login, API and storage; not safe for use by several threads at once.

    `state`, `journal`, `faults` and `settings` may be read and changed by tests at any time.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        settings: SandboxSettings | None = None,
        world: World | None = None,
        blobs: Blobs | None = None,
    ) -> None:
        self.clock = clock
        self.world = world or demo_world()
        self.blobs = blobs or MemoryBlobs()
        self._first_settings = settings or SandboxSettings()
        self._resets = 0
        self.reset()

    def reset(self) -> None:
        """Go back to the seeded world and the first settings; old tokens work no longer."""
        self._resets += 1
        self.settings = self._first_settings
        self.state = new_state(self.world, f"{self.settings.seed}:{self._resets}")
        self.journal = Journal()
        self.faults: list[Fault] = []
        self.event_faults: list[EventFault] = []
        self.blobs.clear()

    def handle(self, request: Request) -> Response:
        """Answer any request to login, API, storage, pages or the sandbox's own paths."""
        if request.path.startswith("/_sandbox/"):
            return admin.answer(self, request)
        if request.path == "/":
            return pages.answer(self.state, self.settings, request, self.clock())
        if not storage.is_storage(request.path):
            return self._answer_api(request)
        if request.method == "GET":
            return self._answer("storage", self._call(request), storage.fetch)
        reception = self.receive(replace(request, body=b""))
        reception.feed(request.body)
        return reception.finish()

    def receive(self, request: Request) -> Reception:
        """Open a storage upload whose body comes in pieces; `request` has no body."""
        return Reception(self, self._call(request))

    def deliveries_due(self) -> list[Outgoing]:
        """Return the webhook calls to be made now, one for each destination at most; ask again after each."""
        return self._dispatch().due()

    def delivered(self, delivery_id: str, status: int | None) -> None:
        """Take the outcome of a webhook call: its HTTP status, None for a timeout or no connection."""
        self._dispatch().delivered(int(delivery_id), status)

    def next_delivery_at(self) -> float | None:
        """Return when the next webhook call is due, in Unix seconds, perhaps past; None when none waits."""
        return self._dispatch().next_at()

    def _dispatch(self) -> Dispatch:
        return Dispatch(self.state, self.settings, self.journal, self.clock())

    def act(self, person_id: int, do: Callable[[Call], Done]) -> Done:
        """Let a person do something on Procore's own pages: no token, no limit; raises Refused."""
        call = self._call(Request("POST", "/_sandbox/act"))
        call.person = self.state.people[person_id]
        done = do(call)
        self.journal.note_all(call.effects, call.now)
        self._tell(call)
        return done

    def _tell(self, call: Call) -> None:
        if call.events:
            events.dispatch(self.state, call.events, self.event_faults, self.settings, self.journal)

    def take_fault(self, request: Request) -> Fault | None:
        """Return the fault that hits this call, if any."""
        return take(self.faults, request)

    def _answer_api(self, request: Request) -> Response:
        self._dispatch().settle()
        call = self._call(request)
        call.app = self.settings.client_id
        if request.path.startswith("/oauth/"):
            return self._answer("oauth", call, rest.answer_oauth)
        try:
            rest.admit(call)
        except Refused as refused:
            return self.close("rest", call, refused.response)
        return self._answer("rest", call, rest.answer)

    def _answer(self, surface: str, call: Call, act: Callable[[Call], Response]) -> Response:
        fault = self.take_fault(call.request)
        response = suffer(call, fault, act) if fault else answer_or_refusal(call, act)
        return self.close(surface, call, response)

    def close(self, surface: str, call: Call, response: Response) -> Response:
        """Write a finished call into the journal and give its answer the headers every answer has."""
        self.journal.record(surface, call, response)
        self._tell(call)
        limits = call.allowance.headers() if call.allowance else ()
        stamp = ("Date", email.utils.formatdate(call.now, usegmt=True))
        number = ("x-request-id", f"sandbox-{len(self.journal.entries):08d}")
        return replace(response, headers=(*response.headers, *limits, stamp, number))

    def _call(self, request: Request) -> Call:
        return Call(request, self.clock(), self.state, self.settings, self.blobs)


class Reception:
    """One storage upload on its way: `feed` its bytes, then `finish` for the answer."""

    def __init__(self, sandbox: ProcoreSandbox, call: Call) -> None:
        self._sandbox, self._call = sandbox, call
        self._receiver = storage.Receiver(call)

    def feed(self, chunk: bytes) -> None:
        """Take the next bytes."""
        self._receiver.feed(chunk)

    def finish(self) -> Response:
        """Return the answer; nothing of a refused or broken upload is kept."""
        fault = self._sandbox.take_fault(self._call.request)
        act = self._finish
        response = suffer(self._call, fault, act) if fault else answer_or_refusal(self._call, act)
        self._receiver.close()
        return self._sandbox.close("storage", self._call, response)

    def _finish(self, _call: Call) -> Response:
        return self._receiver.finish()
