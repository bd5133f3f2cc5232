"""A world in memory for each test of the use cases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.contract.harness import FAMILIES
from tests.fakes.world import World, a_world


@pytest.fixture
async def world(tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(FAMILIES["memory"], tmp_path) as made:
        yield made
