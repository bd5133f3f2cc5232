"""What runs: API processes, and either the local worker or the state machine with its Lambdas; killed and brought back."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from omnigen.adapters.local.workflow import LocalWorkflow
from omnigen.container import Worker
from omnigen.domain.errors import OmniGenError, Superseded
from omnigen.entrypoints.lambdas import sweeper
from omnigen.entrypoints.worker import serve
from tests.promises.broken import Broken, promise
from tests.simulation.faults import LOST
from tests.simulation.loop import Process
from tests.workflow.asl import Execution, StateError
from tests.workflow.machine import DEFINITION, FUNCTIONS

if TYPE_CHECKING:
    from tests.simulation.world import SimWorld

_TIMEOUTS: Final = {"${GeneratorFunction}": 60.0, "${ComposerFunction}": 240.0}
"""Of the two Lambdas, as Terraform sets them."""
_NOT_NOW: Final = "Lambda.ServiceException"
_SWEEP: Final = 60.0
_STALE: Final = 340.0
"""Seconds after which a webhook is too old, with what clocks differ by and what an answer may take."""


class Cluster:
    """All processes of a world."""

    def __init__(self, world: "SimWorld") -> None:
        self.world = world
        self.count = 0
        self.apis: list[Process] = []
        self.driver: LocalCluster | MachineCluster = (
            MachineCluster(self) if "aws" in world.policy_name else LocalCluster(self)
        )

    def start(self) -> None:
        """Have everything begin."""
        for number in range(2):
            self.world.loop.background(self._api(number))
        self.world.provider.deliver = self._deliver
        self.driver.start()

    def process(self, name: str) -> Process:
        """A fresh process; its folder is that of all of its name."""
        self.count += 1
        return self.world.process(f"{name}#{self.count}")

    async def _api(self, number: int) -> None:
        """One API process after another."""
        chance = self.world.streams["chaos"]
        while True:
            api = self.process(f"api{number}")
            self.driver.equip(api)
            self.apis.append(api)
            await api.ended
            self.apis.remove(api)
            await asyncio.sleep(chance.choice([0.1, 2.0, 15.0]))

    def api(self) -> Process | None:
        """An API process that takes requests, unless all are down."""
        up = [api for api in self.apis if api.alive and not api.frozen]
        return up[self.count % len(up)] if up else None

    async def _deliver(self, headers: Mapping[str, str], body: bytes) -> None:
        """A webhook arrives; whether it is heard is nobody's business."""
        api = self.api()
        if api is None:
            return
        task = api.start(self.world.container.app().receive_webhook(headers, body))
        await asyncio.wait({task}, timeout=30)
        if task.done() and (error := task.exception()) is not None:
            self.world.situation("webhook refused")
            self.check(error)
        elif task.done():
            self._believed(headers)

    def _believed(self, headers: Mapping[str, str]) -> None:
        """P10: what is believed is the provider's, and fresh."""
        name, sent_at = headers["webhook-id"], float(headers["webhook-timestamp"])
        old = self.world.true_clock.now().timestamp() - sent_at
        forged = name in self.world.provider.forged
        self.world.judge(lambda: promise("P10", not forged, f"{name} is forged, and was believed"))
        self.world.judge(lambda: promise("P10", old < _STALE, f"{name} is {old:.0f} s old, and was believed"))

    def check(self, error: BaseException, *, at_once: bool = True) -> None:
        """Whether an error is one that we know; one that reaches a user, and isn't, is a bug."""
        if not isinstance(error, (OmniGenError, asyncio.CancelledError, Broken)):
            self.world.bug(error)
            if at_once:
                self.world.broken(Broken("bug", f"{type(error).__name__}: {error}"))


