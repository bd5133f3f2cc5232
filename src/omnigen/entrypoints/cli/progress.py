"""A job on its way: a bar for each scene, the music and the composing; plain lines where nobody watches."""

from itertools import takewhile
from typing import Protocol, Self

from attrs import frozen
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeElapsedColumn

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.job import JobStatus
from omnigen.domain.take import TakeStatus
from omnigen.entrypoints.http.views import JobView, TakeView

_SCENES_SHARE = 0.9
"""The part of a job's progress that its scenes make up; nearly all of the rest is the composing."""
_ROOM = 6
"""Lines of the terminal that are left for other things."""


@frozen
class Part:
    """Something that is being made: its name, where it stands, and how far it is, 0 to 1."""

    name: str
    status: str
    progress: float


class Display(Protocol):
    """Shows a job as it changes."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *_: object) -> None: ...

    def show(self, job: JobView) -> None:
        """How it is now."""
        ...


def display(out: Console) -> Display:
    """Bars in a terminal, lines elsewhere."""
    return Bars(out) if out.is_terminal else Lines(out)


def parts_of(job: JobView) -> list[Part]:
    """Everything that is being made for a job, in the order of the work."""
    parts = [Part(f"scene {s.number}", s.status.value, s.progress) for s in job.scenes]
    if any(line.kind is TakeKind.PLAN for line in job.estimate.lines):
        parts.insert(0, _take("plan", [t for t in job.takes if t.kind is TakeKind.PLAN]))
    if any(line.kind is TakeKind.MUSIC for line in job.estimate.lines):
        parts.append(_take("music", [t for t in job.takes if t.kind is TakeKind.MUSIC]))
    return [*parts, _composing(job)]


def _take(name: str, takes: list[TakeView]) -> Part:
    if not takes:
        return Part(name, "pending", 0.0)
    newest = takes[-1]
    if newest.status is TakeStatus.STORED:
        return Part(name, "ready", 1.0)
    running = newest.status in (TakeStatus.INTENT, TakeStatus.SUBMITTED)
    return Part(name, "generating" if running else newest.status.value, newest.progress)


def _composing(job: JobView) -> Part:
    if job.status is JobStatus.SUCCEEDED:
        return Part("composing", "done", 1.0)
    if job.status is not JobStatus.COMPOSING:
        return Part("composing", "pending", 0.0)
    done = max(0.0, job.progress - _SCENES_SHARE) / (1 - _SCENES_SHARE)
    return Part("composing", "composing", min(done, 1.0))


class Bars:
    """One bar a part. Where they would not fit, those that are done give way."""

    def __init__(self, out: Console) -> None:
        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=32),
            TaskProgressColumn(),
            TextColumn("{task.fields[status]}", style="dim"),
            TimeElapsedColumn(),
            console=out,
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def show(self, job: JobView) -> None:
        """Move the bars."""
        parts = parts_of(job)
        self._keep_order([part.name for part in parts])
        crowded = len(parts) > self._progress.console.height - _ROOM
        for part in parts:
            task = self._tasks[part.name]
            self._progress.update(
                task,
                completed=part.progress,
                status=part.status,
                visible=not crowded or part.progress < 1,
            )
            if part.progress >= 1:
                self._progress.stop_task(task)

    def _keep_order(self, names: list[str]) -> None:
        """Scenes that a paid planner has just written belong before the bars that come after them."""
        known = list(self._tasks)
        same = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(known, names, strict=False)))
        for name in known[same:]:
            self._progress.remove_task(self._tasks.pop(name))
        for name in names[same:]:
            self._tasks[name] = self._progress.add_task(name, total=1.0, status="")


class Lines:
    """One line whenever a part has moved on."""

    def __init__(self, out: Console) -> None:
        self._out = out
        self._said: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def show(self, job: JobView) -> None:
        """Say what is new."""
        for part in parts_of(job):
            if self._said.get(part.name, "pending") != part.status:
                self._out.print(f"{part.name}: {part.status}")
            self._said[part.name] = part.status
