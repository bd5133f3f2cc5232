"""Other takes of a scene, made and chosen again, and cards for scenes that failed, repaired later."""

from typing import Any

import pytest
from attrs import evolve

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Invalid, NotFound
from omnigen.domain.job import JobStatus, Reason
from omnigen.domain.storyboard import (
    Resolution,
    Storyboard,
    Transition,
)
from omnigen.ports.workflow import Leg
from tests.fakes.catalogue import ANIMATED
from tests.fakes.provider import Fate
from tests.fakes.world import ADA, World
from tests.promises import check_promises
from tests.usecases.editing import (
    board,
    but_for_the_manifest,
    carried_out,
    check_promised,
    choose,
    edit,
    four,
    made,
    order,
    regenerate,
    scene,
)

VIDEO, STILL = TakeKind.VIDEO, TakeKind.STILL


# --- other takes


async def test_another_take_is_made_and_the_first_can_be_chosen_again(world: World) -> None:
    """Regenerating pays for one clip; going back to the first is free, and gives the first video's bytes."""
    job_id = await made(world)
    first = (await world.job()).revision.video
    old = next(t for t in await world.takes() if (t.kind, t.scene) == (VIDEO, 3))
    await regenerate(world, job_id, 3)
    done = await carried_out(world, job_id)
    assert done.takes == {(VIDEO, 3): 1}
    assert (done.job.revision.reason, done.job.revision.cost) == (Reason.REGENERATE, 600_000)
    assert set(done.rendered) == {3, 4}
    assert world.composer.mixed[-1].earlier is not None, "the sound that was there isn't made again"
    assert done.job.revision.video != first
    await regenerate(world, job_id, 3, key="back", take=old.id)
    back = await carried_out(world, job_id)
    assert (back.takes, back.rendered, back.mixed, back.job.revision.cost) == ({}, {}, 0, 0)
    assert but_for_the_manifest(back.job.revision.video) == but_for_the_manifest(first)
    await check_promises(world)


async def test_a_seed_can_be_given(world: World) -> None:
    """It becomes the scene's, and survives later edits."""
    job_id = await made(world)
    await regenerate(world, job_id, 1, seed=4711)
    await carried_out(world, job_id)
    await edit(world, job_id, order(2, 1, 3, 4))
    after = await world.stores.jobs.storyboard(job_id, 3)
    assert after is not None
    assert after.scene(2).seed == 4711


async def test_a_take_stays_chosen_until_what_it_shows_is_changed(world: World) -> None:
    """Moving keeps it, another resolution too if it is chosen along; another prompt lets go of it."""
    job_id = await made(world)
    old = next(t for t in await world.takes() if (t.kind, t.scene) == (VIDEO, 3))
    await regenerate(world, job_id, 3)
    await carried_out(world, job_id)
    await edit(world, job_id, choose(3, old.id), key="old")
    await carried_out(world, job_id)
    await edit(world, job_id, order(3, 1, 2, 4), key="moved")
    assert (await carried_out(world, job_id)).takes == {}
    moved = await world.stores.jobs.storyboard(job_id, 4)
    assert moved is not None
    assert (moved.scene(1).take, moved.scene(1).shot) == (old.id, 3)
    await edit(world, job_id, scene(1, prompt="something else"), key="prompt")
    assert (await carried_out(world, job_id)).takes == {(VIDEO, 1): 1}


async def test_a_take_may_be_chosen_against_all_settings(world: World) -> None:
    """At another resolution the chosen clip is kept; the others are made anew."""
    job_id = await made(world)
    old = next(t for t in await world.takes() if (t.kind, t.scene) == (VIDEO, 3))

    def change(before: Storyboard) -> Any:
        return evolve(board(resolution=Resolution.P1080)(before), chosen={3: old.id})

    promised = await world.app.edit_storyboard.foretell(ADA, job_id, change)
    await edit(world, job_id, change)
    done = await carried_out(world, job_id)
    check_promised(promised, done)
    assert {n for kind, n in done.takes if kind is VIDEO} == {1, 2, 4}


async def test_with_a_chosen_clip_no_still_is_made_for_a_model_that_animates(world: World) -> None:
    """The clip is there: nothing has to be drawn for it to begin with."""
    job_id = await made(world)
    old = next(t for t in await world.takes() if (t.kind, t.scene) == (VIDEO, 3))

    def change(before: Storyboard) -> Any:
        return evolve(board(model=ANIMATED)(before), chosen={3: old.id})

    promised = await world.app.edit_storyboard.foretell(ADA, job_id, change)
    await edit(world, job_id, change)
    done = await carried_out(world, job_id)
    check_promised(promised, done)
    assert {n for kind, n in done.takes if kind is STILL} == {1, 2, 4}


