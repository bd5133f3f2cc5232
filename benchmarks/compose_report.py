"""The part of docs/BENCHMARKS.md that tells what composing costs, stage by stage; its plot."""

from collections.abc import Mapping
from html import escape
from typing import Any, Final

from benchmarks.figures import ROOT

PLOT: Final = ROOT / "docs" / "composing.svg"

_TITLE: Final = "CPU of composing, by stage, as a share of one pass of FFmpeg"
_NAMES: Final = {
    "ours": "nothing conforms",
    "ours, many": "the same, many scenes",
    "ours, aligned": "clips conform, fades",
    "ours, cuts": "clips conform, cuts",
    "one pass": "one pass of FFmpeg",
    "melt": "MLT's melt",
    "MoviePy": "MoviePy 2.2",
}
_COLOURS: Final = {
    "render": "#2f855a",
    "sound": "#2b6cb0",
    "join": "#d69e2e",
    "looks and store": "#805ad5",
    "verification": "#c05621",
    "beside the video": "#b83280",
    "all": "#718096",
}
_WIDTH, _LABEL, _BAR, _ROW, _TOP = 960, 210, 640, 34, 34
_STYLE: Final = (
    "text{font:14px system-ui,sans-serif;fill:#1f2933}.n{fill:#52606d}"
    "@media(prefers-color-scheme:dark){text{fill:#e4e7eb}.n{fill:#9aa5b1}}"
)


def section(run: Mapping[str, Any]) -> str:
    """How each figure comes about, and the shares of the stages."""
    stages = [stage for stage in _COLOURS if stage != "all"]
    head = f"| | {' | '.join(stages)} | in all |\n|---|{'---:|' * (len(stages) + 1)}\n"
    rows = "".join(
        f"| {_NAMES[name]} | {' | '.join(_share(bars.get(stage)) for stage in stages)} "
        f"| {_share(sum(bars.values()))} |\n"
        for name, bars in _ordered(run).items()
    )
    return f"""
![{_TITLE}](composing.svg)

Clips: filmed once by the stand-in's studio, 5 s at 720p24 with sound. What doesn't conform has one keyframe and no colour
tags; what conforms has closed GOPs of half a second, or, where it says so, of two. Ours looks into each clip, renders,
mixes to -14 LUFS, joins, decodes every new segment, takes poster and sprites, and publishes into an S3 server; the peers
fade and encode. All encode with x264's veryfast at crf 20 or what is as good and no larger (the lines on VMAF and size).
CPU is that of all processes from the clips' arrival on; the peers' own starts are counted. One scene is changed as a user
does it: the job has ended and its folder is gone, its next revision goes every step, and fetches what is kept.

{head}{rows}
Shares of the CPU of one pass over the same clips; of the peers only the sum is known.
"""


def _ordered(run: Mapping[str, Any]) -> dict[str, Mapping[str, float]]:
    return {name: run["stages"][name] for name in _NAMES if name in run["stages"]}


def _share(value: float | None) -> str:
    return "" if value is None else f"{value:.3f}"


def plot(run: Mapping[str, Any]) -> str:
    """A bar for each way of composing, in the colours of its stages."""
    bars = _ordered(run)
    scale = _BAR / max(sum(stages.values()) for stages in bars.values())
    rows = "".join(
        _bar(name, stages, _TOP + n * _ROW, scale) for n, (name, stages) in enumerate(bars.items())
    )
    height, goal_x = _TOP + len(bars) * _ROW, _LABEL + scale
    line = f'<path d="M{goal_x:.1f} 26V{height - 6}" stroke="#627d98" stroke-dasharray="4 3"/>'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" role="img">'
    return f"{opening}<title>{_TITLE}</title><style>{_STYLE}</style>{_legend()}{rows}{line}</svg>\n"


def _bar(name: str, stages: Mapping[str, float], y: int, scale: float) -> str:
    label = escape(_NAMES[name])
    drawn, x = [f'<text x="{_LABEL - 12}" y="{y + 16}" text-anchor="end">{label}</text>'], float(_LABEL)
    for stage, share in stages.items():
        width = share * scale
        drawn.append(f'<rect fill="{_COLOURS[stage]}" x="{x:.1f}" y="{y}" width="{width:.1f}" height="22"/>')
        x += width
    total = sum(stages.values())
    return "".join([*drawn, f'<text class="n" x="{x + 8:.1f}" y="{y + 16}">{total:.2f}</text>'])


def _legend() -> str:
    parts, x = [], _LABEL
    for stage, colour in _COLOURS.items():
        if stage != "all":
            parts.append(f'<rect fill="{colour}" x="{x}" y="6" width="12" height="12"/>')
            parts.append(f'<text class="n" x="{x + 17}" y="17">{stage}</text>')
            x += 40 + 8 * len(stage)
    return "".join(parts)
