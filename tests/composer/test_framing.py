"""Clips as they come: whatever their shape, colours and pixels are, the picture is right."""

from pathlib import Path

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.adapters.ffmpeg.framing import framed
from omnigen.adapters.ffmpeg.inspector import FfmpegInspector
from omnigen.adapters.ffmpeg.probe import Look
from omnigen.domain.errors import Rejected
from omnigen.domain.storyboard import AspectRatio, Fit, Resolution
from omnigen.domain.timeline import Canvas
from omnigen.ports.inspector import MediaKind
from tests.composer.scenes import Film, timeline
from tests.fixtures.clips import ClipShelf, frames_of, numbers

PATCHES = ((180, 60, 60), (60, 160, 60), (60, 60, 190), (128, 128, 128), (200, 200, 60), (60, 180, 180))
"""Colours side by side, as R'G'B' of bt709; all of them lie within bt601's primaries too."""
TOLERANCE = 6
"""Of 255, for each of R, G and B: two conversions through 8-bit YCbCr, and an encode."""


def _source() -> str:
    size = f"{160 // len(PATCHES)}x96"
    boxes = [f"color=0x{r:02x}{g:02x}{b:02x}:s={size}:r=24:d=0.5" for r, g, b in PATCHES]
    names = [f"[p{n}]" for n in range(len(boxes))]
    parts = [f"{box},format=gbrp{name}" for box, name in zip(boxes, names, strict=True)]
    return ";".join([*parts, f"{''.join(names)}hstack=inputs={len(boxes)},scale=160:96:flags=neighbor"])


