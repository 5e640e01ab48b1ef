"""The connection's webhook as the API's acts use it: looked at, repaired, removed (S7, S8)."""

from plumbline import wiring, wiring_jobs
from plumbline.connections.hook_state import HookState, WantedHook
from plumbline.errors import NeedsAuthorization, Reject, Retry
from plumbline.stores import records
from settings_api.lists import read_time
from settings_api.sync_answers import ForeignHook, HookReport


def look(connection: records.Connection) -> HookReport:
    """Look at the webhook and at those of others beside it."""
    sweep = wiring.cursors().get(connection.id, records.SWEEP)
    wanted = wiring_jobs.wanted_hook(connection)
    state = wiring_jobs.hook_keeper(connection, read_time()).check(
        wanted,
        now=wiring.now(),
        since=float(sweep.notes.get("since", 0.0)) if sweep else 0.0,
        show_others=True,
    )
    return _told(state, wanted)


def repair(connection: records.Connection) -> HookReport:
    """Make the webhook what it should be. Raises `Reject` with what Procore said."""
    wanted = wiring_jobs.wanted_hook(connection)
    return _told(wiring_jobs.hook_keeper(connection, read_time()).repair(wanted, now=wiring.now()), wanted)


def remove(connection: records.Connection) -> str:
    """Remove the webhook; returns why that failed, "" when it did not.

    A dead credential must not keep anyone from stopping the work: what is left at Procore tells nobody
    anything, for deliveries to a connection that does not run end without a trace.
    """
    try:
        keeper = wiring_jobs.hook_keeper(connection, read_time())
        keeper.remove(wiring_jobs.wanted_hook(connection), now=wiring.now())
    except (Reject, NeedsAuthorization) as error:
        return error.cause
    except Retry as error:
        return error.reason
    return ""


def has_one(connection: records.Connection) -> bool:
    """Say whether a webhook was made and not removed, as far as we remember."""
    cursor = wiring.cursors().get(connection.id, records.HOOK)
    return bool(cursor and cursor.notes.get("hook_id"))


def _told(state: HookState, wanted: WantedHook) -> HookReport:
    return HookReport(
        healthy=not state.faults,
        id=state.hook.id if state.hook else "",
        tells_comments=state.offers_logs,
        problems=list(state.faults),
        others=[
            ForeignHook(id=one.id, namespace=one.namespace, address=one.address, ours=wanted.is_sibling(one))
            for one in state.others
        ],
    )
