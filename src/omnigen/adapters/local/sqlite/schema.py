"""The tables, how they came to be, and the opening of a connection to them.

Every noun is kept as its JSON document, beside the columns that are searched or compared. Instants in columns
are whole microseconds since 1970.
"""

import time
from pathlib import Path
from typing import Final

import apsw

from omnigen.domain.errors import Transient
from omnigen.settings import SettingsError

BUSY_MS: Final = 10_000
"""How long a writer waits for another process's transaction; ours take milliseconds."""
_OURS: Final = 0x4F6D6E69  # "Omni", in the file's header
_CHECKED_UP_TO: Final = 32 * 2**20
"""Bytes up to which a file is checked page by page at opening: more would delay the start."""

_FIRST: Final = """
CREATE TABLE jobs (
    id TEXT PRIMARY KEY,
    owner TEXT NOT NULL,
    revision INTEGER NOT NULL,
    status TEXT NOT NULL,
    ended INTEGER NOT NULL,
    version INTEGER NOT NULL,
    driven_until INTEGER NOT NULL,
    deleted_at INTEGER,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX jobs_of_owner ON jobs (owner, id);
CREATE INDEX jobs_on_their_way ON jobs (owner) WHERE NOT ended;
CREATE INDEX jobs_by_driver ON jobs (driven_until, id) WHERE NOT ended;
CREATE INDEX jobs_deleted ON jobs (deleted_at, id) WHERE deleted_at IS NOT NULL;

-- `document` is the revision as it ended; NULL for a job's latest, which the job itself holds.
CREATE TABLE revisions (
    job_id TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE,
    number INTEGER NOT NULL,
    storyboard TEXT,
    document TEXT,
    PRIMARY KEY (job_id, number)
) STRICT;

CREATE TABLE scenes (
    job_id TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    number INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (job_id, revision, number)
) STRICT, WITHOUT ROWID;

CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    job_id TEXT NOT NULL REFERENCES jobs ON DELETE CASCADE,
    revision INTEGER NOT NULL,
    scene INTEGER NOT NULL,
    version INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX events_of_revision ON events (job_id, revision);

CREATE TABLE requests (
    owner TEXT NOT NULL,
    key TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (owner, key)
) STRICT;
CREATE INDEX requests_by_expiry ON requests (expires_at);

CREATE TABLE usage (
    owner TEXT NOT NULL,
    period TEXT NOT NULL,
    held_videos INTEGER NOT NULL,
    settled_videos INTEGER NOT NULL,
    held_amount INTEGER NOT NULL,
    settled_amount INTEGER NOT NULL,
    PRIMARY KEY (owner, period)
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
    id TEXT PRIMARY KEY,
    job_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX entries_of_job ON entries (job_id, at, id);

CREATE TABLE takes (
    id TEXT PRIMARY KEY,
    job_id TEXT NOT NULL,
    prediction_id TEXT UNIQUE,
    intended_at INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX takes_of_job ON takes (job_id, intended_at, id);

CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    job_id TEXT NOT NULL,
    at INTEGER NOT NULL,
    document TEXT NOT NULL
) STRICT;
CREATE INDEX outbox_by_age ON outbox (at, id);

CREATE TABLE deliveries (id TEXT PRIMARY KEY, seen_at INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_by_age ON deliveries (seen_at);

CREATE TABLE hits (
    key TEXT NOT NULL,
    window INTEGER NOT NULL,
    slot INTEGER NOT NULL,
    hits INTEGER NOT NULL,
    PRIMARY KEY (key, window, slot)
) STRICT, WITHOUT ROWID;

CREATE TABLE uploads (id TEXT PRIMARY KEY, owner TEXT NOT NULL, document TEXT NOT NULL) STRICT;
"""

_UPLOADS_EXPIRE: Final = """
ALTER TABLE uploads ADD COLUMN expires_at INTEGER NOT NULL DEFAULT 0;
CREATE INDEX uploads_by_expiry ON uploads (expires_at);
"""

MIGRATIONS: Final = (_FIRST, _UPLOADS_EXPIRE)
"""Step n takes a file from `user_version` n to n + 1. A step that was released never changes."""


def connect(path: Path) -> apsw.Connection:
    """A connection ready for use, its schema up to date.

    Raises SettingsError, naming the file, where it can't be a database of ours; Transient where the disk is
    full or somebody else holds it too long.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return _prepared(path)
    except (apsw.NotADBError, apsw.CorruptError, apsw.FormatError) as error:
        raise SettingsError(
            f"{path} is no database, or is damaged ({error}); restore it or move it away"
        ) from error
    except (apsw.CantOpenError, apsw.PermissionsError, apsw.ReadOnlyError, apsw.AuthError, OSError) as error:
        raise SettingsError(f"{path} can't be opened for writing ({error})") from error
    except apsw.Error as error:
        raise Transient(f"the database can't be opened now ({error})") from error


def _prepared(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path))
    try:
        connection.set_busy_handler(_wait)
        _check(connection, path)
        _use_wal(connection)
        # FULL: a commit has reached the disk before anybody is told of it.
        connection.pragma("synchronous", "full")
        connection.pragma("foreign_keys", True)
        _migrate(connection, path)
    except BaseException:
        connection.close()
        raise
    return connection


def _wait(calls: int) -> bool:
    """Look again in a millisecond. SQLite's own handler sleeps ever longer, and comes too late each time."""
    time.sleep(0.001)
    return calls < BUSY_MS


def _check(connection: apsw.Connection, path: Path) -> None:
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").get
    if tables and connection.pragma("application_id") != _OURS:
        raise SettingsError(f"{path} is another program's database; name another file")
    if tables and path.stat().st_size <= _CHECKED_UP_TO:
        verdict = connection.execute("PRAGMA quick_check(1)").get
        if verdict != "ok":
            raise apsw.CorruptError(" ".join(str(verdict).split()))


def _use_wal(connection: apsw.Connection) -> None:
    """Turn write-ahead logging on. It is kept in the file, so that only the first opening really writes."""
    deadline = time.monotonic() + BUSY_MS / 1000
    while connection.pragma("journal_mode") != "wal":
        try:
            connection.pragma("journal_mode", "wal")
        except apsw.BusyError:
            # SQLite doesn't wait here by itself: two first openings would deadlock on the upgrade of a lock.
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01)


def _migrate(connection: apsw.Connection, path: Path) -> None:
    connection.execute("BEGIN IMMEDIATE")
    try:
        _take_steps(connection, path)
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def _take_steps(connection: apsw.Connection, path: Path) -> None:
    version = int(connection.pragma("user_version"))
    if version > len(MIGRATIONS):
        raise SettingsError(
            f"{path} has schema {version}; this OmniGen knows {len(MIGRATIONS)}: use a newer one"
        )
    for step in MIGRATIONS[version:]:
        connection.execute(step)
    if version < len(MIGRATIONS):
        connection.pragma("application_id", _OURS)
        connection.pragma("user_version", len(MIGRATIONS))
