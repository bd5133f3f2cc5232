"""API and worker behind bad lines to the asset store and to Replicate: jobs end well, paid for once, byte for byte."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest

from tests.e2e.stage import brief_of
from tests.faults.ground import Ground, grounds
from tests.faults.proxy import Choose, Fault, Proxy, Request, between

pytestmark = [pytest.mark.system, pytest.mark.timeout(1000)]

ONE_IN: Final = 4
"""Requests of which one fares badly."""
JOBS: Final = 1
BREAKS: Final = (Fault.RESET, Fault.REQUEST_CUT, Fault.REPLY_LOST, Fault.REPLY_CUT, Fault.REPLY_SHORT)
S3_FAULTS: Final = (*BREAKS, Fault.DAMAGED, Fault.SLOW_DOWN, Fault.ERROR)
REPLICATE_FAULTS: Final = (*BREAKS, Fault.SLOW_DOWN)
"""Its answers come by TLS: what is damaged is a break."""


def now_and_then(seed: int, faults: tuple[Fault, ...]) -> Choose:
    """A fault of these for one request in so many."""
    chance = Random(seed)

    def choose(request: Request) -> Fault | None:
        return chance.choice(faults) if chance.randrange(ONE_IN) == 0 else None

    return choose


@contextmanager
def line(upstream: str, choose: Choose) -> Iterator[Proxy]:
    """A proxy in a thread of its own, for other processes."""
    opened: list[Proxy] = []
    ready, over, loop = threading.Event(), asyncio.Event(), asyncio.new_event_loop()

    async def serve() -> None:
        async with between(upstream, choose) as proxy:
            opened.append(proxy)
            ready.set()
            await over.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield opened[0]
    finally:
        loop.call_soon_threadsafe(over.set)
        thread.join(10)
        loop.close()


def _ended(ground: Ground, job_id: str) -> dict[str, Any]:
    """The job at its end. All three requests for one scene are lost now and then: a user would try again."""
    job = ground.end(job_id, timeout_s=400)
    if job["status"] == "failed" and job["error"]["retryable"]:
        again = ground.user.ask("POST", f"/jobs/{job_id}/retry", headers={"Idempotency-Key": "again"})
        assert again.status_code == 202, again.text
        job = ground.end(job_id, timeout_s=400)
    return job


async def test_jobs_over_bad_lines(tmp_path: Path) -> None:
    """One request in four breaks, is cut, loses its reply or meets a server that is busy, on both lines at once."""
    with grounds(tmp_path, OMNIGEN_ADOPTION="60") as ground, ExitStack() as lines:
        store = lines.enter_context(line(ground.run["s3_url"], now_and_then(1, S3_FAULTS)))
        models = lines.enter_context(line(ground.run["replicate_url"], now_and_then(2, REPLICATE_FAULTS)))
        ground.changes |= {"OMNIGEN_S3_ENDPOINT": store.url, "REPLICATE_BASE_URL": models.url}
        ground.start("api", "worker")
        assert ground.ready("api")
        ids = [ground.submit(ground.storyboard(2)).json()["id"] for _ in range(JOBS)]
        jobs = [_ended(ground, job_id) for job_id in ids]
        assert [job["status"] for job in jobs] == ["succeeded"] * JOBS, [brief_of(job) for job in jobs]
        assert len(set(store.done)) >= 4, store.done
        assert models.done
        store.choose = models.choose = lambda _: None
        for job in jobs:
            ground.check_video(job, tmp_path)
        await ground.check_promises()
