"""Tells where everything in a video comes from. Pure: all that it needs has been read."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from attrs import asdict, frozen

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.job import SceneState, Sidecar
from omnigen.domain.manifest import (
    CopiedFact,
    FileFact,
    Manifest,
    NarrationFact,
    SceneFact,
    SegmentFact,
    SoundFact,
    TakeFact,
)
from omnigen.domain.take import StoredFile, Take, TakeStatus
from omnigen.ports.composer import Programme, SegmentMade
from omnigen.usecases.cut_list import clip_name, music_name, narration_name
from omnigen.usecases.cutting import Cutting

VIDEO_NAME: Final = "video.mp4"


@frozen(kw_only=True)
class Parts:
    """What a programme was put together from."""

    segments: tuple[StoredFile, ...]
    sound: StoredFile
    music: StoredFile | None


def manifest(
    cutting: Cutting,
    parts: Parts,
    programme: Programme,
    takes: Sequence[Take],
    *,
    build: str,
    video: StoredFile,
    beside: Sequence[Sidecar],
    pictures: Mapping[int, str],
) -> Manifest:
    """All facts. `pictures` are the hashes of what users gave as first frames, by scene."""
    scenes = _scenes(cutting, parts, programme, takes, pictures)
    music = _music(parts.music, takes)
    plan = _plan(cutting, takes)
    used = {t.id: t for t in (*(t for s in scenes for t in s.takes), music, plan) if t is not None}
    return Manifest(
        job=cutting.job.id,
        revision=cutting.job.revision.number,
        asked_at=cutting.job.revision.created_at,
        composer=build,
        rate=programme.rate,
        frames=programme.frames,
        width=programme.width,
        height=programme.height,
        storyboard=cutting.storyboard,
        plan=plan,
        scenes=scenes,
        sound=SoundFact(
            sha256=parts.sound.sha256,
            music=FileFact.of(music_name(parts.music), parts.music) if parts.music else None,
            music_take=music,
        ),
        cost_micros=sum(take.cost_micros for take in used.values()),
        video=FileFact.of(VIDEO_NAME, video),
        files=tuple(FileFact.of(one.name, one.file) for one in beside),
    )


def written(facts: Manifest) -> bytes:
    """The file."""
    return (json.dumps(asdict(facts), ensure_ascii=False, indent=1, default=_plain) + "\n").encode()


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    raise TypeError(f"{type(value).__name__} has no place in a manifest")


def _scenes(
    cutting: Cutting,
    parts: Parts,
    programme: Programme,
    takes: Sequence[Take],
    pictures: Mapping[int, str],
) -> tuple[SceneFact, ...]:
    known = {take.id: take for take in takes}
    said = _said(cutting)
    return tuple(
        SceneFact(
            number=state.number,
            shown=_shown(cutting, state),
            start=cutting.timeline.start_of(state.number),
            frames=state.frames,
            clip=FileFact.of(clip_name(state.number, cutting.clip(state.number)), cutting.clip(state.number)),
            takes=_takes(state, known),
            first_frame_sha256=pictures.get(state.number) or (state.still.sha256 if state.still else None),
            narration=said.get(state.number),
            segment=_segment(cutting, state.number, parts.segments[state.number - 1], made),
        )
        for state, made in zip(cutting.scenes, programme.made or _UNKNOWN * len(cutting.scenes), strict=True)
    )


_UNKNOWN: Final = (SegmentMade(),)


def _shown(cutting: Cutting, state: SceneState) -> str:
    if cutting.storyboard.scene(state.number).placeholder:
        return "placeholder"
    return "still" if cutting.clip(state.number).content_type.startswith("image/") else "clip"


def _takes(state: SceneState, known: Mapping[str, Take]) -> tuple[TakeFact, ...]:
    ids = (state.speech_take, state.still_take, state.video_take)
    files = {file.key for file in (state.speech, state.still, state.clip) if file is not None}
    found = (known[i] for i in ids if i is not None and i in known)
    return tuple(TakeFact.of(take) for take in found if take.file is not None and take.file.key in files)


def _segment(cutting: Cutting, number: int, file: StoredFile, made: SegmentMade) -> SegmentFact:
    segment = cutting.timeline.segment(number)
    return SegmentFact(
        key=file.key.rpartition("/")[2].partition(".")[0],
        sha256=file.sha256,
        start=segment.start,
        frames=segment.frames,
        copied=CopiedFact(start=made.copied[0], end=made.copied[1]) if made.copied else None,
        encoded_because=made.why,
    )


def _said(cutting: Cutting) -> dict[int, NarrationFact]:
    told: dict[int, NarrationFact] = {}
    for speech in cutting.speeches():
        file = cutting.scenes[speech.number - 1].speech
        assert file is not None
        told[speech.number] = NarrationFact(
            text=cutting.storyboard.scene(speech.number).narration,
            file=FileFact.of(narration_name(speech.number, file), file),
            start=speech.start,
            frames=speech.frames,
            tempo=str(speech.tempo),
        )
    return told


def _music(file: StoredFile | None, takes: Sequence[Take]) -> TakeFact | None:
    found = (t for t in takes if file is not None and t.file is not None and t.file.key == file.key)
    return next((TakeFact.of(take) for take in found), None)


def _plan(cutting: Cutting, takes: Sequence[Take]) -> TakeFact | None:
    """The newest plan that was there when this revision was made."""
    number = cutting.job.revision.number
    plans = [
        t for t in takes
        if t.kind is TakeKind.PLAN and t.status is TakeStatus.STORED and t.revision <= number
    ]  # fmt: skip
    return TakeFact.of(max(plans, key=lambda t: (t.revision, t.attempt))) if plans else None
