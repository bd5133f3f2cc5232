"""All segments, the sound, the join: the finished programme, published under the hash of its content."""

import asyncio
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from attrs import evolve, frozen

from omnigen.domain.captions import Cue
from omnigen.domain.chapters import chapters
from omnigen.domain.errors import Conflict, Rejected, Superseded, Transient
from omnigen.domain.job import Job, JobStatus, Video
from omnigen.domain.storyboard import Captions
from omnigen.domain.take import StoredFile
from omnigen.ports.assets import Assets
from omnigen.ports.clock import Clock
from omnigen.ports.composer import Clash, Composer, Programme, ProgrammeRender
from omnigen.ports.jobs import Jobs
from omnigen.ports.workflow import READY, STOP, Leg, Outcome, Verdict
from omnigen.together import together
from omnigen.usecases.cutting import Cutting
from omnigen.usecases.manifest import Parts
from omnigen.usecases.mix_sound import MixSound
from omnigen.usecases.policy import Policy
from omnigen.usecases.publish_video import PublishVideo
from omnigen.usecases.render_segment import RenderSegment
from omnigen.usecases.step import Scope
from omnigen.usecases.workspace import Workspace

_BEAT: Final = 0.5
"""Seconds between two notes of progress, and between two looks whether the job was cancelled."""
_STEP: Final = 0.02
"""Progress that is worth a note."""
_NO_MUSIC: Final = "The music could not be made; the video has none."


class _Damaged(Exception):
    """A segment can't be rendered; the scene at fault has been rejected."""


