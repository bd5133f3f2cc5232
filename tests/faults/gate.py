"""Every call that writes, of a real process and all its children, passes a gate, where a test decides over it.

The kernel stops a process at such a call and asks (seccomp's user notification). The keeper of the gate looks what
would be written to, and lets the call go on, makes it fail, or kills the process then and there: so a test reaches each
place at which something is written, by what it is and not by luck, without root and without a tracer.
"""

import ctypes
import errno
import fcntl
import os
import platform
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

from attrs import define, field, frozen

_CALLS: Final[Mapping[str, Mapping[str, int]]] = {
    "x86_64": {
        "write": 1, "writev": 20, "pwrite64": 18, "fsync": 74, "fdatasync": 75, "ftruncate": 77, "sendto": 44,
        "sendmsg": 46, "rename": 82, "renameat": 264, "renameat2": 316, "link": 86, "linkat": 265,
        "unlink": 87, "unlinkat": 263, "mkdir": 83, "mkdirat": 258, "rmdir": 84, "copy_file_range": 326,
        "sendfile": 40,
    },
    "aarch64": {
        "write": 64, "writev": 66, "pwrite64": 68, "fsync": 82, "fdatasync": 83, "ftruncate": 46, "sendto": 206,
        "sendmsg": 211, "renameat": 38, "renameat2": 276, "linkat": 37, "unlinkat": 35, "mkdirat": 34,
        "copy_file_range": 285, "sendfile": 71,
    },
}  # fmt: skip
_BY_PATH: Final = {"rename": 0, "unlink": 0, "mkdir": 0, "rmdir": 0, "link": 1}
"""Calls that name a path, and which argument that is."""
_BY_FOLDER: Final = {"unlinkat": 0, "mkdirat": 0, "renameat": 0, "renameat2": 0, "linkat": 2}
"""Calls that name a folder's descriptor and a path in it."""
_SECOND_FILE: Final = {"copy_file_range": 2}
"""Calls whose output is not their first argument."""
_HERE: Final = 0xFFFFFF9C
"""AT_FDCWD: relative to the working directory."""
_RECEIVE: Final = 0xC0502100
_SEND: Final = 0xC0182101
_ASKED: Final = struct.Struct("QIIiIQ6Q")
_ANSWER: Final = struct.Struct("QqiI")
_GO_ON: Final = 1
_PIDFD_GETFD: Final = 438
_LIBC: Final = ctypes.CDLL(None, use_errno=True)


@frozen
class Passage:
    """One call that waits at the gate."""

    main: int
    """The process that was started behind the gate."""
    pid: int
    """The one that calls: it, or one of its children. The process, not the thread."""
    call: str
    to: str
    """A path, `socket:PORT` for a connection, or the kind of a file without a name: `pipe`, `eventfd`."""


Verdict = int | signal.Signals | None
"""Let it go on (None), kill the process, or have the call fail with an errno."""
Keeper = Callable[[Passage], Verdict]


def let_all_pass(_: Passage) -> Verdict:
    """The keeper who does nothing."""
    return None


@define(eq=False)
class Gated:
    """A process whose writing calls pass a gate. `keeper` may be exchanged at any time; it runs in a thread."""

    process: "subprocess.Popen[bytes]"
    keeper: Keeper
    _listener: int
    _thread: threading.Thread = field(init=False)
    _files: "_Files" = field(init=False)

    def __attrs_post_init__(self) -> None:
        self._files = _Files(self.pid)
        self._thread = threading.Thread(target=self._keep, name=f"gate of {self.pid}", daemon=True)
        self._thread.start()

    @classmethod
    def start(
        cls, argv: Sequence[str], *, env: Mapping[str, str], log: Path, keeper: Keeper = let_all_pass
    ) -> "Gated":
        """Start a program behind a gate; what it says goes into `log`."""
        numbers = ",".join(str(number) for number in _CALLS[platform.machine()].values())
        launcher = str(Path(__file__).with_name("gated.py"))
        with log.open("ab") as said:
            process = subprocess.Popen(
                [sys.executable, "-I", "-S", launcher, numbers, *argv],
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=said, env=dict(env), start_new_session=True,
            )  # fmt: skip
        assert process.stdin is not None
        assert process.stdout is not None
        with process.stdin, process.stdout:
            listener = _taken(process, int(process.stdout.readline()))
            process.stdin.write(b"!")
        return cls(process, keeper, listener)

    @property
    def pid(self) -> int:
        """Its number."""
        return self.process.pid

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.process.poll() is None

    def stop(self, number: signal.Signals = signal.SIGTERM, *, timeout_s: float = 15) -> int:
        """End it and whatever is left of its group; how it ended."""
        with suppress(ProcessLookupError):
            self.process.send_signal(number)
        try:
            code = self.process.wait(timeout_s)
        finally:
            with suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            self.process.wait()
        self._thread.join(timeout_s)
        return code

    def _keep(self) -> None:
        poll = select.poll()
        poll.register(self._listener, select.POLLIN)
        while not any(event & (select.POLLHUP | select.POLLNVAL) for _, event in poll.poll()):
            self._answer_one()
        os.close(self._listener)
        self._files.close()

    def _answer_one(self) -> None:
        asked = bytearray(_ASKED.size)
        try:
            fcntl.ioctl(self._listener, _RECEIVE, asked)
        except OSError:  # it has been killed meanwhile
            return
        number, thread, _, call, _, _, *arguments = _ASKED.unpack(asked)
        verdict: Verdict = None
        try:
            verdict = self.keeper(self._files.passage(thread, _NAMES[call], arguments))
        except (OSError, ValueError):
            pass  # likewise: nothing can be known of it any more
        except Exception:  # noqa: BLE001 - or else it would wait for ever
            traceback.print_exc()
        if isinstance(verdict, signal.Signals):
            with suppress(OSError):
                os.kill(_process_of(thread), verdict)
            return
        answer = _ANSWER.pack(number, 0, -verdict, 0) if verdict else _ANSWER.pack(number, 0, 0, _GO_ON)
        with suppress(OSError):
            fcntl.ioctl(self._listener, _SEND, bytearray(answer))


