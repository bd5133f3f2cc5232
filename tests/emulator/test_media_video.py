"""Clips and stills: exact in size and length, the same for the same words, and lit as the words say."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from emulator.media import render_still, render_video
from emulator.media.scene import build

SMALL = {"width": 160, "height": 90}


def frames(path: Path) -> list[np.ndarray]:
    with av.open(str(path)) as file:
        return [frame.to_ndarray(format="rgb24").astype(np.float32) for frame in file.decode(video=0)]


def colours(prompt: str, seed: int = 1) -> np.ndarray:
    """Mean red, green, blue of a frame in the middle of a clip."""
    return build(prompt, seed, 192, 108, 4.0).frame(0, 2.0, 0.5).mean((1, 2))


@pytest.mark.parametrize(("width", "height"), [(160, 90), (90, 160), (128, 128), (128, 160)])
def test_frames_and_size_are_exact(tmp_path: Path, width: int, height: int) -> None:
    """round(seconds * fps) frames of the size asked for, in every shape, tagged BT.709."""
    clip = tmp_path / "clip.mp4"
    render_video(clip, prompt="waves at dusk", seed=1, seconds=0.54, width=width, height=height)
    with av.open(str(clip)) as file:
        video = file.streams.video[0]
        assert (video.width, video.height, video.average_rate) == (width, height, 24)
        assert (video.codec_context.name, video.codec_context.pix_fmt) == ("h264", "yuv420p")
        assert (video.codec_context.colorspace, video.codec_context.color_range) == (1, 1)
        assert sum(1 for _ in file.decode(video=0)) == 13


def test_sound_lasts_as_long_as_the_picture(tmp_path: Path) -> None:
    """AAC, stereo, 48 kHz, within one packet of the picture's length; none where none was asked for."""
    loud, silent = tmp_path / "loud.mp4", tmp_path / "silent.mp4"
    render_video(loud, prompt="rain", seed=1, seconds=1.5, **SMALL)
    render_video(silent, prompt="rain", seed=1, seconds=0.2, audio=False, **SMALL)
    with av.open(str(loud)) as file:
        sound = file.streams.audio[0]
        assert (sound.codec_context.name, sound.rate, sound.channels) == ("aac", 48_000, 2)
        assert float(sound.duration * sound.time_base) == pytest.approx(1.5, abs=0.03)
    with av.open(str(silent)) as file:
        assert not file.streams.audio


def test_same_arguments_same_bytes(tmp_path: Path) -> None:
    """Clips and stills repeat to the byte, and another seed is another picture."""
    one, two, other = (tmp_path / name for name in ("one.mp4", "two.mp4", "other.mp4"))
    for path, seed in ((one, 7), (two, 7), (other, 8)):
        render_video(path, prompt="a storm at sea", seed=seed, seconds=0.3, **SMALL)
    assert one.read_bytes() == two.read_bytes() != other.read_bytes()
    for name in ("a.png", "b.png"):
        render_still(tmp_path / name, prompt="a storm at sea", seed=7, **SMALL)
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()


def test_light_follows_the_words() -> None:
    """Snow is brighter than night, fire redder than the sea, neon bluer than sand, noir is grey."""
    snow, night = colours("snow on the mountains by day"), colours("mountains at night")
    assert snow.mean() > night.mean() + 60
    fire, sea = colours("a burning forest fire"), colours("the sea at noon")
    assert fire[0] - fire[2] > 25 > sea[0] - sea[2]
    neon, desert = colours("neon city"), colours("desert dunes")
    assert neon[2] - neon[1] > desert[2] - desert[1] + 20
    noir = colours("a detective in a city street, film noir")
    assert noir.max() - noir.min() < 2


def test_one_subject_keeps_its_light_across_seeds() -> None:
    """Another seed moves things, not the palette."""
    one, two = colours("a sailing boat at dusk", 1), colours("a sailing boat at dusk", 2)
    assert np.abs(one - two).max() < 22


def test_pictures_move() -> None:
    """The first frame and the last one differ for every kind of camera."""
    for move in ("push in", "pull back", "pan left", "tracking shot", "static shot", "handheld"):
        scene = build(f"the sea at dawn, {move}", 3, 96, 54, 4.0)
        one, two = (scene.frame(0, time, time / 4).astype(int) for time in (0.0, 4.0))
        assert np.abs(one - two).mean() > 1.0, move


def test_starts_and_ends_at_the_given_frames(tmp_path: Path) -> None:
    """The first frame is the first picture, the last one the last, and between them it is the scene."""
    for name, colour in (("red.png", (220, 30, 20)), ("blue.png", (20, 40, 210))):
        Image.new("RGB", (64, 64), colour).save(tmp_path / name)
    clip = tmp_path / "clip.mp4"
    render_video(
        clip,
        prompt="a misty forest",
        seed=1,
        seconds=1.5,
        first_frame=tmp_path / "red.png",
        last_frame=tmp_path / "blue.png",
        **SMALL,
    )
    seen = [frame.mean((0, 1)) for frame in frames(clip)]
    assert seen[0] == pytest.approx([220, 30, 20], abs=8)
    assert seen[-1] == pytest.approx([20, 40, 210], abs=8)
    assert seen[len(seen) // 2].std() < 30


@pytest.mark.parametrize("suffix", [".png", ".jpg", ".webp"])
def test_stills_come_in_every_format(tmp_path: Path, suffix: str) -> None:
    """The suffix chooses the format; a reference lends its colours."""
    reference, plain, toned = (
        tmp_path / "reference.png",
        tmp_path / f"plain{suffix}",
        tmp_path / f"toned{suffix}",
    )
    Image.new("RGB", (32, 32), (230, 60, 40)).save(reference)
    render_still(plain, prompt="the sea at noon", seed=1, **SMALL)
    render_still(toned, prompt="the sea at noon", seed=1, reference=reference, **SMALL)
    with Image.open(plain) as one, Image.open(toned) as two:
        assert one.size == two.size == (160, 90)
        assert (
            np.asarray(two.convert("RGB"))[..., 0].mean() > np.asarray(one.convert("RGB"))[..., 0].mean() + 20
        )


def test_odd_sizes_and_other_suffixes_are_refused(tmp_path: Path) -> None:
    """The message names what is wrong."""
    with pytest.raises(ValueError, match="161x90"):
        render_video(tmp_path / "clip.mp4", prompt="sea", seed=1, seconds=0.1, width=161, height=90)
    with pytest.raises(ValueError, match=r"still\.gif"):
        render_still(tmp_path / "still.gif", prompt="sea", seed=1, **SMALL)
    assert not list(tmp_path.iterdir())