@frozen(kw_only=True)
class ComposeVideo:
    """Compose, verify and publish. Segments that are there already are not rendered again."""

    jobs: Jobs
    assets: Assets
    composer: Composer
    clock: Clock
    policy: Policy
    workspace: Workspace
    render_segment: RenderSegment
    mix_sound: MixSound
    publish_video: PublishVideo

    async def __call__(self, leg: Leg) -> Outcome:
        """READY once the video is published, HANDOVER if the leg is too old to begin, STOP to be closed.

        Raises Rejected where the footage can't be composed; Superseded; Transient.
        """
        scope = await Scope.read(self.jobs, leg, self.clock)
        if scope.closing:
            return STOP
        if scope.job.revision.video is not None:
            return READY
        if self.clock.now() >= leg.until:
            return Outcome(verdict=Verdict.HANDOVER)
        cutting = await Cutting.read(self.jobs, scope.job, self.policy.frame_rate)
        if not cutting.ready:
            return STOP
        return await self._watched(leg, cutting)

    async def _watched(self, leg: Leg, cutting: Cutting) -> Outcome:
        """Compose, noting progress, and stop as soon as the job is cancelled or taken over."""
        done: list[float] = [0.0]
        work = asyncio.create_task(self._compose(leg, cutting, done))
        watch = asyncio.create_task(self._watch(leg, done))
        try:
            await asyncio.wait({work, watch}, return_when=asyncio.FIRST_COMPLETED)
            return work.result() if work.done() else watch.result()
        finally:
            for task in (work, watch):
                task.cancel()
            await asyncio.gather(work, watch, return_exceptions=True)

    async def _watch(self, leg: Leg, done: list[float]) -> Outcome:
        """Write how far it has come, beat by beat; ends where there is no sense in going on."""
        while True:
            # A lost write, or a store that can't be reached, is no reason to throw away what is being rendered.
            with suppress(Transient):
                scope = await Scope.read(self.jobs, leg, self.clock)
                if scope.closing:
                    return STOP
                await self._note(scope.job, round(done[0], 2))
            await self.clock.sleep(_BEAT)

    async def _note(self, job: Job, shown: float) -> None:
        if job.status is JobStatus.COMPOSING and shown - job.revision.progress < _STEP:
            return
        with suppress(Conflict):
            # A keep-alive or a cancel came in between, or another leg: the next look tells which.
            await self.jobs.update(_composing(job, self.clock.now(), progress=shown))

    # --- the work itself

    async def _compose(self, leg: Leg, cutting: Cutting, done: list[float]) -> Outcome:
        music = await self.mix_sound.music(cutting)
        # A folder of this call's own: a repeated one, or an older leg's, may be writing at the same time.
        with TemporaryDirectory(prefix="programme-", dir=self.workspace.folder(cutting.job.id)) as folder:
            try:
                parts = await self._parts(cutting, music, done)
                programme, parts = await self._joined(Path(folder), cutting, parts, done)
            except _Damaged:
                return STOP  # A clip has turned out to be damaged, and its scene is rejected.
            video = await self.publish_video(cutting, parts, programme)
        silent = music is None and cutting.storyboard.soundtrack.music is not None
        return await self._record(leg, video, note=_NO_MUSIC if silent else None)

    async def _parts(self, cutting: Cutting, music: StoredFile | None, done: list[float]) -> Parts:
        """All segments and the sound, side by side; most of them are in the store by now."""
        count = len(cutting.scenes)

        async def segment(number: int) -> StoredFile:
            stored = await self._segment(cutting, number)
            done[0] += 0.6 / count
            return stored

        async def sound() -> StoredFile:
            mixed = await self.mix_sound(cutting, music)
            await self.workspace.bring(cutting.job.id, mixed)
            done[0] += 0.2
            return mixed

        heard, *seen = await together(sound(), *(segment(n) for n in range(1, count + 1)))
        return Parts(segments=tuple(seen), sound=heard, music=music)

    async def _segment(self, cutting: Cutting, number: int, *, copying: bool = True) -> StoredFile:
        try:
            stored = await self.render_segment.render(cutting, number, copying=copying)
        except Rejected as error:
            raise _Damaged from error
        await self.workspace.bring(cutting.job.id, stored)
        return stored

    async def _joined(
        self, into: Path, cutting: Cutting, parts: Parts, done: list[float]
    ) -> tuple[Programme, Parts]:
        """The programme, and what it is really made of.

        Where clips of several encoders clash, some are encoded anew: one track, one set of numbers.
        """
        try:
            return await self._programme(into, cutting, parts, done), parts
        except Clash as clash:
            odd = clash.scenes
        numbered = dict(enumerate(parts.segments, 1))
        for number in odd:
            numbered[number] = await self._segment(cutting, number, copying=False)
        parts = evolve(parts, segments=tuple(numbered.values()))
        try:
            return await self._programme(into, cutting, parts, done), parts
        except Clash as clash:
            raise Transient(
                "the segments were encoded with different parameters and can't be joined"
            ) from clash

    async def _programme(self, into: Path, cutting: Cutting, parts: Parts, done: list[float]) -> Programme:
        base, bring = done[0], self.workspace.bring

        def advance(part: float) -> None:
            done[0] = base + (1 - base) * part

        render = ProgrammeRender(
            title=cutting.storyboard.title,
            timeline=cutting.timeline,
            canvas=cutting.canvas,
            segments=tuple([await bring(cutting.job.id, segment) for segment in parts.segments]),
            sound=await bring(cutting.job.id, parts.sound),
            cues=self._sidecar(cutting),
            burned=cutting.storyboard.soundtrack.captions is Captions.BURNED,
            language=cutting.storyboard.soundtrack.language,
            chapters=chapters(cutting.storyboard, cutting.timeline),
        )
        return await self.composer.join(render, into, on_progress=advance)

    @staticmethod
    def _sidecar(cutting: Cutting) -> tuple[Cue, ...]:
        return () if cutting.storyboard.soundtrack.captions is Captions.OFF else cutting.cues()

    async def _record(self, leg: Leg, video: Video, *, note: str | None) -> Outcome:
        """The conditional row, last: only what is wholly there is named."""
        while True:
            scope = await Scope.read(self.jobs, leg, self.clock)
            if scope.closing:
                return STOP
            if scope.job.revision.video == video:
                return READY  # It was written before: by this very call, whose reply nobody heard, or an older one.
            try:
                told = " ".join(filter(None, (scope.job.revision.note, note))) or None
                await self.jobs.update(
                    _composing(scope.job, self.clock.now(), video=video, progress=1.0, note=told)
                )
            except Superseded:
                raise
            except Conflict:
                continue
            return READY


def _composing(job: Job, at: datetime, **changes: Any) -> Job:
    """The job, composing at the latest from now on: one write, whichever status it comes from."""
    if job.status is JobStatus.GENERATING:
        return job.become(JobStatus.COMPOSING, at=at, **changes)
    return job.revise(at=at, **changes)
