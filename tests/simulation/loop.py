"""An event loop whose time is virtual and whose order is drawn: the same seed runs the same way, to the step.

One thread, no selector, no clock of the machine. Where nothing is ready, time jumps to the next timer. Everything
that runs belongs to a process (or to the network, which is nobody's): a process that is killed never runs again, not
even its `finally`; one that is frozen goes on later, as if nothing had happened, beside whoever took its place.
"""

import asyncio
import heapq
import random
from collections.abc import Coroutine
from contextvars import Context, ContextVar, copy_context
from typing import Any, Final, TypeVar

T = TypeVar("T")

PROCESS: "Final[ContextVar[Process | None]]" = ContextVar("process", default=None)
"""Whose the running code is; None is the network, the provider and the users."""
STEPS: Final = 400_000
"""Many times what any world takes to come to rest."""


class Restless(Exception):
    """Something goes round and round, perhaps without time passing."""


class Process:
    """A process of ours: its clock may differ, and it may be killed or frozen at any step."""

    def __init__(self, loop: "SimLoop", name: str, *, skew: float = 0.0) -> None:
        self.loop, self.name, self.skew = loop, name, skew
        self.alive, self.frozen = True, False
        self.belongings: dict[str, Any] = {}
        """What it has in memory, by name: its workspace, its connections."""
        self.ended: asyncio.Future[None] = loop.create_future()
        self.held: list[asyncio.Handle] = []
        """Steps that it will go on with once it is thawed, or buried."""
        loop.processes.append(self)
        self._context = copy_context()
        self._context.run(PROCESS.set, self)

    def start(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Have it do some work. Whoever waits for it must reckon with its never being done."""
        return self.loop.create_task(work, context=self._context.copy())

    def kill(self) -> None:
        """End it between two steps, as SIGKILL does: nothing of it runs any more."""
        self.alive = False
        if not self.ended.done():
            self.ended.set_result(None)

    def freeze(self) -> None:
        """Stop it between two steps: a long garbage collection, a suspended laptop, a sandbox between two calls."""
        self.frozen = True

    def thaw(self) -> None:
        """Let it go on from where it was."""
        self.frozen = False
        held, self.held = self.held, []
        self.loop.put_back(held)


class _Task(asyncio.Task[Any]):
    """A task with a number: sets of tasks are walked in the same order each time."""

    count = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _Task.count += 1
        self.number = _Task.count
        super().__init__(*args, **kwargs)

    def __hash__(self) -> int:
        return self.number


class SimLoop(asyncio.BaseEventLoop):
    """The loop. With `schedule` the next step is any of those that are ready; without it, the oldest one."""

    def __init__(self, schedule: random.Random | None = None) -> None:
        super().__init__()
        _Task.count = 0
        self._schedule = schedule
        self._now = 0.0
        self._queue: list[asyncio.Handle] = []
        self._timers: list[tuple[float, int, asyncio.TimerHandle]] = []
        self._count = 0
        self.steps = 0
        """How many steps have run."""
        self.processes: list[Process] = []
        self.burying = False
        """Whether all is over: then the dead may run again, to put their affairs in order."""
        self.set_task_factory(lambda loop, work, **given: _Task(work, loop=loop, **given))
        self.set_exception_handler(lambda _, told: None)

    def time(self) -> float:
        """Seconds since the beginning."""
        return self._now

    def jump(self, seconds: float) -> None:
        """Let the clock jump forward, whoever waits."""
        self._now += seconds

    def call_soon(self, callback: Any, *args: Any, context: Context | None = None) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self._queue.append(handle)
        return handle

    call_soon_threadsafe = call_soon

    def call_at(
        self, when: float, callback: Any, *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        timer = asyncio.TimerHandle(when, callback, args, self, context)
        self._count += 1
        heapq.heappush(self._timers, (when, self._count, timer))
        return timer

    def call_later(
        self, delay: float, callback: Any, *args: Any, context: Context | None = None
    ) -> asyncio.TimerHandle:
        return self.call_at(self._now + delay, callback, *args, context=context)

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """Nothing: it is passed over when its time comes."""

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> "asyncio.Future[Any]":
        """In place of a thread: at once. What others see of it is the same, since nobody may see half of it."""
        done = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:  # noqa: BLE001  whatever it is, it is the caller's
            done.set_exception(error)
        return done

    def put_back(self, handles: list[asyncio.Handle]) -> None:
        """Make steps ready that were held."""
        self._queue.extend(handles)

    def background(self, work: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        """Start something that belongs to no process."""
        return self.create_task(work, context=Context())

    def _run_once(self) -> None:
        """One step."""
        queue = self._queue
        if not queue:
            self._pass_time()
        if self._schedule is None or len(queue) == 1:
            handle = queue.pop(0)
        else:
            at = int(self._schedule.random() * len(queue))
            handle, queue[at] = queue[at], queue[-1]
            queue.pop()
        if handle._cancelled:
            return
        process = handle._context.get(PROCESS)
        if process is not None and (process.frozen or not process.alive) and not self.burying:
            process.held.append(handle)
            return
        self.steps += 1
        if self.steps > STEPS and not self.burying:
            raise Restless(f"no rest after {self._now:.0f} s and {self.steps} steps")
        handle._run()

    def _pass_time(self) -> None:
        while not self._queue:
            if not self._timers:
                raise RuntimeError("nothing will ever happen any more")
            self._now = max(self._now, self._timers[0][0])
            while self._timers and self._timers[0][0] <= self._now:
                _, _, timer = heapq.heappop(self._timers)
                if not timer._cancelled:
                    self._queue.append(timer)

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run some work of nobody's to its end."""
        return self.run_until_complete(self.background(work))

    def close(self) -> None:
        """Cancel whatever has not ended, that of the dead too, and forget what doesn't heed it, without a word."""
        self.burying = True
        for process in self.processes:
            process.thaw()
        for _ in range(3):
            left = sorted((t for t in asyncio.all_tasks(self) if not t.done()), key=hash)
            for task in left:
                task.cancel()
            if left:
                self.run(_steps(2_000))
        for task in asyncio.all_tasks(self):
            task._log_destroy_pending = False
        self._queue.clear()
        self._timers.clear()
        super().close()


async def _steps(most: int) -> None:
    """Let others run, until nobody has anything to do."""
    loop: Any = asyncio.get_running_loop()
    for _ in range(most):
        await asyncio.sleep(0)
        if not loop._queue:
            return
