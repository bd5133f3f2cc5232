"""What has to be made: a model's input, turned into an order for the studio."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from attrs import evolve, frozen

from emulator.replicate.catalogue import Kind, Model

Files = Mapping[str, list[Path]]
"""The fetched files of an input, by field."""
SIDES = {"480p": 480, "720p": 720, "1080p": 1080}


@frozen(kw_only=True)
class Order:
    """One piece of media. `aspect` is left open (None) where it follows the first image."""

    kind: Kind
    suffix: str
    prompt: str
    seed: int = 0
    seconds: float = 0.0
    side: int = 720
    """The shorter side in pixels; for a still, the root of its area."""
    aspect: float | None = 16 / 9
    audio: bool = True
    voice: str = ""
    speed: float = 1.0
    images: tuple[Path, ...] = ()
    last_frame: Path | None = None


def seed_of(given: Mapping[str, Any]) -> int:
    """The seed that was asked for; without one, the same for the same words, so that runs can be repeated."""
    if isinstance(given.get("seed"), int | float):
        return int(given["seed"]) % (1 << 63)
    words = "\n".join(str(given.get(name) or "") for name in ("prompt", "text", "lyrics"))
    return int.from_bytes(hashlib.sha256(words.encode()).digest()[:4]) >> 1


def order_of(model: Model, given: Mapping[str, Any], files: Files, seed: int) -> Order:
    """What to make for an input, defaults filled in."""
    values = {f.name: f.default for f in model.fields} | {k: v for k, v in given.items() if v is not None}
    return evolve(_ORDERS[model.kind](values, files), seed=seed)


def _video(values: Mapping[str, Any], files: Files) -> Order:
    first = _any(files, "image", "first_frame", "start_image") or files.get("reference_images", [])
    last = _any(files, "last_frame", "last_frame_image", "end_image")
    standard = "720p" if values.get("mode") == "standard" else "1080p"
    seconds = float(values["duration"])
    return Order(
        kind="video",
        suffix=".mp4",
        prompt=str(values.get("prompt") or ""),
        seconds=seconds if seconds > 0 else 5.0,
        side=SIDES[str(values.get("resolution") or ("720p" if "mode" not in values else standard))],
        aspect=_ratio(values.get("aspect_ratio")),
        audio=bool(values.get("generate_audio", "enable_prompt_expansion" in values)),
        images=tuple(first[:1]),
        last_frame=last[0] if last else None,
    )


def _still(values: Mapping[str, Any], files: Files) -> Order:
    images = _any(files, "input_images", "image")
    megapixels = {"0.5 MP": 0.5, "1 MP": 1.0, "2 MP": 2.0, "4 MP": 4.0}.get(
        str(values.get("resolution")), 1.0
    )
    aspect, side = _ratio(values.get("aspect_ratio")), int(math.sqrt(megapixels) * 1024)
    if values.get("aspect_ratio") == "custom":
        width, height = int(values.get("width") or 1024), int(values.get("height") or 1024)
        aspect, side = width / height, int(math.sqrt(width * height))
    if images and "cfg" in values:
        aspect = None
    return Order(
        kind="still",
        suffix="." + str(values["output_format"]),
        prompt=str(values["prompt"]),
        side=side,
        aspect=aspect,
        images=tuple(images[:1]),
    )


def _speech(values: Mapping[str, Any], _files: Files) -> Order:
    return Order(
        kind="speech",
        suffix="." + str(values["audio_format"]),
        prompt=str(values["text"]),
        voice=str(values["voice_id"]),
        speed=float(values["speed"]),
    )


def _music(values: Mapping[str, Any], _files: Files) -> Order:
    """A song is as long as its lyrics: a section is some 20 seconds, a sung line some 4."""
    lines = [line for line in str(values["lyrics"]).splitlines() if line.strip()]
    sections = sum(line.strip().startswith("[") for line in lines)
    return Order(
        kind="music",
        suffix="." + str(values["audio_format"]),
        prompt=str(values.get("prompt") or values["lyrics"]),
        seconds=float(min(240, max(30, 20 * sections + 4 * (len(lines) - sections)))),
    )


def _no_media(values: Mapping[str, Any], _files: Files) -> Order:
    return Order(kind="text", suffix="", prompt=str(values.get("prompt") or ""))


_ORDERS: dict[Kind, Callable[[Mapping[str, Any], Files], Order]] = {
    "video": _video,
    "still": _still,
    "speech": _speech,
    "music": _music,
    "text": _no_media,
}


def _any(files: Files, *names: str) -> list[Path]:
    return next((files[name] for name in names if files.get(name)), [])


def _ratio(named: Any) -> float | None:
    """16/9 of "16:9"; None where the shape follows an image."""
    if not isinstance(named, str) or ":" not in named:
        return None
    width, height = named.split(":")
    return int(width) / int(height)


def size_of(order: Order, image_aspect: float | None) -> tuple[int, int]:
    """Width and height in pixels, even (a still's: multiples of 32, as the real models round)."""
    aspect = order.aspect or image_aspect or (16 / 9 if order.kind == "video" else 1.0)
    if order.kind == "still":
        width, height = order.side * math.sqrt(aspect), order.side / math.sqrt(aspect)
        return min(2048, round(width / 32) * 32), min(2048, round(height / 32) * 32)
    short, long = order.side, order.side * max(aspect, 1 / aspect)
    long = round(long / 2) * 2
    return (long, short) if aspect >= 1 else (short, long)
