"""Telling a process from another that was later given the same number."""

import os
from pathlib import Path


def is_alive(pid: int, started: int | None) -> bool:
    """Whether this very process still runs. `started` is its `start_time`; None takes any with that number."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return started is None or start_time(pid) == started


def start_time(pid: int) -> int | None:
    """When a process started, in clock ticks since boot; None where the system does not say."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return None
    # The second field is the command in parentheses and may contain spaces.
    return int(stat.rpartition(")")[2].split()[19])
