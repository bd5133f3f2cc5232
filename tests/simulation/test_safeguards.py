"""Without any one of its safeguards the program breaks the very promise that rests on it, and the simulation notices.

`python -m tests.simulation.noticed` searches anew, and says which seed notices what.
"""

import pytest

from tests.simulation.noticed import NOTICED, notices
from tests.simulation.run import simulate
from tests.simulation.safeguards import SAFEGUARDS


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", SAFEGUARDS)
def test_a_safeguard_that_is_gone_is_missed(name: str) -> None:
    """Within 200 seeds, by the promise that it guards; with it, the same seed is at peace."""
    guard = SAFEGUARDS[name]
    seed = notices(guard, begin=NOTICED.get(name, 0))
    assert seed is not None, f"nobody misses {name}"
    assert simulate(seed).violation is None


def test_what_is_taken_out_comes_back() -> None:
    """A test that forgot to would make all that follow careless."""
    for guard in SAFEGUARDS.values():
        before = [vars(place)[name] for place, name, _ in guard.careless]
        with guard.out():
            gone = [vars(place)[name] for place, name, _ in guard.careless]
            assert all(a is not b for a, b in zip(before, gone, strict=True))
        assert [vars(place)[name] for place, name, _ in guard.careless] == before


def test_every_promise_that_the_simulation_judges_has_a_safeguard() -> None:
    """And those in docs/PROMISES.md rest on no fewer than these: each condition, epoch, intent, outbox entry."""
    guarded = {guard.promise for guard in SAFEGUARDS.values()}
    assert guarded >= {"P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8", "P10", "P11", "P12"}
    assert len(SAFEGUARDS) >= 32
