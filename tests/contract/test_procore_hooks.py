"""S7: the keeping of a webhook, against the sandbox over HTTP; every call is a documented one."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from tests.contract.procore_bench import PROJECT, START, Bench, Clock, fresh_bench, listening

from plumbline.connections.hook_state import ITEMS, LOGS, WantedHook
from plumbline.connections.hooks import HookKeeper
from plumbline.errors import EffectUnknown, Reject, Retry
from plumbline.issues.hints import ITEM, LOG
from plumbline.procore import hook_secret, hooks, items, webhook
from plumbline.procore.observations import NewObservation
from plumbline.stores.memory import MemoryCursors
from plumbline.stores.records import HOOK
from sandbox.procore import Fault, RunningSandbox
from sandbox.procore.demo import MARCUS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from plumbline.connections.hook_state import HookState
    from plumbline.procore.client import ProcoreClient

MASTER = b"a master key of this test"
ADDRESS = "https://here.example/hooks/procore/c1"
WANTED = WantedHook("c1", PROJECT, "plumbline", ADDRESS, MASTER)
DAY = 86_400.0


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[RunningSandbox, Clock]]:
    with listening(tmp_path_factory.mktemp("blobs")) as served:
        yield served


@dataclass
class Room:
    """A sandbox, our keeper of webhooks, and the calls that it makes."""

    bench: Bench
    client: ProcoreClient
    cursors: MemoryCursors
    seen: int = 0

    @property
    def keeper(self) -> HookKeeper:
        return HookKeeper(self.client, self.cursors)

    @property
    def now(self) -> float:
        return self.bench.clock.at

    @property
    def held(self) -> list[Any]:
        return list(self.bench.sandbox.state.hooks.values())

    @property
    def told(self) -> set[tuple[str, str]]:
        return {(one.resource_name, one.event_type) for one in self.bench.sandbox.state.triggers.values()}

    @property
    def notes(self) -> dict[str, Any]:
        cursor = self.cursors.get("c1", HOOK)
        assert cursor is not None
        return cursor.notes

    def check(self, wanted: WantedHook = WANTED, **options: Any) -> HookState:
        return self.keeper.check(wanted, now=self.now, **{"since": START, **options})

    def repair(self, wanted: WantedHook = WANTED, **options: Any) -> HookState:
        return self.keeper.repair(wanted, now=self.now, **options)

    def foreign(self, namespace: str = "another-app", address: str = ADDRESS) -> str:
        return hooks.create(
            self.client, PROJECT, namespace=namespace, address=address, authorization="Bearer theirs"
        ).id

    def change(self, **settings: Any) -> None:
        self.bench.sandbox.settings = self.bench.sandbox.settings.model_copy(update=settings)

    def until(self, status: str) -> None:
        """Wait for the sandbox to note that its one delivery went so."""
        held = self.bench.sandbox.state.deliveries
        for _ in range(2000):
            if [one.status for one in held.values()] == [status]:
                return
            time.sleep(0.005)
        raise AssertionError([one.status for one in held.values()])

    def methods(self) -> list[str]:
        """The methods of the calls that were made since this was last asked."""
        calls = [str(one["method"]) for one in self.bench.sandbox.journal.calls()]
        seen, self.seen = self.seen, len(calls)
        return calls[seen:]


@pytest.fixture
def room(served: tuple[RunningSandbox, Clock]) -> Iterator[Room]:
    with fresh_bench(*served) as bench:
        yield Room(bench, bench.client(), MemoryCursors())


def observation(room: Room) -> str:
    return items.create_observation(room.client, PROJECT, NewObservation("Leak", "7001"))[0].id


# Making


def test_s7_a_missing_webhook_is_named_and_made(room: Room) -> None:
    before = room.check()
    made = room.repair()
    after = room.check()

    assert [fault.reason for fault in before.faults] == ["Procore has no webhook for this connection."]
    assert (made.faults, after.faults) == ((), ())
    (hook,) = room.held
    assert (hook.namespace, hook.destination_url, hook.payload_version) == ("plumbline", ADDRESS, "v2.0")
    assert hook_secret.accepts(hook.authorization, "c1", [MASTER])
    assert room.told == {*ITEMS, *LOGS}
    assert room.notes == {
        "hook_id": str(hook.id),
        "generation": 1,
        "offers_logs": True,
        "checked_at": START,
        "cause": "",
    }


def test_s7_a_healthy_webhook_is_left_as_it_is(room: Room) -> None:
    room.repair()
    room.methods()

    room.repair()
    assert room.methods() == ["GET"] * 3
    room.check()
    assert room.methods() == ["GET"] * 5


def test_a31_where_procore_offers_no_webhook_for_comments_none_is_asked_for(room: Room) -> None:
    room.change(left_out_resources=frozenset({LOG}))

    state = room.repair()

    assert (state.faults, state.offers_logs, room.told) == ((), False, set(ITEMS))
    assert room.check().faults == ()
    assert room.notes["offers_logs"] is False


def test_a31_a_webhook_for_comments_that_is_offered_later_is_named_and_added(room: Room) -> None:
    room.change(left_out_resources=frozenset({LOG}))
    room.repair()
    room.change(left_out_resources=frozenset())

    assert room.check().lacking == LOGS
    assert room.repair().offers_logs


def test_a_resource_that_is_needed_and_not_offered_is_named(room: Room) -> None:
    room.change(left_out_resources=frozenset({ITEM}))

    assert room.repair().lacking == ITEMS
    assert "does not tell of Observation Items: create" in room.check().faults[0].reason


# Crashes and lost answers


@pytest.mark.parametrize("kind", ["drop", "status"])
def test_s7_a_webhook_whose_creation_got_no_answer_is_adopted(room: Room, kind: Any) -> None:
    room.bench.sandbox.faults = [Fault(method="POST", path=".*/hooks", kind=kind, when="after", status=502)]
    with pytest.raises(EffectUnknown):
        room.repair()

    assert "Procore" in room.notes["cause"]
    assert room.repair().faults == ()
    assert len(room.held) == 1


@pytest.mark.parametrize("nth", [1, 2, 3, 4, 5])
def test_s7_a_repair_cut_short_at_any_call_is_finished_by_the_next(room: Room, nth: int) -> None:
    room.bench.sandbox.faults = [Fault(path=".*/webhooks/.*", status=502, when="after", nth=nth)]
    with pytest.raises(Retry):
        room.repair()

    assert room.repair().faults == ()
    assert (len(room.held), room.told) == (1, {*ITEMS, *LOGS})
    assert len(room.bench.sandbox.state.triggers) == 4


def test_s7_two_repairs_never_run_at_once(room: Room) -> None:
    room.cursors.lease("c1", HOOK, now=room.now, until=room.now + 60, only_due=False)

    with pytest.raises(Retry):
        room.repair()
    assert room.check().hook is None
    with pytest.raises(Retry):
        room.repair()
    room.bench.clock.at += 61

    assert room.repair().faults == ()


# What is off


def test_s7_a_former_address_of_ours_is_named_and_corrected(room: Room) -> None:
    former = replace(WANTED, address="https://former.example/hooks/procore/c1")
    room.repair(former)
    hook_id = room.held[0].id

    assert room.check().wrong_address
    assert room.repair().faults == ()
    assert [(hook.id, hook.destination_url) for hook in room.held] == [(hook_id, ADDRESS)]


def test_s7_an_address_changed_by_hand_is_corrected_for_the_id_is_remembered(room: Room) -> None:
    room.repair()
    room.held[0].destination_url = "https://changed.example/by-hand"

    assert room.check().wrong_address
    room.repair()

    assert [hook.destination_url for hook in room.held] == [ADDRESS]


def test_s7_a_disabled_webhook_is_named_and_made_active(room: Room) -> None:
    room.repair()
    room.held[0].status = "disabled"

    assert [fault.reason for fault in room.check().faults] == ["The webhook is disabled."]
    assert room.repair().faults == ()
    assert room.held[0].status == "active"


def test_s7_another_secret_is_named_and_replaced(room: Room) -> None:
    room.repair()
    room.held[0].authorization = "Bearer forged"

    assert room.check().wrong_secret
    assert room.repair().faults == ()
    assert hook_secret.accepts(room.held[0].authorization, "c1", [MASTER])


def test_s7_when_the_master_key_changes_the_webhook_gets_the_new_secret(room: Room) -> None:
    room.repair()
    changed = replace(WANTED, master=b"the next master key")

    assert room.check(changed).wrong_secret
    room.repair(changed)

    assert room.check(changed).faults == ()
    assert hook_secret.accepts(room.held[0].authorization, "c1", [changed.master])


def test_s7_a_secret_can_be_renewed_by_hand(room: Room) -> None:
    room.repair()
    former = room.held[0].authorization

    assert room.repair(renew_secret=True).faults == ()

    assert room.notes["generation"] == 2
    assert room.held[0].authorization.startswith("Bearer v1.2.")
    assert room.held[0].authorization != former
    assert room.check().faults == ()


def test_s7_triggers_that_someone_took_away_are_named_and_added_again(room: Room) -> None:
    room.repair()
    state = room.bench.sandbox.state
    state.triggers = {number: one for number, one in state.triggers.items() if one.event_type != "delete"}

    assert room.check().lacking == {(ITEM, "delete")}
    room.repair()

    assert room.told == {*ITEMS, *LOGS}


def test_s7_a_double_of_ours_is_named_and_removed(room: Room) -> None:
    room.repair()
    room.foreign("plumbline")

    assert [len(room.check().doubles), len(room.held)] == [1, 2]
    assert room.repair().faults == ()
    assert [str(hook.id) for hook in room.held] == [room.notes["hook_id"]]


def test_s7_a_person_without_the_right_is_told_what_procore_says(room: Room) -> None:
    room.client = room.bench.client(room.bench.signed_in(MARCUS))

    (fault,) = room.check().faults
    with pytest.raises(Reject) as refused:
        room.repair()

    assert fault.reason == refused.value.cause == "You need Admin on admin to manage webhooks."
    assert "permission" in fault.next_step
    assert room.notes["cause"].startswith("You need Admin")


# Others


def test_s7_webhooks_of_others_are_shown_and_never_touched(room: Room) -> None:
    theirs = room.foreign()
    neighbours = room.foreign("plumbline", "https://here.example/hooks/procore/c2")
    before = [replace(hook) for hook in room.held]

    room.repair()
    shown = room.check(show_others=True)
    room.repair(renew_secret=True)
    room.keeper.remove(WANTED, now=room.now)

    assert {hook.id for hook in shown.others} == {theirs, neighbours}
    assert shown.faults == ()
    assert room.held == before


def test_s7_where_procore_takes_one_webhook_a_namespace_a_second_connection_is_told_so(room: Room) -> None:
    room.change(one_hook_per_namespace=True)
    room.repair()
    second = replace(WANTED, connection_id="c2", address="https://here.example/hooks/procore/c2")

    with pytest.raises(Reject, match="namespace: has already been taken"):
        room.repair(second)
    assert room.repair(replace(second, namespace="plumbline-c2")).faults == ()

    assert [hook.namespace for hook in room.held] == ["plumbline", "plumbline-c2"]


def test_s8_our_webhook_is_removed_and_removing_it_again_is_fine(room: Room) -> None:
    room.repair()

    room.keeper.remove(WANTED, now=room.now)
    room.keeper.remove(WANTED, now=room.now)

    assert room.held == []
    assert (room.notes["hook_id"], room.notes["offers_logs"]) == ("", False)


def test_s8_a_webhook_that_is_gone_while_it_is_removed_is_fine(room: Room) -> None:
    room.repair()
    room.bench.sandbox.faults = [Fault(method="DELETE", status=404, body='{"errors":["gone"]}')]

    room.keeper.remove(WANTED, now=room.now)

    assert room.notes["hook_id"] == ""


def test_s8_a_removal_that_procore_refuses_is_told(room: Room) -> None:
    room.repair()
    room.bench.sandbox.faults = [Fault(method="DELETE", status=403, body='{"errors":["no"]}')]

    with pytest.raises(Reject):
        room.keeper.remove(WANTED, now=room.now)

    assert room.notes["hook_id"] != ""


# Deliveries


class Receiver(ThreadingHTTPServer):
    """Our address as Procore sees it: keeps what is delivered and answers as a test says."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Receipt)
        self.status = 204
        self.delivered: list[tuple[str, str, bytes]] = []

    @property
    def wanted(self) -> WantedHook:
        return replace(WANTED, address=f"http://127.0.0.1:{self.server_address[1]}/hooks/procore/c1")


