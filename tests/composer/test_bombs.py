"""Pictures and sounds that are small on the disk and large in the memory, or that are something else: refused in words."""

import struct
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from omnigen.adapters.ffmpeg.inspector import FfmpegInspector
from omnigen.domain.errors import Rejected
from omnigen.ports.inspector import MediaKind
from tests.fixtures.clips import ClipShelf, ffmpeg

SILENCE: Final = ("-f", "lavfi", "-i", "anullsrc=r=8000:cl=mono")

Make = Callable[[ClipShelf, Path], Path]


def _chunk(name: bytes, body: bytes) -> bytes:
    return len(body).to_bytes(4) + name + body + zlib.crc32(name + body).to_bytes(4)


def _png(width: int, height: int, rows: int = 1, *more: bytes) -> bytes:
    """A grey PNG that has `rows` of its rows."""
    head = _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    packer = zlib.compressobj(9)
    row = bytes(min(width, 100_000) + 1)
    pixels = b"".join(packer.compress(row) for _ in range(rows)) + packer.flush()
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")


def _written(data: bytes) -> Make:
    def make(_: ClipShelf, folder: Path) -> Path:
        path = folder / "bomb"
        path.write_bytes(data)
        return path

    return make


def _made(name: str, *args: str) -> Make:
    def make(_: ClipShelf, folder: Path) -> Path:
        ffmpeg(*args, folder / name)
        return folder / name

    return make


def _resized_jpeg(_: ClipShelf, folder: Path) -> Path:
    """It says that it is 65535x65535."""
    path = folder / "bomb.jpg"
    ffmpeg("-f", "lavfi", "-i", "color=s=64x64", "-frames:v", "1", path)
    data = bytearray(path.read_bytes())
    at = data.find(b"\xff\xc0")
    data[at + 5 : at + 9] = b"\xff\xff\xff\xff"
    path.write_bytes(data)
    return path


def _resized_webp(_: ClipShelf, folder: Path) -> Path:
    """It says that it is 16383x16383."""
    path = folder / "bomb.webp"
    ffmpeg("-f", "lavfi", "-i", "color=s=64x64", "-frames:v", "1", "-c:v", "libwebp", path)
    data = bytearray(path.read_bytes())
    at = data.find(b"\x9d\x01\x2a")
    data[at + 3 : at + 7] = struct.pack("<HH", 16383, 16383)
    path.write_bytes(data)
    return path


def _webp(name: bytes, body: bytes) -> bytes:
    """A WebP of one chunk."""
    chunk = name + len(body).to_bytes(4, "little") + body + bytes(40)
    return b"RIFF" + (4 + len(chunk)).to_bytes(4, "little") + b"WEBP" + chunk


def _cover(_: ClipShelf, folder: Path) -> Path:
    """A song whose cover is said to be 30000x30000."""
    song, frame = folder / "song.mp3", b"\0image/png\0\x03\0" + _png(30_000, 30_000)
    ffmpeg("-f", "lavfi", "-i", "sine=d=1:r=8000", "-id3v2_version", "0", song)
    body = b"APIC" + len(frame).to_bytes(4) + b"\0\0" + frame
    size = bytes((len(body) >> shift) & 0x7F for shift in (21, 14, 7, 0))
    song.write_bytes(b"ID3\x03\0\0" + size + body + song.read_bytes())
    return song


def _untold(_: ClipShelf, folder: Path) -> Path:
    """A FLAC that doesn't say how long it is, and begins as a short one does."""
    path = folder / "bomb.flac"
    ffmpeg(*SILENCE, "-t", "1020", path)
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    path.write_bytes(data)
    return path


def _wav(channels: int, rate: int, bits: int, claimed: int) -> bytes:
    form = struct.pack(
        "<HHIIHH", 1, channels, rate, rate * channels * bits // 8 % 2**32, channels * bits // 8 % 65536, bits
    )
    return (
        b"RIFF\xff\xff\xff\xffWAVEfmt \x10\0\0\0"
        + form
        + b"data"
        + claimed.to_bytes(4, "little")
        + bytes(8000)
    )


PHOTO: Final = ("-f", "lavfi", "-i", "color=s=8000x5000", "-frames:v", "1")
"""More pixels than are allowed, as a good camera has them."""

