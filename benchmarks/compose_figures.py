"""The table of what composing costs, from what the runs have cost."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from benchmarks.compose_quality import Quality
from benchmarks.figures import Figure, median

Round = dict[str, dict[str, Any]]

STAGES: Final = ("render", "sound", "join", "looks and store", "verification", "beside the video")
_RENDERED: Final = ("picture", "transition", "head", "rest", "copied frames")
_BESIDE: Final = ("poster", "sprite", "chapter", "beside")
_EXTRA: Final = ("verification", "beside the video")
"""What the peers don't do."""


def stage_of(step: str) -> str:
    """Which stage a child process belongs to, by the step that it was started for."""
    last = step.rpartition(", ")[2]
    if last == "verification" or step.startswith("a look at the programme"):
        return "verification"
    if step.startswith("a look"):
        return "looks and store"
    if last in _RENDERED and step.startswith("scene"):
        return "render"
    if any(name in step for name in _BESIDE):
        return "beside the video"
    return "join" if step == "join" else "sound"


def by_stage(run: dict[str, Any]) -> dict[str, float]:
    """CPU seconds of one of our runs; what none of the steps used is looking, storing and keeping books."""
    found = Counter({"looks and store": run["cpu"] - sum(run["steps"].values())})
    for step, seconds in run["steps"].items():
        found[stage_of(step)] += seconds
    return {stage: found[stage] for stage in STAGES}


def composed(run: dict[str, Any]) -> float:
    """CPU seconds of what the peers do too: render, sound, join."""
    stage = by_stage(run)
    return sum(stage[name] for name in STAGES if name not in _EXTRA)


def stages(rounds: Sequence[Round]) -> dict[str, dict[str, float]]:
    """For the plot: CPU by stage of ours, and in one piece of the peers, as shares of the one-pass encode's."""
    shown: dict[str, dict[str, float]] = {}
    for ours, peer in (
        ("ours", "one pass"),
        ("ours, aligned", "one pass, aligned"),
        ("ours, cuts", "one pass, cuts"),
        ("ours, many", "one pass, many"),
    ):
        shown[ours] = {
            stage: _ratio(rounds, lambda one, s=stage, o=ours, p=peer: by_stage(one[o])[s] / one[p]["cpu"])
            for stage in STAGES
        }
    for peer in ("one pass", "melt", "MoviePy"):
        shown[peer] = {"all": _ratio(rounds, lambda one, p=peer: one[p]["cpu"] / one["one pass"]["cpu"])}
    return shown


def _ratio(rounds: Sequence[Round], of: Callable[..., float]) -> float:
    return median([of(one) for one in rounds])


def figures(rounds: Sequence[Round], seen: Quality, *, scenes: int, many: int) -> list[Figure]:
    """All lines."""
    return [
        *_costs(rounds, scenes),
        *_edits(rounds, many),
        *_quality(seen),
        *_memory(rounds, many),
        *_animatic(rounds),
    ]


def _cpu(rounds: Sequence[Round], ours: str, peer: str, title: str, goal: float) -> Figure:
    return Figure(
        title=title,
        value=_ratio(rounds, lambda one: composed(one[ours]) / one[peer]["cpu"]),
        unit="x",
        goal=goal,
        peer="CPU of one pass of FFmpeg (xfade, acrossfade)",
        details={
            "with_verification_and_all_beside": _ratio(
                rounds, lambda one: one[ours]["cpu"] / one[peer]["cpu"]
            ),
            "cpu_s": median([composed(one[ours]) for one in rounds]),
            "peer_cpu_s": median([one[peer]["cpu"] for one in rounds]),
            "of_all": [round(composed(one[ours]) / one[peer]["cpu"], 3) for one in rounds],
        },
    )


def _wall(rounds: Sequence[Round], ours: str, peer: str, title: str, goal: float, name: str) -> Figure:
    return Figure(
        title=title,
        value=_ratio(rounds, lambda one: one[ours]["wall"] / one[peer]["wall"]),
        unit="x",
        goal=goal,
        peer=name,
        details={
            "seconds": median([one[ours]["wall"] for one in rounds]),
            "peer_seconds": median([one[peer]["wall"] for one in rounds]),
            "cpu": _ratio(rounds, lambda one: one[ours]["cpu"] / one[peer]["cpu"]),
        },
    )


