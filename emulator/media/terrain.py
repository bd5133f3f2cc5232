"""Land in layers: mountain lines, hills, dunes, tree lines, headlands; each is one height a column."""

from __future__ import annotations

import numpy as np
from attrs import define

from emulator.media.noise import ridge
from emulator.media.palette import Colour
from emulator.media.stage import Field, Picture, Stage, View

REACH = 3.0
"""Lines go from -REACH to REACH picture heights, so the camera never sees their end."""
SAMPLES = 3600
_GRID = np.linspace(-REACH, REACH, SAMPLES).astype(np.float32)


@define(eq=False, kw_only=True)
class Ridge:
    """Land whose top is `line`: `crest` colour at its top, going over into `foot` (mist, distance) below."""

    stage: Stage
    depth: float
    line: Field
    crest: Colour
    foot: Colour
    fade: float = 0.16
    """How far below its highest point the crest's colour has become the foot's."""
    light: Colour | None = None
    """What falls on the slopes that face the light; none for a plain silhouette."""
    side: float = 1.0
    """Where the light comes from: 1 is the right."""
    reach: float = 0.05
    """How far down the slopes the light reaches."""
    snow: Colour | None = None
    _slopes: Field | None = None

    def top(self, x: float) -> float:
        """Height of the land at `x`."""
        return float(np.interp(x, _GRID, self.line))

    def draw(self, image: Picture, view: View) -> None:
        """Cut it out of everything behind it."""
        stage, scale = self.stage, self.stage.height * view.scale(self.depth)
        x = stage.world_x(view, self.depth)
        edge = self._edge_row(x, view, scale)
        first, last = max(0, int(edge.min()) - 1), min(stage.height, int(edge.max()) + 2)
        if first >= stage.height:
            return
        if self.light is not None:
            last = min(stage.height, last + int(3 * self.reach * scale))
        fill = self._fill(first, scale)
        if last > first:
            below = np.arange(first, last, dtype=np.float32)[:, None] - edge[None, :]
            beside = self._edge_row(x + np.float32(0.5 / scale), view, scale) - edge
            cover = np.clip(below + np.float32(0.5), 0, 1)
            cover += np.clip(below + (np.float32(0.5) - beside), 0, 1)
            cover *= np.float32(0.5)
            self._cut(image[:, first:last], fill[:, : last - first], below, cover, x, np.float32(scale))
        image[:, max(first, last) :] = fill[:, max(first, last) - first :]

    def _edge_row(self, x: Field, view: View, scale: float) -> Field:
        rise = np.interp(x, _GRID, self.line) * scale
        return np.asarray(self.stage.row_of(0, view, self.depth) - rise, np.float32)

    def _fill(self, first: int, scale: float) -> Picture:
        down = (np.arange(first, self.stage.height, dtype=np.float32) - first) / np.float32(self.fade * scale)
        share = np.clip(down, 0, 1) ** np.float32(0.8)
        return np.asarray(
            self.crest[:, None, None] + (self.foot - self.crest)[:, None, None] * share[None, :, None],
            np.float32,
        )

    def _cut(
        self, band: Picture, fill: Picture, below: Field, cover: Field, x: Field, scale: np.float32
    ) -> None:
        if self.light is None:
            band += (fill - band) * cover
            return
        lit = self._facing(x, below / scale) * np.exp(
            -np.maximum(below, 0) / (np.float32(self.reach) * scale)
        )
        paint = fill + (self.light[:, None, None] - fill) * lit
        if self.snow is not None:
            self._snow(paint, below, x, scale, lit)
        band += (paint - band) * cover

    def _facing(self, x: Field, below: Field) -> Field:
        """How much the slope turns to the light; the ribs run down the slope, not straight down."""
        if self._slopes is None:
            self._slopes = _facings(self.line, self.side)
        at = (x[None, :] - np.float32(0.55 * self.side) * below + np.float32(REACH)) * np.float32(
            _per_height()
        )
        return self._slopes.take(np.clip(at.astype(np.int32), 0, SAMPLES - 1))

    def _snow(self, paint: Picture, below: Field, x: Field, scale: np.float32, lit: Field) -> None:
        assert self.snow is not None
        high = np.interp(x, _GRID, self.line).astype(np.float32)
        ragged = np.interp(x * 6.3 % REACH, _GRID, self.line).astype(np.float32)
        depth = np.clip(
            (high - np.float32(0.07)) * np.float32(0.6) + (ragged - np.float32(0.1)) * np.float32(0.22), 0, 1
        )
        cover = np.clip((depth[None, :] * scale - below) * np.float32(0.3), 0, 1)
        shade = self.snow[:, None, None] * (np.float32(0.62) + np.float32(0.38) * np.clip(lit * 2.4, 0, 1))
        paint += (shade - paint) * cover * np.float32(0.92)


def _facings(line: Field, side: float) -> Field:
    """0 in the shade to 0.85 in full light, for every sample of `line`."""
    soft = np.convolve(np.pad(line, 24, mode="edge"), np.hanning(49) / 24, mode="valid")
    rise = -np.gradient(soft) * _per_height() * side
    return np.asarray(np.clip(rise * 0.75 + 0.12, 0, 0.85), np.float32)


