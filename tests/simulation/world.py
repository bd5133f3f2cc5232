"""One world of a seed: stores, provider, ports, processes, and the judges who look at every step."""

import asyncio
import hashlib
from collections import Counter
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from omnigen.adapters.local.secrets import GivenSecrets
from omnigen.adapters.memory import MemoryStore
from omnigen.adapters.memory.assets import MemoryAssets
from omnigen.container import Container
from omnigen.domain.job import Job
from omnigen.domain.quota import Usage
from omnigen.domain.secret import Secret
from omnigen.domain.take import Take
from omnigen.ports.assets import StoredObject
from omnigen.usecases.workspace import Workspace
from tests.builders import NOW
from tests.contract.harness import Stores
from tests.fakes.media import FakeInspector
from tests.fakes.world import CountedMetrics
from tests.promises.broken import Broken
from tests.promises.steps import Watch
from tests.simulation.clock import SimClock, SimIds, TrueClock
from tests.simulation.faults import Plan
from tests.simulation.loop import PROCESS, Process, SimLoop
from tests.simulation.ports import AssetsPort, Ports
from tests.simulation.provider import SimComposer, SimProvider
from tests.simulation.situations import tell
from tests.simulation.stage import POLICIES, SECRET, WORKFLOW, stage
from tests.simulation.streams import Streams

_READS: Final = frozenset({"get", "scenes", "storyboard", "of_job", "head", "fetch", "pending", "undriven"})
"""What changes nothing, and is called most."""


class SimAssets(MemoryAssets):
    """The asset store, and a listing in one piece."""

    async def listed(self, prefix: str, after: str) -> list[StoredObject]:
        return [found async for found in self.list(prefix, after=after)]


class SimWorld:
    """Everything that exists while a seed is being simulated. `stores` and `assets` are out of the faults' reach."""

    def __init__(self, streams: Streams, plan: Plan, folder: Path, *, policy: str = "local") -> None:
        swarm = streams["swarm"]
        self.streams, self.plan, self.folder = streams, plan, folder
        self.policy_name, self.policy = policy, POLICIES[policy]
        # One in four keeps the order of asyncio's own loop: what only goes wrong in that order is found too.
        self.loop = SimLoop(streams["schedule"] if swarm.random() < 0.75 else None)
        self.true_clock = TrueClock(self.loop)
        self.clock, self.ids = SimClock(self.loop), SimIds(streams["ids"])
        self.metrics = CountedMetrics()
        store = MemoryStore()
        self.tables = store.tables
        self.stores = Stores(
            jobs=store.jobs,
            takes=store.takes,
            usage=store.usage,
            rates=store.rates,
            outbox=store.outbox,
            uploads=store.uploads,
        )
        self.assets = SimAssets(now=self.true_clock.now)
        self.provider = SimProvider(self, skew=swarm.uniform(-3, 3))
        self.composer = SimComposer(self)
        secrets = GivenSecrets(
            {"OMNIGEN_REPLICATE_WEBHOOK_SECRET": Secret(SECRET), "webhooks": Secret(SECRET)}
        )
        self.ports = Ports(
            self,
            {
                "jobs": store.jobs,
                "takes": store.takes,
                "ledger": store.usage,
                "rates": store.rates,
                "outbox": store.outbox,
                "uploads": store.uploads,
                "assets": self.assets,
                "provider": self.provider,
                "inspector": FakeInspector(),
                "composer": self.composer,
                "workflow": WORKFLOW,
                "secrets": secrets,
            },
        )
        self.container: Container = stage(policy)
        self.nobody = self.process("nobody", skew=0.0)
        self.watch = Watch(self)
        self.before: dict[tuple[str, str], Usage] = {}
        """What owners had used before the world began."""
        self.healed_at: datetime = NOW
        self.situations: Counter[str] = Counter()
        self.violation: Broken | None = None
        self.over: asyncio.Event = asyncio.Event()
        self.stand_still: Callable[..., Coroutine[Any, Any, None]] = _nothing
        """Makes a zombie of a process: set by whoever knows what takes its place."""
        self.closed = False
        self.errors: list[BaseException] = []
        self._trace: list[str] = []

    # --- what the promises ask for

    @property
    def jobs(self) -> list[str]:
        """Ids of all jobs that there are."""
        return sorted(self.tables.jobs)

    async def job(self, job_id: str) -> Job:
        return await self.stores.jobs.get(job_id)

    async def takes(self, job_id: str) -> list[Take]:
        return list(await self.stores.takes.of_job(job_id))

    def object_keys(self) -> list[str]:
        return sorted(self.assets._objects)

    # --- processes

    def process(self, name: str, *, skew: float | None = None) -> Process:
        """A fresh process, with a workspace of its own."""
        drawn = self.streams["chaos"].choice([0.0, 0.0, -2.0, -0.5, 0.5, 2.0])
        made = Process(self.loop, name, skew=drawn if skew is None else skew)
        root = self.folder / name.partition("#")[0]
        made.belongings["workspace"] = Workspace(root=root, assets=AssetsPort("assets"))
        made.belongings["workflow"] = self.container.outbox_workflow()
        return made

    def kill(self, process: Process, why: str) -> None:
        """Kill a process."""
        self.note(f"killed {why}: {process.name}")
        self.situation(f"killed {why}")
        process.kill()

    # --- being watched

    def note(self, text: str) -> None:
        """Write a line into the trace."""
        process = PROCESS.get()
        self._trace.append(f"{self.loop._now:9.3f} {process.name if process else '-'} {text}")

    def situation(self, name: str) -> None:
        """Count that something worth happening has happened."""
        self.situations[name] += 1

    def seen(self, port: str, method: str, args: Any, result: Any) -> None:
        """Look at what a call has done, at once."""
        if isinstance(result, Exception):
            self.note(f"{port}.{method} -> {type(result).__name__}")
        elif method in _READS:
            return
        tell(self, port, method, args, result)
        try:
            self.watch.after(port, method, args, result)
        except Broken as broken:
            self.broken(broken)

    def judge(self, check: Callable[[], object]) -> None:
        """Check something; the first promise that is broken ends the world."""
        try:
            check()
        except Broken as broken:
            self.broken(broken)

    def broken(self, violation: Broken) -> None:
        """A promise is broken: all ends here."""
        if self.violation is None:
            self.note(f"BROKEN {violation}")
            self.violation = violation
            self.over.set()

    def bug(self, error: BaseException) -> None:
        """An error that nobody translated. A zombie's does no harm; that of a job which fails by it is a bug."""
        self.note(f"{type(error).__name__}: {error}")
        self.errors.append(error)

    @property
    def trace(self) -> list[str]:
        return self._trace

    def trace_hash(self) -> str:
        """What tells two runs apart."""
        return hashlib.sha256("\n".join(self._trace).encode()).hexdigest()

    # --- driving

    def oracle(self, work: Coroutine[Any, Any, Any]) -> "asyncio.Task[Any]":
        """Do something that nothing goes wrong with, in nobody's name."""
        return self.loop.background(work)

    def in_time(self, seconds: float) -> datetime:
        return self.true_clock.now() + timedelta(seconds=seconds)


async def _nothing(*args: Any, **kwargs: Any) -> None:
    """Nobody knows what takes the place of a process that stands still."""
