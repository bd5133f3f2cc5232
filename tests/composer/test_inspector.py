"""What the inspector finds in good files, and that it refuses bad and hostile ones in plain words."""

import os
import struct
import zlib
from fractions import Fraction
from pathlib import Path

import pytest
from attrs import evolve

from omnigen.adapters.ffmpeg.inspector import FfmpegInspector
from omnigen.domain.errors import Rejected, Transient
from omnigen.ports.inspector import MediaKind
from tests.fixtures.clips import ClipShelf, ffmpeg, tone

SECRET = "#EXTM3U\n#EXTINF:10,\n/etc/passwd\n#EXT-X-ENDLIST\n"


async def test_a_clip_is_described_as_it_is_shown(shelf: ClipShelf, inspector: FfmpegInspector) -> None:
    found = await inspector.inspect(shelf.numbered(1, 40, rate=25, tick_frames=[1]), MediaKind.VIDEO)
    assert (found.width, found.height, found.frames, found.rate) == (160, 96, 40, Fraction(25))
    assert (found.codec, found.pixel_format, found.has_sound) == ("h264", "yuv420p", True)
    assert found.seconds == pytest.approx(1.6, abs=0.05)


async def test_a_turned_clip_has_the_size_that_is_seen(shelf: ClipShelf, inspector: FfmpegInspector) -> None:
    upright = shelf.numbered(1, 10, tick_frames=None)
    turned = shelf.made("-display_rotation", "90", "-i", upright, "-c", "copy")
    found = await inspector.inspect(turned, MediaKind.VIDEO)
    assert (found.width, found.height) == (96, 160)


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
async def test_an_image_is_described(suffix: str, shelf: ClipShelf, inspector: FfmpegInspector) -> None:
    image = shelf.made(*("-f", "lavfi", "-i", "testsrc2=s=64x48:d=1", "-frames:v", "1"), suffix=suffix)
    found = await inspector.inspect(image, MediaKind.IMAGE)
    assert (found.width, found.height, found.frames, found.seconds) == (64, 48, 1, 0)


@pytest.mark.parametrize("suffix", [".wav", ".mp3", ".flac", ".ogg", ".m4a"])
async def test_sound_is_described(suffix: str, shelf: ClipShelf, inspector: FfmpegInspector) -> None:
    sound = shelf.made("-i", shelf.sound(tone(1.5, 440)), suffix=suffix)
    found = await inspector.inspect(sound, MediaKind.SOUND)
    assert found.has_sound
    assert found.codec
    assert found.frames == 0
    assert found.seconds == pytest.approx(1.5, abs=0.1)


def _png_bomb() -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return len(body).to_bytes(4) + kind + body + zlib.crc32(kind + body).to_bytes(4)

    header = (30_000).to_bytes(4) * 2 + bytes([8, 0, 0, 0, 0])
    rows = zlib.compress(bytes(1_000_000), 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("content", "kind", "reason"),
    [
        (b"", MediaKind.VIDEO, "is not an MP4"),
        (b"no video at all", MediaKind.VIDEO, "is not an MP4"),
        (SECRET.encode(), MediaKind.VIDEO, "is not an MP4"),
        (b"ffconcat version 1.0\nfile /etc/passwd\n", MediaKind.VIDEO, "is not an MP4"),
        (b"<?xml version='1.0'?><svg><image href='/etc/passwd'/></svg>", MediaKind.IMAGE, "is not a PNG"),
        (b"\0\0\0\x18ftypisom" + bytes(200), MediaKind.VIDEO, "is damaged"),
        (b"\x1a\x45\xdf\xa3" + os.urandom(500), MediaKind.VIDEO, "is damaged"),
        (b"RIFF\x24\0\0\0WAVE" + bytes(40), MediaKind.SOUND, "is damaged|holds no sound"),
        (_png_bomb(), MediaKind.IMAGE, "is 30000x30000; at most 33177600 pixels are allowed"),
    ],
    ids=["empty", "text", "playlist", "concat script", "svg", "hollow mp4", "noise", "hollow wav", "bomb"],
)
async def test_what_is_no_media_is_refused(
    content: bytes, kind: MediaKind, reason: str, inspector: FfmpegInspector, tmp_path: Path
) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(content)
    with pytest.raises(Rejected, match=reason):
        await inspector.inspect(path, kind)


