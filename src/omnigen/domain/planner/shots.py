"""Where the camera stands and how it moves: one shot for each scene, never the same twice running."""

from typing import Final

from attrs import frozen

from omnigen.domain.planner.grammar import tokens


@frozen
class Shot:
    """A size or angle, a camera move, and what it looks for when the action has been shown already."""

    size: str
    move: str
    focus: str
    """`{it}` stands for the subject."""

    def __str__(self) -> str:
        return f"{self.size}, {self.move}"


OPENING: Final = Shot("Wide establishing shot", "slow push-in", "{it} within its surroundings")
SINGLE: Final = Shot("One continuous shot", "opening wide and pushing in slowly", "{it} from wide to near")
CLOSING: Final = Shot(
    "Wide final shot",
    "slow pull-back that reveals the whole scene",
    "the moment settles, {it} calm within the wider scene",
)
TRACKING: Final = Shot("Tracking shot", "the camera gliding alongside", "movement builds around {it}")
CLOSE: Final = Shot(
    "Close-up", "shallow focus, slow push-in", "near {it}, every texture and small movement is clear"
)
AERIAL: Final = Shot(
    "Aerial shot", "slow drift forward", "seen from high above, {it} small within the landscape"
)
LOW: Final = Shot("Low-angle shot", "slow tilt up", "{it} tall against the background")
SHOULDER: Final = Shot("Over-the-shoulder shot", "gentle handheld sway", "past {it}, at what lies ahead")
MEDIUM: Final = Shot("Medium shot", "slow dolly-in at eye level", "{it} in the middle of the frame")
SIDE: Final = Shot("Medium side-on shot", "steady lateral slide", "light along the edges of {it}")
ORBIT: Final = Shot("Medium-wide shot", "slow orbit to the right", "the background turns slowly behind {it}")
DETAIL: Final = Shot(
    "Extreme close-up", "macro detail, rack focus", "one small detail of {it} fills the frame"
)
HIGH: Final = Shot("High-angle shot", "slow crane down", "shadows on the ground around {it}")
STILL: Final = Shot("Locked-off wide shot", "no camera movement", "{it} almost still in a calm composition")
HANDHELD: Final = Shot("Handheld medium shot", "following close behind", "the camera stays near {it}")

_COVERAGE: Final = (MEDIUM, CLOSE, TRACKING, LOW, SIDE, AERIAL, DETAIL, ORBIT, HIGH, HANDHELD, STILL)
"""What a crew films when nothing asks for anything special: near and far in turn."""

_ASKED: Final[tuple[tuple[Shot, str], ...]] = (
    (DETAIL, "macro extreme"),
    (CLOSE, "close-up closeup"),
    (AERIAL, "aerial drone bird's-eye"),
    (LOW, "low-angle"),
    (HIGH, "high-angle overhead"),
    (TRACKING, "tracking"),
    (SHOULDER, "over-the-shoulder"),
    (OPENING, "wide establishing"),
)
_FITTING: Final[tuple[tuple[Shot, str], ...]] = (
    (
        TRACKING,
        "runs run running races race racing chases chasing drives drive driving rides ride riding gallops "
        "galloping walks walk walking flees speeds leaps leaping skates skating surfs surfing sails sail "
        "sailing follows jogs dashes marches marching swims swim swimming dances dance dancing",
    ),
    (
        LOW,
        "storm tower towers rocket launches erupts giant skyscraper castle rises rise rising rolls climbs "
        "climb climbing dinosaur dragon",
    ),
    (
        CLOSE,
        "light lamp eyes eye face hand hands smile smiles tear flower candle flame key letter door kneads "
        "pours whispers opens glows blinks finds discovers",
    ),
    (
        AERIAL,
        "flies fly flying soars soaring mountains coast coastline city skyline valley canyon island river "
        "desert landscape fields horizon",
    ),
    (
        SHOULDER,
        "talks talk speaks meets meet conversation looks look watches watch watching gazes gaze reads "
        "reading writes sees shares share",
    ),
    (
        DETAIL,
        "sizzles coffee drop drops dew insect bee raindrop spark sparks gears needle grain seed sprouts",
    ),
)


def shot_for(
    text: str, number: int, count: int, *, phase: int = 0, camera: str = "", before: Shot | None = None
) -> Shot:
    """The shot of scene `number` of `count`, the `phase`-th of its beat (from 0), after the shot `before`.

    What the prompt says about its `camera` goes before everything.
    """
    asked = _find(_ASKED, camera) if phase == 0 else None
    fitting = _find(_FITTING, text) if phase == 0 else None
    if asked or count == 1:
        return asked or SINGLE
    if number == 1:
        return OPENING
    if number == count:
        return CLOSING
    return fitting if fitting and fitting != before else _covering(number, before)


def _find(table: tuple[tuple[Shot, str], ...], text: str) -> Shot | None:
    """The shot that the first telling word of a text asks for."""
    told = tokens(text)
    return next((shot for word in told for shot, known in table if word in known.split()), None)


def _covering(number: int, before: Shot | None) -> Shot:
    shot = _COVERAGE[(number - 2) % len(_COVERAGE)]
    return _COVERAGE[(number - 1) % len(_COVERAGE)] if shot == before else shot
