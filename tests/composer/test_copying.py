"""Pictures of clips that fit go into the programme as they are, however they are coded; every frame in its place."""

from itertools import cycle, pairwise
from pathlib import Path
from typing import Any, Final

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.adapters.ffmpeg.copying import Stretch
from omnigen.adapters.ffmpeg.plan import SegmentPlan
from omnigen.domain.captions import Cue
from omnigen.domain.errors import Rejected
from omnigen.domain.storyboard import CUT, TransitionKind
from omnigen.domain.timeline import Canvas, Clip, Timeline
from omnigen.ports.composer import Clash, SegmentRender
from tests.composer.scenes import CANVAS, Film, over, timeline
from tests.fixtures.clips import SAMPLE_RATE, ClipShelf, frames_of, numbers, onsets, samples_of

FRAMES: Final = 96
TICKS: Final = (12, 60)
TAGS: Final = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
UNEVEN: Final = rf"{TAGS},settb=1/240,setpts=10*N+3*gte(N\,40)"
B_FRAMES: Final = "b-adapt=0:b-pyramid=normal:scenecut=0"
SHAPES: Final[dict[str, tuple[str, ...]]] = {
    "short GOPs": ("-g", "12"),
    "longer GOPs": ("-g", "48", "-vf", f"{TAGS},setsar=1"),
    "B-pyramid": ("-g", "24", "-bf", "3", "-x264-params", B_FRAMES),
    "deep": ("-g", "30", "-bf", "7", "-x264-params", B_FRAMES),
    "one B-frame": ("-g", "16", "-bf", "1", "-x264-params", "b-adapt=0:scenecut=0"),
    "one IDR": ("-g", "250", "-bf", "2", "-x264-params", f"{B_FRAMES}:keyint=infinite"),
    "open GOPs": ("-g", "24", "-bf", "3", "-x264-params", f"{B_FRAMES}:open-gop=1"),
    "in-band parameters": ("-g", "24", "-x264-params", "repeat-headers=1"),
    "sound only of its own": ("-g", "24", "-an"),
}


def shaped(shelf: ClipShelf, shape: str, clip: int = 85, frames: int = FRAMES, **how: Any) -> Path:
    """A numbered clip that conforms."""
    how = {"tick_frames": TICKS, "rate": 24} | how
    options = ("-vf", TAGS, "-preset", "veryfast", *SHAPES[shape], "-threads", "1")
    return shelf.numbered(clip, frames, options=options, **how)


def planes(path: Path) -> list[np.ndarray[Any, Any]]:
    with av.open(str(path)) as container:
        return [frame.to_ndarray(format="yuv420p") for frame in container.decode(video=0)]


async def planned(composer: FfmpegComposer, film: Film, number: int, folder: Path) -> SegmentPlan:
    segment = film.timeline.segment(number)
    before = film.clips[number - 2] if segment.tail_start is not None else None
    render = SegmentRender(segment=segment, canvas=film.canvas, clip=film.clips[number - 1], before=before)
    return await composer.plan_segment(render, scratch=folder, into=folder / "x.mp4")


async def copied(composer: FfmpegComposer, film: Film, number: int, folder: Path) -> Stretch | str:
    return (await planned(composer, film, number, folder)).copied


