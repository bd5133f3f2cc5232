"""Free TCP ports on loopback, the same ones again at the next start where they are still free."""

import json
import socket
from collections.abc import Iterable
from pathlib import Path

HOST = "127.0.0.1"


def is_free(port: int) -> bool:
    """Whether a server could listen on this port of loopback now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
        return True


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on: all are held open together, so that no two are the same."""
    probes = [socket.socket() for _ in range(count)]
    try:
        for probe in probes:
            probe.bind((HOST, 0))
        return [probe.getsockname()[1] for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def keep_ports(path: Path, names: Iterable[str]) -> dict[str, int]:
    """A port for each name: the one of last time, remembered in `path`, or a new one where it is taken."""
    before = _remembered(path)
    wanted = list(names)
    chosen = {name: before[name] for name in wanted if name in before and is_free(before[name])}
    missing = [name for name in wanted if name not in chosen]
    chosen.update(zip(missing, free_ports(len(missing)), strict=True))
    path.write_text(json.dumps(chosen, indent=1), encoding="utf-8")
    return chosen


def _remembered(path: Path) -> dict[str, int]:
    """Last time's ports; they are a convenience, so an unreadable file is as good as none."""
    try:
        ports = json.loads(path.read_text(encoding="utf-8"))
        return {str(name): int(port) for name, port in ports.items()}
    except (OSError, ValueError, AttributeError):
        return {}
