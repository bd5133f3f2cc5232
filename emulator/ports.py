"""Free TCP ports on loopback, the same ones again at the next start where they are still free."""

import json
import secrets
import socket
from collections.abc import Collection, Container, Iterable
from pathlib import Path
from typing import Final

HOST: Final = "127.0.0.1"
_OURS: Final = range(20_000, 32_768)


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
    """Ports that nobody listens on and that aren't in `but`, no two the same.

    They lie below those that systems give to outgoing connections: one of these would be in the way later.
    """
    found: list[int] = []
    while len(found) < count:
        port = secrets.choice(_OURS)
        if port not in but and port not in found and is_free(port):
            found.append(port)
    return found


def keep_ports(path: Path, names: Iterable[str], *, but: Collection[int] = ()) -> dict[str, int]:
    """A port for each name: the one of last time, remembered in `path`, or a new one where it is taken or in `but`."""
    before = _remembered(path)
    wanted = list(names)
    chosen = {n: before[n] for n in wanted if n in before and before[n] not in but and is_free(before[n])}
    missing = [name for name in wanted if name not in chosen]
    others = free_ports(len(missing), but={*but, *chosen.values()})
    chosen.update(zip(missing, others, strict=True))
    path.write_text(json.dumps(chosen, indent=1), encoding="utf-8")
    return chosen


def _remembered(path: Path) -> dict[str, int]:
    """Last time's ports; they are a convenience, so an unreadable file is as good as none."""
    try:
        ports = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): int(port) for name, port in ports.items()}
    except (OSError, ValueError, AttributeError):
        return {}
