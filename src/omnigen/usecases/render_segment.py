"""Look into a stored clip, then render each segment whose clips are all there: this scene's, and the next one's."""

from pathlib import Path

from attrs import asdict, evolve, frozen

from omnigen.domain.errors import Conflict, Rejected, Superseded
from omnigen.domain.job import Failure, SceneState, SceneStatus
from omnigen.domain.storyboard import Captions
from omnigen.domain.take import StoredFile
from omnigen.domain.timeline import seconds_of
from omnigen.ports.assets import Assets
from omnigen.ports.clock import Clock
from omnigen.ports.composer import CardRender, Composer, Mark, SegmentRender
from omnigen.ports.inspector import Footage, Inspector, MediaKind
from omnigen.ports.jobs import Jobs
from omnigen.ports.workflow import READY, STOP, Leg, Outcome
from omnigen.together import together
from omnigen.usecases.admit_upload import given
from omnigen.usecases.cutting import Cutting, digest_of
from omnigen.usecases.mix_sound import MixSound
from omnigen.usecases.policy import Policy
from omnigen.usecases.segment_keys import (
    built,
    card_content,
    card_render,
    segment_content,
    segment_render,
    still_of,
)
from omnigen.usecases.step import Scope
from omnigen.usecases.workspace import Workspace


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
    mix_sound: MixSound

    async def __call__(self, leg: Leg, number: int) -> Outcome:
        """READY, or STOP where the clip can't be used. Raises Superseded, Transient."""
        scope = await Scope.read(self.jobs, leg, self.clock)
        scenes = await self.jobs.scenes(leg.job_id, leg.revision)
        state = scenes[number - 1]
        fresh = state.status is SceneStatus.STORED
        if fresh and not await self._admit(leg, state):
            return STOP
        if scope.closing or state.status is SceneStatus.REJECTED:
            return STOP
        cutting = await Cutting.read(self.jobs, scope.job, self.policy.frame_rate)
        # What is to be heard is decoded, and mixed once the last clip has come, while the pictures are rendered.
        early = self.mix_sound.early(cutting, number) if fresh else None
        try:
            await together(self._render_near(cutting, number), *([early] if early else []))
        except Rejected:
            return STOP
        return READY

    async def _render_near(self, cutting: Cutting, number: int) -> None:
        for near in (number, number + 1):
            if near <= len(cutting.scenes) and self._renderable(cutting, near):
                await self.render(cutting, near)

    async def _admit(self, leg: Leg, state: SceneState) -> bool:
        """Move a stored scene to ready or rejected. Stored without a clip it is a placeholder, and gets a card."""
        if state.clip is None:
            card = await self._card(leg, state)
            ready = state.become(SceneStatus.READY, at=self.clock.now(), progress=1.0, clip=card)
            await self._save(leg.number, ready)
            return True
        try:
            if not await self._admitted_before(leg, state):
                await self._inspect(leg, state, state.clip)
        except Rejected as error:
            await self._reject(leg.number, state, error)
            return False
        ready = state.become(SceneStatus.READY, at=self.clock.now(), progress=1.0)
        await self._save(leg.number, ready)
        return True

    async def _admitted_before(self, leg: Leg, state: SceneState) -> bool:
        """Whether the revision before had the same clip, and found it good for as long as it is wanted now."""
        if leg.revision == 1:
            return False
        before = await self.jobs.scenes(leg.job_id, leg.revision - 1)
        return any(
            scene.status is SceneStatus.READY and scene.clip == state.clip and scene.frames >= state.frames
            for scene in before
        )

    async def _inspect(self, leg: Leg, state: SceneState, clip: StoredFile) -> None:
        path = await self.workspace.bring(leg.job_id, clip)
        # All of it is decoded when it is rendered; decoding it twice would take a third of a job's time.
        footage = await self.inspector.inspect(path, _kind(clip), sampled=True)
        if footage.kind is MediaKind.VIDEO:
            self._check_length(state, footage)

    async def _card(self, leg: Leg, state: SceneState) -> StoredFile:
        """What is shown for a scene that has no clip; from the store where it has been drawn before."""
        storyboard = await self.jobs.storyboard(leg.job_id, leg.revision)
        assert storyboard is not None, "a scene has a storyboard"
        render = card_render(storyboard, state, self.policy.frame_rate)
        key = built(card_content(leg.job_id, render), self.composer.build)
        async with self.workspace.lock(leg.job_id, key):
            return await self.assets.head(key) or await self._draw(leg.job_id, render, key)

    async def _draw(self, job_id: str, render: CardRender, key: str) -> StoredFile:
        into = self.workspace.folder(job_id) / f"{Path(key).stem}.{id(render):x}.mp4"
        try:
            await self.composer.draw_card(render, into)
            return await self.assets.put(key, into, content_type="video/mp4", once=True)
        finally:
            into.unlink(missing_ok=True)

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

    async def render(self, cutting: Cutting, number: int, *, copying: bool = True) -> StoredFile:
        """The segment of a scene, from the store where it has been rendered before.

        `copying` is off after a `Clash`: no picture of the clip goes in as it is.
        Raises Rejected where one of its clips turns out to be damaged: the scene at fault is rejected by then.
        """
        render = segment_render(cutting, number, copying=copying)
        key = built(segment_content(cutting, render), self.composer.build)
        async with self.workspace.lock(cutting.job.id, key):
            # The neighbour may be at it too: rendering is dear, so that one waits for the other.
            return await self.workspace.look(cutting.job.id, key) or await self._render(cutting, render, key)

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
            mark=await self._mark(cutting),
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
        segment, clip, fit = (
            cutting.timeline.segment(number),
            cutting.clip(number - 1),
            cutting.storyboard.fit,
        )
        still = still_of(cutting, number - 1)
        told: list[object] = [self.composer.build, asdict(cutting.canvas), clip.sha256, fit]
        told += [segment.tail_start, segment.overlap, still and asdict(still)]
        return self.workspace.folder(cutting.job.id) / f"tail-{number}-{digest_of(told)[:32]}.nut"

    async def _mark(self, cutting: Cutting) -> Mark | None:
        """The watermark, where there is one. Raises Transient, NotFound."""
        wanted = cutting.storyboard.watermark
        if wanted is None:
            return None
        file = await given(self.assets, cutting.job.id, wanted.image)
        image = await self.workspace.bring(cutting.job.id, file)
        return Mark(image=image, corner=wanted.corner, opacity=wanted.opacity, width=wanted.width)

    async def _blame(self, cutting: Cutting, number: int, error: Rejected) -> None:
        """Reject the scene whose clip broke a segment: the first that doesn't decode from end to end."""
        for state in cutting.sources(number):
            clip = cutting.clip(state.number)
            path = await self.workspace.bring(cutting.job.id, clip)
            try:
                await self.inspector.inspect(path, _kind(clip))
            except Rejected as found:
                await self._reject(cutting.job.epoch, state, found)
                return
        await self._reject(cutting.job.epoch, cutting.scenes[number - 1], error)


def _kind(clip: StoredFile) -> MediaKind:
    return MediaKind.IMAGE if clip.is_picture else MediaKind.VIDEO
