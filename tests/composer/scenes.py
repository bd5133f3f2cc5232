"""Programmes of numbered clips, rendered for tests."""

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

from attrs import frozen
from hypothesis import strategies as st

from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.domain.captions import Cue
from omnigen.domain.storyboard import CUT, Transition, TransitionKind
from omnigen.domain.timeline import Canvas, Clip, Timeline
from omnigen.ports.composer import Clash, Programme, ProgrammeRender, SceneSound, SegmentRender, SoundRender

KINDS = [k for k in TransitionKind if k is not TransitionKind.CUT]
CANVAS = Canvas(width=160, height=96)


def names_in(folder: Path) -> set[str]:
    """What lies in a folder."""
    return {p.name for p in folder.iterdir()}


def over(kind: TransitionKind, frames: int) -> Transition:
    return Transition(kind=kind, frames=frames)


def timeline(*scenes: tuple[int, Transition] | int, rate: int = 24) -> Timeline:
    """Scenes by their frames, with the transition into them where it isn't a cut."""
    pairs = [(s, CUT) if isinstance(s, int) else s for s in scenes]
    clips = (Clip(number=n, frames=f, transition=t) for n, (f, t) in enumerate(pairs, 1))
    return Timeline(clips=tuple(clips), rate=rate)


@st.composite
def timelines(draw: st.DrawFn) -> Timeline:
    """Any legal timeline: transitions of at most half of the shorter neighbour."""
    lengths = draw(st.lists(st.integers(2, 400), min_size=1, max_size=12))
    clips = [Clip(number=1, frames=lengths[0])]
    for number, (before, frames) in enumerate(pairwise(lengths), 2):
        overlap = draw(st.integers(0, min(before, frames) // 2))
        kind = draw(st.sampled_from(KINDS))
        transition = Transition(kind=kind, frames=overlap) if overlap else CUT
        clips.append(Clip(number=number, frames=frames, transition=transition))
    return Timeline(clips=tuple(clips), rate=draw(st.integers(12, 60)))


@frozen(kw_only=True)
class Film:
    """A timeline with its clips."""

    timeline: Timeline
    clips: tuple[Path, ...]
    canvas: Canvas = CANVAS

    async def segment(
        self,
        composer: FfmpegComposer,
        number: int,
        into: Path,
        cues: tuple[Cue, ...] = (),
        *,
        tails: Path | None = None,
        copying: bool = True,
        **told: Any,
    ) -> Path:
        segment = self.timeline.segment(number)
        before = self.clips[number - 2] if segment.tail_start is not None else None
        render = SegmentRender(
            segment=segment,
            canvas=self.canvas,
            clip=self.clips[number - 1],
            before=before,
            cues=cues,
            copying=copying,
            tail=tails / f"{number}.nut" if tails and before else None,
            leave=tails / f"{number + 1}.nut" if tails else None,
            leaving=self.timeline.segment(number + 1).overlap if number < len(self.clips) else 0,
            **told,
        )
        await composer.render_segment(render, into)
        return into

    async def segments(self, composer: FfmpegComposer, folder: Path) -> tuple[Path, ...]:
        numbers = range(1, len(self.clips) + 1)
        return tuple([await self.segment(composer, n, folder / f"segment-{n}.mp4") for n in numbers])

    def sounds(self, *, narrations: Sequence[Path | None] = (), music: Path | None = None) -> SoundRender:
        spoken = [*narrations, *[None] * (len(self.clips) - len(narrations))]
        scenes = (
            SceneSound(number=n, clip=clip, narration=voice)
            for n, (clip, voice) in enumerate(zip(self.clips, spoken, strict=True), 1)
        )
        return SoundRender(timeline=self.timeline, scenes=tuple(scenes), music=music)

    async def sound(self, composer: FfmpegComposer, folder: Path, **heard: Any) -> Path:
        into = folder / "sound.mp4"
        await composer.mix(self.sounds(**heard), into)
        return into

    def render(
        self,
        segments: tuple[Path, ...],
        sound: Path,
        *,
        cues: tuple[Cue, ...] = (),
        title: str = "A film",
    ) -> ProgrammeRender:
        return ProgrammeRender(
            title=title,
            timeline=self.timeline,
            canvas=self.canvas,
            segments=segments,
            sound=sound,
            cues=cues,
        )

    async def programme(
        self,
        composer: FfmpegComposer,
        folder: Path,
        *,
        cues: tuple[Cue, ...] = (),
        title: str = "A film",
        **heard: Any,
    ) -> Programme:
        """As a job is composed: where clips of several encoders clash, the odd ones are encoded anew."""
        segments = await self.segments(composer, folder)
        sound = await self.sound(composer, folder, **heard)
        try:
            return await composer.join(self.render(segments, sound, cues=cues, title=title), folder / "out")
        except Clash as clash:
            odd = clash.scenes
        again = [
            await self.segment(composer, n, folder / f"again-{n}.mp4", copying=False) if n in odd else path
            for n, path in enumerate(segments, 1)
        ]
        return await composer.join(self.render(tuple(again), sound, cues=cues, title=title), folder / "out")
