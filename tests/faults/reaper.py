"""Who is killed where: at each place at which something is written, at its last time, and by chance."""

import signal
import threading
from collections import Counter
from random import Random
from typing import Final

from attrs import define, field, frozen

from tests.faults.gate import Passage, Verdict
from tests.faults.sites import Map, Site

_AHEAD: Final = 200
"""Passages of a life among which chance chooses: some way into a job."""
_WAKING: Final = ("pair", "eventfd")
"""Where a process wakes itself, again and again: chance chooses among the others."""


@frozen
class Kill:
    """One kill: of the process that was about to write there, for the `time`-th time in its family's life."""

    site: Site
    time: int
    why: str

    def __str__(self) -> str:
        return f"{self.why}: {self.site} ({self.time})"


@define(eq=False)
class Orders:
    """Where to kill, of all families and lives: once at every site, or as told."""

    chance: Random
    everywhere: bool
    """Whether somebody is killed wherever nobody has been killed yet."""
    peace: bool = False
    kills: list[Kill] = field(factory=list, init=False)
    last: dict[Site, int] = field(factory=dict, init=False)
    """At which of its times somebody is killed at a site: as often as an undisturbed life passes it."""
    at_random: dict[str, list[int]] = field(factory=dict, init=False)
    """By family: at which passage of a life, whatever is written there."""
    _known: set[Site] = field(factory=set, init=False)
    _lock: threading.Lock = field(factory=threading.Lock, init=False)

    @property
    def sites(self) -> set[Site]:
        """Where somebody was killed."""
        return {kill.site for kill in self.kills}

    @property
    def left(self) -> int:
        """Kills that were ordered and are to come."""
        return len(self.last) + sum(map(len, self.at_random.values()))

    def draw(self, family: str, number: int) -> None:
        """So many more by chance."""
        times = [self.chance.randint(1, _AHEAD) for _ in range(number)]
        self.at_random.setdefault(family, []).extend(times)

    def carried_out(self, site: Site, time: int, passage: int) -> bool:
        """Whether this is where somebody is to be killed. Each order is given once."""
        with self._lock:
            why = None if self.peace else self._why(site, time, passage)
            if why is not None:
                self.kills.append(Kill(site, time, why))
                print(self.kills[-1], flush=True)
            return why is not None

    def _why(self, site: Site, time: int, passage: int) -> str | None:
        if self.everywhere and site not in self._known:
            self._known.add(site)
            return "first"
        if self.last.get(site) == time:
            del self.last[site]
            return "last"
        waiting = self.at_random.get(site.family)
        if waiting and passage >= waiting[0] and site.place not in _WAKING:
            waiting.pop(0)
            return "random"
        return None


@define(eq=False)
class Reaper:
    """The keeper of the gate of one life of a family."""

    map: Map
    orders: Orders
    counted: Counter[Site] = field(factory=Counter, init=False)
    """How often each site was passed."""
    lost_a_child: bool = field(default=False, init=False)
    """Whether a child was killed, and not the process that was started."""
    _among: int = field(default=0, init=False)
    """Passages among which chance chooses."""

    def __call__(self, passage: Passage) -> Verdict:
        site = self.map.site(passage)
        if site is None:
            return None
        self.counted[site] += 1
        self._among += site.place not in _WAKING
        killed = self.orders.carried_out(site, self.counted[site], self._among)
        self.lost_a_child |= killed and passage.pid != passage.main
        return signal.SIGKILL if killed else None
