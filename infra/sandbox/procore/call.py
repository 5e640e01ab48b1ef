"""One call while it is answered, and the refusals it can end in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NoReturn

from sandbox.http import Request, Response, json_response

if TYPE_CHECKING:
    from sandbox.procore.blobs import Blobs
    from sandbox.procore.faults import Fault
    from sandbox.procore.limits import Allowance
    from sandbox.procore.records import Event
    from sandbox.procore.settings import SandboxSettings
    from sandbox.procore.state import State
    from sandbox.procore.world import Company, Person


class Refused(Exception):
    """A call that is answered with an error; nothing has changed."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status)
        self.response = response


def refuse(status: int, errors: Any) -> NoReturn:
    """Refuse with the error body `{"errors": …}`: a text, a list of texts, or a dictionary by field."""
    raise Refused(json_response({"errors": errors}, status))


@dataclass(slots=True)
class Call:
    """A request with all that answering it needs.

    `effects` collects what truly happened, `events` what webhooks may tell of it; `app` is the client id
    behind the token, None when a person acts on Procore's own pages.
    """

    request: Request
    now: float
    state: State
    settings: SandboxSettings
    blobs: Blobs
    params: dict[str, str] = field(default_factory=dict)
    person: Person | None = None
    company: Company | None = None
    allowance: Allowance | None = None
    fault: Fault | None = None
    effects: list[dict[str, Any]] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)
    app: str | None = None

    @property
    def caller(self) -> Person:
        """The person or service account of the token; set before any handler runs."""
        if self.person is None:
            raise LookupError("the call has no caller yet: authenticate it first")
        return self.person

    def effect(self, kind: str, **what: Any) -> None:
        """Note a thing that truly happened."""
        self.effects.append({"kind": kind, **what})

    def deed(self, kind: str, **what: Any) -> None:
        """Note a thing that truly happened, with the person and the app that did it."""
        self.effect(kind, **what, by=self.caller.id, app=self.app)

    def path_id(self, name: str) -> int:
        """Return a number out of the path."""
        return int(self.params[name])

    def body(self) -> dict[str, Any]:
        """Return the JSON body; refuses 406 for another content type and 400 for what is no JSON object."""
        body = self._json()
        if not isinstance(body, dict):
            refuse(400, ["The body must be a JSON object."])
        return body

    def rows(self) -> list[Any]:
        """Return the JSON array of a bulk call; refuses 406 and 400 as `body` does."""
        body = self._json()
        if not isinstance(body, list):
            refuse(400, ["The body must be a JSON array."])
        return body

    def _json(self) -> Any:
        if "json" not in self.request.headers.get("content-type", ""):
            refuse(406, ["Send the body as application/json."])
        try:
            return self.request.json()
        except ValueError:
            refuse(400, ["The body is not valid JSON."])

    def wrapped(self, wrapper: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the body and the object under its required wrapper; refuses 400 without it."""
        body = self.body()
        inner = body.get(wrapper)
        if not isinstance(inner, dict):
            refuse(400, [f"param is missing or the value is empty: {wrapper}"])
        return body, inner


def as_int(value: object, name: str) -> int:
    """Return an id given as number or text; refuses 400 when it is missing or no number."""
    if isinstance(value, bool) or not isinstance(value, int | str) or not str(value).strip().isdecimal():
        refuse(400, [f"param is missing or the value is empty: {name}"])
    return int(value)
