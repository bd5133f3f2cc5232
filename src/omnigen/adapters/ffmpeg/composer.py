"""The `Composer`: makes a plan, runs it, verifies what came out, and only then hands it over."""

import asyncio
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from importlib.metadata import version
from pathlib import Path
from typing import Final

import structlog
from attrs import evolve

from omnigen.adapters.ffmpeg import cards, plan, sketches
from omnigen.adapters.ffmpeg.build import FfmpegBuild
from omnigen.adapters.ffmpeg.finish import Finished, Finisher
from omnigen.adapters.ffmpeg.glances import GLANCES, Glancer
from omnigen.adapters.ffmpeg.label import label, labelled
from omnigen.adapters.ffmpeg.mixer import Mixer
from omnigen.adapters.ffmpeg.outlines import expected, outlined
from omnigen.adapters.ffmpeg.plan import Source
from omnigen.adapters.ffmpeg.probe import Looks, Prober, demuxer_of
from omnigen.adapters.ffmpeg.runner import Command, Frames, Runner
from omnigen.adapters.ffmpeg.splicer import DESK, Splicer
from omnigen.adapters.ffmpeg.stems import Stems
from omnigen.adapters.ffmpeg.turns import Turns
from omnigen.domain.captions import srt, webvtt
from omnigen.domain.errors import Rejected, Transient
from omnigen.domain.timeline import Canvas
from omnigen.ports.composer import (
    CardRender,
    Programme,
    ProgrammeRender,
    Progress,
    SegmentOutline,
    SegmentRender,
    SketchRender,
    SoundRender,
    Stem,
    Still,
)
from omnigen.ports.inspector import MediaKind
from omnigen.together import together

log = structlog.get_logger(__name__)

_PREFIX: Final = "compose-"
_ABANDONED_S: Final = 3600
"""No call takes so long: commands have limits of minutes."""


