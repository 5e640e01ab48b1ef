"""How far a process's memory rises above what it was.

The greatest size that `getrusage` tells is inherited from whoever started the process, so under a big
parent it shows no growth at all. Linux keeps one for each program (proc_pid_status(5): VmHWM), and sets
it back when asked to (proc_pid_clear_refs(5): 5).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

_STATUS, _SET_BACK = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def growth() -> Callable[[], float | None]:
    """Begin to watch; the answer tells how many megabytes it rose at most since. None off Linux."""
    if not _SET_BACK.exists():
        return lambda: None
    _SET_BACK.write_text("5")
    before = _kibibytes("VmRSS")
    return lambda: round((_kibibytes("VmHWM") - before) * 1024 / 1e6, 1)


def _kibibytes(name: str) -> int:
    rows = (line.split() for line in _STATUS.read_text().splitlines())
    return next(int(row[1]) for row in rows if row[0] == f"{name}:")
