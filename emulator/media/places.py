"""The places: what stands behind and around the subject, from the back to the front."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from emulator.media import terrain
from emulator.media.backlot import Backlot
from emulator.media.city import NEON, Signs, Skyline, skyline
from emulator.media.ground import Beach, Road, Table
from emulator.media.heavens import Nebula, Planet, Stars, gas_tile
from emulator.media.indoors import Deep, Shafts, Wall
from emulator.media.noise import tile
from emulator.media.palette import colour
from emulator.media.weather import Fog

Place = Callable[[Backlot], None]


def sea(lot: Backlot) -> None:
    """Open water under a sky, with land far away."""
    lot.sky()
    _behind(lot)
    lot.water(0.55)
    if "beach" in lot.reading.places:
        _sand(lot)


def beach(lot: Backlot) -> None:
    """Sand in front of the sea."""
    lot.sky()
    _behind(lot)
    lot.water(0.5)
    _sand(lot)


def lake(lot: Backlot) -> None:
    """Still water that mirrors mountains and trees, with reeds before it."""
    lot.sky()
    _mountains(lot)
    _trees(lot, 0.34, 0.015, 0.055)
    lot.water(0.16, mirror=0.95)
    _bank(lot)


def mountains(lot: Backlot) -> None:
    """Peaks behind peaks, mist in the valleys, firs in front."""
    lot.sky()
    _mountains(lot)
    lot.add(Fog(lot.stage, lot.texture("mist"), lot.palette.horizon, 0.015, 0.05, 0.55, 0.3))
    if lot.reading.has("lake"):
        _trees(lot, 0.34, 0.015, 0.05)
        lot.water(0.16, mirror=0.95)
        _bank(lot)
        return
    rng = lot.lie("firs")
    hill = terrain.hills(rng, -0.03, 0.04)
    lot.land(terrain.conifers(rng, hill, 0.055), 0.5)
    lot.land(hill - np.float32(0.03), 0.5, lit=0.2, bare=True)
    lot.add(Fog(lot.stage, lot.texture("mist2"), lot.palette.horizon, -0.09, 0.05, 0.4, 0.5))
    _ground(lot, 0.8, -0.17, 0.04, firs=0.11)


def forest(lot: Backlot) -> None:
    """Firs into the depth, light between them, dark trunks close by."""
    lot.sky()
    if "mountains" in lot.reading.places:
        _mountains(lot)
    rng = lot.lie("forest")
    for number, (near, base, tall) in enumerate(((0.16, 0.10, 0.13), (0.32, 0.05, 0.2), (0.52, -0.02, 0.27))):
        line = terrain.conifers(rng, terrain.hills(rng, base, 0.04), tall, dense=1.5)
        lot.land(line, near, fade=0.26)
        mist = lot.palette.horizon if number < 2 else lot.haze(0.3)
        lot.add(
            Fog(lot.stage, lot.texture(f"mist{number}"), mist, base - 0.05, 0.06, 0.5 - 0.1 * number, near)
        )
    if lot.reading.has("lake"):
        lot.water(0.14, mirror=0.95)
        _bank(lot)
    else:
        _ground(lot, 0.85, -0.17, 0.03, firs=0.34)
    if lot.palette.night < 0.6 and not lot.reading.has("storm", "rain"):
        lot.add(Shafts(lot.stage, lot.palette, lot.texture("shafts"), lot.side * 0.55, 0.5, 0.85))
    _trunks(lot)


def desert(lot: Backlot) -> None:
    """Dunes with a lit and a shaded side."""
    lot.sky()
    rng = lot.lie("dunes")
    if "mountains" in lot.reading.places:
        lot.land(terrain.mountains(rng, -0.02, 0.12), 0.1, lit=0.4)
    for near, base, height in ((0.15, 0.015, 0.05), (0.35, -0.05, 0.10), (0.6, -0.15, 0.15)):
        lot.land(terrain.dunes(rng, base, height), near, lit=0.8, reach=0.09, fade=0.3)
    lot.land(terrain.dunes(rng, -0.30, 0.16), 0.9, lit=0.55, reach=0.12, fade=0.4)


def city(lot: Backlot) -> None:
    """Towers in three rows; the wet ground gives their lights back."""
    lot.sky()
    neon = "neon" in lot.reading.matter
    lights = NEON if neon else (lot.palette.lamp, colour("#ffe9c4"), colour("#ffc98a"))
    lit = min(1.0, 0.18 + lot.palette.night * 1.6 + (0.3 if lot.palette.sun < 0.2 else 0))
    for number, (near, height, wide) in enumerate(
        ((0.12, 0.25, 0.05), (0.3, 0.36, 0.075), (0.55, 0.24, 0.10))
    ):
        rng = lot.lie(f"row {number}")
        line, windows = skyline(rng, height=height, wide=wide, base=-0.02)
        mass = lot.land(line, near, depth=0.7 * near, fade=0.42)
        lot.layers.pop()
        grain = (0.55, 0.75, 1.0)[number] * lot.stage.height / 360
        lot.add(Skyline(mass, windows, lights, lit * (0.6, 0.95, 1.3)[number], grain))
        if number < 2:
            lot.add(Fog(lot.stage, lot.texture(f"smog{number}"), lot.palette.horizon, 0.03, 0.06, 0.4, near))
    quay = terrain.hills(lot.lie("quay"), 0.006, 0.004)
    lot.land(quay, 0.7, depth=0.39)
    if neon:
        lot.add(Signs(lot.stage, _sign_places(lot), 0.39))
    wet = lot.water(0.34, mirror=0.8)
    wet.light, wet.shore = None, 0.39


def meadow(lot: Backlot) -> None:
    """Hills, trees on them, grass and flowers close by."""
    lot.sky()
    rng = lot.lie("hills")
    if "mountains" in lot.reading.places:
        _mountains(lot)
    lot.land(terrain.hills(rng, 0.05, 0.035), 0.15, fade=0.12)
    lot.land(terrain.broadleaves(rng, terrain.hills(rng, 0.005, 0.03), 0.03, dense=0.5), 0.34, fade=0.12)
    lot.add(Fog(lot.stage, lot.texture("mist"), lot.palette.horizon, -0.02, 0.04, 0.4, 0.35))
    lot.land(terrain.hills(rng, -0.07, 0.035), 0.55, lit=0.3, reach=0.06, fade=0.2, bare=True)
    _ground(lot, 0.85, -0.2, 0.03, blades=0.05)


def road(lot: Backlot) -> None:
    """A road to the horizon."""
    lot.sky()
    _behind(lot, always=True)
    land = lot.palette.near * np.float32(0.55) + lot.palette.far * np.float32(0.45)
    wet = 1.0 if lot.reading.has("rain", "storm") else 0.0
    lot.add(
        Road(
            lot.stage,
            lot.palette,
            land.astype(np.float32),
            lot.texture("land", cells=(16, 16), octaves=4),
            1.0,
            wet,
        )
    )


def rails(lot: Backlot) -> None:
    """Hills and mountains for a train to run through."""
    lot.sky()
    if lot.reading.has("snow", "mountains") or lot.lie("rails").uniform() < 0.6:
        _mountains(lot)
    rng = lot.lie("banks")
    lot.land(terrain.conifers(rng, terrain.hills(rng, 0.03, 0.03), 0.05), 0.34)
    lot.add(Fog(lot.stage, lot.texture("mist"), lot.palette.horizon, 0.0, 0.05, 0.5, 0.35))


def space(lot: Backlot) -> None:
    """Gas, stars and a world."""
    rng = lot.lie("space")
    lot.add(Nebula(lot.stage, lot.palette, gas_tile(rng)))
    lot.add(Stars.of(lot.stage, rng, int(330 * max(1.0, lot.stage.aspect)), 1.0))
    large = rng.uniform(0.30, 0.5)
    place = (lot.side * 0.22 * lot.stage.aspect, 0.62 + large * 0.25)
    sun = (-lot.side * 0.8, -0.55)
    weather = terrain_bands(rng)
    lot.add(Planet(lot.stage, lot.palette, place, large, weather, sun))


def terrain_bands(rng: np.random.Generator) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Weather of a planet: noise drawn out along its turning."""
    return tile(rng, 256, 256, cells=(16, 3), octaves=4)[..., None]


