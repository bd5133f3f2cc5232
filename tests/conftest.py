"""What any test may ask for by name."""

import gc
from typing import Final

pytest_plugins = [
    "tests.fixtures.aws",
    "tests.fixtures.cloud",
    "tests.fixtures.elsewhere",
    "tests.fixtures.identity",
    "tests.fixtures.storage",
]

_YOUNG: Final = 10_000
"""New objects after which the collector looks at them."""


def pytest_collection_finish() -> None:
    """Tell the garbage collector that modules and thousands of tests will stay.

    It would look through all of them again and again, for a tenth of the time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG)
