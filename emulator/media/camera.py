"""The camera: where it stands for a shot, and which way it moves, from the prompt's words or else the seed."""

from __future__ import annotations

import numpy as np
from attrs import frozen

from emulator.media.chance import pick
from emulator.media.sprites import Figure
from emulator.media.stage import Stage, View
from emulator.media.words import Reading

_BY_SEED = ("push", "pan_right", "pan_left", "tilt", "orbit", "push", "pull")
_LOWEST = 0.9
"""The subject's foot stays above this row in wide shots."""
_CUT = -0.45
"""Whoever's foot is below this stands behind something: the picture may cut them."""
_FILLS = 1.25
"""Nobody needs to come nearer than this many picture heights tall."""
Framing = tuple[float, float, float]
"""x, y, zoom."""


@frozen(kw_only=True)
class Shot:
    """How a crew frames the subject."""

    tall: float
    """The subject's height as a share of the picture's."""
    nearest: float
    """Never nearer than this: how much larger than in the wide shot things may appear."""
    farthest: float = 1.0
    x: float = 0.0
    """Where the subject stands, in picture widths from the middle; positive is towards the light."""
    row: float = 0.52
    """Where the point looked at stands, as a share of the height from the top."""
    point: float = 0.5
    """The point looked at: 0 is the subject's foot, 1 its top."""
    horizon: float = 0.0
    """How much lower than in the wide shot the horizon lies."""


SHOTS = {
    "wide": Shot(tall=0.0, nearest=1.04, x=-0.2),
    "final": Shot(tall=0.0, nearest=1.0, x=0.13, horizon=0.09),
    "medium": Shot(tall=0.55, nearest=2.3, farthest=1.3, x=-0.1),
    "track": Shot(tall=0.42, nearest=2.0, farthest=1.25, x=-0.05),
    "shoulder": Shot(tall=0.5, nearest=2.1, farthest=1.3, x=0.16),
    "close": Shot(tall=1.05, nearest=3.4, farthest=1.8, x=0.07, row=0.45, point=0.7),
    "detail": Shot(tall=1.7, nearest=5.0, farthest=2.4, row=0.47, point=0.78),
    "low": Shot(tall=0.72, nearest=2.6, farthest=1.4, x=0.12, row=0.56, horizon=0.14),
    "high": Shot(tall=0.34, nearest=1.6, farthest=1.1, x=0.05, row=0.56, horizon=-0.2),
    "aerial": Shot(tall=0.0, nearest=1.0, x=0.1, horizon=-0.2),
}
_MOVES = {
    "push": ((0.92, 0.0, 0.0), (1.14, 0.0, 0.0)),
    "pull": ((1.3, 0.0, 0.0), (1.0, 0.0, 0.0)),
    "pan_right": ((1.0, 0.14, 0.0), (1.0, -0.14, 0.0)),
    "pan_left": ((1.0, -0.14, 0.0), (1.0, 0.14, 0.0)),
    "tilt": ((1.0, 0.0, -0.07), (1.05, 0.0, 0.05)),
    "crane": ((1.0, 0.0, 0.08), (1.06, 0.0, -0.03)),
    "track": ((1.0, 0.16, 0.0), (1.05, -0.16, 0.0)),
    "orbit": ((1.0, 0.12, 0.01), (1.1, -0.12, -0.01)),
    "static": ((1.0, 0.0, 0.0), (1.0, 0.0, 0.0)),
    "handheld": ((1.0, 0.01, 0.0), (1.04, -0.01, 0.0)),
}
"""What a move does to a framing from start to end: nearer by a factor, the subject shifted across and down."""


@frozen(kw_only=True)
class Camera:
    """One move: from one framing to another, with a hand that is more or less steady."""

    start: Framing
    end: Framing
    sway: float
    phase: float

    def at(self, time: float, share: float) -> View:
        """The view after `time` seconds, `share` of the clip."""
        eased = share + 0.35 * (share * share * (3 - 2 * share) - share)
        x, y, zoom = (one + (two - one) * eased for one, two in zip(self.start, self.end, strict=True))
        x += self.sway * (np.sin(0.9 * time + self.phase) + 0.5 * np.sin(2.3 * time + 2 * self.phase))
        y += 0.5 * self.sway * (np.sin(1.1 * time + 1.7 * self.phase) + 0.4 * np.sin(2.9 * time))
        return View(x=float(x), y=float(y), zoom=float(zoom), time=time, share=share)


def camera_for(
    reading: Reading,
    stage: Stage,
    hero: Figure | None,
    rng: np.random.Generator,
    *,
    side: float,
    seconds: float,
) -> Camera:
    """The move that the words name, around the subject; longer clips move further, never unpleasantly fast."""
    shot = SHOTS[reading.shot or "wide"]
    move = reading.move or pick(_BY_SEED, "move", int(rng.integers(1 << 30)))
    far = min(1.0, 0.35 + seconds / 12)
    aside = float(rng.normal(0, 0.012))
    on_set = _Set(stage=stage, hero=hero, side=side, seconds=seconds)
    start, end = (
        on_set.framing(shot, (1 + (nearer - 1) * far, across * far, down * far), aside)
        for nearer, across, down in _MOVES[move]
    )
    sway = {"handheld": 0.007, "static": 0.0}.get(move, 0.0012)
    if reading.style == "documentary":
        sway = max(sway, 0.005)
    return Camera(start=start, end=end, sway=sway, phase=float(rng.uniform(0, 6.28)))


@frozen(kw_only=True)
class _Set:
    """What a camera is set up for: who is filmed, on which stage, in what light, for how long."""

    stage: Stage
    hero: Figure | None
    side: float
    seconds: float

    def framing(self, shot: Shot, step: Framing, aside: float) -> Framing:
        """`shot`, a `step` of its move further, the subject `aside` of its place."""
        nearer, across, down = step
        across += aside
        if self.hero is None:
            scale = (1 + 0.45 * (shot.nearest - 1)) * max(1.0, nearer)
            return (-across * self.stage.aspect, down, scale)
        scale = max(1.0, self._scale(shot, self.hero) * nearer)
        x = self._x(shot, self.hero, across, scale)
        y = down + self._y(shot, self.hero, scale)
        zoom = 1 + (scale - 1) / (0.25 + 0.75 * self.hero.depth)
        return (float(np.clip(x, -1.3, 1.3)), float(np.clip(y, -0.6, 1.3)), zoom)

    def _scale(self, shot: Shot, hero: Figure) -> float:
        """How much larger than in the wide shot; near shots may cut what is wide."""
        room = (1.6 if shot.point > 0.5 else 1.0) * 0.9 * self.stage.aspect
        wanted = min(shot.tall / hero.size, room / (hero.size * hero.pen.width))
        return min(shot.nearest, max(min(shot.farthest, _FILLS / hero.size), wanted))

    def _x(self, shot: Shot, hero: Figure, across: float, scale: float) -> float:
        column = (shot.x * self.side + across) * self.stage.aspect
        return (hero.x + hero.speed[0] * self.seconds / 2 - column / scale) / max(0.2, hero.depth)

    def _y(self, shot: Shot, hero: Figure, scale: float) -> float:
        part, horizon = 0.3 + 0.7 * hero.depth, self.stage.horizon
        if shot.tall:
            return (shot.row - horizon + (hero.up + shot.point * hero.size) * scale) / part
        if hero.up < _CUT:
            return 0.0
        return min(0.0, (_LOWEST - horizon + hero.up * scale) / part)