def room(lot: Backlot) -> None:
    """A warm room out of focus, a table in front."""
    rng = lot.lie("lamps")
    count = 16
    x = rng.uniform(-0.6, 0.6, count) * lot.stage.aspect
    lamps = np.stack(
        [x, rng.uniform(0.08, 0.62, count), rng.uniform(0.02, 0.075, count), rng.uniform(0, 1, count)]
    )
    lot.add(Wall(lot.stage, lot.palette, lamps.astype(np.float32), lot.side))
    lot.add(Shafts(lot.stage, lot.palette, lot.texture("shafts"), lot.side * -0.7, 0.28, 1.0))
    lot.add(Table(lot.stage, lot.palette, lot.texture("wood", cells=(16, 2), octaves=4)))


def clouds(lot: Backlot) -> None:
    """High above: a sea of clouds to the horizon."""
    lot.sky()
    rng = lot.lie("sea of clouds")
    for number, (near, base, height) in enumerate(
        ((0.06, 0.01, 0.03), (0.18, -0.04, 0.06), (0.4, -0.13, 0.1), (0.75, -0.27, 0.15))
    ):
        line = terrain.billows(rng, base, height)
        bank = lot.land(line, near, lit=0.65, reach=0.05 + 0.05 * number, fade=0.12 + 0.1 * number)
        bright = np.float32(0.85 - 0.2 * near)
        bank.crest = np.asarray(
            lot.palette.cloud_lit * bright + lot.palette.horizon * (1 - bright), np.float32
        )
        bank.foot = np.asarray(
            lot.palette.cloud_dark * np.float32(0.5) + lot.palette.horizon * np.float32(0.5), np.float32
        )
        lot.add(
            Fog(lot.stage, lot.texture(f"veil{number}"), bank.crest, base, 0.03 + 0.02 * number, 0.5, near)
        )


