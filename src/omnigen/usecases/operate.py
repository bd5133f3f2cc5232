"""What an operator may do about a stuck job: look at it, drive it on, end it, give money back."""

from collections.abc import Sequence

from attrs import evolve, frozen

from omnigen.domain.catalogue import Micros
from omnigen.domain.errors import Conflict, Invalid
from omnigen.domain.job import Failure, Job, Revision, SceneState
from omnigen.domain.quota import EntryKind, LedgerEntry, period_of
from omnigen.domain.take import Take
from omnigen.ports.clock import Clock
from omnigen.ports.jobs import Jobs
from omnigen.ports.outbox import Message, Outbox
from omnigen.ports.takes import Takes
from omnigen.ports.usage import UsageLedger
from omnigen.usecases.end_job import FailJob
from omnigen.usecases.start_leg import StartLeg
from omnigen.usecases.take_costs import spent


@frozen(kw_only=True)
class Dossier:
    """Everything that is known of a job."""

    job: Job
    revisions: Sequence[Revision]
    scenes: Sequence[SceneState]
    takes: Sequence[Take]
    entries: Sequence[LedgerEntry]


@frozen(kw_only=True)
class OperateJobs:
    """The operator's desk."""

    jobs: Jobs
    takes: Takes
    ledger: UsageLedger
    outbox: Outbox
    clock: Clock
    start_leg: StartLeg
    fail_job: FailJob

    async def inspect(self, job_id: str) -> Dossier:
        """Look at it. Raises NotFound."""
        job = await self.jobs.get(job_id)
        return Dossier(
            job=job,
            revisions=await self.jobs.revisions(job_id),
            scenes=await self.jobs.scenes(job_id, job.revision.number),
            takes=await self.takes.of_job(job_id),
            entries=await self.ledger.entries(job_id),
        )

    async def resume(self, job_id: str) -> int:
        """Drive it on with a new leg, whoever drives it now. Returns the leg's number. Raises Conflict."""
        job = await self.jobs.get(job_id)
        if job.ended:
            raise Conflict(f"job {job.id} is {job.status}; there is nothing to drive on")
        leg = job.epoch + 1
        await self.outbox.add(evolve(Message.to_start(job), at=self.clock.now()))
        return leg

    async def fail(self, job_id: str, reason: str) -> Job:
        """End it as failed; what it holds is released. Raises Conflict once it has ended."""
        job = await self.jobs.get(job_id)
        if job.ended:
            raise Conflict(f"job {job.id} is {job.status}; it has ended already")
        # Taking over as a leg of its own makes zombies of whatever still drives it.
        leg = await self.start_leg(job_id, job.epoch + 1)
        failure = Failure(code="ended_by_operator", message=reason, retryable=True)
        await self.fail_job(leg, failure)
        return await self.jobs.get(job_id)

    async def refund(self, job_id: str, amount: Micros | None, reason: str) -> LedgerEntry:
        """Give money back, all that was spent unless an amount is said. Raises Invalid, Conflict."""
        job = await self.jobs.get(job_id)
        if not job.ended:
            raise Conflict(f"job {job.id} is {job.status}; it must end first")
        before = [e for e in await self.ledger.entries(job_id) if _given_back(e)]
        left = await self._paid(job) + sum(e.amount for e in before)
        given = left if amount is None else amount
        if not 0 < given <= left:
            raise Invalid(
                f"amount is ${given / 1e6:.6g}; up to ${left / 1e6:.6g} can be refunded", field="amount"
            )
        at = self.clock.now()
        entry = LedgerEntry(
            # Numbered by what was given before: of two refunds at the same moment only one is entered.
            id=f"{job.id}.refund.{len(before) + 1}",
            owner=job.owner,
            period=period_of(at),
            job_id=job.id,
            revision=job.revision.number,
            kind=EntryKind.REFUND,
            amount=-given,
            note=reason,
            at=at,
        )
        if not await self.ledger.enter(entry):
            raise Conflict(f"somebody else refunded job {job.id} at the same moment; look again")
        return entry

    async def _paid(self, job: Job) -> Micros:
        takes = await self.takes.of_job(job.id)
        return sum(spent(takes, n) for n in range(1, job.revision.number + 1))


def _given_back(entry: LedgerEntry) -> bool:
    """Whether an entry is an operator's refund; those that belong to a take correct what that take has cost."""
    return entry.kind is EntryKind.REFUND and entry.take_id is None
