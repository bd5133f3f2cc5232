"""Children that a nurse has forked are bounded, alone and never left behind, as any other."""

import asyncio
import json
import os
import select
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from omnigen.adapters.ffmpeg.nursery import NURSERY, ChildRunner
from omnigen.adapters.ffmpeg.runner import Command, Limits
from omnigen.domain.errors import Rejected, Transient

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere every child is started anew")

NAUGHTY = "tests.composer.naughty"


def command(mode: str, limits: Limits | None = None, **request: Any) -> Command:
    bounds = limits or Limits(wall_s=60)
    return Command(step="a child", args=(mode, json.dumps(request)), limits=bounds, blame="the clip")


@pytest.fixture
def children() -> ChildRunner:
    return ChildRunner(NAUGHTY, asyncio.Semaphore(2))


async def _found(children: ChildRunner, mode: str, **request: Any) -> Any:
    return json.loads((await children.run(command(mode, **request))).stdout)["found"]


async def test_one_nurse_has_all_children_and_they_see_no_credentials(
    children: ChildRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hush")
    seen = [await _found(children, "look") for _ in range(2)]
    assert {one["parent"] for one in seen} == {NURSERY.nurse}
    assert all("AWS_SECRET_ACCESS_KEY" not in one["environment"] and one["nice"] >= 5 for one in seen)


async def test_both_pipes_are_drained_whatever_is_said(children: ChildRunner) -> None:
    assert await _found(children, "talk", bytes=1_000_000) == "y" * 1_000_000


async def test_memory_is_bounded(children: ChildRunner) -> None:
    """As what a file might make of its decoder: refused, not crashed."""
    limits = Limits(wall_s=60, memory_mb=1024)
    outcome = await children.run(command("fill", limits, bytes=3_000_000_000))
    assert "refused" in json.loads(outcome.stdout)


async def test_cpu_is_bounded(children: ChildRunner) -> None:
    with pytest.raises(Rejected, match="takes too long to decode"):
        await children.run(command("work", Limits(wall_s=60, cpu_s=1)))


async def test_a_child_is_killed_when_its_time_is_up(children: ChildRunner) -> None:
    seen: list[int] = []
    with pytest.raises(Transient, match="took longer than 4 s"):
        await children.run(command("wait", Limits(wall_s=4)), seen.append)
    assert seen
    assert all(_ends(pid) for pid in seen)


async def test_a_cancelled_call_leaves_no_child(children: ChildRunner) -> None:
    """Cancelled at any moment, before it is born too."""
    for seconds in (0, 0.001, 0.01, 0.1, 1):
        seen: list[int] = []
        task = asyncio.create_task(children.run(command("wait"), seen.append))
        await asyncio.sleep(seconds)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert all(_ends(pid) for pid in seen)
    assert not _children_of(NURSERY.nurse)


async def test_with_the_nurse_her_children_go_and_another_one_is_engaged(children: ChildRunner) -> None:
    born: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    task = asyncio.create_task(children.run(command("wait"), born.set_result))
    pid, nurse = await born, NURSERY.nurse
    os.kill(nurse, signal.SIGKILL)
    with pytest.raises(Transient, match="interrupted by the machine"):
        await task
    assert _ends(pid)
    assert (await _found(children, "look"))["parent"] == NURSERY.nurse != nurse


def test_a_killed_worker_leaves_neither_nurse_nor_child() -> None:
    worker = (
        "import asyncio, sys; from omnigen.adapters.ffmpeg.nursery import NURSERY, ChildRunner;"
        "from omnigen.adapters.ffmpeg.runner import Command;"
        f"children = ChildRunner({NAUGHTY!r}, asyncio.Semaphore(1));"
        "command = Command(step='a child', args=('wait', '{}'));"
        "asyncio.run(children.run(command, lambda pid: print(NURSERY.nurse, pid, flush=True)))"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen([sys.executable, "-c", worker], stdout=subprocess.PIPE, env=environment) as process:
        assert process.stdout is not None
        left = [os.pidfd_open(int(pid)) for pid in process.stdout.readline().split()]
        assert len(left) == 2
        process.kill()
    for one in left:
        ended, _, _ = select.select([one], [], [], 20)
        os.close(one)
        assert ended


def _children_of(pid: int) -> list[int]:
    listed = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [child for child in map(int, listed) if not _ends(child)]


def _ends(pid: int) -> bool:
    try:
        process = os.pidfd_open(pid)
    except ProcessLookupError:
        return True
    ended, _, _ = select.select([process], [], [], 10)
    os.close(process)
    return bool(ended)
