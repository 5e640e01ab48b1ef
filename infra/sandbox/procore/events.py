"""What webhooks tell: which resources Procore offers, who hears of an event, and in which words.

Sources: Procore "Webhooks" guide (payloads v2.0, v3.0, v4.0) and its list of webhook resources.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from sandbox.procore import times
from sandbox.procore.records import Delivery, Endpoint, Event
from sandbox.procore.ulids import ulid

if TYPE_CHECKING:
    from sandbox.procore.call import Call
    from sandbox.procore.journal import Journal
    from sandbox.procore.records import Hook, Observation
    from sandbox.procore.settings import SandboxSettings
    from sandbox.procore.state import State

ITEMS, LOGS, LOCATIONS, PROJECTS = (
    "Observation Items", "Observation Item Response Logs", "Locations", "Projects",
)  # fmt: skip
VERSIONS = ("v2.0", "v3.0", "v4.0")
_ALL = ("create", "update", "delete")

PROJECT_RESOURCES: dict[str, tuple[str, tuple[str, ...]]] = {
    ITEMS: ("Observations", _ALL),
    LOGS: ("Observations", ("create",)),
    "Project Files": ("Documents", _ALL),
    "Project Folders": ("Documents", _ALL),
    "Project File Versions": ("Documents", _ALL),
    "Images": ("Photos", _ALL),
    "Image Categories": ("Photos", _ALL),
    "Drawings": ("Drawings", _ALL),
    "Drawing Sets": ("Drawings", _ALL),
    "Drawing Uploads": ("Drawings", _ALL),
    "Drawing Areas": ("Drawings", _ALL),
    LOCATIONS: ("Admin", _ALL),
    "Project Users": ("Directory", ("create", "delete")),
    "Project Vendors": ("Directory", ("create", "delete")),
}
"""Resource names of a project: their tool and their events."""

COMPANY_RESOURCES: dict[str, tuple[str, tuple[str, ...]]] = {
    PROJECTS: ("Portfolio", ("create", "update")),
    "Company Users": ("Directory", ("create", "update")),
    "Company Vendors": ("Directory", ("create", "update")),
    "Trades": ("Admin", ("create", "delete")),
}
"""The same of a company."""


class EventFault(BaseModel):
    """What goes wrong with webhooks: from the `nth` matching event on, `times` times (0: for ever).

    `resource` and `verb` are regular expressions that match the whole. `kind`: "duplicate" delivers twice,
    with a fresh id and the same timestamp; "lose" never delivers; "delay" holds the event back for `seconds`,
    so that later ones overtake it.
    """

    model_config = ConfigDict(extra="forbid")

    kind: Literal["duplicate", "lose", "delay"]
    resource: str = ".*"
    verb: str = ".*"
    nth: int = Field(default=1, ge=1)
    times: int = Field(default=1, ge=0)
    seconds: float = 60
    seen: int = 0

    def strikes(self, event: Event) -> bool:
        """Count the event if it matches, and tell whether the fault hits it."""
        if not (re.fullmatch(self.resource, event.resource) and re.fullmatch(self.verb, event.verb)):
            return False
        self.seen += 1
        return self.seen >= self.nth and (not self.times or self.seen < self.nth + self.times)


def offered(settings: SandboxSettings, *, project: bool) -> dict[str, tuple[str, tuple[str, ...]]]:
    """Return the resources that may be subscribed to in a project, or in a company."""
    listed = PROJECT_RESOURCES if project else COMPANY_RESOURCES
    return {name: told for name, told in listed.items() if name not in settings.left_out_resources}


def tell(call: Call, resource: str, verb: str, resource_id: int, project_id: int) -> None:
    """Note an event of a project; it goes out once the call has ended well."""
    company_id = call.state.projects[project_id].company_id
    event = Event(resource, verb, resource_id, company_id, project_id, call.now, call.caller.id, call.app)
    call.events.append(event)


def tell_item(call: Call, verb: str, item: Observation) -> None:
    """Note an event of an observation."""
    tell(call, ITEMS, verb, item.id, item.project_id)


def dispatch(
    state: State, events: list[Event], faults: list[EventFault], settings: SandboxSettings, journal: Journal
) -> None:
    """Queue each event for every active hook with a matching trigger."""
    for event in events:
        hit = [fault for fault in faults if fault.strikes(event)]
        kinds = {fault.kind for fault in hit}
        wait = max((fault.seconds for fault in hit if fault.kind == "delay"), default=0.0)
        for hook in _listeners(state, event, settings):
            if "lose" in kinds:
                journal.note("delivery_lost", event.at, **_told(hook, event))
                continue
            for _ in range(2 if "duplicate" in kinds else 1):
                made = _enqueue(state, hook, event, wait)
                journal.note("delivery_queued", event.at, delivery_id=made.id, **_told(hook, event))


def _listeners(state: State, event: Event, settings: SandboxSettings) -> list[Hook]:
    if not state.triggers or event.resource in settings.left_out_resources:
        return []
    wanting = {
        one.hook_id
        for one in state.triggers.values()
        if (one.resource_name, one.event_type) == (event.resource, event.verb)
    }
    of_company = event.resource in COMPANY_RESOURCES
    return [
        hook
        for hook in state.hooks.values()
        if hook.id in wanting
        and hook.status == "active"
        and hook.company_id == event.company_id
        and hook.project_id == (None if of_company else event.project_id)
    ]


def _enqueue(state: State, hook: Hook, event: Event, wait: float) -> Delivery:
    number = state.new_id("delivery", 880_001)
    made = Delivery(number, hook.id, event, _payload(hook, event, number), event.at + wait)
    state.deliveries[number] = made
    state.endpoints.setdefault(hook.destination_url, Endpoint()).waiting[number] = made
    return made


def _told(hook: Hook, event: Event) -> dict[str, Any]:
    return {
        "hook_id": hook.id, "namespace": hook.namespace, "resource": event.resource, "verb": event.verb,
        "resource_id": event.resource_id, "project_id": event.project_id,
    }  # fmt: skip


def _payload(hook: Hook, event: Event, number: int) -> dict[str, Any]:
    known_as, when = ulid(event.at, number), times.stamp(event.at)
    if hook.payload_version == "v4.0":
        return {
            "id": known_as, "timestamp": when, "reason": event.verb, "company_id": str(event.company_id),
            "project_id": str(event.project_id), "user_id": str(event.by), "resource_type": event.resource,
            "resource_id": str(event.resource_id), "payload_version": "v4.0",
        }  # fmt: skip
    related: dict[str, Any] = {"related_resources": []} if hook.payload_version == "v3.0" else {}
    return {
        "id": number, "ulid": known_as, "timestamp": when, "metadata": _metadata(event), "user_id": event.by,
        "company_id": event.company_id, "project_id": event.project_id, "api_version": hook.payload_version,
        "event_type": event.verb, "resource_name": event.resource, "resource_id": event.resource_id,
        **related,
    }  # fmt: skip


def _metadata(event: Event) -> dict[str, Any]:
    return {
        "source_user_id": event.by, "source_project_id": event.project_id, "source_operation_id": None,
        "source_company_id": event.company_id, "source_application_id": event.app,
    }  # fmt: skip
