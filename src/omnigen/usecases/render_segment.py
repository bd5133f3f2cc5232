"""Look into a stored clip, then render each segment whose clips are all there: this scene's, and the next one's."""

import hashlib
import json
import math
from pathlib import Path

from attrs import asdict, evolve, frozen

from omnigen.domain.captions import Cue, placed, programme_cues, within
from omnigen.domain.errors import Conflict, Rejected, Superseded
from omnigen.domain.job import Failure, Job, SceneState, SceneStatus
from omnigen.domain.storyboard import Captions, Storyboard
from omnigen.domain.take import StoredFile
from omnigen.domain.timeline import Canvas, Segment, Timeline, seconds_of
from omnigen.ports.assets import Assets
from omnigen.ports.clock import Clock
from omnigen.ports.composer import Composer, SegmentRender
from omnigen.ports.inspector import Footage, Inspector, MediaKind
from omnigen.ports.jobs import Jobs
from omnigen.ports.workflow import READY, STOP, Leg, Outcome
from omnigen.usecases.policy import Policy
from omnigen.usecases.step import Scope, storyboard_of
from omnigen.usecases.workspace import Workspace


@frozen(kw_only=True)
class Cutting:
    """What the segments of a revision are cut from, as far as it has come."""

    job: Job
    storyboard: Storyboard
    """With the lengths that the scenes really got."""
    scenes: tuple[SceneState, ...]
    timeline: Timeline
    canvas: Canvas

    @classmethod
    def of(cls, job: Job, storyboard: Storyboard, scenes: tuple[SceneState, ...], rate: int) -> "Cutting":
        """The cutting plan at this moment."""
        stretched = storyboard.stretched(s.frames for s in scenes)
        return cls(
            job=job,
            storyboard=stretched,
            scenes=scenes,
            timeline=Timeline.of(stretched, rate),
            canvas=Canvas.of(storyboard.aspect_ratio, storyboard.resolution, rate),
        )

    def clip(self, number: int) -> StoredFile:
        """The stored clip of a scene that is ready."""
        clip = self.scenes[number - 1].clip
        assert clip is not None, f"scene {number} is ready without a clip"
        return clip

    def sources(self, number: int) -> tuple[SceneState, ...]:
        """The scenes whose clips a segment is made of."""
        return tuple(self.scenes[n - 1] for n in self.timeline.segment(number).sources)

    def leaving(self, number: int) -> int:
        """Frames of a scene's clip that the next segment comes in from."""
        return self.timeline.segment(number + 1).overlap if number < len(self.scenes) else 0

    def cues(self) -> tuple[Cue, ...]:
        """All captions of the programme. Raises Rejected where a narration has no room."""
        said = {s.number: s.speech.seconds for s in self.scenes if s.speech is not None}
        spoken = {n: math.ceil(seconds * self.timeline.rate) for n, seconds in said.items()}
        texts = {n: self.storyboard.scene(n).narration or "" for n in said}
        return programme_cues(self.timeline, placed(self.timeline, spoken), texts)


