"""Chance that repeats itself: every choice comes from a SHA-256 of its reasons, never from a clock."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


def number_of(*reasons: object) -> int:
    """A number of 64 bits that belongs to `reasons`."""
    text = "\x1f".join(str(reason) for reason in reasons)
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big")


def dice(*reasons: object) -> np.random.Generator:
    """A random generator that belongs to `reasons`."""
    return np.random.Generator(np.random.PCG64(number_of(*reasons)))


def pick(options: Sequence[T], *reasons: object) -> T:
    """The one of `options` that belongs to `reasons`."""
    return options[number_of(*reasons) % len(options)]
