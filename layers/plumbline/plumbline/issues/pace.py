"""How often the comments of a project are looked for, so that idle connections cost little (A31).

Pure. All idle connections of one authorizer together take at most a tenth of its calls in any hour: their
inventories first, their looks at comments with what that leaves. Times are seconds.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plumbline.connections.settings import SyncSettings

IDLE_SHARE = 0.085
"""What is planned with, so that an hour with more of the rare calls in it stays within a tenth."""

LONGEST = 3600.0
ACTIVE_SECONDS = 900.0  # so long after activity a project counts as active
HOOK_SECONDS = 4 * 3600.0  # a webhook that was in order is looked at again after this long
# Calls at Procore: what changed and what was deleted; one page of ids; a look at the webhook.
SWEEP_CALLS, IDS_CALLS, HOOK_CALLS = 2, 1, 6


def interval(
    connections: int, hour_cap: int, sync: SyncSettings, *, active: bool, offers_logs: bool
) -> float:
    """Seconds between two looks at the comments of one project.

    `connections` share an authorizer that has `hour_cap` calls an hour; `offers_logs`: Procore tells of
    comments by webhook, and does so well.
    """
    if offers_logs:
        return LONGEST
    left = (hour_cap * IDLE_SHARE) / connections - inventory_calls(sync)
    needed = 3600.0 / left if left > 0 else math.inf
    stretched = max(1.0, needed / sync.comment_poll_seconds)
    base = sync.comment_poll_active_seconds if active else sync.comment_poll_seconds
    return min(LONGEST, base * stretched)


def is_crowded(connections: int, hour_cap: int, sync: SyncSettings) -> bool:
    """Whether so many connections take more than their share even at the slowest pace."""
    return connections * (inventory_calls(sync) + 3600.0 / LONGEST) > hour_cap * IDLE_SHARE


def inventory_calls(sync: SyncSettings) -> float:
    """Calls an hour that the inventory of one idle connection takes."""
    return 3600.0 * (
        SWEEP_CALLS / sync.sweep_seconds
        + IDS_CALLS / sync.inventory_seconds
        + HOOK_CALLS / max(HOOK_SECONDS, sync.sweep_seconds)
    )
