"""How things look in a terminal, and as plain lines where there is none."""

import sys
import unicodedata
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any, Final

import click
import msgspec
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.job import JobStatus
from omnigen.entrypoints.http.requests import StoryboardBody
from omnigen.entrypoints.http.views import EstimateView, JobView
from omnigen.entrypoints.http.wire import Money

PLAIN_WIDTH: Final = 120
STYLES: Final = {
    JobStatus.SUCCEEDED: "green",
    JobStatus.FAILED: "red",
    JobStatus.CANCELLED: "yellow",
    JobStatus.CANCELLING: "yellow",
}


def console(*, as_json: bool = False) -> Console:
    """Standard output; standard error where that is kept for JSON. What users wrote is never taken for markup."""
    stream = sys.stderr if as_json else sys.stdout
    width = None if stream.isatty() else PLAIN_WIDTH
    return Console(file=stream, width=width, markup=False, highlight=False, emoji=False)


def print_json(value: Any) -> None:
    """One JSON value on standard output."""
    text = msgspec.json.format(msgspec.json.encode(value), indent=2)
    click.echo(text.decode())


def plain(text: object) -> str:
    """Text without anything that a terminal might act on, on one line."""
    kept = (c if unicodedata.category(c)[0] != "C" else " " for c in str(text))
    return " ".join("".join(kept).split())


def table(*columns: str, right: Iterable[str] = (), title: str | None = None, flexible: str = "") -> Table:
    """A table with a head and no frame. The `flexible` column gives way where space is short."""
    made = Table(
        expand=bool(flexible),
        box=box.SIMPLE_HEAD,
        show_edge=False,
        pad_edge=False,
        title=title,
        title_justify="left",
        title_style="bold",
    )
    for name in columns:
        made.add_column(
            name,
            justify="right" if name in set(right) else "left",
            overflow="ellipsis" if name == flexible else "fold",
            no_wrap=name == flexible,
            ratio=1 if name == flexible else None,
        )
    return made


def dollars(money: Money) -> str:
    """An amount as people write it."""
    return f"${money.usd}"


def size(count: int) -> str:
    """Bytes as people say them."""
    return f"{count / 1e6:.1f} MB" if count >= 1e5 else f"{count / 1e3:.1f} kB"


def seconds(value: float) -> str:
    """A length of time."""
    return f"{value:g} s"


def age(then: datetime, now: datetime | None = None) -> str:
    """How long ago it was, roughly."""
    past = max(0, int(((now or datetime.now(UTC)) - then).total_seconds()))
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60)):
        if past >= length:
            return f"{past // length} {unit}"
    return f"{past} s"


def status(job: JobView) -> Text:
    """A job's status in its colour."""
    return Text(job.status.value, STYLES.get(job.status, "cyan"))


def storyboard(out: Console, board: StoryboardBody, estimate: EstimateView) -> None:
    """The plan: what is filmed, for how long, at what price."""
    prices = _prices_by_scene(estimate)
    narrated = any(scene.narration for scene in board.scenes)
    columns = ["#", "seconds", "comes in by", "what it shows", *(["narration"] if narrated else []), "price"]
    shown = table(
        *columns, right=("#", "seconds", "price"), flexible="what it shows", title=plain(board.title or "")
    )
    for number, scene in enumerate(board.scenes, 1):
        passage = scene.transition.type.value if scene.transition else "cut"
        told = [plain(scene.narration or "")] if narrated else []
        shown.add_row(
            str(number),
            f"{scene.duration:g}",
            passage,
            plain(scene.prompt),
            *told,
            _usd(prices.get(number, 0)),
        )
    out.print(shown)
    for line in estimate.lines:
        if line.scene is None:
            told_of = plain(board.music or "") if line.kind is TakeKind.MUSIC else plain(line.model)
            out.print(f"{line.kind.value}: {told_of} ({dollars(line.at_most)})", soft_wrap=True)
    out.print(price(estimate), style="bold", soft_wrap=True)


def price(estimate: EstimateView) -> str:
    """What it is expected to cost, and the most that it can."""
    sums = f"{dollars(estimate.expected)} expected, {dollars(estimate.at_most)} at most"
    if estimate.expected == estimate.at_most:
        sums = f"{dollars(estimate.at_most)} at most"
    stills = sum(line.kind is TakeKind.STILL for line in estimate.lines)
    paid = f"{estimate.paid_seconds} s of clips are paid for"
    if stills and not estimate.paid_seconds:
        paid = f"{stills} stills are paid for"
    return f"price: {sums}; {paid}, {estimate.used_seconds:g} s are used"


def _prices_by_scene(estimate: EstimateView) -> dict[int, int]:
    prices: dict[int, int] = {}
    for line in estimate.lines:
        if line.scene is not None:
            prices[line.scene] = prices.get(line.scene, 0) + line.expected.micros
    return prices


def _usd(micros: int) -> str:
    return dollars(Money.of(micros))