async def test_a_truncated_clip_is_refused(
    shelf: ClipShelf, inspector: FfmpegInspector, tmp_path: Path
) -> None:
    """With its index at the front it opens and decodes without an error, until it ends too soon."""
    whole = shelf.numbered(1, 96, options=("-movflags", "+faststart")).read_bytes()
    path = tmp_path / "clip.mp4"
    path.write_bytes(whole[: len(whole) * 6 // 10])
    with pytest.raises(Rejected, match=r"is cut off or damaged: \d+ of its 96 frames"):
        await inspector.inspect(path, MediaKind.VIDEO)


async def test_a_clip_without_its_index_is_refused(
    shelf: ClipShelf, inspector: FfmpegInspector, tmp_path: Path
) -> None:
    whole = shelf.numbered(1, 96).read_bytes()
    path = tmp_path / "clip.mp4"
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Rejected, match="is damaged"):
        await inspector.inspect(path, MediaKind.VIDEO)


async def test_a_clip_that_lies_about_its_length_is_refused(
    shelf: ClipShelf, inspector: FfmpegInspector, tmp_path: Path
) -> None:
    data = bytearray(shelf.numbered(1, 24, suffix=".mkv").read_bytes())
    duration = data.index(b"\x44\x89\x88") + 3
    data[duration : duration + 8] = struct.pack(">d", 55_000)
    liar = tmp_path / "liar.mkv"
    liar.write_bytes(data)
    with pytest.raises(Rejected, match=r"says that it lasts 55\.0 s but holds 1\.0 s"):
        await inspector.inspect(liar, MediaKind.VIDEO)


async def test_an_endless_clip_is_refused(shelf: ClipShelf, inspector: FfmpegInspector) -> None:
    endless = shelf.made(*("-f", "lavfi", "-i", "color=s=16x16:r=1:d=100", "-preset", "ultrafast"))
    with pytest.raises(Rejected, match=r"lasts 100 s; at most 60 s is allowed"):
        await inspector.inspect(endless, MediaKind.VIDEO)


async def test_a_picture_bomb_in_a_video_is_refused(shelf: ClipShelf, inspector: FfmpegInspector) -> None:
    bomb = shelf.made(
        *("-f", "lavfi", "-i", "color=s=3200x3200:r=24", "-frames:v", "1"), "-preset", "ultrafast"
    )
    with pytest.raises(Rejected, match="is 3200x3200; at most "):
        await inspector.inspect(bomb, MediaKind.VIDEO)


@pytest.mark.parametrize(
    ("kind", "reason"), [(MediaKind.VIDEO, "holds no picture"), (MediaKind.SOUND, "holds no sound")]
)
async def test_the_wrong_kind_of_stream_is_refused(
    kind: MediaKind, reason: str, shelf: ClipShelf, inspector: FfmpegInspector
) -> None:
    sound = shelf.made("-i", shelf.sound(tone(1.5, 440)), suffix=".m4a")
    path = sound if kind is MediaKind.VIDEO else shelf.numbered(1, 10, tick_frames=None)
    with pytest.raises(Rejected, match=reason):
        await inspector.inspect(path, kind)


async def test_damage_in_the_middle_is_found(
    shelf: ClipShelf, inspector: FfmpegInspector, tmp_path: Path
) -> None:
    whole = bytearray(
        shelf.numbered(1, 96, tick_frames=None, options=("-movflags", "+faststart")).read_bytes()
    )
    start = whole.index(b"mdat") + len(whole) // 4
    whole[start : start + len(whole) // 3] = bytes(len(whole) // 3)
    path = tmp_path / "clip.mp4"
    path.write_bytes(whole)
    with pytest.raises(Rejected, match="is cut off or damaged"):
        await inspector.inspect(path, MediaKind.VIDEO)


async def test_a_sample_tells_what_decoding_all_of_it_tells(
    shelf: ClipShelf, inspector: FfmpegInspector
) -> None:
    clip = shelf.numbered(1, 40, rate=25, tick_frames=[1])
    whole = await inspector.inspect(clip, MediaKind.VIDEO)
    sample = await inspector.inspect(clip, MediaKind.VIDEO, sampled=True)
    assert abs(sample.seconds - whole.seconds) < 0.05
    assert evolve(sample, seconds=0) == evolve(whole, seconds=0)


async def test_a_truncated_clip_is_refused_by_a_sample(
    shelf: ClipShelf, inspector: FfmpegInspector, tmp_path: Path
) -> None:
    whole = shelf.numbered(1, 96, options=("-movflags", "+faststart")).read_bytes()
    (tmp_path / "clip.mp4").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(Rejected, match=r"is cut off or damaged|is damaged"):
        await inspector.inspect(tmp_path / "clip.mp4", MediaKind.VIDEO, sampled=True)


async def test_a_missing_file_is_nobodys_fault(inspector: FfmpegInspector, tmp_path: Path) -> None:
    with pytest.raises(Transient):
        await inspector.inspect(tmp_path / "gone.mp4", MediaKind.VIDEO)


def test_the_maker_of_test_clips_works(tmp_path: Path) -> None:
    ffmpeg("-f", "lavfi", "-i", "color=s=16x16:d=0.1", tmp_path / "x.mp4")
    assert (tmp_path / "x.mp4").stat().st_size > 0
