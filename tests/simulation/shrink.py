"""A failing seed's faults, thrown out in ever smaller parts until those are left that it takes (delta debugging)."""

from collections.abc import Sequence

from tests.simulation.run import Result, simulate


def shrunk(result: Result, *, most: int = 200) -> Result:
    """The same violation with as few faults as can be found within so many runs; the result itself if none goes."""
    assert result.violation is not None
    wanted = result.violation.promise
    best, runs = result, 0

    def fails(ids: Sequence[str]) -> Result | None:
        again = simulate(result.seed, only=frozenset(ids))
        return again if again.violation is not None and again.violation.promise == wanted else None

    ids, parts = _ids(best), 2
    while ids and runs < most:
        size = max(1, len(ids) // parts)
        for begin in range(0, len(ids), size):
            runs += 1
            kept = [name for at, name in enumerate(ids) if not begin <= at < begin + size]
            if (found := fails(kept)) is not None:
                best, ids, parts = found, _ids(found), max(2, parts - 1)
                break
        else:
            if size == 1:
                break
            parts = min(len(ids), parts * 2)
    return best


def _ids(result: Result) -> list[str]:
    """Ids of what fired, each once."""
    return list(dict.fromkeys(fault.id for fault in result.fired))
