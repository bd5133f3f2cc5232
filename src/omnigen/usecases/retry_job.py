"""The next revision of a job that failed or was cancelled: what was finished is kept, the rest is made anew."""

from attrs import evolve, frozen

from omnigen.domain.catalogue import Micros
from omnigen.domain.editing import Edit
from omnigen.domain.idempotency import request_fingerprint
from omnigen.domain.job import Job, JobStatus, Reason, SceneStatus
from omnigen.domain.storyboard import Storyboard
from omnigen.ports.identity import Caller
from omnigen.usecases.job_detail import Accepted
from omnigen.usecases.next_revision import Asked, NextRevision
from omnigen.usecases.submit_job import Render

_BADLY = frozenset({JobStatus.FAILED, JobStatus.CANCELLED})


@frozen(kw_only=True)
class RetryJob:
    """Begin the next revision of a job that has ended badly."""

    next_revision: NextRevision

    async def __call__(
        self,
        caller: Caller,
        job_id: str,
        *,
        render: Render,
        key: str,
        max_cost: Micros | None = None,
        placeholders: bool = False,
    ) -> Accepted:
        """The new revision; with `placeholders`, cards stand in for the scenes that failed or were rejected.

        Raises NotFound, Conflict, QuotaExceeded, Invalid, KeyReused, Transient.
        """
        mark = request_fingerprint("retry", job_id, max_cost, *(["placeholders"] if placeholders else []))
        asked = Asked(
            caller=caller, job_id=job_id, key=key, fingerprint=mark, render=render, max_cost=max_cost
        )
        if known := await self.next_revision.recall(asked):
            return known
        job = await self.next_revision.ended(caller, job_id, among=_BADLY, verb="tried again")
        before = await self.next_revision.jobs.storyboard(job.id, job.revision.number)
        if before is None:
            return await self.next_revision.begin(asked, job, None, job.revision.estimate, Reason.RETRY)
        wanted = await self._with_cards(job, before) if placeholders else before
        plan = await self.next_revision.plan(caller, job, before, Edit.same(wanted))
        return await self.next_revision.begin(asked, job, plan.edit.storyboard, plan.price, Reason.RETRY)

    async def _with_cards(self, job: Job, board: Storyboard) -> Storyboard:
        states = await self.next_revision.jobs.scenes(job.id, job.revision.number)
        broken = {s.number for s in states if s.status in (SceneStatus.FAILED, SceneStatus.REJECTED)}
        scenes = (evolve(s, placeholder=s.placeholder or s.number in broken) for s in board.scenes)
        return evolve(board, scenes=tuple(scenes))
