"""Figures cut out of paper: drawn once from their outline, then set anywhere in any size."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from attrs import define, field
from PIL import Image, ImageDraw

from emulator.media.light import halo
from emulator.media.palette import Colour
from emulator.media.stage import Field, Picture, Stage, View

_DRAWN = 720
"""Pixels that one unit of height is drawn with."""
Point = tuple[float, float]
Plane = Image.Image


class Pen:
    """Draws on three planes: the body's silhouette, its lighter details, and what shines by itself.

    x is 0 in the figure's middle, y is 0 at its foot and 1 at its top.
    """

    def __init__(self, width: float) -> None:
        self.width = width
        size = (int(width * _DRAWN), _DRAWN)
        self.planes: dict[str, Plane] = {name: Image.new("L", size) for name in ("body", "detail", "lamp")}
        self._on = "body"
        self._value = 255

    def on(self, plane: str, value: int = 255) -> Pen:
        """Draw on `plane` from now on."""
        self._on, self._value = plane, value
        return self

    def shape(self, *points: Point) -> Pen:
        """A filled outline."""
        self._pen.polygon([self._at(point) for point in points], fill=self._value)
        return self

    def line(self, *points: Point, wide: float = 0.01) -> Pen:
        """A stroke with round joints."""
        places = [self._at(point) for point in points]
        self._pen.line(places, fill=self._value, width=max(1, round(wide * _DRAWN)), joint="curve")
        for x, y in places:
            self.round(((x / _DRAWN) - self.width / 2, 1 - y / _DRAWN), wide / 2)
        return self

    def round(self, centre: Point, across: float, up: float | None = None) -> Pen:
        """An ellipse by its two radii."""
        (x, y), tall = self._at(centre), (up if up is not None else across) * _DRAWN
        self._pen.ellipse([x - across * _DRAWN, y - tall, x + across * _DRAWN, y + tall], fill=self._value)
        return self

    @property
    def _pen(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.planes[self._on])

    def _at(self, point: Point) -> Point:
        return (point[0] + self.width / 2) * _DRAWN, (1 - point[1]) * _DRAWN


Drawing = Callable[[Pen], object]


@define(eq=False, kw_only=True)
class Figure:
    """One figure in the scene; `x` and `up` are where its foot stands."""

    stage: Stage
    pen: Pen
    x: float
    up: float
    size: float
    depth: float
    body: Colour
    detail: Colour
    lamp: Colour
    rim: Colour
    side: float = 1.0
    """Where the light comes from: 1 is the right."""
    speed: Point = (0.0, 0.0)
    bob: float = 0.0
    glow: float = 0.0
    """How far the lamp shines around itself."""
    mirrored: bool = False
    lit: Callable[[View], float] | None = None
    """How bright the lamp is at a moment; always, where there is none."""
    ripple: float = 0.0
    """Above 0 the figure floats, and its image lies under it on the water."""
    _ready: dict[str, Plane] = field(factory=dict)

    def draw(self, image: Picture, view: View) -> None:
        """Set it into `image`."""
        column, row, tall = self.place(view)
        wide = tall * self.pen.width
        box = (
            int(np.floor(column - wide / 2)) - 1,
            int(np.floor(row - tall)) - 1,
            int(wide) + 4,
            int(tall) + 4,
        )
        if self.ripple:
            self._reflect(image, column, row, tall, view)
        level = 1.0 if self.lit is None else self.lit(view)
        self._stamp(image, box, column - wide / 2, row - tall, tall, level)

    def place(self, view: View) -> tuple[float, float, float]:
        """Column and row of its foot and its height, in pixels."""
        x = self.x + self.speed[0] * view.time
        up = self.up + self.speed[1] * view.time + self.bob * float(np.sin(1.3 * view.time + 9 * self.x))
        tall = self.size * view.scale(self.depth) * self.stage.height
        return self.stage.column_of(x, view, self.depth), self.stage.row_of(up, view, self.depth), tall

    def _planes(self, tall: float) -> dict[str, Plane]:
        if not self._ready:
            height = min(_DRAWN, max(8, int(tall * 1.35)))
            size = (max(4, int(height * self.pen.width)), height)
            for name, plane in self.pen.planes.items():
                if plane.getbbox() is None:
                    continue
                turned = plane.transpose(Image.Transpose.FLIP_LEFT_RIGHT) if self.mirrored else plane
                self._ready[name] = turned.resize(size, Image.Resampling.BOX)
            if height > 16 and "body" in self._ready:
                self._ready["rim"] = _rim(self._ready["body"], self.side)
        return self._ready

    def _stamp(
        self,
        image: Picture,
        box: tuple[int, int, int, int],
        left: float,
        top: float,
        tall: float,
        level: float,
    ) -> None:
        x, y, wide, high = box
        x0, y0 = max(0, x), max(0, y)
        x1, y1 = min(self.stage.width, x + wide), min(self.stage.height, y + high)
        if x0 >= x1 or y0 >= y1:
            return
        region = image[:, y0:y1, x0:x1]
        for name, tint, share in (
            ("body", self.body, 1.0),
            ("detail", self.detail, 1.0),
            ("rim", self.rim, 0.62),
            ("lamp", self.lamp, level),
        ):
            plane = self._planes(tall).get(name)
            if plane is None or share <= 0:
                continue
            ratio = plane.height / tall
            data = (ratio, 0, (x0 - left) * ratio, 0, ratio, (y0 - top) * ratio)
            cut = plane.transform((x1 - x0, y1 - y0), Image.Transform.AFFINE, data, Image.Resampling.BILINEAR)
            region += (tint[:, None, None] - region) * (np.asarray(cut, np.float32) * np.float32(share / 255))
        if self.glow and level > 0:
            self._shine(image, left, top, tall)

    def _shine(self, image: Picture, left: float, top: float, tall: float) -> None:
        lamp = self._planes(tall).get("lamp")
        box = lamp.getbbox() if lamp else None
        if lamp and box:
            ratio = tall / lamp.height
            x, y = left + (box[0] + box[2]) / 2 * ratio, top + (box[1] + box[3]) / 2 * ratio
            halo(image, x, y, self.glow * tall, self.lamp, 0.75)

    def _reflect(self, image: Picture, column: float, row: float, tall: float, view: View) -> None:
        plane = self._planes(tall)["body"].transpose(Image.Transpose.FLIP_TOP_BOTTOM)
        wide, ratio = tall * self.pen.width, plane.height / tall
        x0, x1 = max(0, int(column - wide / 2) - 4), min(self.stage.width, int(column + wide / 2) + 4)
        y0, y1 = max(0, int(row)), min(self.stage.height, int(row + tall * 0.8))
        if x0 >= x1 or y0 >= y1:
            return
        data = (ratio, 0, (x0 - column + wide / 2) * ratio, 0, ratio, (y0 - row) * ratio)
        cut = np.asarray(
            plane.transform((x1 - x0, y1 - y0), Image.Transform.AFFINE, data, Image.Resampling.BILINEAR)
        )
        down = np.arange(y1 - y0, dtype=np.float32)
        shift = (
            np.sin(down * np.float32(0.9) + np.float32(3 * view.time))
            * (1 + down * np.float32(0.05))
            * self.ripple
        )
        columns = np.clip(np.arange(x1 - x0)[None, :] + shift[:, None].astype(int), 0, x1 - x0 - 1)
        cover = np.take_along_axis(cut, columns, 1).astype(np.float32) * np.float32(0.5 / 255)
        cover *= np.clip(1 - down / np.float32(tall * 0.8), 0, 1)[:, None]
        image[:, y0:y1, x0:x1] += (self.body[:, None, None] - image[:, y0:y1, x0:x1]) * cover


def _rim(body: Plane, side: float) -> Plane:
    """The edge of `body` that faces the light."""
    mask = np.asarray(body, np.float32)
    step = max(1, min(3, round(body.height * 0.012)))
    moved = np.roll(mask, (step // 2 + 1, -step if side > 0 else step), (0, 1))
    return Image.fromarray(np.clip(mask - moved, 0, 255).astype(np.uint8))


def drawn(width: float, drawing: Drawing) -> Pen:
    """A finished drawing whose width is `width` times its height."""
    pen = Pen(width)
    drawing(pen)
    return pen


def curve(points: Sequence[Point], count: int = 40) -> list[Point]:
    """A smooth line through `points` (Catmull-Rom)."""
    known = np.array([points[0], *points, points[-1]])
    at = np.linspace(0, len(points) - 1.001, count)
    left = at.astype(int)
    t = (at - left)[:, None]
    a, b, c, d = (known[left + step] for step in range(4))
    line: Field = 0.5 * (
        2 * b + (c - a) * t + (2 * a - 5 * b + 4 * c - d) * t**2 + (3 * b - a - 3 * c + d) * t**3
    )
    return [(float(x), float(y)) for x, y in line]