@frozen(kw_only=True)
class RenderSegment:
    """Inspect a clip and render what has become renderable."""

    jobs: Jobs
    assets: Assets
    inspector: Inspector
    composer: Composer
    clock: Clock
    policy: Policy
    workspace: Workspace

    async def __call__(self, leg: Leg, number: int) -> Outcome:
        """READY, or STOP where the clip can't be used. Raises Superseded, Transient."""
        scope = await Scope.read(self.jobs, leg, self.clock)
        scenes = await self.jobs.scenes(leg.job_id, leg.revision)
        state = scenes[number - 1]
        if state.status is SceneStatus.STORED and not await self._admit(leg, state):
            return STOP
        if scope.closing or state.status is SceneStatus.REJECTED:
            return STOP
        cutting = await self.cutting(scope.job)
        try:
            for near in (number, number + 1):
                if near <= len(scenes) and self._renderable(cutting, near):
                    await self.render(cutting, near)
        except Rejected:
            return STOP
        return READY

    async def cutting(self, job: Job) -> Cutting:
        """What there is to cut, read afresh."""
        scenes = await self.jobs.scenes(job.id, job.revision.number)
        storyboard = await storyboard_of(self.jobs, job)
        return Cutting.of(job, storyboard, scenes, self.policy.frame_rate)

    async def _admit(self, leg: Leg, state: SceneState) -> bool:
        """Move a stored scene to ready or rejected."""
        assert state.clip is not None
        path = await self.workspace.bring(leg.job_id, state.clip)
        try:
            # All of it is decoded when it is rendered; decoding it twice would take a third of a job's time.
            self._check_length(state, await self.inspector.inspect(path, MediaKind.VIDEO, sampled=True))
        except Rejected as error:
            await self._reject(leg.number, state, error)
            return False
        ready = state.become(SceneStatus.READY, at=self.clock.now(), progress=1.0)
        await self._save(leg.number, ready)
        return True

    async def _reject(self, epoch: int, state: SceneState, error: Rejected) -> None:
        failure = Failure(
            code="clip_rejected",
            message=f"scene {state.number}: {error.message}",
            scene=state.number,
            retryable=True,
        )
        await self._save(epoch, state.become(SceneStatus.REJECTED, at=self.clock.now(), error=failure))

    def _check_length(self, state: SceneState, footage: Footage) -> None:
        wanted = seconds_of(state.frames, self.policy.frame_rate)
        # Half a second may be held on the last picture; more would be seen as a freeze.
        if footage.seconds < wanted - 0.5:
            raise Rejected(f"its clip is {footage.seconds:.2f} s long; {wanted:.2f} s were asked for")

    async def _save(self, epoch: int, state: SceneState) -> None:
        try:
            await self.jobs.update_scene(evolve(state, epoch=epoch))
        except Superseded:
            raise
        except Conflict:
            # The neighbour's call, or a repeated one, looked into the same clip: the same verdict.
            return

    @staticmethod
    def _renderable(cutting: Cutting, number: int) -> bool:
        """Burned-in captions wait for all scenes: a narration may push those after it."""
        burned = cutting.storyboard.soundtrack.captions is Captions.BURNED
        needed = cutting.scenes if burned else cutting.sources(number)
        return all(scene.status is SceneStatus.READY for scene in needed)

    async def render(self, cutting: Cutting, number: int) -> StoredFile:
        """The segment of a scene, from the store where it has been rendered before.

        Raises Rejected where one of its clips turns out to be damaged: the scene at fault is rejected by then.
        """
        segment = cutting.timeline.segment(number)
        render = SegmentRender(
            segment=segment,
            canvas=cutting.canvas,
            clip=Path(),
            before=None,
            cues=self._cues(cutting, segment),
        )
        key = self._key(cutting, render)
        async with self.workspace.lock(cutting.job.id, key):
            # The neighbour may be at it too: rendering is dear, so that one waits for the other.
            return await self.assets.head(key) or await self._render(cutting, render, key)

    async def _render(self, cutting: Cutting, render: SegmentRender, key: str) -> StoredFile:
        segment = render.segment
        paths = {n: await self.workspace.bring(cutting.job.id, cutting.clip(n)) for n in segment.sources}
        ready = evolve(
            render,
            clip=paths[segment.number],
            before=paths.get(segment.number - 1),
            tail=self._tail(cutting, segment.number),
            leave=self._tail(cutting, segment.number + 1),
            leaving=cutting.leaving(segment.number),
        )
        into = self.workspace.folder(cutting.job.id) / f"{Path(key).stem}.{id(ready):x}.mp4"
        try:
            await self.composer.render_segment(ready, into)
            stored = await self.assets.put(key, into, content_type="video/mp4", once=True)
            await self.workspace.keep(cutting.job.id, stored, into)
        except Rejected as error:
            await self._blame(cutting, segment.number, error)
            raise
        finally:
            into.unlink(missing_ok=True)
        return stored

    def _tail(self, cutting: Cutting, number: int) -> Path | None:
        """Where the end of the clip before a segment is left for it; None where it comes in by a cut."""
        if not 1 < number <= len(cutting.scenes) or not cutting.timeline.segment(number).overlap:
            return None
        segment, clip = cutting.timeline.segment(number), cutting.scenes[number - 2].clip
        assert clip is not None
        told = [self.composer.build, asdict(cutting.canvas), clip.sha256, segment.tail_start, segment.overlap]
        return self.workspace.folder(cutting.job.id) / f"tail-{number}-{_digest(told)[:32]}.nut"

    async def _blame(self, cutting: Cutting, number: int, error: Rejected) -> None:
        """Reject the scene whose clip broke a segment: the first that doesn't decode from end to end."""
        for state in cutting.sources(number):
            path = await self.workspace.bring(cutting.job.id, cutting.clip(state.number))
            try:
                await self.inspector.inspect(path, MediaKind.VIDEO)
            except Rejected as found:
                await self._reject(cutting.job.epoch, state, found)
                return
        await self._reject(cutting.job.epoch, cutting.scenes[number - 1], error)

    @staticmethod
    def _cues(cutting: Cutting, segment: Segment) -> tuple[Cue, ...]:
        if cutting.storyboard.soundtrack.captions is not Captions.BURNED:
            return ()
        return within(cutting.cues(), segment.start, segment.frames)

    def _key(self, cutting: Cutting, render: SegmentRender) -> str:
        """Made of all that decides the segment's bytes: the same segment is never rendered twice."""
        told = {
            "build": self.composer.build,
            "canvas": asdict(render.canvas),
            "segment": {**asdict(render.segment), "start": 0},
            "clips": [cutting.clip(n).sha256 for n in render.segment.sources],
            "cues": [asdict(cue) for cue in render.cues],
        }
        return f"jobs/{cutting.job.id}/segments/{_digest(told)}.mp4"


def _digest(told: object) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
