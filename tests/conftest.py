"""What any test may ask for by name."""

pytest_plugins = [
    "tests.fixtures.aws",
    "tests.fixtures.cloud",
    "tests.fixtures.elsewhere",
    "tests.fixtures.identity",
    "tests.fixtures.storage",
]
