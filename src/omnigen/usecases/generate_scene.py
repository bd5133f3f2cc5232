"""One scene's takes: speech first (it may lengthen the scene), then a still where the model wants one, then the video."""

from functools import partial
from typing import Final

from attrs import evolve, frozen

from omnigen.domain.catalogue import Catalogue, Model, TakeKind
from omnigen.domain.errors import Conflict, Rejected, Superseded
from omnigen.domain.job import Failure, Job, SceneState, SceneStatus
from omnigen.domain.storyboard import Scene, Storyboard
from omnigen.domain.take import StoredFile, Take, TakeStatus
from omnigen.ports.assets import Assets
from omnigen.ports.clock import Clock
from omnigen.ports.jobs import Jobs
from omnigen.ports.workflow import READY, STOP, Leg, Outcome, wait
from omnigen.usecases.admit_upload import given
from omnigen.usecases.lend_file import LendFile
from omnigen.usecases.make_take import MakeTake
from omnigen.usecases.policy import Policy
from omnigen.usecases.scene_wishes import frames_with, speech_wish, spoken_over, still_wish, video_wish
from omnigen.usecases.step import Scope, overdue, storyboard_of
from omnigen.usecases.wish import Progress, Wish, standing

_DONE: Final = frozenset({SceneStatus.STORED, SceneStatus.READY})
_RETRYABLE: Final = frozenset({"failed", "lost", "aborted"})