class _Receipt(BaseHTTPRequestHandler):
    server: Receiver

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.delivered.append((self.path, self.headers["Authorization"], body))
        self.send_response_only(self.server.status)
        self.end_headers()

    def log_message(self, *args: Any) -> None:
        pass


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with Receiver() as receiver:
        thread = threading.Thread(target=receiver.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield receiver
        receiver.shutdown()
        thread.join()


def test_s7_what_procore_delivers_is_accepted_and_read(room: Room, receiver: Receiver) -> None:
    room.repair(receiver.wanted)

    item_id = observation(room)
    room.until("delivered")

    ((path, header, body),) = receiver.delivered
    assert path == "/hooks/procore/c1"
    assert hook_secret.accepts(header, "c1", [MASTER])
    event = webhook.read_event(body)
    assert (event.resource, event.verb, event.resource_id) == (ITEM, "create", item_id)
    assert (event.at, event.project_id) == (START, PROJECT)
    assert event.application == "sandbox-client-id"


def test_s7_deliveries_that_fail_are_named_until_one_succeeds(room: Room, receiver: Receiver) -> None:
    room.repair(receiver.wanted)
    room.bench.clock.at += 60
    receiver.status = 500
    observation(room)
    room.until("retrying")

    failing = room.check(receiver.wanted)
    receiver.status = 204
    room.bench.clock.at += 10
    room.until("delivered")

    assert [fault.reason for fault in failing.faults] == ["Procore could not deliver lately."]
    assert room.check(receiver.wanted).faults == ()


def test_a17_what_was_given_up_after_12_hours_is_named_until_a_full_look_began_later(
    room: Room, receiver: Receiver
) -> None:
    room.repair(receiver.wanted)
    room.bench.clock.at += 60
    receiver.status = 500
    observation(room)
    room.until("retrying")
    room.bench.clock.at += DAY

    missed = room.check(receiver.wanted, since=START)
    caught_up = room.check(receiver.wanted, since=START + 61)

    assert [fault.reason for fault in missed.faults] == [
        "Procore gave up deliveries that had waited for 12 hours."
    ]
    assert (missed.discarded, caught_up.discarded) == (True, False)
