"""Chance, in separate streams: what one part of the simulation draws doesn't shift what another draws."""

import hashlib
import random
from typing import Final

NAMES: Final = ("schedule", "workload", "chaos", "provider", "media", "ids", "swarm")
"""Streams besides those of the ports, which are named after them."""


def stream(seed: int, name: str) -> random.Random:
    """The stream of a name: the same under any PYTHONHASHSEED, on any machine."""
    digest = hashlib.sha256(f"{seed}:{name}".encode()).digest()
    return random.Random(int.from_bytes(digest[:8], "big"))


class Streams:
    """All streams of a seed, made when they are first drawn from."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self._made: dict[str, random.Random] = {}

    def __getitem__(self, name: str) -> random.Random:
        if name not in self._made:
            self._made[name] = stream(self.seed, name)
        return self._made[name]
