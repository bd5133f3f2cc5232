"""Free TCP ports on loopback, the same ones again at the next start where they are still free.

A port is chosen before the process that will listen on it starts, so a second emulator that starts at this instant
would find it free as well. Whoever chooses therefore also locks the byte of that number in a file that all emulators
of this user share; the lock ends with the process, however it ends.
"""

import fcntl
import json
import os
import secrets
import socket
import tempfile
from collections.abc import Collection, Container, Iterable
from functools import cache
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
_OURS: Final = range(20_000, 32_768)
_reserved: Final[set[int]] = set()


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of loopback now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def free_ports(count: int, *, but: Container[int] = ()) -> list[int]:
    """Ports that nobody listens on or has chosen and that aren't in `but`, no two the same, now or later.

    They lie below those that systems give to outgoing connections: one of these would be in the way later.
    """
    found: list[int] = []
    while len(found) < count:
        port = secrets.choice(_OURS)
        if port not in but and port not in _reserved and is_free(port) and _reserve(port):
            found.append(port)
    return found


def keep_ports(path: Path, names: Iterable[str], *, but: Collection[int] = ()) -> dict[str, int]:
    """A port for each name: the one of last time, remembered in `path`, or a new one where it is taken or in `but`."""
    before = _remembered(path)
    wanted = list(names)
    ours = {n: before[n] for n in wanted if n in before and before[n] not in but}
    chosen = {name: port for name, port in ours.items() if is_free(port) and _reserve(port)}
    missing = [name for name in wanted if name not in chosen]
    others = free_ports(len(missing), but={*but, *chosen.values()})
    chosen.update(zip(missing, others, strict=True))
    path.write_text(json.dumps(chosen, indent=1), encoding="utf-8")
    return chosen


def _reserve(port: int) -> bool:
    """Keep other processes from choosing this port for as long as this one lives, unless one of them has it."""
    register = _register()
    if register is not None:
        try:
            fcntl.lockf(register, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
        except OSError:
            return False
    _reserved.add(port)
    return True


@cache
def _register() -> int | None:
    """The shared file, open for good: closing it anywhere in this process would give every port back.

    None where it can't be had: then a port is as safe as being free makes it.
    """
    path = Path(tempfile.gettempdir()) / f"omnigen-ports-{os.getuid()}"
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    except OSError:
        return None


def _remembered(path: Path) -> dict[str, int]:
    """Last time's ports; they are a convenience, so an unreadable file is as good as none."""
    try:
        ports = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): int(port) for name, port in ports.items()}
    except (OSError, ValueError, AttributeError):
        return {}
