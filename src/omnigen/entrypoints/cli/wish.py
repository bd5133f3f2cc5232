"""What a user wants made: a brief in options, or a storyboard in a file; and what it would cost."""

import json
import sys
from pathlib import Path
from typing import Any, Final, TypeVar

import click
import msgspec
from attrs import frozen

from omnigen.domain.catalogue import Catalogue
from omnigen.domain.errors import Invalid
from omnigen.domain.pricing import estimate
from omnigen.domain.timeline import FRAME_RATE, seconds_of
from omnigen.entrypoints.cli.client import Api
from omnigen.entrypoints.cli.errors import Refused, WrongUsage
from omnigen.entrypoints.cli.stack import Local
from omnigen.entrypoints.http.requests import BriefRequest, JobRequest, StoryboardBody, WatermarkBody
from omnigen.entrypoints.http.storyboards import DraftView
from omnigen.entrypoints.http.views import EstimateView
from omnigen.entrypoints.http.wire import dollars

T = TypeVar("T")

_LARGEST: Final = 1_000_000
_SPELT: Final = {"aspect_ratio": "--aspect", "max_cost": "--max-cost", "prompt": "PROMPT"}


@frozen(kw_only=True)
class Wish:
    """Exactly one of a brief and a storyboard."""

    brief: BriefRequest | None = None
    storyboard: StoryboardBody | None = None

    @classmethod
    def of(cls, prompt: str | None, file: Path | None, options: dict[str, Any]) -> "Wish":
        """From the command line. Raises WrongUsage, UsageError."""
        if (prompt is None) == (file is None):
            given = "neither is" if prompt is None else "both are"
            raise click.UsageError(f"give a PROMPT or --storyboard FILE; {given} given")
        if file is not None:
            return cls(storyboard=read_storyboard(file))
        return cls(brief=msgspec.convert({"prompt": prompt, **options}, BriefRequest))

    def marked(self, watermark: WatermarkBody) -> "Wish":
        """The same with a watermark."""
        if self.brief is not None:
            return Wish(brief=msgspec.structs.replace(self.brief, watermark=watermark))
        assert self.storyboard is not None, "one of the two is given"
        return Wish(storyboard=msgspec.structs.replace(self.storyboard, watermark=watermark))

    def request(self, max_cost: int | None) -> bytes:
        """The body of its submission."""
        limit = None if max_cost is None else dollars(max_cost)
        return msgspec.json.encode(JobRequest(brief=self.brief, storyboard=self.storyboard, max_cost=limit))

    def draft(self, api: Api) -> DraftView:
        """The storyboard and its price, before anything is spent. Raises WrongUsage, CliError."""
        if self.brief is None:
            return self._priced_here(api)
        try:
            return api.draft(msgspec.json.encode(self.brief), DraftView)
        except Refused as error:
            raise named(error) from error

    def _priced_here(self, api: Api) -> DraftView:
        """By our own price table: the API prices a storyboard when it takes it, not before."""
        assert self.storyboard is not None, "one of the two is given"
        rate, catalogue = _terms(api)
        try:
            board = self.storyboard.storyboard(catalogue, rate)
        except Invalid as error:
            raise WrongUsage(f"--storyboard: {_within(error.field)}{error.message}") from error
        return DraftView(
            storyboard=StoryboardBody.of(board, rate),
            duration=seconds_of(board.frames, rate),
            estimate=EstimateView.of(estimate(board, catalogue, rate=rate)),
        )


def named(error: Refused) -> Refused:
    """The same problem, with the option at fault in front."""
    if not error.field:
        return error
    place = error.field.removeprefix("brief.")
    message = error.message
    if place.startswith("storyboard"):
        message = f"--storyboard: {_within(place)}{message}"
    else:
        spelt = _SPELT.get(place, f"--{place.replace('_', '-')}")
        rest = message.removeprefix(f"{place} ")
        message = f"{spelt}: {message}" if rest == message else f"{spelt} {rest}"
    return Refused(message, http_status=error.http_status, code=error.code, field=error.field)


def read_storyboard(file: Path) -> StoryboardBody:
    """A storyboard as `omnigen storyboard --json` prints it, edited or not. Raises WrongUsage, with the place."""
    return read_as(StoryboardBody, file)


def read_as(model: type[T], file: Path) -> T:
    """A file that holds a storyboard, or something with one inside, as a model. Raises WrongUsage, with the place."""
    from omnigen.entrypoints.http.decoding import decode  # noqa: PLC0415  brings the web framework with it

    try:
        text = file.read_bytes() if str(file) != "-" else sys.stdin.buffer.read(_LARGEST + 1)
    except OSError as error:
        raise WrongUsage(f"--storyboard: {file} can't be read ({error.strerror})") from error
    if len(text) > _LARGEST:
        raise WrongUsage(f"--storyboard: {file} has {len(text)} bytes; up to {_LARGEST} are allowed")
    try:
        board: T = decode(_unwrapped(text), model)
    except Invalid as error:
        message = error.message.replace("the body", str(file)).replace("; see /openapi.json", "")
        raise WrongUsage(f"--storyboard: {_within(error.field)}{message}") from error
    return board


def _unwrapped(text: bytes) -> bytes:
    """A job or a draft has its storyboard inside: that is what is meant."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    inner = value.get("storyboard") if isinstance(value, dict) else None
    return json.dumps(inner).encode() if isinstance(inner, dict) else text


def _within(field: str | None) -> str:
    """`storyboard.scenes[2].prompt` is `scenes[2].prompt` in the file."""
    place = (field or "").removeprefix("storyboard").lstrip(".")
    return f"{place}: " if place else ""


def _terms(api: Api) -> tuple[int, Catalogue]:
    """Frame rate and prices: of the OmniGen that runs here, or the packaged ones."""
    from omnigen.adapters.replicate.catalogue import load_catalogue  # noqa: PLC0415

    environment = api.place.run.get("environment", {}) if isinstance(api.place, Local) else {}
    path = environment.get("OMNIGEN_CATALOGUE")
    return int(environment.get("OMNIGEN_FRAME_RATE", FRAME_RATE)), load_catalogue(
        Path(path) if path else None
    )
