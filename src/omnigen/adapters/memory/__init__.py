"""In-memory adapters: real ones, which pass the same contract tests as any other, and keep nothing."""

from omnigen.adapters.memory.jobs import MemoryJobs
from omnigen.adapters.memory.outbox import MemoryOutbox
from omnigen.adapters.memory.store import Tables
from omnigen.adapters.memory.takes import MemoryTakes
from omnigen.adapters.memory.uploads import MemoryUploads
from omnigen.adapters.memory.usage import MemoryRates, MemoryUsage

__all__ = [
    "MemoryJobs",
    "MemoryOutbox",
    "MemoryRates",
    "MemoryStore",
    "MemoryTakes",
    "MemoryUploads",
    "MemoryUsage",
]


class MemoryStore:
    """All stores over the same memory."""

    def __init__(self) -> None:
        self.tables = Tables()
        self.jobs = MemoryJobs(self.tables)
        self.takes = MemoryTakes(self.tables)
        self.usage = MemoryUsage(self.tables)
        self.rates = MemoryRates(self.tables)
        self.outbox = MemoryOutbox(self.tables)
        self.uploads = MemoryUploads(self.tables)