def mountains(rng: np.random.Generator, base: float, height: float, *, coarse: float = 0.9) -> Field:
    """Peaks: sharp at the top, rough all the way down."""
    line = ridge(rng, SAMPLES, coarse=0.42 * coarse * _per_height(), octaves=7, rough=0.48, sharp=True)
    range_ = ridge(rng, SAMPLES, coarse=1.6 * coarse * _per_height(), octaves=2)
    line = line + np.float32(0.7) * range_
    low, high = float(line.min()), float(line.max())
    return np.asarray(base + height * ((line - low) / (high - low)) ** np.float32(1.25), np.float32)


def hills(rng: np.random.Generator, base: float, height: float, *, coarse: float = 0.9) -> Field:
    """Rolling land."""
    line = ridge(rng, SAMPLES, coarse=coarse * _per_height(), octaves=3, rough=0.35)
    return np.asarray(base + height * line, np.float32)


def dunes(rng: np.random.Generator, base: float, height: float) -> Field:
    """Sand: long smooth backs that end in an edge."""
    x = _GRID + 0.22 * ridge(rng, SAMPLES, coarse=0.9 * _per_height(), octaves=2)
    share = (x / 1.15 + rng.uniform()) % 1.0
    back = np.where(share < 0.72, np.sin(share / 0.72 * np.pi / 2) ** 1.6, ((1 - share) / 0.28) ** 0.85)
    soft = np.convolve(np.pad(back, 6, mode="edge"), np.ones(13) / 13, mode="valid")
    return np.asarray(base + height * (soft - 0.5) + 0.1 * height * np.sin(_GRID * 3), np.float32)


def conifers(rng: np.random.Generator, base: Field, size: float, *, dense: float = 1.0) -> Field:
    """A line of firs standing on `base`, about `size` tall."""
    return _planted(rng, base, size, dense, _fir)


def broadleaves(rng: np.random.Generator, base: Field, size: float, *, dense: float = 1.0) -> Field:
    """A line of round crowns standing on `base`."""
    return _planted(rng, base, size, dense, _crown)


def billows(rng: np.random.Generator, base: float, height: float) -> Field:
    """The rounded tops of clouds."""
    line = hills(rng, base, height, coarse=0.7)
    for size in (height, 0.55 * height, 0.3 * height):
        line = _planted(rng, line, size, 1.3, _puff)
    return line


def grass(rng: np.random.Generator, base: Field, size: float) -> Field:
    """Blades standing on `base`."""
    blades = rng.power(0.6, SAMPLES) * size * (0.5 + 0.5 * ridge(rng, SAMPLES, coarse=120, octaves=3))
    return np.asarray(base + np.maximum(blades, 0), np.float32)


def headland(
    rng: np.random.Generator, at: float, side: float, height: float, *, width: float = 0.75
) -> Field:
    """Rock that comes in from one side of the picture (`side` 1 is the right) and ends in the sea at `at`."""
    inland = np.float32(side) * (_GRID - np.float32(at))
    rough = ridge(rng, SAMPLES, coarse=0.16 * _per_height(), octaves=6, sharp=True)
    back = height * np.clip((inland + 0.05) / width, 0, 1) ** 0.55
    fall = np.minimum(inland, 0) * np.float32(1.15) + np.float32(0.05) * rough * np.clip(-inland * 8, 0, 1)
    steps = np.float32(0.012) * rough * np.clip(1 - np.abs(inland) * 1.5, 0.25, 1)
    return np.asarray(back + fall + steps, np.float32)


def flattened(line: Field, x: float, width: float) -> Field:
    """`line` with a level place around `x` to build on."""
    level = np.interp(x, _GRID, line)
    share = np.clip(1.6 - np.abs(_GRID - x) / width, 0, 1)
    return np.asarray(line + (level - line) * share, np.float32)


def _per_height() -> float:
    return SAMPLES / (2 * REACH)


def _fir(share: Field, tall: float) -> Field:
    steps = 0.88 + 0.12 * np.cos((1 - np.abs(share)) * 24)
    return np.asarray(tall * np.clip(1 - np.abs(share), 0, 1) ** 1.05 * steps)


def _puff(share: Field, tall: float) -> Field:
    return np.asarray(0.45 * tall * np.sqrt(np.clip(1 - share * share, 0, 1)))


def _crown(share: Field, tall: float) -> Field:
    return np.asarray(tall * (0.55 + 0.45 * np.sqrt(np.clip(1 - share * share, 0, 1))))


def _planted(rng: np.random.Generator, base: Field, size: float, dense: float, shape: object) -> Field:
    line = base.copy()
    assert callable(shape)
    x = -REACH
    while x < REACH:
        tall = size * rng.uniform(0.45, 1.0)
        half = tall * rng.uniform(0.17, 0.25) * (1 if shape is _fir else 2.2)
        near = slice(*np.searchsorted(_GRID, [x - half, x + half]))
        share = (_GRID[near] - x) / half
        line[near] = np.maximum(line[near], base[near] + shape(share, tall))
        x += half * rng.uniform(0.7, 2.4) / dense
    return line