@pytest.mark.parametrize(
    ("wish", "said"),
    [
        ({"take": "job_x.r1.video.0.1"}, "a finished clip of this job is allowed"),
        ({"seed": 1, "take": "any"}, "seed and take are both given"),
        ({"seed": 1003}, "scene 3 has seed 1003 already"),
    ],
)
async def test_a_take_that_can_not_be_had_is_refused(world: World, wish: dict[str, Any], said: str) -> None:
    """The error says what is wrong, and what is allowed."""
    job_id = await made(world)
    with pytest.raises(Invalid, match=said):
        await regenerate(world, job_id, 3, **wish)


async def test_a_chosen_take_must_be_long_enough(world: World) -> None:
    """A clip of six seconds can't fill a scene of eight."""
    job_id = await made(world)
    old = next(t for t in await world.takes() if (t.kind, t.scene) == (VIDEO, 3))

    def change(before: Storyboard) -> Any:
        return evolve(scene(3, frames=192)(before), chosen={3: old.id})

    with pytest.raises(Invalid, match="is 6 s long; scene 3 takes 8 s"):
        await edit(world, job_id, change)


async def test_there_must_be_a_scene_of_that_number(world: World) -> None:
    """Absent scenes are not found, as all that is absent."""
    job_id = await made(world)
    for number in (0, 5):
        with pytest.raises(NotFound):
            await regenerate(world, job_id, number, key=f"k{number}")


# --- placeholders


async def _failed(world: World, fate: Fate, storyboard: Storyboard | None = None) -> Leg:
    """A job whose third scene can't be had, all others being there."""
    world.provider.will(VIDEO, fate, scene=3)
    leg = await world.begun(storyboard or four())
    for number in (1, 2, 4, 3):
        await world.scene_done(leg, number)
        await world.steps.render_segment(leg, number)
    job = await world.steps.fail_job(leg, None)
    assert job.status is JobStatus.FAILED
    return leg


@pytest.mark.parametrize(
    "fate", [Fate(reply="refused"), Fate(media={"seconds": 1})], ids=["refused", "rejected"]
)
async def test_a_failed_scene_is_delivered_as_a_card_and_repaired_later(world: World, fate: Fate) -> None:
    """The card costs nothing; without it the scene is made, with another seed if its clip was bad."""
    leg = await _failed(world, fate)
    await world.retry(leg.job_id, placeholders=True)
    done = await carried_out(world, leg.job_id)
    assert done.job.status is JobStatus.SUCCEEDED
    assert [c.title for c in world.composer.drawn] == ["Scene 3"]
    assert {n for kind, n in done.takes if kind is VIDEO} == set()
    repaired = scene(3, placeholder=False)
    promised = await world.app.edit_storyboard.foretell(ADA, leg.job_id, repaired)
    await edit(world, leg.job_id, repaired)
    mended = await carried_out(world, leg.job_id)
    check_promised(promised, mended)
    assert mended.takes == {(VIDEO, 3): 1}
    assert set(mended.rendered) == {3, 4}
    await check_promises(world)


async def test_regenerating_repairs_a_card_too(world: World) -> None:
    """Asking for another take is asking for a clip."""
    leg = await _failed(world, Fate(reply="refused"))
    await world.retry(leg.job_id, placeholders=True)
    await carried_out(world, leg.job_id)
    await regenerate(world, leg.job_id, 3)
    done = await carried_out(world, leg.job_id)
    assert done.takes == {(VIDEO, 3): 1}
    assert done.job.status is JobStatus.SUCCEEDED


async def test_a_card_is_drawn_once(world: World) -> None:
    """The same card of a later revision comes from the store."""
    job_id = await made(world)
    await edit(world, job_id, scene(3, placeholder=True))
    await carried_out(world, job_id)
    await edit(world, job_id, board(title="Another"), key="title")
    done = await carried_out(world, job_id)
    assert (done.rendered, len(world.composer.drawn)) == ({}, 1)


async def test_a_bad_clip_is_not_used_again_by_an_edit_of_something_else(world: World) -> None:
    """As a retry does, an edit asks for another one, and says why."""
    leg = await _failed(world, Fate(media={"seconds": 1}))
    promised = await world.app.edit_storyboard.foretell(ADA, leg.job_id, scene(1, transition=Transition()))
    assert {s.number: s.why for s in promised.scenes if s.why} == {3: ("rejected",)}
    await edit(world, leg.job_id, scene(1, transition=Transition()))
    done = await carried_out(world, leg.job_id)
    check_promised(promised, done)
    assert done.job.status is JobStatus.SUCCEEDED
