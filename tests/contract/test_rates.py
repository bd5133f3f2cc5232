"""Rates: never more than the limit in any window, whoever asks, and never a wait longer than it must be."""

import asyncio
from datetime import UTC, datetime

import pytest

from tests.builders import later
from tests.contract.harness import Stores

START = datetime(2026, 11, 5, 12, 0, 0, tzinfo=UTC)
"""The beginning of a fixed window of a minute."""


async def _hits(stores: Stores, times: int, *, limit: int, at: datetime, key: str = "ada") -> int:
    states = [await stores.rates.hit(key, limit=limit, window=60, at=at) for _ in range(times)]
    return sum(state.allowed for state in states)


async def test_the_limit_holds_within_a_window(stores: Stores) -> None:
    """The count goes down to nothing, then the answer is no."""
    states = [await stores.rates.hit("ada", limit=3, window=60, at=later(n, START)) for n in range(5)]
    assert [s.allowed for s in states] == [True, True, True, False, False]
    assert [s.remaining for s in states] == [2, 1, 0, 0, 0]
    assert {s.limit for s in states} == {3}
    assert all(s.reset > 0 for s in states)


async def test_parallel_requests_of_two_processes_share_the_limit(stores: Stores, others: Stores) -> None:
    """Forty at once against ten."""
    sides = (stores, others)
    states = await asyncio.gather(
        *(sides[n % 2].rates.hit("ada", limit=10, window=60, at=START) for n in range(40))
    )
    assert sum(state.allowed for state in states) == 10


async def test_what_was_refused_does_not_count(stores: Stores) -> None:
    """Knocking on a closed door doesn't keep it closed."""
    await _hits(stores, 50, limit=5, at=START)
    assert await _hits(stores, 50, limit=5, at=later(90, START)) == 2
    assert await _hits(stores, 50, limit=5, at=later(240, START)) == 5


async def test_the_edge_of_a_fixed_window_is_no_loophole(stores: Stores) -> None:
    """All at its end and all at the beginning of the next would be twice the limit within a second."""
    assert await _hits(stores, 10, limit=10, at=later(59, START)) == 10
    assert await _hits(stores, 10, limit=10, at=later(60, START)) == 0
    assert await _hits(stores, 10, limit=10, at=later(90, START)) == 5
    assert await _hits(stores, 10, limit=10, at=later(180, START)) == 10


async def test_keys_and_windows_are_counted_apart(stores: Stores) -> None:
    """One user's requests are not another's, and a minute's are not an hour's."""
    assert await _hits(stores, 3, limit=2, at=START) == 2
    assert await _hits(stores, 3, limit=2, at=START, key="bob") == 2
    assert (await stores.rates.hit("ada", limit=2, window=3600, at=START)).allowed


@pytest.mark.parametrize("limit", [1, 2, 7, 10])
@pytest.mark.parametrize("second", [0, 13, 59])
async def test_reset_says_when_to_come_back(stores: Stores, limit: int, second: int) -> None:
    """Coming back then is right; coming back a second before is too early."""
    await _hits(stores, limit, limit=limit, at=later(second, START))
    refused = await stores.rates.hit("ada", limit=limit, window=60, at=later(second, START))
    back = later(second + refused.reset, START)
    assert 0 < refused.reset <= 120
    assert not (await stores.rates.hit("ada", limit=limit, window=60, at=later(-1, back))).allowed
    assert (await stores.rates.hit("ada", limit=limit, window=60, at=later(0.001, back))).allowed


async def test_a_limit_of_nothing_lets_nothing_through(stores: Stores) -> None:
    """Zero is zero."""
    assert await _hits(stores, 3, limit=0, at=START) == 0


async def test_hits_survive_the_other_process(stores: Stores, others: Stores) -> None:
    """What one has counted the other sees at once."""
    await _hits(stores, 2, limit=2, at=START)
    assert not (await others.rates.hit("ada", limit=2, window=60, at=later(1, START))).allowed
