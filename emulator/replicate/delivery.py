"""What a finished prediction hands out, spoiled where a fault asks for it."""

from __future__ import annotations

import random
import secrets
import shutil
from pathlib import Path

from emulator.replicate.faults import Fault
from emulator.replicate.records import RETENTION, Prediction, new_id
from emulator.replicate.store import Output

PREFIX = "/outputs/xezq/"
"""Where outputs are served; the real host has such a folder, too."""
_GARBAGE = 65_536


def deliver(p: Prediction, media: Path, folder: Path, *, now: float) -> Output:
    """The output of a prediction, under an address that can't be guessed."""
    path = _spoiled(p.fault, media, folder)
    lifetime = 0.0 if p.fault.action == "expire_output" else RETENTION
    return Output(
        key=new_id(40),
        prediction_id=p.id,
        name=f"tmp{secrets.token_hex(4)}{media.suffix}",
        path=str(path.resolve()),
        expires_at=now + lifetime,
    )


def garble(fault: Fault, tokens: list[str]) -> list[str]:
    """A language model's answer, spoiled the same way."""
    if fault.action == "garbage_output":
        return ["Sure", "!", " Here", " is", " your", " answer", ": [["]
    return tokens[: len(tokens) // 2] if fault.action == "truncated_output" else tokens


def url_of(output: Output, base: str) -> str:
    """Where it can be fetched."""
    return f"{base}{PREFIX}{output.key}/{output.name}"


def _spoiled(fault: Fault, media: Path, folder: Path) -> Path:
    if fault.action not in ("garbage_output", "truncated_output", "oversize"):
        return media
    path = folder / f"{secrets.token_hex(12)}{media.suffix}"
    if fault.action == "garbage_output":
        path.write_bytes(random.Random(fault.action).randbytes(_GARBAGE))  # noqa: S311 - the same every time
    elif fault.action == "truncated_output":
        content = media.read_bytes()
        path.write_bytes(content[: len(content) // 2])
    else:
        shutil.copyfile(media, path)
        # A hole: the file claims the size without taking the disk.
        with path.open("r+b") as file:
            file.truncate(fault.size)
    return path
