"""Jobs, takes, usage, messages and uploads in one SQLite file, shared by an API and a worker process."""

from omnigen.adapters.local.sqlite.database import Database
from omnigen.adapters.local.sqlite.jobs import SqliteJobs
from omnigen.adapters.local.sqlite.outbox import SqliteOutbox
from omnigen.adapters.local.sqlite.rates import SqliteRates
from omnigen.adapters.local.sqlite.takes import SqliteTakes
from omnigen.adapters.local.sqlite.uploads import SqliteUploads
from omnigen.adapters.local.sqlite.usage import SqliteUsage

__all__ = [
    "Database",
    "SqliteJobs",
    "SqliteOutbox",
    "SqliteRates",
    "SqliteTakes",
    "SqliteUploads",
    "SqliteUsage",
]
