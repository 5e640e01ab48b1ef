"""The stores in memory, for the simulation and fast tests: same verbs, same refusals, nothing random."""

from plumbline.stores.memory.budget import MemoryBudget
from plumbline.stores.memory.connections import MemoryConnections
from plumbline.stores.memory.credentials import MemoryAuthorizations, MemorySealer
from plumbline.stores.memory.links import MemoryLinks
from plumbline.stores.memory.members import MemoryMembers
from plumbline.stores.memory.polls import MemoryActivityLog, MemoryCursors, MemorySnapshots
from plumbline.stores.memory.work import MemoryWork

__all__ = [
    "MemoryActivityLog",
    "MemoryAuthorizations",
    "MemoryBudget",
    "MemoryConnections",
    "MemoryCursors",
    "MemoryLinks",
    "MemoryMembers",
    "MemorySealer",
    "MemorySnapshots",
    "MemoryWork",
]
