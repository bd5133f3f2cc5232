"""Edits: the next revision pays only for what was changed, and renders only the segments that it touches (P13)."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Conflict, Invalid, KeyReused, NotFound, QuotaExceeded
from omnigen.domain.job import JobStatus, Reason, SidecarKind, Video
from omnigen.domain.storyboard import (
    Captions,
    Fit,
    Resolution,
    Soundtrack,
    Storyboard,
    Transition,
    TransitionKind,
)
from omnigen.ports.workflow import Leg
from omnigen.usecases.prospects import Outlook
from tests.builders import a_scene, a_storyboard, an_entry
from tests.contract.harness import FAMILIES
from tests.fakes.catalogue import ANIMATED
from tests.fakes.provider import Fate
from tests.fakes.world import ADA, BOB, World, a_world, rendered
from tests.promises import check_promises
from tests.usecases.editing import (
    Change,
    board,
    carried_out,
    check_promised,
    choose,
    edit,
    order,
    regenerate,
    scene,
)

VIDEO, SPEECH, STILL, MUSIC = TakeKind.VIDEO, TakeKind.SPEECH, TakeKind.STILL, TakeKind.MUSIC
WIPE = Transition(kind=TransitionKind.WIPE_LEFT, frames=12)
SLOW = Transition(kind=TransitionKind.DISSOLVE, frames=24)


def four(**changes: Any) -> Storyboard:
    """Four scenes, two of them with something to say, and music."""
    scenes = (
        a_scene(1),
        a_scene(2, narration="Here it comes, out of the dark."),
        a_scene(3),
        a_scene(4, narration="And there it goes."),
    )
    given: dict[str, Any] = {"scenes": scenes, "soundtrack": Soundtrack(music="slow and dark")}
    return evolve(a_storyboard(4), **given | changes)


async def _made(world: World, storyboard: Storyboard | None = None) -> str:
    """A job that has succeeded."""
    leg = await world.begun(storyboard or four())
    job = await world.walked(leg)
    assert job.status is JobStatus.SUCCEEDED
    return leg.job_id


LONG = " ".join(["slowly"] * 14)
EDITS: dict[str, Change] = {
    "a prompt": scene(1, prompt="another shot altogether"),
    "a seed": scene(3, seed=77),
    "a narration": scene(2, narration="Something else is said."),
    "a narration too many": scene(1, narration=LONG),
    "no narration": scene(4, narration=None),
    "a transition": scene(3, transition=WIPE),
    "a longer transition": scene(3, transition=SLOW),
    "a shorter scene": scene(2, frames=72),
    "a little longer scene": scene(3, frames=140),
    "a much longer scene": scene(3, frames=190),
    "the title": board(title="Another title"),
    "no music": board(soundtrack=Soundtrack()),
    "other music": board(soundtrack=Soundtrack(music="bright")),
    "another voice": board(soundtrack=Soundtrack(music="slow and dark", voice="ada")),
    "captions burned in": board(soundtrack=Soundtrack(music="slow and dark", captions=Captions.BURNED)),
    "a resolution": board(resolution=Resolution.P1080),
    "a model that animates": board(model=ANIMATED),
    "a model of stills": board(model="some/still"),
    "another fit": board(fit=Fit.CROP),
    "another order": order(1, 3, 2, 4),
    "turned round": order(4, 3, 2, 1),
    "one left out": order(1, 2, 4),
    "one doubled": order(1, 2, 2, 3, 4),
    "one added": order(1, 2, a_scene(9, prompt="quite new"), 3, 4),
    "two new ones alike": order(1, a_scene(9, seed=5), a_scene(9, seed=5), 2),
    "a card": scene(3, placeholder=True),
    "a card that speaks": scene(2, placeholder=True),
}


@pytest.mark.parametrize("name", EDITS)
async def test_what_was_foretold_is_what_happens(world: World, name: str) -> None:
    """P13, by many edits: takes, segments, sound and cost are those that the dry run told."""
    job_id = await _made(world)
    promised = await world.app.edit_storyboard.foretell(ADA, job_id, EDITS[name])
    accepted = await edit(world, job_id, EDITS[name])
    done = await carried_out(world, job_id)
    assert (accepted.revision, done.job.status) == (2, JobStatus.SUCCEEDED)
    check_promised(promised, done)
    await check_promises(world)


@pytest.mark.slow
@pytest.mark.parametrize(
    "first", ["another order", "a little longer scene", "one added", "a card", "a resolution"]
)
@pytest.mark.parametrize(
    "second", ["turned round", "a shorter scene", "a narration", "one left out", "no music"]
)
async def test_an_edit_of_an_edit_keeps_what_both_have_left(world: World, first: str, second: str) -> None:
    """What is foretold holds however a job has come to what it is."""
    job_id = await _made(world)
    await edit(world, job_id, EDITS[first])
    await carried_out(world, job_id)
    promised = await world.app.edit_storyboard.foretell(ADA, job_id, EDITS[second])
    await edit(world, job_id, EDITS[second], key="again")
    check_promised(promised, await carried_out(world, job_id))
    await check_promises(world)


async def test_a_revision_that_undoes_an_edit_costs_and_renders_nothing(world: World) -> None:
    """The way back is free, wherever the scenes were put in between."""
    job_id = await _made(world)
    video = (await world.job()).revision.video
    await edit(world, job_id, order(4, 2, 3, 1))
    await carried_out(world, job_id)
    before = await world.stores.jobs.storyboard(job_id, 1)
    assert before is not None
    back = order(4, 2, 3, 1)

    def undone(present: Storyboard) -> Any:
        changed = back(present)
        scenes = tuple(
            evolve(s, transition=old.transition)
            for s, old in zip(changed.storyboard.scenes, before.scenes, strict=True)
        )
        return evolve(changed, storyboard=evolve(changed.storyboard, scenes=scenes))

    await edit(world, job_id, undone, key="back")
    done = await carried_out(world, job_id)
    assert (done.takes, done.rendered, done.mixed, done.job.revision.cost) == ({}, {}, 0, 0)
    assert but_for_the_manifest(done.job.revision.video) == but_for_the_manifest(video)
    await check_promises(world)


async def test_a_shorter_scene_is_cut_out_of_the_clip_that_is_there(world: World) -> None:
    """Trimming is free, though the model would have made a shorter clip for less."""
    job_id = await _made(world)
    await edit(world, job_id, scene(3, frames=60))
    done = await carried_out(world, job_id)
    assert (done.takes, done.job.revision.cost) == ({}, 0)
    assert set(done.rendered) == {3, 4}


async def test_an_edit_takes_no_video_and_holds_only_what_it_may_cost(world: World) -> None:
    """The later revision's reservation is of money alone."""
    job_id = await _made(world)
    await edit(world, job_id, scene(1, prompt="another shot altogether"))
    held = (await world.job()).revision
    assert (held.number, held.reason) == (2, Reason.EDIT)
    assert (held.reservation.videos, held.reservation.amount) == (0, 600_000)