_NAMES: Final = {number: name for name, number in _CALLS[platform.machine()].items()}


class _Files:
    """What the descriptors of other processes are."""

    def __init__(self, main: int) -> None:
        self._main = main
        self._peers: dict[str, str] = {}
        self._handles: dict[int, int] = {}

    def passage(self, thread: int, call: str, arguments: Sequence[int]) -> Passage:
        pid = _process_of(thread)
        return Passage(self._main, pid, call, self._to(pid, call, arguments))

    def close(self) -> None:
        for handle in self._handles.values():
            os.close(handle)

    def _to(self, pid: int, call: str, arguments: Sequence[int]) -> str:
        if call in _BY_PATH:
            return _text(pid, arguments[_BY_PATH[call]])
        if call in _BY_FOLDER:
            at = _BY_FOLDER[call]
            name, folder = _text(pid, arguments[at + 1]), arguments[at] & 0xFFFFFFFF
            if name.startswith("/") or folder == _HERE:
                return name
            return f"{_link(pid, folder)}/{name}"
        return self._file(pid, arguments[_SECOND_FILE.get(call, 0)] & 0xFFFFFFFF)

    def _file(self, pid: int, number: int) -> str:
        link = _link(pid, number)
        if link.startswith("socket:"):
            if link not in self._peers:
                self._peers[link] = self._peer(pid, number)
            return self._peers[link]
        if link.startswith("anon_inode:"):
            return link.removeprefix("anon_inode:").strip("[]")
        return "pipe" if link.startswith("pipe:") else link

    def _peer(self, pid: int, number: int) -> str:
        if pid not in self._handles:
            self._handles[pid] = os.pidfd_open(pid)
        with socket.socket(fileno=_copy(self._handles[pid], number)) as one:
            if one.family == socket.AF_UNIX:
                return "pair"
            with suppress(OSError):
                return f"socket:{one.getpeername()[1]}" if not _listens_here(one) else "socket:client"
        return "socket:nobody"


def _listens_here(one: socket.socket) -> bool:
    """Whether somebody has connected to us: our side's port is then a low one, chosen and not given."""
    ours, theirs = one.getsockname()[1], one.getpeername()[1]
    low = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text().split()[0])
    return ours < low <= theirs


def _taken(process: "subprocess.Popen[bytes]", number: int) -> int:
    """Our copy of the gate, as soon as the process has it."""
    handle = os.pidfd_open(process.pid)
    try:
        while True:
            with suppress(OSError):
                if "seccomp" in _link(process.pid, number):
                    return _copy(handle, number)
            if process.poll() is not None:
                raise RuntimeError("no gate: seccomp's user notification is not to be had here")
    finally:
        os.close(handle)


def _copy(handle: int, number: int) -> int:
    copied: int = _LIBC.syscall(_PIDFD_GETFD, handle, number, 0)
    if copied < 0:
        raise OSError(ctypes.get_errno(), "pidfd_getfd")
    return copied


def _link(pid: int, number: int) -> str:
    return str(Path(f"/proc/{pid}/fd/{number}").readlink())


def _process_of(thread: int) -> int:
    for line in Path(f"/proc/{thread}/status").read_text().splitlines():
        if line.startswith("Tgid:"):
            return int(line.split()[1])
    raise OSError(errno.ESRCH, "no such thread")


def _text(pid: int, address: int) -> str:
    """A string in another process's memory."""
    with Path(f"/proc/{pid}/mem").open("rb", 0) as memory:
        memory.seek(address)
        return memory.read(4096).partition(b"\0")[0].decode(errors="replace")
