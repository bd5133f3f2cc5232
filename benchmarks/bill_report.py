"""The part of docs/BENCHMARKS.md that tells the bill: its lines, what was assumed, what each choice changes; its plot."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from benchmarks.bill_model import prices
from benchmarks.figures import ROOT

PLOT: Final = ROOT / "docs" / "bill.svg"
_GROUPS: Final = {
    "Lambda generator": "generator",
    "Lambda composer": "composer",
    "NAT bytes": "NAT",
    "DynamoDB writes": "DynamoDB",
    "DynamoDB reads": "DynamoDB",
}
_COLOURS: Final = {
    "generator": "#2b6cb0",
    "composer": "#2f855a",
    "NAT": "#c05621",
    "DynamoDB": "#805ad5",
    "the rest": "#718096",
}
_WIDTH, _LABEL, _BAR, _ROW = 880, 210, 520, 40
_STYLE: Final = (
    "text{font:14px system-ui,sans-serif;fill:#1f2933}.n{fill:#52606d}"
    "@media(prefers-color-scheme:dark){text{fill:#e4e7eb}.n{fill:#9aa5b1}}"
)


def section(run: Mapping[str, Any]) -> str:
    """Everything that a reader needs to calculate it anew."""
    names, bills = list(run["bills"]), list(run["bills"].values())
    lines = [[line, *(_cents(bill.get(line, 0.0)) for bill in bills)] for line in bills[0]]
    sums = ["**in all**", *(_cents(sum(bill.values())) for bill in bills)]
    sizes = [
        [
            row["memory_mb"],
            _cents(row["dollars"]),
            f"{row['after_the_models_s']} s",
            f"{row['longest_call_s']} s",
        ]
        for row in run["by_memory"]
    ]
    polls = [[poll, _cents(dollars)] for poll, dollars in run["by_poll"].items()]
    composing = run["composing"]
    cpu = [work["cpu"] for work in (*composing["segments"], composing["mix"], composing["join"])]
    requests = {name: step["database"] / max(1, step["calls"]) for name, step in run["steps"].items()}
    return f"""
![Dollars of one run, by what they are paid for](bill.svg)

Six scenes of 5 s at 720p with fades, 60 s of generation side by side, a look every 4 s, every sandbox cold, one
viewer who follows the job to its end. Prices of {run["priced"]} (`benchmarks/aws_prices.toml`).

- As defined: {_design(run["designs"]["defined"])}.
- Small: {_design(run["designs"]["small"])}.
- The seed's: its Lambdas alone; NAT, DynamoDB, S3 and logs would come on top.
- In none of them, since it is billed by the month or belongs to the video's later life: NAT's hours, the API's tasks
  and its load balancer, secrets, alarms, storage; what viewers load (CloudFront, {_cents(_egress(composing))} cents a view
  after the first TB a month).

{_table(["US cents", *names], [*lines, sums])}
The composer's memory, all else as in "small". The longest call is one of a video of 180 s in 40 scenes at 1080p, scaled
from what was measured; 240 s are allowed.

{_table(["MB", "US cents a run", "last clip to video", "longest call of any video"], sizes)}
{_table(["a look every", "US cents a run"], polls)}
- Measured: {sum(cpu):.1f} CPU-s of composing (six segments, mix, join: {", ".join(f"{value:.1f}" for value in cpu)}),
  FFmpeg's peak {composing["peak_mb"]:.0f} MB; {run["request_cpu_s"] * 1000:.1f} ms of CPU a request by boto3.
- Counted: requests to DynamoDB a call, {_told(requests)}.
- Assumed (`Assumptions` in `benchmarks/bill.py`; seconds, bytes, bytes a second): {_told(run["assumptions"])}.
"""


def _design(design: Mapping[str, Any]) -> str:
    return (
        f"{design['arch']}, generator {design['generator_mb']} MB, composer {design['composer_mb']} MB with "
        f"{design['composer_storage_mb']} MB of /tmp"
    )


def plot(bills: Mapping[str, Mapping[str, float]]) -> str:
    """A bar for each design, in the colours of what is paid for."""
    most = max(sum(bill.values()) for bill in bills.values())
    rows = "".join(
        _bar(name, bill, 34 + n * _ROW, _BAR / most) for n, (name, bill) in enumerate(bills.items())
    )
    height = 34 + len(bills) * _ROW
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">'
    title = "<title>Dollars of one run, by what they are paid for</title>"
    return f"{opening}{title}<style>{_STYLE}</style>{_legend()}{rows}</svg>\n"


def _bar(name: str, bill: Mapping[str, float], y: int, scale: float) -> str:
    groups = dict.fromkeys(_COLOURS, 0.0)
    for line, dollars in bill.items():
        groups[_GROUPS.get(line, "the rest")] += dollars
    drawn, x = (
        [f'<text x="{_LABEL - 12}" y="{y + 16}" text-anchor="end">{escape(name)}</text>'],
        float(_LABEL),
    )
    for group, dollars in groups.items():
        width = dollars * scale
        drawn.append(
            f'<rect fill="{_COLOURS[group]}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="22"/>'
            if width
            else ""
        )
        x += width
    drawn.append(f'<text class="n" x="{x + 8:.1f}" y="{y + 16}">{_cents(sum(bill.values()))} ¢</text>')
    return "".join(drawn)


def _legend() -> str:
    parts, x = [], _LABEL
    for group, colour in _COLOURS.items():
        parts.append(f'<rect fill="{colour}" x="{x}" y="6" width="12" height="12"/>')
        parts.append(f'<text class="n" x="{x + 17}" y="17">{group}</text>')
        x += 40 + 8 * len(group)
    return "".join(parts)


def _egress(composing: Mapping[str, Any]) -> float:
    return float(composing["video_bytes"] / 1024**3 * prices()["cloudfront"]["gb"])


def _table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join("| " + " | ".join(str(cell) for cell in line) + " |\n" for line in lines)


def _cents(dollars: float) -> str:
    return f"{dollars * 100:.3f}"


def _told(values: Mapping[str, float]) -> str:
    return ", ".join(f"{name} {value:.3g}" for name, value in values.items())
