"""Every test here is end to end; one that fails shows the last words of every process that it started."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from xdist.scheduler import LoadScopeScheduling

from tests.e2e.stage import Stage, newcomer, staged

TIMEOUT_S = 240
"""For one test: everything is started and stopped in it, on however busy a machine."""
LAST_WORDS = 2_500
"""Characters of each log."""
PROFILES = ("local", "aws")
"""The laptop's own parts, and those of AWS on an emulator: state machine, Lambdas, DynamoDB."""


@pytest.fixture(scope="session", params=PROFILES)
def shared(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """One running emulator of each profile, for tests that leave it as they found it: a start costs six seconds."""
    data = tmp_path_factory.mktemp(request.param) / "data"
    with staged(data, "--profile", request.param, "--replicate-seconds", "0.5") as stage:
        yield stage


@pytest.fixture
def stage(shared: Stage) -> Iterator[Stage]:
    """It, with a user who has just signed up."""
    with newcomer(shared) as user:
        yield shared.handed_to(user)


class ByProfile(LoadScopeScheduling):
    """All that share an emulator go to one worker, so that it is started once; the others where there is room.

    `--dist loadgroup` did the same up to pytest 9.1, whose tests could still be given other names by a plugin.
    """

    def _split_scope(self, nodeid: str) -> str:
        given = nodeid.partition("[")[2].rstrip("]").split("-")
        return next((profile for profile in PROFILES if profile in given), nodeid)


def pytest_xdist_make_scheduler(config: pytest.Config, log: object) -> ByProfile:
    return ByProfile(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(TIMEOUT_S))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    given = getattr(item, "funcargs", {})
    folders = [
        one.data if isinstance(one, Stage) else one for one in map(given.get, ("tmp_path", "shared", "stage"))
    ]
    for folder in {folder for folder in folders if folder is not None and report.failed}:
        for log in sorted(folder.glob("**/logs/*.log*")):
            report.sections.append((f"{log.relative_to(folder)}", _end(log)))
    return report


def _end(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-LAST_WORDS:]
