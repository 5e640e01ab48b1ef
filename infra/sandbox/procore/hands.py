"""People at work on Procore's own pages: no token, no limit; all is in the journal and told to webhooks."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from sandbox.procore import deeds, locations, people, webhooks
from sandbox.procore.call import Refused
from sandbox.procore.events import PROJECTS, tell
from sandbox.procore.observation_fields import read_fields, read_status
from sandbox.procore.records import Upload
from sandbox.procore.rich_text import plain_of
from sandbox.procore.storage_files import Incoming
from sandbox.procore.ulids import ulid

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sandbox.procore.call import Call
    from sandbox.procore.records import Observation
    from sandbox.procore.sandbox import ProcoreSandbox
    from sandbox.procore.world import Person

Done = TypeVar("Done")
File = tuple[str, bytes]
"""A file's name and its bytes."""


class Impossible(ValueError):
    """What a person tried cannot be done, such as editing an observation that lies in the recycle bin."""


class Hands:
    """One person of the sandbox; no access level is asked for, what is refused raises `Impossible`."""

    def __init__(self, sandbox: ProcoreSandbox, person_id: int) -> None:
        if person_id not in sandbox.state.people:
            raise Impossible(f"there is no person {person_id}")
        self._sandbox, self._person_id = sandbox, person_id

    def create(self, project_id: int, **fields: Any) -> int:
        """Make an observation from the fields of the API, `description_rich_text` too; returns its id."""

        def do(call: Call) -> int:
            given = {"name": "Untitled", **fields}
            read = self._read(call, project_id, given)
            project = call.state.projects[project_id]
            return deeds.add_item(call, project, self._person_id, read, []).id

        return self._do(do)

    def edit(self, observation_id: int, **fields: Any) -> None:
        """Change fields; what is the same already changes nothing."""

        def do(call: Call) -> None:
            item = _item(call, observation_id)
            deeds.edit_item(call, item, self._read(call, item.project_id, fields))

        self._do(do)

    def set_location(self, observation_id: int, location_id: int | None) -> None:
        """Choose a location, None for none."""
        self.edit(observation_id, location_id=location_id)

    def comment(
        self, observation_id: int, text: str | None, *, status: str | None = None, files: Sequence[File] = ()
    ) -> int:
        """Write a response, with a status and files if given; returns the id of the response log."""

        def do(call: Call) -> int:
            item = _item(call, observation_id)
            if status is not None:
                deeds.edit_item(call, item, {"status": read_status(status)}, log=False)
            return deeds.add_comment(call, item, text, _bring_in(call, item.project_id, files)).id

        return self._do(do)

    def attach(self, observation_id: int, name: str, content: bytes) -> int:
        """Hang a file on an observation; returns the id of the attachment."""

        def do(call: Call) -> int:
            item = _item(call, observation_id)
            deeds.add_files(call, item, _bring_in(call, item.project_id, [(name, content)]))
            return item.attachments[-1].id

        return self._do(do)

    def detach(self, observation_id: int, attachment_id: int) -> None:
        """Take a file off an observation."""
        self._do(lambda call: deeds.remove_file(call, _item(call, observation_id), attachment_id))

    def delete(self, observation_id: int) -> None:
        """Put an observation into the recycle bin."""
        self._do(lambda call: deeds.recycle(call, _item(call, observation_id)))

    def restore(self, observation_id: int) -> None:
        """Take an observation out of the recycle bin."""

        def do(call: Call) -> None:
            deeds.bring_back(call, _item(call, observation_id, recycled=True))

        self._do(do)

    def add_location(self, project_id: int, path: Sequence[str]) -> int:
        """Make the tiers of a path that are missing; returns the id of the last."""

        def do(call: Call) -> int:
            return locations.at_path(call, call.state.projects[project_id], list(path)).id

        return self._do(do)

    def rename_location(self, location_id: int, name: str) -> None:
        """Give a location another name."""

        def do(call: Call) -> None:
            held = call.state.locations[location_id]
            locations.change(call, held, name, held.parent_id)

        self._do(do)

    def add_contact(self, project_id: int, last_name: str, first_name: str = "") -> int:
        """Put a contact without a login into the directory of a project; returns the id."""

        def do(call: Call) -> int:
            given = {"first_name": first_name, "last_name": last_name}
            return people.add_contact(call, call.state.projects[project_id], given).id

        return self._do(do)

    def set_level(self, person_id: int, project_id: int, level: str, tool: str = "observations") -> None:
        """Give a person another access level on a tool of one project."""

        def do(call: Call) -> None:
            held = call.state.people[person_id]
            call.state.people[person_id] = _with_level(call, held, project_id, tool, level)
            call.deed("level_changed", person_id=person_id, project_id=project_id, tool=tool, level=level)

        self._do(do)

    def set_active(self, person_id: int, *, active: bool) -> None:
        """Let a person leave the company, or come back."""

        def do(call: Call) -> None:
            call.state.people[person_id] = replace(call.state.people[person_id], active=active)
            call.deed("person_active", person_id=person_id, active=active)

        self._do(do)

    def forget_app(self) -> None:
        """Take the app's access away: every token that this person gave it ends at once."""

        def do(call: Call) -> None:
            state, mine = call.state, self._person_id
            state.tokens = {name: one for name, one in state.tokens.items() if one.person_id != mine}
            state.refreshes = {name: one for name, one in state.refreshes.items() if one != mine}
            call.deed("app_forgotten", person_id=mine)

        self._do(do)

    def set_project_active(self, project_id: int, *, active: bool) -> None:
        """Archive a project, or open it again."""

        def do(call: Call) -> None:
            call.state.projects[project_id] = replace(call.state.projects[project_id], active=active)
            call.deed("project_active", project_id=project_id, active=active)
            tell(call, PROJECTS, "update", project_id, project_id)

        self._do(do)

    def delete_hook(self, hook_id: int) -> None:
        """Remove any app's webhook, as an admin can."""
        self._do(lambda call: webhooks.remove(call, call.state.hooks[hook_id]))

    def disconnect_app(self, company_id: int) -> None:
        """Uninstall the app from a company."""

        def do(call: Call) -> None:
            held = call.state.installs[company_id]
            call.state.installs[company_id] = replace(held, status="uninstalled")
            call.deed("app_uninstalled", company_id=company_id)

        self._do(do)

    def _do(self, act: Callable[[Call], Done]) -> Done:
        try:
            return self._sandbox.act(self._person_id, act)
        except Refused as refused:
            raise Impossible(refused.response.body.decode()) from refused
        except KeyError as error:
            raise Impossible(f"there is no {error}") from error

    @staticmethod
    def _read(call: Call, project_id: int, fields: dict[str, Any]) -> dict[str, Any]:
        html = fields.get("description_rich_text")
        read = read_fields(call, call.state.projects[project_id], fields)
        return read if html is None else {**read, "description": plain_of(html), "rich_text": html}


