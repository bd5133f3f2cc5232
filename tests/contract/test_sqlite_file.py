"""What only the SQLite file can get wrong: opening, foreign files, full disks, other holders, commits."""

import asyncio
import os
import sqlite3
import threading
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import apsw
import pytest

from omnigen.adapters.local.sqlite import (
    Database,
    SqliteJobs,
    SqliteRates,
    SqliteUploads,
    SqliteUsage,
    schema,
)
from omnigen.adapters.local.sqlite.turnstile import Turnstile
from omnigen.domain.errors import Conflict, NotFound, Transient
from omnigen.settings import SettingsError
from tests.builders import a_job, an_acceptance, an_entry, an_upload, later


@pytest.fixture
async def database(place: Path) -> AsyncIterator[Database]:
    """An empty database."""
    opened = await Database.open(place / "omnigen.db")
    yield opened
    await opened.close()


async def test_a_file_of_the_first_schema_goes_on(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each step that was taken since is taken at the next opening; what was in it is there."""
    with monkeypatch.context() as then:
        then.setattr(schema, "MIGRATIONS", schema.MIGRATIONS[:1])
        connection = schema.connect(place / "omnigen.db")
        connection.execute("INSERT INTO hits VALUES ('ada', 60, 1, 5)")
        connection.close()
    opened = await Database.open(place / "omnigen.db")
    await SqliteUploads(opened).add(an_upload())
    assert await opened.read(lambda db: db.execute("SELECT hits FROM hits").get) == 5
    assert await opened.read(lambda db: db.pragma("user_version")) == len(schema.MIGRATIONS)
    await opened.close()


def _someone_elses(path: Path) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE albums (title TEXT)")
    connection.close()


def _newer(path: Path) -> None:
    schema.connect(path).close()
    connection = apsw.Connection(str(path))
    connection.pragma("user_version", 999)
    connection.close()


def _scribbled(path: Path) -> None:
    schema.connect(path).close()
    content = bytearray(path.read_bytes())
    content[4096:] = os.urandom(len(content) - 4096)
    path.write_bytes(content)


def _cut(path: Path) -> None:
    schema.connect(path).close()
    os.truncate(path, path.stat().st_size // 2)


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda path: path.write_text("not a database " * 400), "no database"),
        (_scribbled, "damaged"),
        (_cut, "damaged"),
        (_someone_elses, "another program's"),
        (_newer, "schema 999"),
        (lambda path: path.mkdir(), "can't be opened"),
    ],
)
async def test_a_file_that_is_no_database_of_ours_is_named(
    place: Path, spoil: Callable[[Path], None], says: str
) -> None:
    """One clear line with the path, and the file stays as it was."""
    path = place / "omnigen.db"
    spoil(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(SettingsError) as refused:
        await Database.open(path)
    assert str(path) in str(refused.value)
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)
    assert (path.read_bytes() if path.is_file() else b"") == before


async def test_a_folder_that_can_not_be_made_is_named(place: Path) -> None:
    """A file where the folder should be."""
    (place / "data").write_text("")
    with pytest.raises(SettingsError, match=r"data/omnigen\.db"):
        await Database.open(place / "data" / "omnigen.db")


async def test_many_may_be_first(place: Path) -> None:
    """API and worker start at the same time on an empty folder: one makes the tables, all can use them."""
    path = place / "new" / "omnigen.db"
    opened = await asyncio.gather(*(Database.open(path) for _ in range(6)))
    await asyncio.gather(*(SqliteJobs(d).accept(an_acceptance(a_job(n))) for n, d in enumerate(opened, 1)))
    found = await SqliteJobs(opened[0]).list("ada", limit=50)
    assert len(found.jobs) == 6
    for one in opened:
        await one.close()


async def test_the_file_is_as_durable_as_we_say(database: Database) -> None:
    """Write-ahead log, a sync at each commit, foreign keys: settings that nobody may lose on the way."""

    def settings(db: apsw.Connection) -> list[object]:
        return [db.pragma(name) for name in ("journal_mode", "synchronous", "foreign_keys")]

    assert await database.write(settings) == ["wal", 2, 1]


async def test_a_change_that_fails_undoes_only_itself(database: Database) -> None:
    """Changes that share a commit stay strangers, even one that has written before it failed."""

    def add(name: str, *, fail: bool) -> Callable[[apsw.Connection], str]:
        def change(db: apsw.Connection) -> str:
            db.execute("INSERT INTO deliveries VALUES (?, 0)", (name,))
            if fail:
                raise Conflict(name)
            return name

        return change

    answers = await asyncio.gather(
        *(database.write(add(f"d{n}", fail=n % 3 == 0)) for n in range(30)), return_exceptions=True
    )
    stored = await database.read(lambda db: {name for (name,) in db.execute("SELECT id FROM deliveries")})
    assert stored == {f"d{n}" for n in range(30) if n % 3}
    assert [a for a in answers if isinstance(a, str)] == [f"d{n}" for n in range(30) if n % 3]
    assert all(isinstance(answers[n], Conflict) for n in range(0, 30, 3))


async def test_a_refusal_makes_no_other_change_run_twice(database: Database) -> None:
    """Whoever is refused before anything is written leaves nothing behind that would have to be undone."""
    runs = 0

    def change(db: apsw.Connection) -> None:
        nonlocal runs
        runs += 1
        if runs % 3 == 0:
            raise Conflict("no")
        db.execute("INSERT INTO deliveries VALUES (?, 0)", (f"d{runs}",))

    answers = await asyncio.gather(*(database.write(change) for _ in range(30)), return_exceptions=True)
    assert runs == 30
    assert [isinstance(a, Conflict) for a in answers].count(True) == 10
    assert await database.read(lambda db: db.execute("SELECT count(*) FROM deliveries").get) == 20


async def test_waiting_changes_share_a_commit(database: Database) -> None:
    """A burst costs a few syncs, not one for each: SQLite's own hook counts them."""
    commits = 0

    def counted(*_: object) -> bool:
        nonlocal commits
        commits += 1
        return False

    await database.write(lambda db: db.set_commit_hook(counted))
    acceptances = [an_acceptance(a_job(n)) for n in range(1, 101)]
    await asyncio.gather(*(SqliteJobs(database).accept(a) for a in acceptances))
    assert len((await SqliteJobs(database).list("ada", limit=200)).jobs) == 100
    assert commits <= 10


async def test_a_full_disk_is_no_absence_and_no_half_job(database: Database) -> None:
    """Transient, nothing written, and once there is room everything goes on."""
    jobs = SqliteJobs(database)
    await jobs.accept(an_acceptance())
    pages = await database.write(lambda db: db.pragma("page_count"))
    await database.write(lambda db: db.pragma("max_page_count", pages))
    burst = (jobs.accept(an_acceptance(a_job(n), scenes=40)) for n in range(2, 60))
    answers = await asyncio.gather(*burst, return_exceptions=True)
    assert all(a is None or isinstance(a, Transient) for a in answers)
    assert any(a is not None for a in answers)
    whole = (await jobs.list("ada", limit=500)).jobs
    assert len(whole) == 1 + answers.count(None)
    for job in whole:
        assert len(await jobs.scenes(job.id, 1)) in (3, 40)
    await database.write(lambda db: db.pragma("max_page_count", 2**30))
    await jobs.accept(an_acceptance(a_job(500)))
    assert len((await jobs.list("ada", limit=500)).jobs) == len(whole) + 1


async def test_a_holder_that_does_not_let_go_is_transient(
    place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another process sits on the lock: writers are told to come back, readers don't notice."""
    monkeypatch.setattr(schema, "BUSY_MS", 20)
    database = await Database.open(place / "omnigen.db")
    jobs = SqliteJobs(database)
    await jobs.accept(an_acceptance())
    holder = apsw.Connection(str(place / "omnigen.db"))
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(Transient):
        await jobs.accept(an_acceptance(a_job(2)))
    assert (await jobs.get(a_job().id)).id == a_job().id
    with pytest.raises(NotFound):
        await jobs.get(a_job(2).id)
    holder.execute("ROLLBACK")
    holder.close()
    await jobs.accept(an_acceptance(a_job(2)))
    await database.close()


async def test_closing_finishes_what_is_queued(place: Path) -> None:
    """What was handed over before is answered; what comes after hears that the database is closed."""
    database = await Database.open(place / "omnigen.db")
    jobs = SqliteJobs(database)
    queued = [asyncio.ensure_future(jobs.accept(an_acceptance(a_job(n)))) for n in range(1, 20)]
    await asyncio.sleep(0)
    await database.close()
    await database.close()
    assert await asyncio.gather(*queued) == [None] * 19
    with pytest.raises(Transient):
        await jobs.accept(an_acceptance(a_job(99)))
    with pytest.raises(Transient):
        await jobs.get("job_000001")


async def test_a_caller_who_gives_up_harms_nobody(database: Database) -> None:
    """A cancelled request's change may happen or not; its neighbours' do, and the writer lives on."""
    jobs = SqliteJobs(database)
    tasks = [asyncio.ensure_future(jobs.accept(an_acceptance(a_job(n)))) for n in range(1, 21)]
    await asyncio.sleep(0)
    for task in tasks[::2]:
        task.cancel()
    answers = await asyncio.gather(*tasks, return_exceptions=True)
    assert answers[1::2] == [None] * 10
    await jobs.accept(an_acceptance(a_job(99)))


async def test_counters_of_requests_do_not_pile_up(database: Database) -> None:
    """Two rows a key and window, however long it goes on."""
    for minute in range(50):
        await SqliteRates(database).hit("ada", limit=5, window=60, at=later(60 * minute))
    assert await database.read(lambda db: db.execute("SELECT count(*) FROM hits").get) == 2


async def test_a_busy_process_does_not_keep_another_out(place: Path) -> None:
    """Ten writes, one after the other, are through long before a flood of 3,000 by another process is."""
    flooding, polite = [await Database.open(place / "omnigen.db") for _ in range(2)]
    numbers = iter(range(3000))

    async def flood() -> None:
        for number in numbers:
            await SqliteUsage(flooding).enter(an_entry(f"flood_{number}"))

    clients = [asyncio.ensure_future(flood()) for _ in range(8)]
    for n in range(10):
        await SqliteUsage(polite).enter(an_entry(f"polite_{n}"))
    assert next(numbers, None) is not None
    await asyncio.gather(*clients)
    await flooding.close()
    await polite.close()


def test_a_turn_is_one_at_a_time_and_only_a_courtesy(place: Path) -> None:
    """Who has waited long enough goes on without: a process that hangs at the turnstile stops nobody."""
    first, second = Turnstile(place / "omnigen.db"), Turnstile(place / "omnigen.db")
    passed: list[str] = []
    with first.turn(1):
        other = threading.Thread(target=_pass, args=(second, 10, passed))
        other.start()
        assert passed == []
    other.join()
    assert passed == ["through"]
    with first.turn(1):
        _pass(second, 0, passed)
    assert passed == ["through"] * 2
    first.close()
    second.close()


def _pass(turnstile: Turnstile, patience: float, passed: list[str]) -> None:
    with turnstile.turn(patience):
        passed.append("through")
