"""Which seed misses which safeguard: found by a search, written down so that the tests needn't search again.

`python -m tests.simulation.noticed [NAME...]` prints the table anew, for all or for those that are named. A change of the
workload moves the seeds; the tests then search for themselves, which takes longer and proves the same.
"""

import sys
from typing import Final

from tests.simulation.run import simulate
from tests.simulation.safeguards import SAFEGUARDS, Safeguard

SEEDS: Final = 200
"""How many are tried before a safeguard is said not to be missed."""
NOTICED: Final[dict[str, int]] = {
    "a take's version": 2,
    "a scene's version": 10,
    "a job's version": 4,
    "a take's epoch": 31,
    "the month's limits": 44,
    "the limit of jobs at once": 43,
    "a hold is written with its job": 0,
    "a settlement is written with the end": 0,
    "a listing is its owner's": 0,
    "a job is its owner's": 0,
    "a key is remembered": 1,
    "a delivery is known again": 1,
    "what is deleted waits a day": 5,
    "a job has a deadline": 14,
    "a leg is claimed once": 0,
    "the sweeper": 2,
    "a lease runs out": 2,
    "an intent is written before it is sent": 0,
    "a sending is counted": 0,
    "a lost reply is not a refusal": 13,
    "a lost reply is looked for in good time": 13,
    "what is spent was held": 21,
    "a limit of creations": 0,
    "a budget of retries": 0,
    "a provider's wish to wait": 0,
    "nobody asks too early": 14,
    "a prediction is of the same input": 109,
    "a take is named by its purpose": 28,
    "what failed costs nothing": 0,
    "losses are entered": 7,
    "a failed job costs what it spent": 0,
    "takes are closed with their job": 11,
    "a key stands for one request": 7,
    "accepted means written": 101,
    "a video is there before its row": 18,
    "a webhook is signed": 2,
    "a webhook is fresh": 5,
    "a zombie is refused by the store, or sees that it is one": 4,
    "a prediction belongs to one take, or is looked up": 26,
    "an outbox entry, or a sweeper": 0,
}


def notices(guard: Safeguard, *, begin: int = 0) -> int | None:
    """The first seed, from `begin` on and round again, that breaks the promise while its safeguard is gone."""
    for offset in range(SEEDS):
        seed = (begin + offset) % SEEDS
        with guard.out():
            violation = simulate(seed).violation
        if violation is not None and violation.promise == guard.promise:
            return seed
    return None


def main(names: list[str]) -> None:
    """Print the table."""
    for name in names or SAFEGUARDS:
        print(f"    {name!r}: {notices(SAFEGUARDS[name], begin=NOTICED.get(name, 0))},", flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
