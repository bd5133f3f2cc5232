"""The two OmniGens that must tell the same story: the one on ministack's AWS, and the local worker beside it."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from attrs import define, evolve, field
from botocore.exceptions import ReadTimeoutError

from emulator.aws.resources import HERE
from emulator.stack import BUCKET
from omnigen.adapters.aws.clients import AioClients
from omnigen.container import Container, opened, policy_of, working
from omnigen.domain.errors import Transient
from omnigen.domain.job import Job
from omnigen.domain.storyboard import Storyboard
from omnigen.entrypoints.worker import serve
from omnigen.ports.identity import Caller
from omnigen.settings import Settings
from tests.fakes.world import rendered
from tests.fixtures.judge import Judge
from tests.fixtures.pipeline import TOKEN, Deployed
from tests.promises import check_promises


@define(kw_only=True)
class Side:
    """One of the two OmniGens."""

    name: str
    settings: Settings
    container: Container
    deployed: Deployed
    jobs: dict[str, str] = field(factory=dict)
    """Ids by scenario."""

    async def submit(self, caller: Caller, storyboard: Storyboard, *, as_: str) -> str:
        """Have it accepted, all its prompts marked; a crowd may keep the database from answering in time."""
        mark, sound = f"{as_} {self.name}", storyboard.soundtrack
        marked = evolve(
            storyboard,
            scenes=tuple(evolve(s, prompt=f"{mark} scene {s.number}.") for s in storyboard.scenes),
            soundtrack=evolve(sound, music=sound.music and f"{mark} music"),
        )
        while as_ not in self.jobs:
            with suppress(Transient):
                accepted = await self.container.submit_job()(
                    caller, render=rendered, storyboard=marked, key=as_.replace(" ", "-")
                )
                self.jobs[as_] = accepted.job_id
        return self.jobs[as_]

    async def job(self, job_id: str) -> Job:
        found: Job = await self.container.jobs().get(job_id)
        return found

    async def settled(self, *, within_s: float) -> list[Job]:
        """All jobs, once they have ended."""
        jobs: dict[str, Job] = {}
        last = time.monotonic() + within_s
        while open_ones := [name for name in self.jobs if name not in jobs or not jobs[name].ended]:
            for name in open_ones:
                jobs[name] = await self.job(self.jobs[name])
            late = {name: (jobs[name].status, jobs[name].epoch) for name in open_ones}
            assert time.monotonic() < last, f"{self.name}, not ended: {late}"
            await asyncio.sleep(1)
        return [jobs[name] for name in self.jobs]

    async def check(self) -> None:
        """Everything that must hold, against the provider's own books."""
        mine = [f"{scenario} {self.name} " for scenario in self.jobs]
        judge = await asyncio.to_thread(
            Judge, self.deployed.replicate, lambda prompt: any(one in prompt for one in mine)
        )
        assert judge.repeated == []
        keys = [found.key async for found in self.container.assets().list("")]
        world: Any = SimpleNamespace(
            stores=SimpleNamespace(
                jobs=self.container.jobs(), takes=self.container.takes(), usage=self.container.ledger()
            ),
            provider=judge,
            assets=self.container.assets(),
            policy=policy_of(self.settings),
            jobs=list(self.jobs.values()),
            before={},
            healed_at=datetime.min.replace(tzinfo=UTC),
            object_keys=lambda: [
                key for key in keys if not key.startswith("jobs/") or key.split("/")[1] in self.jobs.values()
            ],
        )
        await check_promises(world)


@asynccontextmanager
async def on_aws(deployed: Deployed, machine: str = "pipeline", **changes: str) -> AsyncIterator[Side]:
    settings = deployed.settings(machine, **changes)
    async with opened(settings) as container:
        container.workflow.override(container.starter)
        yield Side(name="on AWS", settings=settings, container=container, deployed=deployed)


@asynccontextmanager
async def here(deployed: Deployed, folder: Path, **changes: str) -> AsyncIterator[Side]:
    """The local worker on SQLite, over the same S3 and the same Replicate."""
    local = {
        "OMNIGEN_PROFILE": "local",
        "OMNIGEN_DATA_DIR": str(folder),
        "OMNIGEN_WORK_DIR": str(folder / "work"),
        "OMNIGEN_ASSETS_BUCKET": f"{BUCKET}-local",
        "OMNIGEN_POLL_MS": "300",
        "REPLICATE_API_TOKEN": TOKEN,
    }
    settings = Settings.from_environment({**deployed.environment, **local, **changes})
    async with AioClients(settings.aws) as clients:
        await (await clients.open("s3")).create_bucket(Bucket=settings.assets.bucket)
    stop = asyncio.Event()
    async with opened(settings) as container, working(settings) as worker:
        container.workflow.override(container.starter)
        serving = asyncio.create_task(serve(worker, stop))
        try:
            yield Side(name="here", settings=settings, container=container, deployed=deployed)
        finally:
            stop.set()
            await serving


@asynccontextmanager
async def swept(deployed: Deployed, every_s: float) -> AsyncIterator[None]:
    """The sweeper, more often than a schedule of EventBridge can."""

    async def sweep() -> None:
        async with AioClients(deployed.settings().aws) as clients:
            client = await clients.open("lambda")
            while True:
                await asyncio.sleep(every_s)
                event = json.dumps({"step": "sweep"})
                try:
                    answer = await client.invoke(FunctionName=f"{HERE.prefix}sweeper", Payload=event)
                except ReadTimeoutError:
                    continue  # a machine this busy: the next one sees the same
                assert "FunctionError" not in answer, await answer["Payload"].read()

    sweeping = asyncio.create_task(sweep())
    try:
        yield
        assert not sweeping.done(), sweeping.exception()
    finally:
        sweeping.cancel()
        await asyncio.gather(sweeping, return_exceptions=True)
