"""The limit finds by itself how many make each other wait, on a machine and a clock of the tests' own."""

import heapq
from statistics import quantiles

from attrs import define, field

from omnigen.entrypoints.http.middleware.concurrency import (
    FEWEST,
    KEPT_S,
    MEASURING_S,
    ConcurrencyLimit,
    Visit,
)

MOST = 64
COMPUTES = 0.001
"""Seconds of the one processor that a request takes."""


@define
class Machine:
    """One processor that serves in turn; before that each request waits for something else that takes no processor."""

    waits: float = 0.0
    computes: float = COMPUTES
    now: float = 0.0
    limit: ConcurrencyLimit = field(init=False)
    took: list[float] = field(factory=list)
    refused: int = 0
    _free_at: float = 0.0
    _leaving: list[tuple[float, int, Visit]] = field(factory=list)

    def __attrs_post_init__(self) -> None:
        self.limit = ConcurrencyLimit(MOST, lambda: self.now)

    def arrive(self, every: float, seconds: float) -> None:
        """Requests at a steady rate, whatever becomes of those before."""
        self._take([self.now + number * every for number in range(int(seconds / every))])

    def arrive_at_once(self, count: int) -> None:
        """A burst."""
        self._take([self.now] * count)

    def rest(self, seconds: float) -> None:
        """Nobody comes."""
        self._go_on_to(self.now + seconds)

    def _take(self, arrivals: list[float]) -> None:
        self.took, self.refused = [], 0
        for due in arrivals:
            self._go_on_to(due)
            visit = Visit()
            if self.limit.enter(visit):
                self._serve(visit)
            else:
                self.refused += 1

    def _serve(self, visit: Visit) -> None:
        self._free_at = max(self._free_at, self.now + self.waits) + self.computes
        heapq.heappush(self._leaving, (self._free_at, id(visit), visit))

    def _go_on_to(self, instant: float) -> None:
        while self._leaving and self._leaving[0][0] <= instant:
            self.now, _, visit = heapq.heappop(self._leaving)
            self.limit.leave(visit, counts=True)
            self.took.append(visit.before)
        self.now = instant


def busy(every: float, seconds: float, **machine: float) -> Machine:
    """A machine that has known calm times, after so many seconds of load."""
    tried = Machine(**machine)
    tried.arrive((tried.waits + tried.computes) * 4, 200 * (tried.waits + tried.computes))
    tried.arrive(every, seconds)
    return tried


def p99(times: list[float]) -> float:
    return quantiles(times, n=100)[98]


def test_four_times_too_much_costs_no_throughput_and_hardly_a_wait() -> None:
    """All that the processor has goes into requests that are served, and these are served at once."""
    machine = busy(COMPUTES / 4, 10)
    assert len(machine.took) > 0.99 * 10 / COMPUTES
    assert p99(machine.took[500:]) <= 2 * FEWEST * COMPUTES
    assert machine.limit.allowed <= 2 * FEWEST
    assert machine.refused > 0.74 * 40_000


def test_where_requests_wait_for_others_more_of_them_are_let_in() -> None:
    """50 ms of a remote database beside 5 ms of our own: ten at once keep the processor busy, and no fewer do."""
    machine = busy(0.00125, 10, waits=0.05, computes=0.005)
    assert len(machine.took) > 0.95 * 10 / 0.005
    assert 10 <= machine.limit.allowed <= 30
    assert p99(machine.took[500:]) < 3 * 0.055


def test_below_capacity_nobody_is_refused() -> None:
    machine = busy(COMPUTES / 0.8, 10)
    assert (machine.refused, machine.limit.allowed) == (0, MOST)


def test_a_burst_into_calm_is_let_in_whole() -> None:
    """It waits for milliseconds, which is better than coming again in seconds."""
    machine = busy(1.0, 40)
    machine.rest(COMPUTES)
    machine.arrive_at_once(MOST)
    assert machine.refused == 0
    machine.arrive_at_once(1)
    assert machine.refused == 1


def test_after_the_flood_the_limit_rises_again() -> None:
    machine = busy(COMPUTES / 4, 5)
    machine.arrive(COMPUTES * 4, 2)
    assert machine.limit.allowed == MOST


def test_a_pause_ends_a_crowd() -> None:
    machine = busy(COMPUTES / 4, 5)
    machine.rest(2)
    machine.arrive_at_once(MOST)
    assert machine.refused == 0


def test_a_crowd_that_stays_is_not_its_own_measure() -> None:
    """The database becomes three times as slow while it lasts: learnt anew, one at a time, for a moment."""
    machine = busy(0.00125, 5, waits=0.05, computes=0.005)
    machine.waits *= 3
    machine.arrive(0.00125, KEPT_S)
    machine.arrive(0.00125, KEPT_S)
    assert len(machine.took) > 0.85 * KEPT_S / machine.computes
    assert p99(machine.took[500:]) < 3 * (machine.waits + machine.computes)


def test_without_any_calm_before_it_is_measured_first() -> None:
    """A process that is started into the flood."""
    machine = Machine()
    machine.arrive(COMPUTES / 4, 10)
    assert len(machine.took) > 0.98 * 10 / COMPUTES
    assert machine.limit.allowed <= 2 * FEWEST


def test_a_few_at_a_time_are_never_refused() -> None:
    """Four who wait for each other's answers on a machine of one processor: they make each other wait, as ever."""
    machine = Machine()
    for _ in range(2_000):
        machine.arrive_at_once(FEWEST)
        machine.rest((FEWEST + 1) * COMPUTES)
        assert machine.refused == 0


def test_what_was_not_done_does_not_count() -> None:
    """A flood of bad tokens is answered in no time, and must not make honest requests look slow."""
    machine = busy(COMPUTES * 4, 2)
    for _ in range(1_000):
        visit = Visit()
        assert machine.limit.enter(visit)
        machine.limit.leave(visit, counts=False)
    machine.arrive(COMPUTES / 0.8, 2)
    assert (machine.refused, machine.limit.allowed) == (0, MOST)


def test_measuring_gives_up_where_nothing_ends_well() -> None:
    """A crowd of submissions in a process that knows no calm yet, and from then on nothing but bad requests."""
    machine = Machine()
    machine.arrive_at_once(MOST)
    machine.rest((MOST / 2 + 1) * COMPUTES)
    assert machine.limit.allowed == 1
    for _ in range(int(2 * MEASURING_S / COMPUTES)):
        machine.rest(COMPUTES)
        if machine.limit.enter(visit := Visit()):
            machine.limit.leave(visit, counts=False)
    assert machine.limit.allowed == MOST


def test_those_who_leave_together_were_not_alone() -> None:
    """A commit that they share answers all of them at one instant: the last to come is not the one to go by."""
    machine = busy(1.0, 20)
    machine.rest(COMPUTES)
    for _ in range(1_000):
        crowd = [visit for visit in (Visit() for _ in range(MOST)) if machine.limit.enter(visit)]
        machine.now += len(crowd) * COMPUTES
        for visit in crowd:
            machine.limit.leave(visit, counts=True)
    assert len(crowd) <= 2 * FEWEST


def test_whoever_steps_out_makes_room() -> None:
    limit = ConcurrencyLimit(1, lambda: 0.0)
    first, second, third = Visit(), Visit(), Visit()
    assert limit.enter(first)
    assert not limit.enter(second)
    for _ in range(2):
        limit.step_out(first)
    assert limit.enter(second)
    assert not limit.enter(first)
    limit.leave(first, counts=False)
    assert not limit.enter(third)
    limit.leave(second, counts=True)
    assert limit.enter(third)
