"""What a foreign clip would look like all the way, by its packets: refused where a player could only guess.

For our Python children; imports nothing that takes its time.
"""

from collections.abc import Iterable
from typing import Any

from av.packet import Packet
from av.video.frame import VideoFrame

from omnigen.adapters.ffmpeg.serving import Refused


class Showing:
    """Takes the packets of a picture track in their order, and says whether each has a time and a size to be shown."""

    def __init__(self) -> None:
        self._stamps: set[int] = set()
        self._shown = 0
        self._timeless = 0
        self._decoded: int | None = None
        self._falls = 0
        self._size: tuple[int, int] | None = None

    def add(self, packet: "Packet[Any]") -> None:
        """Note one coded picture."""
        if packet.is_discard:
            return
        if packet.pts is None:
            self._timeless += 1
        else:
            self._shown += 1
            self._stamps.add(packet.pts)
        if packet.dts is not None:
            self._falls += self._decoded is not None and packet.dts < self._decoded
            self._decoded = packet.dts

    def see(self, frames: Iterable[object]) -> None:
        """Note decoded pictures. Raises Refused where they change their size: half of a filter's memory would be lost."""
        for frame in frames:
            if isinstance(frame, VideoFrame):
                size = frame.width, frame.height
                self._size = self._size or size
                if size != self._size:
                    raise Refused(f"changes from {_sized(self._size)} to {_sized(size)} on the way")

    def check(self, claimed: int) -> None:
        """Raise Refused where pictures have no times, share them, or are shown again; `claimed` is 0 where unknown."""
        if self._shown and self._timeless:
            raise Refused(
                f"has no time to show {self._timeless} of its {self._shown + self._timeless} frames"
            )
        if len(self._stamps) < self._shown * 0.9:
            raise Refused(
                f"shows {self._shown - len(self._stamps)} of its {self._shown} frames with another one"
            )
        if self._falls:
            raise Refused(f"has {self._falls} of its {self._shown} frames out of their order")
        if claimed and self._shown > claimed * 1.02 + 2:
            raise Refused(f"shows its {claimed} frames again and again, {self._shown} in all")


def upright(frame: VideoFrame) -> None:
    """Raise Refused for a picture that doesn't stand upright after quarter turns. No angle at all is none."""
    if abs(frame.rotation) <= 360 and frame.rotation % 90:
        raise Refused(f"is turned by {frame.rotation} degrees; only quarter turns are supported")


def _sized(size: tuple[int, int]) -> str:
    return f"{size[0]}x{size[1]}"