async def test_an_edit_that_is_free_is_accepted_when_no_money_is_left(tmp_path: Path) -> None:
    """What holds nothing can't exceed anything; what holds something can."""
    async with a_world(FAMILIES["memory"], tmp_path) as world:
        job_id = await _made(world)
        poor = evolve(ADA, tier=BOB.tier)
        usage = await world.stores.usage.usage(ADA.id, "2026-11")
        assert usage.settled_amount < 50_000_000
        await world.stores.usage.enter(an_entry(amount=60_000_000, job=await world.job()))
        with pytest.raises(QuotaExceeded):
            await world.app.edit_storyboard(
                poor, job_id, scene(1, seed=5), body=1, render=rendered, key="dear"
            )
        free = await world.app.edit_storyboard(
            poor, job_id, scene(3, transition=WIPE), body=2, render=rendered, key="free"
        )
        assert free.revision == 2


async def test_the_same_key_gives_the_same_revision_and_another_body_is_refused(world: World) -> None:
    """P6 holds for edits."""
    job_id = await _made(world)
    change = scene(1, seed=5)
    first = await edit(world, job_id, change, body={"seed": 5})
    await carried_out(world, job_id)
    again = await edit(world, job_id, change, body={"seed": 5})
    assert (again.response, again.revision, again.replayed) == (first.response, 2, True)
    with pytest.raises(KeyReused):
        await edit(world, job_id, change, body={"seed": 6})


async def test_of_two_edits_at_once_one_is_accepted(world: World) -> None:
    """A dozen keys, one next revision: the others are told of the conflict."""
    job_id = await _made(world)
    answers = await asyncio.gather(
        *(edit(world, job_id, scene(1, seed=n), key=f"k{n}") for n in range(12)), return_exceptions=True
    )
    lost = [a for a in answers if isinstance(a, BaseException)]
    assert len(lost) == 11
    assert all(isinstance(a, Conflict) for a in lost)
    assert (await world.job()).revision.number == 2
    done = await carried_out(world, job_id)
    assert done.job.status is JobStatus.SUCCEEDED
    await check_promises(world)


async def test_an_edit_while_it_is_deleted_either_came_first_or_is_refused(world: World) -> None:
    """Whoever is first wins; no revision runs of a job that was deleted before it."""
    job_id = await _made(world)
    edited, deleted = await asyncio.gather(
        edit(world, job_id, scene(1, seed=5)), world.app.delete_job(ADA, job_id), return_exceptions=True
    )
    job = await world.job()
    assert job.deleted_at is not None
    if isinstance(edited, BaseException):
        assert isinstance(edited, (Conflict, NotFound))
        assert job.revision.number == 1
    else:
        assert deleted is None
        assert job.status in (JobStatus.CANCELLING, JobStatus.QUEUED)


@pytest.mark.parametrize("reach", [0, 1])
async def test_a_job_on_its_way_can_not_be_edited(world: World, reach: int) -> None:
    """Neither before its first leg nor after: a revision must end first."""
    accepted = await world.submit(four())
    if reach:
        await world.next_leg(accepted.job_id)
    with pytest.raises(Conflict) as refused:
        await edit(world, accepted.job_id, scene(1, seed=5))
    assert refused.value.reason == ("job_generating" if reach else "job_queued")


