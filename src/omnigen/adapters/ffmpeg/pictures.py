"""What the coded pictures of a clip are like: where it can be cut without decoding it, and how it would play.

Found by a child process while it goes through all packets. Imports nothing that takes its time.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import accumulate
from typing import Any, Final

from av import CodecContext
from av.error import FFmpegError
from av.packet import Packet
from av.sidedata.sidedata import Type
from av.video.codeccontext import VideoCodecContext
from av.video.frame import VideoFrame

from omnigen.adapters.ffmpeg.h264 import (
    IDR,
    PPS,
    SLICES,
    SPS,
    USUAL,
    Malformed,
    Number,
    ParameterSets,
    kind_of,
    pps_of,
    units_of,
)

Facts = dict[str, Any]

_CHANGING: Final = "parameter sets that change on the way"


class Pictures:
    """Takes the packets of an H.264 track in their order, and tells what there is in them."""

    def __init__(self, extradata: bytes) -> None:
        self._avcc = extradata
        self._stamps: list[int] = []
        self._closed: list[bool] = []
        """Whether it is an IDR picture: what follows refers to nothing before it."""
        self._keyed = True
        self._fault = ""
        self._alone: Facts = {}
        self._sets: dict[Number, bytes] = {}
        try:
            self._sets = ParameterSets.of(extradata).numbered()
        except Malformed as error:
            self._fault = str(error)

    def add(self, packet: "Packet[Any]") -> None:
        """Note one packet."""
        if packet.has_sidedata("new_extradata"):
            self._fault = self._fault or _CHANGING
        if not self._fault:
            try:
                self._note(packet)
            except Malformed as error:
                self._fault = str(error)

    @property
    def simple(self) -> bool:
        """Whether all so far is coded by the header's parameters, and so of one size."""
        return not self._fault

    def _note(self, packet: "Packet[Any]") -> None:
        if packet.pts is None or packet.is_discard:
            raise Malformed("frames that are not shown")
        closed = False
        for unit in units_of(bytes(packet)):
            self._check(unit)
            closed |= kind_of(unit) == IDR
        if not self._stamps:
            self._alone = _alone(self._avcc, packet)
        self._stamps.append(packet.pts)
        self._closed.append(closed)
        self._keyed &= packet.is_keyframe == closed

    def _check(self, unit: bytes) -> None:
        kind = kind_of(unit)
        if kind not in USUAL:
            raise Malformed(f"units of type {kind}")
        if kind in SLICES and (PPS, pps_of(unit)) not in self._sets:
            raise Malformed("slices that name a parameter set which isn't there")
        if kind in (SPS, PPS) and unit not in self._sets.values():
            raise Malformed(_CHANGING)

    def facts(self, base: Fraction) -> Facts:
        """What there is, or why it can't be told: `fault`."""
        if self._fault or not self._stamps:
            return {"fault": self._fault or "no pictures"}
        order = ranks(self._stamps)
        cuts = [n for n, top in enumerate(accumulate(order, max), 1) if top == n - 1]
        begins = {0, *cuts}
        return {
            "avcc": self._avcc.hex(),
            "frames": len(order),
            "idrs": [n for n, idr in enumerate(self._closed) if idr and order[n] == n and n in begins],
            "cuts": cuts,
            "keyed": self._keyed,
            "rate": _rate(sorted(self._stamps), base),
            **self._alone,
        }


def ranks(stamps: Sequence[int]) -> list[int]:
    """Which of all frames each packet is, in the order in which they are shown."""
    shown = {stamp: n for n, stamp in enumerate(sorted(stamps))}
    return [shown[stamp] for stamp in stamps]


def delay(order: Iterable[int]) -> int:
    """Frames by which decoding must go ahead of showing, for packets of these ranks."""
    return max((position - rank for position, rank in enumerate(order)), default=0)


def _rate(shown: Sequence[int], base: Fraction) -> str | None:
    """Frames a second, if there is not a tick between the frames' times and a steady rate from 0 on."""
    step = shown[1] - shown[0] if len(shown) > 1 else 0
    steady = step > 0 and all(stamp == n * step for n, stamp in enumerate(shown))
    return str(1 / (step * base)) if steady else None


def _alone(avcc: bytes, packet: "Packet[Any]") -> Facts:
    """What the first picture is by its parameter sets alone, whatever the container says about it."""
    decoder = CodecContext.create("h264", "r")
    assert isinstance(decoder, VideoCodecContext)
    decoder.extradata = avcc
    try:
        found = [*decoder.decode(packet), *decoder.decode(None)]
    except FFmpegError:
        found = []
    if len(found) != 1:
        return {"fault": "a beginning that can't be decoded on its own"}
    return {
        "size": [found[0].width, found[0].height],
        "pixel_format": found[0].format.name,
        "profile": decoder.profile,
        "aspect": str(decoder.sample_aspect_ratio or 1),
        "interlaced": found[0].interlaced_frame,
        "tags": tags(found[0]),
    }


def tags(of: VideoFrame | VideoCodecContext) -> list[int]:
    """Matrix, primaries, transfer and range, by their numbers in H.273; 1 four times is limited bt709."""
    return [int(one) for one in (of.colorspace, of.color_primaries, of.color_trc, of.color_range)]


def has_matrix(frame: VideoFrame) -> bool:
    """Whether the container wants the picture turned or mirrored."""
    return Type.DISPLAYMATRIX in frame.side_data
