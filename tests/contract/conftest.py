"""Each contract test runs once over every family of stores."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import pytest

from tests.contract.harness import FAMILIES, Family, Stores, each_family

_RAM: Final = Path("/dev/shm")


@pytest.fixture(params=each_family())
def family(request: pytest.FixtureRequest) -> Family:
    """The family under test."""
    chosen = FAMILIES[request.param]
    chosen.serve()
    return chosen


@pytest.fixture
def place() -> Iterator[Path]:
    """An empty folder, in memory where there is such a thing: disks are not the contract's affair."""
    with TemporaryDirectory(dir=_RAM if _RAM.is_dir() else None, prefix="omnigen-") as folder:
        yield Path(folder)


@pytest.fixture
async def stores(family: Family, place: Path) -> AsyncIterator[Stores]:
    """Empty stores."""
    async with family.open(place) as opened:
        yield opened


@pytest.fixture
async def others(family: Family, place: Path, stores: Stores) -> AsyncIterator[Stores]:
    """What another process sees of the same data."""
    async with family.open(place) as opened:
        yield opened
