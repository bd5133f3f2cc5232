"""`--logo`: a picture of this disk as the video's watermark, uploaded once it is agreed that a video is made."""

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import click
from attrs import frozen

from omnigen.domain.storyboard import (
    DEFAULT_OPACITY,
    DEFAULT_WIDTH,
    MAX_WIDTH,
    MIN_OPACITY,
    MIN_WIDTH,
    Corner,
)
from omnigen.entrypoints.cli.client import Api
from omnigen.entrypoints.cli.errors import WrongUsage
from omnigen.entrypoints.cli.options import choice
from omnigen.entrypoints.http.requests import WatermarkBody

Command = TypeVar("Command", bound=Callable[..., Any])

_LARGEST: Final = 10_000_000
_BEGINNINGS: Final = {b"\x89PNG\r\n\x1a\n": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
_OPTIONS: Final = (
    click.option(
        "--logo", type=click.Path(path_type=Path), metavar="FILE", help="PNG, JPEG or WebP to lie over the video."
    ),
    click.option(
        "--logo-corner", type=choice(Corner), default="bottom_right", show_default=True, help="Where it lies."
    ),
    click.option(
        "--logo-width", type=click.FloatRange(MIN_WIDTH, MAX_WIDTH), default=DEFAULT_WIDTH, show_default=True,
        help="As a share of the video's width.",
    ),
    click.option(
        "--logo-opacity", type=click.FloatRange(MIN_OPACITY, 1), default=DEFAULT_OPACITY, show_default=True,
        help="1 hides what lies beneath it.",
    ),
)  # fmt: skip


def logo_options(command: Command) -> Command:
    """The options of a watermark; the command gets them as `logo`, `logo_corner`, `logo_width`, `logo_opacity`."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@frozen(kw_only=True)
class Logo:
    """A picture that was found, and how it is to lie."""

    data: bytes
    content_type: str
    corner: Corner
    width: float
    opacity: float

    @classmethod
    def of(cls, options: dict[str, Any]) -> "Logo | None":
        """Take its options out of all options. Raises WrongUsage for a file that is no such picture."""
        path, *rest = (options.pop(f"logo{name}") for name in ("", "_corner", "_width", "_opacity"))
        if path is None:
            return None
        try:
            data = path.read_bytes()
        except OSError as error:
            raise WrongUsage(f"--logo: {path} can't be read ({error.strerror})") from error
        if len(data) > _LARGEST:
            raise WrongUsage(f"--logo: {path} has {len(data)} bytes; up to {_LARGEST} are allowed")
        kind = next((kind for begins, kind in _BEGINNINGS.items() if data.startswith(begins)), None)
        if kind is None:
            raise WrongUsage(f"--logo: {path} is no picture; a PNG, JPEG or WebP is allowed")
        corner, width, opacity = rest
        return cls(data=data, content_type=kind, corner=Corner(corner), width=width, opacity=opacity)

    def uploaded(self, api: Api) -> WatermarkBody:
        """The watermark, once its file is there. Raises CliError."""
        image = api.upload(self.data, self.content_type)
        return WatermarkBody(image=image, corner=self.corner, width=self.width, opacity=self.opacity)