def _patches(path: Path) -> NDArray[np.float64]:
    """The mean R'G'B' of each patch, by bt709 of limited range: as the file is tagged."""
    with av.open(str(path)) as container:
        planes = next(container.decode(video=0)).to_ndarray(format="yuv420p").astype(float)
    y, c = planes[:96], planes[96:].reshape(2, 48, 80)
    width = 160 / len(PATCHES)
    found = []
    for n in range(len(PATCHES)):
        a, b = round(n * width + width * 0.3), round(n * width + width * 0.7)
        luma = (y[20:76, a:b].mean() - 16) / 219
        cb, cr = ((c[k, 10:38, a // 2 : b // 2].mean() - 128) / 224 for k in (0, 1))
        red, blue = luma + 1.5748 * cr, luma + 1.8556 * cb
        found.append((red, (luma - 0.2126 * red - 0.0722 * blue) / 0.7152, blue))
    return np.array(found) * 255


async def _composed(clip: Path, composer: FfmpegComposer, folder: Path) -> Path:
    return await Film(timeline=timeline(8), clips=(clip,)).segment(composer, 1, folder / "s.mp4")


def _tagged(matrix: str, primaries: str, trc: str, full: str = "tv") -> tuple[str, ...]:
    return ("-colorspace", matrix, "-color_primaries", primaries, "-color_trc", trc, "-color_range", full)


_TO = "scale=out_color_matrix={}:out_range={}:flags=accurate_rnd+full_chroma_int,format={},setsar=1"
CLIPS = {
    "bt709": (_TO.format("bt709", "tv", "yuv420p"), _tagged("bt709", "bt709", "bt709")),
    "bt601 matrix": (_TO.format("smpte170m", "tv", "yuv420p"), _tagged("smpte170m", "bt709", "bt709")),
    "full range": (_TO.format("bt709", "pc", "yuv420p"), _tagged("bt709", "bt709", "bt709", "pc")),
    "no tags, small": (_TO.format("smpte170m", "tv", "yuv420p"), ()),
    "ten bits": (_TO.format("bt709", "tv", "yuv422p10le"), _tagged("bt709", "bt709", "bt709")),
    "RGB": ("format=gbrp", ("-c:v", "libx264rgb")),
    "bt601, primaries too": (
        "scale=out_color_matrix=bt709:out_range=tv,format=yuv444p,"
        "colorspace=iall=bt709:space=smpte170m:primaries=smpte170m:trc=smpte170m:range=tv:format=yuv444p",
        _tagged("smpte170m", "smpte170m", "smpte170m"),
    ),
    "bt2020, SDR": (
        "scale=out_color_matrix=bt709:out_range=tv,format=yuv444p10,"
        "colorspace=iall=bt709:space=bt2020ncl:primaries=bt2020:trc=bt2020-10:range=tv:format=yuv420p10",
        _tagged("bt2020nc", "bt2020", "bt2020-10"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CLIPS)
async def test_colours_come_out_as_they_were_meant(
    name: str, shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """R'G'B' of each patch within 6 of 255, whatever matrix, range, primaries or depth the clip came in."""
    conversion, options = CLIPS[name]
    coded = ("-c:v", "libx264", "-crf", "4", "-preset", "ultrafast", *options)
    clip = shelf.made("-filter_complex", f"{_source()},{conversion}[o]", "-map", "[o]", *coded)
    found = _patches(await _composed(clip, composer, tmp_path))
    assert np.abs(found - np.array(PATCHES)).max() <= TOLERANCE


@pytest.mark.parametrize("transfer", ["smpte2084", "arib-std-b67"], ids=["PQ", "HLG"])
async def test_high_dynamic_range_is_refused_and_the_scene_is_named(
    transfer: str, shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    options = ("-bsf:v", f"h264_metadata=transfer_characteristics={16 if transfer == 'smpte2084' else 18}")
    clip = shelf.numbered(85, 30, options=options)
    with pytest.raises(Rejected, match=r"the clip of scene 1 is HDR \((PQ|HLG)\); only SDR"):
        await _composed(clip, composer, tmp_path)


async def test_colours_that_nobody_can_convert_are_refused(
    shelf: ClipShelf, inspector: FfmpegInspector
) -> None:
    """YCgCo would come out green and purple."""
    clip = shelf.numbered(85, 10, options=("-bsf:v", "h264_metadata=matrix_coefficients=8"))
    with pytest.raises(Rejected, match=r"matrix 8 of H\.273"):
        await inspector.inspect(clip, MediaKind.VIDEO, sampled=True)


@pytest.mark.parametrize("pixels", ["gray", "yuv444p", "yuv411p", "yuva420p"])
async def test_odd_pixels_are_taken(
    pixels: str, shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    options = ("-c:v", "ffv1", "-pix_fmt", pixels)
    clip = shelf.numbered(85, 10, tick_frames=None, options=options, suffix=".mkv")
    shown = [numbers(f) for f in frames_of(await _composed(clip, composer, tmp_path))]
    assert shown == [(85, n) for n in range(8)]


async def test_uneven_times_keep_time(shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path) -> None:
    """A clip whose frames 8 to 15 last twice as long shows each of them twice."""
    steady = shelf.numbered(85, 24, tick_frames=None, suffix=".mkv")
    bent = "setpts='(N+clip(N-8,0,8))/(24*TB)'"
    clip = shelf.made(
        "-i", steady, "-vf", bent, "-fps_mode", "vfr", "-enc_time_base", "1/24", "-c:v", "libx264"
    )
    film = Film(timeline=timeline(32), clips=(clip,))
    shown = [numbers(f)[1] for f in frames_of(await film.segment(composer, 1, tmp_path / "s.mp4"))]
    assert shown == [*range(8), *(8 + n // 2 for n in range(16)), *range(16, 24)]


@pytest.mark.parametrize("turn", [90, 180, 270])
async def test_a_clip_that_was_filmed_on_its_side_is_turned(
    turn: int, shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    size = (160, 96) if turn == 180 else (96, 160)
    upright = shelf.numbered(85, 10, tick_frames=None, size=(160, 96))
    laid = {90: "transpose=1", 180: "hflip,vflip", 270: "transpose=2"}[turn]
    plain = shelf.made("-i", upright, "-vf", laid, "-c:v", "libx264", "-crf", "8")
    clip = shelf.made("-display_rotation", str(turn), "-i", plain, "-c", "copy")
    assert _size(plain) == size
    shown = [numbers(f) for f in frames_of(await _composed(clip, composer, tmp_path))]
    assert shown == [(85, n) for n in range(8)]


def _size(path: Path) -> tuple[int, int]:
    with av.open(str(path)) as container:
        return container.streams.video[0].width, container.streams.video[0].height


async def test_what_is_cropped_fills_the_picture(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """A square clip on a wide canvas: the middle of it, from side to side."""
    film = Film(timeline=timeline(8), clips=(shelf.numbered(255, 10, size=(160, 160)),))
    picture = frames_of(await film.segment(composer, 1, tmp_path / "s.mp4", fit=Fit.CROP))[4]
    assert picture[70:].min() > 180
    assert [int(v > 100) for v in picture[10, 10::20]] == [0, 0, 0, 0, 0, 1, 0, 0]


async def test_what_is_too_narrow_lies_over_itself_blurred(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """A tall clip on a wide canvas, by default: whole in the middle, and no black beside it."""
    film = Film(timeline=timeline(8), clips=(shelf.numbered(255, 10, size=(96, 160)),))
    shown = frames_of(await film.segment(composer, 1, tmp_path / "s.mp4"))
    assert len(shown) == 8
    picture = shown[4]
    assert picture[60:90, 56:104].min() > 180
    sides = np.hstack([picture[60:90, :48], picture[60:90, -48:]])
    assert 60 < sides.min() <= sides.max() < 170
    assert np.abs(np.diff(sides[:, :48], axis=1)).max() < 12


def _look(width: int, height: int) -> Look:
    return Look(
        width=width, height=height, rate=None, pixel_format="yuv420p", matrix=1, has_sound=False, coding="-"
    )


def test_a_shape_is_cropped_only_where_little_is_lost() -> None:
    wide, tall = Canvas(width=1280, height=720), Canvas(width=720, height=900)
    assert framed(_look(1920, 1080), wide, Fit.PAD) is Fit.CROP
    assert framed(_look(1280, 704), wide, Fit.AUTO) is Fit.CROP
    assert framed(_look(1280, 704), wide, Fit.PAD) is Fit.PAD
    assert framed(_look(720, 1280), tall, Fit.AUTO) is Fit.CROP
    assert framed(_look(1280, 720), tall, Fit.AUTO) is Fit.BLUR


@pytest.mark.parametrize("resolution", Resolution)
@pytest.mark.parametrize("shape", AspectRatio)
async def test_every_canvas_is_filled_from_clips_of_another_shape(
    shape: AspectRatio, resolution: Resolution, shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Exact frames, even sizes, the shorter side as it is called: 480, 720 or 1080."""
    canvas = Canvas.of(shape, resolution)
    clip = shelf.numbered(85, 6, size=(160, 128))
    film = Film(timeline=timeline(4), clips=(clip,), canvas=canvas)
    shown = frames_of(await film.segment(composer, 1, tmp_path / "s.mp4", fit=Fit.PAD))
    assert [f.shape for f in shown] == [(canvas.height, canvas.width)] * 4
    assert min(canvas.width, canvas.height) == int(resolution.removesuffix("p"))
    lit = shown[2] > 24
    rows, columns = np.flatnonzero(lit.any(axis=1)), np.flatnonzero(lit.any(axis=0))
    inner = shown[2][rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    assert inner.shape[1] / inner.shape[0] == pytest.approx(160 / 128, rel=0.01)
    assert numbers(inner) == (85, 2)
