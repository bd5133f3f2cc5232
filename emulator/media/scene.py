"""A scene: the layers that a prompt asks for, the camera that films them, and the look at the end."""

from __future__ import annotations

import numpy as np
from attrs import define, evolve

from emulator.media.backlot import Backlot, Layer
from emulator.media.camera import SHOTS, Camera, camera_for
from emulator.media.cast import hero_of, place_cast
from emulator.media.chance import dice, number_of, pick
from emulator.media.elements import let_elements_in
from emulator.media.grade import Grade, Pixels
from emulator.media.palette import palette_for
from emulator.media.places import PLACES
from emulator.media.sprites import Figure
from emulator.media.stage import Picture, Stage, View
from emulator.media.words import Reading, read

_HORIZON = {
    "space": 0.5,
    "room": 0.74,
    "underwater": 0.55,
    "meadow": 0.6,
    "mountains": 0.66,
    "city": 0.66,
    "road": 0.56,
    "lake": 0.6,
}
_CALM = ("lake", "meadow", "mountains", "meadow")
_PASSING = {"wide": "dawn", "final": "night"}
"""The hours in which time passes, by shot."""


@define(eq=False)
class Scene:
    """What can be filmed: ask for a frame by its time."""

    stage: Stage
    layers: list[Layer]
    camera: Camera
    grade: Grade
    hero: Figure | None = None
    """Who it is about; some scenes are about nobody."""

    def picture(self, view: View) -> Picture:
        """The scene as `view` sees it, before the grade."""
        image = np.empty((3, self.stage.height, self.stage.width), np.float32)
        for layer in self.layers:
            layer.draw(image, view)
        return image

    def frame(self, number: int, time: float, share: float) -> Pixels:
        """One finished frame."""
        return self.grade.develop(self.picture(self.camera.at(time, share)), number)


def build(prompt: str, seed: int, width: int, height: int, seconds: float) -> Scene:
    """The scene of `prompt`, drawn `width` x `height` pixels large, for a clip of `seconds`."""
    reading = _settled(read(prompt), prompt)
    stage = Stage.of(width, height, _horizon(reading))
    lot = Backlot(
        stage=stage,
        palette=palette_for(reading),
        reading=reading,
        root=number_of("scene", prompt, seed),
        ground=number_of("place", reading.topic),
        side=pick((-1.0, 1.0), "side", reading.topic),
        seconds=seconds,
    )
    PLACES[reading.places[0]](lot)
    place_cast(lot)
    let_elements_in(lot)
    grade = Grade.of(reading.style, width, height, number_of("grain", prompt, seed))
    hero = hero_of(lot)
    camera = camera_for(reading, stage, hero, dice("camera", prompt, seed), side=lot.side, seconds=seconds)
    return Scene(stage, lot.layers, camera, grade, hero)


def _settled(reading: Reading, prompt: str) -> Reading:
    """A place for prompts that name none: calm, the same for one wording, with a lone tree to look at."""
    if "time_passes" in reading.events and reading.hour is None:
        reading = evolve(reading, hour=_PASSING.get(reading.shot or "", "golden"))
    if reading.places:
        return reading
    place = pick(_CALM, "place", reading.topic or prompt)
    return evolve(reading, places=(place,), subjects=reading.subjects or ("tree",))


def _horizon(reading: Reading) -> float:
    base = _HORIZON.get(reading.places[0], 0.62)
    if reading.places[0] in ("space", "room", "underwater"):
        return base
    return base + SHOTS[reading.shot or "wide"].horizon
