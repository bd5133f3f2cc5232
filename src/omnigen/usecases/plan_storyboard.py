"""The paid planner: a language model writes the storyboard, and the free planner steps in where it can't be used."""

from attrs import evolve, frozen

from omnigen.domain.catalogue import Catalogue, TakeKind
from omnigen.domain.errors import Conflict, Invalid, QuotaExceeded, Rejected, Superseded
from omnigen.domain.feasibility import check_allowed, check_feasible
from omnigen.domain.job import Job, SceneState
from omnigen.domain.planner import plan
from omnigen.domain.planner.llm import instructions, read_plan
from omnigen.domain.pricing import estimate, price_of
from omnigen.domain.quota import QUOTAS
from omnigen.domain.storyboard import Brief, Storyboard
from omnigen.domain.take import Take, TakeStatus
from omnigen.ports.assets import Assets
from omnigen.ports.clock import Clock
from omnigen.ports.jobs import Jobs
from omnigen.ports.provider import Ask
from omnigen.ports.workflow import READY, Leg, Outcome, wait
from omnigen.usecases.fetch_text import fetch_text
from omnigen.usecases.generate_music import close_own_takes
from omnigen.usecases.make_take import MakeTake
from omnigen.usecases.policy import Policy
from omnigen.usecases.step import Scope
from omnigen.usecases.wish import Wish


@frozen(kw_only=True)
class PlanStoryboard:
    """Have a storyboard written, where the brief asked for a language model's."""

    jobs: Jobs
    assets: Assets
    catalogue: Catalogue
    clock: Clock
    policy: Policy
    make_take: MakeTake

    async def __call__(self, leg: Leg) -> Outcome:
        """READY once there is a storyboard; STOP once the job is to be closed."""
        scope = await Scope.read(self.jobs, leg, self.clock)
        job, brief = scope.job, scope.job.revision.brief
        if await self.jobs.storyboard(job.id, job.revision.number) is not None:
            return READY
        assert brief is not None, "a revision begins with a storyboard or with a brief"
        if scope.closing:
            return await close_own_takes(self.make_take, leg, job)
        try:
            made = await self.make_take(leg, job, self._wish(brief), may_begin=True)
        except Rejected as error:
            return await self._fall_back(leg, brief, error.message)
        assert made.take is not None, "a take that may begin has begun"
        if not made.take.ended:
            return wait(leg, self.clock, made.wait)
        return await self._use(leg, job, brief, made.take)

    def _wish(self, brief: Brief) -> Wish:
        model = self.catalogue.default(TakeKind.PLAN)
        video = self.catalogue.footage(brief.model)
        system, prompt = instructions(brief, video, rate=self.policy.frame_rate)
        return Wish(
            kind=TakeKind.PLAN,
            scene=None,
            model=model,
            ask=Ask(prompt=prompt, system=system),
            estimate=price_of(model),
        )

    async def _use(self, leg: Leg, job: Job, brief: Brief, take: Take) -> Outcome:
        if take.status is not TakeStatus.STORED or take.file is None:
            return await self._fall_back(leg, brief, take.error or f"its request was {take.status}")
        answer = await fetch_text(self.assets, take.file)
        try:
            storyboard = self._checked(job, brief, answer, take)
        except (Rejected, Invalid, QuotaExceeded) as error:
            return await self._fall_back(leg, brief, error.message)
        return await self._plan(leg, storyboard, note=None)

    def _checked(self, job: Job, brief: Brief, answer: str, take: Take) -> Storyboard:
        rate, held = self.policy.frame_rate, job.revision.reservation.amount
        video = self.catalogue.footage(brief.model)
        storyboard = read_plan(answer, brief, video, rate=rate)
        check_feasible(storyboard, video, rate=rate)
        check_allowed(storyboard, QUOTAS[job.tier], rate=rate)
        cost = estimate(storyboard, self.catalogue, rate=rate).at_most + take.cost
        if cost > held:
            raise Rejected(f"its plan may cost ${cost / 1e6:.2f}; ${held / 1e6:.2f} is held")
        return storyboard

    async def _fall_back(self, leg: Leg, brief: Brief, why: str) -> Outcome:
        video = self.catalogue.footage(brief.model)
        storyboard = plan(brief, video, rate=self.policy.frame_rate)
        note = f"The language model's plan could not be used ({why}); this is the free planner's."
        return await self._plan(leg, storyboard, note=note)

    async def _plan(self, leg: Leg, storyboard: Storyboard, *, note: str | None) -> Outcome:
        while True:
            job = (await Scope.read(self.jobs, leg, self.clock)).job
            if await self.jobs.storyboard(job.id, job.revision.number) is not None:
                return READY
            at = self.clock.now()
            planned = evolve(job.revise(at=at, note=note), title=storyboard.title)
            scenes = SceneState.of(job.id, job.revision.number, storyboard, at)
            try:
                await self.jobs.plan(planned, storyboard, scenes)
            except Superseded:
                raise
            except Conflict:
                continue  # A keep-alive, a cancel or a repeated call came in between: the next look tells which.
            return READY
