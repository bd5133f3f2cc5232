"""How many may be worked on at once before they do no more than make each other wait: measured, not guessed.

As in Envoy's adaptive concurrency and Netflix's concurrency-limits: what a request takes is compared with what it takes
when it is alone. Once the machine has no more to give, more at once means longer waits and nothing else (Little's law),
so the limit goes down as far as the times have gone up; where nobody waits it goes up again, to the most ever allowed.
"""

import math
from collections.abc import Callable
from statistics import median_low
from typing import Final

WINDOW: Final = 16
"""Requests by whose median the limit is judged: one slow write to the disk is no crowd."""
ALONE: Final = 8
"""Of those that were alone fewer must do, since nobody else is let in while they are waited for."""
TOLERANCE: Final = 1.1
"""Times as long as alone that a request may take before the limit goes down; it has its square root as headroom."""
FEWEST: Final = 4
"""What the limit never goes below: some wait for the disk while another computes."""
DEEPEST_CUT: Final = 0.25
"""One window leaves at least this share of the limit: a crowd is small again after some five of them."""
FASTEST_GROWTH: Final = 2.0
"""And makes it at most so many times as large."""
KEPT_S: Final = 60.0
"""For how long it is believed what a request takes alone. If none has been alone since, and there is a crowd, one at a
time is let in until it is known anew: a crowd that stays would become the measure of itself."""
MEASURING_S: Final = 3.0
"""For that at most: what doesn't end well tells nothing, and must not keep the others out."""
CALM_S: Final = 1.0
"""Without anybody inside, after which the crowd of before no longer counts."""


class Visit:
    """One request inside: since when, and as the how many-th, so that it shows whether others have come."""

    __slots__ = ("before", "began", "first", "inside", "number")

    def __init__(self) -> None:
        self.inside = False
        self.first = False
        """Whether nobody was inside when it came."""
        self.began = 0.0
        self.number = 0
        self.before = 0.0
        """Seconds inside up to its last step out."""


class ConcurrencyLimit:
    """Lets at most `most` in at once, and fewer for as long as they keep each other waiting. `clock` is in seconds."""

    def __init__(self, most: int, clock: Callable[[], float]) -> None:
        self._most = float(most)
        self._clock = clock
        self._allowed = self._most
        self._inside = 0
        self._crowd = 0  # the most who wanted to be inside at once, in this window
        self._entries = 0
        self._left_at = clock()
        self._times: list[float] = []
        self._times_alone: list[float] = []
        self._alone = math.inf
        self._alone_until = -math.inf
        self._measuring = False
        self._measuring_until = -math.inf

    @property
    def allowed(self) -> int:
        """How many may be inside at present."""
        return 1 if self._measuring else int(self._allowed)

    def enter(self, visit: Visit) -> bool:
        """Come in, for the first time or again. False where there is no room."""
        now = self._clock()
        if not self._inside and now - self._left_at > CALM_S:
            self._allowed, self._measuring = self._most, False
        if self._measuring and now > self._measuring_until:
            self._measuring, self._alone_until = False, now + KEPT_S
        self._crowd = max(self._crowd, self._inside + 1)
        if self._inside >= self.allowed:
            return False
        self._inside += 1
        self._entries += 1
        visit.inside, visit.began = True, now
        visit.first, visit.number = self._inside == 1, self._entries
        return True

    def step_out(self, visit: Visit) -> None:
        """Go out, unless it is out, for as long as the request waits for something that is not our doing."""
        if not visit.inside:
            return
        self._left_at = self._clock()
        self._inside -= 1
        visit.inside = False
        visit.before += self._left_at - visit.began

    def leave(self, visit: Visit, *, counts: bool) -> None:
        """Go out for good. What was really done counts; a wrong request is answered quickly in any crowd."""
        self.step_out(visit)
        if not counts:
            return
        if visit.first and visit.number == self._entries:  # nobody was there, and nobody has come
            self._times_alone.append(visit.before)
            if len(self._times_alone) == ALONE:
                self._learn()
        self._times.append(visit.before)
        if len(self._times) == WINDOW:
            self._judge()

    def _learn(self) -> None:
        self._alone, self._times_alone = median_low(self._times_alone), []
        self._alone_until = self._left_at + KEPT_S
        self._measuring = False

    def _judge(self) -> None:
        took, crowd = median_low(self._times), self._crowd
        self._times, self._crowd = [], self._inside
        if self._left_at > self._alone_until and crowd > FEWEST:
            self._measuring, self._measuring_until = True, self._left_at + MEASURING_S
        elif self._alone < math.inf:
            share = max(DEEPEST_CUT, min(TOLERANCE * self._alone / took, FASTEST_GROWTH))
            allowed = self._allowed * share + math.sqrt(self._allowed)
            self._allowed = min(self._most, max(float(FEWEST), allowed))
