"""Everything that OmniGen consists of, wired as in production, over fakes that a test has in its hand."""

from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from attrs import asdict, define, evolve, field
from dependency_injector import providers

from omnigen.adapters.local.workflow import LocalWorkflow
from omnigen.adapters.memory.assets import MemoryAssets
from omnigen.container import Container
from omnigen.domain.job import Job
from omnigen.domain.quota import QUOTAS, Tier, Usage
from omnigen.domain.storyboard import Brief, Scene, Storyboard
from omnigen.domain.take import Take
from omnigen.ports.identity import Caller
from omnigen.ports.workflow import Leg, Outcome, Verdict
from omnigen.settings import Settings
from omnigen.usecases.app import App, Desk, Pipeline
from omnigen.usecases.job_detail import Accepted, JobDetail
from omnigen.usecases.policy import Policy
from tests.builders import NOW, a_scene, a_storyboard
from tests.contract.harness import Family, Stores
from tests.fakes.catalogue import CATALOGUE
from tests.fakes.clock import CountedIds, VirtualClock
from tests.fakes.faults import Faults
from tests.fakes.media import FakeComposer, FakeInspector
from tests.fakes.provider import FakeProvider

ADA: Final = Caller(id="ada", tier=Tier.ENTERPRISE, expires_at=2**40)
BOB: Final = Caller(id="bob", tier=Tier.FREE, expires_at=2**40)
POLICY: Final = Policy(job_deadline=timedelta(minutes=20))


def rendered(detail: JobDetail) -> bytes:
    """An answer whose bytes tell when it was made."""
    return (
        f"{detail.job.id} r{detail.job.revision.number} {detail.job.status} {detail.job.updated_at}".encode()
    )


def three_scenes(**changes: Any) -> Storyboard:
    """Three scenes of five seconds, each to be filmed in six."""
    return a_storyboard(3, **changes)


def board_of(*scenes: Scene) -> Storyboard:
    """A plan of these very scenes."""
    return evolve(a_storyboard(len(scenes)), scenes=scenes)


def spoken(words: int = 4, scenes: int = 1) -> Storyboard:
    """Scenes of five seconds, all with a narration of so many words."""
    made = (a_scene(n, narration=" ".join(f"word{n}" for _ in range(words))) for n in range(1, scenes + 1))
    return board_of(*made)


class StillWorkflow:
    """`omnigen.ports.workflow.Workflow` that only remembers what it was told."""

    def __init__(self) -> None:
        self.started: list[tuple[str, int]] = []
        self.woken: list[str] = []

    async def start(self, job_id: str, leg: int) -> None:
        self.started.append((job_id, leg))

    async def wake(self, job_id: str) -> None:
        self.woken.append(job_id)


class CountedMetrics:
    """`omnigen.ports.metrics.Metrics` that adds up."""

    def __init__(self) -> None:
        self.counted: Counter[str] = Counter()

    def count(self, name: str, value: float = 1, **labels: str) -> None:
        self.counted[" ".join([name, *labels.values()])] += int(value)

    def time(self, name: str, seconds: float, **labels: str) -> None:
        pass

    def gauge(self, name: str, value: float, **labels: str) -> None:
        pass


