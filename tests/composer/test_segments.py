"""A segment shows exactly the frames that the timeline names, whatever the clips are like."""

import os
import time
from pathlib import Path

import av
import numpy as np
import pytest

from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.domain.captions import Cue
from omnigen.domain.errors import Rejected, Transient
from omnigen.domain.storyboard import Fit, TransitionKind
from omnigen.domain.timeline import Canvas
from omnigen.ports.composer import SegmentRender
from tests.composer.scenes import CANVAS, Film, names_in, over, timeline
from tests.fixtures.clips import ClipShelf, bits, frames_of, luma, numbers

KINDS = [k for k in TransitionKind if k is not TransitionKind.CUT]


@pytest.fixture
def pair(shelf: ClipShelf) -> tuple[Path, Path]:
    """Clips 85 and 170: each bit of the one is the opposite of the other's."""
    return shelf.numbered(85, 30), shelf.numbered(170, 40)


async def test_a_cut_shows_the_clip_from_its_first_frame(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    film = Film(timeline=timeline(30), clips=(shelf.numbered(85, 40),))
    shown = frames_of(await film.segment(composer, 1, tmp_path / "s.mp4"))
    assert [numbers(f) for f in shown] == [(85, n) for n in range(30)]


@pytest.mark.parametrize("kind", KINDS)
async def test_a_transition_goes_from_the_tail_of_one_clip_into_the_next(
    kind: TransitionKind, pair: tuple[Path, Path], composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Its first frame is the clip before alone; from the overlap's end on it is the clip itself."""
    film = Film(timeline=timeline(30, (36, over(kind, 7))), clips=pair)
    shown = frames_of(await film.segment(composer, 2, tmp_path / "s.mp4"))
    assert len(shown) == 36
    assert numbers(shown[0]) == (85, 23)
    first = np.abs(shown[0] - luma(85, 23, (160, 96)))
    assert max(line.mean() for line in (first, first[0], first[-1], first[:, 0], first[:, -1])) < 12
    assert [numbers(f) for f in shown[7:]] == [(170, n) for n in range(7, 36)]
    middle = shown[3]
    assert np.abs(middle - luma(85, 26, (160, 96))).mean() > 4
    assert np.abs(middle - luma(170, 3, (160, 96))).mean() > 4


@pytest.mark.parametrize("kind", [TransitionKind.FADE, TransitionKind.SLIDE_UP, TransitionKind.IRIS_OPEN])
async def test_transitions_may_take_all_of_a_scene_between_them(
    kind: TransitionKind, pair: tuple[Path, Path], composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Half a scene going in and half a scene going out: no frame of it is ever seen alone but at the seam."""
    film = Film(timeline=timeline(24, (24, over(kind, 12)), (24, over(kind, 12))), clips=(*pair, pair[0]))
    shown = [frames_of(path) for path in await film.segments(composer, tmp_path)]
    assert [len(frames) for frames in shown] == [12, 12, 24]
    assert [numbers(f) for f in shown[0]] == [(85, n) for n in range(12)]
    assert numbers(shown[1][0]) == (85, 12)
    assert numbers(shown[2][0]) == (170, 12)
    assert [numbers(f) for f in shown[2][12:]] == [(85, n) for n in range(12, 24)]


async def test_a_fade_mixes_the_very_frames_in_the_very_parts(
    pair: tuple[Path, Path], composer: FfmpegComposer, tmp_path: Path
) -> None:
    film = Film(timeline=timeline(30, (36, over(TransitionKind.FADE, 12))), clips=pair)
    shown = frames_of(await film.segment(composer, 2, tmp_path / "s.mp4"))
    for n in range(12):
        before, after = (luma(c, f, (160, 96)).astype(float) for c, f in ((85, 18 + n), (170, n)))
        expected = before * (1 - n / 12) + after * n / 12
        assert np.abs(bits(shown[n]) - bits(expected)).max() < 8


async def test_the_segment_before_a_transition_ends_where_the_transition_begins(
    pair: tuple[Path, Path], composer: FfmpegComposer, tmp_path: Path
) -> None:
    film = Film(timeline=timeline(30, (36, over(TransitionKind.FADE, 12))), clips=pair)
    shown = frames_of(await film.segment(composer, 1, tmp_path / "s.mp4"))
    assert [numbers(f) for f in shown] == [(85, n) for n in range(18)]


async def test_other_frame_rates_keep_time(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Frame n of the canvas shows the source's frame at the same time, to half a frame."""
    film = Film(timeline=timeline(24), clips=(shelf.numbered(85, 32, rate=30),))
    shown = [numbers(f)[1] for f in frames_of(await film.segment(composer, 1, tmp_path / "s.mp4"))]
    assert len(shown) == 24
    assert all(abs(frame / 30 - n / 24) <= 0.5 / 24 + 0.5 / 30 for n, frame in enumerate(shown))


@pytest.mark.parametrize(
    ("size", "options", "bars"),
    [
        ((96, 160), (), "left and right"),
        ((160, 48), (), "above and below"),
        ((160, 96), ("-bsf:v", "h264_metadata=sample_aspect_ratio=1/2"), "left and right"),
    ],
    ids=["portrait", "panorama", "narrow pixels"],
)
async def test_a_clip_of_another_shape_is_padded_not_stretched(
    size: tuple[int, int],
    options: tuple[str, ...],
    bars: str,
    shelf: ClipShelf,
    composer: FfmpegComposer,
    tmp_path: Path,
) -> None:
    film = Film(timeline=timeline(8), clips=(shelf.numbered(255, 10, size=size, options=options),))
    picture = frames_of(await film.segment(composer, 1, tmp_path / "s.mp4", fit=Fit.PAD))[4]
    assert picture.shape == (96, 160)
    edges = (picture[:, :8], picture[:, -8:]) if bars == "left and right" else (picture[:8], picture[-8:])
    assert all(edge.mean() < 20 for edge in edges)
    assert picture[60, 80] > 180


async def test_a_clip_without_sound_or_tags_in_another_container_is_taken(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    film = Film(timeline=timeline(20), clips=(shelf.numbered(85, 24, tick_frames=None, suffix=".mkv"),))
    shown = frames_of(await film.segment(composer, 1, tmp_path / "s.mp4"))
    assert [numbers(f) for f in shown] == [(85, n) for n in range(20)]


async def test_a_clip_a_little_short_is_held_on_its_last_frame(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    film = Film(timeline=timeline(30), clips=(shelf.numbered(85, 20),))
    shown = [numbers(f)[1] for f in frames_of(await film.segment(composer, 1, tmp_path / "s.mp4"))]
    assert shown == [*range(20), *[19] * 10]


async def test_a_clip_much_too_short_is_refused_by_scene_and_leaves_nothing(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path, work_dir: Path
) -> None:
    clips = (shelf.numbered(85, 30), shelf.numbered(170, 16))
    film = Film(timeline=timeline(30, (40, over(TransitionKind.FADE, 6))), clips=clips)
    with pytest.raises(Rejected, match="the clip of scene 2 is too short"):
        await film.segment(composer, 2, tmp_path / "s.mp4")
    assert not (tmp_path / "s.mp4").exists()
    assert names_in(work_dir) == set()


async def test_a_tail_much_too_short_is_blamed_on_the_clip_before(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    clips = (shelf.numbered(85, 8), shelf.numbered(170, 40))
    film = Film(timeline=timeline(30, (40, over(TransitionKind.FADE, 6))), clips=clips)
    with pytest.raises(Rejected, match="the clip of scene 1 is too short"):
        await film.segment(composer, 2, tmp_path / "s.mp4")


async def test_hdr_is_refused_by_name(shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path) -> None:
    pq = ("-bsf:v", "h264_metadata=transfer_characteristics=16:colour_primaries=9:matrix_coefficients=9")
    film = Film(timeline=timeline(8), clips=(shelf.numbered(85, 10, options=pq),))
    with pytest.raises(Rejected, match=r"scene 1 is HDR \(PQ\)"):
        await film.segment(composer, 1, tmp_path / "s.mp4")


@pytest.mark.parametrize(
    ("source", "tags"),
    [
        ("out_color_matrix=bt709:out_range=tv", ("bt709", "tv")),
        ("out_color_matrix=bt601:out_range=tv", ("smpte170m", "tv")),
        ("out_color_matrix=bt709:out_range=pc", ("bt709", "pc")),
        ("out_color_matrix=bt601:out_range=tv", (None, "tv")),
    ],
    ids=["bt709", "bt601", "full range", "untagged small"],
)
async def test_colours_survive_other_tags(
    source: str, tags: tuple[str | None, str], shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Orange stays orange, however the clip writes it down."""
    matrix, span = tags
    said = f"setparams=range={span}" + (f":colorspace={matrix}" if matrix else "")
    orange = shelf.made(
        *("-f", "lavfi", "-i", "color=0xE08020:s=160x96:r=24:d=0.5", "-crf", "5"),
        *("-vf", f"format=gbrp,scale={source},format=yuv420p,{said}"),
    )
    film = Film(timeline=timeline(8), clips=(orange,))
    path = await film.segment(composer, 1, tmp_path / "s.mp4")
    with av.open(str(path)) as container:
        planes = next(container.decode(video=0)).to_ndarray(format="yuv420p")
    y, u, v = planes[:96].mean(), planes[96:120].mean(), planes[120:].mean()
    assert (y, u, v) == pytest.approx((137.5, 76.2, 174.0), abs=2.5)


async def test_captions_are_seen_on_their_frames_only(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Special characters are letters like any other."""
    film = Film(
        timeline=timeline(20),
        clips=(shelf.numbered(0, 20, size=(320, 180)),),
        canvas=Canvas(width=320, height=180),
    )
    cues = (Cue(start=5, frames=6, text="It's 50%: [a], \\n;\nfine = %{n}"),)
    shown = frames_of(await film.segment(composer, 1, tmp_path / "s.mp4", cues))
    lit = [n for n, f in enumerate(shown) if f[140:, :].max() > 220]
    assert lit == list(range(5, 11))


async def test_the_same_inputs_give_the_same_bytes(
    pair: tuple[Path, Path], composer: FfmpegComposer, tmp_path: Path
) -> None:
    film = Film(timeline=timeline(30, (36, over(TransitionKind.DISSOLVE, 7))), clips=pair)
    one, two = [await film.segment(composer, 2, tmp_path / name) for name in ("a.mp4", "b.mp4")]
    assert one.read_bytes() == two.read_bytes()


async def test_a_tail_that_was_left_behind_gives_the_same_bytes(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """It only saves decoding a clip twice; it is gone once it was used."""
    clips = (shelf.numbered(1, 30, tick_frames=None), shelf.numbered(2, 30, tick_frames=None))
    film = Film(timeline=timeline(30, (30, over(TransitionKind.FADE, 8))), clips=clips)
    alone = [await film.segment(composer, n, tmp_path / f"alone-{n}.mp4") for n in (1, 2)]
    tails = tmp_path / "tails"
    first = await film.segment(composer, 1, tmp_path / "first.mp4", tails=tails)
    assert names_in(tails) == {"2.nut"}
    second = await film.segment(composer, 2, tmp_path / "second.mp4", tails=tails)
    assert names_in(tails) == set()
    assert [p.read_bytes() for p in (first, second)] == [p.read_bytes() for p in alone]


async def test_a_tail_of_a_clip_too_short_is_not_left(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """What a clip hasn't got is told as without a tail."""
    clips = (shelf.numbered(1, 12, tick_frames=None), shelf.numbered(2, 30, tick_frames=None))
    film = Film(timeline=timeline(40, (30, over(TransitionKind.FADE, 8))), clips=clips)
    render = film.timeline.segment(1)
    assert render.frames == 32
    with pytest.raises(Rejected, match="the clip of scene 1 is too short: 32 frames are needed"):
        await film.segment(composer, 1, tmp_path / "first.mp4", tails=tmp_path / "tails")
    assert not (tmp_path / "tails").exists()


async def test_a_clip_without_a_tail_gives_its_own_segment(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    clips = (shelf.numbered(1, 20, tick_frames=None), shelf.numbered(2, 30, tick_frames=None))
    film = Film(timeline=timeline(40, (30, over(TransitionKind.FADE, 8))), clips=clips)
    await film.segment(composer, 1, tmp_path / "first.mp4", tails=tmp_path / "tails")
    assert not (tmp_path / "tails").exists()


async def test_a_clip_that_is_gone_is_the_machines_fault(composer: FfmpegComposer, tmp_path: Path) -> None:
    film = Film(timeline=timeline(8), clips=(tmp_path / "gone.mp4",))
    with pytest.raises(Transient, match="can't be read"):
        await film.segment(composer, 1, tmp_path / "s.mp4")


async def test_progress_only_goes_forward_and_ends_at_one(
    pair: tuple[Path, Path], composer: FfmpegComposer, tmp_path: Path
) -> None:
    segment = timeline(30, (36, over(TransitionKind.FADE, 7))).segment(2)
    render = SegmentRender(segment=segment, canvas=CANVAS, clip=pair[1], before=pair[0])
    seen: list[float] = []
    await composer.render_segment(render, tmp_path / "s.mp4", on_progress=seen.append)
    assert seen == sorted(seen)
    assert seen[-1] == 1.0


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"#EXTM3U\n#EXTINF:10,\n/etc/passwd\n", "the clip of scene 1 is not an MP4"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", "the clip of scene 1 is not an MP4"),
        (b"\0\0\0\x18ftypisom" + bytes(200), "the clip of scene 1 is damaged"),
    ],
    ids=["playlist", "concat script", "hollow"],
)
async def test_a_clip_in_disguise_is_refused_though_nobody_inspected_it(
    content: bytes, reason: str, composer: FfmpegComposer, tmp_path: Path
) -> None:
    (tmp_path / "clip.mp4").write_bytes(content)
    film = Film(timeline=timeline(8), clips=(tmp_path / "clip.mp4",))
    with pytest.raises(Rejected, match=reason):
        await film.segment(composer, 1, tmp_path / "s.mp4")
    assert not (tmp_path / "s.mp4").exists()


async def test_damage_deep_in_a_clip_is_found_by_rendering_it(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Nobody has decoded all of a clip before: its segment must not show what is broken."""
    whole = bytearray(shelf.numbered(1, 96, options=("-movflags", "+faststart")).read_bytes())
    start = whole.index(b"mdat") + len(whole) // 4
    whole[start : start + len(whole) // 3] = bytes(len(whole) // 3)
    (tmp_path / "clip.mp4").write_bytes(whole)
    film = Film(timeline=timeline(96), clips=(tmp_path / "clip.mp4",))
    with pytest.raises(Rejected, match="the clip of scene 1 is"):
        await film.segment(composer, 1, tmp_path / "s.mp4")


async def test_a_clip_that_breaks_off_is_refused(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    whole = shelf.numbered(1, 96, options=("-movflags", "+faststart")).read_bytes()
    (tmp_path / "clip.mp4").write_bytes(whole[: len(whole) // 2])
    film = Film(timeline=timeline(96), clips=(tmp_path / "clip.mp4",))
    with pytest.raises(Rejected, match="the clip of scene 1 is"):
        await film.segment(composer, 1, tmp_path / "s.mp4")


async def test_what_a_killed_process_left_behind_is_cleared_away(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path, work_dir: Path
) -> None:
    for name, age_s in (("compose-old", 7200), ("compose-busy", 60)):
        (work_dir / name).mkdir(parents=True)
        os.utime(work_dir / name, (time.time() - age_s,) * 2)
    film = Film(timeline=timeline(8), clips=(shelf.numbered(85, 10),))
    await film.segment(composer, 1, tmp_path / "s.mp4")
    assert names_in(work_dir) == {"compose-busy"}
