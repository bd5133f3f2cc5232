"""What is drawn of a storyboard before it is filmed: its own lengths, transitions and words."""

from attrs import evolve

from omnigen.domain.sketch import Standing, sketched
from omnigen.domain.storyboard import AspectRatio
from omnigen.domain.take import StoredFile
from tests.builders import a_storyboard

LONGEST = 8 * 24


def narrated(words: int) -> str:
    return " ".join(["word"] * words)


def test_a_sketch_is_as_long_as_the_storyboard() -> None:
    """Scene by scene, with the transitions as they are planned."""
    storyboard = a_storyboard(scenes=3)
    sketch = sketched(storyboard, rate=24, longest=LONGEST)
    assert sketch.frames == storyboard.frames
    assert [s.transition for s in sketch.shots] == [s.transition for s in storyboard.scenes]
    assert [s.text for s in sketch.shots] == [s.prompt for s in storyboard.scenes]
    assert sketch.cues == ()


def test_a_canvas_is_small_and_even() -> None:
    """A quarter of a megapixel, of the storyboard's shape."""
    sizes = {}
    for aspect in AspectRatio:
        canvas = sketched(evolve(a_storyboard(), aspect_ratio=aspect), rate=24, longest=LONGEST).canvas
        sizes[str(aspect)] = (canvas.width, canvas.height)
    assert sizes == {"16:9": (640, 360), "9:16": (360, 640), "1:1": (360, 360), "4:5": (360, 450)}


def test_narration_is_shown_while_it_will_be_spoken() -> None:
    """By the text's usual length; a scene that is too short for it grows, no further than its model can."""
    storyboard = a_storyboard(scenes=2)
    first, second = storyboard.scenes
    plan = evolve(storyboard, scenes=(evolve(first, narration=narrated(15)), second))
    sketch = sketched(plan, rate=24, longest=LONGEST)
    assert sketch.shots[0].frames > first.frames
    assert sketch.shots[0].frames <= LONGEST
    assert sketch.cues
    assert sketch.cues[0].start == 0
    assert sketch.cues[-1].end <= sketch.frames


def test_words_that_have_no_room_are_shown_all_the_same() -> None:
    """How long they take is only a guess: nobody is refused a sketch for it."""
    storyboard = a_storyboard(scenes=2)
    scenes = tuple(evolve(s, narration=narrated(120)) for s in storyboard.scenes)
    sketch = sketched(evolve(storyboard, scenes=scenes), rate=24, longest=LONGEST)
    assert [s.frames for s in sketch.shots] == [LONGEST, LONGEST]
    starts = [c.start for c in sketch.cues]
    assert starts == sorted(starts)
    assert sketch.cues[-1].end <= sketch.frames


def test_a_recorded_narration_lasts_as_long_as_it_does() -> None:
    """What is known is not guessed."""
    storyboard = a_storyboard(scenes=1)
    plan = evolve(storyboard, scenes=(evolve(storyboard.scenes[0], narration=narrated(4)),))
    sketch = sketched(plan, rate=24, longest=LONGEST, standings={1: Standing(speech=3.0)})
    assert sketch.cues[-1].end == 72


def test_a_scene_shows_its_clip_or_says_why_not() -> None:
    """As far as each of them has come."""
    clip = StoredFile(key="jobs/j/takes/t.mp4", sha256="ab", size=1, content_type="video/mp4")
    standings = {1: Standing(clip=clip), 2: Standing(label="Being filmed")}
    shots = sketched(a_storyboard(scenes=2), rate=24, longest=LONGEST, standings=standings).shots
    assert shots[0].clip == clip
    assert (shots[1].clip, shots[1].label) == (None, "Being filmed")
