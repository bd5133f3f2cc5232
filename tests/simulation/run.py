"""One seed from its beginning to its rest, and what came of it.

result = simulate(123)
result.violation        None, or the promise that was broken
result.trace_hash       the same in every run of the seed
result.fired            the faults that fired, by id: `simulate(123, only={"takes:17"})` fires these alone
"""

import asyncio
import sys
import tempfile
from collections import Counter
from collections.abc import Container, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import structlog
from attrs import frozen

import omnigen.entrypoints.worker as worker
from tests.promises import check_promises
from tests.promises.broken import Broken, promise
from tests.promises.edits import check_forecast
from tests.simulation.chaos import Chaos
from tests.simulation.cluster import Cluster
from tests.simulation.faults import DrawnPlan, Fault, Plan
from tests.simulation.loop import Restless
from tests.simulation.ports import enter, leave
from tests.simulation.streams import Streams, stream
from tests.simulation.workload import User
from tests.simulation.world import SimWorld

HORIZON: Final = 300.0
"""Seconds for which things go wrong."""
_REST: Final = 90 * 60.0
"""Seconds after which a world that has not come to rest never will."""
_SHM: Final = Path("/dev/shm")


@frozen(kw_only=True)
class Result:
    """What came of a seed."""

    seed: int
    violation: Broken | None
    trace_hash: str
    trace: tuple[str, ...]
    fired: tuple[Fault, ...]
    situations: Counter[str]
    calls: int
    """Calls of ports."""
    steps: int


def simulate(seed: int, *, only: Container[str] | None = None, plan: Plan | None = None) -> Result:
    """Run a seed. With `only`, no faults but those of these ids fire."""
    streams = Streams(seed)
    plan = plan or DrawnPlan(streams, HORIZON, only)
    policy = streams["swarm"].choice(["local", "local", "tight", "aws", "tight-aws"])
    with _quiet() as bugs, _folder() as folder:
        world = SimWorld(streams, plan, folder, policy=policy)
        bugs.append(world)
        enter(world)
        try:
            world.loop.run(_story(world))
        except Broken as broken:
            world.broken(broken)
        except Restless as restless:
            world.broken(Broken("P3", str(restless)))
        finally:
            world.closed = True
            world.loop.close()
            leave()
    return Result(
        seed=seed,
        violation=world.violation,
        trace_hash=world.trace_hash(),
        trace=tuple(world.trace),
        fired=tuple(plan.fired),
        situations=world.situations,
        calls=world.ports.calls,
        steps=world.loop.steps,
    )


async def _story(world: SimWorld) -> None:
    cluster = Cluster(world)
    cluster.start()
    users = _users(world, cluster)
    horizon = HORIZON * world.streams["swarm"].choice([1, 1, 1, 1, 1, 3])
    Chaos(world, cluster, horizon)
    lives = [world.loop.background(user.live()) for user in users]
    await _until(world, lambda: world.loop.time() >= horizon or _at_rest(world, lives))
    world.plan.heal()
    world.note("healed")
    world.healed_at = world.true_clock.now()
    await _until(world, lambda: _at_rest(world, lives))
    if world.violation is None:
        for life in lives:
            life.result()
        await _whole(world, users)


def _users(world: SimWorld, cluster: Cluster) -> list[User]:
    workload = world.streams["workload"]
    names = ["ada", "bob", "cem"][: workload.choice([1, 1, 1, 2, 2, 3])]
    users = [User(world, cluster, name, stream(world.streams.seed, f"user:{name}")) for name in names]
    for user in users:
        user.others = [other for other in users if other is not user]
    return users


async def _until(world: SimWorld, seen: Any) -> None:
    """Let the world go on until something is seen, or a promise is broken."""
    while world.violation is None and not seen():
        if world.loop.time() > _REST:
            raise Restless(f"no rest after {world.loop.time():.0f} s and {world.loop.steps} steps")
        try:
            async with asyncio.timeout(5.0):
                await world.over.wait()
        except TimeoutError:
            continue


def _at_rest(world: SimWorld, lives: list[Any]) -> bool:
    return all(life.done() for life in lives) and all(job.ended for job in world.tables.jobs.values())


async def _whole(world: SimWorld, users: list[User]) -> None:
    for user in users:
        for job_id in sorted(user.acknowledged):
            found = job_id in world.tables.jobs
            if not found:
                raise Broken("P12", f"{job_id} was acknowledged, and is lost")
    await check_promises(world)  # type: ignore[arg-type]
    for user in users:
        for (job_id, revision), forecast in user.forecasts.items():
            check_forecast(world, job_id, revision, forecast)
    for entry in world.tables.entries.values():
        world.situation(f"ledger {entry.kind}")
    if any(job.deleted_at for job in world.tables.jobs.values()):
        await _a_day_later(world)


async def _a_day_later(world: SimWorld) -> None:
    """What was deleted is forgotten, with its objects; the books stay."""
    due = [job.id for job in world.tables.jobs.values() if job.deleted_at is not None]
    world.loop.jump(25 * 3600.0)
    world.watch.a_day_later()
    await asyncio.sleep(65.0)
    for job_id in due:
        promise("P9", job_id not in world.tables.jobs, f"{job_id} was deleted a day ago")
        left = [key for key in world.object_keys() if f"/{job_id}/" in key]
        promise("P9", not left, f"{job_id} is forgotten; there is still {left}")


@contextmanager
def _folder() -> Iterator[Path]:
    """Where composers work: in memory, where there is such a place."""
    with tempfile.TemporaryDirectory(prefix="simulation-", dir=_SHM if _SHM.is_dir() else None) as folder:
        yield Path(folder)


@contextmanager
def _quiet() -> Iterator[list[SimWorld]]:
    """No word is written, but of bugs; workers look about less often than they do where nobody counts the calls."""
    worlds: list[SimWorld] = []

    def note(_: Any, __: str, told: Any) -> Any:
        error = told.get("exc_info")
        if error and worlds:
            error = sys.exc_info()[1] if error is True else error
            if error is not None and not isinstance(error, Broken):
                worlds[-1].bug(error)
        raise structlog.DropEvent

    look, sweep = worker.LOOK_EVERY, worker.SWEEP_EVERY
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(40), processors=[note])
    worker.LOOK_EVERY, worker.SWEEP_EVERY = 5.0, 30.0  # type: ignore[misc]
    try:
        yield worlds
    finally:
        worker.LOOK_EVERY, worker.SWEEP_EVERY = look, sweep  # type: ignore[misc]
        structlog.reset_defaults()
