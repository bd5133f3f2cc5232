"""Run as a program: starts another whose system calls of the listed numbers wait at a gate. See `gate`.

    python gated.py NUMBER,NUMBER,... PROGRAM ARGUMENT...

Says on stdout which descriptor the gate will be, waits for a byte on stdin once it is there (whoever keeps the gate
takes its copy meanwhile), and becomes the program. Linux on x86-64 or arm64; no privileges are needed.
"""

import ctypes
import os
import platform
import signal
import struct
import sys
from typing import Final

_MACHINES: Final = {"x86_64": (0xC000003E, 317), "aarch64": (0xC00000B7, 277)}
"""By machine: what the kernel calls it, and its number of seccomp(2)."""
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_NO_NEW_PRIVS: Final = 38
_SET_MODE_FILTER: Final = 1
_NEW_LISTENER: Final = 1 << 3
_WAIT_KILLABLE: Final = 1 << 5
"""A signal does not make a waiting call arrive twice (Linux 5.19)."""
_ALLOW: Final = 0x7FFF0000
_USER_NOTIF: Final = 0x7FC00000
_LOAD: Final = 0x20
_JUMP_IF_EQUAL: Final = 0x15
_RETURN: Final = 0x06


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def main() -> None:
    """Close the gate behind this process and all its descendants, then become the program."""
    numbers = [int(number) for number in sys.argv[1].split(",")]
    free = os.dup(0)
    os.close(free)  # the lowest free number is the one that the kernel gives next
    os.write(1, f"{free}\n".encode())
    _close_the_gate(numbers)
    os.read(0, 1)
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(2, 1)
    os.execvp(sys.argv[2], sys.argv[2:])


def _close_the_gate(numbers: list[int]) -> None:
    machine, seccomp = _MACHINES[platform.machine()]
    code = (
        _instruction(_LOAD, 4) + _instruction(_JUMP_IF_EQUAL, machine, 1, 0) + _instruction(_RETURN, _ALLOW)
    )
    code += _instruction(_LOAD, 0)
    for left, number in zip(range(len(numbers), 0, -1), numbers, strict=True):
        code += _instruction(_JUMP_IF_EQUAL, number, left, 0)
    code += _instruction(_RETURN, _ALLOW) + _instruction(_RETURN, _USER_NOTIF)
    filled = ctypes.create_string_buffer(code, len(code))
    program = _Program(len(code) // 8, ctypes.addressof(filled))
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)  # nobody would keep the gate any more
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    for flags in (_NEW_LISTENER | _WAIT_KILLABLE, _NEW_LISTENER):
        if libc.syscall(seccomp, _SET_MODE_FILTER, flags, ctypes.byref(program)) >= 0:
            return
    raise OSError(ctypes.get_errno(), "seccomp")


def _instruction(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("HBBI", code, if_true, if_false, value)


if __name__ == "__main__":
    main()
