"""Each scenario runs over every workflow, on every family of stores that it can work with."""

import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
import structlog

from tests.contract.harness import FAMILIES, each_family
from tests.fakes.world import World, a_world
from tests.workflow.driver import MACHINE, Driver, LocalDriver
from tests.workflow.machine import AS_ON_AWS, MachineDriver


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Faults are meant here: nobody has to read of them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.reset_defaults()


@pytest.fixture(params=[*each_family(), MACHINE])
async def world(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[World]:
    """The local workflow works on every family; the state machine, which knows no store, on the quickest."""
    on_aws = request.param == MACHINE
    family = FAMILIES["memory" if on_aws else request.param]
    async with a_world(family, tmp_path, **(AS_ON_AWS if on_aws else {})) as made:
        yield made


@pytest.fixture
async def driver(request: pytest.FixtureRequest, world: World) -> AsyncIterator[Driver]:
    on_aws = request.node.callspec.params["world"] == MACHINE
    made: Driver = MachineDriver(world) if on_aws else LocalDriver(world)
    yield made
    await made.cut()
