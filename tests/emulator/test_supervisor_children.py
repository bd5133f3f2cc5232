"""Children are started, restarted, ended and never orphaned; each is a small real process."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from emulator.child import ChildSpec
from emulator.errors import EmulatorError
from emulator.ports import free_ports
from emulator.supervisor import Supervisor
from tests.fixtures.emulator import ROOT

SLEEPS = "import time; time.sleep(600)"
IGNORES = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
STUBBORN = IGNORES + "print('up', flush=True); time.sleep(600)"


def spec(name: str, code: str, *arguments: str, **options: object) -> ChildSpec:
    argv = (sys.executable, "-S", "-c", code, *arguments)
    return ChildSpec(name=name, argv=argv, env=dict(os.environ), **options)  # type: ignore[arg-type]


class Lines(list[str]):
    """What the supervisor has said."""

    def say(self, line: str) -> None:
        self.append(line)


async def until(true: Callable[[], object], *, timeout_s: float = 20) -> None:
    deadline = time.monotonic() + timeout_s
    while not true():
        assert time.monotonic() < deadline, "it did not come true"
        await asyncio.sleep(0.02)


def is_running(pid: int) -> bool:
    """Whether a process runs; a zombie that waits for its parent does not."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


async def test_it_is_ready_when_every_child_answers(tmp_path: Path) -> None:
    """A child that serves is ready when its address answers, another when it runs."""
    [port] = free_ports(1)
    serves = (
        "import http.server, sys; h = http.server.SimpleHTTPRequestHandler;"
        "http.server.HTTPServer(('127.0.0.1', int(sys.argv[1])), h).serve_forever()"
    )
    web = spec("web", serves, str(port), ready_url=f"http://127.0.0.1:{port}/")
    async with Supervisor([web, spec("idle", SLEEPS)], logs=tmp_path, say=print) as supervisor:
        assert all(child.ready.is_set() for child in supervisor.children.values())
        pids = [child.pid for child in supervisor.children.values()]
        assert all(pid and is_running(pid) for pid in pids)
    assert not any(is_running(pid) for pid in pids if pid)


async def test_a_child_that_dies_is_started_again(tmp_path: Path) -> None:
    """Its death and its return are one line, and the new process is another one."""
    lines = Lines()
    async with Supervisor([spec("idle", SLEEPS)], logs=tmp_path, say=lines.say) as supervisor:
        child = supervisor.children["idle"]
        first = child.pid
        assert first
        os.kill(first, signal.SIGKILL)
        await until(lambda: child.pid not in (None, first))
    assert lines == ["idle stopped (SIGKILL); starting it again in 0.2 s"]


async def test_a_child_that_keeps_dying_is_given_up(tmp_path: Path) -> None:
    """The line names the child, the cause, the last thing it logged, and where its log is."""
    fails = spec("fails", "print('x' * 50); raise SystemExit('OMNIGEN_PORT is wrong')", lives=2)
    with pytest.raises(EmulatorError) as caught:
        async with Supervisor([fails, spec("idle", SLEEPS)], logs=tmp_path, say=lambda _: None) as supervisor:
            await supervisor.watch()
    line = str(caught.value)
    assert line.startswith("fails keeps stopping (exit code 1): OMNIGEN_PORT is wrong")
    assert str(tmp_path / "fails.log") in line
    assert "\n" not in line


async def test_a_missing_program_is_one_line(tmp_path: Path) -> None:
    """What can't be started at all is not tried five times."""
    missing = ChildSpec(name="ghost", argv=("/nonexistent/ghost",), env={})
    with pytest.raises(EmulatorError, match=r"ghost can't be started: .*No such file"):
        async with Supervisor([missing], logs=tmp_path, say=print):
            pass


async def test_a_stubborn_child_is_killed_with_its_children(tmp_path: Path) -> None:
    """SIGTERM first; after the grace period the whole group goes, grandchildren too."""
    lines = Lines()
    parent = (
        f"{IGNORES} import subprocess, sys;"
        f"print(subprocess.Popen([sys.executable, '-S', '-c', {STUBBORN!r}]).pid, flush=True);"
        "time.sleep(600)"
    )
    stubborn = spec("stubborn", parent, grace_s=0.2)
    async with Supervisor([stubborn], logs=tmp_path, say=lines.say) as supervisor:
        log = tmp_path / "stubborn.log"
        await until(lambda: "up" in log.read_text())
        grandchild = int(log.read_text().split()[0])
        child = supervisor.children["stubborn"].pid
        assert child
        assert is_running(grandchild)
    assert lines == ["stubborn did not end within 0 s; killed"]
    assert not is_running(child)
    await until(lambda: not is_running(grandchild))


async def test_those_that_use_others_are_stopped_first(tmp_path: Path) -> None:
    """The API must not see its store disappear while it finishes its last requests."""
    notes = tmp_path / "notes"
    code = (
        "import signal, sys, time\n"
        "def end(*_):\n"
        "    time.sleep(float(sys.argv[3])); open(sys.argv[1], 'a').write(sys.argv[2]); sys.exit()\n"
        "signal.signal(signal.SIGTERM, end); print('up', flush=True)\n"
        "while True: time.sleep(600)"
    )
    specs = [
        spec("store", code, str(notes), "store ", "0"),
        spec("api", code, str(notes), "api ", "0.3", uses=("store",)),
    ]
    async with Supervisor(specs, logs=tmp_path, say=print):
        await until(lambda: all("up" in (tmp_path / f"{s.name}.log").read_text() for s in specs))
    assert notes.read_text() == "api store "


def test_a_killed_supervisor_leaves_no_orphans(tmp_path: Path) -> None:
    """kill -9 of the supervisor: the guard ends the children, those that ignore SIGTERM too."""
    script = f"""
import asyncio, os, sys
from pathlib import Path
from emulator.child import ChildSpec
from emulator.supervisor import Supervisor
async def main():
    argv = (sys.executable, "-S", "-c", {STUBBORN!r})
    specs = [ChildSpec(name=n, argv=argv, env=dict(os.environ)) for n in "ab"]
    async with Supervisor(specs, logs=Path({str(tmp_path)!r}), say=print) as supervisor:
        while not all("up" in child.log.read_text() for child in supervisor.children.values()):
            await asyncio.sleep(0.02)
        print(*[child.pid for child in supervisor.children.values()], flush=True)
        await asyncio.sleep(600)
asyncio.run(main())
"""
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, cwd=ROOT, text=True)
    assert parent.stdout
    children = [int(pid) for pid in parent.stdout.readline().split()]
    assert len(children) == 2
    parent.kill()
    parent.wait()
    parent.stdout.close()
    deadline = time.monotonic() + 20
    while any(is_running(pid) for pid in children):
        assert time.monotonic() < deadline
        time.sleep(0.05)


async def test_cancelling_the_start_stops_what_was_started(tmp_path: Path) -> None:
    """Ctrl-C while children are still getting ready leaves none of them."""
    [port] = free_ports(1)
    never = spec("never", SLEEPS, ready_url=f"http://127.0.0.1:{port}/")
    supervisor = Supervisor([never], logs=tmp_path, say=print)

    async def start() -> None:
        async with supervisor:
            pass

    starting = asyncio.create_task(start())
    await until(lambda: supervisor.children["never"].pid)
    pid = supervisor.children["never"].pid
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting
    assert pid
    assert not is_running(pid)