class LocalCluster:
    """The worker: it acts on the outbox, sweeps and drives; brought back when it dies."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self._world = cluster, cluster.world
        self.workers: list[Process] = []

    def start(self) -> None:
        self._world.loop.background(self._keep())

    def equip(self, api: Process) -> None:
        """Nothing: an API process leaves messages."""

    def victims(self) -> list[Process]:
        """Processes that may be killed or frozen."""
        return [w for w in self.workers if w.alive]

    async def _keep(self) -> None:
        chance = self._world.streams["chaos"]
        while True:
            worker = self.begin()
            await worker.ended
            self.workers.remove(worker)
            await asyncio.sleep(chance.choice([0.2, 5.0, 30.0]))

    def begin(self) -> Process:
        """Start a worker, beside whatever other there is."""
        container, process = self._world.container, self._cluster.process("worker")
        workflow = LocalWorkflow(
            steps=container.pipeline(),
            jobs=container.jobs(),
            clock=container.clock(),
            ids=container.ids(),
            metrics=container.metrics(),
        )
        process.belongings["workflow"] = workflow
        worker = Worker(
            pipeline=container.pipeline(),
            workflow=workflow,
            outbox=container.outbox(),
            metrics=container.metrics(),
        )
        self.workers.append(process)
        process.start(serve(worker, asyncio.Event()))
        return process


class MachineCluster:
    """Executions of the state machine; each call of a Lambda runs in a sandbox, which may outlive its execution."""

    def __init__(self, cluster: Cluster) -> None:
        self._cluster, self._world = cluster, cluster.world
        self.executions: list[tuple[Execution, asyncio.Task[None]]] = []
        self._idle: dict[str, list[Process]] = {}
        self._busy: list[Process] = []
        self._starts = 0

    def start(self) -> None:
        self._world.loop.background(self._sweep())

    def equip(self, process: Process) -> None:
        """Have its hints reach Step Functions."""
        process.belongings["workflow"] = _StepFunctions(self)

    def victims(self) -> list[Process]:
        return [p for p in self._busy if p.alive]

    def start_execution(self, given: Any) -> None:
        """At least once: now and then twice."""
        self._starts += 1
        twice = self._world.plan.wanted(f"twice:{self._starts}") if self._starts % 7 == 3 else False
        if twice:
            self._world.situation("execution doubled")
        for number in range(2 if twice else 1):
            # Nobody says whether a doubled one is called otherwise: here it isn't, and begins at once, or it is.
            arn = f"express:pipeline:{self._starts}:{number * (self._starts // 7 % 2)}"
            execution = Execution(DEFINITION, self._call, self._world.clock, self._world.ids, arn=arn)
            task = self._world.loop.background(execution.run(given))
            self.executions.append((execution, task))

    def cut(self) -> None:
        """End all executions; the Lambdas that they have called don't hear of it."""
        for _, task in self.executions:
            task.cancel()
        self.executions.clear()

    async def _call(self, function: str, event: Any) -> Any:
        fault = self._world.plan.draw("aws", function.rpartition(":")[2], self._world.loop.time())
        if fault is not None:
            self._world.note(str(fault))
        if fault is not None and fault.kind != LOST:
            raise StateError(_NOT_NOW, "AWS is away")
        answer = await self._carry_out(function, event)
        if fault is not None:
            raise StateError(_NOT_NOW, "the answer was lost")
        return answer

    async def _carry_out(self, function: str, event: Any) -> Any:
        if function == "states:startExecution":
            self.start_execution(event["Input"])
            return {"ExecutionArn": event["Name"]}
        handler, seconds = FUNCTIONS[function], _TIMEOUTS[function]
        return await self._invoke(
            function,
            seconds,
            lambda: handler.answer(self._world.container, event, seconds=seconds - 5.0),
        )

    async def _invoke(self, function: str, seconds: float, call: Callable[[], Awaitable[Any]]) -> Any:
        """In a sandbox: a warm one, if there is any. Raises what the service says of one that dies."""
        sandbox = self._sandbox(function)
        self._busy.append(sandbox)
        task = sandbox.start(_awaited(call))
        try:
            await asyncio.wait({task, sandbox.ended}, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            if not task.done():
                self._world.situation("lambda died")
                sandbox.kill()
                raise StateError("Lambda.Unknown", "the sandbox died")
            self._idle[function].append(sandbox)
            if (error := task.exception()) is not None and not isinstance(error, Superseded):
                self._cluster.check(error, at_once=False)
            return task.result()
        finally:
            self._busy.remove(sandbox)

    def _sandbox(self, function: str) -> Process:
        warm = [p for p in self._idle.setdefault(function, []) if p.alive]
        if warm:
            self._idle[function].remove(warm[-1])
            return warm[-1]
        made = self._cluster.process(f"lambda-{function[2:5]}-{self._cluster.count}")
        self.equip(made)
        return made

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(_SWEEP)
            try:
                await self._invoke(
                    "${SweeperFunction}",
                    60.0,
                    lambda: sweeper.handler.answer(self._world.container, {"step": "sweep"}, seconds=55.0),
                )
            except (OmniGenError, StateError):
                self._world.situation("sweep failed")


async def _awaited(call: Callable[[], Awaitable[Any]]) -> Any:
    return await call()


class _StepFunctions:
    """`omnigen.ports.workflow.Workflow` of an AWS account."""

    def __init__(self, machine: MachineCluster) -> None:
        self._machine = machine

    async def start(self, job_id: str, leg: int) -> None:
        self._machine.start_execution({"job_id": job_id, "leg": leg})

    async def wake(self, job_id: str) -> None:
        """Nothing, as on AWS."""