def _item(call: Call, observation_id: int, *, recycled: bool = False) -> Observation:
    item = call.state.observations[observation_id]
    if (item.deleted_at is not None) != recycled:
        raise Impossible(f"observation {observation_id} is {'not ' if recycled else ''}in the recycle bin")
    return item


def _bring_in(call: Call, project_id: int, files: Sequence[File]) -> list[str]:
    """Store files as a browser's upload does; returns what `attach` takes."""
    return [_upload(call, project_id, name, content) for name, content in files]


def _upload(call: Call, project_id: int, name: str, content: bytes) -> str:
    uuid = ulid(call.now, call.state.count("upload"))
    incoming = Incoming(call.blobs, f"blob-{call.state.count('blob')}")
    incoming.feed(content)
    call.state.uploads[uuid] = Upload(
        uuid, project_id, call.caller.id, name, "application/octet-stream", call.now, len(content),
        file=incoming.stored(),
    )  # fmt: skip
    return uuid


def _with_level(call: Call, person: Person, project_id: int, tool: str, level: str) -> Person:
    company_id = call.state.projects[project_id].company_id
    memberships = []
    for one in person.memberships:
        if one.company_id == company_id:
            held = one.projects.get(project_id) or one.everywhere or {}
            one = replace(one, projects={**one.projects, project_id: {**held, tool: level}})  # noqa: PLW2901
        memberships.append(one)
    return replace(person, memberships=tuple(memberships))