def underwater(lot: Backlot) -> None:
    """Light from the surface, reefs in the dark."""
    lot.add(Deep(lot.stage, lot.palette))
    rng = lot.lie("reef")
    lot.land(terrain.mountains(rng, -0.10, 0.2, coarse=0.5), 0.12, fade=0.5)
    lot.add(Shafts(lot.stage, lot.palette, lot.texture("shafts"), lot.side * 0.3, 0.55, 0.95))
    lot.land(terrain.broadleaves(rng, terrain.mountains(rng, -0.24, 0.2, coarse=0.6), 0.05), 0.5, fade=0.5)
    lot.land(terrain.broadleaves(rng, terrain.hills(rng, -0.34, 0.05), 0.06, dense=0.8), 0.95, fade=0.4)
    for number in range(7):
        x = (number - 3) * 0.16 * lot.stage.aspect + rng.normal(0, 0.03)
        lot.figure(
            "kelp",
            float(x),
            -0.44,
            float(rng.uniform(0.18, 0.42)),
            0.95,
            mirrored=number % 2 == 0,
            rim=lot.palette.upper,
        )


PLACES: dict[str, Place] = {
    "sea": sea,
    "beach": beach,
    "lake": lake,
    "forest": forest,
    "mountains": mountains,
    "desert": desert,
    "city": city,
    "space": space,
    "meadow": meadow,
    "road": road,
    "rails": rails,
    "room": room,
    "underwater": underwater,
    "clouds": clouds,
}


def _mountains(lot: Backlot) -> None:
    rng = lot.lie("peaks")
    warm = lot.reading.has("fire") or "desert" in lot.reading.places
    snow = (
        None
        if warm
        else np.asarray(lot.palette.cloud_lit * np.float32(0.6) + lot.palette.upper * np.float32(0.4))
    )
    lot.land(terrain.mountains(rng, 0.04, 0.26, coarse=0.8), 0.06, lit=0.45, reach=0.07, snow=snow, fade=0.3)
    lot.add(Fog(lot.stage, lot.texture("valley"), lot.palette.horizon, 0.05, 0.05, 0.45, 0.1))
    lot.land(terrain.mountains(rng, 0.0, 0.17, coarse=0.55), 0.22, lit=0.3, reach=0.04, fade=0.2)


