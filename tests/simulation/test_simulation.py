"""The simulator itself: the same seed is the same run, a failing one is replayed and shrunk, processes really die."""

import asyncio
import os
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from omnigen.domain import succession
from omnigen.domain.errors import Superseded
from tests.promises import Broken
from tests.simulation.__main__ import Tally, main, tally
from tests.simulation.loop import Process, SimLoop
from tests.simulation.run import Result, simulate
from tests.simulation.shrink import shrunk

ROOT = Path(__file__).parents[2]
SEEDS = (3, 11, 17)


# --- the loop


def _loop(seed: int | None = 1) -> SimLoop:
    return SimLoop(None if seed is None else random.Random(seed))


async def _walk(steps: int, seen: list[str], name: str) -> None:
    for _ in range(steps):
        await asyncio.sleep(1)
        seen.append(name)


def test_an_hour_passes_in_no_time() -> None:
    loop = _loop()
    loop.run(asyncio.sleep(3600))
    assert loop.time() == 3600
    loop.close()


def test_the_order_of_what_is_ready_is_drawn() -> None:
    async def both() -> str:
        seen: list[str] = []
        await asyncio.gather(_walk(10, seen, "a"), _walk(10, seen, "b"))
        return "".join(seen)

    orders = []
    for seed in (1, 1, 2, None, None):
        loop = _loop(seed)
        orders.append(loop.run(both()))
        loop.close()
    assert orders[0] == orders[1] != orders[2]
    assert orders[3] == orders[4] == "ab" * 10


def test_a_killed_process_does_not_run_its_finally_and_a_frozen_one_goes_on() -> None:
    seen: list[str] = []

    async def work(name: str) -> None:
        try:
            await _walk(3, seen, name)
        finally:
            seen.append(f"{name} finally")

    async def story(loop: SimLoop) -> None:
        killed, frozen = Process(loop, "killed"), Process(loop, "frozen")
        for process in (killed, frozen):
            process.start(work(process.name))
        await asyncio.sleep(1.5)
        killed.kill()
        frozen.freeze()
        await asyncio.sleep(10)
        assert seen == ["killed", "frozen"] or seen == ["frozen", "killed"]
        frozen.thaw()
        await asyncio.sleep(10)
        assert seen[2:] == ["frozen", "frozen", "frozen finally"]

    loop = _loop()
    loop.run(story(loop))
    loop.close()


def test_a_timeout_is_virtual_and_a_thread_answers_at_once() -> None:
    async def story() -> Any:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(30):
                await asyncio.Event().wait()
        return await asyncio.to_thread(lambda: 7)

    loop = _loop()
    assert loop.run(story()) == 7
    assert loop.time() == 30
    loop.close()


# --- seeds


def _hashes(results: list[Result]) -> list[str]:
    return [result.trace_hash for result in results]


@pytest.mark.slow
def test_a_seed_is_the_same_run_under_any_hash_seed() -> None:
    """In this process, again in this process, and in two others whose sets and dictionaries are ordered otherwise."""
    program = (
        f"from tests.simulation.run import simulate\nprint(*[simulate(seed).trace_hash for seed in {SEEDS}])"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={**os.environ, "PYTHONHASHSEED": number, "PYTHONPATH": str(ROOT)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout.split()
        for number in ("1", "77")
    ]
    here = _hashes([simulate(seed) for seed in SEEDS])
    again = _hashes([simulate(seed) for seed in reversed(SEEDS)])[::-1]
    assert here == again == told[0] == told[1]
    assert len(set(here)) == len(SEEDS)


def test_a_fault_left_out_moves_no_other() -> None:
    """Those that fire alone are those that were named."""
    whole = next(r for r in map(simulate, range(1, 30)) if len({f.id for f in r.fired}) >= 4)
    first = next(f.id for f in whole.fired)
    alone = simulate(whole.seed, only={first})
    assert {f.id for f in alone.fired} == {first}
    none = simulate(whole.seed, only=frozenset())
    assert none.fired == ()
    assert none.violation is None


def test_a_failing_seed_is_shrunk_and_replayed(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without its versions, an item can be overwritten by whoever read it earlier."""

    def careless(name: str, stored: Any, new: Any) -> None:
        if stored.epoch > new.epoch:
            raise Superseded(name)

    monkeypatch.setattr(succession, "_check_newer", careless)
    failing = next(r for r in map(simulate, range(1, 60)) if r.violation is not None)
    small = shrunk(failing, most=25)
    ids = {f.id for f in small.fired}
    assert ids <= {f.id for f in failing.fired}
    assert isinstance(small.violation, Broken)
    assert small.violation.promise == failing.violation.promise  # type: ignore[union-attr]
    again = simulate(small.seed, only=ids)
    assert (again.trace_hash, str(again.violation)) == (small.trace_hash, str(small.violation))
    assert main(["--seed", str(small.seed), "--only", ",".join(ids) or "none"]) == 1
    assert f"{small.violation.promise}: " in capsys.readouterr().out


def test_what_never_came_about_is_told() -> None:
    told = tally([1])
    assert told.seeds == 1
    assert "fail of ledger" in Tally().missing
    assert "job succeeded" in Tally().missing
    assert "job succeeded" not in told.missing or not told.situations["job succeeded"]
