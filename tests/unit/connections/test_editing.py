"""What of a connection may change when, and what is read anew (S4, S9, S25)."""

from __future__ import annotations

from typing import Any

import pytest
from tests.unit.connections.making import a_connection, an_authorization, both

from plumbline.connections import editing, naming
from plumbline.connections.problems import Problems
from plumbline.connections.settings import IssueSettings
from plumbline.errors import Reject
from plumbline.stores.memory import MemoryConnections
from plumbline.stores.ports import Stale
from plumbline.stores.records import Authorization, AuthorizationKind, Connection, ConnectionState


class Asked:
    """The live names, and what was asked for."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, ...]] = []
        self.names = naming.Names(self._companies, self._projects, self._tracker_projects)

    def _companies(self, held: Authorization) -> dict[str, str]:
        self.calls.append(("companies", held.id))
        return {"1": "Northwind"}

    def _projects(self, held: Authorization, company_id: str) -> dict[str, str]:
        self.calls.append(("projects", held.id, company_id))
        return {"2": "Hospital", "3": "Garage"}

    def _tracker_projects(self, held: Authorization) -> dict[str, str]:
        self.calls.append(("tracker", held.id))
        return {"7": "North", "8": "South"}


def _apply(connection: Connection, asked: Asked | None = None, **given: Any) -> Connection:
    settings = given.pop("settings", None)
    held = given.pop("authorizations", both())
    linked = given.pop("has_links", False)
    return editing.apply(
        connection, given, settings, authorizations=held, has_links=linked, names=(asked or Asked()).names
    )


def _draft(**given: Any) -> Connection:
    return a_connection(state=ConnectionState.DRAFT, **given)


def test_a_new_name_asks_no_vendor() -> None:
    asked = Asked()

    changed = _apply(_draft(), asked, name="New")

    assert (changed.name, asked.calls) == ("New", [])


def test_a_new_project_is_named_live() -> None:
    asked = Asked()

    changed = _apply(_draft(), asked, project_id="3")

    assert (changed.company_name, changed.project_name) == ("Northwind", "Garage")
    assert asked.calls == [("companies", "p"), ("projects", "p", "1")]


def test_s4_before_a_project_is_chosen_none_are_read() -> None:
    asked = Asked()

    changed = _apply(_draft(company_id="", project_id=""), asked, company_id="1")

    assert (changed.company_name, changed.project_name) == ("Northwind", "")
    assert asked.calls == [("companies", "p")]


def test_clearing_the_company_and_projects_clears_their_names() -> None:
    held = _draft(company_name="Northwind", project_name="Hospital", tracker_project_name="North")

    cleared = _apply(held, company_id="", project_id="", tracker_project_id="")

    assert (cleared.company_name, cleared.project_name, cleared.tracker_project_name) == ("", "", "")


def test_a_key_brings_its_host_and_a_cleared_one_leaves_it() -> None:
    empty = _draft(tracker_host="", tracker_authorization_id="", tracker_project_id="")

    chosen = _apply(empty, tracker_authorization_id="t", tracker_project_id="8")
    cleared = _apply(chosen, tracker_authorization_id="", tracker_project_id="")

    assert (chosen.tracker_host, chosen.tracker_project_name) == ("https://cx.example", "South")
    assert cleared.tracker_host == "https://cx.example"


def test_an_unknown_authorization_is_refused_by_field() -> None:
    with pytest.raises(Reject) as refused:
        _apply(_draft(), procore_authorization_id="foreign")

    assert (refused.value.code, refused.value.field) == ("unknown_authorization", "procore_authorization_id")


@pytest.mark.parametrize(
    ("field", "value"),
    [("company_id", "5"), ("project_id", "3"), ("tracker_project_id", "8")],
)
@pytest.mark.parametrize("state", [ConnectionState.ENABLED, ConnectionState.PAUSED])
def test_while_it_runs_projects_stay(field: str, value: str, state: ConnectionState) -> None:
    with pytest.raises(Reject) as refused:
        _apply(a_connection(state=state), None, **{field: value})

    assert (refused.value.code, refused.value.field) == ("projects_fixed", field)


def test_once_something_is_linked_projects_stay_even_when_disabled() -> None:
    with pytest.raises(Reject):
        _apply(a_connection(state=ConnectionState.DISABLED), project_id="3", has_links=True)


def test_s20_another_key_of_the_same_host_may_come_at_any_time() -> None:
    held = both()
    held["t2"] = an_authorization("t2", AuthorizationKind.CXALLOY_KEY, host="https://cx.example")
    ready = IssueSettings(trigger_status_id="2", done_status_id="3", default_type_id="9").model_dump(
        mode="json"
    )

    changed = _apply(
        a_connection(settings=ready), tracker_authorization_id="t2", authorizations=held, has_links=True
    )

    assert changed.tracker_authorization_id == "t2"


def test_what_runs_keeps_what_it_needs() -> None:
    ready = IssueSettings(trigger_status_id="2", done_status_id="3", default_type_id="9").model_dump(
        mode="json"
    )

    with pytest.raises(Problems) as refused:
        _apply(a_connection(settings=ready), procore_authorization_id="")

    assert [problem.field for problem in refused.value.problems] == ["procore_authorization_id"]


def test_settings_are_laid_over_key_by_key() -> None:
    first = _apply(_draft(), settings=IssueSettings(trigger_status_id="2", poll_seconds=90))
    second = _apply(first, settings=IssueSettings(poll_seconds=120))

    assert (second.settings["trigger_status_id"], second.settings["poll_seconds"]) == ("2", 120)


def test_s25_imported_settings_replace_all() -> None:
    first = _apply(_draft(), settings=IssueSettings(trigger_status_id="2", poll_seconds=90))

    replaced = editing.with_settings(first, IssueSettings(poll_seconds=120))

    assert (replaced.settings["trigger_status_id"], replaced.settings["poll_seconds"]) == ("", 120)


@pytest.mark.parametrize(("version", "fits"), [(None, True), (3, True), (2, False)])
def test_a_change_may_name_the_version_it_was_decided_on(version: int | None, fits: bool) -> None:
    if fits:
        editing.check_version(a_connection(version=3), version)
        return
    with pytest.raises(Stale):
        editing.check_version(a_connection(version=3), version)


def test_a_pair_that_is_taken_names_nobody() -> None:
    connections = MemoryConnections()
    editing.create(connections, a_connection(id="holder", tenant_id="elsewhere"))

    with pytest.raises(Reject) as refused:
        editing.create(connections, a_connection(id="second"))

    assert refused.value.status == 409
    assert "holder" not in str(refused.value)
    assert "elsewhere" not in str(refused.value)
