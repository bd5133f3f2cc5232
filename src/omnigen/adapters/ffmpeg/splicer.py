"""Has work done on our own files by a child process: see `splice` and `desk`."""

import asyncio
import json
from typing import Any, Final

import structlog

from omnigen.adapters.ffmpeg.nursery import ChildRunner
from omnigen.adapters.ffmpeg.runner import Command
from omnigen.domain.errors import Transient

log = structlog.get_logger(__name__)

SPLICE: Final = "omnigen.adapters.ffmpeg.splice"
DESK: Final = "omnigen.adapters.ffmpeg.desk"


class Splicer:
    """Runs the commands of one module, in the slots that all heavy work shares."""

    def __init__(self, slots: asyncio.Semaphore, module: str = SPLICE) -> None:
        self._runner = ChildRunner(module, slots)

    async def run(self, command: Command) -> Any:
        """What the child has found. Raises Transient: all that it reads has been gone through before."""
        outcome = await self._runner.run(command)
        answer = json.loads(outcome.stdout)
        if "refused" in answer:
            log.error("splice.refused", step=command.step, detail=outcome.stderr[-300:])
            raise Transient(f"{command.step}: a part of it {answer['refused']}")
        return answer["found"]
