"""Looks into media files with PyAV, in a process of its own: see `serving`.

inspect    all of one foreign file; `sampled`: all its packets, of its pictures only the first
programme  a finished file, followed by its segments
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Final

from av.audio.frame import AudioFrame
from av.container import InputContainer
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from omnigen.adapters.ffmpeg.headers import size_told
from omnigen.adapters.ffmpeg.pictures import Pictures, has_matrix, tags
from omnigen.adapters.ffmpeg.serving import Facts, Refused, opened
from omnigen.adapters.ffmpeg.showing import Showing, upright
from omnigen.adapters.ffmpeg.subtitles import texts
from omnigen.adapters.ffmpeg.tracks import payload, picture_of, track

_HDR: Final = {16: "HDR (PQ)", 18: "HDR (HLG)"}
_MATRICES: Final = frozenset((0, 1, 2, 4, 5, 6, 7, 9, 10))
"""Those that every FFmpeg's scaler knows: RGB, unknown, and YCbCr of bt709, bt601, smpte240m and bt2020."""
_SLACK_S: Final = 0.5


def _inspect(request: Facts) -> Facts:
    """Go through all of one file, whatever its header says; `sampled` decodes only how its picture begins."""
    (path, demuxer), limits = request["files"][0], request["limits"]
    with opened(path, demuxer, limits["max_pixels"]) as container:
        stream = _required(container, limits["kind"])
        _not_too_long(_claimed_s(container), limits)
        if stream is not None:
            _bounded(stream, limits, size_told(path, demuxer) or (0, 0))
        facts = (_sampled if limits["sampled"] else _decoded)(container, stream, limits)
        facts["from_zero"] = container.start_time == 0
        if limits["kind"] != "image":
            _keeps_its_word(container, stream, facts)
        return facts


def _required(container: InputContainer, kind: str) -> VideoStream | None:
    """The stream that the kind of file must have; sound has no picture stream that matters."""
    if kind == "sound":
        if not container.streams.audio:
            raise Refused("holds no sound")
        return None
    return picture_of(container)


def _bounded(stream: VideoStream, limits: Facts, told: tuple[int, int]) -> None:
    """Refuse bombs by their header, before the first picture is decoded. The decoder has no size for the worst of them."""
    width, height = stream.codec_context.width or told[0], stream.codec_context.height or told[1]
    if width < 2 or height < 2:
        raise Refused("holds no picture that can be decoded")
    if width * height > limits["max_pixels"]:
        raise Refused(f"is {width}x{height}; at most {limits['max_pixels']} pixels are allowed")
    _sdr(stream.codec_context.color_trc)


def _sdr(transfer: int) -> None:
    if transfer in _HDR:
        raise Refused(f"is {_HDR[transfer]}; only SDR footage is supported")


def _claimed_s(container: InputContainer) -> float:
    return (container.duration or 0) / 1_000_000


def _not_too_long(seconds: float, limits: Facts) -> None:
    if seconds > limits["max_seconds"]:
        raise Refused(f"lasts {seconds:.0f} s; at most {limits['max_seconds']:.0f} s is allowed")


def _shape(stream: VideoStream, first: VideoFrame | None) -> Facts:
    """Size as displayed, and how its colours are tagged."""
    if first is None:
        raise Refused("holds no picture that can be decoded")
    upright(first)
    context = stream.codec_context
    aspect = stream.sample_aspect_ratio or 1
    width, height = max(1, round(first.width * aspect)), first.height
    turned = first.rotation % 180 != 0
    matrix, primaries, transfer, _ = tags(first)
    _sdr(transfer)
    if matrix not in _MATRICES:
        raise Refused(f"has its colours coded by matrix {matrix} of H.273, which can't be converted")
    return {
        "width": height if turned else width,
        "height": width if turned else height,
        "rate": str(stream.average_rate) if stream.average_rate else None,
        "codec": context.name,
        "pixel_format": context.pix_fmt or "",
        "matrix": matrix,
        "primaries": primaries,
        "transfer": transfer,
        "claimed_frames": stream.frames,
        "turned": has_matrix(first),
    }


def _decoded(container: InputContainer, stream: VideoStream | None, limits: Facts) -> Facts:
    """Count what really comes out of the decoders, pictures and sound."""
    facts: Facts = {"has_sound": bool(container.streams.audio), "frames": 0, "seconds": 0.0, "sound_s": 0.0}
    sound, showing = next(iter(container.streams.audio), None), Showing()
    wanted = [s for s in (stream, sound) if s is not None]
    if stream is None and sound is not None:
        facts["codec"] = sound.codec_context.name
    try:
        for frame in container.decode(wanted):
            showing.see([frame])
            _count(frame, stream, facts)
            _within(facts, limits)
    except FFmpegError:
        if stream is not None and facts["frames"] < stream.frames:
            raise _cut_off(facts["frames"], stream.frames) from None
        raise
    return _complete(facts, stream)


