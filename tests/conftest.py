"""What any test may ask for by name."""

pytest_plugins = ["tests.fixtures.identity", "tests.fixtures.storage"]
