"""The gate itself: every call that writes passes it, by a name that says where to, and is let through, failed or killed."""

import errno
import os
import signal
import sys
from pathlib import Path
from typing import Final

from tests.faults.gate import Gated, Keeper, Passage, Verdict

PROGRAM: Final = """
import os, subprocess, sys
os.mkdir("folder")
with open("folder/file", "wb", 0) as file:
    for _ in range(3): file.write(b"x")
    os.fsync(file.fileno())
os.rename("folder/file", "folder/other")
subprocess.run([sys.executable, "-I", "-S", "-c", "open('child', 'wb', 0).write(b'y')"])
print("done", flush=True)
"""


def ended(folder: Path, keeper: Keeper) -> tuple[int, str]:
    """How the program ends behind that keeper, and what it says."""
    env = {"PATH": os.environ["PATH"], "PYTHONDONTWRITEBYTECODE": "1"}
    log = folder / "log"
    argv = [sys.executable, "-I", "-S", "-c", f"import os; os.chdir({str(folder)!r}){PROGRAM}"]
    code = Gated.start(argv, env=env, log=log, keeper=keeper).process.wait(30)
    return code, log.read_text()


def test_each_call_is_told_by_where_it_goes(tmp_path: Path) -> None:
    """Its own process's and its child's, by path where it has one."""
    seen: list[Passage] = []
    assert ended(tmp_path, seen.append) == (0, "done\n")
    told = [(p.call.removesuffix("at"), p.to) for p in seen]
    file = str(tmp_path / "folder" / "file")
    assert told == [
        ("mkdir", "folder"),
        *[("write", file)] * 3,
        ("fsync", file),
        ("rename", "folder/file"),
        ("write", str(tmp_path / "child")),
        ("write", str(tmp_path / "log")),
    ]
    assert [p.pid == p.main for p in seen] == [True] * 6 + [False, True]


def test_it_kills_before_the_very_write(tmp_path: Path) -> None:
    """At its second time: the first has happened, and nothing after it."""
    writes = iter([None, signal.SIGKILL])

    def keeper(passage: Passage) -> Verdict:
        return next(writes) if passage.to.endswith("/file") else None

    assert ended(tmp_path, keeper) == (-signal.SIGKILL, "")
    assert (tmp_path / "folder" / "file").read_bytes() == b"x"


def test_it_has_a_call_fail(tmp_path: Path) -> None:
    """As the disk would, and only that call."""
    code, said = ended(tmp_path, lambda passage: errno.EIO if passage.call == "fsync" else None)
    assert code == 1
    assert "OSError: [Errno 5]" in said
    assert (tmp_path / "folder" / "file").read_bytes() == b"xxx"
