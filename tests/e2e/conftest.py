"""Every test here is end to end; one that fails shows the last words of every process that it started."""

from collections.abc import Iterator
from pathlib import Path

import pytest

TIMEOUT_S = 240
"""For one test: everything is started and stopped in it, on however busy a machine."""
LAST_WORDS = 2_500
"""Characters of each log."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.timeout(TIMEOUT_S))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> Iterator[None]:
    report = yield
    folder = getattr(item, "funcargs", {}).get("tmp_path")
    if folder is not None and report.failed:
        for log in sorted(folder.glob("**/logs/*.log*")):
            report.sections.append((f"{log.relative_to(folder)}", _end(log)))
    return report


def _end(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")[-LAST_WORDS:]
