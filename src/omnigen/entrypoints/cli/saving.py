"""Videos on the user's disk: never half of one, never in the place of another file unless that was asked for."""

import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import IO, Final

from omnigen.entrypoints.cli.client import Api
from omnigen.entrypoints.cli.errors import CliError, WrongUsage
from omnigen.entrypoints.http.views import JobView, VideoView

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


def file_name(title: str) -> Path:
    """A name that every system accepts."""
    stem = _UNSAFE.sub("-", title).strip("-.").lower()[:60]
    return Path(f"{stem or 'video'}.mp4")


def check_output(path: Path, *, force: bool) -> Path:
    """The path, once it is clear that a video may be written there. Raises WrongUsage, before anything is spent."""
    path = path.expanduser()
    if path.is_dir():
        raise WrongUsage(f"--output: {path} is a folder; a file name is needed")
    if path.exists() and not force:
        raise WrongUsage(f"--output: {path} exists already; --force overwrites it")
    if not path.parent.is_dir():
        raise WrongUsage(f"--output: the folder {path.parent} does not exist")
    if not os.access(path.parent, os.W_OK):
        raise WrongUsage(f"--output: the folder {path.parent} can't be written to")
    return path


def save(api: Api, job: JobView, path: Path, *, force: bool) -> None:
    """Download a job's video beside its place, check it, then move it there. Raises CliError."""
    video = made(job)
    again = f"the video is kept: `omnigen jobs download {job.id} -o FILE`"
    put(path, lambda file: api.fetch(job.id, video, file), again, force=force)


def made(job: JobView) -> VideoView:
    """The job's video. Raises CliError where there is none."""
    if job.video is None:
        raise CliError(f"{job.id} is {job.status.value}; it has no video", code="no_video")
    return job.video


def put(path: Path, write: Callable[[IO[bytes]], None], again: str, *, force: bool) -> None:
    """Have a file written beside its place, then move it there. Raises CliError, which says how to do it `again`."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if path.exists() and not force:
            raise CliError(f"{path} has appeared meanwhile and was left alone; {again}", code="file_exists")
        part.replace(path)
    except OSError as error:
        raise CliError(f"{path} can't be written ({error.strerror}); {again}", code="not_written") from error
    finally:
        part.unlink(missing_ok=True)
