"""A database that is busy, a disk that is full or fails: API and worker say so, lose nothing, and go on afterwards."""

import errno
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import apsw
import httpx
import pytest

from tests.e2e.processes import until
from tests.e2e.stage import brief_of
from tests.faults.gate import Passage, Verdict
from tests.faults.ground import Ground, grounds

pytestmark = [pytest.mark.timeout(240)]
# Those that take long run by `make test-faults`.


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    with grounds(tmp_path_factory.mktemp("disk"), scenes=1) as ground:
        ground.start("api", "worker")
        assert ground.ready("api")
        assert ground.ready("worker")
        yield ground


class Failing:
    """A keeper who has some calls fail, for as long as it is told to. What is failing names the places by their ends."""

    def __init__(self, code: int, calls: tuple[str, ...], *places: str) -> None:
        self.code = code
        self.calls = calls
        self.places = places
        self.failed: Counter[str] = Counter()
        self.over = False

    def __call__(self, passage: Passage) -> Verdict:
        if self.over or passage.call not in self.calls or not any(p in passage.to for p in self.places):
            return None
        self.failed[passage.call] += 1
        return self.code


WRITES: Final = ("write", "writev", "pwrite64", "ftruncate")
SYNCS: Final = ("fsync", "fdatasync")
DATABASE: Final = ("omnigen.db",)


def is_told_to_come_back(answer: httpx.Response) -> bool:
    """503, in words, with a time."""
    problem = answer.json()
    assert answer.status_code == 503, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert 1 <= int(answer.headers["retry-after"]) <= 60
    assert not any(word in answer.text for word in ("Traceback", "apsw", str(Path.cwd())))
    return bool(problem["detail"])


async def test_another_process_holds_the_lock_for_longer_than_we_wait(ground: Ground) -> None:
    """Submissions are told to come back, reading goes on, and nothing of what was refused is left."""
    board = ground.storyboard()
    before = ground.user.month()
    holder = apsw.Connection(str(ground.data / "omnigen.db"))
    holder.execute("BEGIN IMMEDIATE")
    try:
        assert is_told_to_come_back(ground.submit(board, key="busy"))
        assert ground.user.month() == before
    finally:
        holder.execute("ROLLBACK")
        holder.close()
    accepted = ground.submit(board, key="busy")
    assert accepted.status_code == 202
    assert ground.end(accepted.json()["id"])["status"] == "succeeded"
    await ground.check_promises()


@pytest.mark.parametrize(
    ("code", "calls"),
    [
        pytest.param(errno.ENOSPC, WRITES, id="full"),
        pytest.param(errno.EIO, WRITES, id="writes fail", marks=pytest.mark.system),
        pytest.param(errno.EIO, SYNCS, id="syncs fail", marks=pytest.mark.system),
    ],
)
async def test_the_disk_of_the_database(code: int, calls: tuple[str, ...], ground: Ground) -> None:
    """Whoever submits is told to come back; once the disk is well, the same submission is taken, once."""
    api, board = ground.processes["api"], ground.storyboard()
    key = f"{errno.errorcode[code]}-{calls[0]}"
    api.keeper = failing = Failing(code, calls, *DATABASE)
    try:
        assert is_told_to_come_back(ground.submit(board, key=key))
        assert ground.user.get("/jobs")["jobs"] is not None
    finally:
        failing.over = True
    assert failing.failed
    accepted = ground.submit(board, key=key)
    assert accepted.status_code == 202, accepted.text
    assert ground.submit(board, key=key).json()["id"] == accepted.json()["id"]
    assert ground.end(accepted.json()["id"])["status"] == "succeeded"
    assert {job["id"] for job in ground.listed()} == ground.acknowledged.keys()
    await ground.check_promises()


@pytest.mark.parametrize(
    ("code", "places"),
    [
        pytest.param(errno.ENOSPC, ("/work/",), id="full work folder"),
        pytest.param(errno.EIO, ("/work/",), id="failing work folder", marks=pytest.mark.system),
        pytest.param(errno.ENOSPC, DATABASE, id="full disk below the database", marks=pytest.mark.system),
        pytest.param(errno.EIO, DATABASE, id="failing disk below it", marks=pytest.mark.system),
    ],
)
async def test_the_disk_of_the_worker(code: int, places: tuple[str, ...], ground: Ground) -> None:
    """The job waits, paid for once, and is made when the disk is well again; FFmpeg's writes fail as the worker's do."""
    worker = ground.processes["worker"]
    worker.keeper = failing = Failing(code, (*WRITES, *SYNCS), *places)
    job = ground.submit(ground.storyboard()).json()
    try:
        until(lambda: sum(failing.failed.values()) >= 3, "it has failed a few times", timeout_s=60)
        seen = ground.user.get(f"/jobs/{job['id']}")
        assert seen["status"] not in ("failed", "cancelled"), brief_of(seen)
    finally:
        failing.over = True
    ended = ground.end(job["id"], timeout_s=120)
    assert ended["status"] == "succeeded", brief_of(ended)
    takes = [take for scene in ended["scenes"] for take in scene["takes"]]
    assert [take["status"] for take in takes] == ["stored"]
    await ground.check_promises()
    until(lambda: not ground.left_in_the_work_folder(), "the work folder is empty")
