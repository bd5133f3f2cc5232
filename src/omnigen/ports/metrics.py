"""Counting and timing what happens, for those who run OmniGen."""

from typing import Protocol


class Metrics(Protocol):
    """Numbers by name and labels; never fails, never blocks. Names are snake_case with their unit last."""

    def count(self, name: str, value: float = 1, **labels: str) -> None:
        """Add to a counter."""
        ...

    def time(self, name: str, seconds: float, **labels: str) -> None:
        """Add an observation to a histogram of seconds."""
        ...

    def gauge(self, name: str, value: float, **labels: str) -> None:
        """Set a value that goes up and down."""
        ...
