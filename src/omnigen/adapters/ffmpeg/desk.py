"""The mixing desk, in a process of its own (see `serving`): measures, mixes, masters, encodes, stretch by stretch.

    measure   what stems are like
    mix       stretches of the programme, each from the stems around it, measured and, if asked for, as AAC
    lay       stretches of AAC end to end, as one file

A stretch is mixed and encoded with what lies before and behind it, so that neighbours meet as if they had been made in
one go: the ducking and the limiter have settled, and so have the encoder's windows. Its AAC frames lie on the grid
of the programme, of 1,024 samples. All places are samples of the programme.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import lru_cache
from math import log10
from pathlib import Path
from typing import Any, Final

import av
from av.audio.frame import AudioFrame
from av.filter import Graph
from av.filter.context import FilterContext
from av.packet import Packet

from omnigen.adapters.ffmpeg.serving import Facts, opened

RATE: Final = 48_000
AAC_FRAME: Final = 1024
BYTES: Final = 8
"""Of one sample: two channels of 32-bit float."""

_BLOCK: Final = 4800
"""Samples from one measured block to the next; a block has four times as many."""
_MINUTE: Final = 60 * RATE
_HEADROOM: Final = 2.0
"""Stems are kept half as loud as they are."""
_DUCKING: Final = "threshold=0.02:ratio=6:attack=20:release=400"
"""How clips and music are pressed down while somebody speaks."""
_SILENT: Final = -70.0


def _measure(request: Facts) -> list[Facts]:
    return [_stem(path, pcm) for path, pcm in request["files"]]


def _stem(path: str, into: str) -> Facts:
    """What a stem is like, a minute at a time: raw, a long one would take hundreds of megabytes.

    Its samples are left in a file, for the mixes that follow.
    """
    blocks, peak, start, whole = [], _SILENT, 0, True
    with Path(into).open("wb") as file:
        while whole:
            pcm = _decoded.__wrapped__(path, start, start + _MINUTE)
            file.write(pcm)
            facts = _metered(pcm, 0, 0, _HEADROOM, peak="sample")
            blocks += facts["blocks"]
            peak = max(peak, facts["peak"])
            start += _MINUTE
            whole = len(pcm) == _MINUTE * BYTES
    return {"blocks": blocks, "peak": peak}


def _mix(request: Facts) -> list[Facts]:
    """Facts of each stretch; those that have an `into` are encoded, and measured after that."""
    return [_stretch(one) for one in _read(request)["stretches"]]


def _stretch(one: Facts) -> Facts:
    start, end = one["kept"]
    first = one["encoded"][0]
    if one["into"] is None:
        return _metered(_bytes_of(_mixed(one)), first, start, peak="sample", last=end)
    packets, extradata = _encoded(_mixed(one, "fltp", AAC_FRAME))
    facts = _metered(_bytes_of(_heard(packets, extradata)), first, start, last=end)
    # Each packet is heard from the frame before its own place on.
    skip = 0 if start == 0 else (start - first) // AAC_FRAME
    count = None if one["last"] else (end - start) // AAC_FRAME
    kept = packets[skip : None if count is None else skip + count]
    _write(Path(one["into"]), kept)
    return facts | {"packets": len(kept)}


def _read(request: Facts) -> Any:
    """Long requests come in a file."""
    return json.loads(Path(request["file"]).read_text(encoding="utf-8"))


# --- mixing


def _mixed(one: Facts, form: str = "flt", size: int | None = None) -> Iterator[AudioFrame]:
    """The stretch with all that is encoded around it, in frames of a size."""
    desk = Graph()
    raw = _input(desk)
    out = _mastered(desk, raw, one["gain"], one["ceiling"])
    begin, (first, last) = one["window"][0], one["encoded"]
    out = _then(desk, out, "atrim", f"start_sample={first - begin}:end_sample={last - begin}")
    out = _then(desk, out, "asetpts", "N/SR/TB")
    out = _then(desk, out, "aformat", f"sample_fmts={form}:channel_layouts=stereo")
    if size is not None:
        out = _then(desk, out, "asetnsamples", f"n={size}:p=0")
    return _run(desk, [(raw, _raw(one))], out)


def _raw(one: Facts) -> bytes:
    """The stretch before it is mastered; a rehearsal leaves it for what comes after."""
    left = Path(one["raw"])
    if left.exists():
        return left.read_bytes()
    begin, end = one["window"]
    tracks = {name: _track(pieces, begin, end) for name, pieces in one["tracks"].items() if pieces}
    if not tracks:
        return bytes((end - begin) * BYTES)
    desk = Graph()
    inputs = {name: _input(desk) for name in tracks}
    gains = {name: 10 ** (one["gains"][name] / 20) * _HEADROOM for name in tracks}
    levelled = {name: _then(desk, i, "volume", f"{gains[name]:.6f}") for name, i in inputs.items()}
    out = _then(desk, _summed(desk, levelled), "aformat", "sample_fmts=flt:channel_layouts=stereo")
    mixed = _bytes_of(_run(desk, [(inputs[name], pcm) for name, pcm in tracks.items()], out))
    if one["into"] is None:
        left.write_bytes(mixed)
    return mixed


def _track(pieces: Sequence[Facts], begin: int, end: int) -> bytes:
    """One stem's sound from `begin` to `end`: each piece in its place, silence between them."""
    track = bytearray((end - begin) * BYTES)
    for piece in pieces:
        place, limit = max(piece["start"], begin), min(piece["end"], end)
        skipped = place - piece["start"]
        if piece["tempo"] > 1:
            pcm = _faster(piece["path"], piece["tempo"])[skipped * BYTES : (limit - piece["start"]) * BYTES]
        else:
            pcm = _samples(piece, skipped, limit - piece["start"])
        at = (place - begin) * BYTES
        track[at : at + len(pcm)] = pcm
    return bytes(track)