@frozen(kw_only=True)
class GenerateScene:
    """Move one scene a step towards a stored clip."""

    jobs: Jobs
    assets: Assets
    catalogue: Catalogue
    clock: Clock
    policy: Policy
    make_take: MakeTake
    lend_file: LendFile

    async def __call__(self, leg: Leg, number: int) -> Outcome:
        """READY once the clip is stored, STOP once the scene can't be had. Raises Superseded, Transient."""
        scope = await Scope.read(self.jobs, leg, self.clock)
        states = await self.jobs.scenes(leg.job_id, leg.revision)
        state = states[number - 1]
        if state.status in _DONE:
            return READY
        if state.ended:
            return STOP
        try:
            if scope.closing:
                return await self._close(leg, scope.job, state)
            # What runs is paid for and worth keeping for a retry; nothing new begins once a scene has failed.
            return await self._go_on(leg, scope.job, state, going=not any(map(broken, states)))
        except Superseded:
            raise
        except Conflict:
            # A repeated call for the same scene got on meanwhile; the next look sees how far.
            return wait(leg, self.clock, self.policy.poll / 4)

    async def _go_on(self, leg: Leg, job: Job, state: SceneState, *, going: bool) -> Outcome:
        try:
            return await self._next(leg, job, state, going=going)
        except Rejected as error:
            return await self._refused(leg, state.number, error)

    async def _next(self, leg: Leg, job: Job, state: SceneState, *, going: bool) -> Outcome:
        storyboard = await storyboard_of(self.jobs, job)
        scene = storyboard.scene(state.number)
        if scene.placeholder:
            return await self._stand_in(leg, state, storyboard)
        model = self.catalogue.footage(storyboard.model)
        if state.status is SceneStatus.PENDING and going:
            state = await self._save(
                leg, state.become(SceneStatus.GENERATING, at=self.clock.now(), progress=0.02)
            )
        wish = await self._wish(state, scene, storyboard, model)
        made = await self.make_take(leg, job, wish, may_begin=going)
        # Of a model that makes stills, the still is all that there is: the composer moves over it.
        return await self._after(leg, state, made, going=going, last=wish.kind is model.kind)

    # --- what is wanted next

    async def _wish(self, state: SceneState, scene: Scene, storyboard: Storyboard, model: Model) -> Wish:
        if scene.narration and state.speech is None:
            return speech_wish(scene, storyboard, self.catalogue)
        clip = await self._video(state, scene, storyboard)
        if model.first_frame_required and scene.reference is None and state.still is None:
            takes = await self.make_take.takes.of_job(state.job_id) if scene.take else ()
            # A clip that was chosen is there already, and begins with no still of ours.
            if (made := standing(takes, clip, state.revision)) is None or made.id != scene.take:
                return still_wish(scene, storyboard, self.catalogue)
        return clip

    async def _video(self, state: SceneState, scene: Scene, storyboard: Storyboard) -> Wish:
        picture = await self._picture(state, scene)
        return video_wish(
            scene,
            storyboard,
            self.catalogue,
            frames=state.frames,
            rate=self.policy.frame_rate,
            picture=picture,
            image=partial(self.lend_file, picture) if picture is not None else None,
        )

    async def _picture(self, state: SceneState, scene: Scene) -> StoredFile | None:
        if scene.reference is None:
            return state.still
        return await given(self.assets, state.job_id, scene.reference)

    # --- what came of it

    async def _after(
        self, leg: Leg, state: SceneState, made: Progress, *, going: bool, last: bool
    ) -> Outcome:
        """`last` says whether the take is the scene's clip, after which nothing more is wanted."""
        take = made.take
        if made.stored and take is not None:
            return await (self._finished(leg, state, take) if last else self._stored(leg, state, take))
        if take is None or (not going and take.status is TakeStatus.CANCELLED):
            return STOP  # Given up because another scene failed: that one is to blame, not this.
        if take.ended:
            return await self._failed(leg, state, take)
        if last:
            await self._note(leg, state, take)
        return wait(leg, self.clock, made.wait)

    async def _finished(self, leg: Leg, state: SceneState, take: Take) -> Outcome:
        stored = state.become(
            SceneStatus.STORED, at=self.clock.now(), clip=take.file, video_take=take.id, progress=0.9
        )
        await self._save(leg, stored)
        return READY

    async def _stored(self, leg: Leg, state: SceneState, take: Take) -> Outcome:
        now, file = self.clock.now(), take.file
        assert file is not None
        if take.kind is TakeKind.SPEECH:
            frames = await self._frames_for(state, file)
            changed = state.revise(at=now, speech=file, speech_take=take.id, frames=frames, progress=0.1)
        else:
            changed = state.revise(at=now, still=file, still_take=take.id, progress=0.2)
        await self._save(leg, changed)
        return wait(leg, self.clock, 0.0)

    async def _frames_for(self, state: SceneState, speech: StoredFile) -> int:
        storyboard = await self.jobs.storyboard(state.job_id, state.revision)
        assert storyboard is not None
        return frames_with(speech, storyboard, state.number, self.catalogue, rate=self.policy.frame_rate)

    async def _stand_in(self, leg: Leg, state: SceneState, storyboard: Storyboard) -> Outcome:
        """A card will do for the clip; what is spoken over it is, where that is there already."""
        scene, takes = storyboard.scene(state.number), await self.make_take.takes.of_job(state.job_id)
        speech, frames = spoken_over(
            scene, storyboard, takes, state.revision, self.catalogue, self.policy.frame_rate
        )
        stood_in = state.become(
            SceneStatus.STORED,
            at=self.clock.now(),
            progress=0.9,
            frames=frames,
            speech=speech.file if speech else None,
            speech_take=speech.id if speech else None,
        )
        await self._save(leg, stood_in)
        return READY

    async def _failed(self, leg: Leg, state: SceneState, take: Take) -> Outcome:
        failure = Failure(
            code=f"take_{take.error_code or take.status}",
            message=f"scene {state.number}: {take.error or f'its {take.kind} was {take.status}'}",
            scene=state.number,
            retryable=(take.error_code or take.status) in _RETRYABLE,
            charged=take.cost if take.charged else 0,
        )
        await self._save(leg, state.become(SceneStatus.FAILED, at=self.clock.now(), error=failure))
        return STOP

    async def _refused(self, leg: Leg, number: int, error: Rejected) -> Outcome:
        """It can't be asked for at all: nothing was charged for it."""
        state = (await self.jobs.scenes(leg.job_id, leg.revision))[number - 1]
        failure = Failure(code=error.reason, message=f"scene {number}: {error.message}", scene=number)
        await self._save(leg, state.become(SceneStatus.FAILED, at=self.clock.now(), error=failure))
        return STOP

    async def _note(self, leg: Leg, state: SceneState, take: Take) -> None:
        progress = round(0.2 + 0.65 * take.progress, 3)
        if progress - state.progress >= 0.05 or state.video_take != take.id:
            await self._save(leg, state.revise(at=self.clock.now(), progress=progress, video_take=take.id))

    # --- no longer wanted

    async def _close(self, leg: Leg, job: Job, state: SceneState) -> Outcome:
        """Stop what runs; what comes of it is recorded as cost, and kept for a retry."""
        if overdue(job, self.clock, self.policy):
            return STOP
        takes = await self.make_take.takes.of_job(job.id)
        running = [t for t in takes if t.scene == state.number and not t.ended]
        if pause := await self.make_take.stop(leg, running):
            return wait(leg, self.clock, pause)
        if state.status in (SceneStatus.PENDING, SceneStatus.GENERATING):
            await self._save(leg, state.become(SceneStatus.CANCELLED, at=self.clock.now()))
        return STOP

    async def _save(self, leg: Leg, state: SceneState) -> SceneState:
        stamped = evolve(state, epoch=leg.number)
        await self.jobs.update_scene(stamped)
        return stamped


def broken(state: SceneState) -> bool:
    """Whether a scene's fate has decided its revision's."""
    return state.status in (SceneStatus.FAILED, SceneStatus.REJECTED)
