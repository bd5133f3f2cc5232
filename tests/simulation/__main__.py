"""Run many seeds side by side, or replay one: `--seeds 5000`, `--seed 123`, `--seed 123 --only takes:17,kill:2`."""

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from typing import Final

from attrs import define, field, frozen
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

from tests.simulation.faults import KINDS, OUTAGE
from tests.simulation.run import Result, simulate
from tests.simulation.shrink import shrunk
from tests.simulation.situations import WORTH

_CHUNK: Final = 25
COMMAND: Final = "python -m tests.simulation"


@frozen(kw_only=True)
class Failure:
    """A seed that broke a promise, with the fewest faults that it takes."""

    seed: int
    message: str
    faults: tuple[str, ...]
    ids: tuple[str, ...]

    @property
    def command(self) -> str:
        """What replays it."""
        only = f" --only {','.join(self.ids)}" if self.ids else " --only none"
        return f"{COMMAND} --seed {self.seed}{only}"


@define(kw_only=True)
class Tally:
    """What came of many seeds."""

    seeds: int = 0
    calls: int = 0
    fired: Counter[tuple[str, str]] = field(factory=Counter)
    """By kind and port."""
    situations: Counter[str] = field(factory=Counter)
    failures: list[Failure] = field(factory=list)

    def add(self, other: "Tally") -> None:
        """Add up."""
        self.seeds += other.seeds
        self.calls += other.calls
        self.fired += other.fired
        self.situations += other.situations
        self.failures += other.failures

    @property
    def missing(self) -> list[str]:
        """Kinds of fault that never fired at a port, and situations that never arose."""
        kinds = [(kind, port) for port, kinds in KINDS.items() for kind in (*kinds, OUTAGE)]
        unfired = [f"{kind} of {port}" for kind, port in kinds if not self.fired[kind, port]]
        return unfired + [name for name in WORTH if not self.situations[name]]


def tally(seeds: Sequence[int]) -> Tally:
    """Run some seeds."""
    told = Tally()
    for seed in seeds:
        result = simulate(seed)
        told.seeds += 1
        told.calls += result.calls
        told.fired.update((fault.kind, fault.port) for fault in result.fired)
        told.situations += result.situations
        if result.violation is not None:
            told.failures.append(_failure(shrunk(result)))
    return told


def _failure(result: Result) -> Failure:
    return Failure(
        seed=result.seed,
        message=str(result.violation),
        faults=tuple(str(fault) for fault in result.fired),
        ids=tuple(dict.fromkeys(fault.id for fault in result.fired)),
    )


def spread(first: int, count: int, workers: int) -> Iterator[Tally]:
    """Run seeds over several processes; a tally for each chunk, as it comes."""
    chunks = [range(at, min(at + _CHUNK, first + count)) for at in range(first, first + count, _CHUNK)]
    with ProcessPoolExecutor(workers) as pool:
        waiting = {pool.submit(tally, chunk) for chunk in chunks}
        for done in as_completed(waiting):
            yield done.result()


def run_many(first: int, count: int, workers: int, console: Console) -> Tally:
    """Run seeds with a bar."""
    total = Tally()
    columns = (
        TextColumn("simulate"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
    )
    begin = time.monotonic()
    with Progress(*columns, console=console, transient=True) as progress:
        bar = progress.add_task("", total=count, rate="")
        for part in spread(first, count, workers):
            total.add(part)
            rate = total.seeds / max(0.1, time.monotonic() - begin)
            progress.update(bar, completed=total.seeds, rate=f"{rate:.1f} seeds/s")
            if not console.is_terminal and total.seeds % 500 < _CHUNK:
                console.print(f"{total.seeds} of {count} seeds, {rate:.1f}/s", highlight=False)
            for failure in part.failures:
                console.print(f"[red]{failure.message}[/red]\n  {failure.command}", highlight=False)
    seconds = time.monotonic() - begin
    console.print(
        f"{total.seeds} seeds from {first} on in {seconds:.0f} s ({total.seeds / seconds:.1f}/s), "
        f"{total.calls} calls of ports, {sum(total.fired.values())} faults"
    )
    return total


def report(total: Tally, console: Console) -> None:
    """What has fired and happened, and what has not."""
    table = Table(title="faults fired", title_justify="left")
    table.add_column("port")
    table.add_column("how often, by kind")
    for port in sorted({port for _, port in total.fired}):
        kinds = sorted((kind, times) for (kind, where), times in total.fired.items() if where == port)
        table.add_row(port, ", ".join(f"{kind} {times}" for kind, times in kinds))
    console.print(table)
    happened = Table(title="what happened", title_justify="left")
    happened.add_column("situation")
    happened.add_column("times", justify="right")
    for name, times in sorted(total.situations.items(), key=lambda item: -item[1]):
        happened.add_row(name, str(times))
    console.print(happened)


def replay(seed: int, only: frozenset[str] | None, console: Console) -> int:
    """Run one seed and show its trace."""
    result = simulate(seed, only=only)
    for line in result.trace:
        console.print(line, highlight=False, markup=False, soft_wrap=True)
    for fault in result.fired:
        console.print(f"fired: {fault}", highlight=False)
    console.print(f"trace {result.trace_hash}, {result.calls} calls, {result.steps} steps")
    if result.violation is None:
        console.print("every promise held")
        return 0
    console.print(f"[red]{result.violation}[/red]", highlight=False)
    if only is None:
        small = _failure(shrunk(result))
        console.print(f"it takes no more than {len(small.ids)} of them: {small.command}", highlight=False)
    return 1


def main(argv: Sequence[str] | None = None) -> int:
    """Exit status 1 where a promise was broken, or where a fault or a situation has not come about in 5,000 seeds."""
    parser = argparse.ArgumentParser(prog=COMMAND, description=__doc__)
    parser.add_argument("--seeds", type=int, default=1000, help="how many")
    parser.add_argument("--first", type=int, default=1, help="the first of them")
    parser.add_argument("--workers", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--seed", type=int, help="replay this one")
    parser.add_argument("--only", help="with these faults alone, by their ids; none for no fault at all")
    asked = parser.parse_args(argv)
    console = Console()
    if asked.seed is not None:
        only = None if asked.only is None else frozenset(asked.only.split(",")) - {"none"}
        return replay(asked.seed, only, console)
    total = run_many(asked.first, asked.seeds, asked.workers, console)
    report(total, console)
    for failure in total.failures:
        console.print(f"[red]{failure.message}[/red]\n  {failure.command}", highlight=False, soft_wrap=True)
    missing = total.missing if asked.seeds >= 5000 else []
    if missing:
        console.print(f"[red]never came about: {', '.join(missing)}[/red]")
    return 1 if total.failures or missing else 0


if __name__ == "__main__":
    sys.exit(main())