@define(kw_only=True)
class World:
    """One running OmniGen and what surrounds it. `stores` and `assets` are its own, out of the faults' reach."""

    clock: VirtualClock
    stores: Stores
    assets: MemoryAssets
    faults: Faults
    provider: FakeProvider
    composer: FakeComposer
    metrics: CountedMetrics
    policy: Policy
    container: Container
    workflow: StillWorkflow
    jobs: list[str] = field(factory=list)
    """Ids of all that was accepted here."""
    before: dict[tuple[str, str], Usage] = field(factory=dict)
    """What owners had used before."""
    healed_at: datetime = NOW
    """When faults were over that kept everything from going on."""

    @property
    def app(self) -> App:
        made: App = self.container.app()
        return made

    @property
    def steps(self) -> Pipeline:
        made: Pipeline = self.container.pipeline()
        return made

    @property
    def desk(self) -> Desk:
        made: Desk = self.container.desk()
        return made

    def driver(self) -> LocalWorkflow:
        """A fresh local workflow, as a worker that was just started has it; the sweeper starts legs through it."""
        made = LocalWorkflow(
            steps=_Steps(self),
            jobs=self.container.jobs(),
            clock=self.clock,
            ids=self.container.ids(),
            metrics=self.metrics,
        )
        self.container.workflow.override(providers.Object(made))
        return made

    async def submit(
        self,
        storyboard: Storyboard | None = None,
        *,
        brief: Brief | None = None,
        caller: Caller = ADA,
        **given: Any,
    ) -> Accepted:
        """Have a job accepted: three scenes, unless another wish is given."""
        if brief is None and storyboard is None:
            storyboard = three_scenes()
        accepted = await self.app.submit_job(
            caller, render=rendered, brief=brief, storyboard=storyboard, **given
        )
        if accepted.job_id not in self.jobs:
            self.jobs.append(accepted.job_id)
        return accepted

    async def begun(self, storyboard: Storyboard | None = None, **given: Any) -> Leg:
        """Have a job accepted, and its first leg claimed."""
        accepted = await self.submit(storyboard, **given)
        return await self.next_leg(accepted.job_id)

    async def next_leg(self, job_id: str) -> Leg:
        """Claim the next leg of a job."""
        return await self.steps.start_leg(job_id, (await self.job(job_id)).epoch + 1)

    async def retry(self, job_id: str, key: str = "again", **given: Any) -> Accepted:
        """Ask for the next revision."""
        return await self.app.retry_job(ADA, job_id, render=rendered, key=key, **given)

    async def until(self, step: Callable[[], Awaitable[Outcome]]) -> Verdict:
        """Call a step until it no longer says wait."""
        while (outcome := await step()).verdict is Verdict.WAIT:
            await self.clock.sleep(outcome.seconds)
        return outcome.verdict

    async def scene_done(self, leg: Leg, number: int = 1) -> Verdict:
        """Bring one scene's generation to its end."""
        return await self.clock.run(self.until(lambda: self.steps.generate_scene(leg, number)))

    async def walked(self, leg: Leg) -> Job:
        """Walk all steps of a leg one after another, as simply as can be, and end the job."""
        return await self.clock.run(self._walk(leg))

    async def _walk(self, leg: Leg) -> Job:
        verdict = await self.until(lambda: self.steps.plan_storyboard(leg))
        count = len(await self.stores.jobs.scenes(leg.job_id, leg.revision))
        steps: list[Callable[[], Awaitable[Outcome]]] = [lambda: self.steps.generate_music(leg)]
        for n in range(1, count + 1):
            steps += [
                lambda n=n: self.steps.generate_scene(leg, n),  # type: ignore[misc]
                lambda n=n: self.steps.render_segment(leg, n),  # type: ignore[misc]
            ]
        for step in [*steps, lambda: self.steps.compose_video(leg)]:
            if verdict is Verdict.READY:
                verdict = await self.until(step)
        assert verdict is not Verdict.HANDOVER
        if verdict is Verdict.READY:
            return await self.steps.finish_job(leg)
        return await self.closed(leg, count)

    async def closed(self, leg: Leg, scenes: int) -> Job:
        """Bring home what runs, then end the job."""
        for n in range(1, scenes + 1):
            await self.until(lambda n=n: self.steps.generate_scene(leg, n))  # type: ignore[misc]
        await self.until(lambda: self.steps.generate_music(leg))
        return await self.steps.fail_job(leg)

    async def job(self, job_id: str | None = None) -> Job:
        return await self.stores.jobs.get(job_id or self.jobs[-1])

    async def takes(self, job_id: str | None = None) -> list[Take]:
        return list(await self.stores.takes.of_job(job_id or self.jobs[-1]))

    def object_keys(self) -> list[str]:
        """Keys of all stored objects."""
        return sorted(self.assets._objects)


class _Steps:
    """The pipeline, looked up when it is needed: one of its steps, the sweep, knows the workflow."""

    def __init__(self, world: World) -> None:
        self._world = world

    def __getattr__(self, name: str) -> Any:
        return getattr(self._world.steps, name)


@asynccontextmanager
async def a_world(
    family: Family, place: Path, *, policy: Policy = POLICY, **changes: Any
) -> AsyncIterator[World]:
    """A world over fresh stores of a family."""
    policy = evolve(policy, **changes)
    async with family.open(place) as stores:
        clock, faults, workflow = VirtualClock(), Faults(), StillWorkflow()
        assets = MemoryAssets(now=clock.now)
        provider, composer, metrics = FakeProvider(clock), FakeComposer(clock), CountedMetrics()
        tests_own = Faults()  # never breaks anything; it knows what is under way
        clock.busy = lambda: tests_own.under_way > 0 or faults.under_way > 0
        container = Container(
            settings=providers.Object(Settings.from_environment({"OMNIGEN_DATA_DIR": str(place)})),
            policy=providers.Object(policy),
            clients=providers.Object(None),
            database=providers.Object(None),
            assets=providers.Object(faults.watch("assets", assets)),
            provider=providers.Object(faults.watch("provider", provider)),
            catalogue=providers.Object(CATALOGUE),
            workflow=providers.Object(workflow),
        )
        ports = {
            "jobs": stores.jobs,
            "takes": stores.takes,
            "ledger": stores.usage,
            "rates": stores.rates,
            "outbox": stores.outbox,
            "uploads": stores.uploads,
            "inspector": FakeInspector(),
        }
        for name, port in ports.items():
            getattr(container, name).override(providers.Object(faults.watch(name, port)))
        for name, part in {
            "clock": clock,
            "ids": CountedIds(),
            "composer": composer,
            "metrics": metrics,
            "verifier": None,
            "directory": None,
        }.items():
            getattr(container, name).override(providers.Object(part))
        yield World(
            clock=clock,
            stores=Stores(
                **{role: tests_own.watch(role, port) for role, port in asdict(stores, recurse=False).items()}
            ),
            assets=assets,
            faults=faults,
            provider=provider,
            composer=composer,
            metrics=metrics,
            policy=policy,
            container=container,
            workflow=workflow,
        )


FREE: Final = QUOTAS[Tier.FREE]
