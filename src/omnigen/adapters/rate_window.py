"""A sliding window out of two fixed ones: two counters a key, which any store can keep.

Requests of the fixed window before count by the share of it that the sliding window still covers.
"""

from datetime import datetime

from omnigen.ports.usage import RateState


def slot_of(at: datetime, window: int) -> int:
    """Number of the fixed window of so many seconds that an instant lies in."""
    return int(at.timestamp() // window)


def judge(previous: int, current: int, *, limit: int, window: int, at: datetime) -> RateState:
    """What one more request meets, with so many counted in the fixed window before and in the present one."""
    passed = at.timestamp() % window / window
    used = previous * (1 - passed) + current
    allowed = used + 1 <= limit
    left = limit - used - allowed
    return RateState(
        allowed=allowed,
        limit=limit,
        remaining=max(0, int(left)),
        reset=window * _until_room(previous, current + allowed, limit, passed),
    )


def room_for(previous: int, *, limit: int, window: int, at: datetime) -> int:
    """The most that may have been counted in the present fixed window for one more to be allowed; -1: none may be.

    For stores that can't look and count in one step: they count under the condition that no more is there.
    """
    passed = at.timestamp() % window / window
    most = int(limit - previous * (1 - passed))
    while most >= 0 and not judge(previous, most, limit=limit, window=window, at=at).allowed:
        most -= 1
    return most


def _until_room(previous: int, current: int, limit: int, passed: float) -> float:
    """Windows that pass until one more request is allowed; until the present one ends while there is room."""
    if previous * (1 - passed) + current + 1 <= limit:
        return 1 - passed
    if current + 1 <= limit:
        return 1 - (limit - 1 - current) / previous - passed
    # Room comes only after the present window has become the previous one, and has partly left again.
    return 1 - passed + (1 - (max(limit, 1) - 1) / current if current else 0)
