"""Take a job in: one transaction writes the idempotency record, the hold, the job and its outbox entry; only then 202."""

from collections.abc import Callable

from attrs import frozen

from omnigen.domain.catalogue import Micros
from omnigen.domain.errors import Invalid, KeyReused
from omnigen.domain.idempotency import KEPT_FOR, IdempotencyRecord, check_key, request_fingerprint
from omnigen.domain.job import Job, Reason, Revision, SceneState
from omnigen.domain.pricing import Estimate
from omnigen.domain.quota import QUOTAS, Reservation, period_of
from omnigen.domain.storyboard import Brief, Planner, Storyboard
from omnigen.ports.clock import Clock, Ids
from omnigen.ports.identity import Caller
from omnigen.ports.jobs import Acceptance, Jobs
from omnigen.ports.workflow import Workflow
from omnigen.usecases.admit_upload import AdmitUpload
from omnigen.usecases.draft_storyboard import DraftStoryboard
from omnigen.usecases.hint import start_hint
from omnigen.usecases.job_detail import Accepted, JobDetail
from omnigen.usecases.policy import Policy

Render = Callable[[JobDetail], bytes]
"""Turns a job into the answer that the caller gets, and gets again under the same key."""


@frozen(kw_only=True)
class SubmitJob:
    """Accept a brief or a storyboard."""

    jobs: Jobs
    workflow: Workflow
    clock: Clock
    ids: Ids
    policy: Policy
    draft_storyboard: DraftStoryboard
    admit_upload: AdmitUpload

    async def __call__(
        self,
        caller: Caller,
        *,
        render: Render,
        brief: Brief | None = None,
        storyboard: Storyboard | None = None,
        max_cost: Micros | None = None,
        key: str | None = None,
    ) -> Accepted:
        """Exactly one of brief and storyboard is given.

        Raises Invalid, QuotaExceeded, KeyReused, or Transient when nothing could be written.
        """
        asked = request_fingerprint("submit", brief, storyboard, max_cost)
        if key is not None and (known := await recall(self.jobs, caller, key, asked, self.clock)):
            return known
        planned, priced = self._plan(caller, brief, storyboard)
        check_cost(priced, max_cost)
        job = self._job(caller, brief, planned, priced)
        await self.admit_upload.keep(caller.id, planned, job.id)
        final = None if brief is not None and brief.planner is Planner.LLM else planned
        scenes = SceneState.of(job.id, 1, final, job.created_at) if final else ()
        detail = JobDetail(job=job, storyboard=final, scenes=scenes)
        record = record_of(caller, key, asked, job, render(detail)) if key is not None else None
        acceptance = Acceptance(
            job=job, storyboard=final, scenes=scenes, quota=QUOTAS[caller.tier], record=record
        )
        return await accept(
            self.jobs, self.workflow, acceptance, record.response if record else render(detail)
        )

    def _plan(
        self, caller: Caller, brief: Brief | None, storyboard: Storyboard | None
    ) -> tuple[Storyboard, Estimate]:
        if brief is not None:
            draft = self.draft_storyboard.allowed(caller, self.draft_storyboard.draft(brief))
        elif storyboard is not None:
            draft = self.draft_storyboard.priced(caller, storyboard)
        else:
            raise Invalid("neither brief nor storyboard is given; one of the two is needed", field="brief")
        return draft.storyboard, draft.estimate

    def _job(self, caller: Caller, brief: Brief | None, storyboard: Storyboard, priced: Estimate) -> Job:
        at = self.clock.now()
        revision = Revision(
            number=1,
            reason=Reason.SUBMIT,
            brief=brief,
            estimate=priced,
            reservation=Reservation(owner=caller.id, period=period_of(at), videos=1, amount=priced.at_most),
            deadline=at + self.policy.job_deadline,
            created_at=at,
        )
        return Job(
            id=self.ids.new("job"),
            owner=caller.id,
            tier=caller.tier,
            title=storyboard.title,
            aspect_ratio=storyboard.aspect_ratio,
            resolution=storyboard.resolution,
            model=storyboard.model,
            revision=revision,
            created_at=at,
            updated_at=at,
        )


def check_cost(priced: Estimate, max_cost: Micros | None) -> None:
    """Raise Invalid where a job may cost more than the caller is willing to pay."""
    if max_cost is not None and priced.at_most > max_cost:
        raise Invalid(
            f"max_cost is ${max_cost / 1e6:.6g}; this may cost ${priced.at_most / 1e6:.6g}",
            code="max_cost_exceeded",
            field="max_cost",
        )


async def recall(jobs: Jobs, caller: Caller, key: str, asked: str, clock: Clock) -> Accepted | None:
    """The answer that this key had before. Raises KeyReused if it was given to another request."""
    record = await jobs.recall(caller.id, check_key(key), at=clock.now())
    return None if record is None else repeated(record, asked)


def repeated(record: IdempotencyRecord, asked: str) -> Accepted:
    """An earlier answer, to be given again. Raises KeyReused where the request is another."""
    if record.fingerprint != asked:
        raise KeyReused(
            f"Idempotency-Key {record.key!r} was used for another request; take a new key",
            field="Idempotency-Key",
        )
    return Accepted(job_id=record.job_id, revision=record.revision, response=record.response, replayed=True)


def record_of(caller: Caller, key: str, asked: str, job: Job, response: bytes) -> IdempotencyRecord:
    """What is to be remembered of this request."""
    return IdempotencyRecord(
        owner=caller.id,
        key=key,
        fingerprint=asked,
        job_id=job.id,
        revision=job.revision.number,
        response=response,
        expires_at=job.updated_at + KEPT_FOR,
    )


async def accept(jobs: Jobs, workflow: Workflow, acceptance: Acceptance, response: bytes) -> Accepted:
    """Write it all or nothing, then hint to the workflow that there is work."""
    record, job = acceptance.record, acceptance.job
    earlier = await jobs.accept(acceptance)
    if earlier is not None and record is not None:
        return repeated(earlier, record.fingerprint)
    await start_hint(workflow, job.id, job.epoch + 1)
    return Accepted(job_id=job.id, revision=job.revision.number, response=response, replayed=False)
