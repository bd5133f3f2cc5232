"""What options may say, and those that several commands share. A wrong value is refused before anything starts."""

import functools
import math
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click

from omnigen.domain.errors import Invalid
from omnigen.domain.secret import Secret
from omnigen.domain.storyboard import (
    MAX_PROMPT,
    MAX_SECONDS,
    MAX_TITLE,
    MIN_PROMPT,
    MIN_SECONDS,
    AspectRatio,
    Captions,
    CaptionStyle,
    Fit,
    Planner,
    Resolution,
    Style,
)
from omnigen.entrypoints.cli.stack import Target
from omnigen.entrypoints.http import wire

Command = TypeVar("Command", bound=Callable[..., Any])
_SHOWN: Final = 40
_TARGET: Final = "omnigen.target"


class Words(click.ParamType[str]):
    """Text between two lengths, blanks around it taken off; `-` is read from standard input."""

    name = "text"

    def __init__(self, low: int, high: int, *, from_stdin: bool = False) -> None:
        self._low, self._high, self._from_stdin = low, high, from_stdin

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text. Fails for one that the API would refuse."""
        if value == "-" and self._from_stdin:
            value = sys.stdin.read()
        try:
            return wire.text(str(value), "it", self._low, self._high)
        except Invalid as error:
            self.fail(error.message.removeprefix("it "), param, ctx)


class Seconds(click.ParamType[float]):
    """Seconds within bounds; those of a video unless others are given."""

    name = "seconds"

    def __init__(self, low: float = MIN_SECONDS, high: float = MAX_SECONDS) -> None:
        self._low, self._high = low, high

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The number. Fails for one that isn't within the bounds."""
        try:
            seconds = float(value)
        except ValueError:
            seconds = math.nan
        if not self._low <= seconds <= self._high:
            self.fail(f"is {_cut(value)!r}; seconds from {self._low} to {self._high} are allowed", param, ctx)
        return seconds


class Dollars(click.ParamType[int]):
    """US dollars; becomes micro-dollars."""

    name = "usd"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Whole micro-dollars."""
        try:
            return wire.micros_of(str(value).removeprefix("$"), "it")
        except Invalid as error:
            self.fail(error.message.removeprefix("it "), param, ctx)


class _Key(click.ParamType[str]):
    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """An idempotency key."""
        from omnigen.domain.idempotency import check_key  # noqa: PLC0415  hardly anybody gives one

        try:
            return check_key(str(value))
        except Invalid as error:
            self.fail(error.message, param, ctx)


def _cut(value: object) -> str:
    return str(value)[:_SHOWN]


def choice(kind: Any) -> click.Choice[str]:
    """One of an enumeration's values."""
    return click.Choice([member.value for member in kind])


PROMPT: Final = Words(MIN_PROMPT, MAX_PROMPT, from_stdin=True)
KEY: Final = _Key()
DOLLARS: Final = Dollars()

_BRIEF: Final = (
    click.option(
        "--duration", type=Seconds(), default=15, show_default=True, help="Length of the finished video."
    ),
    click.option(
        "--aspect",
        "aspect_ratio",
        type=choice(AspectRatio),
        default="16:9",
        show_default=True,
        help="Shape.",
    ),
    click.option(
        "--resolution", type=choice(Resolution), default="720p", show_default=True, help="Shorter side."
    ),
    click.option("--style", type=choice(Style), default="cinematic", show_default=True, help="Look."),
    click.option("--model", metavar="ID", help="Model of clips or stills, from `omnigen models`."),
    click.option(
        "--planner", type=choice(Planner), default="free", show_default=True, help="`llm` is a paid take."
    ),
    click.option("--narration/--no-narration", default=False, help="Have it told by a voice."),
    click.option("--music/--no-music", default=True, help="Have music made for it (the default)."),
    click.option(
        "--captions", type=choice(Captions), default="sidecar", show_default=True, help="Of the narration."
    ),
    click.option(
        "--caption-style",
        type=choice(CaptionStyle),
        default="outline",
        show_default=True,
        help="Of captions that are burned in.",
    ),
    click.option(
        "--fit",
        type=choice(Fit),
        default="auto",
        show_default=True,
        help="What becomes of clips of another shape.",
    ),
    click.option("--title", type=Words(1, MAX_TITLE), help="Made from the prompt where it is missing."),
)
BRIEF_OPTIONS: Final = (
    "duration", "aspect_ratio", "resolution", "style", "model", "planner", "narration", "music", "captions",
    "caption_style", "fit", "title",
)  # fmt: skip


def brief_options(command: Command) -> Command:
    """Everything that a brief may say beside its prompt."""
    return functools.reduce(lambda wrapped, option: option(wrapped), reversed(_BRIEF), command)


def target_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Which OmniGen is meant; the command gets it as `target`."""

    @click.option(
        "--data",
        type=click.Path(file_okay=False, path_type=Path),
        envvar="OMNIGEN_DATA_DIR",
        show_envvar=True,
        help="Data folder of a local OmniGen.",
    )
    @click.option("--api-url", envvar="OMNIGEN_API_URL", hidden=True)
    @click.option("--access-token", envvar="OMNIGEN_ACCESS_TOKEN", hidden=True)
    @click.option(
        "--replicate",
        type=click.Choice(["fake", "live"]),
        envvar="REPLICATE",
        hidden=True,
    )
    @functools.wraps(command)
    def wrapped(
        *,
        data: Path | None,
        api_url: str | None,
        access_token: str | None,
        replicate: str | None,
        **others: Any,
    ) -> Any:
        ctx = click.get_current_context()
        here = _is_typed(ctx, "data")
        if here or _TARGET not in ctx.meta:  # a group's --data is its commands', too
            ctx.meta[_TARGET] = Target.of(
                data=data,
                api_url=None if here else api_url,
                token=Secret(access_token or ""),
                replicate=replicate,
            )
        return ctx.invoke(command, target=ctx.meta[_TARGET], **others)

    return wrapped


def json_option(what: str) -> Callable[[Command], Command]:
    """`--json`; failures are then told in JSON too."""

    def noted(ctx: click.Context, _: click.Parameter, value: bool) -> bool:
        if value and ctx.obj is not None:
            ctx.obj.as_json = True
        return value

    return click.option(
        "--json", "as_json", is_flag=True, is_eager=True, callback=noted, expose_value=True, help=what
    )


def _is_typed(ctx: click.Context, name: str) -> bool:
    return ctx.get_parameter_source(name) is click.core.ParameterSource.COMMANDLINE


def is_for_subcommand(*own: str) -> bool:
    """Whether a group was called for one of its commands. Raises UsageError if its own options were given then."""
    ctx = click.get_current_context()
    if ctx.invoked_subcommand is None:
        return False
    if misplaced := typed(ctx, own):
        raise click.UsageError(f"{misplaced[0]} belongs behind `{ctx.command_path} {ctx.invoked_subcommand}`")
    return True


def typed(ctx: click.Context, names: tuple[str, ...]) -> list[str]:
    """Those of these options that stand on the command line, as they are written."""
    spelt = {p.name: p.opts[0] for p in ctx.command.params}
    return [spelt[name] for name in names if _is_typed(ctx, name)]