class FfmpegComposer:
    """Composes with FFmpeg 5.1 or later; at most `cores` processes run at a time, each on one thread."""

    def __init__(self, ffmpeg: FfmpegBuild, work_dir: Path, cores: int, looks: Looks | None = None) -> None:
        self._ffmpeg = ffmpeg
        self._work_dir = work_dir
        slots = asyncio.Semaphore(max(1, cores))
        self._turns = Turns(max(1, cores))
        self._prober = Prober(slots, looks)
        self._runner = Runner((str(ffmpeg.path),), slots)
        self._splicer = Splicer(slots)
        self._glancer = Glancer(Splicer(slots, GLANCES))
        self._desk = Splicer(slots, DESK)
        self._cores = max(1, cores)
        # Asked for with each key; to look the version up takes milliseconds.
        self._build = f"ffmpeg-{ffmpeg.version}+av-{version('av')}+{plan.RECIPE}"

    @property
    def build(self) -> str:
        """FFmpeg's version, that of the libraries that lay copied frames, and our recipe's."""
        return self._build

    @property
    def sketch_build(self) -> str:
        """FFmpeg's version and the recipe of sketches."""
        return f"ffmpeg-{self._ffmpeg.version}+{sketches.RECIPE}"

    async def render_segment(
        self, render: SegmentRender, into: Path, *, on_progress: Progress | None = None
    ) -> None:
        """Render one segment into the file `into`; see the port for the promise."""
        self._ffmpeg.require()
        async with self._scratch() as scratch, self._turns.turn(render) as ready:
            made = scratch / "segment.mp4"
            try:
                steps = await self._render(ready, scratch, made, on_progress)
            except Rejected:
                if ready.leave is None:
                    raise
                # What the next segment needs of the clip may be all that is wrong, or may hide what is.
                steps = await self._render(evolve(ready, leave=None), scratch, made, on_progress)
            await asyncio.to_thread(_left_behind, ready, scratch / plan.LEFT)
            await self._decodes(ready, steps, made)
            await asyncio.to_thread(label, made, steps.copied)
            await asyncio.to_thread(deliver, made, into)

    async def _render(
        self, render: SegmentRender, scratch: Path, made: Path, on_progress: Progress | None
    ) -> plan.SegmentPlan:
        steps = await self.plan_segment(render, scratch=scratch, into=made)
        log.info("segment.planned", scene=render.segment.number, copied=str(steps.copied))
        await self._run_all(steps, on_progress)
        return steps

    async def plan_segment(self, render: SegmentRender, *, scratch: Path, into: Path) -> plan.SegmentPlan:
        """Look at the clips and say which commands would render the segment; runs none of them."""
        number = render.segment.number
        clip, before = await together(self._source(render.clip, number, render.still), self._before(render))
        assert clip is not None
        logo = demuxer_of(render.mark.image, MediaKind.IMAGE, "the watermark") if render.mark else None
        return plan.plan_segment(render, clip, before, scratch=scratch, into=into, logo=logo)

    async def outline(self, render: SegmentRender) -> SegmentOutline:
        """Say how a segment would be rendered; see the port for the promise."""
        number, scratch = render.segment.number, Path(f"scratch-{render.segment.number}")
        clip = await self._named(render.clip, number, render.still, render.canvas)
        before = None
        if render.before is not None and render.segment.tail_start is not None:
            before = await self._named(render.before, number - 1, render.before_still, render.canvas)
        logo = "png_pipe" if render.mark else None
        into = Path(f"segment-{number}.mp4")
        return outlined(plan.plan_segment(render, clip, before, scratch=scratch, into=into, logo=logo))

    async def _named(self, path: Path, number: int, still: Still | None, canvas: Canvas) -> Source:
        """A clip by a name in place of its path; what is to be expected where it isn't there."""
        if not await asyncio.to_thread(path.exists):
            return expected(number, canvas)
        return evolve(await self._source(path, number, still), path=Path(f"clip-{number}"))

    async def prepare(self, stem: Stem, into: Path) -> None:
        """Decode a stem into the file `into`; see the port for the promise."""
        self._ffmpeg.require()
        async with self._scratch() as scratch:
            made = await Stems(self._runner, self._prober, scratch).make(stem, scratch / "stem.flac")
            await asyncio.to_thread(deliver, made, into)

    async def mix(self, render: SoundRender, into: Path) -> None:
        """Mix the sound into the file `into`; see the port for the promise."""
        self._ffmpeg.require()
        async with self._scratch() as scratch:
            stems = Stems(self._runner, self._prober, scratch)
            made = await Mixer(stems, self._desk, self._cores, scratch, self.build).mix(render)
            await asyncio.to_thread(deliver, made, into)

    async def join(
        self, render: ProgrammeRender, into: Path, *, on_progress: Progress | None = None
    ) -> Programme:
        """Join, verify, hand over; see the port for the promise."""
        self._ffmpeg.require()
        report = on_progress or _nobody
        async with self._scratch() as scratch:
            finished = await Finisher(self._glancer, self._splicer, self._prober, scratch).finish(render)
            report(0.9)
            programme = await asyncio.to_thread(_handed_over, render, finished, into)
        report(1.0)
        return programme

    async def draw_card(self, render: CardRender, into: Path) -> None:
        """Draw a card as a clip; see the port for the promise."""
        await self._drawn(lambda made: cards.draw_card(render, made), into)

    async def draw_sketch(self, render: SketchRender, into: Path) -> None:
        """Draw a sketch; see the port for the promise."""
        await self._drawn(lambda made: sketches.draw_sketch(render, made), into)

    async def _drawn(self, command: Callable[[Path], Command], into: Path) -> None:
        self._ffmpeg.require()
        async with self._scratch() as scratch:
            made = scratch / "drawn.mp4"
            await self._run(command(made), None)
            await asyncio.to_thread(deliver, made, into)

    async def _before(self, render: SegmentRender) -> Source | None:
        if render.segment.tail_start is None:
            return None
        if render.before is None:
            raise Transient(f"scene {render.segment.number} needs the clip before it for its transition")
        return await self._source(render.before, render.segment.number - 1, render.before_still)

    async def _source(self, path: Path, number: int, still: Still | None) -> Source:
        subject = f"the clip of scene {number}"
        kind = MediaKind.VIDEO if still is None else MediaKind.IMAGE
        demuxer = demuxer_of(path, kind, subject)
        look = await self._prober.look(path, subject, kind)
        return Source(path=path, demuxer=demuxer, look=look, subject=subject, still=still)

    async def _run_all(self, steps: plan.SegmentPlan, on_progress: Progress | None) -> None:
        total, done = sum(c.frames or 0 for c in steps.commands), 0
        for command in steps.commands:
            await self._run(command, _reported(on_progress, done, total))
            done += command.frames or 0
        if steps.splice is not None:
            await self._splicer.run(steps.splice)
        if on_progress is not None and not total:
            on_progress(1.0)

    async def _decodes(self, render: SegmentRender, steps: plan.SegmentPlan, made: Path) -> None:
        """Raise unless every frame of a fresh segment can be decoded: only such are ever joined.

        The copied ones have been decoded by nobody before. If what we have encoded is sound, they are at fault.
        """
        copied = None if isinstance(steps.copied, str) else f"the clip of scene {render.segment.number}"
        try:
            outcome = await self._runner.run(plan.plan_check(render, made, copied))
        except Rejected:
            for encoded in steps.encoded:
                await self._runner.run(plan.plan_check(render, encoded))
            raise
        if outcome.frames != render.segment.frames:
            subject = f"the segment of scene {render.segment.number}"
            raise Transient(f"{subject}: {outcome.frames} frames decode, not {render.segment.frames}")

    async def _run(self, command: Command, on_frames: Frames | None) -> None:
        outcome = await self._runner.run(command, on_frames)
        if command.frames is not None and outcome.frames != command.frames:
            raise Rejected(
                f"{command.blame} is too short: {command.frames} frames are needed, and it gave "
                f"{outcome.frames} with its last one held for half a second",
                code="bad_footage",
            )

    @asynccontextmanager
    async def _scratch(self) -> AsyncIterator[Path]:
        """A folder of one call; whatever happens in the call, it is gone afterwards."""
        try:
            folder = await asyncio.to_thread(_new_folder, self._work_dir)
        except OSError as error:
            raise Transient(f"the work folder {self._work_dir} can't be used") from error
        try:
            yield folder
        except OSError as error:
            log.warning("compose.disk", error=str(error))
            raise Transient("the composer's disk is full or unreadable") from error
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _new_folder(work_dir: Path) -> Path:
    """A fresh folder; those that a killed process has left behind go first."""
    work_dir.mkdir(parents=True, exist_ok=True)
    for left in work_dir.glob(f"{_PREFIX}*"):
        with suppress(FileNotFoundError):  # the call that it belongs to has ended meanwhile
            if time.time() - left.stat().st_mtime > _ABANDONED_S:
                shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=_PREFIX, dir=work_dir))


