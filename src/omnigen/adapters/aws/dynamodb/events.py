"""The order in which a revision's events are told: by time, each scene's by its versions, the end last of all."""

from collections.abc import Iterable
from datetime import datetime

from omnigen.domain.job import JOB_MOVES, JobEvent, JobStatus


def in_order(events: Iterable[JobEvent]) -> list[JobEvent]:
    """All of them. Clocks of several machines may differ; versions don't."""
    latest: dict[int, datetime] = {}
    placed = []
    for event in sorted(events, key=lambda event: event.version):
        at = latest[event.scene] = max(event.at, latest.get(event.scene, event.at))
        placed.append((_is_end(event), at, event.scene, event.version, event))
    return [event for *_, event in sorted(placed, key=lambda each: each[:4])]


def _is_end(event: JobEvent) -> bool:
    """Whether the revision had ended by then: the end closes its scenes, so that they had all been written before."""
    return event.scene == 0 and not JOB_MOVES[JobStatus(event.data["status"])]
