"""Everything that a restart must not lose, in one SQLite file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import apsw
import msgspec
from msgspec import Struct

from emulator.replicate.records import Prediction, fingerprint

_SCHEMA = """
create table if not exists predictions (
    seq integer primary key autoincrement, id text not null unique, created_at real not null,
    ended integer not null, told integer not null, body text not null
);
create index if not exists live on predictions (ended, told);
create table if not exists ledger (
    prediction_id text primary key, model text not null, input_hash text not null, charged_at real not null
);
create table if not exists outputs (
    key text primary key, prediction_id text not null, name text not null, path text not null,
    expires_at real not null
);
create table if not exists files (id text primary key, created_at real not null, body text not null);
create table if not exists meta (key text primary key, value text not null);
"""
_PAGE = (
    "select seq, body from predictions"
    " where seq < ? and seq > ? and created_at >= ? and created_at <= ? order by seq"
)
_PAGE_DOWN = _PAGE + " desc limit ?"
_PAGE_UP = _PAGE + " asc limit ?"
_OUTPUT = "select key, prediction_id, name, path, expires_at from outputs"
_OUTPUT_BY_KEY = _OUTPUT + " where key = ?"
_OUTPUTS_EXPIRED = _OUTPUT + " where expires_at <= ?"


class Charge(Struct, frozen=True, kw_only=True):
    """One prediction that is paid for. Equal `input_hash`: the same thing was asked for."""

    prediction_id: str
    model: str
    input_hash: str
    charged_at: float


class Output(Struct, frozen=True, kw_only=True):
    """A file that a prediction made, and until when it can be fetched."""

    key: str
    prediction_id: str
    name: str
    path: str
    expires_at: float


class Upload(Struct, frozen=True, kw_only=True):
    """A file given to the files API."""

    id: str
    name: str
    content_type: str
    size: int
    sha256: str
    md5: str
    metadata: dict[str, Any]
    created_at: float
    expires_at: float


class Store:
    """Synchronous and used by one thread: a write takes a fraction of a millisecond.

    Raises ValueError where the file is in use, or no database.
    """

    def __init__(self, path: Path) -> None:
        try:
            self._open(path)
        except apsw.BusyError as busy:
            raise ValueError(f"{path} is in use: another emulator runs on it") from busy
        except apsw.Error as wrong:
            raise ValueError(f"{path} can't be used ({wrong}); delete its folder to start empty") from wrong

    def _open(self, path: Path) -> None:
        self._db = apsw.Connection(str(path))
        self._db.set_busy_timeout(1000)
        # Two processes that drove the same predictions would charge for them twice.
        self._db.pragma("locking_mode", "exclusive")
        self._db.pragma("journal_mode", "wal")
        # A killed process loses nothing this way. Only a power cut would, and waiting for the disk at each of
        # its moves would cost a prediction more than everything else together.
        self._db.pragma("synchronous", "normal")
        self._db.execute(_SCHEMA)

    def close(self) -> None:
        """Everything is on disk already."""
        self._db.close()

    # predictions

    def add(self, p: Prediction) -> None:
        """A new prediction."""
        self._db.execute(
            "insert into predictions (id, created_at, ended, told, body) values (?, ?, ?, ?, ?)",
            (p.id, p.created_at, p.ended, p.told, _json(p)),
        )

    def save(self, p: Prediction) -> None:
        """A move of a prediction."""
        self._db.execute(
            "update predictions set ended = ?, told = ?, body = ? where id = ?",
            (p.ended, p.told, _json(p), p.id),
        )

    def begin(self, p: Prediction) -> None:
        """Save a prediction that has started, and charge for it: once, whatever is repeated."""
        with self._db:
            self.save(p)
            self._db.execute(
                "insert or ignore into ledger values (?, ?, ?, ?)",
                (p.id, p.model, fingerprint(p.model, p.input), p.started_at),
            )

    def finish(self, p: Prediction, output: Output | None) -> None:
        """Save a prediction that has ended, with what it hands out. One that failed is not charged after all."""
        with self._db:
            self.save(p)
            if p.status == "failed":
                self._db.execute("delete from ledger where prediction_id = ?", (p.id,))
            if output is not None:
                values = (output.key, output.prediction_id, output.name, output.path, output.expires_at)
                self._db.execute("insert into outputs values (?, ?, ?, ?, ?)", values)

    def get(self, prediction_id: str) -> Prediction | None:
        """None where there is none."""
        rows = self._db.execute("select body from predictions where id = ?", (prediction_id,))
        return next((_prediction(row[0]) for row in rows), None)

    def unfinished(self) -> list[Prediction]:
        """Those that still run, or whose last webhook is still to be told."""
        rows = self._db.execute("select body from predictions where ended = 0 or told = 0 order by seq")
        return [_prediction(row[0]) for row in rows]

    def sequence(self, prediction_id: str) -> int:
        """Its place in the order of creation, from 1."""
        rows = self._db.execute("select seq from predictions where id = ?", (prediction_id,))
        return next((int(str(row[0])) for row in rows), 0)

    def page(
        self,
        *,
        limit: int,
        before: int | None = None,
        after: int | None = None,
        since: float = 0.0,
        until: float = 1e12,
    ) -> list[tuple[int, Prediction]]:
        """Newest first. `before` and `after` are sequence numbers, `since` and `until` instants."""
        newer = after is not None
        rows = self._db.execute(
            _PAGE_UP if newer else _PAGE_DOWN,
            (1 << 62 if before is None else before, 0 if after is None else after, since, until, limit),
        )
        found = [(int(str(seq)), _prediction(body)) for seq, body in rows]
        return found[::-1] if newer else found

    def accepted(self) -> int:
        """How many predictions there have been, whatever became of them."""
        return int(str(next(iter(self._db.execute("select count(*) from predictions")))[0]))

    def ledger(self) -> list[Charge]:
        """What is charged, in order."""
        rows = self._db.execute("select * from ledger order by charged_at, rowid")
        return [
            Charge(prediction_id=str(a), model=str(b), input_hash=str(c), charged_at=_float(d))
            for a, b, c, d in rows
        ]

    # files

    def output(self, key: str) -> Output | None:
        """None where there is none."""
        return next(self._outputs(_OUTPUT_BY_KEY, (key,)), None)

    def expired_outputs(self, now: float) -> list[Output]:
        """Those that may be thrown away."""
        return list(self._outputs(_OUTPUTS_EXPIRED, (now,)))

    def forget_output(self, key: str) -> None:
        """From here on it is a 404."""
        self._db.execute("delete from outputs where key = ?", (key,))

    def _outputs(self, query: str, values: tuple[str | float, ...]) -> Iterator[Output]:
        for key, prediction_id, name, path, expires in self._db.execute(query, values):
            yield Output(
                key=str(key),
                prediction_id=str(prediction_id),
                name=str(name),
                path=str(path),
                expires_at=_float(expires),
            )

    def add_upload(self, upload: Upload) -> None:
        """A new file; its content is on disk already."""
        self._db.execute("insert into files values (?, ?, ?)", (upload.id, upload.created_at, _json(upload)))

    def upload(self, upload_id: str) -> Upload | None:
        """None where there is none."""
        rows = self._db.execute("select body from files where id = ?", (upload_id,))
        return next((msgspec.json.decode(str(row[0]), type=Upload) for row in rows), None)

    def uploads(self) -> list[Upload]:
        """Newest first, expired ones too."""
        rows = self._db.execute("select body from files order by created_at desc, rowid desc")
        return [msgspec.json.decode(str(row[0]), type=Upload) for row in rows]

    def forget_upload(self, upload_id: str) -> None:
        """From here on it is a 404."""
        self._db.execute("delete from files where id = ?", (upload_id,))

    # single values

    def value(self, key: str) -> str | None:
        """None where it was never set."""
        return next(
            (str(row[0]) for row in self._db.execute("select value from meta where key = ?", (key,))), None
        )

    def set_value(self, key: str, value: str) -> None:
        """Sets or replaces it."""
        self._db.execute("insert or replace into meta values (?, ?)", (key, value))


def _json(record: Struct) -> str:
    return msgspec.json.encode(record).decode()


def _prediction(body: object) -> Prediction:
    return msgspec.json.decode(str(body), type=Prediction)


def _float(value: object) -> float:
    return float(str(value))
