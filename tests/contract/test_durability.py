"""What was acknowledged is there after any crash (P12), with its books (P1)."""

import asyncio
import sys
from pathlib import Path

import pytest

from omnigen.domain.quota import period_of
from omnigen.ports.outbox import Message, MessageKind
from tests.builders import NOW, a_job, a_record, a_storyboard, a_take, an_acceptance, an_entry, an_upload
from tests.contract.harness import Family, Stores, each_family

ROUNDS = 4

pytestmark = [
    pytest.mark.slow,
    pytest.mark.parametrize("family", each_family(durable=True), indirect=True),
]


async def _fill(stores: Stores) -> None:
    job = a_job()
    await stores.jobs.accept(an_acceptance(job, record=a_record(job)))
    await stores.takes.intend(a_take())
    await stores.usage.enter(an_entry())
    await stores.outbox.add(Message(id="m", kind=MessageKind.WAKE, job_id=job.id, at=NOW))
    await stores.outbox.first_time("wh_1", at=NOW)
    await stores.uploads.add(an_upload())
    await stores.rates.hit("ada", limit=1, window=60, at=NOW)


async def test_everything_is_there_after_a_new_start(family: Family, place: Path) -> None:
    """Closed and opened again: each store knows what it knew."""
    async with family.open(place) as stores:
        await _fill(stores)
    async with family.open(place) as stores:
        job = a_job()
        assert await stores.jobs.get(job.id) == job
        assert await stores.jobs.storyboard(job.id, 1) == a_storyboard()
        assert await stores.jobs.recall("ada", "key-1", at=NOW) == a_record(job)
        assert await stores.takes.get(a_take().id) == a_take()
        assert list(await stores.usage.entries(job.id)) == [an_entry()]
        assert len(await stores.outbox.pending(limit=9)) == 2
        assert not await stores.outbox.first_time("wh_1", at=NOW)
        assert await stores.uploads.get("upload_1", owner="ada") == an_upload()
        assert not (await stores.rates.hit("ada", limit=1, window=60, at=NOW)).allowed


async def _killed_run(name: str, place: Path, first: int, acknowledgements: int) -> set[str]:
    """Let a process accept jobs, and kill it as soon as it has acknowledged so many."""
    child = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.contract.accept_forever",
        name,
        str(place),
        str(first),
        stdout=asyncio.subprocess.PIPE,
    )
    assert child.stdout is not None
    told = [await child.stdout.readline() for _ in range(acknowledgements)]
    child.kill()
    told += [line async for line in child.stdout]  # acknowledged before the kill reached it
    await child.wait()
    return {line.decode().strip() for line in told if line.endswith(b"\n")}


async def test_nothing_acknowledged_is_lost_by_kill_9(
    request: pytest.FixtureRequest, family: Family, tmp_path: Path
) -> None:
    """P12: a process is killed amid its commits, again and again; all that it acknowledged is there."""
    name = request.node.callspec.params["family"]
    acknowledged: set[str] = set()
    for n in range(ROUNDS):
        acknowledged |= await _killed_run(name, tmp_path, 1 + n * 100_000, 10 + 7 * n)
    async with family.open(tmp_path) as stores:
        jobs = {job.id: job for job in await stores.jobs.undriven(at=NOW, limit=100_000)}
        assert len(acknowledged) >= ROUNDS * 10
        assert acknowledged <= set(jobs)
        started = {m.job_id for m in await stores.outbox.pending(limit=100_000)}
        assert started == set(jobs)
        usage = await stores.usage.usage("ada", period_of(NOW))
        assert usage.held_videos == len(jobs) == await stores.usage.active("ada")
        for job_id in jobs:
            assert len(await stores.jobs.scenes(job_id, 1)) == 3
            assert await stores.jobs.recall("ada", f"key-{job_id}", at=NOW) is not None


async def test_two_processes_never_go_beyond_the_limit(
    request: pytest.FixtureRequest, family: Family, place: Path
) -> None:
    """P1: real processes, each submitting as fast as it can, stop together at the limit."""
    name = request.node.callspec.params["family"]
    async with family.open(place) as stores:
        await stores.jobs.accept(an_acceptance())  # the file is made before both come
        children = [
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.contract.accept_forever", name, str(place), str(first), "40"),
                stdout=asyncio.subprocess.PIPE,
            )
            for first in (100, 100_000)
        ]
        told = await asyncio.gather(*(child.communicate() for child in children))
        assert sum(len(out.split()) for out, _ in told) == 39
        usage = await stores.usage.usage("ada", period_of(NOW))
        assert usage.held_videos == 40 == await stores.usage.active("ada")
