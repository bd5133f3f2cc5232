"""The `EditorFormat` of OpenTimelineIO, by its own library."""

from typing import Any, Final

import opentimelineio as otio
from opentimelineio import schema
from opentimelineio.opentime import RationalTime, TimeRange

from omnigen.ports.editor import CutList, Mark, Media, Passage, Piece, Track

_OURS: Final = "omnigen"
"""Under which our own notes lie in the file's metadata."""


class OpenTimeline:
    """Writes `.otio`: media are named relative to the file, times are whole frames at the programme's rate."""

    def written(self, cut: CutList) -> bytes:
        """The whole file; see the port for the promise."""
        rate = cut.canvas.rate
        timeline = schema.Timeline(
            name=cut.title,
            global_start_time=RationalTime(0, rate),
            metadata={_OURS: {**cut.notes, "width": cut.canvas.width, "height": cut.canvas.height}},
        )
        timeline.tracks.extend(_track(track, rate) for track in cut.tracks)
        timeline.tracks.markers.extend(_marker(mark, rate) for mark in cut.marks)
        text: str = otio.adapters.write_to_string(timeline, "otio_json")
        return f"{text}\n".encode()


def _track(track: Track, rate: int) -> Any:
    kind = schema.TrackKind.Audio if track.heard else schema.TrackKind.Video
    made = schema.Track(name=track.name, kind=kind)
    made.extend(_item(item, rate) for item in track.items)
    return made


def _item(item: Piece | Passage, rate: int) -> Any:
    if isinstance(item, Passage):
        kinds = schema.TransitionTypes
        return schema.Transition(
            name=item.name,
            transition_type=kinds.SMPTE_Dissolve if item.dissolves else kinds.Custom,
            in_offset=RationalTime(item.before, rate),
            out_offset=RationalTime(item.after, rate),
            metadata={_OURS: {"transition": item.name}},
        )
    if item.media is None:
        return schema.Gap(source_range=_range(0, item.frames, rate))
    clip = schema.Clip(
        name=item.name,
        media_reference=_reference(item.media, rate),
        source_range=_range(item.start, item.frames, rate),
        metadata={_OURS: dict(item.notes)},
    )
    if item.tempo != 1:
        clip.effects.append(schema.LinearTimeWarp(name="tempo", time_scalar=float(item.tempo)))
    return clip


def _reference(media: Media, rate: int) -> Any:
    return schema.ExternalReference(
        target_url=media.name,
        available_range=_range(0, media.frames, rate),
        metadata={_OURS: {"sha256": media.file.sha256, "size": media.file.size}},
    )


def _marker(mark: Mark, rate: int) -> Any:
    return schema.Marker(
        name=mark.name,
        marked_range=_range(mark.start, mark.frames, rate),
        color=schema.MarkerColor.CYAN,
        metadata={_OURS: {"prompt": mark.text}},
    )


def _range(start: int, frames: int, rate: int) -> Any:
    return TimeRange(RationalTime(start, rate), RationalTime(frames, rate))