@pytest.mark.parametrize("frames", [96, 95, 49, 37])
@pytest.mark.parametrize("shape", SHAPES)
async def test_after_a_cut_all_frames_are_the_clips_own(
    shape: str, frames: int, shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Bit by bit, but for the few behind the last frame at which it can be cut off."""
    film = Film(timeline=timeline(frames), clips=(shaped(shelf, shape),))
    made = await film.segment(composer, 1, tmp_path / "s.mp4")
    stretch = await copied(composer, film, 1, tmp_path)
    assert isinstance(stretch, Stretch)
    assert (stretch.start, stretch.end) >= (0, frames - 8)
    assert [numbers(f) for f in frames_of(made)] == [(85, n) for n in range(frames)]
    source, shown = planes(film.clips[0]), planes(made)
    assert all(np.array_equal(shown[n], source[n]) for n in range(stretch.end))


@pytest.mark.parametrize("overlap", [7, 12, 13])
@pytest.mark.parametrize("shape", SHAPES)
async def test_after_a_transition_frames_are_the_clips_own_from_its_next_idr_on(
    shape: str, overlap: int, shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    clips = (shaped(shelf, shape, 170), shaped(shelf, shape))
    film = Film(timeline=timeline(91, (89, over(TransitionKind.FADE, overlap))), clips=clips)
    made = await film.segment(composer, 2, tmp_path / "s.mp4")
    shown = [numbers(f) for f in frames_of(made)]
    assert shown[overlap:] == [(85, n) for n in range(overlap, 89)]
    assert shown[0] == (170, 91 - overlap)
    stretch = await copied(composer, film, 2, tmp_path)
    if shape in ("one IDR", "open GOPs"):
        assert isinstance(stretch, str)
        return
    assert isinstance(stretch, Stretch)
    source, bits = planes(film.clips[1]), planes(made)
    assert all(np.array_equal(bits[n], source[n]) for n in range(stretch.start, stretch.end))


@pytest.mark.parametrize(("shape", "commands"), [("short GOPs", 1), ("one IDR", 2)])
async def test_of_clips_that_can_be_entered_no_more_is_read_than_is_needed(
    shape: str, commands: int, shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Both at once, two frames more of each; a clip without a way in is decoded from its beginning, on its own."""
    film = Film(
        timeline=timeline(91, (FRAMES, over(TransitionKind.FADE, 7))),
        clips=(shaped(shelf, shape, 170), shaped(shelf, "short GOPs")),
    )
    steps = await planned(composer, film, 2, tmp_path)
    # The tail is frames 84 to 91, behind an IDR at 84; the head is frames 0 to 12.
    read = [float(c.args[n + 1]) for c in steps.commands for n, arg in enumerate(c.args) if arg == "-t"]
    assert len(steps.commands) == commands
    assert read == [
        pytest.approx(n / 24, abs=1e-3) for n in ((7 + 2, 12 + 2) if commands == 1 else (91 + 2, 14))
    ]


@st.composite
def programmes(draw: st.DrawFn) -> tuple[Timeline, list[str]]:
    """Scenes of every shape, with cuts and fades of any length."""
    lengths = draw(st.lists(st.integers(10, FRAMES), min_size=1, max_size=4))
    clips = [Clip(number=1, frames=lengths[0])]
    for number, (before, frames) in enumerate(pairwise(lengths), 2):
        overlap = draw(st.integers(0, min(before, frames) // 2))
        kind = draw(st.sampled_from([TransitionKind.FADE, TransitionKind.WIPE_LEFT]))
        clips.append(Clip(number=number, frames=frames, transition=over(kind, overlap) if overlap else CUT))
    # Open GOPs have the parameters of a B-pyramid; the others' clash with each other, all having the number 0.
    shapes = [draw(st.sampled_from(["B-pyramid", "captioned", "other rate"])) for _ in clips]
    return Timeline(clips=tuple(clips), rate=24), shapes


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(programmes())
async def test_copied_and_encoded_scenes_lie_side_by_side(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path, made: tuple[Timeline, list[str]]
) -> None:
    """Every frame and every tick in its place, whatever is copied."""
    plan, shapes = made
    clips = tuple(_clip(shelf, shape, code) for shape, code in zip(shapes, cycle((85, 170)), strict=False))
    film = Film(timeline=plan, clips=clips)
    programme = await film.programme(composer, tmp_path)
    shown = frames_of(programme.video)
    assert len(shown) == plan.frames
    for segment, shape, code in zip(plan.segments(), shapes, cycle((85, 170)), strict=False):
        for n in range(segment.overlap, segment.frames):
            assert numbers(shown[segment.start + n]) == (code, n), (segment, shape, n)


def _clip(shelf: ClipShelf, shape: str, code: int) -> Path:
    if shape in SHAPES:
        return shaped(shelf, shape, code)
    return shelf.numbered(code, FRAMES)  # not tagged: it doesn't conform


async def test_a_programme_of_copies_is_exact_and_no_larger_than_its_clips(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Picture and sound from the first frame to the last, five clips by cuts."""
    clips = tuple(shaped(shelf, "short GOPs", code) for code in (85, 170, 85, 170, 85))
    film = Film(timeline=timeline(96, 95, 96, 61, 96), clips=clips)
    programme = await film.programme(composer, tmp_path)
    shown = [numbers(f) for f in frames_of(programme.video)]
    expected = [
        (85 if n % 2 == 0 else 170, f) for n, c in enumerate(film.timeline.clips) for f in range(c.frames)
    ]
    assert shown == expected
    ticks = [
        (film.timeline.start_of(c.number) + t) * SAMPLE_RATE / 24 for c in film.timeline.clips for t in TICKS
    ]
    assert np.abs(np.array(onsets(samples_of(programme.video))) - ticks).max() < SAMPLE_RATE / 1000
    assert programme.video.stat().st_size <= sum(clip.stat().st_size for clip in clips)


async def test_the_same_inputs_give_the_same_bytes(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    clips = (shaped(shelf, "B-pyramid", 170), shaped(shelf, "B-pyramid"))
    film = Film(timeline=timeline(90, (89, over(TransitionKind.FADE, 9))), clips=clips)
    one, two = [await film.segment(composer, 2, tmp_path / name) for name in ("a.mp4", "b.mp4")]
    assert one.read_bytes() == two.read_bytes()


async def test_clips_with_other_parameters_under_the_same_number_clash(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """The rarer ones are named; encoded anew, they can be joined."""
    shapes = ("short GOPs", "one B-frame", "short GOPs")
    clips = tuple(shaped(shelf, shape, 85 + n) for n, shape in enumerate(shapes))
    film = Film(timeline=timeline(48, 47, 46), clips=clips)
    segments, sound = await film.segments(composer, tmp_path), await film.sound(composer, tmp_path)
    with pytest.raises(Clash) as caught:
        await composer.join(film.render(segments, sound), tmp_path / "out")
    assert caught.value.scenes == (2,)
    again = await film.segment(composer, 2, tmp_path / "again.mp4", copying=False)
    programme = await composer.join(film.render((segments[0], again, segments[2]), sound), tmp_path / "out")
    assert [numbers(f) for f in frames_of(programme.video)] == [
        (85 + n, f) for n, c in enumerate(film.timeline.clips) for f in range(c.frames)
    ]


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (("-vf", "null"), "not tagged as bt709 of limited range"),
        (("-vf", f"{TAGS},scale=80:48"), "80x48"),
        (("-vf", f"{TAGS},setsar=4/3"), "of pixels that aren't square"),
        (("-vf", TAGS, "-r", "25"), "not at a steady rate"),
        (("-vf", TAGS, "-pix_fmt", "yuv444p"), "yuv444p"),
        (("-vf", TAGS, "-c:v", "mpeg4"), "mpeg4"),
        (("-vf", TAGS, "-x264-params", "sps-id=31"), "parameter sets that have our numbers"),
        (("-vf", TAGS, "-video_track_timescale", "1000"), "not at a steady rate"),
        (("-vf", TAGS, "-output_ts_offset", "0.5"), "not at a steady rate"),
        (("-vf", UNEVEN, "-fps_mode", "vfr", "-enc_time_base", "1/240"), "not at a steady rate"),
    ],
)
async def test_what_does_not_conform_is_encoded_and_the_plan_says_why(
    options: tuple[str, ...], why: str, shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    clip = shelf.numbered(85, 48, tick_frames=None, options=options)
    stretch = await copied(composer, Film(timeline=timeline(48), clips=(clip,)), 1, tmp_path)
    assert isinstance(stretch, str)
    assert why in stretch


async def test_a_turned_clip_is_encoded(shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path) -> None:
    turned = shelf.made("-display_hflip", "-i", shaped(shelf, "short GOPs"), "-c", "copy")
    stretch = await copied(composer, Film(timeline=timeline(48), clips=(turned,)), 1, tmp_path)
    assert stretch == "the clip is turned"


async def test_captions_are_burned_into_what_is_encoded(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    film = Film(timeline=timeline(48), clips=(shaped(shelf, "short GOPs"),))
    plain = await film.segment(composer, 1, tmp_path / "a.mp4")
    burned = await film.segment(composer, 1, tmp_path / "b.mp4", (Cue(start=0, frames=40, text="Fish"),))
    assert np.abs(frames_of(plain)[20] - frames_of(burned)[20]).max() > 40


async def test_a_clip_a_little_short_is_copied_and_held_on_its_last_frame(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    film = Film(timeline=timeline(40), clips=(shaped(shelf, "B-pyramid", frames=31),))
    shown = [numbers(f)[1] for f in frames_of(await film.segment(composer, 1, tmp_path / "s.mp4"))]
    assert shown == [*range(31), *[30] * 9]


async def test_damage_in_a_copied_part_is_the_clips(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Nobody has decoded it before; what lies before it is encoded, and sound."""
    clips = (shaped(shelf, "short GOPs", 170), shaped(shelf, "short GOPs"))
    whole = bytearray(clips[1].read_bytes())
    with av.open(str(clips[1])) as container:
        packet = [p for p in container.demux(video=0) if p.size][40]
    start = packet.pos + 20
    whole[start : start + packet.size - 30] = bytes(packet.size - 30)
    (tmp_path / "clip.mp4").write_bytes(whole)
    film = Film(
        timeline=timeline(90, (90, over(TransitionKind.FADE, 9))), clips=(clips[0], tmp_path / "clip.mp4")
    )
    stretch = await copied(composer, film, 2, tmp_path)
    assert isinstance(stretch, Stretch)
    assert stretch.start <= 40 < stretch.end
    with pytest.raises(Rejected, match="the clip of scene 2 is damaged"):
        await film.segment(composer, 2, tmp_path / "s.mp4")
    assert not (tmp_path / "s.mp4").exists()


async def test_other_rates_are_copied_too(shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path) -> None:
    clips = tuple(shaped(shelf, "B-pyramid", code, rate=30) for code in (85, 170))
    film = Film(
        timeline=timeline(61, (59, over(TransitionKind.FADE, 11)), rate=30),
        clips=clips,
        canvas=Canvas(width=CANVAS.width, height=CANVAS.height, rate=30),
    )
    programme = await film.programme(composer, tmp_path)
    shown = [numbers(f) for f in frames_of(programme.video)]
    assert shown[:50] == [(85, n) for n in range(50)]
    assert shown[61:] == [(170, n) for n in range(11, 59)]
    assert isinstance(await copied(composer, film, 2, tmp_path), Stretch)
