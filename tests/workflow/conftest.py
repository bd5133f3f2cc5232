"""Each scenario runs over every workflow, on every family of stores that it can work with."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from tests.contract.harness import FAMILIES, each_family
from tests.fakes.world import World, a_world
from tests.workflow.driver import LocalDriver


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Faults are meant here: nobody has to read of them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture(params=each_family())
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    async with a_world(FAMILIES[request.param], tmp_path) as made:
        yield made


@pytest.fixture
async def driver(world: World) -> AsyncIterator[LocalDriver]:
    made = LocalDriver(world)
    yield made
    await made.cut()
