"""The camera: which way it moves, from the prompt's words or else from the seed."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from emulator.media.chance import pick
from emulator.media.stage import View
from emulator.media.words import Reading

_BY_SEED = ("push", "pan_right", "pan_left", "tilt", "orbit", "push", "pull")


@frozen(kw_only=True)
class Camera:
    """One move: from one framing to another, with a hand that is more or less steady."""

    start: tuple[float, float, float]
    """x, y, zoom at the clip's start."""
    end: tuple[float, float, float]
    sway: float
    phase: float

    def at(self, time: float, share: float) -> View:
        """The view after `time` seconds, `share` of the clip."""
        eased = share + 0.35 * (share * share * (3 - 2 * share) - share)
        x, y, zoom = (one + (two - one) * eased for one, two in zip(self.start, self.end, strict=True))
        x += self.sway * (np.sin(0.9 * time + self.phase) + 0.5 * np.sin(2.3 * time + 2 * self.phase))
        y += 0.5 * self.sway * (np.sin(1.1 * time + 1.7 * self.phase) + 0.4 * np.sin(2.9 * time))
        return View(x=float(x), y=float(y), zoom=float(zoom), time=time, share=share)


def camera_for(reading: Reading, rng: np.random.Generator, seconds: float) -> Camera:
    """The move that the words name; longer clips move further, never faster than is pleasant."""
    move = reading.move or pick(_BY_SEED, "move", int(rng.integers(1 << 30)))
    far = min(1.0, 0.35 + seconds / 12)
    near = {"close": 1.42, "wide": 1.0, "aerial": 1.0}.get(reading.shot or "", 1.1)
    start, end = _path(move, near, far)
    sway = {"handheld": 0.007, "static": 0.0}.get(move, 0.0012)
    if reading.style == "documentary":
        sway = max(sway, 0.005)
    return Camera(start=start, end=end, sway=sway, phase=float(rng.uniform(0, 6.28)))


def _path(
    move: str, near: float, far: float
) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    paths = {
        "push": ((-0.02, 0.0, near), (0.02, 0.01, near * (1 + 0.22 * far))),
        "pull": ((0.02, 0.01, near * (1 + 0.22 * far)), (-0.02, 0.0, near)),
        "pan_right": ((-0.22 * far, 0.0, near), (0.22 * far, 0.0, near)),
        "pan_left": ((0.22 * far, 0.0, near), (-0.22 * far, 0.0, near)),
        "tilt": ((0.0, -0.07 * far, near * 1.04), (0.0, 0.03, near * 1.07)),
        "track": ((-0.32 * far, 0.0, near * 1.05), (0.32 * far, 0.0, near * 1.05)),
        "orbit": ((-0.2 * far, 0.02, near), (0.2 * far, -0.01, near * (1 + 0.1 * far))),
        "static": ((0.0, 0.0, near), (0.0, 0.0, near)),
        "handheld": ((-0.02, 0.0, near * 1.03), (0.02, 0.0, near * 1.06)),
    }
    return paths[move]