async def test_a_foreign_or_deleted_job_is_not_there(world: World) -> None:
    """P8, for the dry run too."""
    job_id = await _made(world)
    with pytest.raises(NotFound):
        await world.app.edit_storyboard(BOB, job_id, scene(1, seed=5), body=1, render=rendered, key="k")
    with pytest.raises(NotFound):
        await world.app.edit_storyboard.foretell(BOB, job_id, scene(1, seed=5))
    await world.app.delete_job(ADA, job_id)
    with pytest.raises(NotFound):
        await edit(world, job_id, scene(1, seed=5))


async def test_nothing_to_do_is_refused_for_a_video_that_is_there(world: World) -> None:
    """The same video again would be made for nothing."""
    job_id = await _made(world)
    with pytest.raises(Invalid) as refused:
        await edit(world, job_id, board())
    assert refused.value.reason == "nothing_changed"
    promised = await world.app.edit_storyboard.foretell(ADA, job_id, board())
    assert promised.price.at_most == 0
    assert {s.segment for s in promised.scenes} == {Outlook.KEPT}


async def test_a_dry_run_stores_nothing(world: World) -> None:
    """Not a byte, not a version."""
    job_id = await _made(world)
    before, keys = await world.job(), world.object_keys()
    await world.app.edit_storyboard.foretell(ADA, job_id, scene(1, prompt="another shot altogether"))
    assert (await world.job(), world.object_keys()) == (before, keys)


async def test_what_an_edit_may_cost_can_be_bounded(world: World) -> None:
    """The bound is told before anything is held; the dry run hears of it too."""
    job_id = await _made(world)
    change = scene(1, prompt="another shot altogether")
    with pytest.raises(Invalid) as refused:
        await edit(world, job_id, change, max_cost=599_999)
    assert refused.value.reason == "max_cost_exceeded"
    with pytest.raises(Invalid):
        await world.app.edit_storyboard.foretell(ADA, job_id, change, max_cost=599_999)
    await edit(world, job_id, change, key="more", max_cost=600_000)


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("a prompt", {1: ("prompt",)}),
        ("a seed", {3: ("seed",)}),
        ("a much longer scene", {3: ("duration",)}),
        ("a narration", {2: ("narration",)}),
        ("a resolution", dict.fromkeys(range(1, 5), ("resolution",))),
        ("a model that animates", dict.fromkeys(range(1, 5), ("model",))),
        ("another voice", {2: ("voice",), 4: ("voice",)}),
        ("one added", {3: ("added",)}),
        ("turned round", {}),
    ],
)
async def test_the_reason_is_told(world: World, name: str, why: dict[int, tuple[str, ...]]) -> None:
    """Each scene that is generated anew says what in it has changed."""
    job_id = await _made(world)
    promised = await world.app.edit_storyboard.foretell(ADA, job_id, EDITS[name])
    assert {s.number: s.why for s in promised.scenes if s.why} == why


# --- other takes


def but_for_the_manifest(video: Video | None) -> Video:
    """A video without the one file that names the revision."""
    assert video is not None
    return evolve(video, sidecars=tuple(s for s in video.sidecars if s.kind is not SidecarKind.MANIFEST))


async def test_another_take_is_made_and_the_first_can_be_chosen_again(world: World) -> None:
    """Regenerating pays for one clip; going back to the first is free, and gives the first video's bytes."""
    job_id = await _made(world)
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
    job_id = await _made(world)
    await regenerate(world, job_id, 1, seed=4711)
    await carried_out(world, job_id)
    await edit(world, job_id, order(2, 1, 3, 4))
    after = await world.stores.jobs.storyboard(job_id, 3)
    assert after is not None
    assert after.scene(2).seed == 4711


async def test_a_take_stays_chosen_until_what_it_shows_is_changed(world: World) -> None:
    """Moving keeps it, another resolution too if it is chosen along; another prompt lets go of it."""
    job_id = await _made(world)
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
    job_id = await _made(world)
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
    job_id = await _made(world)
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
    job_id = await _made(world)
    with pytest.raises(Invalid, match=said):
        await regenerate(world, job_id, 3, **wish)


async def test_a_chosen_take_must_be_long_enough(world: World) -> None:
    """A clip of six seconds can't fill a scene of eight."""
    job_id = await _made(world)
    old = next(t for t in await world.takes() if (t.kind, t.scene) == (VIDEO, 3))

    def change(before: Storyboard) -> Any:
        return evolve(scene(3, frames=192)(before), chosen={3: old.id})

    with pytest.raises(Invalid, match="is 6 s long; scene 3 takes 8 s"):
        await edit(world, job_id, change)


async def test_there_must_be_a_scene_of_that_number(world: World) -> None:
    """Absent scenes are not found, as all that is absent."""
    job_id = await _made(world)
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
    job_id = await _made(world)
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
