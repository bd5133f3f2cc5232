"""Makes a programme's sound: stems, their levels, and as many mixes as the loudness needs. `desk` does the work.

    clips, narrations, music ─> stems ─> measured ─> mixed, tried without encoding ─> AAC, measured, corrected

Everything goes stretch by stretch; whatever an earlier mix knows of a stretch isn't done again.
"""

import asyncio
import hashlib
import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import accumulate
from pathlib import Path
from typing import Any, Final

import structlog
from attrs import frozen

from omnigen.adapters.ffmpeg import sound
from omnigen.adapters.ffmpeg.graph import SAMPLE_RATE
from omnigen.adapters.ffmpeg.ledger import Ledger
from omnigen.adapters.ffmpeg.levels import CEILING, GATE, Mastering, Measured, stem_gain
from omnigen.adapters.ffmpeg.runner import Command, Limits, together
from omnigen.adapters.ffmpeg.splicer import Splicer
from omnigen.adapters.ffmpeg.stems import Stems
from omnigen.adapters.ffmpeg.stretches import Piece, Stretch, stretches
from omnigen.domain.captions import placed, spoken_frames
from omnigen.domain.errors import Transient
from omnigen.ports.composer import ClipStem, MusicStem, SoundRender, VoiceStem

log = structlog.get_logger(__name__)

_REHEARSALS: Final = 4
_MASTERS: Final = 5
_LIMITS: Final = Limits(wall_s=240, cpu_s=240)

Tracks = Mapping[str, Sequence[Piece]]


@frozen(kw_only=True)
class _Plan:
    """What is to be mixed, at which levels."""

    stretches: tuple[Stretch, ...]
    stems: Mapping[str, Measured]
    gains: Mapping[str, float]
    names: set[str]
    """Of all that is heard."""


