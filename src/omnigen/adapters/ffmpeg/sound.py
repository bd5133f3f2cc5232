"""Which commands make the sound: pure, run nowhere, printable.

Three stems of the programme's exact length, as raw 48 kHz stereo: the bed (the clips' own sound, crossfaded
with the pictures), the voice and the music. Stems are laid end to end from pieces that each have a whole
number of samples, so sound never drifts from the picture, however many scenes there are.

    piece per scene ─┐
    narration ───────┼─> stems ─> levels measured ─> mix, ducked under the voice ─> AAC, measured, corrected
    music ───────────┘

Where there is one stem only, it is the mix.
"""

import re
from pathlib import Path
from typing import Any, Final

import ffmpeg
from attrs import evolve, frozen

from omnigen.adapters.ffmpeg import graph
from omnigen.adapters.ffmpeg.graph import PCM, SAMPLE_RATE, Stream
from omnigen.adapters.ffmpeg.runner import Command, Limits
from omnigen.domain.timeline import Segment, Timeline

LOUDNESS: Final = -14.0
"""LUFS, integrated, of the finished programme."""
CEILING: Final = -1.0
"""dBTP, measured after encoding."""
SILENCE: Final = -55.0
"""LUFS under which a stem counts as silent and is not raised."""

_TARGET: Final = {"bed": -24.0, "voice": -16.0, "music": -25.0}
"""LUFS of each stem in the mix: voice first, then the clips, then the music."""
_DUCKING: Final = {"bed": 3, "music": 8}
"""Ratio by which a stem is pressed down while somebody speaks."""
_LOUDEST_GAIN: Final = 24.0
_LIMITS: Final = Limits(wall_s=180, cpu_s=180)


@frozen(kw_only=True)
class Sound:
    """A foreign file with something to be heard."""

    path: Path
    demuxer: str
    subject: str


@frozen(kw_only=True)
class Measured:
    """Loudness in LUFS and true peak in dBTP, as EBU R128 has them."""

    loudness: float
    peak: float

    @property
    def silent(self) -> bool:
        """Nothing that could be made louder."""
        return self.loudness <= SILENCE


def samples_of(frames: int, rate: int) -> int:
    """The sample at which a frame begins, rounded: an odd rate never adds its fractions up."""
    return (2 * frames * SAMPLE_RATE + rate) // (2 * rate)


def segment_samples(segment: Segment, rate: int) -> int:
    """Samples of one segment; all segments together have those of the programme."""
    return samples_of(segment.start + segment.frames, rate) - samples_of(segment.start, rate)


def plan_piece(
    segment: Segment, clip: Sound | None, before: Sound | None, *, rate: int, into: Path
) -> Command:
    """What is heard of the clips during one segment: the clip's own sound, crossfaded with the one before."""
    total, overlap = segment_samples(segment, rate), samples_of(segment.overlap, rate)
    heard = graph.exactly(_source(clip, segment.frames / rate), 0, total)
    if segment.tail_start is not None and (clip or before):
        heard = graph.summed([_faded_in(heard, overlap), _tail(before, segment, rate)])
        heard = graph.exactly(heard, 0, total)
    blamed = " or ".join(s.subject for s in (before, clip) if s is not None)
    return _raw(f"scene {segment.number}, sound", [heard], into, blame=blamed or None)


def _source(sound: Sound | None, seconds: float, *first: str) -> Stream:
    stream = graph.silence() if sound is None else graph.foreign(sound.path, sound.demuxer, seconds + 1).audio
    for name in first:
        stream = stream.filter(name)
    return stream if sound is None else graph.heard(stream)


def _faded_in(stream: Stream, samples: int) -> Stream:
    return stream.filter("afade", type="in", start_sample=0, nb_samples=samples, curve="tri")


