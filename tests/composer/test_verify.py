"""Nothing is published that isn't what was planned: each checked property is damaged, one by one, and found."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import av
import pytest
from attrs import evolve, frozen

from omnigen.adapters.ffmpeg import mixer
from omnigen.adapters.ffmpeg.build import FfmpegBuild
from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.adapters.ffmpeg.probe import Prober
from omnigen.adapters.ffmpeg.verify import check_programme
from omnigen.domain.errors import Rejected, Transient
from omnigen.domain.storyboard import TransitionKind
from omnigen.ports.composer import Clash, Programme, ProgrammeRender
from tests.composer.scenes import Film, names_in, over, timeline
from tests.fixtures.boxes import found
from tests.fixtures.clips import ClipShelf, ffmpeg

PLAN: Final = timeline(30, (36, over(TransitionKind.FADE, 7)), 24)


@frozen
class Cut:
    """A film that is ready to be joined, and the programme that came of it."""

    film: Film
    segments: tuple[Path, ...]
    sound: Path
    programme: Programme

    def render(self, **other: Any) -> ProgrammeRender:
        return evolve(self.film.render(self.segments, self.sound), **other)


@pytest.fixture(scope="module")
def cut(shelf: ClipShelf, build: FfmpegBuild, tmp_path_factory: pytest.TempPathFactory) -> Cut:
    folder = tmp_path_factory.mktemp("cut")

    async def made() -> Cut:
        composer = FfmpegComposer(build, folder / "work", 2)
        film = Film(timeline=PLAN, clips=tuple(shelf.numbered(85, 40, tick_frames=(12,)) for _ in PLAN.clips))
        segments, sound = await film.segments(composer, folder), await film.sound(composer, folder)
        return Cut(film, segments, sound, await composer.join(film.render(segments, sound), folder / "out"))

    return asyncio.run(made())


async def judged(video: Path, cut: Cut, **other: Any) -> None:
    """What the composer does with a joined file before it hands it over; `other` is found instead."""
    prober = Prober(asyncio.Semaphore(1))
    segments = [(await prober.programme(path, [path])) for path in cut.segments]
    check_programme(await prober.programme(video, cut.segments) | other, segments, cut.render())


def remuxed(*options: str) -> Callable[[Path, Path], None]:
    return lambda whole, into: ffmpeg("-i", whole, "-c", "copy", *options, into)


def encoded(*options: str) -> Callable[[Path, Path], None]:
    fixed = ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-video_track_timescale", "12288", "-c:a", "copy")
    return lambda whole, into: ffmpeg("-i", whole, *fixed, *options, into)


def patched(change: Callable[[bytes], bytes]) -> Callable[[Path, Path], None]:
    return lambda whole, into: _write(into, change(whole.read_bytes()))


def _write(into: Path, data: bytes) -> None:
    into.write_bytes(data)


def _wrong_bit(data: bytes) -> bytes:
    """One bit of the first picture."""
    place = found(data, "mdat")[0] + 200
    return data[:place] + bytes([data[place] ^ 4]) + data[place + 1 :]


def _other_tags(data: bytes) -> bytes:
    """What the container says of the colours: bt2020."""
    at = data.index(b"colrnclx") + 8
    return data[:at] + b"\0\x09\0\x10\0\x09" + data[at + 6 :]


def _other_parameters(data: bytes) -> bytes:
    """The level of the header's own parameter set."""
    at = data.index(b"avcC") + 4
    return data[: at + 3] + bytes([data[at + 3] + 1]) + data[at + 4 :]


DAMAGE: Final[dict[str, tuple[Callable[[Path, Path], None], str]]] = {
    "a frame less": (remuxed("-frames:v", "81"), "frames is 81, not 83"),
    "a frame more": (encoded("-vf", "tpad=stop=1:stop_mode=clone"), "frames is 84, not 83"),
    "another size": (encoded("-s", "162x96"), "width is 162, not 160"),
    "another rate": (encoded("-r", "25"), r"frames is \d+, not 83|steps is"),
    "another codec": (encoded("-c:v", "mpeg4"), "codec is mpeg4"),
    "another pixel format": (encoded("-pix_fmt", "yuv422p"), "pixel_format is yuv422p"),
    "other colour tags": (encoded("-vf", "setparams=colorspace=bt470bg"), "tags is"),
    "colour tags of the container": (patched(_other_tags), "tags is"),
    "encoded again": (encoded("-vf", "null"), "its pictures are not those of its segments|tags is"),
    "a wrong bit": (patched(_wrong_bit), "its pictures are not those of its segments|samples"),
    "a late start": (remuxed("-output_ts_offset", "0.5"), "first is|it lasts|samples is"),
    "other parameters": (patched(_other_parameters), "its parameter sets are not those of its segments"),
    "no sound": (remuxed("-an"), "sound is None, not aac"),
    "other sound": (encoded("-c:v", "copy", "-c:a", "libmp3lame"), "sound is mp3"),
    "mono": (encoded("-c:v", "copy", "-c:a", "aac", "-ac", "1"), "channels is 1"),
    "another sample rate": (encoded("-c:v", "copy", "-c:a", "aac", "-ar", "44100"), "sample_rate is 44100"),
    "shorter sound": (encoded("-c:v", "copy", "-c:a", "aac", "-af", "atrim=end=3"), "samples is"),
    "longer sound": (encoded("-c:v", "copy", "-c:a", "aac", "-af", "apad=pad_dur=1"), "samples is"),
}


