"""Where things stand: the picture's grid, the camera's view of it, and how a layer lies in its depth.

Lengths are in picture heights. x is 0 in the middle of the picture, up is positive, 0 is the horizon. Depth 0
is infinitely far and never moves; depth 1 is right here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from attrs import define, frozen
from numpy.typing import NDArray

Field = NDArray[np.float32]
"""One value a pixel, (rows, columns)."""
Picture = NDArray[np.float32]
"""Planes red, green, blue of 0..1 before the grade: (3, rows, columns)."""


@frozen(kw_only=True)
class View:
    """What the camera does at one moment: where it looks and how near it is."""

    x: float = 0.0
    y: float = 0.0
    zoom: float = 1.0
    time: float = 0.0
    """Seconds since the clip's start."""
    share: float = 0.0
    """0 at the clip's start, 1 at its end."""

    def scale(self, depth: float) -> float:
        """How much larger than at rest a thing at `depth` appears."""
        return 1.0 + (self.zoom - 1.0) * (0.25 + 0.75 * depth)


@define(eq=False)
class Stage:
    """The grid that a scene is drawn on."""

    width: int
    height: int
    horizon: float
    """Row of the horizon at rest, as a share of the height, from the top."""
    columns: Field
    rows: Field

    @classmethod
    def of(cls, width: int, height: int, horizon: float) -> Stage:
        """A grid of `width` x `height` pixels."""
        columns = ((np.arange(width) + 0.5 - width / 2) / height).astype(np.float32)
        rows = ((np.arange(height) + 0.5) / height).astype(np.float32)
        return cls(width, height, horizon, columns, rows)

    @property
    def aspect(self) -> float:
        """Width over height."""
        return self.width / self.height

    def world_x(self, view: View, depth: float) -> Field:
        """What lies behind each column, for a layer at `depth`."""
        return self.columns / np.float32(view.scale(depth)) + np.float32(view.x * depth)

    def row_of(self, up: float, view: View, depth: float) -> float:
        """The row (in pixels, fractional) of a point `up` over the horizon."""
        return (self.horizon + view.y * (0.3 + 0.7 * depth) - up * view.scale(depth)) * self.height

    def column_of(self, x: float, view: View, depth: float) -> float:
        """The column (in pixels, fractional) of the point `x` in the world."""
        return (x - view.x * depth) * view.scale(depth) * self.height + self.width / 2


class Held:
    """Keeps what is soft and slow for the next frame too: it is worked out only every `seconds`."""

    def __init__(self, seconds: float = 0.07) -> None:
        self.seconds = seconds
        self._since = -1e9
        self._kept: NDArray[np.float32] | None = None

    def __call__(self, view: View, make: Callable[[], NDArray[np.float32]]) -> NDArray[np.float32]:
        """What `make` gave last, or gives now."""
        if self._kept is None or not 0 <= view.time - self._since < self.seconds:
            self._kept, self._since = make(), view.time
        return self._kept