def _summed(desk: Graph, streams: dict[str, FilterContext]) -> FilterContext:
    """All on top of each other; what isn't the voice is ducked under it, together: compressors take their time."""
    voice = streams.get("voice")
    others = [stream for name, stream in streams.items() if name != "voice"]
    if voice is None or not others:
        return _added(desk, list(streams.values()))
    key, speech = _then(desk, voice, "asplit", "2"), desk.add("anull")
    key.link_to(speech, 1, 0)
    ducker = desk.add("sidechaincompress", _DUCKING)
    _added(desk, others).link_to(ducker, 0, 0)
    key.link_to(ducker, 0, 1)
    return _added(desk, [ducker, speech])


def _added(desk: Graph, streams: list[FilterContext]) -> FilterContext:
    if len(streams) == 1:
        return streams[0]
    mixer = desk.add("amix", f"inputs={len(streams)}:duration=longest:normalize=0")
    for n, stream in enumerate(streams):
        stream.link_to(mixer, 0, n)
    return mixer


def _mastered(desk: Graph, stream: FilterContext, gain: float, ceiling: float) -> FilterContext:
    stream = _then(desk, stream, "volume", f"{gain:.2f}dB")
    limit = f"{10 ** (ceiling / 20):.6f}"
    return _then(desk, stream, "alimiter", f"limit={limit}:attack=5:release=80:level=false:latency=true")


def _input(desk: Graph) -> FilterContext:
    return desk.add_abuffer(sample_rate=RATE, format="flt", layout="stereo", time_base=Fraction(1, RATE))


def _then(desk: Graph, stream: FilterContext, name: str, args: str = "") -> FilterContext:
    following = desk.add(name, args)
    stream.link_to(following)
    return following


def _run(
    desk: Graph, inputs: Sequence[tuple[FilterContext, bytes]], out: FilterContext
) -> Iterator[AudioFrame]:
    sink = desk.add("abuffersink")
    out.link_to(sink)
    desk.configure()
    for stream, pcm in inputs:
        if pcm:
            stream.push(_frame(pcm))
        stream.push(None)
    while True:
        try:
            frame = sink.pull()
        except (av.BlockingIOError, av.EOFError):
            return
        assert isinstance(frame, AudioFrame)
        yield frame


