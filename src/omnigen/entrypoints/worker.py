"""The local worker: acts on the outbox, sweeps, and drives every job to its end. `python -m omnigen.entrypoints.worker`"""

import asyncio
import contextlib
import signal
import sys
from collections.abc import Awaitable, Callable
from typing import Final

import structlog

from omnigen.container import Worker, working
from omnigen.domain.errors import OmniGenError
from omnigen.entrypoints.logs import configure_logging
from omnigen.entrypoints.worker_page import telling
from omnigen.ports.outbox import Message, MessageKind
from omnigen.settings import Settings, SettingsError
from omnigen.wiring import find_ffmpeg

log = structlog.get_logger(__name__)

LOOK_EVERY: Final = 0.05
"""Seconds between two looks into the outbox: a local read of some microseconds."""
SWEEP_EVERY: Final = 5.0
CLEAR_EVERY: Final = 3600.0


async def serve(worker: Worker, stop: asyncio.Event) -> None:
    """Work until told to stop. At the start no leg can be alive: this machine has one worker, and it is new."""
    await _once(worker.pipeline.clear_desk)
    await _once(lambda: worker.pipeline.sweep(ignore_leases=True))
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(_repeat(LOOK_EVERY, lambda: look(worker))),
            group.create_task(_repeat(SWEEP_EVERY, worker.pipeline.sweep)),
            group.create_task(_repeat(CLEAR_EVERY, worker.pipeline.clear_orphans)),
        ]
        await stop.wait()
        for task in tasks:
            task.cancel()
    await worker.workflow.stop()


async def look(worker: Worker) -> None:
    """Act on every message that waits."""
    messages = await worker.outbox.pending(limit=200)
    for message in messages:
        await _act(worker, message)
    if messages:
        await worker.outbox.done([m.id for m in messages])


async def _act(worker: Worker, message: Message) -> None:
    if message.kind is MessageKind.START:
        await worker.workflow.start(message.job_id, message.leg)
    else:
        await worker.workflow.wake(message.job_id)


async def _repeat(seconds: float, action: Callable[[], Awaitable[object]]) -> None:
    while True:
        await _once(action)
        await asyncio.sleep(seconds)


async def _once(action: Callable[[], Awaitable[object]]) -> None:
    try:
        await action()
    except OmniGenError as error:
        log.warning("put off", reason=error.message)
    except Exception:
        log.exception("round broke")


async def _main(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    # Without one, clips would be paid for that nothing here can compose.
    ffmpeg = await asyncio.to_thread(find_ffmpeg, settings.ffmpeg)
    ffmpeg.require()
    async with working(settings) as worker, telling(settings.worker_port, worker.metrics):
        log.info("worker started", ffmpeg=ffmpeg.version)
        await serve(worker, stop)
    log.info("worker stopped")


def main() -> int:
    """Run until SIGINT or SIGTERM; exit status 2 for a setting that can't be worked with, 1 for bad luck."""
    try:
        settings = Settings.from_environment()
        configure_logging(settings.log_level)
        with contextlib.suppress(KeyboardInterrupt):
            asyncio.run(_main(settings))
    except (SettingsError, OmniGenError) as error:
        print(error, file=sys.stderr)
        return 2 if isinstance(error, SettingsError) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
