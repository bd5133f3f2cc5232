"""Smooth chance: fractal value noise on lines and on tiles, made once per scene."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from emulator.media.stage import Field


def ridge(
    rng: np.random.Generator,
    length: int,
    *,
    coarse: float,
    octaves: int,
    rough: float = 0.5,
    sharp: bool = False,
) -> Field:
    """A line of `length` samples in -1..1 with humps up to `coarse` samples wide; `sharp` has edges."""
    total = np.zeros(length)
    weight, width = 1.0, coarse
    for _ in range(octaves):
        points = rng.uniform(-1, 1, int(length / width) + 3)
        at = np.arange(length) / width + rng.uniform()
        total += weight * (np.interp(at, np.arange(len(points)), points) if sharp else _eased(points, at))
        weight, width = weight * rough, width / 2
    return np.asarray(total / np.abs(total).max(), np.float32)


def _eased(points: NDArray[np.float64], at: NDArray[np.float64]) -> NDArray[np.float64]:
    left = at.astype(int)
    share = at - left
    share = share * share * (3 - 2 * share)
    eased: NDArray[np.float64] = points[left] * (1 - share) + points[left + 1] * share
    return eased


def tile(rng: np.random.Generator, rows: int, columns: int, *, cells: tuple[int, int], octaves: int) -> Field:
    """Clouds in 0..1 (mean 0.5) that repeat at every edge; `cells` are the largest humps down and across."""
    total = np.zeros((rows, columns), np.float32)
    weight = 1.0
    for octave in range(octaves):
        down, across = cells[0] << octave, cells[1] << octave
        if down > rows or across > columns:
            break
        total += np.float32(weight) * _lattice(rng, rows, columns, down, across)
        weight *= 0.5
    total -= total.mean()
    return np.asarray(total / (2 * np.abs(total).max()) + 0.5, np.float32)


def _lattice(rng: np.random.Generator, rows: int, columns: int, down: int, across: int) -> Field:
    points = rng.uniform(-1, 1, (down, across)).astype(np.float32)
    return _stretched(_stretched(points, rows, 0), columns, 1)


def _stretched(points: Field, length: int, axis: int) -> Field:
    count = points.shape[axis]
    at = np.arange(length, dtype=np.float32) * (count / length)
    left = at.astype(int)
    share = at - left
    share = share * share * (3 - 2 * share)
    share = share[:, None] if axis == 0 else share[None, :]
    one, two = np.take(points, left, axis), np.take(points, (left + 1) % count, axis)
    return np.asarray(one + (two - one) * share, np.float32)


def sample(tiles: Field, u: Field, v: Field) -> Field:
    """Read `tiles` (rows, columns: powers of two; channels) smoothly at columns `u` and rows `v`."""
    rows, columns = tiles.shape[:2]
    flat = tiles.reshape(rows * columns, -1)
    left, top = np.floor(u).astype(np.int32), np.floor(v).astype(np.int32)
    across, down = (u - left)[..., None], (v - top)[..., None]
    west, east = left & (columns - 1), (left + 1) & (columns - 1)
    north, south = (top & (rows - 1)) * columns, ((top + 1) & (rows - 1)) * columns
    above = flat.take(north + west, 0)
    above += (flat.take(north + east, 0) - above) * across
    below = flat.take(south + west, 0)
    below += (flat.take(south + east, 0) - below) * across
    above += (below - above) * down
    return np.asarray(above, np.float32)


def smoothstep(low: float, high: float, value: Field) -> Field:
    """0 below `low`, 1 above `high`, an S in between."""
    share = np.clip((value - np.float32(low)) / np.float32(high - low), 0, 1)
    return np.asarray(share * share * (3 - 2 * share), np.float32)


def ease(low: float, high: float, value: float) -> float:
    """`smoothstep` of one number."""
    share = min(1.0, max(0.0, (value - low) / (high - low)))
    return share * share * (3 - 2 * share)
