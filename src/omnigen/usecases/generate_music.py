"""The music: a take of the job, made side by side with the scenes. A video without it is still a video."""

from attrs import frozen

from omnigen.domain.catalogue import Catalogue, TakeKind
from omnigen.domain.errors import Rejected
from omnigen.domain.job import Job
from omnigen.domain.pricing import price_of
from omnigen.domain.storyboard import Storyboard
from omnigen.domain.take import Take
from omnigen.domain.timeline import seconds_of
from omnigen.ports.clock import Clock
from omnigen.ports.jobs import Jobs
from omnigen.ports.provider import Ask
from omnigen.ports.takes import Takes
from omnigen.ports.workflow import READY, STOP, Leg, Outcome, wait
from omnigen.usecases.generate_scene import broken
from omnigen.usecases.make_take import MakeTake
from omnigen.usecases.policy import Policy
from omnigen.usecases.step import Scope, overdue, storyboard_of
from omnigen.usecases.wish import Wish, standing


@frozen(kw_only=True)
class GenerateMusic:
    """Move the music a step on."""

    jobs: Jobs
    catalogue: Catalogue
    clock: Clock
    policy: Policy
    make_take: MakeTake

    async def __call__(self, leg: Leg) -> Outcome:
        """READY once it is stored, isn't wanted or can't be had; STOP once the job is to be closed."""
        scope = await Scope.read(self.jobs, leg, self.clock)
        if scope.closing:
            return await close_own_takes(self.make_take, leg, scope.job)
        wish = music_wish(await storyboard_of(self.jobs, scope.job), self.catalogue, self.policy)
        if wish is None:
            return READY
        scenes = await self.jobs.scenes(leg.job_id, leg.revision)
        try:
            made = await self.make_take(leg, scope.job, wish, may_begin=not any(map(broken, scenes)))
        except Rejected:
            return READY
        if made.take is None or made.take.ended:
            return READY
        return wait(leg, self.clock, made.wait)


async def close_own_takes(make_take: MakeTake, leg: Leg, job: Job) -> Outcome:
    """Stop those takes that are the job's own, no scene's. STOP once none is left, or it is too late to wait."""
    if overdue(job, make_take.clock, make_take.policy):
        return STOP
    takes = await make_take.takes.of_job(job.id)
    pause = await make_take.stop(leg, [t for t in takes if t.scene is None and not t.ended])
    return wait(leg, make_take.clock, pause) if pause else STOP


def music_wish(storyboard: Storyboard, catalogue: Catalogue, policy: Policy) -> Wish | None:
    """What music to ask for; None for a film without."""
    if storyboard.soundtrack.music is None:
        return None
    model = catalogue.default(TakeKind.MUSIC)
    return Wish(
        kind=TakeKind.MUSIC,
        scene=None,
        model=model,
        ask=Ask(
            prompt=storyboard.soundtrack.music,
            seconds=round(seconds_of(storyboard.frames, policy.frame_rate)),
        ),
        estimate=price_of(model),
    )


async def stored_music(takes: Takes, job: Job, wish: Wish | None) -> Take | None:
    """The music that was made for a wish, if any was; an earlier revision's may have another length."""
    if wish is None:
        return None
    take = standing(await takes.of_job(job.id), wish, job.revision.number)
    return take if take is not None and take.file is not None else None
