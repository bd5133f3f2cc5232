"""The heart of P2: move one paid request a step further, so that it is paid for at most once whatever happens.

    no take      -> write the intent            (durable before anything can be charged)
    intent       -> count the sending, send     (durable before the request leaves)
      accepted   -> submitted
      refused    -> refused                     (nothing charged: the provider said so)
      throttled,
      no contact -> intent, later again         (nothing charged: proven)
      no answer  -> look for the prediction among those since the intent, and adopt the oldest that is
                    nobody's; after the adoption deadline the take is lost, and a new one is made
    submitted    -> ask; download what came of it into the asset store: stored

Each step is short and may be repeated or cut anywhere: what matters is in the store before it matters.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, Final

from attrs import evolve, frozen

from omnigen.domain.catalogue import Micros
from omnigen.domain.errors import Ambiguous, Conflict, NotFound, Rejected, Superseded, Transient
from omnigen.domain.job import Job
from omnigen.domain.take import Take, TakeStatus
from omnigen.ports.clock import Clock, Ids
from omnigen.ports.jobs import Jobs
from omnigen.ports.provider import Ask, Prediction, PredictionStatus, Provider
from omnigen.ports.takes import Takes
from omnigen.ports.usage import Rates
from omnigen.ports.workflow import Leg
from omnigen.usecases.bring_home import BringHome
from omnigen.usecases.policy import Policy
from omnigen.usecases.take_costs import committed, entry_for
from omnigen.usecases.wish import Progress, Wish, standing

_FINAL_ERRORS: Final = frozenset({"sensitive", "rejected", "bad_output"})
"""Asking the same again can't help: no further attempt is made."""


