"""The worker's rounds: every message is acted on, and nothing that breaks in one round ends the others."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from emulator.ports import free_ports
from omnigen.adapters.prometheus import PrometheusMetrics
from omnigen.container import Worker
from omnigen.domain.errors import Transient
from omnigen.entrypoints.worker import look, serve
from omnigen.entrypoints.worker_page import telling
from omnigen.settings import SettingsError
from tests.contract.harness import FAMILIES
from tests.fakes.world import ADA, StillWorkflow, World, a_world


class _Stoppable(StillWorkflow):
    def __init__(self) -> None:
        super().__init__()
        self.stopped = 0
        self.heard = asyncio.Event()

    async def start(self, job_id: str, leg: int) -> None:
        await super().start(job_id, leg)
        self.heard.set()

    async def stop(self) -> None:
        self.stopped += 1


def _worker(world: World) -> tuple[Worker, _Stoppable]:
    workflow = _Stoppable()
    worker = Worker(
        pipeline=world.steps, workflow=workflow, outbox=world.container.outbox(), metrics=world.metrics
    )
    return worker, workflow


async def test_each_message_is_acted_on_once_and_taken_out(tmp_path: Path) -> None:
    async with a_world(FAMILIES["memory"], tmp_path) as world:
        worker, workflow = _worker(world)
        job_id = (await world.submit()).job_id
        for _ in range(3):
            await look(worker)
        assert workflow.started == [(job_id, 1)]
        assert await world.stores.outbox.pending(limit=5) == []


async def test_a_message_stays_until_it_was_acted_on(tmp_path: Path) -> None:
    """Acting is before taking out: a crash between the two has it acted on again, which does no harm."""
    async with a_world(FAMILIES["memory"], tmp_path) as world:
        worker, workflow = _worker(world)
        await world.submit()

        def crash(name: str, _: int, when: str) -> None:
            if (name, when) == ("outbox.done", "before"):
                raise asyncio.CancelledError

        world.faults.hook = crash
        await asyncio.gather(look(worker), return_exceptions=True)
        world.faults.hook = None
        await look(worker)
        assert len(workflow.started) == 2


async def test_rounds_go_on_whatever_breaks_in_one(tmp_path: Path) -> None:
    """An outage at the very start, and a bug later: the message that comes then is heard all the same."""
    async with a_world(FAMILIES["memory"], tmp_path) as world:
        worker, workflow = _worker(world)
        broken = 0

        def trouble(name: str, _: int, when: str) -> None:
            nonlocal broken
            if when == "before" and broken < 4 and name in {"jobs.undriven", "outbox.pending"}:
                broken += 1
                raise (Transient("away") if broken % 2 else KeyError("a bug"))

        world.faults.hook = trouble
        stop = asyncio.Event()
        serving = asyncio.create_task(serve(worker, stop))
        job_id = (await world.submit()).job_id
        await asyncio.wait_for(workflow.heard.wait(), 20)
        stop.set()
        await asyncio.wait_for(serving, 20)
        assert broken == 4
        assert (job_id, 1) in workflow.started
        assert workflow.stopped == 1


async def test_a_cancel_reaches_the_living_leg_as_a_wake(tmp_path: Path) -> None:
    async with a_world(FAMILIES["memory"], tmp_path) as world:
        worker, workflow = _worker(world)
        world.container.workflow.override(world.container.outbox_workflow)
        job_id = (await world.submit()).job_id
        await world.app.cancel_job(ADA, job_id)
        await look(worker)
        assert workflow.woken == [job_id]


async def test_it_tells_how_it_is(tmp_path: Path) -> None:
    """Health and metrics at its own port, until it ends; a port that is taken is named."""
    (port,) = free_ports(1)
    metrics = PrometheusMetrics()
    metrics.count("jobs_ended_total", status="succeeded")
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        async with telling(port, metrics):
            assert (await client.get("/health")).json() == {"status": "ok"}
            told = await client.get("/metrics")
            assert told.headers["content-type"].startswith("text/plain")
            assert 'omnigen_jobs_ended_total{status="succeeded"} 1.0' in told.text
            assert (await client.get("/")).status_code == 404
            with pytest.raises(SettingsError, match=f"OMNIGEN_WORKER_PORT is {port}"):
                async with telling(port, metrics):
                    pass
        with pytest.raises(httpx.ConnectError):
            await client.get("/health")


async def test_it_tells_nobody_unless_told_to() -> None:
    """Port 0, the default, opens nothing."""
    async with telling(0, None):
        pass


def test_it_does_not_start_with_an_ffmpeg_that_cannot_compose(tmp_path: Path) -> None:
    """Clips would be paid for in vain; what the build lacks is said, and how to mend it."""
    poor = tmp_path / "ffmpeg"
    poor.write_text("#!/bin/sh\necho ffmpeg version 4.4.1\n")
    poor.chmod(0o755)
    told = {"OMNIGEN_FFMPEG": str(poor), "OMNIGEN_DATA_DIR": str(tmp_path / "data")}
    done = subprocess.run(
        [sys.executable, "-m", "omnigen.entrypoints.worker"],
        capture_output=True, text=True, check=False, timeout=60, env=os.environ | told,
    )  # fmt: skip
    assert done.returncode == 1
    assert "lacks version 5.1 or later (this is 4.4.1), the filter" in done.stderr
    assert "set OMNIGEN_FFMPEG to a complete build" in done.stderr
