"""What lies beside a video on the user's disk: one file of it, all of it in a folder, or a folder for an editor."""

import os
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from typing import IO, Final

import click

from omnigen.entrypoints.cli import show
from omnigen.entrypoints.cli.client import Api
from omnigen.entrypoints.cli.errors import CliError, WrongUsage
from omnigen.entrypoints.cli.options import json_option, target_options
from omnigen.entrypoints.cli.saving import check_output, made, put
from omnigen.entrypoints.cli.stack import Target, reached
from omnigen.entrypoints.http.file_views import FileView
from omnigen.entrypoints.http.views import JobView

VIDEO: Final = "video.mp4"
"""What a video is called in a folder."""
TIMELINE: Final = "timeline.otio"

Write = Callable[[IO[bytes]], None]


def check_folder(path: Path, option: str) -> Path:
    """The folder, made where it isn't there. Raises WrongUsage, before anything is spent."""
    path = path.expanduser()
    if path.exists() and not path.is_dir():
        raise WrongUsage(f"{option}: {path} is a file; a folder is needed")
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WrongUsage(f"{option}: {path} can't be made ({error.strerror})") from error
    if not os.access(path, os.W_OK):
        raise WrongUsage(f"{option}: the folder {path} can't be written to")
    return path


def save_beside(api: Api, job: JobView, folder: Path, *, force: bool) -> list[Path]:
    """Everything beside the video, under the names by which the files refer to each other. Raises CliError."""
    return _fill(folder, {one.name: _writer(api, job, one) for one in made(job).files}, force=force)


def save_all(api: Api, job: JobView, folder: Path, *, force: bool) -> list[Path]:
    """The same, and the video."""
    video = made(job)
    wanted: dict[str, Write] = {VIDEO: partial(api.fetch, job.id, video)}
    wanted |= {one.name: _writer(api, job, one) for one in video.files}
    return _fill(folder, wanted, force=force)


def save_one(api: Api, job: JobView, kind: str, output: Path | None, *, force: bool) -> Path:
    """One file. Raises CliError where the video has none of that kind."""
    files = {one.kind.value: one for one in made(job).files}
    if kind not in files:
        raise CliError(f"there is no {kind} beside the video of {job.id}; there are {', '.join(files)}",
                       code="file_absent")  # fmt: skip
    path = check_output(output or Path(files[kind].name), force=force)
    put(path, _writer(api, job, files[kind]), "try again", force=force)
    return path


@click.command
@click.argument("job_id")
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
@json_option("Tell the outcome as one JSON object.")
@target_options
def export(*, target: Target, job_id: str, folder: Path, force: bool, as_json: bool) -> None:
    """Save a video as its parts, for an editing program: FOLDER/timeline.otio, clips, narration, music."""
    folder = check_folder(folder, "FOLDER")
    with reached(target, working=False) as place, Api(place) as api:
        files = api.export(job_id).files
        saved = _fill(folder, {one.name: partial(api.fetch_exported, one) for one in files}, force=force)
    say_saved(job_id, saved, as_json=as_json)
    if not as_json:
        click.echo(f"open {folder / TIMELINE} in a program that reads OpenTimelineIO")


def say_saved(job_id: str, saved: Iterable[Path], *, as_json: bool) -> None:
    """Which files have been written."""
    if as_json:
        show.print_json({"id": job_id, "files": [str(path) for path in saved]})
    else:
        for path in saved:
            click.echo(path)


def _writer(api: Api, job: JobView, one: FileView) -> Write:
    return partial(api.fetch_file, job.id, one)


def _fill(folder: Path, wanted: Mapping[str, Write], *, force: bool) -> list[Path]:
    """Write files into a folder; nothing is written where one is in the way. Raises CliError."""
    paths = {_within(folder, name): write for name, write in wanted.items()}
    if taken := [path for path in paths if path.exists() and not force]:
        raise WrongUsage(f"{taken[0]} exists already; --force overwrites it")
    for path, write in paths.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise CliError(f"{path.parent} can't be made ({error.strerror})", code="not_written") from error
        put(path, write, "try again with --force", force=force)
    return list(paths)


def _within(folder: Path, name: str) -> Path:
    """Where a file of that name lies. Raises CliError for a name that leads out of the folder."""
    parts = PurePosixPath(name).parts
    if not parts or any(part in ("..", "/") or "\\" in part or ":" in part for part in parts):
        raise CliError(
            f"the server names a file {name[:80]!r}; it has no place in a folder", code="not_understood"
        )
    return folder.joinpath(*parts)