def deliver(made: Path, into: Path) -> None:
    """Move a finished file to its place in one step: nobody ever sees half of it."""
    into.parent.mkdir(parents=True, exist_ok=True)
    try:
        made.replace(into)
    except OSError:  # another file system
        partial = into.with_name(f".{into.name}.partial")
        try:
            shutil.copyfile(made, partial)
            partial.replace(into)
        finally:
            partial.unlink(missing_ok=True)


def _left_behind(render: SegmentRender, left: Path) -> None:
    """Take away the tail that was used up; hand over the one for the next segment."""
    if render.tail is not None:
        render.tail.unlink(missing_ok=True)
    if render.leave is not None and plan.tail_is_whole(render, left):
        deliver(left, render.leave)


def _handed_over(render: ProgrammeRender, finished: Finished, into: Path) -> Programme:
    seen = finished.glances
    captions = finished.video.with_name("captions.vtt") if render.cues else None
    if captions:
        captions.write_text(webvtt(render.cues, render.canvas.rate), encoding="utf-8")
        captions.with_suffix(".srt").write_text(srt(render.cues, render.canvas.rate), encoding="utf-8")

    def handed(path: Path | None) -> Path | None:
        if path is not None:
            deliver(path, into / path.name)
        return path and into / path.name

    deliver(seen.poster, into / seen.poster.name)
    return Programme(
        captions=handed(captions),
        captions_srt=handed(captions and captions.with_suffix(".srt")),
        sprites=handed(seen.sheet),
        sprites_vtt=handed(seen.sheet_vtt),
        made=tuple(labelled(segment) for segment in render.segments),
        poster=into / seen.poster.name,
        video=handed(finished.video) or finished.video,
        frames=render.timeline.frames,
        rate=render.canvas.rate,
        width=render.canvas.width,
        height=render.canvas.height,
    )


def _reported(on_progress: Progress | None, before: int, total: int) -> Frames | None:
    """Frames of one command as progress of the whole."""
    return None if on_progress is None else lambda done: on_progress(min(1.0, (before + done) / total))


def _nobody(_: float) -> None:
    """Progress that nobody wants to hear of."""