def _costs(rounds: Sequence[Round], scenes: int) -> list[Figure]:
    size = f"{scenes} x 5 s, 720p"
    whole = f"{size}: clips arrived to video published"
    return [
        _cpu(rounds, "ours", "one pass", f"{size}, nothing conforms: render, sound, join", 1.0),
        _wall(rounds, "ours", "MoviePy", whole, 0.2, "wall time of MoviePy 2.2"),
        _wall(rounds, "ours", "melt", whole, 1.0, "wall time of MLT's melt"),
        _wall(
            rounds,
            "last clip",
            "one pass",
            f"{size}: last clip arrived to video published",
            0.15,
            "wall time of one pass of FFmpeg",
        ),
        _cpu(rounds, "ours, aligned", "one pass, aligned", f"{size}, clips conform, fades", 0.18),
        _cpu(rounds, "ours, filmed", "one pass, filmed", f"{size}, the same with an IDR every 2 s", 0.18),
        _cpu(rounds, "ours, cuts", "one pass, cuts", f"{size}, clips conform, hard cuts", 0.04),
        Figure(
            title=f"{size}, nothing conforms: verification",
            value=_ratio(rounds, lambda one: by_stage(one["ours"])["verification"] / one["one pass"]["cpu"]),
            unit="x",
            goal=0.1,
            peer="CPU of one pass of FFmpeg",
            details={
                "where_segments_are_cached": _ratio(
                    rounds,
                    lambda one: by_stage(one["one changed"])["verification"] / one["one pass, many"]["cpu"],
                )
            },
        ),
    ]


def _edits(rounds: Sequence[Round], many: int) -> list[Figure]:
    return [
        Figure(
            title=f"One scene of {many} changed, everything included",
            value=_ratio(rounds, lambda one: one["one changed"]["cpu"] / one["ours, many"]["cpu"]),
            unit="x",
            goal=0.04,
            peer="CPU of composing anew",
            details={
                "cpu_s": median([one["one changed"]["cpu"] for one in rounds]),
                "anew_cpu_s": median([one["ours, many"]["cpu"] for one in rounds]),
                "seconds": median([one["one changed"]["wall"] for one in rounds]),
                **{
                    stage.replace(" ", "_"): median([by_stage(one["one changed"])[stage] for one in rounds])
                    for stage in STAGES
                },
            },
        )
    ]


def _animatic(rounds: Sequence[Round]) -> list[Figure]:
    return [
        Figure(
            title="Animatic of a 30 s storyboard",
            value=median([one["animatic"]["wall"] for one in rounds]),
            unit="s",
            goal=2.0,
            details={"cpu_s": median([one["animatic"]["cpu"] for one in rounds])},
        )
    ]


def _quality(seen: Quality) -> list[Figure]:
    return [
        Figure(
            title="VMAF lost against the one-pass encode, nothing conforms",
            value=round(seen.vmaf_peer - seen.vmaf, 2),
            unit="points",
            goal=0.5,
            peer="one pass of FFmpeg, both against the clips without loss",
            details={"ours": seen.vmaf, "peer": seen.vmaf_peer, "conforming": seen.vmaf_aligned},
        ),
        Figure(
            title="Size, nothing conforms",
            value=round(seen.size, 3),
            unit="x",
            goal=1.03,
            peer="size of one pass of FFmpeg",
        ),
        Figure(
            title="Size, clips conform, fades",
            value=round(seen.size_aligned, 3),
            unit="x",
            goal=1.0,
            peer="sum of the clips",
        ),
        Figure(
            title="Drift of sound against picture at the end, hard cuts",
            value=seen.drift_ms,
            unit="ms",
            goal=0.0,
        ),
    ]


def _memory(rounds: Sequence[Round], many: int) -> list[Figure]:
    return [
        Figure(
            title=f"Memory at {many} scenes, all processes",
            value=median([one["ours, many"]["peak_mb"] for one in rounds]),
            unit="MB",
            goal=350,
            peer="one pass of FFmpeg, in the details",
            details={
                "with_fewer_scenes": median([one["ours"]["peak_mb"] for one in rounds]),
                "one_pass": median([one["one pass, many"]["peak_mb"] for one in rounds]),
                "MoviePy_with_fewer_scenes": median([one["MoviePy"]["peak_mb"] for one in rounds]),
            },
        )
    ]
