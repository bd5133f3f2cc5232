"""How the fake Replicate's studio shares its work."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from emulator.replicate import RenderError, Studio
from emulator.replicate.orders import Order

ORDER = Order(kind="video", suffix=".mp4", prompt="a fox")


async def test_the_same_order_is_rendered_once(tmp_path: Path) -> None:
    """At the same time, and later from the cache; another order is another file."""
    made: list[str] = []

    def render(order: Order, path: Path) -> None:
        made.append(order.prompt)
        path.write_bytes(order.prompt.encode())

    studio = Studio(tmp_path, render=render, executor=ThreadPoolExecutor(2))
    paths = await asyncio.gather(*(studio.make(ORDER, number=n) for n in range(3)))
    again = await Studio(tmp_path, render=render).make(ORDER, number=9)
    other = await studio.make(Order(kind="video", suffix=".mp4", prompt="a cat"), number=1)
    assert {*paths, again} == {paths[0]} != {other}
    assert made == ["a fox", "a cat"]


async def test_images_count_by_their_content(tmp_path: Path) -> None:
    def render(_order: Order, path: Path) -> None:
        path.touch()

    def with_image(name: str, content: bytes) -> Order:
        (tmp_path / name).write_bytes(content)
        return Order(kind="video", suffix=".mp4", prompt="x", images=(tmp_path / name,))

    studio = Studio(tmp_path / "cache", render=render, executor=ThreadPoolExecutor(1))
    orders = [with_image("a", b"1"), with_image("b", b"1"), with_image("c", b"2")]
    a, b, c = [await studio.make(order, number=1) for order in orders]
    assert a == b != c


async def test_one_who_leaves_takes_nothing_from_the_others(tmp_path: Path) -> None:
    go = threading.Event()

    def render(_order: Order, path: Path) -> None:
        go.wait(5)
        path.touch()

    studio = Studio(tmp_path, render=render, executor=ThreadPoolExecutor(1))
    leaving, staying = (asyncio.create_task(studio.make(ORDER, number=1)) for _ in range(2))
    await asyncio.sleep(0)
    leaving.cancel()
    await asyncio.gather(leaving, return_exceptions=True)
    go.set()
    assert (await staying).exists()


async def test_what_nobody_waits_for_is_dropped_from_the_queue(tmp_path: Path) -> None:
    """A cancelled job's clips don't keep the cores busy; asked for again, they are made after all."""
    started, go, made = threading.Event(), threading.Event(), list[str]()

    def render(order: Order, path: Path) -> None:
        started.set()
        go.wait(5)
        made.append(order.prompt)
        path.touch()

    studio = Studio(tmp_path, render=render, executor=ThreadPoolExecutor(1))
    first = asyncio.create_task(studio.make(Order(kind="video", suffix=".mp4", prompt="first"), number=1))
    await asyncio.to_thread(started.wait, 5)
    queued = asyncio.create_task(studio.make(ORDER, number=1))
    for _ in range(3):
        await asyncio.sleep(0)
    queued.cancel()
    await asyncio.gather(queued, return_exceptions=True)
    go.set()
    await first
    assert made == ["first"]
    await studio.make(ORDER, number=1)
    assert made == ["first", "a fox"]


async def test_a_failed_rendering_leaves_nothing_behind(tmp_path: Path) -> None:
    def render(_order: Order, path: Path) -> None:
        path.write_bytes(b"half")
        raise ValueError("no more paint")

    studio = Studio(tmp_path, render=render, executor=ThreadPoolExecutor(1))
    with pytest.raises(RenderError, match="no more paint"):
        await studio.make(ORDER, number=1)
    assert _names(tmp_path) == []


def _names(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]
