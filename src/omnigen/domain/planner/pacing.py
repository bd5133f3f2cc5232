"""Time: how many scenes, how long each is, and how one gives way to the next. Whole frames, and always exact.

Rule of thumb: opening and ending weigh 3, each scene between them 4; three scenes get 30, 40 and 30 %.
A model makes clips of certain lengths only, so a scene gives up to three tenths of its time to the others
where that saves seconds which would be paid for and never seen.
"""

from collections.abc import Sequence
from typing import Final

from attrs import evolve, frozen

from omnigen.domain.catalogue import Model
from omnigen.domain.errors import Invalid
from omnigen.domain.storyboard import CUT, MAX_SCENES, Transition, TransitionKind
from omnigen.domain.timeline import frames_of

SHORTEST_SHOT_S: Final = 2.5
"""A shot that is shorter can't be read."""
_GIVES: Final = 0.3
"""Part of its time that a scene may give up."""
_WORTH: Final = 1.1
"""How much more may be paid for the sake of soft transitions."""
_SOFT_S: Final = {TransitionKind.FADE_BLACK: 0.8, TransitionKind.DISSOLVE: 0.5, TransitionKind.FADE: 0.5}


@frozen
class Pace:
    """One scene's time: its frames, its way in included, and that way."""

    frames: int
    transition: Transition


def fewest_scenes(frames: int, video: Model, rate: int) -> int:
    """Scenes that a programme needs at least. Raises Invalid where that is more than a storyboard holds."""
    if not video.lengths:
        raise Invalid(f"model {video.id} makes no clips of a chosen length", field="model")
    fewest = -(-frames // (video.longest * rate))
    if fewest > MAX_SCENES:
        raise Invalid(
            f"duration is {frames / rate:g} s; {video.id} makes clips of at most {video.longest} s, so at "
            f"most {MAX_SCENES * video.longest} s is allowed",
            field="duration",
        )
    return fewest


def scene_count(frames: int, beats: int, video: Model, rate: int) -> int:
    """How many scenes tell so many beats: more as the time grows, none too short to be read."""
    fewest = fewest_scenes(frames, video, rate)
    seconds = frames / rate
    usual = int(seconds / (5 + seconds / 90) + 0.5)
    most = int(seconds / max(SHORTEST_SHOT_S, video.lengths[0] * 0.9))
    return min(max(min(max(usual, beats), most), fewest, 1), MAX_SCENES)


def weights(count: int) -> list[int]:
    """The rule of thumb: 3 for opening and ending, 4 for all between."""
    return [3 if number in (0, count - 1) else 4 for number in range(count)]


def pace(
    frames: int, kinds: Sequence[TransitionKind], video: Model, rate: int, shares: Sequence[float] = ()
) -> list[Pace]:
    """Time for scenes that come in by `kinds`: the first by a cut, together exactly `frames`.

    Soft transitions eat footage. Where that would cost a tenth more than cuts, or can't be filmed at all,
    fewer of them stay: first only those for the passing of time, then none. `shares` replace the weights.
    """
    shares = shares or weights(len(kinds))
    plain = _lengths(frames, shares, video, rate)
    limit = _paid(plain, video, rate) * _WORTH
    for wanted in (list(kinds), [k if k is TransitionKind.FADE_BLACK else TransitionKind.CUT for k in kinds]):
        ways = _ways(wanted, frames, rate)
        overlaps = sum(way.frames for way in ways)
        if frames + overlaps <= video.longest * rate * len(kinds):
            lengths = _lengths(frames + overlaps, shares, video, rate)
            if _paid(lengths, video, rate) <= limit and _room(lengths, ways):
                return [Pace(*both) for both in zip(lengths, ways, strict=True)]
    return [Pace(length, CUT) for length in plain]


def _ways(kinds: Sequence[TransitionKind], frames: int, rate: int) -> list[Transition]:
    """Transitions of their usual lengths, never more than a fifth of the average scene."""
    longest = frames // len(kinds) // 5
    ways = [_way(kind, min(frames_of(_SOFT_S.get(kind, 0.5), rate), longest)) for kind in kinds]
    return [evolve(CUT), *ways[1:]]


def _way(kind: TransitionKind, frames: int) -> Transition:
    return CUT if kind is TransitionKind.CUT or frames < 1 else Transition(kind=kind, frames=frames)


def _room(lengths: Sequence[int], ways: Sequence[Transition]) -> bool:
    """Whether each transition takes at most half of the shorter of its two scenes."""
    pairs = zip(lengths, lengths[1:], ways[1:], strict=False)
    return all(way.frames <= min(before, after) // 2 for before, after, way in pairs)


def _paid(lengths: Sequence[int], video: Model, rate: int) -> int:
    return sum(video.clip_seconds(length, rate) for length in lengths)


def _lengths(total: int, shares: Sequence[float], video: Model, rate: int) -> list[int]:
    """Frames for each scene, together exactly `total`, none more than the clip that is paid for it."""
    ideal = [total * share / sum(shares) for share in shares]
    if not video.films:
        return _fill(total, ideal, [video.longest * rate] * len(ideal))
    clips = [video.clip_seconds(int(wanted + 0.999), rate) for wanted in ideal]
    clips = _enough(clips, total, video, rate)
    while (saving := _cheaper(clips, ideal, total, video, rate)) is not None:
        clips = saving
    return _fill(total, ideal, [clip * rate for clip in clips])


def _enough(clips: list[int], total: int, video: Model, rate: int) -> list[int]:
    """Longer clips, evenly from the shortest on, until they cover the whole."""
    clips = list(clips)
    while sum(clips) * rate < total:
        shortest = min(range(len(clips)), key=lambda k: clips[k])
        clips[shortest] = next(s for s in video.lengths if s > clips[shortest])
    return clips


def _cheaper(
    clips: list[int], ideal: Sequence[float], total: int, video: Model, rate: int
) -> list[int] | None:
    """The same with one clip a step shorter: the one that misses the least. None where none can be spared."""
    best: tuple[float, list[int]] | None = None
    for k, clip in enumerate(clips):
        shorter = max((s for s in video.lengths if s < clip), default=None)
        if shorter is None or (sum(clips) - clip + shorter) * rate < total:
            continue
        missing = max(0.0, ideal[k] - shorter * rate)
        if missing <= _GIVES * ideal[k] and (best is None or missing / (clip - shorter) < best[0]):
            best = missing / (clip - shorter), [*clips[:k], shorter, *clips[k + 1 :]]
    return best[1] if best else None


def _fill(total: int, ideal: Sequence[float], caps: Sequence[int]) -> list[int]:
    """Whole frames near the ideal, under the caps, together exactly `total`."""
    lengths = [max(1, min(cap, int(wanted))) for cap, wanted in zip(caps, ideal, strict=True)]
    while (left := total - sum(lengths)) > 0:
        open_ = [k for k, cap in enumerate(caps) if lengths[k] < cap]
        part = max(1, left // len(open_))
        for k in open_:
            lengths[k] += (more := min(part, caps[k] - lengths[k], left))
            left -= more
    while (over := sum(lengths) - total) > 0:
        longest = max(range(len(lengths)), key=lambda k: lengths[k])
        lengths[longest] -= min(over, lengths[longest] - 1)
    return lengths