def _frame(pcm: bytes) -> AudioFrame:
    frame = AudioFrame(format="flt", layout="stereo", samples=len(pcm) // BYTES, align=1)
    frame.planes[0].update(pcm)
    frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
    return frame


# --- decoding


def _samples(piece: Facts, start: int, end: int) -> bytes:
    """Samples of a stem, `end` excluded: as measuring has left them, if it was measured just now."""
    try:
        file = Path(piece["pcm"]).open("rb")  # noqa: SIM115 - closed below; absence is no error of what follows
    except FileNotFoundError:
        return _decoded(piece["path"], start, end)
    with file:
        file.seek(start * BYTES)
        return file.read((end - start) * BYTES)


@lru_cache(maxsize=6)
def _decoded(path: str, start: int, end: int | None) -> bytes:
    """Samples of a stem, `end` excluded; fewer where it is shorter."""
    try:
        return _read_out(path, start, end, entry=start)
    except av.PermissionError:
        # What FFmpeg says where it finds no way into a FLAC of a few frames.
        return _read_out(path, start, end, entry=0)


def _read_out(path: str, start: int, end: int | None, *, entry: int) -> bytes:
    parts: list[bytes] = []
    with opened(path, "flac") as container:
        stream = container.streams.audio[0]
        if entry:
            container.seek(entry, stream=stream)
        packed = _packer()
        for frame in container.decode(stream):
            place = frame.pts or 0
            if end is not None and place >= end:
                break
            pcm = packed(frame)
            parts.append(pcm[max(0, start - place) * BYTES : None if end is None else (end - place) * BYTES])
    return b"".join(parts)


@lru_cache(maxsize=4)
def _faster(path: str, tempo: float) -> bytes:
    desk = Graph()
    voice = _input(desk)
    return _bytes_of(
        _run(desk, [(voice, _decoded(path, 0, None))], _then(desk, voice, "atempo", f"{tempo:.6f}"))
    )


def _bytes_of(frames: Iterator[AudioFrame]) -> bytes:
    packed = _packer()
    return b"".join(packed(frame) for frame in frames)


def _packer() -> Callable[[AudioFrame], bytes]:
    """Makes samples of a stream's frames, one after the other, both channels side by side."""
    resampler = av.AudioResampler(format="flt", layout="stereo", rate=RATE)

    def packed(frame: AudioFrame) -> bytes:
        if frame.format.name == "flt":
            return bytes(frame.planes[0])[: frame.samples * BYTES]
        return b"".join(bytes(f.planes[0])[: f.samples * BYTES] for f in resampler.resample(frame))

    return packed


# --- encoding


def _encoded(frames: Iterator[AudioFrame]) -> tuple[list[bytes], bytes]:
    """AAC packets, and what a decoder must know. `aac_coder fast`: the default one overshoots by up to 5 dB."""
    encoder = _encoder()
    packets: list[Packet[Any]] = []
    for frame in frames:
        frame.time_base = Fraction(1, RATE)
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    return [bytes(packet) for packet in packets], bytes(encoder.extradata or b"")


def _encoder() -> Any:
    encoder: Any = av.CodecContext.create("aac", "w")
    _set_up(encoder)
    return encoder


def _set_up(encoder: Any) -> None:
    encoder.sample_rate, encoder.layout, encoder.format = RATE, "stereo", "fltp"
    encoder.bit_rate, encoder.time_base = 192_000, Fraction(1, RATE)
    encoder.options = {"aac_coder": "fast"}
    encoder.flags |= av.codec.context.Flags.bitexact


def _heard(packets: Sequence[bytes], extradata: bytes) -> Iterator[AudioFrame]:
    """What a player makes of the packets, from the sample on that was encoded first."""
    decoder: Any = av.CodecContext.create("aac", "r")
    decoder.extradata = extradata
    for n, packet in enumerate(packets):
        for frame in decoder.decode(Packet(packet)):
            if n:  # the first is the encoder's delay
                yield frame


def _write(path: Path, packets: Sequence[bytes]) -> None:
    path.write_bytes(b"".join(len(p).to_bytes(4) + p for p in packets))


def _packets(path: str) -> list[bytes]:
    raw, at, found = Path(path).read_bytes(), 0, []
    while at < len(raw):
        length = int.from_bytes(raw[at : at + 4])
        found.append(raw[at + 4 : at + 4 + length])
        at += 4 + length
    return found


# --- measuring


def _metered(
    pcm: bytes, first: int, start: int, gain: float = 1.0, *, peak: str = "true", last: int | None = None
) -> Facts:
    """Loudness of the blocks that end after `start` and not after `last`, and the peak of all.

    `first` is the place of the first sample.
    """
    meter = Graph()
    heard = _input(meter)
    told = _then(meter, heard, "volume", f"{gain:.6f}") if gain != 1 else heard
    told = _then(meter, told, "ebur128", f"metadata=1:framelog=quiet:peak={peak}")
    blocks, highest = [], 0.0
    last = first + len(pcm) // BYTES if last is None else last
    for frame in _run(meter, [(heard, pcm + bytes(-len(pcm) % (_BLOCK * BYTES)))], told):
        facts, end = frame.metadata, first + (frame.pts or 0) + frame.samples
        highest = max(highest, *(float(facts[f"lavfi.r128.{peak}_peaks_ch{n}"]) for n in (0, 1)))
        loudness = float(facts["lavfi.r128.M"])
        if loudness > _SILENT and start < end <= last:
            blocks.append(round(loudness, 2))
    return {"blocks": blocks, "peak": round(20 * log10(highest), 2) if highest > 0 else _SILENT}


# --- laying


def _lay(request: Facts) -> Facts:
    """One file of all stretches: of files of packets, and of what an earlier file has of them."""
    asked = _read(request)
    samples, place = asked["samples"], -AAC_FRAME
    with av.open(asked["into"], "w", format="mp4", options=_options()) as made:
        stream: Any = made.add_stream("aac", rate=RATE)
        _set_up(stream.codec_context)
        made.start_encoding()
        for packet in _laid(asked["parts"]):
            packet.stream, packet.time_base = stream, Fraction(1, RATE)
            packet.pts = packet.dts = place
            packet.duration = min(AAC_FRAME, samples - place)
            place += AAC_FRAME
            made.mux(packet)
    return {"samples": place}


def _options() -> dict[str, str]:
    return {"fflags": "+bitexact", "movflags": "+faststart", "movie_timescale": str(RATE)}


def _laid(parts: Sequence[Facts]) -> "Iterator[Packet[Any]]":
    for part in parts:
        if part["path"].endswith(".aac"):
            yield from (Packet(packet) for packet in _packets(part["path"]))
        else:
            every = _demuxed(part["path"])
            yield from (Packet(packet) for packet in every[part["first"] : part["first"] + part["count"]])


@lru_cache(maxsize=1)
def _demuxed(path: str) -> list[bytes]:
    with opened(path, "mov") as container:
        return [bytes(packet) for packet in container.demux(audio=0) if packet.size]


MODES: Final = {"measure": _measure, "mix": _mix, "lay": _lay}