IMAGES: Final[dict[str, tuple[Make, str]]] = {
    "65535x65535 PNG": (
        _written(_png(65_535, 65_535)),
        "is 65535x65535; at most 33177600 pixels are allowed",
    ),
    "largest PNG": (_written(_png(2**31 - 1, 2**31 - 1)), "is 2147483647x2147483647; at most"),
    "one endless row": (_written(_png(2**31 - 1, 1)), "is 2147483647x1; at most|holds no picture"),
    "40 million pixels, all there": (_written(_png(8_000, 5_000, 5_000)), "is 8000x5000; at most"),
    "rows that are missing": (_written(_png(7_000, 4_000, 1)), "is damaged|holds no picture"),
    "unpacked a thousand times": (_written(_png(64, 64, 500_000)), ""),
    "a bomb of a comment": (
        _written(_png(64, 64, 64, _chunk(b"zTXt", b"k\0\0" + zlib.compress(bytes(50_000_000), 9)))),
        "",
    ),
    "a bomb of a profile": (
        _written(_png(64, 64, 64, _chunk(b"iCCP", b"k\0\0" + zlib.compress(bytes(50_000_000), 9)))),
        "",
    ),
    "65535x65535 JPEG": (_resized_jpeg, "is 65535x65535; at most"),
    "16383x16383 WebP": (_resized_webp, "is 16383x16383; at most"),
    "SVG": (_written(b'<svg xmlns="http://www.w3.org/2000/svg"><script>1</script></svg>'), "is not a PNG"),
    "XML with entities": (
        _written(b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaa">]><x>&a;</x>'),
        "is not a PNG",
    ),
    "8000x5000 JPEG": (_made("bomb.jpg", *PHOTO), "is 8000x5000; at most"),
    "16384x16384 WebP, lossless": (
        _written(_webp(b"VP8L", b"\x2f\xff\xff\xff\x0f")),
        "is 16384x16384; at most",
    ),
    "16777216x2 WebP, extended": (
        _written(_webp(b"VP8X", b"\0\0\0\0" + b"\xff\xff\xff" + b"\x01\0\0")),
        "is 16777216x2; at most",
    ),
    "GIF": (_made("bomb.gif", "-f", "lavfi", "-i", "testsrc=s=64x48:d=1"), "is not a PNG"),
    "BMP": (_made("bomb.bmp", "-f", "lavfi", "-i", "testsrc=s=64x48", "-frames:v", "1"), "is not a PNG"),
    "TIFF": (_made("bomb.tiff", "-f", "lavfi", "-i", "testsrc=s=64x48", "-frames:v", "1"), "is not a PNG"),
    "a video": (_made("bomb.mp4", "-f", "lavfi", "-i", "testsrc=s=64x48:d=1"), "is not a PNG"),
    "PDF": (_written(b"%PDF-1.7\n"), "is not a PNG"),
    "a page": (_written(b"\x89PNG\r\n\x1a\n<script>alert(1)</script>"), "is damaged|holds no picture"),
}

SOUNDS: Final[dict[str, tuple[Make, str]]] = {
    "17 minutes of silence": (_made("bomb.flac", *SILENCE, "-t", "1020"), r"lasts \d+ s; at most 900 s"),
    "17 minutes that are not told": (
        _made(
            "bomb.mp3",
            *SILENCE,
            "-ar",
            "16000",
            "-t",
            "1020",
            "-b:a",
            "8k",
            "-write_xing",
            "0",
            "-id3v2_version",
            "0",
        ),
        r"lasts \d+ s; at most 900 s",
    ),
    "17 minutes, and not a word of it": (_untold, r"lasts \d+ s; at most 900 s"),
    "a sample a second": (_written(_wav(1, 1, 8, 2**32 - 1)), r"lasts \d+ s; at most 900 s"),
    "65535 channels": (_written(_wav(65_535, 48_000, 8, 2**31)), "is damaged|holds no sound"),
    "4 GB that are not there": (_written(_wav(2, 48_000, 16, 2**32 - 2)), ""),
    "a cover of 900 million pixels": (_cover, ""),
    "a playlist behind ID3": (
        _written(b"ID3\x03\0\0\0\0\0\0#EXTM3U\nfile:///etc/passwd\n"),
        "is damaged|holds no sound",
    ),
    "a playlist behind Ogg": (_written(b"OggS#EXTM3U\nfile:///etc/passwd\n"), "is damaged|holds no sound"),
    "a script behind RIFF": (
        _written(b"RIFF\0\0\0\0WAVEffconcat version 1.0\nfile '/etc/passwd'"),
        "is damaged|holds no sound",
    ),
    "MIDI": (_written(b"MThd\0\0\0\x06\0\x01\0\x01\0\x60MTrk\0\0\0\0"), "is not a WAV"),
    "a playlist": (_written(b"#EXTM3U\nfile:///etc/passwd\n"), "is not a WAV"),
    "a concat script": (_written(b"ffconcat version 1.0\nfile '/etc/passwd'\n"), "is not a WAV"),
    "a manifest of DASH": (
        _written(b'<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"/>'),
        "is not a WAV",
    ),
}


async def _judged(make: Make, refusal: str, kind: MediaKind, shelf: ClipShelf, folder: Path) -> None:
    path = make(shelf, folder)
    inspector = FfmpegInspector(1)
    if refusal:
        with pytest.raises(Rejected, match=refusal):
            await inspector.inspect(path, kind)
    else:
        assert (await inspector.inspect(path, kind)).kind is kind


@pytest.mark.parametrize("name", IMAGES)
async def test_an_image_is_refused_or_harmless(name: str, shelf: ClipShelf, tmp_path: Path) -> None:
    """By its header, where that says enough, and by what comes out of it otherwise."""
    await _judged(*IMAGES[name], MediaKind.IMAGE, shelf, tmp_path)


@pytest.mark.parametrize("name", SOUNDS)
async def test_a_sound_is_refused_or_harmless(name: str, shelf: ClipShelf, tmp_path: Path) -> None:
    """Its length is counted as it is decoded, whatever is said of it."""
    await _judged(*SOUNDS[name], MediaKind.SOUND, shelf, tmp_path)
