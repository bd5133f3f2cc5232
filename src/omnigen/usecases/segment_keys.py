"""Keys of what is rendered: a segment that an earlier revision rendered is known again, whatever its number has become.

A key is made of all that decides the bytes. What is told of the content stands in front, FFmpeg's build behind
it: whoever has no FFmpeg can still tell from a listing whether something would have to be rendered anew.
"""

from pathlib import Path
from typing import Final

from attrs import asdict

from omnigen.domain.captions import Cue, layout_of, within
from omnigen.domain.job import SceneState
from omnigen.domain.storyboard import Captions, Storyboard
from omnigen.domain.timeline import Canvas, Segment
from omnigen.ports.composer import CardRender, SegmentRender, Still
from omnigen.usecases.cutting import Cutting, digest_of

_BUILD: Final = 16
"""Letters of a key that stand for FFmpeg's build."""


def segment_render(cutting: Cutting, number: int, *, copying: bool = True) -> SegmentRender:
    """What is to be rendered of a scene; its clips are filled in by whoever has them at hand."""
    segment = cutting.timeline.segment(number)
    return SegmentRender(
        segment=segment,
        canvas=cutting.canvas,
        clip=Path(),
        before=None,
        cues=_cues(cutting, segment),
        caption_style=cutting.storyboard.soundtrack.caption_style,
        copying=copying,
        fit=cutting.storyboard.fit,
        still=still_of(cutting, number),
        before_still=still_of(cutting, number - 1) if segment.overlap else None,
    )


def still_of(cutting: Cutting, number: int) -> Still | None:
    """How a scene's picture is moved over; None where its clip moves by itself."""
    if not cutting.clip(number).is_picture:
        return None
    scene = cutting.storyboard.scene(number)
    return Still(frames=scene.frames, seed=scene.seed)


def segment_content(cutting: Cutting, render: SegmentRender) -> str:
    """All that decides a segment's bytes but the build. Its place in the programme doesn't."""
    mark = cutting.storyboard.watermark
    told = {
        "canvas": asdict(render.canvas),
        "segment": {**asdict(render.segment), "number": 0, "start": 0},
        "clips": [cutting.clip(n).sha256 for n in render.segment.sources],
        "cues": [asdict(cue) for cue in render.cues],
        "caption_style": render.cues and render.caption_style,
        "copying": render.copying,
        "fit": render.fit,
        "stills": [still and asdict(still) for still in (render.still, render.before_still)],
        # What was admitted under an id never changes.
        "watermark": mark and asdict(mark),
    }
    return f"jobs/{cutting.job.id}/segments/{digest_of(told)}"


def card_render(storyboard: Storyboard, state: SceneState, rate: int) -> CardRender:
    """The card that stands in for a scene's clip."""
    scene = storyboard.scene(state.number)
    return CardRender(
        canvas=Canvas.of(storyboard.aspect_ratio, storyboard.resolution, rate),
        frames=state.frames,
        title=f"Scene {scene.number}",
        text=scene.prompt,
        label="Placeholder: no clip yet",
        seed=scene.seed,
    )


def card_content(job_id: str, render: CardRender) -> str:
    """All that decides a card's bytes but the build."""
    return f"jobs/{job_id}/cards/{digest_of(asdict(render))}"


def built(content: str, build: str, suffix: str = ".mp4") -> str:
    """The key of some content as a build of FFmpeg makes it."""
    return f"{content}-{digest_of(build)[:_BUILD]}{suffix}"


def content_of(key: str) -> str:
    """The content that a key is of, whichever build made it."""
    return key.rpartition("-")[0]


def _cues(cutting: Cutting, segment: Segment) -> tuple[Cue, ...]:
    if cutting.storyboard.soundtrack.captions is not Captions.BURNED:
        return ()
    layout = layout_of(cutting.storyboard.soundtrack.caption_style)
    return within(cutting.cues(layout), segment.start, segment.frames)
