"""Many workers at once on DynamoDB: each request is atomic, their order is not ours."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

import pytest

from plumbline.stores.authorizations import DynamoAuthorizations
from plumbline.stores.budget import DynamoBudget
from plumbline.stores.connections import DynamoConnections
from plumbline.stores.cursors import DynamoCursors
from plumbline.stores.links import DynamoLinks
from plumbline.stores.ports import Stale, Taken
from plumbline.stores.records import Connection, ConnectionState, Link, LinkState, OAuthState, SealedToken

from .conftest import client

if TYPE_CHECKING:
    from collections.abc import Callable

    Result = TypeVar("Result")

pytestmark = pytest.mark.usefixtures("aws")

WORKERS = 8
LINK = Link("l1", "c1", "i1", LinkState.WAITING)


def at_once(work: Callable[[int], Result], workers: int = WORKERS) -> list[Result | str]:
    """Start all workers together; a refusal counts as its class name."""
    start = threading.Barrier(workers)

    def one(number: int) -> Result | str:
        start.wait()
        try:
            return work(number)
        except (Stale, Taken) as refusal:
            return type(refusal).__name__

    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, range(workers)))


def test_one_of_8_workers_gets_the_lease_and_the_others_leave_hints() -> None:
    links = DynamoLinks(client("dynamodb"), "links")
    links.create(LINK)

    leases = at_once(lambda number: links.lease("l1", now=100.0, until=165.0 + number))

    assert leases.count(None) == 7
    stored = links.get("l1")
    assert stored is not None
    assert (stored.hints, stored.version) == (7, 2)
    assert stored.lease_until == next(lease.lease_until for lease in leases if isinstance(lease, Link))


def test_no_hint_is_lost_between_the_refusal_and_the_holder_letting_go() -> None:
    links = DynamoLinks(client("dynamodb"), "links")
    for turn in range(20):
        made = links.create(replace(LINK, id=f"l{turn}", issue_id=f"i{turn}"))
        held = links.lease(made.id, now=100.0, until=165.0)
        assert held is not None

        def work(number: int, held: Link = held) -> Link | None:
            if number == 0:
                return links.save(replace(held, lease_until=0.0, due_at=0.0))
            return links.lease(held.id, now=110.0, until=175.0)

        let_go, second = at_once(work, workers=2)
        # Either the holder is told to go on, or the newcomer works itself.
        assert (let_go == "Stale") is (second is None)


def test_one_of_8_saves_of_the_same_version_wins() -> None:
    links = DynamoLinks(client("dynamodb"), "links")
    link = links.create(LINK)

    results = at_once(lambda number: links.save(replace(link, cause=str(number))))

    assert results.count("Stale") == 7
    assert links.get("l1") in results


def test_one_of_8_links_gets_the_issue() -> None:
    links = DynamoLinks(client("dynamodb"), "links")

    results = at_once(lambda number: links.create(replace(LINK, id=f"l{number}")))

    assert results.count("Taken") == 7
    assert links.by_issue("c1", "i1") in results


def test_one_of_8_links_gets_the_observation() -> None:
    links = DynamoLinks(client("dynamodb"), "links")
    made = [links.create(replace(LINK, id=f"l{number}", issue_id=f"i{number}")) for number in range(WORKERS)]

    results = at_once(lambda number: links.save(replace(made[number], observation_id="o1")))

    assert results.count("Taken") == 7
    assert links.by_observation("c1", "o1") in results


def test_one_of_8_links_is_given_the_issue_that_its_observation_was_made_into() -> None:
    links = DynamoLinks(client("dynamodb"), "links")
    bare = [Link(f"l{number}", "c1", "", LinkState.WAITING) for number in range(WORKERS)]
    made = [links.create(link) for link in bare]

    results = at_once(
        lambda number: links.save(replace(made[number], issue_id="i1", observation_id=f"o{number}"))
    )

    assert results.count("Taken") == 7
    winner = links.by_issue("c1", "i1")
    assert winner in results
    assert [links.by_observation("c1", f"o{number}") for number in range(WORKERS)].count(None) == 7


def test_one_of_two_refreshers_gets_the_lease() -> None:
    authorizations = DynamoAuthorizations(client("dynamodb"), "authorizations")
    authorizations.save_token(SealedToken("a1", b"sealed", 5400.0, 0), seen_version=0)

    for now in range(1000, 3000, 100):

        def lease(_: int, now: float = now) -> bool:
            return authorizations.lease_token("a1", seen_version=1, now=now, until=now + 30)

        assert sorted(map(bool, at_once(lease, workers=2))) == [False, True]


def test_a_sign_in_state_is_taken_by_one_of_8() -> None:
    authorizations = DynamoAuthorizations(client("dynamodb"), "authorizations")
    authorizations.put_state(OAuthState("h", "t1", "sandbox", "ann", expires_at=1600.0))

    results = at_once(lambda _: authorizations.take_state("h", now=1000.0))

    assert results.count(None) == 7


def test_one_of_8_polls_gets_the_cursor() -> None:
    cursors = DynamoCursors(client("dynamodb"), "cursors")

    results = at_once(lambda _: cursors.lease("c1", "tracker", now=100.0, until=130.0))

    assert results.count(None) == 7


def test_one_of_8_connections_gets_the_pair() -> None:
    connections = DynamoConnections(client("dynamodb"), "connections")
    draft = Connection("c", "t1", "Tower", "copy", ConnectionState.DRAFT, 1000.0, "ann")
    paired = replace(
        draft, company_id="10", project_id="20", tracker_host="tq.example", tracker_project_id="30"
    )

    def work(number: int) -> bool:
        connections.create(replace(paired, id=f"c{number}"))
        return True

    results = at_once(work)

    assert (results.count(True), results.count("Taken")) == (1, 7)
    assert len(connections.of_tenant("t1")) == 1


def test_8_workers_share_one_burst() -> None:
    budgets = [DynamoBudget(client("dynamodb"), "budget", spike_limit=10) for _ in range(WORKERS)]

    waits = at_once(lambda number: [budgets[number].take("k", now=1000.0) for _ in range(3)])

    granted = [wait for worker in waits for wait in worker if wait == 0.0]
    assert len(granted) == 5
