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
from omnigen.adapters.ffmpeg.levels import CEILING, CLOSER, GATE, Mastering, Measured, stem_gain
from omnigen.adapters.ffmpeg.runner import Command, Limits
from omnigen.adapters.ffmpeg.splicer import Splicer
from omnigen.adapters.ffmpeg.stems import Stems
from omnigen.adapters.ffmpeg.stretches import Piece, Stretch, samples_in, stretches
from omnigen.domain.captions import placed, spoken_frames
from omnigen.domain.errors import Transient
from omnigen.ports.composer import ClipStem, MusicStem, SceneSound, SoundRender, VoiceStem
from omnigen.together import together

log = structlog.get_logger(__name__)

_REHEARSALS: Final = 4
_MASTERS: Final = 5
_FEW: Final = 5
"""Stretches that one process does as quickly as several."""
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

    def works(self, masterings: Sequence[Mastering], *, encoded: bool) -> "list[_Work]":
        """What there is to do of each stretch."""
        return [
            _Work(stretch=s, gains=self.gains, mastering=m, encoded=encoded)
            for s, m in zip(self.stretches, masterings, strict=True)
        ]


@frozen(kw_only=True)
class _Work:
    """One stretch, to be mixed in one way."""

    stretch: Stretch
    gains: Mapping[str, float]
    mastering: Mastering
    encoded: bool

    @property
    def key(self) -> str:
        """Of all that decides what comes out."""
        return self.stretch.key(self.gains, self.mastering, encoded=self.encoded)

    def request(self, scratch: Path, into: Path) -> dict[str, Any]:
        """As the desk takes it."""
        raw = scratch / f"{self.stretch.raw_key(self.gains)}.pcm"
        return self.stretch.request(
            self.gains, self.mastering, raw=raw, into=into if self.encoded else None, pcm=scratch
        )


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
        masterings = [await self._rehearsed(plan)] * len(plan.stretches)
        result = Measured()
        for _ in range(_MASTERS):
            measured = await self._measured(plan, masterings, encoded=True)
            result = Measured.together(measured)
            better = [m.louder(result).lowered(one.peak) for m, one in zip(masterings, measured, strict=True)]
            if better == masterings:
                break
            masterings = better
        if result.peak > CEILING:
            raise Transient(f"the sound peaks at {result.peak} dBTP after encoding")
        log.info("sound.mastered", loudness=result.loudness, peak=result.peak, gain=masterings[0].gain)
        return await self._laid(plan, masterings)

    async def _rehearsed(self, plan: _Plan) -> Mastering:
        """A mastering that was tried without encoding, which takes a third of the work; where it is sure, none."""
        mastering = Mastering.of(plan.stems, plan.gains)
        if mastering.sure(plan.stems, plan.gains):
            return mastering
        for _ in range(_REHEARSALS):
            measured = await self._measured(plan, [mastering] * len(plan.stretches), encoded=False)
            result = Measured.together(measured)
            before, mastering = mastering, mastering.louder(result, CLOSER)
            if mastering == before or not mastering.limits(result, before):
                break
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
        rate, before = render.timeline.rate, [None, *render.scenes]
        segments = list(render.timeline.segments())
        asked = [
            s.stem
            or ClipStem(segment=seg, rate=rate, clip=_clip(s), before=_clip(b) if seg.overlap else None)
            for seg, s, b in zip(segments, render.scenes, before, strict=False)
        ]
        paths = await self._stems.all(asked)
        starts = [sound.samples_of(segment.start, rate) for segment in segments]
        ends = [*starts[1:], sound.programme_samples(render.timeline)]
        return await _pieces(paths, starts, ends)

    async def _voice(self, render: SoundRender, total: int) -> list[Piece]:
        """All narrations, each up to where the next one begins."""
        asked = {s.number: stem for s in render.scenes if (stem := _voice(s)) is not None}
        paths = await self._stems.all(list(asked.values()))
        lengths = [await asyncio.to_thread(_seconds, path) for path in paths]
        rate = render.timeline.rate
        frames = {n: spoken_frames(s, rate) for n, s in zip(asked, lengths, strict=True)}
        speeches = placed(render.timeline, frames)
        starts = [sound.samples_of(s.start, rate) for s in speeches]
        ends = [*starts[1:], total][: len(starts)]
        return await _pieces(paths, starts, ends, [_safe(s.tempo) for s in speeches])

    async def _music(self, render: SoundRender, total: int) -> list[Piece]:
        stem: Path | MusicStem | None = render.music_stem
        if stem is None and render.music is not None:
            timeline = render.timeline
            stem = MusicStem(music=render.music, frames=timeline.frames, rate=timeline.rate)
        return await _pieces(await self._stems.all([stem]), [0], [total]) if stem is not None else []

    # --- the desk's work

    async def _measure(self, files: Mapping[str, Path]) -> None:
        """Have stems measured of which nothing is known."""
        new = {name: path for name, path in files.items() if name not in self._ledger.measured}
        found = await together(
            *(
                self._ask("loudness of the stems", "measure", files=[self._opened(new[n], n) for n in names])
                for names in self._shared(list(new))
            )
        )
        self._ledger = self._ledger.also(
            dict(zip(new, (Measured.of(one) for some in found for one in some), strict=True))
        )

    def _opened(self, path: Path, name: str) -> tuple[str, str]:
        """A stem, and where its samples are left."""
        return str(path), str(samples_in(self._scratch, name))

    async def _measured(
        self, plan: _Plan, masterings: Sequence[Mastering], *, encoded: bool
    ) -> list[Measured]:
        """Loudness and peak of each stretch; what isn't known is mixed, and encoded if asked for."""
        works = plan.works(masterings, encoded=encoded)
        await self._mixed([work for work in works if work.key not in self._ledger.measured])
        self._used.update(work.key for work in works)
        return [self._ledger.measured[work.key] for work in works]

    async def _mixed(self, works: Sequence[_Work]) -> None:
        new = {work.key: work for work in works}
        requests = [work.request(self._scratch, self._aac(key)) for key, work in new.items()]
        found = await together(
            *(
                self._asked(f"mix of {len(some)} stretches", "mix", n, stretches=some)
                for n, some in enumerate(self._shared(requests))
            )
        )
        measures = (Measured.of(one) for some in found for one in some)
        self._ledger = self._ledger.also(dict(zip(new, measures, strict=True)))

    async def _laid(self, plan: _Plan, masterings: Sequence[Mastering]) -> Path:
        """All stretches as one file, with a ledger of its own."""
        works = plan.works(masterings, encoded=True)
        # An earlier mix may have tried what is right now, and thrown it away.
        await self._mixed([work for work in works if self._part(work.key) is None])
        made, parts = self._scratch / "sound.mp4", [self._part(work.key) for work in works]
        starts = accumulate((s.packets for s in plan.stretches), initial=0)
        laid = {w.key: (start, w.stretch.packets) for w, start in zip(works, starts, strict=False)}
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

    def _shared(self, work: list[Any]) -> list[list[Any]]:
        """Work in a run of neighbours for each core, unless it is too little to start several processes for."""
        size = max(_FEW, -(-len(work) // self._cores))
        return [work[n : n + size] for n in range(0, len(work), size)]

    async def _asked(self, step: str, mode: str, n: int, **request: Any) -> Any:
        """A request that may be too long for a command line."""
        file = self._scratch / f"{mode}-{n}.json"
        file.write_text(json.dumps(request), encoding="utf-8")
        return await self._ask(step, mode, file=str(file))

    async def _ask(self, step: str, mode: str, **request: Any) -> Any:
        return await self._desk.run(Command(step=step, args=(mode, json.dumps(request)), limits=_LIMITS))


def _voice(scene: SceneSound) -> Path | VoiceStem | None:
    if scene.voice is not None or scene.narration is None:
        return scene.voice
    return VoiceStem(number=scene.number, narration=scene.narration)


def _clip(scene: SceneSound | None) -> Path:
    assert scene is not None, "the first segment comes in by a cut"
    assert scene.clip is not None, f"scene {scene.number} has neither a clip nor a stem"
    return scene.clip


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