def _behind(lot: Backlot, *, always: bool = False) -> None:
    """What closes the horizon: what the words name, else hills on some days."""
    rng = lot.lie("behind")
    if "mountains" in lot.reading.places:
        _mountains(lot)
    elif "city" in lot.reading.places:
        line, windows = skyline(rng, height=0.16, wide=0.045, base=0.0)
        mass = lot.land(line, 0.15, fade=0.3)
        lot.layers.pop()
        lot.add(Skyline(mass, windows, (lot.palette.lamp,), min(1.0, 0.15 + 1.5 * lot.palette.night), 0.5))
    elif "desert" in lot.reading.places:
        lot.land(terrain.dunes(rng, 0.01, 0.06), 0.15, lit=0.7)
    elif always or rng.uniform() < 0.55:
        lot.land(terrain.mountains(rng, -0.045, 0.13, coarse=1.2), 0.05, lit=0.25, fade=0.12)
        if always:
            lot.land(terrain.conifers(rng, terrain.hills(rng, 0.0, 0.015), 0.03), 0.3)


def _trees(lot: Backlot, near: float, base: float, tall: float) -> None:
    rng = lot.lie("shore trees")
    line = terrain.conifers(rng, terrain.hills(rng, base, 0.01), tall)
    lot.land(line, near)
    lot.add(Fog(lot.stage, lot.texture("shore"), lot.palette.horizon, 0.0, 0.022, 0.5, near))


def _bank(lot: Backlot) -> None:
    rng = lot.lie("bank")
    base = terrain.headland(
        rng, -lot.side * 0.12 * lot.stage.aspect, -lot.side, 0.12, width=1.2
    ) - np.float32(0.36)
    lot.land(terrain.grass(rng, base, 0.06), 0.95, depth=0.9)


def _ground(
    lot: Backlot, near: float, base: float, height: float, *, firs: float = 0.0, blades: float = 0.025
) -> None:
    rng = lot.lie("ground")
    line = terrain.hills(rng, base, height)
    if firs:
        side = np.linspace(-terrain.REACH, terrain.REACH, terrain.SAMPLES)
        edge = np.clip((np.abs(side) - 0.24 * lot.stage.aspect) * 4, 0, 1).astype(np.float32)
        lot.land(
            line - np.float32(0.03) + (terrain.conifers(rng, line, firs) - line) * edge,
            0.9 * near,
            depth=near,
        )
    lot.land(terrain.grass(rng, line, blades), near, depth=near, lit=0.2, reach=0.04, bare=True)


def _sand(lot: Backlot) -> None:
    rng = lot.lie("sand")
    sand = colour("#e2c79c") * (lot.palette.horizon * np.float32(0.6) + lot.palette.glow * np.float32(0.4))
    shore = tile(rng, 8, 512, cells=(1, 4), octaves=3)[0] * np.float32(2) - np.float32(1)
    dim = np.float32(1 - 0.55 * lot.palette.night)
    texture = lot.texture("grains", cells=(32, 32), octaves=3)
    lot.add(Beach(lot.stage, lot.palette, np.asarray(sand * dim, np.float32), texture, shore, 0.24))


def _trunks(lot: Backlot) -> None:
    rng = lot.lie("trunks")
    for side in (-1, 1):
        for number in range(2):
            x = side * (0.36 * lot.stage.aspect + 0.24 * number) + rng.normal(0, 0.05)
            lot.figure("trunk", float(x), -0.45, 1.25, 1.0 + 0.1 * number, mirrored=side < 0)


def _sign_places(lot: Backlot) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    rng = lot.lie("signs")
    count = max(6, int(9 * lot.stage.aspect))
    x = np.linspace(-0.7, 0.7, count) * lot.stage.aspect + rng.normal(0, 0.03, count)
    places = np.stack(
        [x, rng.uniform(0.02, 0.13, count), rng.uniform(0.025, 0.08, count), rng.uniform(0, 6.28, count)]
    )
    return places.astype(np.float32)
