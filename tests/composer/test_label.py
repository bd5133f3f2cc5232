"""A segment says itself how it was made, to whoever joins it, days later or on another machine."""

from pathlib import Path

import av
import pytest

from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.adapters.ffmpeg.label import label, labelled
from omnigen.domain.storyboard import TransitionKind
from omnigen.ports.composer import SegmentMade
from tests.composer.scenes import Film, over, timeline
from tests.fixtures.clips import ClipShelf

TAGGED = (
    "-vf", "setparams=range=tv:colorspace=bt709:color_primaries=bt709:color_trc=bt709",
    "-g", "24", "-profile:v", "high",
)  # fmt: skip


async def test_the_programme_tells_what_was_copied_and_why_the_rest_was_not(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    """A clip that conforms, one behind a fade, and one of another size."""
    clips = (
        shelf.numbered(1, 72, options=TAGGED),
        shelf.numbered(2, 72, options=TAGGED),
        shelf.numbered(3, 48, size=(320, 192)),
    )
    plan = timeline(72, (72, over(TransitionKind.FADE, 12)), 48)
    programme = await Film(timeline=plan, clips=clips).programme(composer, tmp_path)
    first, second, third = programme.made
    assert (first.copied, second.copied) == ((0, 60), (24, 72))
    assert third.copied is None
    assert third.why is not None
    assert "320x192" in third.why


async def test_a_label_changes_nothing_that_plays(
    shelf: ClipShelf, composer: FfmpegComposer, tmp_path: Path
) -> None:
    film = Film(timeline=timeline(48), clips=(shelf.numbered(7, 48),))
    (segment,) = await film.segments(composer, tmp_path)
    with av.open(str(segment)) as container:
        assert sum(1 for _ in container.decode(video=0)) == 48


@pytest.mark.parametrize("data", [b"", b"free", b"freeomnigen:{", b"\0" * 5000, b"freeomnigen:"])
def test_of_a_segment_without_a_whole_label_nothing_is_known(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "segment.mp4"
    path.write_bytes(data)
    assert labelled(path) == SegmentMade()


def test_a_long_reason_is_still_read(tmp_path: Path) -> None:
    path = tmp_path / "segment.mp4"
    path.write_bytes(b"\0" * 10)
    label(path, "the clip is " + "odd " * 100)
    assert (labelled(path).why or "").startswith("the clip is odd")
