"""Draw a sketch, or find it where it has been drawn before. Clips are made small first, one by one, and kept."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import msgspec
from attrs import field, frozen

from omnigen.domain.errors import Invalid, Rejected, Transient
from omnigen.domain.sketch import Shot, Sketch
from omnigen.domain.storyboard import CUT
from omnigen.domain.take import StoredFile
from omnigen.domain.timeline import Segment, seconds_of
from omnigen.ports.assets import Assets
from omnigen.ports.composer import CardRender, Composer, SegmentRender, ShotRender, SketchRender, Still
from omnigen.ports.sketcher import ANIMATICS, PREVIEWS
from omnigen.usecases.cutting import digest_of

_WAITING: Final = 4
"""Sketches that may wait for the one that is being drawn; whoever comes then is asked to come again."""
_BUSY_S: Final = 3.0
_LONGEST_S: Final = 20.0
"""For clips to be made small while somebody waits: those that are, are kept, and the next call goes on with the others."""
_CLIPS: Final = 2
"""Clips that are made small at a time."""


@frozen(kw_only=True)
class DrawSketch:
    """`omnigen.ports.sketcher.Sketcher`, where there is FFmpeg. One at a time in a process: it has other work."""

    assets: Assets
    find_composer: Callable[[], Composer]
    """Called in a thread when it is first needed: to look for FFmpeg takes a while."""
    _turn: asyncio.Lock = field(factory=asyncio.Lock, init=False, repr=False)
    _inside: list[None] = field(factory=list, init=False, repr=False)

    async def __call__(self, sketch: Sketch, folder: str) -> StoredFile:
        """See the port for the promise."""
        if not folder.startswith((ANIMATICS, PREVIEWS)):
            raise Invalid(f"folder is {folder[:80]!r}; sketches lie under {ANIMATICS} or {PREVIEWS}")
        composer = await asyncio.to_thread(self.find_composer)
        key = f"{folder}/{digest_of([composer.sketch_build, msgspec.to_builtins(sketch)])}.mp4"
        found = await self.assets.head(key)
        if found is not None:
            return found
        async with self._admitted():
            # Whoever waited may have waited for the very same one.
            return await self.assets.head(key) or await self._draw(composer, sketch, folder, key)

    @asynccontextmanager
    async def _admitted(self) -> AsyncIterator[None]:
        if len(self._inside) > _WAITING:
            raise Transient("too many sketches are being drawn", retry_after=_BUSY_S, code="busy")
        self._inside.append(None)
        try:
            async with self._turn:
                yield
        finally:
            self._inside.pop()

    async def _draw(self, composer: Composer, sketch: Sketch, folder: str, key: str) -> StoredFile:
        with TemporaryDirectory(prefix="omnigen-sketch-") as name:
            work, into = Path(name), Path(name) / "sketch.mp4"
            shots = await self._shots(composer, sketch, folder, work)
            render = SketchRender(
                canvas=sketch.canvas,
                title=sketch.title,
                shots=shots,
                cues=sketch.cues,
                caption_style=sketch.caption_style,
            )
            await composer.draw_sketch(render, into)
            seconds = seconds_of(sketch.frames, sketch.canvas.rate)
            return await self.assets.put(key, into, content_type="video/mp4", seconds=seconds)

    async def _shots(
        self, composer: Composer, sketch: Sketch, folder: str, work: Path
    ) -> tuple[ShotRender, ...]:
        """All scenes; of their clips, which may be large, only a few lie here at a time."""
        places = asyncio.Semaphore(_CLIPS)

        async def one(shot: Shot) -> ShotRender:
            async with places:
                return await self._shot(composer, sketch, shot, folder, work)

        try:
            async with asyncio.timeout(_LONGEST_S), asyncio.TaskGroup() as group:
                tasks = [group.create_task(one(shot)) for shot in sketch.shots]
        except TimeoutError:
            raise Transient("the clips are still being made small", retry_after=1, code="busy") from None
        except ExceptionGroup as several:
            raise several.exceptions[0] from None
        return tuple(task.result() for task in tasks)

    async def _shot(
        self, composer: Composer, sketch: Sketch, shot: Shot, folder: str, work: Path
    ) -> ShotRender:
        """A scene as it is drawn: its clip made small, or its card."""
        picture: Path | CardRender
        try:
            picture = await self._small(composer, sketch, shot, folder, work) or _card(sketch, shot)
        except Rejected:
            picture = _card(sketch, shot.as_card(f"The clip of scene {shot.number} can't be shown"))
        return ShotRender(frames=shot.frames, transition=shot.transition, picture=picture)

    async def _small(
        self, composer: Composer, sketch: Sketch, shot: Shot, folder: str, work: Path
    ) -> Path | None:
        """The clip at the sketch's size, made once; None where there is none. Raises Rejected for a bad one."""
        if shot.clip is None:
            return None
        told = [
            composer.build,
            msgspec.to_builtins(sketch.canvas),
            sketch.fit,
            shot.clip.sha256,
            shot.frames,
            shot.move if shot.clip.is_picture else None,
        ]
        key, into = f"{folder}/clips/{digest_of(told)}.mp4", work / f"{shot.number}.mp4"
        if await self.assets.head(key) is not None:
            await self.assets.fetch(key, into)
            return into
        clip = work / f"{shot.number}.clip"
        await self.assets.fetch(shot.clip.key, clip)
        try:
            await composer.render_segment(_whole(sketch, shot, clip), into)
        finally:
            clip.unlink()
        await self.assets.put(key, into, content_type="video/mp4")
        return into


def _whole(sketch: Sketch, shot: Shot, clip: Path) -> SegmentRender:
    """All that is seen of a clip, as a segment by itself: foreign files have one way in."""
    segment = Segment(number=shot.number, transition=CUT, tail_start=None, frames=shot.frames, start=0)
    still = shot.clip is not None and shot.clip.is_picture
    return SegmentRender(
        segment=segment,
        canvas=sketch.canvas,
        clip=clip,
        before=None,
        copying=False,
        fit=sketch.fit,
        still=Still(frames=shot.frames, seed=shot.move) if still else None,
    )


def _card(sketch: Sketch, shot: Shot) -> CardRender:
    return CardRender(
        canvas=sketch.canvas,
        frames=shot.frames,
        title=shot.title,
        text=shot.text,
        label=shot.label,
        seed=shot.seed,
    )
