"""Makes the media, in child processes, and keeps what it has made.

Rendering is deterministic, so a file is kept under a hash of everything that it depends on, and the same
order is rendered once.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import multiprocessing
import os
import secrets
import threading
import time
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, Executor, ProcessPoolExecutor
from pathlib import Path

from attrs import asdict, define

from emulator.replicate.orders import Order, size_of
from emulator.replicate.records import RETENTION

Render = Callable[[Order, Path], None]
"""Makes one order into a file. Runs in a child: must be importable by name."""


SOUNDS = (".mp3", ".wav")
LARGEST_CACHE = 2 * 1024**3
"""Bytes."""


class RenderError(Exception):
    """The order can't be made."""


@define
class _Work:
    """A file in the making, and how many wait for it. Nobody left: what is still queued is dropped."""

    task: asyncio.Task[Path]
    waiting: int = 0


class Studio:
    """Turns orders into files, as many at a time as there are workers."""

    def __init__(
        self,
        cache: Path,
        *,
        workers: int = 1,
        shelf: Path | None = None,
        render: Render | None = None,
        executor: Executor | None = None,
    ) -> None:
        self._cache = cache
        self._workers = workers
        self._shelf = shelf
        self._render = render or render_with_media
        self._executor = executor
        self._making: dict[str, _Work] = {}
        cache.mkdir(parents=True, exist_ok=True)
        for draft in cache.glob(".*"):
            draft.unlink()

    async def make(self, order: Order, *, number: int) -> Path:
        """The finished file. `number` picks one where finished ones are handed out. Raises RenderError."""
        if self._shelf is not None:
            return _pick(self._shelf, order.suffix, number)
        key = _key(order)
        path = self._cache / f"{key}{order.suffix}"
        if path.exists():
            path.touch()
            return path
        work = self._making.get(key)
        if work is None:
            work = self._making[key] = _Work(asyncio.create_task(self._made(order, path)))
            work.task.add_done_callback(lambda _: self._forget(key, work))
        work.waiting += 1
        try:
            # Shielded: whoever is cancelled must not take the file from the others who wait for it.
            return await asyncio.shield(work.task)
        finally:
            work.waiting -= 1
            if not work.waiting and not work.task.done():
                self._forget(key, work)
                work.task.cancel()

    def _forget(self, key: str, work: _Work) -> None:
        if self._making.get(key) is work:
            del self._making[key]

    async def _made(self, order: Order, path: Path) -> Path:
        draft = path.with_name(f".{secrets.token_hex(8)}{order.suffix}")
        loop = asyncio.get_running_loop()
        try:
            await loop.run_in_executor(self._pool(), self._render, order, draft)
            draft.replace(path)
        except BrokenExecutor as broken:
            self._executor = None
            raise RenderError("a rendering process died") from broken
        except Exception as wrong:
            raise RenderError(f"{type(wrong).__name__}: {wrong}") from wrong
        finally:
            draft.unlink(missing_ok=True)
        return path

    def _pool(self) -> Executor:
        if self._executor is None:
            # Spawned, not forked: a fork of a process with a running event loop may deadlock.
            context = multiprocessing.get_context("spawn")
            self._executor = ProcessPoolExecutor(self._workers, mp_context=context, initializer=_stand_back)
        return self._executor

    def trim(self) -> None:
        """Drop what was not asked for in the last hour while the cache is too large, the oldest first."""
        files = sorted((f.stat().st_mtime, f.stat().st_size, f) for f in self._cache.iterdir() if f.is_file())
        excess = sum(size for _, size, _ in files) - LARGEST_CACHE
        for used, size, file in files:
            if excess <= 0 or used > time.time() - RETENTION:
                return
            file.unlink(missing_ok=True)
            excess -= size

    def close(self) -> None:
        """Ends the children at once; what they were at is rendered again another time."""
        if isinstance(self._executor, ProcessPoolExecutor):
            # What Python 3.14 calls terminate_workers(): a plain shutdown waits for the clip in hand.
            children = list((self._executor._processes or {}).values())
            self._executor.shutdown(wait=False, cancel_futures=True)
            for child in children:
                child.terminate()
        elif self._executor is not None:
            self._executor.shutdown(wait=False, cancel_futures=True)


def _stand_back() -> None:
    """In each child: whoever polls or composes goes first, and nobody outlives the emulator."""
    os.nice(5)
    threading.Thread(target=_leave_with_parent, daemon=True).start()


def _leave_with_parent() -> None:
    """A killed emulator can't end its children, and they would wait for orders for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _pick(shelf: Path, suffix: str, number: int) -> Path:
    found = sorted(path for path in shelf.iterdir() if path.suffix == suffix)
    if not found:
        raise RenderError(f"no {suffix} file in {shelf}")
    return found[number % len(found)]


def _key(order: Order) -> str:
    """A hash of the order, its images by their content."""
    values = asdict(order)
    values["images"] = [_digest(image) for image in order.images]
    values["last_frame"] = _digest(order.last_frame) if order.last_frame else None
    return hashlib.sha256(json.dumps(values, sort_keys=True).encode()).hexdigest()


def _digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def render_with_media(order: Order, path: Path) -> None:
    """The real thing."""
    from emulator import media  # noqa: PLC0415 - only the children need NumPy and an encoder

    if order.kind in ("speech", "music") and order.suffix not in SOUNDS:
        raise ValueError(f"the emulator makes mp3 and wav, no {order.suffix[1:]}")
    reference = order.images[0] if order.images else None
    width, height = size_of(order, _aspect(reference) if reference else None)
    if order.kind == "video":
        media.render_video(
            path,
            prompt=order.prompt,
            seed=order.seed,
            seconds=order.seconds,
            width=width,
            height=height,
            audio=order.audio,
            first_frame=reference,
            last_frame=order.last_frame,
        )
    elif order.kind == "still":
        media.render_still(
            path, prompt=order.prompt, seed=order.seed, width=width, height=height, reference=reference
        )
    elif order.kind == "speech":
        media.render_speech(path, text=order.prompt, voice=order.voice, speed=order.speed)
    elif order.kind == "music":
        media.render_music(path, prompt=order.prompt, seed=order.seed, seconds=order.seconds)


def _aspect(image: Path) -> float:
    from PIL import Image  # noqa: PLC0415 - only the children need it

    with Image.open(image) as opened:
        return opened.width / opened.height