def _tail(sound: Sound | None, segment: Segment, rate: int) -> Stream:
    """The last samples of the clip before, going down to nothing."""
    start = samples_of(segment.tail_start or 0, rate)
    length = samples_of(segment.overlap, rate)
    seconds = ((segment.tail_start or 0) + segment.overlap) / rate
    # Without the anull, ffmpeg-python would take the chains of two equal sources for one chain.
    tail = graph.exactly(_source(sound, seconds, "anull"), start, start + length)
    return tail.filter("afade", type="out", start_sample=0, nb_samples=length, curve="tri")


def plan_voice(sound: Sound, tempo: float, samples: int, *, into: Path) -> Command:
    """One narration at its tempo, followed by silence up to `samples`."""
    stream = graph.heard(graph.foreign(sound.path, sound.demuxer, 900).audio)
    if tempo > 1:
        stream = stream.filter("atempo", f"{tempo:.6f}")
    return _raw(f"voice of {sound.subject}", [graph.exactly(stream, 0, samples)], into, blame=sound.subject)


def plan_music(sound: Sound, samples: int, *, into: Path) -> Command:
    """The music, played again where it is too short, let in and out gently."""
    seconds = samples / SAMPLE_RATE
    stream = graph.foreign(sound.path, sound.demuxer, seconds + 1, stream_loop=-1).audio
    stream = graph.exactly(graph.heard(stream), 0, samples)
    rise, fall = (min(samples // 4, int(s * SAMPLE_RATE)) for s in (1.0, 2.5))
    stream = stream.filter("afade", type="in", start_sample=0, nb_samples=rise)
    stream = stream.filter("afade", type="out", start_sample=samples - fall, nb_samples=fall)
    return _raw("music", [stream], into, blame=sound.subject)


def plan_measure(path: Path, name: str) -> Command:
    """Measure loudness and true peak of a finished file; `measured` reads the answer."""
    return _measure(graph.own(path).audio, name, "true")


def plan_level(path: Path, mastering: "Mastering | None" = None) -> Command:
    """Measure loudness and highest sample of a stem, or of what a mastering would make of it before it is encoded."""
    stream = graph.own(path, **PCM).audio
    return _measure(stream if mastering is None else _mastered(stream, mastering), path.stem, "sample")


def _measure(stream: Stream, name: str, peak: str) -> Command:
    """A true peak takes three times the work of all the rest."""
    stream = stream.filter("ebur128", framelog="verbose", peak=peak)
    args = graph.compiled([stream], "-", {"format": "null"})
    return Command(step=f"loudness of the {name}", args=args, limits=_LIMITS)


def measured(stderr: str) -> Measured:
    """What ebur128 says at the end. Pure silence measures minus infinity, which counts as -70."""
    loudness = re.findall(r"I:\s+(-?[\d.]+|-?inf|nan) LUFS", stderr)
    peak = re.findall(r"Peak:\s+(-?[\d.]+|-?inf|nan) dBFS", stderr)
    return Measured(loudness=_number(loudness), peak=_number(peak))


def _number(texts: list[str]) -> float:
    try:
        return max(-70.0, float(texts[-1]))
    except (IndexError, ValueError):
        return -70.0


def plan_mix(stems: dict[str, Path], levels: dict[str, Measured], samples: int, *, into: Path) -> Command:
    """All stems at their level, bed and music ducked under the voice."""
    gains = {n: f"{stem_gain(n, levels[n]):.2f}dB" for n in stems}
    streams = {n: graph.own(p, **PCM).audio.filter("volume", gains[n]) for n, p in stems.items()}
    voice = streams.pop("voice", None)
    if voice is not None and streams:
        voice, *keys = _split(voice, len(streams) + 1)
        streams = {n: _ducked(s, k, n) for (n, s), k in zip(streams.items(), keys, strict=True)}
    heard = [*streams.values(), *([voice] if voice is not None else [])]
    return _raw("mix", [graph.exactly(graph.summed(heard), 0, samples)], into)


def stem_gain(name: str, level: Measured) -> float:
    """dB by which a stem is brought to its level in the mix."""
    return 0.0 if level.silent else min(_LOUDEST_GAIN, _TARGET[name] - level.loudness)


def _split(stream: Stream, count: int) -> list[Stream]:
    node = stream.filter_multi_output("asplit", count)
    return [node.stream(i) for i in range(count)]


def _ducked(stream: Stream, key: Stream, name: str) -> Stream:
    return ffmpeg.filter(
        [stream, key], "sidechaincompress", threshold=0.02, ratio=_DUCKING[name], attack=20, release=400
    )


@frozen(kw_only=True)
class Mastering:
    """How the mix is brought to its loudness: a gain, then a limiter, both in dB."""

    gain: float
    ceiling: float = -2.5
    """An encoder overshoots by a decibel or so; one that is let go over `CEILING` has worked for nothing."""
    lift: float = 0.0
    """What brings a stem that is the mix to its level in it, before the gain."""

    @classmethod
    def of(cls, mix: Measured, lift: float = 0.0) -> "Mastering":
        """A first guess; silence is left alone."""
        gain = 0.0 if mix.silent else min(_LOUDEST_GAIN, LOUDNESS - mix.loudness - lift)
        return cls(gain=gain, lift=lift)

    def limits(self, mix: Measured) -> bool:
        """Whether its limiter takes something away: then the gain is only a guess."""
        return mix.peak + self.lift + self.gain > self.ceiling

    def corrected(self, result: Measured) -> "Mastering":
        """A better guess after the encoded file was measured: encoders overshoot, limiters take away."""
        over = max(0.0, result.peak - CEILING)
        missing = 0.0 if result.silent else LOUDNESS - result.loudness
        return evolve(
            self,
            gain=min(_LOUDEST_GAIN, self.gain + missing),
            ceiling=self.ceiling - (over + 0.1 if over else 0),
        )

    def rehearsed(self, result: Measured) -> "Mastering":
        """A better guess after it was tried without encoding, which says nothing of the peaks."""
        return self.corrected(evolve(result, peak=CEILING))


def good_enough(result: Measured) -> bool:
    """Within half a unit of the loudness, and never above the ceiling."""
    return result.peak <= CEILING and (result.silent or abs(result.loudness - LOUDNESS) <= 0.5)


def plan_master(mix: Path, mastering: Mastering, samples: int, *, into: Path) -> Command:
    """The mix as AAC. `aac_coder fast`: the default one overshoots a limited mix by up to 5 dB."""
    stream = _mastered(graph.own(mix, **PCM).audio, mastering)
    encoding = {"acodec": "aac", "aac_coder": "fast", "audio_bitrate": 192_000, "flags:a": "+bitexact"}
    options = encoding | {
        "fflags": "+bitexact",
        "map_metadata": -1,
        "format": "mp4",
        "threads": 1,
        "movie_timescale": SAMPLE_RATE,
    }
    args = graph.compiled([graph.exactly(stream, 0, samples)], into, options)
    return Command(step="sound", args=args, limits=_LIMITS)


def _mastered(stream: Stream, mastering: Mastering) -> Stream:
    stream = stream.filter("volume", f"{mastering.lift + mastering.gain:.2f}dB")
    limit = f"{10 ** (mastering.ceiling / 20):.6f}"
    return stream.filter("alimiter", limit=limit, attack=5, release=80, level="false", latency="true")


def _raw(step: str, streams: list[Stream], into: Path, *, blame: str | None = None) -> Command:
    options: dict[str, Any] = {"acodec": "pcm_f32le", **PCM}
    args = graph.compiled(streams, into, options)
    return Command(step=step, args=("-xerror", *args) if blame else args, limits=_LIMITS, blame=blame)


def programme_samples(timeline: Timeline) -> int:
    """Samples of the whole programme."""
    return samples_of(timeline.frames, timeline.rate)
