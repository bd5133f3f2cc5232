"""What an edit is to change, said in switches or in a file, as the body that the API takes."""

import functools
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

import click
import msgspec

from omnigen.domain.storyboard import (
    MAX_NARRATION,
    MAX_PROMPT,
    MAX_SCENES,
    MAX_SEED,
    MAX_TITLE,
    AspectRatio,
    Captions,
    CaptionStyle,
    Fit,
    Resolution,
    TransitionKind,
)
from omnigen.entrypoints.cli.options import Seconds, Words, choice
from omnigen.entrypoints.http.edits import SceneEdit, StoryboardEdit
from omnigen.entrypoints.http.requests import TransitionBody

Command = TypeVar("Command", bound=Callable[..., Any])
Order = tuple[int, ...]


class _Order(click.ParamType[Order]):
    name = "numbers"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Order:
        """Scene numbers, separated by commas."""
        parts = str(value).split(",")
        if not all(part.strip().isascii() and part.strip().isdecimal() for part in parts):
            self.fail(f"is {str(value)[:40]!r}; scene numbers as in 1,3,2 are allowed", param, ctx)
        return tuple(int(part) for part in parts)


class _Passage(click.ParamType[TransitionBody]):
    name = "kind[:seconds]"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> TransitionBody:
        """A kind of transition, and how long it takes."""
        kind, colon, length = str(value).partition(":")
        try:
            return TransitionBody(type=TransitionKind(kind), duration=float(length) if colon else None)
        except ValueError:
            kinds = ", ".join(TransitionKind)
            self.fail(
                f"is {str(value)[:40]!r}; a kind, as in fade or fade:0.75, is allowed: {kinds}", param, ctx
            )


_SCENE: Final = (
    click.option("--scene", type=click.IntRange(1, MAX_SCENES), help="The scene that these are about:"),
    click.option("--prompt", type=Words(1, MAX_PROMPT), help="What it shows."),
    click.option("--duration", type=Seconds(1, 60), help="Seconds."),
    click.option("--narration", type=Words(0, MAX_NARRATION), help='What is spoken over it; "" is nothing.'),
    click.option("--transition", type=_Passage(), help="How it comes in, as in fade or wipe_left:0.75."),
    click.option("--seed", type=click.IntRange(0, MAX_SEED), help="Another one makes another clip."),
    click.option("--take", metavar="ID", help="An earlier clip, from `omnigen jobs takes`."),
    click.option("--placeholder/--no-placeholder", default=None, help="Have a card stand in for its clip."),
)
_BOARD: Final = (
    click.option("--order", type=_Order(), help="All scenes that stay, by their numbers, as in 1,3,2."),
    click.option("--title", type=Words(1, MAX_TITLE), help="Name of the video."),
    click.option(
        "--aspect", "aspect_ratio", type=choice(AspectRatio), help="Shape; all clips are made anew."
    ),
    click.option("--resolution", type=choice(Resolution), help="Shorter side; all clips are made anew."),
    click.option("--model", metavar="ID", help="Video model; all clips are made anew."),
    click.option("--music", type=Words(0, MAX_PROMPT), help='What the music is like; "" is none.'),
    click.option("--voice", metavar="NAME", help="Voice of the narration."),
    click.option("--captions", type=choice(Captions), help="Of the narration."),
    click.option("--caption-style", type=choice(CaptionStyle), help="Of captions that are burned in."),
    click.option("--fit", type=choice(Fit), help="What becomes of clips of another shape."),
)
_OF_SCENE: Final[tuple[str, ...]] = (
    "prompt", "duration", "narration", "transition", "seed", "take", "placeholder",
)  # fmt: skip


def change_options(command: Command) -> Command:
    """Everything that can be changed without a file."""
    return functools.reduce(lambda wrapped, option: option(wrapped), reversed((*_SCENE, *_BOARD)), command)


def changes(
    given: dict[str, Any], count: int, max_cost: str | None, file: StoryboardEdit | None
) -> StoryboardEdit:
    """The edit of a storyboard of `count` scenes. Raises UsageError for switches that don't go together."""
    switched = {name: value for name, value in given.items() if value is not None}
    if file is not None:
        if switched:
            option = next(iter(switched)).replace("aspect_ratio", "aspect")
            raise click.UsageError(f"--{option} does not go with --storyboard; write it into the file")
        return msgspec.structs.replace(file, max_cost=max_cost)
    number, order = switched.pop("scene", None), switched.pop("order", None)
    of_scene: dict[str, Any] = {name: switched.pop(name) for name in _OF_SCENE if name in switched}
    if bool(of_scene) != (number is not None):
        missing = "--scene is missing" if number is None else f"nothing is said about --scene {number}"
        raise click.UsageError(missing)
    if not (of_scene or switched or order):
        raise click.UsageError("nothing is to be changed; give --storyboard FILE or what is to be different")
    if number is not None and number > count:
        raise click.UsageError(f"--scene is {number}; scenes 1 to {count} are there")
    if order is not None or number is not None:
        switched["scenes"] = _scenes(order or tuple(range(1, count + 1)), number, _nulled(of_scene))
    return StoryboardEdit(**_nulled(switched), max_cost=max_cost)


def _scenes(order: Sequence[int], number: int | None, of_scene: dict[str, Any]) -> list[SceneEdit]:
    return [SceneEdit(source=n, **(of_scene if n == number else {})) for n in order]


def _nulled(switched: dict[str, Any]) -> dict[str, Any]:
    """An empty text takes away what may be missing."""
    return {name: None if value == "" else value for name, value in switched.items()}
