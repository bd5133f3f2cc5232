"""The nurse: a Python that has imported our children's modules once, and forks a child for each request.

Importing PyAV takes longer than most requests. The nurse itself opens no file, foreign or own: whatever a file does
to a decoder, it does to a child with limits. Run by `nursery`, which sends one datagram a request,

    {"module": "...", "args": ["mode", "{...}"], "limits": {...}}

and with it three files: the child's stdout, its stderr, and where its number and then its end are told. Linux only.
"""

import ctypes
import json
import os
import resource
import selectors
import signal
import socket
import sys
import traceback
from contextlib import suppress
from importlib import import_module
from typing import Any, Final, NoReturn

from omnigen.adapters.ffmpeg.serving import serve

LARGEST: Final = 1 << 20
"""Bytes of a request."""
_PR_SET_PDEATHSIG: Final = 1
_NICE: Final = 5
_CPU_GRACE_S: Final = 5


def attend() -> NoReturn:
    """Serve the socket that is our stdin until nobody holds its other end."""
    orders = socket.socket(fileno=0)
    selector = selectors.DefaultSelector()
    selector.register(orders, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.data is None:
                _deliver(orders, selector)
            else:
                selector.unregister(key.fd)
                _bury(key.fd, *key.data)


def _deliver(orders: socket.socket, selector: selectors.BaseSelector) -> None:
    data, files, *_ = socket.recv_fds(orders, LARGEST, 3)
    if not data:
        os._exit(0)  # what is still running ends with us
    request = json.loads(data)
    modes = import_module(request["module"]).MODES
    pid = os.fork()
    if not pid:
        _live(request, files, modes)
    os.setpgid(pid, pid)  # here too: whoever learns its number may end its group
    told = files.pop()
    for file in files:
        os.close(file)
    _tell(told, f"{pid}\n")
    selector.register(os.pidfd_open(pid), selectors.EVENT_READ, (pid, told))


def _bury(watched: int, pid: int, told: int) -> None:
    """Say how a child ended, and the CPU seconds that it took."""
    os.close(watched)
    _, status, usage = os.wait4(pid, 0)
    _tell(told, f"{os.waitstatus_to_exitcode(status)} {usage.ru_utime + usage.ru_stime:.6f}\n")
    os.close(told)


def _tell(file: int, text: str) -> None:
    with suppress(BrokenPipeError):  # where nobody wants to know any more
        os.write(file, text.encode())


def _live(request: dict[str, Any], files: list[int], modes: Any) -> NoReturn:
    """The child: limits first, then its one request."""
    code = 1
    try:
        _bound(request["limits"])
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(files[0], 1)
        os.dup2(files[1], 2)
        os.closerange(3, 256)  # the files' first numbers, and what the nurse watches
        sys.argv = ["child", *request["args"]]
        serve(modes)
        sys.stdout.flush()
        code = 0
    except BaseException:  # noqa: BLE001 - as an interpreter would: say it, and end
        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _bound(limits: dict[str, Any]) -> None:
    """As `runner` bounds a command: a group of its own, which ends with us."""
    nurse = os.getppid()
    os.setpgid(0, 0)
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != nurse:
        os._exit(1)
    bounds = {
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_CPU: (limits["cpu_s"], limits["cpu_s"] + _CPU_GRACE_S),
        resource.RLIMIT_FSIZE: (limits["file_mb"] << 20,) * 2,
        resource.RLIMIT_AS: (limits["memory_mb"] << 20,) * 2,
    }
    for name, bound in bounds.items():
        resource.setrlimit(name, bound)
    os.nice(_NICE)
