"""What all dialects share: the limits of prompt, length and seed, and the nearest shape."""

import math
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from omnigen.domain.catalogue import Model
from omnigen.domain.errors import Rejected
from omnigen.domain.storyboard import MAX_SEED
from omnigen.ports.provider import Ask


class Dialect(Protocol):
    """Puts an ask into one family's own terms."""

    def __call__(self, ask: Ask, model: Model) -> dict[str, Any]:
        """The input to post. Raises Rejected where the model can't do what is asked."""
        ...


_LINES: Final[Mapping[str, int]] = {"480p": 480, "720p": 720, "1080p": 1080}


def prompt(ask: Ask, model: Model) -> str:
    """The prompt as it is. Raises Rejected if the model doesn't take one so long, or it is empty."""
    text = ask.prompt.strip()
    if not 1 <= len(text) <= model.max_prompt:
        raise Rejected(
            f"a prompt of {len(text)} characters; {model.id} takes 1 to {model.max_prompt}",
            code="prompt_length",
            field="prompt",
        )
    return text


def seconds(ask: Ask, model: Model) -> int:
    """The length asked for. Raises Rejected if the model doesn't make it."""
    if ask.seconds not in model.seconds:
        allowed = ", ".join(str(s) for s in model.seconds)
        raise Rejected(f"{ask.seconds} s; {model.id} makes clips of {allowed} s", code="clip_length")
    return ask.seconds


def resolution(ask: Ask, model: Model) -> str:
    """The best resolution of the model that is no better than asked; its least where it has none."""
    wanted = _LINES.get(ask.resolution, 720)
    within = [r.value for r in model.resolutions if _LINES[r] <= wanted]
    return max(
        within or [min((r.value for r in model.resolutions), key=_LINES.__getitem__)], key=_LINES.__getitem__
    )


def shape(ask: Ask, offered: Sequence[str]) -> str:
    """The offered aspect ratio nearest to the one asked for; the wider of two that are equally near.

    The composer crops what is over: nearest is what loses least of the picture.
    """
    wanted = _log_ratio(ask.aspect_ratio)
    return min(offered, key=lambda name: (round(abs(_log_ratio(name) - wanted), 6), -_log_ratio(name)))


def _log_ratio(name: str) -> float:
    width, _, height = name.partition(":")
    try:
        return math.log(int(width) / int(height))
    except (ValueError, ZeroDivisionError):
        raise Rejected(f"aspect ratio is {name!r}; width:height is allowed", code="aspect_ratio") from None


def seed(ask: Ask) -> dict[str, int]:
    """The seed as a field of the input, or nothing. Raises Rejected for one that no model takes."""
    if ask.seed is None:
        return {}
    if not 0 <= ask.seed <= MAX_SEED:
        raise Rejected(f"seed is {ask.seed}; 0 to {MAX_SEED} is allowed", code="seed")
    return {"seed": ask.seed}


def picture(ask: Ask, name: str, model: Model) -> dict[str, str]:
    """The picture to start from, under the model's own name for it. Raises Rejected if it is missed."""
    if ask.image is not None:
        return {name: ask.image}
    if model.first_frame_required:
        raise Rejected(f"{model.id} animates a picture; none was given", code="first_frame_missing")
    return {}
