"""The backlot: what every scene is put together from, its light, its chance and its order in one place."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from attrs import define, field

from emulator.media.chance import dice
from emulator.media.figures import FIGURES
from emulator.media.heavens import Aurora, Lightning, Stars, bolt
from emulator.media.noise import tile
from emulator.media.palette import Colour, Palette, colour
from emulator.media.sky import Sky, cloud_tile
from emulator.media.sprites import Figure, drawn
from emulator.media.stage import Field, Picture, Stage, View
from emulator.media.terrain import Ridge
from emulator.media.water import Water, swell
from emulator.media.words import Reading

_COVER = {"storm": 0.86, "rain": 0.92, "snow": 0.8, "fog": 0.6}


class Layer(Protocol):
    """Anything that draws itself over what is already there."""

    def draw(self, image: Picture, view: View) -> None:
        """Change `image` in place."""
        ...


@define(eq=False, kw_only=True)
class Backlot:
    """One scene while it is being built: add layers from the back to the front."""

    stage: Stage
    palette: Palette
    reading: Reading
    root: int
    """What all chance of this take comes from."""
    ground: int
    """What the lie of the land comes from: the same for all scenes of a story."""
    side: float
    """Where the light comes from: 1 is the right. The same for all scenes of a story."""
    seconds: float
    layers: list[Layer] = field(factory=list)
    cast: dict[str, Figure] = field(factory=dict)
    """The figure of each name that stands nearest."""

    @property
    def third(self) -> float:
        """x of the line that a subject stands on, on the side away from the light."""
        return -self.side * min(0.30, 0.19 * self.stage.aspect)

    @property
    def sun_x(self) -> float:
        """x of the sun or moon."""
        return self.side * min(0.36, 0.2 * self.stage.aspect)

    def chance(self, name: str) -> np.random.Generator:
        """Chance for one thing, whatever else is in the scene."""
        return dice(name, self.root)

    def lie(self, name: str) -> np.random.Generator:
        """Chance for one part of the place: every scene of a story shows the same coast."""
        return dice(name, self.ground)

    def add(self, *layers: Layer) -> None:
        """In front of all there is."""
        self.layers.extend(layers)

    def tone(self, near: float) -> Colour:
        """Colour of land at a distance: 0 is the farthest, 1 right here."""
        return np.asarray(
            self.palette.far + (self.palette.near - self.palette.far) * np.float32(near), np.float32
        )

    def haze(self, near: float) -> Colour:
        """What land fades into at its foot: the air in front of it."""
        air = np.float32(max(0.0, 0.55 - 0.8 * near))
        shade = np.float32(1 - 0.45 * max(0.0, near - 0.5))
        return np.asarray(self.tone(near) * shade * (1 - air) + self.palette.horizon * air, np.float32)

    def land(
        self,
        line: Field,
        near: float,
        *,
        depth: float | None = None,
        lit: float = 0.0,
        bare: bool = False,
        **more: object,
    ) -> Ridge:
        """A layer of land; `lit` 0..1 is how much light its slopes show; snow lies on `bare` ground."""
        crest, foot = self.tone(near), self.haze(near)
        if bare and self.reading.has("snow"):
            snow = self.palette.cloud_lit * np.float32(0.75) + self.palette.upper * np.float32(0.25)
            crest = np.asarray(crest * np.float32(0.18) + snow * np.float32(0.82), np.float32)
            foot = np.asarray(foot * np.float32(0.4) + snow * np.float32(0.6), np.float32)
        light = None
        if lit:
            light = np.asarray(crest + (self.palette.glow - crest) * np.float32(lit), np.float32)
        ridge = Ridge(
            stage=self.stage,
            depth=near if depth is None else depth,
            line=line,
            crest=crest,
            foot=foot,
            light=light,
            side=self.side,
            **more,  # type: ignore[arg-type]  # a table of keywords
        )
        self.add(ridge)
        return ridge

    def sky(self) -> None:
        """The sky with all that its hour and weather bring."""
        palette, reading = self.palette, self.reading
        night = palette.night > 0.7
        if reading.has("storm", "rain", "snow", "fog"):
            cover = max(_COVER.get(name, 0.0) for name in reading.weather)
        else:
            cover = 0.3 if night else float(self.chance("cover").uniform(0.38, 0.6))
        if reading.has("aurora"):
            cover = 0.2
        start = 0.45 if "rolls_in" in reading.events else cover
        sinks = 0.07 * ("sun_down" in reading.events) - 0.08 * ("sun_up" in reading.events)
        sun = (self.sun_x, palette.sun * self.stage.horizon + (0.02 if sinks > 0 else 0))
        if sinks < 0:
            sun = (sun[0], 0.02)
        hidden = cover > 0.75 and not night
        tile_ = cloud_tile(self.chance("clouds"), self.side)
        wind = 7.0 if "time_passes" in reading.events else 2.0 if reading.has("storm", "wind") else 0.8
        self.add(
            Sky(
                stage=self.stage,
                palette=palette,
                clouds=tile_,
                sun=sun,
                cover=start,
                later=cover,
                wind=wind,
                sinks=sinks,
                moon=night,
                hidden=hidden,
            )
        )
        self._lights_above(night, cover)

    def _lights_above(self, night: bool, cover: float) -> None:
        if self.palette.night > 0.2 and cover < 0.7:
            count = int(170 * max(1.0, self.stage.aspect))
            self.layers.insert(
                1,
                Stars(
                    self.stage,
                    Stars.of(self.stage, self.chance("stars"), count, 1).at,
                    0.95 if night else 0.4,
                ),
            )
        if self.reading.has("aurora"):
            phases = self.chance("aurora").uniform(0, 6.28, (2, 3)).astype(np.float32)
            self.add(Aurora(self.stage, phases, colour("#6affb0"), colour("#9a6aff")))
        if self.reading.has("storm"):
            rng = self.chance("lightning")
            times = [self.seconds * rng.uniform(0.34, 0.62), self.seconds * rng.uniform(0.7, 0.95)]
            self.add(Lightning(self.stage, times, [bolt(self.stage, rng) for _ in times]))

    def water(self, rough: float, *, mirror: float = 0.8) -> Water:
        """Water below the horizon, under the light that stands in the sky."""
        if self.reading.has("storm"):
            rough = max(rough, 0.95)
        start = 0.5 * rough if "rolls_in" in self.reading.events else rough
        lit = self.palette.sun < 0.7 and not self.reading.has("fog", "rain")
        water = Water(
            stage=self.stage,
            palette=self.palette,
            rough=start,
            later=rough,
            waves=swell(self.chance("swell"), rough),
            light=self.sun_x if lit else None,
            mirror=mirror,
            ripples=self.texture("ripples", cells=(12, 8)),
        )
        self.add(water)
        return water

    def figure(self, name: str, x: float, up: float, size: float, depth: float, **more: object) -> Figure:
        """A figure in this scene's light, in front of all there is."""
        near = min(1.0, depth + 0.25)
        body = self.tone(near)
        colours: dict[str, object] = {
            "body": body,
            "detail": np.asarray(
                body * np.float32(0.55) + self.palette.cloud_lit * np.float32(0.45), np.float32
            ),
            "lamp": self.palette.lamp,
            "rim": self.palette.glow,
            "side": self.side,
        }
        figure = Figure(
            stage=self.stage,
            pen=drawn(*FIGURES[name]),
            x=x,
            up=up,
            size=size,
            depth=depth,
            **{**colours, **more},  # type: ignore[arg-type]  # a table of keywords
        )
        self.add(figure)
        self.cast[name] = figure
        return figure

    def texture(self, name: str, *, cells: tuple[int, int] = (6, 6), octaves: int = 5) -> Field:
        """A noise tile of this scene: (256, 256, 1)."""
        return tile(self.chance(name), 256, 256, cells=cells, octaves=octaves)[..., None]
