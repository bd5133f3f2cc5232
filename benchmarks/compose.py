"""Composing, against what a user would compose with otherwise: an expert's one pass of FFmpeg, MoviePy, melt.

    python -m benchmarks.compose [--scenes 12] [--many 40] [--rounds 3]

Scenes of 5 s at 720p24, fades of half a second. Ours goes through the use cases, with a real store, from clips that
have arrived to the published video; each ratio is taken within a round, and the median of the rounds is told. CPU is
that of all processes; `render, sound, join` leaves out what the peers don't do: verification and what lies beside the
video. What exactly is compared: `compose_clips`, `compose_peers`, `compose_work`.
"""

import argparse
import json
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks import compose_peers as peers
from benchmarks.compose_clips import clips
from benchmarks.compose_figures import figures, stages
from benchmarks.compose_meter import Cost, metered
from benchmarks.compose_quality import quality
from benchmarks.figures import write
from tests.fixtures.emulator import emulated
from tests.fixtures.storage import s3_server_of

Round = dict[str, dict[str, Any]]
"""What each run of one round cost, by its name."""


def main() -> None:
    """Measure, write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scenes", type=int, default=12)
    parser.add_argument("--many", type=int, default=40)
    parser.add_argument("--rounds", type=int, default=3)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="omnigen-compose-") as name:
        folder = Path(name)
        with emulated(folder / "store", "--parts", "storage") as run:
            studio = Studio(folder, s3_server_of(run).environment, asked.scenes, asked.many)
            rounds = [studio.round(number) for number in range(asked.rounds)]
        seen = quality(studio)
    measured = figures(rounds, seen, scenes=asked.scenes, many=asked.many)
    write("compose", measured, {"stages": stages(rounds)})


@dataclass(frozen=True)
class Studio:
    """Where the runs of a benchmark find their clips and leave their films."""

    folder: Path
    store: dict[str, str]
    scenes: int
    many: int

    def film(self, name: str) -> Path:
        """What a run has made."""
        return self.folder / f"{name}.mp4"

    def round(self, number: int) -> Round:
        """Every run once, each next to the one that it is compared with."""
        taken: Round = {}
        for name, run in self._runs().items():
            taken[name] = run(name)
            shown = {key: round(value, 2) for key, value in taken[name].items() if key != "steps"}
            print(f"round {number + 1}, {name}: {shown}", flush=True)
        return taken

    def _runs(self) -> dict[str, Callable[[str], dict[str, Any]]]:
        few, many = self.scenes, self.many
        return {
            "ours": lambda name: self._ours(name, "anew", clips("foreign", few)),
            "one pass": lambda name: self._peer(name, peers.one_pass, clips("foreign", few)),
            "last clip": lambda name: self._ours(name, "last", clips("foreign", few)),
            "melt": lambda name: self._peer(name, peers.melt, clips("foreign", few)),
            "MoviePy": lambda name: self._peer(name, peers.moviepy, clips("foreign", few)),
            "ours, aligned": lambda name: self._ours(name, "anew", clips("aligned", few)),
            "one pass, aligned": lambda name: self._peer(name, peers.one_pass, clips("aligned", few)),
            "ours, filmed": lambda name: self._ours(name, "anew", clips("filmed", few)),
            "one pass, filmed": lambda name: self._peer(name, peers.one_pass, clips("filmed", few)),
            "ours, cuts": lambda name: self._ours(name, "anew", clips("aligned", few), fade=0),
            "one pass, cuts": lambda name: self._peer(name, peers.cuts, clips("aligned", few)),
            "ours, many": lambda name: self._ours(name, "anew", clips("foreign", many)),
            "one pass, many": lambda name: self._peer(name, peers.one_pass, clips("foreign", many)),
            "animatic": lambda name: self._ours(name, "animatic", ()),
            "one changed": lambda name: self._ours(name, "changed", clips("foreign", many + 1)),
        }

    def _ours(self, name: str, way: str, given: Sequence[Path], fade: int = peers.FADE) -> dict[str, Any]:
        told = {
            "way": way,
            "clips": [str(path) for path in given],
            "fade": fade,
            "store": self.store,
            "into": str(self.film(name)),
        }
        answer = self.folder / "answer.json"
        cost = metered([sys.executable, "-m", "benchmarks.compose_work", json.dumps(told)], into=answer)
        found = json.loads(answer.read_text(encoding="utf-8"))
        return {**found, "peak_mb": cost.peak_mb}

    def _peer(
        self, name: str, run: Callable[[Sequence[Path], Path], Cost], given: Sequence[Path]
    ) -> dict[str, Any]:
        cost = run(given, self.film(name))
        return {"cpu": cost.cpu, "wall": cost.wall, "peak_mb": cost.peak_mb}


if __name__ == "__main__":
    main()
