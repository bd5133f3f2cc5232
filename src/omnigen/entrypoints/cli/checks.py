"""What can be wrong on a machine that makes no videos: one check each, with what to do about it."""

import os
import shutil
import socket
import sys
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

import httpx
from attrs import frozen

from omnigen.domain.errors import OmniGenError
from omnigen.entrypoints.cli.stack import Local, Target, checkout, read_run
from omnigen.settings import Settings, SettingsError

OLDEST_PYTHON: Final = (3, 11)
TOO_NEW_PYTHON: Final = (3, 14)
ROOM_FOR_WORK: Final = 2_000_000_000
"""Bytes: clips, segments and the video of a long job, with room to spare."""
CLOCK_OFF_BY_S: Final = 60
BUILT: Final = 1_790_000_000
"""Unix time (September 2026): a clock that says less is wrong."""
API_PORT: Final = 8080
LIVE_URL: Final = "https://api.replicate.com"


class Verdict(StrEnum):
    """How a check went."""

    FINE = "ok"
    ODD = "warn"
    BROKEN = "fail"


@frozen
class Finding:
    """One check's answer."""

    about: str
    verdict: Verdict
    said: str
    remedy: str = ""


def examine(target: Target) -> Iterator[Finding]:
    """Every check, one after the other."""
    for check in _CHECKS:
        yield from check(target)


def _python(_: Target) -> Iterator[Finding]:
    here = sys.version_info[:2]
    fits = OLDEST_PYTHON <= here < TOO_NEW_PYTHON
    yield _judge("Python", fits, sys.version.split()[0], "use Python 3.11, 3.12 or 3.13")


def _set_up(_: Target) -> Iterator[Finding]:
    root = checkout()
    if root is None:
        yield Finding("set-up", Verdict.FINE, "installed as a package, without the emulator")
        return
    for stamp, sources in _STAMPS.items():
        done = root / stamp
        newest = max((root / source).stat().st_mtime for source in sources if (root / source).exists())
        fresh = done.exists() and done.stat().st_mtime >= newest
        said = "up to date" if fresh else "out of date" if done.exists() else "missing"
        yield _judge(f"set-up {Path(stamp).parent}", fresh, said, "run `make setup`", otherwise=Verdict.ODD)


_STAMPS: Final = {
    ".venv/.done": ("pyproject.toml", "uv.lock"),
    ".venv-emu/.done": ("emulator/identity/requirements.txt",),
}


def _settings(target: Target) -> Iterator[Finding]:
    try:
        settings = _settings_of(target)
    except SettingsError as error:
        yield Finding("settings", Verdict.BROKEN, str(error), "mend or unset the variable")
        return
    yield Finding("settings", Verdict.FINE, f"profile {settings.profile.value}")
    yield _ffmpeg(settings)


def _settings_of(target: Target) -> Settings:
    run = read_run(target.folder) or {}
    return Settings.from_environment({**os.environ, **run.get("environment", {})})


def _ffmpeg(settings: Settings) -> Finding:
    from omnigen.adapters.ffmpeg.build import FfmpegBuild  # noqa: PLC0415  brings the bundled binary's package

    remedy = "unset OMNIGEN_FFMPEG for the bundled build, or set it to a complete one"
    try:
        build = FfmpegBuild.find(settings.ffmpeg)
    except OmniGenError as error:
        return Finding("FFmpeg", Verdict.BROKEN, error.message, remedy)
    lacks = f"; it lacks {', '.join(build.missing)}" if build.missing else ""
    return _judge("FFmpeg", not build.missing, f"{build.version} at {build.path}{lacks}", remedy)


def _folder(target: Target) -> Iterator[Finding]:
    folder = target.folder
    there = next(p for p in (folder, *folder.parents) if p.exists())
    writable = there.is_dir() and os.access(there, os.W_OK)
    said = str(folder) if folder.exists() else f"{folder} (not there yet)"
    yield _judge("data folder", writable, said, f"make {there} writable, or name another folder with --data")
    free = shutil.disk_usage(there).free
    yield _judge(
        "disk",
        free >= ROOM_FOR_WORK,
        f"{free / 1e9:.1f} GB free",
        "make room: 2 GB are wanted",
        otherwise=Verdict.ODD,
    )
    yield from _database(folder / "omnigen.db")


def _database(file: Path) -> Iterator[Finding]:
    if not file.exists():
        return
    import apsw  # noqa: PLC0415  only here

    try:
        with apsw.Connection(str(file), flags=apsw.SQLITE_OPEN_READONLY) as connection:
            said = str(connection.execute("PRAGMA quick_check(1)").get)
    except apsw.Error as error:
        said = str(error)
    yield _judge("database", said == "ok", f"{file}: {said}", "start empty: make emulate RESET=1")


def _clock(target: Target) -> Iterator[Finding]:
    now = time.time()
    remedy = "set the clock: signatures and tokens are good for minutes only"
    if now < BUILT:
        yield Finding(
            "clock", Verdict.BROKEN, f"it says {time.strftime('%Y-%m-%d', time.gmtime(now))}", remedy
        )
        return
    off = _clock_difference(target)
    said = "no other clock to compare it with" if off is None else f"{off:.0f} s from the API's"
    yield _judge("clock", off is None or off < CLOCK_OFF_BY_S, said, remedy)


def _clock_difference(target: Target) -> float | None:
    place = target.find()
    if place is None:
        return None
    try:
        sent = httpx.get(f"{place.api_url}/health", timeout=5).headers.get("date")
        return abs(parsedate_to_datetime(sent).timestamp() - time.time()) if sent else None
    except (httpx.HTTPError, ValueError):
        return None


def _running(target: Target) -> Iterator[Finding]:
    place = target.find()
    if place is None:
        yield Finding("OmniGen", Verdict.FINE, "does not run; `make emulate` or `omnigen render` starts it")
        yield _port()
        return
    yield _answer("API", f"{place.api_url}/health", "look into logs/api.log in the data folder")
    yield _answer("API's stores", f"{place.api_url}/ready", "look into logs/storage.log in the data folder")
    if isinstance(place, Local):
        yield _answer("sign-in", str(place.run["jwks_url"]), "look into logs/identity.log in the data folder")
        yield _models(place)


def _models(place: Local) -> Finding:
    if place.real_money:
        return _answer("Replicate", LIVE_URL, "check the network, or https://replicatestatus.com")
    url = f"{place.run['replicate_url']}/_emulator/health"
    return _answer("stand-in models", url, "look into logs/replicate.log in the data folder")


def _answer(about: str, url: str, remedy: str) -> Finding:
    try:
        answer = httpx.get(url, timeout=5)
    except httpx.HTTPError as error:
        return Finding(about, Verdict.BROKEN, f"{url} does not answer ({type(error).__name__})", remedy)
    fits = answer.status_code < 500
    return _judge(about, fits, f"{url} answers" if fits else f"{url} says {answer.status_code}", remedy)


def _port() -> Finding:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", API_PORT))
        except OSError:
            remedy = "free it, or take another: make emulate PORT=8123"
            return Finding("port", Verdict.ODD, f"{API_PORT} is in use", remedy)
    return Finding("port", Verdict.FINE, f"{API_PORT} is free")


def _judge(about: str, fits: bool, said: str, remedy: str, *, otherwise: Verdict = Verdict.BROKEN) -> Finding:
    return Finding(about, Verdict.FINE, said) if fits else Finding(about, otherwise, said, remedy)


_CHECKS: Final[tuple[Callable[[Target], Iterator[Finding]], ...]] = (
    _python,
    _set_up,
    _settings,
    _folder,
    _clock,
    _running,
)