class Mixer:
    """The sound of one programme, made in one scratch folder."""

    def __init__(self, stems: Stems, desk: Splicer, cores: int, scratch: Path, build: str) -> None:
        self._stems = stems
        self._desk = desk
        self._cores = cores
        self._scratch = scratch
        self._ledger = Ledger(build=build)
        self._used: set[str] = set()

    async def mix(self, render: SoundRender) -> Path:
        """The programme's sound as AAC, exactly as long as its pictures."""
        self._ledger = await asyncio.to_thread(Ledger.read, render.earlier, self._ledger.build)
        plan = await self._plan(render)
        self._used |= plan.names
        mastering = await self._rehearsed(plan)
        result = Measured()
        for _ in range(_MASTERS):
            result = await self._measured(plan, mastering, encoded=True)
            corrected = mastering.corrected(result)
            if result.good_enough or corrected == mastering:
                break
            mastering = corrected
        if result.peak > CEILING:
            raise Transient(f"the sound peaks at {result.peak} dBTP after encoding")
        log.info("sound.mastered", loudness=result.loudness, peak=result.peak, gain=mastering.gain)
        return await self._laid(plan, mastering)

    async def _rehearsed(self, plan: _Plan) -> Mastering:
        """A mastering that was tried without encoding, which takes a third of the work; where it is sure, none."""
        mastering = Mastering.of(plan.stems, plan.gains)
        if mastering.sure(plan.stems, plan.gains):
            return mastering
        for _ in range(_REHEARSALS):
            better = mastering.rehearsed(await self._measured(plan, mastering, encoded=False))
            if better == mastering:
                break
            mastering = better
        return mastering

    async def _plan(self, render: SoundRender) -> _Plan:
        total = sound.programme_samples(render.timeline)
        made = await together(self._bed(render), self._voice(render, total), self._music(render, total))
        tracks = {n: t for n, t in zip(("bed", "voice", "music"), made, strict=True) if t}
        files = {piece.name: piece.path for pieces in tracks.values() for piece in pieces}
        await self._measure(files)
        stems = {n: Measured.together(self._ledger.measured[p.name] for p in ps) for n, ps in tracks.items()}
        marks = [piece.start for piece in tracks["bed"]]
        tracks = {n: t for n, t in tracks.items() if stems[n].peak > GATE}
        audible = {n: m for n, m in stems.items() if not m.silent}
        return _Plan(
            stretches=tuple(stretches(marks, total, tracks)),
            stems=audible,
            gains={n: stem_gain(n, m) for n, m in stems.items()},
            names=set(files),
        )

    # --- stems in their places

    async def _bed(self, render: SoundRender) -> list[Piece]:
        """The clips' own sound, a piece for each segment."""
        rate, clips = render.timeline.rate, [None, *(s.clip for s in render.scenes)]
        stems = [
            ClipStem(segment=seg, rate=rate, clip=s.clip, before=clips[s.number - 1] if seg.overlap else None)
            for seg, s in zip(render.timeline.segments(), render.scenes, strict=True)
        ]
        paths = await self._stems.all([(s.stem, stem) for s, stem in zip(render.scenes, stems, strict=True)])
        starts = [sound.samples_of(stem.segment.start, rate) for stem in stems]
        ends = [*starts[1:], sound.programme_samples(render.timeline)]
        return await _pieces(paths, starts, ends)

    async def _voice(self, render: SoundRender, total: int) -> list[Piece]:
        """All narrations, each up to where the next one begins."""
        spoken = [s for s in render.scenes if s.narration is not None]
        asked = [(s.voice, VoiceStem(number=s.number, narration=s.narration)) for s in spoken if s.narration]
        paths = await self._stems.all(asked)
        lengths = [await asyncio.to_thread(_seconds, path) for path in paths]
        rate = render.timeline.rate
        frames = {s.number: spoken_frames(x, rate) for s, x in zip(spoken, lengths, strict=True)}
        speeches = placed(render.timeline, frames)
        starts = [sound.samples_of(s.start, rate) for s in speeches]
        ends = [*starts[1:], total][: len(starts)]
        return await _pieces(paths, starts, ends, [_safe(s.tempo) for s in speeches])

    async def _music(self, render: SoundRender, total: int) -> list[Piece]:
        if render.music is None:
            return []
        timeline = render.timeline
        stem = MusicStem(music=render.music, frames=timeline.frames, rate=timeline.rate)
        return await _pieces(await self._stems.all([(render.music_stem, stem)]), [0], [total])

    # --- the desk's work

    async def _measure(self, files: Mapping[str, Path]) -> None:
        """Have stems measured of which nothing is known."""
        new = {name: path for name, path in files.items() if name not in self._ledger.measured}
        found = await together(
            *(
                self._ask("loudness of the stems", "measure", files=[str(new[n]) for n in names])
                for names in _shared(list(new), self._cores)
            )
        )
        self._ledger = self._ledger.also(
            dict(zip(new, (Measured.of(one) for some in found for one in some), strict=True))
        )

    async def _measured(self, plan: _Plan, mastering: Mastering, *, encoded: bool) -> Measured:
        """Loudness and peak of the whole; what isn't known is mixed, and encoded if asked for."""
        keys = [s.key(plan.gains, mastering, encoded=encoded) for s in plan.stretches]
        known = self._ledger.measured
        new = {key: s for key, s in zip(keys, plan.stretches, strict=True) if key not in known}
        await self._mixed(plan, mastering, new, encoded=encoded)
        self._used.update(keys)
        return Measured.together(self._ledger.measured[key] for key in keys)

    async def _mixed(
        self, plan: _Plan, mastering: Mastering, new: Mapping[str, Stretch], *, encoded: bool
    ) -> None:
        requests = [
            stretch.request(plan.gains, mastering, self._aac(key) if encoded else None)
            for key, stretch in new.items()
        ]
        found = await together(
            *(
                self._asked(f"mix of {len(some)} stretches", "mix", n, stretches=some)
                for n, some in enumerate(_shared(requests, self._cores))
            )
        )
        measures = (Measured.of(one) for some in found for one in some)
        self._ledger = self._ledger.also(dict(zip(new, measures, strict=True)))

    async def _laid(self, plan: _Plan, mastering: Mastering) -> Path:
        """All stretches as one file, with a ledger of its own."""
        keys = [s.key(plan.gains, mastering, encoded=True) for s in plan.stretches]
        pairs = list(zip(keys, plan.stretches, strict=True))
        # An earlier mix may have tried what is right now, and thrown it away.
        lacking = {key: stretch for key, stretch in pairs if self._part(key) is None}
        await self._mixed(plan, mastering, lacking, encoded=True)
        made, parts = self._scratch / "sound.mp4", [self._part(key) for key in keys]
        starts = [0, *accumulate(s.packets for s in plan.stretches)]
        laid = {key: (start, s.packets) for (key, s), start in zip(pairs, starts, strict=False)}
        total = plan.stretches[-1].total
        await self._asked("sound", "lay", 0, parts=parts, samples=total, into=str(made))
        await asyncio.to_thread(self._ledger.append, made, self._used, laid)
        return made

    def _part(self, key: str) -> dict[str, Any] | None:
        fresh = self._aac(key)
        if fresh.exists():
            return {"path": str(fresh)}
        if key not in self._ledger.laid:
            return None
        first, count = self._ledger.laid[key]
        return {"path": str(self._ledger.path), "first": first, "count": count}

    def _aac(self, key: str) -> Path:
        return self._scratch / f"{key}.aac"

    async def _asked(self, step: str, mode: str, n: int, **request: Any) -> Any:
        """A request that may be too long for a command line."""
        file = self._scratch / f"{mode}-{n}.json"
        file.write_text(json.dumps(request), encoding="utf-8")
        return await self._ask(step, mode, file=str(file))

    async def _ask(self, step: str, mode: str, **request: Any) -> Any:
        return await self._desk.run(Command(step=step, args=(mode, json.dumps(request)), limits=_LIMITS))


def _shared(work: list[Any], workers: int) -> list[list[Any]]:
    """Work in as many runs of neighbours, which have much in common."""
    size = max(1, -(-len(work) // max(1, workers)))
    return [work[n : n + size] for n in range(0, len(work), size)]


async def _pieces(
    paths: Sequence[Path], starts: Sequence[int], ends: Sequence[int], tempos: Sequence[float] = ()
) -> list[Piece]:
    names = [await asyncio.to_thread(_named, path) for path in paths]
    each = zip(paths, names, starts, ends, tempos or [1.0] * len(paths), strict=True)
    return [Piece(path=p, name=n, start=start, end=end, tempo=t) for p, n, start, end, t in each]


def _named(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()[:32]


def _seconds(stem: Path) -> float:
    """Length of one of our FLACs, as its first block has it."""
    with stem.open("rb") as file:
        head = file.read(26)
    return (int.from_bytes(head[18:26]) & (1 << 36) - 1) / SAMPLE_RATE


def _safe(tempo: Fraction) -> float:
    """A trace faster than computed: atempo may end a few samples late, and no word may be cut."""
    return 1.0 if tempo == 1 else float(tempo) * 1.002
