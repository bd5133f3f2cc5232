"""What goes wrong at the ports, and when: drawn from each port's own stream, call by call.

Whether the n-th call of a port fails is decided by the seed, the port and n alone. So a fault has an id, `takes:17`, and
leaving one out moves no other: a failing seed's faults can be thrown out one by one until only the guilty ones are left.
"""

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from typing import Final, Protocol

from attrs import frozen

from tests.simulation.streams import Streams, stream

FAIL: Final = "fail"
"""It fails, and nothing has happened."""
LOST: Final = "lost"
"""It takes effect, and the reply is lost."""
DELAY: Final = "delay"
"""It takes effect late, or its reply comes late; whoever asked may be dead by then."""
REPEAT: Final = "repeat"
"""It takes effect twice: the network, or a client of ours that repeats it."""
GARBAGE: Final = "garbage"
"""It answers nonsense."""
CRASH: Final = "crash"
"""The process that asks is killed, just before or just after it takes effect."""
FREEZE: Final = "freeze"
"""The process that asks stands still before it takes effect, while another takes its place: a zombie in the making."""
UNHEARD: Final = "unheard"
"""It is not known whether it took effect, and it didn't; or it will, later."""
OUTAGE: Final = "outage"
"""Every call fails for a while."""

_STORE: Final = (FAIL, LOST, DELAY, REPEAT, CRASH, FREEZE)
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "jobs": _STORE,
    "takes": _STORE,
    "ledger": _STORE,
    "rates": _STORE,
    "outbox": _STORE,
    "uploads": _STORE,
    "assets": _STORE,
    "provider": (FAIL, LOST, DELAY, REPEAT, GARBAGE, CRASH, FREEZE, UNHEARD),
    "inspector": (FAIL, DELAY, GARBAGE, CRASH),
    "composer": (FAIL, DELAY, GARBAGE, CRASH, FREEZE),
    "workflow": (FAIL, LOST, DELAY, REPEAT, CRASH),
    "secrets": (FAIL, DELAY),
    "aws": (FAIL, LOST),
}
"""What can go wrong at each port, and when AWS is asked for something (`aws`).

A lost read is one that failed; only what can be nonsense can be garbled.
"""


@frozen
class Fault:
    """One thing that went wrong."""

    id: str
    kind: str
    port: str
    method: str

    def __str__(self) -> str:
        return f"{self.id} {self.kind} of {self.port}.{self.method}"


class Plan(Protocol):
    """Decides of every call whether it goes wrong, and keeps what did."""

    fired: list[Fault]

    def draw(self, port: str, method: str, now: float) -> Fault | None:
        """What goes wrong with this call, if anything."""
        ...

    def chance(self, fault: Fault) -> float:
        """A number of the fault's own from 0 to 1: how late, before or after."""
        ...

    def wanted(self, name: str) -> bool:
        """Whether something that is no port's fault (a kill, a jump of the clock) is to happen; ids as `kill:3`."""
        ...

    def heal(self) -> None:
        """From now on nothing goes wrong any more."""
        ...


class DrawnPlan:
    """Faults by chance: which ports and kinds are on differs by seed, and so does how often."""

    def __init__(self, streams: Streams, horizon: float, only: Container[str] | None = None) -> None:
        self.fired: list[Fault] = []
        self._streams, self._only, self._healed = streams, only, False
        self._counts: Counter[str] = Counter()
        swarm = streams["swarm"]
        often = swarm.choice([0.0, 0.003, 0.01, 0.01, 0.03, 0.03, 0.08])
        self._rates = {port: often * swarm.choice([0, 0.3, 1, 1, 3]) for port in KINDS}
        self._kinds: dict[str, Sequence[str]] = {
            port: [kind for kind in kinds if swarm.random() < 0.6] or kinds for port, kinds in KINDS.items()
        }
        self._outages: dict[str, tuple[float, float]] = {}
        if often and swarm.random() < 0.3:
            begin = swarm.random() * horizon / 2
            # Those that are called least need it most.
            ports = [*KINDS, "ledger", "ledger", "aws", "secrets", "uploads"]
            self._outages[swarm.choice(ports)] = (begin, begin + swarm.random() * horizon / 2)

    def draw(self, port: str, method: str, now: float) -> Fault | None:
        if self._healed:
            return None
        self._counts[port] += 1
        chance, rate = self._streams[port].random(), self._rates[port]
        if port in self._outages and self._outages[port][0] <= now < self._outages[port][1]:
            return self._fire(f"{port}:out", OUTAGE, port, method)
        if chance >= rate:
            return None
        kinds = self._kinds[port]
        kind = kinds[int(chance / rate * len(kinds))]
        return self._fire(f"{port}:{self._counts[port]}", kind, port, method)

    def _fire(self, name: str, kind: str, port: str, method: str) -> Fault | None:
        if self._only is not None and name not in self._only:
            return None
        fault = Fault(name, kind, port, method)
        self.fired.append(fault)
        return fault

    def chance(self, fault: Fault) -> float:
        return stream(self._streams.seed, f"fault:{fault.id}").random()

    def wanted(self, name: str) -> bool:
        if self._healed or (self._only is not None and name not in self._only):
            return False
        self.fired.append(Fault(name, name.partition(":")[0], "world", ""))
        return True

    def heal(self) -> None:
        self._healed = True
