"""The cut of a revision for an editor: the same frames of the same clips as in the video, but still apart."""

from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath
from typing import Any, Final

from omnigen.domain.captions import Speech, spoken_frames
from omnigen.domain.job import SceneState
from omnigen.domain.storyboard import Scene, TransitionKind
from omnigen.domain.take import StoredFile
from omnigen.ports.editor import CutList, Mark, Media, Passage, Piece, Track
from omnigen.usecases.cutting import Cutting

_PLAIN: Final = (TransitionKind.FADE, TransitionKind.DISSOLVE)


def cut_list(cutting: Cutting, music: StoredFile | None) -> CutList:
    """All tracks. Raises Rejected where a narration has no room."""
    clips = [_clip(cutting, state) for state in cutting.scenes]
    heard = [None if media.file.content_type.startswith("image/") else media for media in clips]
    tracks = [
        Track(name="Picture", heard=False, items=tuple(_line(cutting, clips))),
        Track(name="Clips", heard=True, items=tuple(_line(cutting, heard))),
    ]
    if voices := cutting.speeches():
        tracks.append(Track(name="Narration", heard=True, items=tuple(_voices(cutting, voices))))
    if music is not None:
        tracks.append(Track(name="Music", heard=True, items=tuple(_music(cutting, music))))
    return CutList(
        title=cutting.storyboard.title,
        canvas=cutting.canvas,
        tracks=tuple(tracks),
        marks=tuple(_mark(cutting, scene) for scene in cutting.storyboard.scenes),
        notes={"job": cutting.job.id},
    )


def clip_name(number: int, file: StoredFile) -> str:
    """Where a scene's clip lies in the editor's folder."""
    return f"clips/scene-{number:02}{PurePosixPath(file.key).suffix}"


def narration_name(number: int, file: StoredFile) -> str:
    """Where a scene's narration lies there."""
    return f"narration/scene-{number:02}{PurePosixPath(file.key).suffix}"


def music_name(file: StoredFile) -> str:
    """Where the music lies there."""
    return f"music{PurePosixPath(file.key).suffix}"


def _clip(cutting: Cutting, state: SceneState) -> Media:
    file = cutting.clip(state.number)
    frames = cutting.timeline.clips[state.number - 1].frames
    known = spoken_frames(file.seconds, cutting.timeline.rate) if file.seconds else 0
    return Media(name=clip_name(state.number, file), file=file, frames=max(frames, known))


def _line(cutting: Cutting, clips: list[Media] | list[Media | None]) -> Iterator[Piece | Passage]:
    """Clips one after another. A transition's cut lies in its middle; an odd frame belongs to the clip that goes."""
    timeline = cutting.timeline
    for clip, media in zip(timeline.clips, clips, strict=True):
        scene, overlap = cutting.storyboard.scene(clip.number), clip.transition.frames
        before = overlap // 2  # frames before the cut: so many of this clip are seen already
        leaving = cutting.leaving(clip.number)
        after = leaving - leaving // 2  # frames behind the next cut, in which this clip is still seen
        if overlap:
            yield Passage(
                name=clip.transition.kind.value,
                before=before,
                after=overlap - before,
                dissolves=clip.transition.kind in _PLAIN,
            )
        yield Piece(
            frames=clip.frames - before - after,
            media=media,
            start=before,
            name=f"Scene {clip.number}",
            notes=_notes(scene, cutting.scenes[clip.number - 1]),
        )


def _notes(scene: Scene, state: SceneState) -> Mapping[str, Any]:
    told = {
        "scene": scene.number,
        "prompt": scene.prompt,
        "seed": scene.seed,
        "take": state.video_take or state.still_take,
    }
    return told | ({"placeholder": True} if scene.placeholder else {})


def _voices(cutting: Cutting, voices: tuple[Speech, ...]) -> Iterator[Piece]:
    at = 0
    for speech in voices:
        if speech.start > at:
            yield Piece(frames=speech.start - at)
        file = cutting.scenes[speech.number - 1].speech
        assert file is not None
        yield Piece(
            frames=speech.frames,
            media=Media(
                name=narration_name(speech.number, file),
                file=file,
                frames=spoken_frames(file.seconds, cutting.timeline.rate),
            ),
            name=f"Narration {speech.number}",
            tempo=speech.tempo,
            notes={"scene": speech.number, "text": cutting.storyboard.scene(speech.number).narration},
        )
        at = speech.end


def _music(cutting: Cutting, file: StoredFile) -> Iterator[Piece]:
    """Music from its beginning, as often as it takes."""
    total, once = cutting.timeline.frames, spoken_frames(file.seconds, cutting.timeline.rate)
    media = Media(name=music_name(file), file=file, frames=once if file.seconds else total)
    for at in range(0, total, media.frames):
        yield Piece(frames=min(media.frames, total - at), media=media, name="Music")


def _mark(cutting: Cutting, scene: Scene) -> Mark:
    start = cutting.timeline.start_of(scene.number)
    return Mark(name=f"Scene {scene.number}", text=scene.prompt, start=start, frames=scene.frames)
