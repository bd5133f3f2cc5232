"""Captions: what is said, when it is to be read, and the WebVTT and SRT texts of it.

First `placed` gives every narration its time on the programme, then `cues` breaks what is said into lines
that can be read. A narration starts with its scene, or where the one before it ends if that is later, since
two voices never speak at once.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise
from typing import Final

from attrs import evolve, field, frozen
from attrs.validators import ge, min_len

from omnigen.domain.errors import Rejected
from omnigen.domain.storyboard import CaptionStyle
from omnigen.domain.timeline import Timeline, seconds_of

LINE: Final = 42
"""Letters on a line, at most, as subtitlers have it; a longer single word is broken."""
LINES: Final = 2
FASTEST: Final = Fraction(115, 100)
"""How much faster than spoken a narration may be played so that it fits."""
SHORTEST_S: Final = Fraction(1)
"""A cue shorter than this can't be read; it is shown longer where there is room."""


@frozen(kw_only=True)
class Layout:
    """How much of what is said is shown at once."""

    line: int = LINE
    lines: int = LINES
    shortest_s: Fraction = SHORTEST_S


SUBTITLES: Final = Layout()
FEW_WORDS: Final = Layout(line=18, lines=1, shortest_s=Fraction(2, 5))
"""For big letters."""
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])\s+|(?<=[.!?…][\"'”’)\]])\s+|(?<=[。！？])|\n+")
_KEPT: Final = "\n\u200c\u200d"


@frozen(kw_only=True)
class Cue:
    """A line of text on screen, from a frame on, for a number of frames."""

    start: int = field(validator=ge(0))
    frames: int = field(validator=ge(1))
    text: str = field(validator=min_len(1))

    @property
    def end(self) -> int:
        """The first frame on which it is gone."""
        return self.start + self.frames


@frozen(kw_only=True)
class Speech:
    """One narration on the programme: when it starts, how long it is heard, how much faster than spoken."""

    number: int
    """Of its scene."""
    start: int
    frames: int
    tempo: Fraction

    @property
    def end(self) -> int:
        """The first frame on which it is over."""
        return self.start + self.frames


def spoken_frames(seconds: float, rate: int) -> int:
    """The frames that a recording lasts, rounded up: what `placed` wants to know of it."""
    return max(1, _ceil(Fraction(round(seconds * 48_000), 48_000) * rate))


def frames_to_say(spoken: int, leaving: int = 0) -> int:
    """The shortest scene in which a narration fits, played up to 1.15 times faster.

    `leaving` is the length of the transition out of the scene: the next scene begins with it, and so may
    the next narration.
    """
    return _ceil(spoken / FASTEST) + leaving


def placed(timeline: Timeline, spoken: Mapping[int, int]) -> tuple[Speech, ...]:
    """Give every narration its place. `spoken` has its length in frames, rounded up, by scene number.

    It is fitted so that it ends before the next scene begins, where a tempo of up to 1.15 can do that. Else
    it goes on into the transition, and the next narration waits for it: it then has as much time as it
    would have had, if the programme goes on for so long. Raises Rejected, naming the scene, where even 1.15
    is not enough; never where each scene has at least `frames_to_say`.
    """
    speeches: list[Speech] = []
    for number in sorted(spoken):
        free = speeches[-1].end if speeches else 0
        speeches.append(_placed_one(timeline, number, spoken[number], free))
    return tuple(speeches)


def _placed_one(timeline: Timeline, number: int, length: int, free: int) -> Speech:
    clip_start, frames = timeline.start_of(number), timeline.clips[number - 1].frames
    start = max(clip_start, free)
    end = min(start + frames, timeline.frames)
    next_start = timeline.start_of(number + 1) if number < len(timeline.clips) else timeline.frames
    room = max(1, next_start - start, min(end - start, _ceil(length / FASTEST)))
    if length > room * FASTEST:
        raise _too_long(number, length, max(0, end - start), timeline.rate)
    tempo = max(Fraction(1), Fraction(length, room))
    return Speech(number=number, start=start, frames=_ceil(length / tempo), tempo=tempo)


def _too_long(number: int, length: int, room: int, rate: int) -> Rejected:
    return Rejected(
        f"the narration of scene {number} lasts {seconds_of(length, rate):.1f} s and there is room for "
        f"{seconds_of(room, rate):.1f} s; it can be fitted up to {float(FASTEST)} times",
        code="narration_too_long",
        field=f"storyboard.scenes[{number}].narration",
    )


def _ceil(value: Fraction) -> int:
    return -(-value.numerator // value.denominator)


def layout_of(style: CaptionStyle) -> Layout:
    """How much of a text is shown at once in captions of a style."""
    return FEW_WORDS if style is CaptionStyle.LARGE else SUBTITLES


def cues(text: str, speech: Speech, rate: int, layout: Layout = SUBTITLES) -> tuple[Cue, ...]:
    """What is said in one scene as cues; each gets time in proportion to its letters: no voice tells its words' times."""
    blocks = _blocks(text, layout)
    if not blocks:
        return ()
    weights = [len(b) + 2 for b in blocks]
    marks = [0, *(round(speech.frames * Fraction(w, sum(weights))) for w in accumulate(weights))]
    timed = [
        Cue(start=speech.start + a, frames=max(1, b - a), text=text)
        for (a, b), text in zip(pairwise(marks), blocks, strict=True)
        if b > a or len(blocks) == 1
    ]
    return _readable(timed, round(layout.shortest_s * rate))


def programme_cues(
    timeline: Timeline, speeches: Sequence[Speech], texts: Mapping[int, str], layout: Layout = SUBTITLES
) -> tuple[Cue, ...]:
    """All cues of a programme, in order, none of them over another."""
    every = [c for s in speeches for c in cues(texts[s.number], s, timeline.rate, layout)]
    ends = [c.start for c in every[1:]] + [timeline.frames][: len(every)]
    return tuple(
        evolve(c, frames=min(c.end, end) - c.start)
        for c, end in zip(every, ends, strict=True)
        if min(c.end, end) > c.start
    )


def within(every: Iterable[Cue], start: int, frames: int) -> tuple[Cue, ...]:
    """The cues, or parts of cues, that are seen in a stretch of programme, counted from its first frame."""
    end = start + frames
    return tuple(
        evolve(c, start=max(c.start, start) - start, frames=min(c.end, end) - max(c.start, start))
        for c in every
        if c.start < end and c.end > start
    )


def webvtt(every: Iterable[Cue], rate: int) -> str:
    """The text of a WebVTT file."""
    blocks = (f"{_span(c, rate, '.')}\n{_escaped(c.text)}\n" for c in every)
    return "\n".join(("WEBVTT\n", *blocks))


def srt(every: Iterable[Cue], rate: int) -> str:
    """The text of an SRT file."""
    return "\n".join(f"{n}\n{_span(c, rate, ',')}\n{c.text}\n" for n, c in enumerate(every, 1))


def _readable(timed: list[Cue], shortest: int) -> tuple[Cue, ...]:
    """Cues too short to be read stay until the next one comes, the last one as long as it needs."""
    limits = [c.start for c in timed[1:]] + [timed[-1].start + shortest] if timed else []
    return tuple(
        evolve(c, frames=max(c.frames, min(shortest, limit - c.start)))
        for c, limit in zip(timed, limits, strict=True)
    )


def _blocks(text: str, layout: Layout) -> list[str]:
    """Texts of up to two lines, broken at the ends of sentences, then at pauses, then between words."""
    every = _sentences(_clean(text), layout.line)
    return [block for sentence in every for block in _laid_out(sentence, layout)]


def _sentences(text: str, line: int) -> list[str]:
    """Sentences; short ones that follow each other share a line, and "Dr." is not left alone."""
    found: list[str] = []
    for part in filter(None, (p.strip() for p in _SENTENCE_END.split(text))):
        if found and len(found[-1]) + 1 + len(part) <= line:
            found[-1] += " " + part
        else:
            found.append(part)
    return found


def _clean(text: str) -> str:
    """No control characters, but the joiners that letters need; every run of blanks is one."""
    printable = "".join(c if c.isprintable() or c in _KEPT else " " for c in text)
    return re.sub(r"[^\S\n]+", " ", printable).strip()


def _laid_out(sentence: str, layout: Layout) -> Iterator[str]:
    """Groups of lines, as even as can be."""
    words = [part for word in sentence.split() for part in _broken(word, layout.line)]
    count = max(1, -(-len(" ".join(words)) // (layout.line * layout.lines)))
    while count <= len(words):
        groups = [_two_lines(g, layout) for g in _shared_out(words, count)]
        if all(g is not None for g in groups):
            yield from (g for g in groups if g)
            return
        count += 1


def _broken(word: str, line: int) -> list[str]:
    """A word that no line can hold is broken; scripts without blanks come as such words."""
    return [word[i : i + line] for i in range(0, len(word), line)]


def _shared_out(words: list[str], count: int) -> list[list[str]]:
    """Words in `count` groups of about equal length, cut at a pause where one is near."""
    groups: list[list[str]] = []
    rest = words
    for left in range(count, 1, -1):
        cut = _best_cut(rest, len(" ".join(rest)) / left, keep=left - 1)
        groups.append(rest[:cut])
        rest = rest[cut:]
    return [*groups, rest]


def _best_cut(words: list[str], wanted: float, keep: int) -> int:
    """After how many words to cut: near the wanted length, better at a comma; `keep` words stay at least."""

    def cost(cut: int) -> float:
        off = abs(len(" ".join(words[:cut])) - wanted)
        return off - (wanted / 4 if words[cut - 1][-1] in ",;:–—،、，" else 0)

    return min(range(1, len(words) - keep + 1), key=cost)


def _two_lines(words: list[str], layout: Layout) -> str | None:
    """The words on one line or, where two are allowed, on two even ones; None if they don't fit."""
    line = " ".join(words)
    if len(line) <= layout.line:
        return line
    if layout.lines == 1:
        return None
    breaks = (" ".join(words[:n]) + "\n" + " ".join(words[n:]) for n in range(1, len(words)))
    fitting = [b for b in breaks if max(map(len, b.split("\n"))) <= layout.line]
    return min(fitting, key=lambda b: max(map(len, b.split("\n"))), default=None)


def _span(cue: Cue, rate: int, point: str) -> str:
    return f"{_clock(cue.start, rate, point)} --> {_clock(cue.end, rate, point)}"


def _clock(frame: int, rate: int, point: str) -> str:
    """Hours, minutes, seconds and thousandths of a frame's beginning."""
    thousandths = (2000 * frame + rate) // (2 * rate)
    seconds, thousandths = divmod(thousandths, 1000)
    return f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{point}{thousandths:03}"


def _escaped(text: str) -> str:
    """WebVTT has tags and an arrow of its own."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
