"""How loud everything is, and is to be: pure arithmetic on loudness as EBU R128 has it.

Loudness is kept as the loudness of blocks of 400 ms, ten a second, as the meter gives it. So what was measured
scene by scene is put together to the loudness of the whole, and an edit measures only what it has changed.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property
from math import log10
from typing import Any, Final

from attrs import evolve, frozen

LOUDNESS: Final = -14.0
"""LUFS, integrated, of the finished programme."""
CEILING: Final = -1.0
"""dBTP, measured after encoding."""
SILENCE: Final = -55.0
"""LUFS under which a stem counts as silent and is not raised."""
GATE: Final = -70.0
"""LUFS under which a block says nothing, and what pure silence is said to have."""

TARGET: Final[Mapping[str, float]] = {"bed": -24.0, "voice": -16.0, "music": -25.0}
"""LUFS of each stem in the mix: voice first, then the clips, then the music."""
_LOUDEST_GAIN: Final = 24.0
_STEP: Final = 0.5
"""dB. A small edit leaves the loudness of all else as it is, so that all else need not be encoded again."""
CLOSE: Final = 0.4
"""LU. Nearer than this what is encoded isn't corrected; within half a unit is what is promised."""
CLOSER: Final = 0.25
"""The same of a rehearsal, which costs less, and which an encoder's result differs from a little."""


@frozen(kw_only=True)
class Measured:
    """What a meter has said of some stretch: blocks above the gate in LUFS, the highest peak in dB of full scale."""

    blocks: tuple[float, ...] = ()
    peak: float = GATE

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> "Measured":
        """From what the desk tells."""
        return cls(blocks=tuple(told["blocks"]), peak=told["peak"])

    @classmethod
    def together(cls, parts: "Iterable[Measured]") -> "Measured":
        """Several stretches as one."""
        every = list(parts)
        return cls(
            blocks=tuple(b for one in every for b in one.blocks),
            peak=max((one.peak for one in every), default=GATE),
        )

    @cached_property
    def loudness(self) -> float:
        """Integrated, in LUFS: of all blocks that are not more than 10 LU below the mean (ITU-R BS.1770-4)."""
        energies = [_energy(block) for block in self.blocks if block > GATE]
        if not energies:
            return GATE
        gate = sum(energies) / len(energies) / 10
        heard = [energy for energy in energies if energy > gate]
        return _lufs(sum(heard) / len(heard))

    @property
    def silent(self) -> bool:
        """Nothing that could be made louder."""
        return self.loudness <= SILENCE


def _energy(lufs: float) -> float:
    return float(10 ** (lufs / 10))


def _lufs(energy: float) -> float:
    return 10 * log10(energy)


def stem_gain(name: str, level: Measured) -> float:
    """Whole dB by which a stem is brought to its level in the mix."""
    return 0.0 if level.silent else min(_LOUDEST_GAIN, float(round(TARGET[name] - level.loudness)))


@frozen(kw_only=True)
class Mastering:
    """How the mix is brought to its loudness: a gain, then a limiter, both in dB."""

    gain: float = 0.0
    """The same for all of the programme."""
    ceiling: float = -2.5
    """An encoder overshoots by a decibel or so; one that is let go over `CEILING` has worked for nothing."""

    @classmethod
    def of(cls, stems: Mapping[str, Measured], gains: Mapping[str, float]) -> "Mastering":
        """A first guess, from what stems are like; silence is left alone."""
        loud = [_energy(m.loudness + gains[name]) for name, m in stems.items() if not m.silent]
        return cls(gain=_stepped(LOUDNESS - _lufs(sum(loud)))) if loud else cls()

    def sure(self, stems: Mapping[str, Measured], gains: Mapping[str, float]) -> bool:
        """Whether the guess is as good as measured: a single stem, and a limiter that has nothing to do."""
        return not stems or (
            len(stems) == 1
            and all(m.peak + gains[name] + self.gain <= self.ceiling for name, m in stems.items())
        )

    def limits(self, result: Measured, before: "Mastering") -> bool:
        """Whether, other than `before`, it will take away some of the loudness."""
        return result.peak + self.gain - before.gain > self.ceiling

    def louder(self, result: Measured, close: float = CLOSE) -> "Mastering":
        """A better guess after the whole programme was measured: a limiter takes away."""
        missing = 0.0 if result.silent else LOUDNESS - result.loudness
        return self if abs(missing) <= close else evolve(self, gain=_stepped(self.gain + missing))

    def lowered(self, peak: float) -> "Mastering":
        """A lower ceiling, if a stretch peaked too high once it was encoded."""
        over = peak - CEILING
        return self if over <= 0 else evolve(self, ceiling=round(self.ceiling - over - 0.1, 2))


def _stepped(gain: float) -> float:
    return min(_LOUDEST_GAIN, round(gain / _STEP) * _STEP)
