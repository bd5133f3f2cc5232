"""What is shown of a job on its way, in a terminal and without one."""

import io
from typing import Any

import msgspec
import pytest
from rich.console import Console

from omnigen.entrypoints.cli.errors import CliError
from omnigen.entrypoints.cli.following import follow, has_ended
from omnigen.entrypoints.cli.interrupts import Interrupts
from omnigen.entrypoints.cli.outcome import require_success
from omnigen.entrypoints.cli.progress import Bars, Lines, parts_of
from omnigen.entrypoints.cli.show import plain
from omnigen.entrypoints.http.views import JobView

NOTHING = {"micros": 0, "usd": "0.00"}
THEN = "2026-11-23T06:42:14Z"


def a_take(kind: str, status: str, progress: float) -> dict[str, Any]:
    told = {"id": f"t-{kind}", "kind": kind, "model": "m", "status": status, "revision": 1, "attempt": 1}
    return {
        **told,
        "prompt": "",
        "in_use": None,
        "clip_url": None,
        "seed": None,
        "seconds": 0,
        "progress": progress,
        "estimate": NOTHING,
        "cost": NOTHING,
        "error": None,
    }


def a_line(kind: str) -> dict[str, Any]:
    sums = {"quantity": 1, "unit": "run", "expected": NOTHING, "at_most": NOTHING}
    return {"kind": kind, "scene": None, "model": "m", **sums}


def a_scene(number: int, status: str = "generating", progress: float = 0.5) -> dict[str, Any]:
    told = {"number": number, "status": status, "progress": progress, "duration": 5.0, "cost": NOTHING}
    absent = ("prompt", "narration", "transition", "reference_image", "seed", "clip_url", "error")
    return {**told, "takes": [], "placeholder": False, **dict.fromkeys(absent)}


def a_job(count: int = 2, /, **changes: Any) -> JobView:
    estimate = {"expected": NOTHING, "at_most": NOTHING, "paid_seconds": 0, "used_seconds": 5.0, "lines": []}
    absent = (
        "prompt",
        "style",
        "video",
        "poster_url",
        "captions_url",
        "error",
        "note",
        "started_at",
        "ended_at",
    )
    told = {
        "id": "job_1", "revision": 1, "reason": "submit", "status": "generating", "stage": "", "progress": 0.1,
        "title": "T",
        "model": "m", "aspect_ratio": "16:9", "resolution": "720p", "duration": 5.0, "takes": [],
        "scenes": [a_scene(n) for n in range(1, count + 1)], "estimate": estimate, "cost": NOTHING,
        "created_at": THEN, "updated_at": THEN, "deadline": THEN, "storyboard": None, **dict.fromkeys(absent),
    }  # fmt: skip
    return msgspec.convert({**told, **changes}, JobView)


def with_lines(*kinds: str) -> dict[str, Any]:
    return {
        "expected": NOTHING, "at_most": NOTHING, "paid_seconds": 0, "used_seconds": 5.0,
        "lines": [a_line(kind) for kind in kinds],
    }  # fmt: skip


def test_every_part_has_its_bar_in_the_order_of_the_work() -> None:
    job = a_job(estimate=with_lines("plan", "music"), takes=[a_take("music", "submitted", 0.4)])
    parts = [(part.name, part.status, part.progress) for part in parts_of(job)]
    assert parts == [
        ("plan", "pending", 0.0),
        ("scene 1", "generating", 0.5),
        ("scene 2", "generating", 0.5),
        ("music", "generating", 0.4),
        ("composing", "pending", 0.0),
    ]


@pytest.mark.parametrize(("progress", "done"), [(0.9, 0.0), (0.95, 0.5), (1.0, 1.0), (0.2, 0.0)])
def test_composing_is_the_last_tenth(progress: float, done: float) -> None:
    composing = parts_of(a_job(status="composing", progress=progress))[-1]
    assert composing.progress == pytest.approx(done)


def test_lines_say_each_change_once() -> None:
    out = io.StringIO()
    lines = Lines(Console(file=out))
    for job in (
        a_job(1),
        a_job(1),
        a_job(1, scenes=[a_scene(1, "ready", 1.0)]),
        a_job(1, status="succeeded"),
    ):
        lines.show(job)
    assert out.getvalue().splitlines()[:2] == ["scene 1: generating", "scene 1: ready"]
    assert "composing: done" in out.getvalue()


def test_scenes_that_a_planner_writes_later_come_before_the_composing() -> None:
    out = io.StringIO()
    bars = Bars(Console(file=out, force_terminal=True, width=100, height=50))
    with bars:
        bars.show(a_job(0))
        bars.show(a_job(2))
    drawn = out.getvalue()
    assert drawn.rindex("scene 1") < drawn.rindex("scene 2") < drawn.rindex("composing")


def test_forty_scenes_fit_into_a_small_terminal() -> None:
    """Those that are done give way to those that are not."""
    out = io.StringIO()
    done = [a_scene(n, "ready", 1.0) for n in range(1, 40)]
    with Bars(Console(file=out, force_terminal=True, width=100, height=20)) as bars:
        bars.show(a_job(scenes=[*done, a_scene(40)]))
    assert "scene 40" in out.getvalue()
    assert "scene 39" not in out.getvalue()


class Script:
    """An API whose job goes through given states; its event stream can't be had."""

    def __init__(self, *states: JobView) -> None:
        self._states = list(states)

    def job(self, _: str) -> JobView:
        return self._states.pop(0)

    def events(self, *_: Any) -> Any:
        raise RuntimeError("no stream")


def test_without_events_it_is_a_poll() -> None:
    interrupts = Interrupts()
    interrupts.wait = interrupts.rest = lambda seconds: None  # type: ignore[method-assign]
    script: Any = Script(a_job(status="composing"), a_job(status="failed"))
    seen = [job.status.value for job in follow(script, a_job(), interrupts)]
    assert seen == ["generating", "composing", "failed"]


def test_it_stops_following_when_the_end_is_asked_for() -> None:
    interrupts = Interrupts()
    interrupts.ask()
    script: Any = Script()
    assert len(list(follow(script, a_job(), interrupts))) == 1
    assert not has_ended(a_job())


FAILED = {
    "code": "sensitive",
    "message": "The model refuses it.",
    "scene": 2,
    "retryable": True,
    "charged": NOTHING,
}


def test_a_failure_says_scene_code_charge_and_what_next() -> None:
    with pytest.raises(CliError) as caught:
        require_success(a_job(status="failed", error=FAILED, cost={"micros": 900_000, "usd": "0.90"}))
    assert caught.value.message == (
        "job_1 failed: scene 2: The model refuses it (sensitive); $0.90 was charged; "
        "`omnigen jobs retry job_1` may succeed"
    )
    assert (caught.value.status, caught.value.code) == (1, "sensitive")


def test_a_cancelled_job_says_what_it_cost() -> None:
    with pytest.raises(CliError, match=r"job_1 was cancelled; it cost \$0.00") as caught:
        require_success(a_job(status="cancelled"))
    assert caught.value.status == 130


def test_nothing_that_users_write_reaches_the_terminal() -> None:
    assert plain("a\x1b[31m red\n\tfox\x9b2J \u202e") == "a [31m red fox 2J"
