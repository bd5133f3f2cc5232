"""What installing needs: the registry of packages, which a laptop may be without."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from scripts.build_lambda_zip import PYTHON, found
from tests.infra.desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


@contextmanager
def reaching_the_registry() -> Iterator[None]:
    """Skips where packages can't be had because there is no network; in CI that is an error."""
    try:
        yield
    except (subprocess.CalledProcessError, AssertionError) as error:
        told = f"{error} {getattr(error, 'stderr', '')}"
        if os.environ.get("CI") == "true" or not any(word in told for word in ("dns", "onnect", "etwork")):
            raise
        pytest.skip(f"packages can't be fetched here: {told.strip().splitlines()[-1].strip()}")


@pytest.fixture(scope="session")
def production_python() -> Path:
    """The version that production runs, where there is one here; otherwise the one of these tests."""
    return found(PYTHON) or Path(sys.executable)
