"""The state machine as a driver of the scenarios: the real definition, the real handlers, virtual time."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from dependency_injector import providers

import omnigen.entrypoints.lambdas as lambdas
from omnigen.domain.errors import OmniGenError
from omnigen.domain.job import Job
from omnigen.entrypoints.lambdas import composer, generator, sweeper
from omnigen.usecases.workspace import Workspace
from tests.contract.harness import FAMILIES
from tests.fakes.world import World, a_world
from tests.workflow.asl import Execution

DEFINITION: Final = json.loads((Path(lambdas.__file__).parent / "pipeline.asl.json").read_text())
FUNCTIONS: Final = {"${GeneratorFunction}": generator.handler, "${ComposerFunction}": composer.handler}
_LOOK, _SWEEP, _CALL = 1.0, 60.0, 1e6
AS_ON_AWS: Final[dict[str, Any]] = {"lease": timedelta(seconds=312), "poll": 4.0}
"""What container.policy_of says of profile aws."""
Meddle = Callable[[str, Any, Callable[[], Awaitable[Any]]], Awaitable[Any]]
"""Stands between the machine and a Lambda: the step's name, the event, and the call itself."""


class MachineDriver:
    """Executions of the pipeline over a world, started by hints and by the sweeper, each minute."""

    composes_apart = True

    def __init__(self, world: World) -> None:
        self.world = world
        self.executions: list[tuple[str, Execution]] = []
        self.entered: Callable[[str], None] = lambda _: None
        """Told of every state that is entered."""
        self.meddle: Meddle | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        world.container.workflow.override(providers.Object(self))
        container = world.container
        desk = _SharedDesk(root=container.settings().work_dir, assets=container.assets())
        container.workspace.override(providers.Object(desk))

    # --- omnigen.ports.workflow.Workflow

    async def start(self, job_id: str, leg: int) -> None:
        self._start(f"{job_id}-{leg}", {"job_id": job_id, "leg": leg})

    async def wake(self, job_id: str) -> None:
        """Nothing, as on AWS."""

    def _start(self, name: str, given: Any) -> None:
        execution = Execution(
            DEFINITION,
            self._call,
            self.world.clock,
            self.world.container.ids(),
            self._enter,
            arn=f"express:pipeline:{name}:{len(self.executions)}",
        )
        self.executions.append((name, execution))
        task = asyncio.create_task(execution.run(given), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _enter(self, name: str) -> None:
        self.entered(name)

    async def _call(self, function: str, event: Any) -> Any:
        if function == "states:startExecution":
            self._start(event["Name"], event["Input"])
            return {"ExecutionArn": event["Name"]}

        async def call() -> Any:
            return await FUNCTIONS[function].answer(self.world.container, event, seconds=_CALL)

        if self.meddle is not None:
            return await self.meddle(event["step"], event, call)
        return await call()

    # --- driving

    async def settle(self, *, at_most: timedelta = timedelta(hours=4)) -> list[Job]:
        async def over() -> bool:
            return all([(await self.world.job(job_id)).ended for job_id in self.world.jobs])

        await self.until(over, at_most=at_most)
        return [await self.world.job(job_id) for job_id in self.world.jobs]

    async def until(
        self, seen: Callable[[], Awaitable[bool]], *, at_most: timedelta = timedelta(hours=4)
    ) -> None:
        await self.world.clock.run(self._work(seen), at_most=at_most)

    async def _work(self, seen: Callable[[], Awaitable[bool]]) -> None:
        sweeping = asyncio.create_task(self._sweep())
        try:
            while not await seen():
                if sweeping.done():
                    sweeping.result()
                await self.world.clock.sleep(_LOOK)
        finally:
            sweeping.cancel()
            await asyncio.gather(sweeping, return_exceptions=True)

    async def _sweep(self) -> None:
        while True:
            with suppress(OmniGenError):  # another minute will come
                await sweeper.handler.answer(self.world.container, {"step": "sweep"}, seconds=_CALL)
            await self.world.clock.sleep(_SWEEP)

    def kill(self) -> None:
        """Cut every execution at this very instant. The Lambdas that they have called don't hear of it."""
        for task in list(self._tasks):
            task.cancel()

    async def cut(self) -> None:
        self.kill()
        calls = [call for _, execution in self.executions for call in execution.calls]
        for call in calls:
            call.cancel()
        await asyncio.gather(*self._tasks, *calls, return_exceptions=True)


class _SharedDesk(Workspace):
    """One process plays all sandboxes here: what is another job's is another sandbox's."""

    async def keep_only(self, job_id: str) -> None:
        pass


@asynccontextmanager
async def as_on_aws() -> AsyncIterator[World]:
    """A fresh world in memory, with the policy of profile aws."""
    with TemporaryDirectory() as folder:
        async with a_world(FAMILIES["memory"], Path(folder), **AS_ON_AWS) as world:
            yield world


def states_of(machine: Any) -> dict[str, Any]:
    """All states, those of branches and iterations included."""
    found = dict(machine["States"])
    for state in machine["States"].values():
        for inner in (
            *state.get("Branches", ()),
            *([state["ItemProcessor"]] if "ItemProcessor" in state else ()),
        ):
            found |= states_of(inner)
    return found
