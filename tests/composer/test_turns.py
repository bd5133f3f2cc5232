"""Which segment goes first."""

import asyncio
from pathlib import Path

from omnigen.adapters.ffmpeg.turns import Turns
from omnigen.domain.storyboard import TransitionKind
from omnigen.ports.composer import SegmentRender
from tests.composer.scenes import CANVAS, over, timeline

FADE = over(TransitionKind.FADE, 8)
PROGRAMME = timeline(40, *[(40, FADE)] * 5)


def _render(number: int, folder: Path) -> SegmentRender:
    return SegmentRender(
        segment=PROGRAMME.segment(number),
        canvas=CANVAS,
        clip=Path("clip"),
        before=Path("before") if number > 1 else None,
        tail=folder / f"{number}" if number > 1 else None,
        leave=folder / f"{number + 1}",
        leaving=8,
    )


async def _run(turns: Turns, number: int, folder: Path, order: list[tuple[int, bool]]) -> None:
    async with turns.turn(_render(number, folder)) as ready:
        order.append((number, ready.tail is not None))
        await asyncio.sleep(0)
        (folder / f"{number + 1}").touch()


async def test_one_place_follows_the_programme_and_decodes_nothing_twice(tmp_path: Path) -> None:
    order: list[tuple[int, bool]] = []
    turns = Turns(1)
    await asyncio.gather(*(_run(turns, n, tmp_path, order) for n in range(1, 7)))
    assert order == [(1, False), *((n, True) for n in range(2, 7))]


async def test_a_segment_waits_while_its_tail_is_coming_if_another_can_go(tmp_path: Path) -> None:
    order: list[tuple[int, bool]] = []
    turns = Turns(1)
    async with turns.turn(_render(2, tmp_path)):
        waiting = [asyncio.create_task(_run(turns, n, tmp_path, order)) for n in (3, 5)]
        await asyncio.sleep(0.01)
        turns._free += 1  # a second place
        turns._next()
        (tmp_path / "3").touch()
        await waiting[1]
    await waiting[0]
    assert order == [(5, False), (3, True)]


async def test_who_gives_up_leaves_no_place_taken(tmp_path: Path) -> None:
    turns = Turns(1)
    async with turns.turn(_render(1, tmp_path)):
        gone = asyncio.create_task(_run(turns, 2, tmp_path, []))
        await asyncio.sleep(0.01)
        gone.cancel()
    async with turns.turn(_render(3, tmp_path)) as ready:
        assert ready.tail is None
