"""As much of H.264 as it takes to lay pictures of several encoders into one track: units, parameter sets, avcC.

A track has one `avcC`, which may hold several parameter sets, and every slice names its own by a number. So pictures
of different encoders can follow each other, as long as no number means one thing here and another there.

Pure, and quick to import: the child processes use it. Sources: ISO/IEC 14496-10, 7.3 and 7.4; 14496-15, 5.3.3.
"""

from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

IDR: Final = 5
SPS: Final = 7
PPS: Final = 8
SLICES: Final = frozenset((1, IDR))
USUAL: Final = SLICES | {6, SPS, PPS, 9, 10, 11, 12}
"""Kinds of units that a simple stream has. Partitions, layers and views are others."""
OURS: Final = frozenset((30, 31))
"""Numbers of our own parameter sets, the highest that an SPS may have: other encoders begin at 0."""

_LENGTH: Final = 4
"""Bytes of the length before each unit, in all that we take and make."""
_EXTENDED: Final = frozenset((100, 110, 122, 144))
"""Profiles whose avcC says the chroma format and the bit depths once more."""

Number = tuple[int, int]
"""Of a parameter set: SPS or PPS, which are counted apart, and its id."""


class Malformed(ValueError):
    """Not H.264 as we take it."""


class ParameterSets(NamedTuple):
    """What an `avcC` holds."""

    profile: int
    compatibility: int
    level: int
    units: tuple[bytes, ...]
    extension: bytes = b""

    @classmethod
    def of(cls, avcc: bytes) -> "ParameterSets":
        """Read an `avcC`. Raises Malformed, also where units have lengths of less than four bytes."""
        if len(avcc) < 7 or avcc[0] != 1 or avcc[4] & 3 != _LENGTH - 1:
            raise Malformed("no avcC with lengths of four bytes")
        first, at = _listed(avcc, 5, 0x1F)
        second, at = _listed(avcc, at, 0xFF)
        sets = cls(avcc[1], avcc[2], avcc[3], (*first, *second), avcc[at:] if avcc[1] in _EXTENDED else b"")
        sets.numbered()  # raises where one can't be read
        return sets

    @property
    def avcc(self) -> bytes:
        """As an MP4 has it."""
        sps, pps = ([u for u in self.units if kind_of(u) == kind] for kind in (SPS, PPS))
        head = bytes([1, self.profile, self.compatibility, self.level, 0xFC | _LENGTH - 1])
        return head + _list(sps, 0xE0) + _list(pps, 0) + self.extension

    @property
    def ids(self) -> frozenset[int]:
        """All ids that are taken, by an SPS or by a PPS."""
        return frozenset(number for _, number in self.numbered())

    def numbered(self) -> dict[Number, bytes]:
        """Each set under its number. Raises Malformed where one number has two meanings."""
        return _merged(self.units)

    def clashes(self, other: "ParameterSets") -> bool:
        """Whether a number means one thing here and another there."""
        mine, theirs = self.numbered(), other.numbered()
        return any(mine[number] != theirs[number] for number in mine.keys() & theirs.keys())


def union(several: Iterable[ParameterSets]) -> ParameterSets:
    """All sets, each once. Raises Malformed where they clash.

    The profile says what a player must be able to do, so it is that of the most demanding, which comes first;
    a constraint is kept if all keep it.
    """
    found = sorted(several, key=lambda sets: (-sets.profile, -sets.level, sets.units))
    compatibility = 0xFF
    for sets in found:
        compatibility &= sets.compatibility
    return ParameterSets(
        profile=found[0].profile,
        compatibility=compatibility,
        level=max(sets.level for sets in found),
        units=tuple(sorted(_merged(unit for sets in found for unit in sets.units).values(), key=kind_of)),
        extension=found[0].extension,
    )


def kind_of(unit: bytes) -> int:
    """Its type: slice, parameter set, and so on."""
    return unit[0] & 0x1F


def units_of(packet: bytes) -> Iterator[bytes]:
    """The units of one packet. Raises Malformed where their lengths don't fill it."""
    at = 0
    while at < len(packet):
        start = at + _LENGTH
        at = start + int.from_bytes(packet[at:start])
        if not start < at <= len(packet):
            raise Malformed("a unit without a length that fits its packet")
        yield packet[start:at]


def packed(units: Iterable[bytes]) -> bytes:
    """The units as one packet."""
    return b"".join(len(unit).to_bytes(_LENGTH) + unit for unit in units)


def pps_of(unit: bytes) -> int:
    """The PPS that a slice names. Raises Malformed."""
    return _numbers(unit, 1, 3)[2]


def _number(unit: bytes) -> Number:
    kind = kind_of(unit)
    if kind not in (SPS, PPS):
        raise Malformed(f"a unit of type {kind} among the parameter sets")
    return kind, _numbers(unit, 4 if kind == SPS else 1, 1)[0]


def _listed(avcc: bytes, at: int, mask: int) -> tuple[list[bytes], int]:
    """The units that are counted at a byte, and where what follows them begins."""
    units: list[bytes] = []
    if at >= len(avcc):
        raise Malformed("an avcC that is cut off")
    count, at = avcc[at] & mask, at + 1
    for _ in range(count):
        start = at + 2
        at = start + int.from_bytes(avcc[at:start])
        if not start < at <= len(avcc):
            raise Malformed("an avcC that is cut off")
        units.append(avcc[start:at])
    return units, at


def _list(units: list[bytes], mark: int) -> bytes:
    return bytes([mark | len(units)]) + b"".join(len(u).to_bytes(2) + u for u in units)


def _merged(units: Iterable[bytes]) -> dict[Number, bytes]:
    found: dict[Number, bytes] = {}
    for unit in units:
        number = _number(unit)
        if found.setdefault(number, unit) != unit:
            raise Malformed(f"parameter set {number} has two meanings")
    return found


def _numbers(unit: bytes, start: int, count: int) -> list[int]:
    """The first Exp-Golomb numbers from a byte on; ids and slice headers need a few bytes only."""
    raw = unit[start : start + 16].replace(b"\0\0\3", b"\0\0")
    bits, found = "".join(f"{byte:08b}" for byte in raw), []
    for _ in range(count):
        zeros = len(bits) - len(bits.lstrip("0"))
        found.append(int(bits[zeros : 2 * zeros + 1] or "0", 2) - 1)
        bits = bits[2 * zeros + 1 :]
    if min(found) < 0:
        raise Malformed("a number that is cut off")
    return found
