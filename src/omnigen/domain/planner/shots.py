"""Where the camera stands and how it moves: one shot for each scene, never the same twice running."""

from typing import Final

from attrs import frozen

from omnigen.domain.planner.grammar import tokens


@frozen
class Shot:
    """A size or angle, and a camera move."""

    size: str
    move: str

    def __str__(self) -> str:
        return f"{self.size}, {self.move}"


OPENING: Final = Shot("Wide establishing shot", "slow push-in")
SINGLE: Final = Shot("One continuous shot", "opening wide and pushing in slowly")
CLOSING: Final = Shot("Wide final shot", "slow pull-back that reveals the whole scene")
TRACKING: Final = Shot("Tracking shot", "the camera gliding alongside the action")
CLOSE: Final = Shot("Close-up", "shallow focus, slow push-in")
AERIAL: Final = Shot("Aerial shot", "slow drift forward, high above the scene")
LOW: Final = Shot("Low-angle shot", "slow tilt up")
SHOULDER: Final = Shot("Over-the-shoulder shot", "gentle handheld sway")
MEDIUM: Final = Shot("Medium shot", "slow dolly-in at eye level")
SIDE: Final = Shot("Medium side-on shot", "steady lateral slide")
ORBIT: Final = Shot("Medium-wide shot", "slow orbit to the right")
DETAIL: Final = Shot("Extreme close-up", "macro detail, rack focus")
HIGH: Final = Shot("High-angle shot", "slow crane down")
STILL: Final = Shot("Locked-off wide shot", "no camera movement")
HANDHELD: Final = Shot("Handheld medium shot", "following close behind")

_COVERAGE: Final = (MEDIUM, CLOSE, TRACKING, LOW, SIDE, AERIAL, DETAIL, ORBIT, HIGH, HANDHELD, STILL)
"""What a crew films when nothing asks for anything special; each wider one is followed by a nearer one."""

_ASKED: Final[tuple[tuple[Shot, str], ...]] = (
    (DETAIL, "macro"),
    (CLOSE, "close-up closeup"),
    (AERIAL, "aerial drone bird's-eye"),
    (LOW, "low-angle"),
    (HIGH, "high-angle overhead"),
    (TRACKING, "tracking"),
    (SHOULDER, "over-the-shoulder"),
)
_FITTING: Final[tuple[tuple[Shot, str], ...]] = (
    (TRACKING, "runs run running races racing chases chasing drives driving rides riding gallops galloping walks walking flees "
     "speeds leaps leaping skates skating surfs surfing sails sailing follows jogs dashes marches marching swims swimming"),
    (LOW, "storm tower towers rocket launches erupts giant skyscraper castle rises rising rolls climbs climbing dinosaur dragon"),
    (CLOSE, "light lamp eyes eye face hand hands smile smiles tear flower candle flame key letter door kneads pours whispers "
     "opens glows blinks finds discovers"),
    (AERIAL, "flies fly flying soars soaring mountains coast coastline city skyline valley canyon island river desert "
     "landscape fields horizon"),
    (SHOULDER, "talks talk speaks meets meet conversation looks watches watching gazes reads reading writes sees shares share"),
    (DETAIL, "sizzles coffee drop drops dew insect bee raindrop spark sparks gears watchmaker needle grain seed sprouts"),
)  # fmt: skip


def shot_for(text: str, number: int, count: int, *, phase: int, before: Shot | None) -> Shot:
    """The shot of scene `number` of `count`, the `phase`-th of its beat (from 0), after the shot `before`."""
    asked = _find(_ASKED, text)
    if asked and phase == 0:
        return asked
    if count == 1:
        return SINGLE
    if number == 1:
        return OPENING
    if number == count:
        return CLOSING
    fitting = _find(_FITTING, text) if phase == 0 else None
    return fitting if fitting and fitting != before else _covering(number, before)


def _find(table: tuple[tuple[Shot, str], ...], text: str) -> Shot | None:
    """The shot that the first telling word of a text asks for."""
    told = tokens(text)
    return next((shot for word in told for shot, known in table if word in known.split()), None)


def _covering(number: int, before: Shot | None) -> Shot:
    shot = _COVERAGE[(number - 2) % len(_COVERAGE)]
    return _COVERAGE[(number - 1) % len(_COVERAGE)] if shot == before else shot