@frozen(kw_only=True)
class MakeTake:
    """Begin, send, find again, ask after and bring home one take."""

    jobs: Jobs
    takes: Takes
    rates: Rates
    provider: Provider
    bring_home: BringHome
    clock: Clock
    ids: Ids
    policy: Policy

    async def __call__(self, leg: Leg, job: Job, wish: Wish, *, may_begin: bool) -> Progress:
        """One step. `may_begin` is false where nothing new may be paid for any more.

        Returns the take as it then stands, None where there is none and none may begin. A take that has
        ended badly comes back once no further attempt is to be made. Raises Rejected where what is asked
        can't be put to the model or isn't covered by what is held; Superseded; Transient.
        """
        take = await self._present(leg, job, wish, may_begin=may_begin)
        if take is None or take.ended:
            return Progress(take=take)
        made = await self._advance(leg, take, may_send=may_begin)
        if made.take is None or not made.take.ended or made.stored:
            return made
        # It has just ended badly: another attempt, where there is to be one, in good time.
        take = await self._present(leg, job, wish, may_begin=may_begin)
        return Progress(take=take, wait=self._early(take) if take is not None else 0.0)

    async def _present(self, leg: Leg, job: Job, wish: Wish, *, may_begin: bool) -> Take | None:
        """The take that stands for the wish: a reusable one, the running one, or a fresh attempt."""
        mark, takes = wish.fingerprint, await self.takes.of_job(job.id)
        if (take := standing(takes, wish, leg.revision)) is not None:
            return take
        tried = [t for t in takes if t.fingerprint == mark and t.revision == leg.revision]
        last = tried[-1] if tried else None
        if not may_begin or (last is not None and not self._again(last, len(tried))):
            return last
        _check_covered(job, committed(takes, leg.revision), wish.estimate)
        ask = evolve(wish.ask, image=await wish.image()) if wish.image else wish.ask
        return await self.takes.intend(self._intent(leg, job, wish, ask, attempt=len(tried) + 1))

    def _again(self, last: Take, tries: int) -> bool:
        final = last.status is TakeStatus.REFUSED or last.error_code in _FINAL_ERRORS
        return tries < self.policy.attempts and not final

    def _intent(self, leg: Leg, job: Job, wish: Wish, ask: Ask, *, attempt: int) -> Take:
        mark, now = wish.fingerprint, self.clock.now()
        pause = self.policy.backoff_after(attempt - 1, self.ids.jitter())
        return Take(
            # Made of what it is for, so that two workers, or two scenes, with the same intent meet in one item.
            id=f"{job.id}.r{leg.revision}.{wish.kind}.{mark[:16]}.{attempt}",
            job_id=job.id,
            owner=job.owner,
            revision=leg.revision,
            scene=wish.scene,
            origin=wish.origin,
            kind=wish.kind,
            model=wish.model.id,
            model_version=wish.model.version,
            fingerprint=mark,
            subject=wish.subject,
            prompt=wish.ask.prompt,
            seed=wish.ask.seed,
            input=self.provider.dialect(wish.model.id, ask),
            seconds=wish.ask.seconds,
            estimate=wish.estimate,
            attempt=attempt,
            intended_at=now,
            next_at=now + pause if attempt > 1 else None,
            epoch=leg.number,
        )

    async def stop(self, leg: Leg, takes: Iterable[Take]) -> float:
        """One step towards the end of takes that are no longer wanted; seconds to the next, 0 once all have ended."""
        pause = 0.0
        for take in takes:
            made = await self._advance(leg, take, may_send=False, wanted=False)
            if made.take is not None and not made.take.ended:
                pause = max(pause, made.wait, 0.1)
        return pause

    async def _advance(self, leg: Leg, take: Take, *, may_send: bool, wanted: bool = True) -> Progress:
        """One step of a take that has not ended."""
        unsent = take.status is TakeStatus.INTENT and take.sent_at is None
        try:
            if unsent and not may_send:
                return await self._finish(leg, take, TakeStatus.CANCELLED)
            if (early := self._early(take)) > 0:
                return Progress(take=take, wait=early)
            return await (self._send(leg, take) if unsent else self._find_out(leg, take, wanted=wanted))
        except Superseded:
            raise
        except Conflict:
            # Another call for the same step got on meanwhile; the next look sees how far.
            return Progress(take=take, wait=self.policy.poll / 4)

    def _early(self, take: Take) -> float:
        """Seconds before which the provider doesn't want to hear of it again."""
        return 0.0 if take.next_at is None else (take.next_at - self.clock.now()).total_seconds()

    async def _find_out(self, leg: Leg, take: Take, *, wanted: bool) -> Progress:
        """Where a take stands that may have been charged."""
        try:
            if take.status is TakeStatus.INTENT:
                return await self._adopt(leg, take)
            if not wanted:
                await self._cancel(take)
            return await self._ask_after(leg, take)
        except Transient as error:
            if error.retry_after is None:
                raise
            return await self._put_off(leg, take, error.retry_after)

    async def _cancel(self, take: Take) -> None:
        assert take.prediction_id is not None
        with suppress(NotFound, Rejected):  # What became of it is asked for next.
            await self.provider.cancel(take.prediction_id)

    async def _put_off(self, leg: Leg, take: Take, seconds: float) -> Progress:
        """Never ask before the provider wants to be asked again, whoever drives the job by then."""
        until = self.clock.now() + timedelta(seconds=seconds)
        waiting = take.revise(next_at=until, epoch=leg.number)
        await self.takes.update(waiting)
        return Progress(take=waiting, wait=seconds)

    # --- sending

    async def _send(self, leg: Leg, take: Take) -> Progress:
        await self._check_sendable(leg, take)
        if (full := await self._full(take)) is not None:
            return Progress(take=take, wait=max(0.05, full * (0.5 + self.ids.jitter() / 2)))
        now = self.clock.now()
        sending = take.revise(sends=take.sends + 1, sent_at=now, next_at=None, epoch=leg.number)
        await self.takes.update(sending)
        if self.clock.now() >= now + self.policy.adoption / 2:
            # We stood still. Others look for it already, and may give it up: it is sent anew, or not at all.
            return await self._later(sending, Transient("it took too long to begin"))
        try:
            prediction = await self.provider.create(sending)
        except Transient as error:
            return await self._later(sending, error)
        except Rejected as error:
            return await self._finish(
                leg, sending, TakeStatus.REFUSED, error=error.message, error_code=error.reason
            )
        except Ambiguous:
            return Progress(take=sending, wait=self.policy.poll / 2)
        return await self._submitted(leg, sending, prediction)

    async def _full(self, take: Take) -> float | None:
        """Seconds until there is room in the provider's limit, and for a retry in the budget of retries."""
        budgets = {"provider:create": self.policy.creations_a_minute}
        if take.sends or take.attempt > 1:
            budgets = {"provider:retry": self.policy.retries_a_minute, **budgets}
        for name, limit in budgets.items():
            room = await self.rates.hit(name, limit=limit, window=60, at=self.clock.now())
            if not room.allowed:
                return room.reset
        return None

    async def _check_sendable(self, leg: Leg, take: Take) -> None:
        """The last look before money is spent.

        Raises Superseded for a zombie; Rejected where takes that were intended at the same moment use up what
        is held: of two that don't both fit, the later one gives way.
        """
        job = await self.jobs.get(take.job_id)
        if job.ended or (job.epoch, job.revision.number) != (leg.number, leg.revision):
            if job.ended or job.revision.number > leg.revision:
                # It was intended while the revision was ending: nobody will come for it any more.
                await self._finish(leg, take, TakeStatus.CANCELLED)
            raise Superseded(f"leg {leg.number} of job {job.id} may not spend any more")
        takes = await self.takes.of_job(job.id)
        rivals = [t for t in takes if t.sends or (t.intended_at, t.id) < (take.intended_at, take.id)]
        try:
            others = committed((t for t in rivals if t.id != take.id), leg.revision)
            _check_covered(job, others, take.estimate)
        except Rejected as error:
            await self._finish(leg, take, TakeStatus.REFUSED, error=error.message, error_code=error.reason)
            raise

    async def _later(self, take: Take, error: Transient) -> Progress:
        """It is proven that nothing was charged: the same take may be sent again, in good time."""
        pause = self.policy.backoff_after(take.sends, self.ids.jitter())
        pause = max(pause, timedelta(seconds=error.retry_after or 0))
        waiting = take.revise(sent_at=None, next_at=self.clock.now() + pause)
        await self.takes.update(waiting)
        return Progress(take=waiting, wait=pause.total_seconds())

    async def _submitted(self, leg: Leg, take: Take, prediction: Prediction) -> Progress:
        submitted = take.become(
            TakeStatus.SUBMITTED,
            at=self.clock.now(),
            prediction_id=prediction.id,
            submitted_at=self.clock.now(),
            # Charged from acceptance on; given back if it fails without having run.
            cost=take.estimate,
            epoch=leg.number,
        )
        # Raises Conflict where a take with the same input adopted it first: ours is then found the same way.
        await self._save(take, submitted)
        return Progress(take=submitted, wait=self.policy.poll)

    # --- after a lost reply

    async def _adopt(self, leg: Leg, take: Take) -> Progress:
        since = take.intended_at - self.policy.clock_skew
        for prediction in await self._candidates(take, since):
            if await self.takes.by_prediction(prediction.id) is None:
                return await self._submitted(leg, take, prediction)
        now, sent = self.clock.now(), take.sent_at or take.intended_at
        if now < sent + self.policy.adoption:
            return Progress(take=take, wait=self.policy.poll)
        return await self._lose(leg, take, "its reply was lost and it can't be found")

    async def _candidates(self, take: Take, since: datetime) -> Sequence[Prediction]:
        found = await self.provider.created_since(since)
        return [
            p for p in found
            # An older one may be a take that was given up: adopting it would orphan ours. A later one may be ours
            # however late it is: whoever sent it may have stood still before.
            if p.created_at >= since and p.model == take.model and dict(p.input) == dict(take.input)
        ]  # fmt: skip

    async def _lose(self, leg: Leg, take: Take, why: str) -> Progress:
        return await self._finish(leg, take, TakeStatus.LOST, error=why, error_code="lost", cost=0)

    # --- while it runs

    async def _ask_after(self, leg: Leg, take: Take) -> Progress:
        assert take.prediction_id is not None
        try:
            prediction = await self.provider.get(take.prediction_id)
        except NotFound:
            return await self._lose(leg, take, "the provider has forgotten it")
        match prediction.status:
            case PredictionStatus.STARTING | PredictionStatus.PROCESSING:
                return await self._note(leg, take, prediction.progress)
            case PredictionStatus.SUCCEEDED:
                return await self._bring_home(leg, take, prediction)
            case PredictionStatus.CANCELED:
                return await self._finish(leg, take, TakeStatus.CANCELLED)
            case PredictionStatus.ABORTED:
                return await self._finish(leg, take, TakeStatus.ABORTED, cost=0, error="it was not begun")
            case PredictionStatus.FAILED:
                return await self._finish(
                    leg,
                    take,
                    TakeStatus.FAILED,
                    # Official models charge for what they deliver: a failure delivers nothing.
                    cost=0,
                    error=prediction.error or "the model failed",
                    error_code=prediction.error_code or "failed",
                )

    async def _note(self, leg: Leg, take: Take, progress: float) -> Progress:
        if progress - take.progress < 0.05:
            return Progress(take=take, wait=self.policy.poll)
        noted = take.revise(progress=progress, epoch=leg.number)
        await self.takes.update(noted)
        return Progress(take=noted, wait=self.policy.poll)

    async def _bring_home(self, leg: Leg, take: Take, prediction: Prediction) -> Progress:
        try:
            file = await self.bring_home(take, prediction)
        except NotFound:
            return await self._lose(leg, take, "its output had expired")
        except Rejected as error:
            return await self._finish(
                leg, take, TakeStatus.FAILED, error=error.message, error_code="bad_output"
            )
        return await self._finish(leg, take, TakeStatus.STORED, file=file, progress=1.0)

    # --- the end

    async def _finish(self, leg: Leg, take: Take, status: TakeStatus, **changes: Any) -> Progress:
        ended = take.become(status, at=self.clock.now(), epoch=leg.number, **changes)
        await self._save(take, ended)
        return Progress(take=ended)

    async def _save(self, before: Take, after: Take) -> None:
        """Write it, together with what it changes in the books."""
        settled = await self._settled(after)
        entry = entry_for(before, after, settled=settled, at=self.clock.now())
        await self.takes.update(after, entry=entry)

    async def _settled(self, take: Take) -> bool:
        """Whether the revision that pays has ended: then the cost is an entry of its own."""
        job = await self.jobs.get(take.job_id)
        return job.revision.number > take.revision or job.ended


def _check_covered(job: Job, committed: Micros, estimate: Micros) -> None:
    """Raise Rejected unless what is held pays for one more take."""
    held = job.revision.reservation.amount
    if committed + estimate > held:
        left = max(0, held - committed)
        raise Rejected(
            f"one more take costs ${estimate / 1e6:.6g}; ${left / 1e6:.6g} of what was held is left",
            code="budget_exhausted",
        )