def _sampled(container: InputContainer, stream: VideoStream | None, limits: Facts) -> Facts:
    """Count all packets, but decode only the first pictures: whoever renders the rest decodes it."""
    assert stream is not None
    pictures, showing = Pictures(stream.codec_context.extradata or b""), Showing()
    facts: Facts = {"has_sound": bool(container.streams.audio), "frames": 0, "seconds": 0.0, "sound_s": 0.0}
    shown_s = float(1 / stream.average_rate) if stream.average_rate else 0.0
    begins_s = 0.0
    for packet in container.demux(stream, *container.streams.audio[:1]):
        if packet.is_corrupt and packet.size:
            raise _cut_off(facts["frames"], stream.frames)
        if packet.size and isinstance(packet.stream, VideoStream):
            pictures.add(packet)
            showing.add(packet)
        if packet.pts is None or packet.is_discard:
            continue
        ends_s = float((packet.pts + (packet.duration or 0)) * packet.time_base)
        if packet.stream.type == "audio":
            facts["sound_s"] = max(facts["sound_s"], ends_s)
            continue
        if "width" not in facts or _may_change(packet, pictures):
            _begin(_seen(packet.decode(), showing), stream, facts)
        begins_s = float(packet.pts * packet.time_base) if not facts["frames"] else begins_s
        facts["frames"] += 1
        facts["seconds"] = max(facts["seconds"], float(packet.pts * packet.time_base) - begins_s + shown_s)
        _within(facts, limits)
    _begin(_seen(stream.decode(None), showing), stream, facts)
    showing.check(stream.frames)
    if stream.codec_context.name == "h264":
        facts["coding"] = pictures.facts(stream.time_base or Fraction(1))
    return _complete(facts, stream)


def _may_change(packet: "Packet[Any]", pictures: Pictures) -> bool:
    """Whether its picture may be of another size. Of simple H.264 it isn't; of anything else, any keyframe."""
    simple = packet.stream.codec_context.name == "h264" and pictures.simple
    return packet.is_keyframe and not simple


def _seen(frames: Sequence[object], showing: Showing) -> Sequence[object]:
    showing.see(frames)
    return frames


def _begin(frames: Sequence[object], stream: VideoStream, facts: Facts) -> None:
    """Note the first picture's shape, once there is one."""
    for frame in frames:
        if isinstance(frame, VideoFrame) and "width" not in facts:
            facts |= _shape(stream, frame)
            return


def _within(facts: Facts, limits: Facts) -> None:
    _not_too_long(max(facts["seconds"], facts["sound_s"]), limits)
    if facts["frames"] > limits["max_frames"]:
        raise Refused(f"has more than {limits['max_frames']} frames")


def _count(frame: object, stream: VideoStream | None, facts: Facts) -> None:
    if isinstance(frame, VideoFrame):
        _count_picture(frame, stream, facts)
    elif isinstance(frame, AudioFrame):
        facts["sound_s"] += frame.samples / frame.sample_rate


def _count_picture(frame: VideoFrame, stream: VideoStream | None, facts: Facts) -> None:
    assert stream is not None
    if not facts["frames"]:
        facts |= _shape(stream, frame)
        facts["first_s"] = frame.time or 0.0
    facts["frames"] += 1
    shown_s = float(1 / stream.average_rate) if stream.average_rate else 0.0
    facts["seconds"] = max(facts["seconds"], (frame.time or 0.0) - facts["first_s"] + shown_s)


def _complete(facts: Facts, stream: VideoStream | None) -> Facts:
    if stream is not None and not (facts["frames"] and "width" in facts):
        raise Refused("holds no picture that can be decoded")
    if stream is None and facts["sound_s"] < 0.01:
        raise Refused("holds no sound that can be decoded")
    facts["picture_s"] = facts["seconds"]
    facts["seconds"] = max(facts["seconds"], facts["sound_s"])
    return facts


def _keeps_its_word(container: InputContainer, stream: VideoStream | None, facts: Facts) -> None:
    """A truncated file opens and decodes without an error; only its own claims give it away."""
    if stream is not None and stream.frames > facts["frames"] * 1.02 + 2:
        raise _cut_off(facts["frames"], stream.frames)
    claimed = _claimed_s(container)
    if claimed > facts["seconds"] * 1.05 + _SLACK_S:
        raise Refused(f"says that it lasts {claimed:.1f} s but holds {facts['seconds']:.1f} s")


def _cut_off(decoded: int, claimed: int) -> Refused:
    return Refused(f"is cut off or damaged: {decoded} of its {claimed} frames can be decoded")


def _programme(request: Facts) -> Facts:
    """The finished file, followed by its segments: its packets are theirs, bit by bit, and its sound decodes."""
    files = request["files"]
    facts = track(files[0]).facts
    facts["payload_kept"] = payload(files[:1]) == payload(files[1:])
    with opened(*files[0]) as container:
        facts["seconds"] = _claimed_s(container)
        audio = next(iter(container.streams.audio), None)
        if audio is not None:
            assert audio.time_base is not None
            context = audio.codec_context
            facts |= {"samples": float((audio.duration or 0) * audio.time_base * context.sample_rate)}
            facts |= {"sound": context.name, "channels": context.channels, "sample_rate": context.sample_rate}
            facts |= {"decoded_samples": sum(frame.samples for frame in container.decode(audio=0))}
        facts["title"] = container.metadata.get("title", "")
        facts |= texts(container, picture_of(container).average_rate or Fraction(1))
    return facts


MODES: Final = {"inspect": _inspect, "programme": _programme}
