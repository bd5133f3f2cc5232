"""Small pictures of a programme, side by side in one JPEG, and which of them shows which time: pure.

    scene     1                  2
    programme ├──────────────────▒▒▒▒├─────────────────┤      ▒ a transition; it is seen in half by either scene
    cells     ├────────┼───────────┼─────────┼─────────┤      about two seconds each, never of two scenes
    shows      I        I             I       I               a keyframe of the segment, behind the transition

A keyframe costs one decoded picture, any other all those since the keyframe before it. So each cell shows the
keyframe that is nearest to its middle, and neighbours that show the same one are one cell.
"""

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Final, NamedTuple

EACH_S: Final = 2
"""Seconds of programme that one picture stands for, where there are keyframes enough."""
MOST: Final = 100
"""Pictures on a sheet."""
BOX: Final = 160
"""Length of a picture's longer side in pixels."""
COLUMNS: Final = 10


class Stretch(NamedTuple):
    """A segment: the programme's frames that it is, and those of its frames that can be decoded alone."""

    start: int
    frames: int
    overlap: int
    keyframes: tuple[int, ...]


class Cell(NamedTuple):
    """Programme frames `start` to `end`, that one excluded, are shown by a frame of a segment, counted from 0."""

    start: int
    end: int
    segment: int
    frame: int


def cells(stretches: Sequence[Stretch], rate: int) -> list[Cell]:
    """Which picture stands for which time, from the first frame to the last, without a gap."""
    each = EACH_S * rate
    while len(found := _cells(stretches, each)) > MOST:
        each += rate
    return found


def _cells(stretches: Sequence[Stretch], each: int) -> list[Cell]:
    found: list[Cell] = []
    for number, (start, end) in enumerate(_seen(stretches)):
        count = max(1, (end - start) // each)
        marks = [start + (end - start) * n // count for n in range(count + 1)]
        several = [Cell(a, b, number, _nearest(stretches[number], (a + b) // 2)) for a, b in pairwise(marks)]
        for _, same in groupby(several, lambda cell: cell.frame):
            first, *rest = same
            found.append(first._replace(end=rest[-1].end) if rest else first)
    return found


def _seen(stretches: Sequence[Stretch]) -> Iterator[tuple[int, int]]:
    """From where to where each scene is the one that is mostly seen."""
    starts = [s.start + s.overlap // 2 for s in stretches]
    last = stretches[-1]
    yield from zip(starts, [*starts[1:], last.start + last.frames], strict=True)


def _nearest(stretch: Stretch, at: int) -> int:
    """The keyframe nearest to a time of those that show this scene alone.

    Where there is none, the first such frame; where a scene is never alone, its last.
    """
    alone = [frame for frame in stretch.keyframes if stretch.overlap <= frame < stretch.frames]
    return min(
        alone,
        key=lambda frame: abs(stretch.start + frame - at),
        default=min(stretch.overlap, stretch.frames - 1),
    )


def size_of(width: int, height: int) -> tuple[int, int]:
    """Of one picture: the canvas's shape, both sides even."""
    longer = max(width, height)
    return max(2, 2 * round(width * BOX / longer / 2)), max(2, 2 * round(height * BOX / longer / 2))


def place(number: int, size: tuple[int, int]) -> tuple[int, int]:
    """Where on the sheet a picture has its upper left corner."""
    return number % COLUMNS * size[0], number // COLUMNS * size[1]


def sheet_size(count: int, size: tuple[int, int]) -> tuple[int, int]:
    """Of the whole sheet."""
    return min(count, COLUMNS) * size[0], -(-count // COLUMNS) * size[1]
