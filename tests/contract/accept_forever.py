"""A process that accepts jobs from several clients at once until it is killed or the quota is used up.

    python -m tests.contract.accept_forever FAMILY PLACE FIRST-NUMBER [VIDEOS]

It prints the id of each job once, and only after, its acceptance has been acknowledged.
"""

import asyncio
import itertools
import os
import sys
from pathlib import Path
from typing import Final

from attrs import evolve

from omnigen.domain.errors import QuotaExceeded
from tests.builders import PLENTY, a_job, a_record, an_acceptance
from tests.contract.harness import FAMILIES

CLIENTS: Final = 6


async def _run(family: str, place: Path, first: int, videos: int) -> None:
    quota = evolve(PLENTY, videos=videos, concurrent=videos)
    numbers = itertools.count(first)

    async def client() -> None:
        for number in numbers:
            job = a_job(number)
            record = a_record(job, f"key-{job.id}")
            try:
                await stores.jobs.accept(an_acceptance(job, record=record, quota=quota))
            except QuotaExceeded:
                return
            os.write(sys.stdout.fileno(), f"{job.id}\n".encode())

    async with FAMILIES[family].open(place) as stores:
        await asyncio.gather(*(client() for _ in range(CLIENTS)))


if __name__ == "__main__":
    name, folder, start, *limit = sys.argv[1:]
    asyncio.run(_run(name, Path(folder), int(start), int(limit[0]) if limit else 10**6))
