"""S10: another authorizer takes over."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from plumbline.connections.takeover import take_over
from plumbline.stores.memory import MemoryActivityLog, MemoryAuthorizations, MemoryConnections
from plumbline.stores.records import Authorization, AuthorizationKind, Connection, ConnectionState

NOW = 1_800_000_000.0
PERSON, ACCOUNT = AuthorizationKind.PROCORE_PERSON, AuthorizationKind.PROCORE_SERVICE_ACCOUNT


class Room:
    """The stores, with one connection whose authorizer "a" may fail and "b" and "c" stand by."""

    def __init__(self, **first: Any) -> None:
        self.connections = MemoryConnections()
        self.authorizations = MemoryAuthorizations()
        self.log = MemoryActivityLog()
        self.connection = Connection(
            "c1", "t1", "Tower", "sync", ConnectionState.ENABLED, NOW, "sub-1",
            procore_authorization_id="a", company_id="4211", other_authorization_ids=("b", "c"),
        )  # fmt: skip
        self.connections.create(self.connection)
        for id_ in ("a", "b", "c"):
            self.put(id_)
        self.put("a", **{"valid": False, "cause": "The token was revoked.", **first})

    def put(self, id_: str, **changes: Any) -> None:
        held = Authorization(id_, "t1", PERSON, "production", f"{id_}@x.example", NOW, "sub-1")
        self.authorizations.put(replace(held, **changes))

    def take_over(self, **options: Any) -> Connection:
        return take_over(self.connections, self.authorizations, self.log, self.connection, now=NOW, **options)


def test_s10_the_next_valid_authorizer_takes_over_and_the_former_stands_by_last() -> None:
    room = Room()

    changed = room.take_over()

    assert (changed.procore_authorization_id, changed.other_authorization_ids) == ("b", ("c", "a"))
    assert room.connections.get("c1") == changed


def test_s10_a_change_of_authorizer_is_logged() -> None:
    room = Room()

    room.take_over()

    (entry,) = room.log.read("c1").items
    assert (entry.outcome, entry.at, entry.direction) == ("authorizer_changed", NOW, "")
    assert entry.message == "b@x.example takes over at Procore from a@x.example. The token was revoked."
    assert (entry.before, entry.after) == (
        {"procore_authorization_id": "a"},
        {"procore_authorization_id": "b"},
    )


def test_s10_a_valid_authorizer_is_not_replaced() -> None:
    room = Room(valid=True, cause="")

    assert room.take_over() is room.connection
    assert room.log.read("c1").items == ()


def test_s10_one_that_lost_its_rights_is_replaced_by_one_that_may_work() -> None:
    room = Room(valid=True, cause="")

    changed = room.take_over(lost_rights=True, may_work=lambda other: other.id == "c")

    assert (changed.procore_authorization_id, changed.other_authorization_ids) == ("c", ("b", "a"))
    assert "may not work in this project any more" in room.log.read("c1").items[0].message


@pytest.mark.parametrize(
    "changes",
    [
        {"valid": False},
        {"tenant_id": "t2"},
        {"environment": "federal"},
        {"kind": AuthorizationKind.CXALLOY_KEY},
        {"kind": ACCOUNT, "subject": "another company"},
    ],
)
def test_s10_one_that_does_not_fit_is_passed_over(changes: dict[str, Any]) -> None:
    room = Room()
    room.put("b", **changes)

    assert room.take_over().procore_authorization_id == "c"


def test_s10_a_service_account_of_the_company_may_take_over() -> None:
    room = Room()
    room.put("b", kind=ACCOUNT, subject="4211")

    assert room.take_over().procore_authorization_id == "b"


def test_s10_with_nobody_else_the_connection_waits_as_it_is() -> None:
    room = Room()
    room.put("b", valid=False)
    room.put("c", valid=False)

    assert room.take_over() is room.connection
    assert room.log.read("c1").items == ()


def test_s10_a_deleted_authorizer_is_replaced_too() -> None:
    room = Room()
    held = room.authorizations.get("a")
    assert held is not None
    room.authorizations.delete(held)
    room.put("b", environment="sandbox")

    changed = room.take_over()

    assert changed.procore_authorization_id == "b"
    assert room.log.read("c1").items[0].message.endswith("the former authorizer. It was deleted.")


def test_s10_where_someone_else_has_just_chosen_theirs_stands() -> None:
    room = Room()
    theirs = room.connections.save(replace(room.connection, procore_authorization_id="c"))

    assert room.take_over() == theirs
    assert room.log.read("c1").items == ()
