"""Stand-ins for FFmpeg, for tests of the order of things; the real composer has tests of its own.

A media file of theirs is a small JSON text that says what it would show.
"""

import asyncio
import json
from collections import Counter
from pathlib import Path

from omnigen.domain.errors import OmniGenError, Rejected
from omnigen.ports.composer import (
    CardRender,
    Clash,
    Programme,
    ProgrammeRender,
    Progress,
    SegmentMade,
    SegmentOutline,
    SegmentRender,
    SketchRender,
    SoundRender,
    Stem,
)
from omnigen.ports.inspector import Footage, MediaKind
from tests.fakes.clock import VirtualClock


def _read(path: Path) -> str:
    return path.read_text()


def _write(path: Path, text: str) -> None:
    path.write_text(text)


class FakeInspector:
    """`omnigen.ports.inspector.Inspector`."""

    async def inspect(self, path: Path, kind: MediaKind, *, sampled: bool = False) -> Footage:
        try:
            told = json.loads(_read(path))
        except ValueError as error:
            raise Rejected("it is no media file") from error
        if told["kind"] != kind:
            raise Rejected(f"it is {told['kind']}, not {kind}")
        return Footage(kind=kind, seconds=float(told.get("seconds", 0)))


class FakeComposer:
    """`omnigen.ports.composer.Composer`."""

    build = "stand-in 1"
    sketch_build = "stand-in 1"

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self.seconds = 0.0
        """How long the join takes."""
        self.rendered: Counter[int] = Counter()
        """How often each scene's segment was rendered."""
        self.segments: list[SegmentRender] = []
        self.joined: list[ProgrammeRender] = []
        self.prepared: list[Stem] = []
        self.mixed: list[SoundRender] = []
        self.drawn: list[CardRender] = []
        self.sketched: list[SketchRender] = []
        self.deaf: OmniGenError | None = None
        """Raised by every mixing."""
        self.refuses: list[OmniGenError] = []
        """Raised by the next calls, in order."""
        self.clashing: set[int] = set()
        """Scenes that can't be joined unless they are rendered without copying."""

    async def render_segment(
        self, render: SegmentRender, into: Path, *, on_progress: Progress | None = None
    ) -> None:
        self._check()
        assert render.clip.exists()
        assert render.before is None or render.before.exists()
        self.rendered[render.segment.number] += 1
        self.segments.append(render)
        await asyncio.sleep(0)  # as a process that runs beside us
        told = f"{render.segment} {render.clip.name} {render.before and render.before.name}"
        _write(into, told + ("" if render.copying else " without copying"))

    async def prepare(self, stem: Stem, into: Path) -> None:
        if self.deaf is not None:
            raise self.deaf
        self.prepared.append(stem)
        await asyncio.sleep(0)
        _write(into, f"a stem of {stem}")

    async def mix(self, render: SoundRender, into: Path) -> None:
        if self.deaf is not None:
            raise self.deaf
        assert all(scene.stem and scene.stem.exists() for scene in render.scenes)
        self.mixed.append(render)
        await asyncio.sleep(0)
        _write(into, f"sound, music: {render.music_stem and True}")

    async def join(
        self, render: ProgrammeRender, into: Path, *, on_progress: Progress | None = None
    ) -> Programme:
        self._check()
        for part in range(1, 11):
            await self._clock.sleep(self.seconds / 10)
            if on_progress is not None:
                on_progress(part / 10)
        odd = [n for n in self.clashing if "without copying" not in _read(render.segments[n - 1])]
        if odd:
            raise Clash(tuple(sorted(odd)))
        self.joined.append(render)
        video, poster = into / "programme.mp4", into / "poster.jpg"
        video.write_text("".join(s.read_text() for s in (*render.segments, render.sound)))
        poster.write_text("poster of " + render.title)
        sprites, sprites_vtt = into / "sprites.jpg", into / "sprites.vtt"
        sprites.write_text("sprites of " + render.title)
        sprites_vtt.write_text("WEBVTT")
        return Programme(
            video=video,
            poster=poster,
            captions=None,
            frames=render.timeline.frames,
            rate=render.timeline.rate,
            width=render.canvas.width,
            height=render.canvas.height,
            sprites=sprites,
            sprites_vtt=sprites_vtt,
            made=tuple(SegmentMade(why="a stand-in copies nothing") for _ in render.segments),
        )

    async def outline(self, render: SegmentRender) -> SegmentOutline:
        there = render.clip.exists() and (render.before is None or render.before.exists())
        copied = (0, render.segment.frames) if there else None
        return SegmentOutline(copied=copied, reason=None if there else "not there", commands=())

    async def draw_card(self, render: CardRender, into: Path) -> None:
        self._check()
        self.drawn.append(render)
        await asyncio.sleep(0)
        seconds = render.frames / render.canvas.rate
        told = {"kind": "video", "seconds": seconds, "card": [render.title, render.text, render.label]}
        _write(into, json.dumps(told))

    async def draw_sketch(self, render: SketchRender, into: Path) -> None:
        self._check()
        self.sketched.append(render)
        assert all(isinstance(s.picture, CardRender) or s.picture.exists() for s in render.shots)
        await asyncio.sleep(0)
        _write(into, f"sketch of {render.title}")

    def _check(self) -> None:
        if self.refuses:
            raise self.refuses.pop(0)
