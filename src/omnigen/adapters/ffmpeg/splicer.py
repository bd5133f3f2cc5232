"""Has coded pictures laid end to end, by a child process: see `splice`."""

import asyncio
import json
from typing import Any, Final

import structlog

from omnigen.adapters.ffmpeg.runner import Command, Runner, child
from omnigen.domain.errors import Transient

log = structlog.get_logger(__name__)

_MODULE: Final = "omnigen.adapters.ffmpeg.splice"


class Splicer:
    """Runs the commands of `splice`, in the slots that all heavy work shares."""

    def __init__(self, slots: asyncio.Semaphore) -> None:
        self._runner = Runner(child(_MODULE), slots)

    async def run(self, command: Command) -> Any:
        """What the child has found. Raises Transient: all that it reads has been gone through before."""
        outcome = await self._runner.run(command)
        answer = json.loads(outcome.stdout)
        if "refused" in answer:
            log.error("splice.refused", step=command.step, detail=outcome.stderr[-300:])
            raise Transient(f"{command.step}: a part of it {answer['refused']}")
        return answer["found"]
