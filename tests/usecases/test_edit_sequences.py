"""Whatever is done to a job, edit after edit: each does what was foretold of it, and the books agree (P13)."""

import asyncio
import tempfile
from pathlib import Path
from typing import Any

from attrs import evolve
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.editing import Edit
from omnigen.domain.job import JobStatus
from omnigen.domain.storyboard import CUT, Scene, Soundtrack, Storyboard, Transition, TransitionKind
from omnigen.domain.take import TakeStatus
from omnigen.usecases.next_revision import differs
from tests.builders import a_scene, a_storyboard
from tests.contract.harness import FAMILIES
from tests.fakes.provider import Fate
from tests.fakes.world import ADA, World, a_world
from tests.promises import check_promises
from tests.usecases.editing import Change, carried_out, check_promised, edit

DISSOLVE = Transition(kind=TransitionKind.DISSOLVE, frames=12)
SAID = (None, " ".join(["gently"] * 12), " ".join(["slowly"] * 12))
SPOKEN = Fate(media={"seconds": 6.1})
"""Longer than most scenes, and than the words look; no longer than the slowest voice would take."""

CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "prompt": st.sampled_from(["one shot", "another shot"]),
        "frames": st.sampled_from([72, 120, 144, 150, 190]),
        "narration": st.sampled_from(SAID),
        "transition": st.sampled_from([CUT, DISSOLVE]),
        "seed": st.integers(1, 3),
        "placeholder": st.booleans(),
    },
)
PLACES = st.lists(st.tuples(st.integers(0, 5), CHANGES), min_size=2, max_size=4)
"""Scenes by their number before (modulo how many there are; 5 is a new one), with what changes in them."""
BOARDS = st.fixed_dictionaries(
    {},
    optional={
        "soundtrack": st.sampled_from(
            [Soundtrack(), Soundtrack(music="slow"), Soundtrack(music="slow", voice="ada")]
        )
    },
)
STEPS = st.lists(st.tuples(PLACES, BOARDS, st.booleans()), min_size=1, max_size=3)


def _change(
    clips: list[str], places: list[tuple[int, dict[str, Any]]], others: dict[str, Any], back: bool
) -> Change:
    def change(before: Storyboard) -> Edit:
        sources = [None if n == 5 else 1 + n % len(before.scenes) for n, _ in places]
        scenes = [
            _scene(place, a_scene(place, prompt="quite new") if n is None else before.scene(n), given_)
            for place, (n, (_, given_)) in enumerate(zip(sources, places, strict=True), 1)
        ]
        chosen = {1: clips[0]} if back and scenes[0].frames <= 144 else {}
        wanted = evolve(before, scenes=tuple(scenes), **others)
        return Edit(storyboard=wanted, sources=tuple(sources), chosen=chosen)

    return change


def _scene(place: int, scene: Scene, changes: dict[str, Any]) -> Scene:
    changed = evolve(scene, **{**changes, "number": place})
    return evolve(changed, transition=CUT) if place == 1 else changed


async def _run(steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        async with a_world(FAMILIES["memory"], Path(folder)) as world:
            world.provider.usual[TakeKind.SPEECH] = SPOKEN
            leg = await world.begun(evolve(a_storyboard(3), soundtrack=Soundtrack(music="slow")))
            await world.walked(leg)
            for count, step in enumerate(steps):
                await _step(world, leg.job_id, count, step)


async def _step(world: World, job_id: str, count: int, step: Any) -> None:
    clips = [t.id for t in await world.takes() if t.kind is TakeKind.VIDEO and t.status is TakeStatus.STORED]
    before = await world.job()
    board = await world.stores.jobs.storyboard(job_id, before.revision.number)
    assert board is not None
    change = _change(clips, *step)
    promised = await world.app.edit_storyboard.foretell(ADA, job_id, change)
    if not differs(board, promised.storyboard):
        return
    await edit(world, job_id, change, key=f"k{count}")
    done = await carried_out(world, job_id)
    assert done.job.status is JobStatus.SUCCEEDED, done.job.revision.error
    check_promised(promised, done)
    await check_promises(world)


@settings(
    max_examples=12, phases=[Phase.explicit, Phase.generate], deadline=None, derandomize=True, database=None
)
@given(STEPS)
def test_every_edit_does_what_was_foretold(steps: list[Any]) -> None:
    """Scenes that move, double, go and come, grow by what is said, become cards and clips again, in any order."""
    asyncio.run(_run(steps))
