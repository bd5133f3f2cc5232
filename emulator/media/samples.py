"""Makes the pictures of the README: `python -m emulator.media.samples docs/pictures`.

Four briefs go through the planner, and what is filmed of their scenes is kept: one frame, a contact sheet and a
short film without sound. The same every time.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from attrs import frozen
from PIL import Image

from emulator.media.scene import build
from omnigen.adapters.replicate.catalogue import load_catalogue
from omnigen.domain.planner import plan
from omnigen.domain.storyboard import Brief, Scene, Style

_RATE = 24
_GAP = 8
_FILM_RATE = 10


@frozen
class Story:
    """A brief of 15 seconds, which makes three scenes."""

    prompt: str
    style: Style = Style.CINEMATIC

    def scenes(self) -> tuple[Scene, ...]:
        """What the free planner makes of it."""
        model = next(model for model in load_catalogue().models if "veo" in model.id)
        brief = Brief(prompt=self.prompt, frames=15 * _RATE, style=self.style, model=model.id)
        return tuple(plan(brief, model, rate=_RATE).scenes)


LIGHTHOUSE = Story("a lighthouse at dusk, a storm rolls in, the light comes on")
STORIES = (
    LIGHTHOUSE,
    Story("a yellow taxi drives through a neon city at night in the rain", Style.NEON),
    Story(
        "a red fox walks through a snowy forest at dawn, stops and listens, leaps into the snow",
        Style.DOCUMENTARY,
    ),
    Story("hot air balloons rise over the mountains at sunrise"),
)


def picture(scene: Scene, width: int, height: int, share: float = 0.5) -> Image.Image:
    """The frame of `scene` after `share` of its time."""
    seconds = scene.frames / _RATE
    pixels = build(scene.prompt, scene.seed, width, height, seconds).frame(0, share * seconds, share)
    return Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)))


def contact_sheet(stories: tuple[Story, ...], width: int = 480, height: int = 270) -> Image.Image:
    """One row a story, one frame a scene."""
    rows = [[picture(scene, width, height) for scene in story.scenes()[:3]] for story in stories]
    size = (3 * (width + _GAP) + _GAP, len(rows) * (height + _GAP) + _GAP)
    sheet = Image.new("RGB", size, "#101218")
    for down, row in enumerate(rows):
        for across, frame in enumerate(row):
            sheet.paste(frame, (_GAP + across * (width + _GAP), _GAP + down * (height + _GAP)))
    return sheet


def film(story: Story, width: int = 480, height: int = 270, seconds: float = 2.4) -> Iterator[Image.Image]:
    """The story in short: the middle of every scene."""
    for scene in story.scenes():
        long = scene.frames / _RATE
        take = build(scene.prompt, scene.seed, width, height, long)
        for number in range(round(seconds * _FILM_RATE)):
            time = 0.4 * (long - seconds) + number / _FILM_RATE
            pixels = take.frame(0, time, time / long)
            yield Image.fromarray(np.ascontiguousarray(pixels.transpose(1, 2, 0)))


def main() -> None:
    """Write all of them into one folder."""
    parser = argparse.ArgumentParser(description="Make the pictures of the README.")
    parser.add_argument("folder", type=Path)
    folder: Path = parser.parse_args().folder
    folder.mkdir(parents=True, exist_ok=True)
    picture(LIGHTHOUSE.scenes()[-1], 1280, 720, 0.6).save(
        folder / "lighthouse.jpg", quality=88, optimize=True
    )
    contact_sheet(STORIES).save(folder / "contact-sheet.jpg", quality=86, optimize=True)
    first, *others = film(LIGHTHOUSE)
    first.save(
        folder / "lighthouse.webp", save_all=True, append_images=others, duration=1000 // _FILM_RATE, loop=0,
        quality=55, method=4,
    )  # fmt: skip


if __name__ == "__main__":
    main()