async def test_what_was_joined_is_what_was_planned(cut: Cut) -> None:
    """The undamaged file passes: what the others are refused for is their damage."""
    await judged(cut.programme.video, cut)


@pytest.mark.parametrize("name", DAMAGE)
async def test_a_damaged_programme_is_refused(name: str, cut: Cut, tmp_path: Path) -> None:
    damage, told = DAMAGE[name]
    damage(cut.programme.video, tmp_path / "damaged.mp4")
    with pytest.raises(Transient, match=f"the programme came out wrong: ({told})"):
        await judged(tmp_path / "damaged.mp4", cut)


@pytest.mark.parametrize(
    ("other", "told"),
    [
        ({"dts_rises": False}, "dts_rises is False"),
        ({"profile": "High 4:4:4 Predictive"}, "profile is High 4:4:4"),
        ({"decoded_samples": 5000}, "samples too many decode"),
        ({"seconds": 9.5}, "it lasts 9.5 s, not"),
    ],
)
async def test_what_no_muxer_would_write_is_refused_too(other: dict[str, Any], told: str, cut: Cut) -> None:
    """As if it had been found."""
    with pytest.raises(Transient, match=told):
        await judged(cut.programme.video, cut, **other)


async def test_sound_that_does_not_decode_is_not_published(
    cut: Cut, composer: FfmpegComposer, work_dir: Path, tmp_path: Path
) -> None:
    """It was ours, so it is made again: nobody's footage is at fault."""
    data = bytearray(cut.sound.read_bytes())
    at, end = found(bytes(data), "mdat")
    data[at + 8 : end] = bytes((n * 73 + 41) % 251 for n in range(end - at - 8))
    (tmp_path / "sound.mp4").write_bytes(data)
    with pytest.raises(Transient):
        await composer.join(cut.render(sound=tmp_path / "sound.mp4"), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert names_in(work_dir) == set()


async def test_sound_over_the_ceiling_is_not_handed_over(
    cut: Cut, composer: FfmpegComposer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As measured after encoding, against a ceiling that no mastering aims at."""
    monkeypatch.setattr(mixer, "CEILING", -40.0)
    with pytest.raises(Transient, match=r"the sound peaks at -?[\d.]+ dBTP after encoding"):
        await composer.mix(cut.film.sounds(), tmp_path / "sound.mp4")
    assert not (tmp_path / "sound.mp4").exists()


@pytest.mark.parametrize(
    "name", ["another size", "other colour tags", "a frame more", "another pixel format"]
)
async def test_a_damaged_segment_is_not_joined(
    name: str, cut: Cut, composer: FfmpegComposer, work_dir: Path, tmp_path: Path
) -> None:
    """The scene is named, so that it is rendered again; nothing is published."""
    damaged = tmp_path / "damaged.mp4"
    silent = tmp_path / "silent.mp4"
    ffmpeg("-i", cut.segments[1], "-f", "lavfi", "-i", "anullsrc", "-shortest", "-c:v", "copy", silent)
    DAMAGE[name][0](silent, damaged)
    segments = (cut.segments[0], damaged, cut.segments[2])
    with pytest.raises((Transient, Clash)):
        await composer.join(cut.render(segments=segments), tmp_path / "out")
    assert not (tmp_path / "out").exists()
    assert names_in(work_dir) == set()


async def test_a_segment_that_does_not_decode_is_not_handed_over(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """Its clip's pictures are copied, and damaged in a way that only a decoder sees."""
    tags = "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709"
    clip = shelf.numbered(85, 48, tick_frames=None, options=("-vf", tags, "-g", "12"))
    data = bytearray(clip.read_bytes())
    with av.open(str(clip)) as container:
        packet = [p for p in container.demux(video=0) if p.size][30]
    assert packet.pos is not None
    data[packet.pos + 12 : packet.pos + packet.size] = bytes(packet.size - 12)
    (tmp_path / "clip.mp4").write_bytes(data)
    film = Film(timeline=timeline(48), clips=(tmp_path / "clip.mp4",))
    with pytest.raises(Rejected, match="the clip of scene 1 is damaged"):
        await film.segment(composer, 1, tmp_path / "segment.mp4")
    assert not (tmp_path / "segment.mp4").exists()
