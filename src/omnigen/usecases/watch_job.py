"""Follow a job: its events as they happen, until its revision has ended."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from attrs import frozen

from omnigen.domain.errors import NotFound
from omnigen.domain.job import JobEvent
from omnigen.ports.clock import Clock
from omnigen.ports.identity import Caller
from omnigen.ports.jobs import Cursor, Jobs
from omnigen.usecases.policy import Policy


@frozen(kw_only=True)
class WatchJob:
    """Events newer than a position, then each new one."""

    jobs: Jobs
    clock: Clock
    policy: Policy

    async def __call__(
        self, caller: Caller, job_id: str, *, after: Cursor, revision: int | None = None
    ) -> AsyncIterator[JobEvent]:
        """A stream of events. Raises NotFound now, before the first of them."""
        job = await self.jobs.get(job_id, owner=caller.id)
        number = job.revision.number if revision is None else revision
        if job.deleted_at is not None or not 1 <= number <= job.revision.number:
            raise NotFound(f"there is no job {job_id[:60]} with revision {number}")
        return self._events(job_id, number, dict(after))

    async def _events(self, job_id: str, revision: int, seen: dict[int, int]) -> AsyncIterator[JobEvent]:
        told: dict[int, Mapping[str, Any]] = {}
        while True:
            # Read before the events: an event written in between is still delivered before the end.
            job = await self.jobs.get(job_id)
            over = job.ended or job.revision.number > revision
            for event in await self.jobs.events(job_id, revision, after=seen):
                seen[event.scene] = event.version
                # A lease that is renewed, or a scene's new take, is a write that tells nothing new.
                if told.get(event.scene) != event.data:
                    told[event.scene] = event.data
                    yield event
            if over:
                return
            await self.clock.sleep(self.policy.event_poll)
