"""The next revision of a job that has ended, by another storyboard: what is unchanged is kept."""

from collections.abc import Callable
from typing import Any

from attrs import frozen

from omnigen.domain.catalogue import Micros
from omnigen.domain.editing import Edit
from omnigen.domain.errors import Invalid
from omnigen.domain.idempotency import request_fingerprint
from omnigen.domain.job import Job, JobStatus, Reason
from omnigen.domain.storyboard import Storyboard
from omnigen.ports.identity import Caller
from omnigen.usecases.forecast import Forecast, Foresee
from omnigen.usecases.job_detail import Accepted
from omnigen.usecases.next_revision import Asked, NextRevision, Plan, differs
from omnigen.usecases.submit_job import Render, check_cost

Change = Callable[[Storyboard], Edit]
"""Makes the storyboard that is wanted of the present one. Raises Invalid."""


@frozen(kw_only=True)
class EditStoryboard:
    """Begin the next revision of a job that has ended, in whatever way, or say what it would come to."""

    next_revision: NextRevision
    foresee: Foresee

    async def __call__(
        self,
        caller: Caller,
        job_id: str,
        change: Change,
        *,
        body: Any,
        render: Render,
        key: str,
        max_cost: Micros | None = None,
    ) -> Accepted:
        """The new revision. `body` is what was asked, so that the same request is known again.

        Raises NotFound, Conflict, QuotaExceeded, Invalid, KeyReused, Transient.
        """
        mark = request_fingerprint("edit", job_id, body, max_cost)
        asked = Asked(
            caller=caller, job_id=job_id, key=key, fingerprint=mark, render=render, max_cost=max_cost
        )
        if known := await self.next_revision.recall(asked):
            return known
        job, plan = await self._plan(caller, job_id, change)
        if job.status is JobStatus.SUCCEEDED and not differs(plan.before, plan.edit.storyboard):
            raise Invalid("this changes nothing; the video would be the same", code="nothing_changed")
        return await self.next_revision.begin(asked, job, plan.edit.storyboard, plan.price, Reason.EDIT)

    async def foretell(
        self, caller: Caller, job_id: str, change: Change, *, max_cost: Micros | None = None
    ) -> Forecast:
        """What would be made and rendered anew, and its price. Stores nothing. Raises as the edit would."""
        _, plan = await self._plan(caller, job_id, change)
        check_cost(plan.price, max_cost)
        return await self.foresee(plan)

    async def _plan(self, caller: Caller, job_id: str, change: Change) -> tuple[Job, Plan]:
        job = await self.next_revision.ended(caller, job_id)
        before = await self.next_revision.storyboard(job)
        return job, await self.next_revision.plan(caller, job, before, change(before))
