"""Edits: the next revision pays only for what was changed, and renders only the segments that it touches (P13)."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from attrs import evolve

from omnigen.domain.errors import Conflict, Invalid, KeyReused, NotFound, QuotaExceeded
from omnigen.domain.job import JobStatus, Reason
from omnigen.domain.storyboard import (
    Captions,
    Fit,
    Resolution,
    Soundtrack,
    Storyboard,
    Transition,
    TransitionKind,
)
from omnigen.usecases.prospects import Outlook
from tests.builders import a_scene, an_entry
from tests.contract.harness import FAMILIES
from tests.fakes.catalogue import ANIMATED
from tests.fakes.world import ADA, BOB, World, a_world, rendered
from tests.promises import check_promises
from tests.usecases.editing import (
    Change,
    board,
    but_for_the_manifest,
    carried_out,
    check_promised,
    edit,
    four,
    made,
    order,
    scene,
)

WIPE = Transition(kind=TransitionKind.WIPE_LEFT, frames=12)
SLOW = Transition(kind=TransitionKind.DISSOLVE, frames=24)
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
    job_id = await made(world)
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
    job_id = await made(world)
    await edit(world, job_id, EDITS[first])
    await carried_out(world, job_id)
    promised = await world.app.edit_storyboard.foretell(ADA, job_id, EDITS[second])
    await edit(world, job_id, EDITS[second], key="again")
    check_promised(promised, await carried_out(world, job_id))
    await check_promises(world)


async def test_a_revision_that_undoes_an_edit_costs_and_renders_nothing(world: World) -> None:
    """The way back is free, wherever the scenes were put in between."""
    job_id = await made(world)
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
    job_id = await made(world)
    await edit(world, job_id, scene(3, frames=60))
    done = await carried_out(world, job_id)
    assert (done.takes, done.job.revision.cost) == ({}, 0)
    assert set(done.rendered) == {3, 4}


async def test_an_edit_takes_no_video_and_holds_only_what_it_may_cost(world: World) -> None:
    """The later revision's reservation is of money alone."""
    job_id = await made(world)
    await edit(world, job_id, scene(1, prompt="another shot altogether"))
    held = (await world.job()).revision
    assert (held.number, held.reason) == (2, Reason.EDIT)
    assert (held.reservation.videos, held.reservation.amount) == (0, 600_000)


async def test_an_edit_that_is_free_is_accepted_when_no_money_is_left(tmp_path: Path) -> None:
    """What holds nothing can't exceed anything; what holds something can."""
    async with a_world(FAMILIES["memory"], tmp_path) as world:
        job_id = await made(world)
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
    job_id = await made(world)
    change = scene(1, seed=5)
    first = await edit(world, job_id, change, body={"seed": 5})
    await carried_out(world, job_id)
    again = await edit(world, job_id, change, body={"seed": 5})
    assert (again.response, again.revision, again.replayed) == (first.response, 2, True)
    with pytest.raises(KeyReused):
        await edit(world, job_id, change, body={"seed": 6})


async def test_of_two_edits_at_once_one_is_accepted(world: World) -> None:
    """A dozen keys, one next revision: the others are told of the conflict."""
    job_id = await made(world)
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
    job_id = await made(world)
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
    job_id = await made(world)
    with pytest.raises(NotFound):
        await world.app.edit_storyboard(BOB, job_id, scene(1, seed=5), body=1, render=rendered, key="k")
    with pytest.raises(NotFound):
        await world.app.edit_storyboard.foretell(BOB, job_id, scene(1, seed=5))
    await world.app.delete_job(ADA, job_id)
    with pytest.raises(NotFound):
        await edit(world, job_id, scene(1, seed=5))


async def test_nothing_to_do_is_refused_for_a_video_that_is_there(world: World) -> None:
    """The same video again would be made for nothing."""
    job_id = await made(world)
    with pytest.raises(Invalid) as refused:
        await edit(world, job_id, board())
    assert refused.value.reason == "nothing_changed"
    promised = await world.app.edit_storyboard.foretell(ADA, job_id, board())
    assert promised.price.at_most == 0
    assert {s.segment for s in promised.scenes} == {Outlook.KEPT}


async def test_a_dry_run_stores_nothing(world: World) -> None:
    """Not a byte, not a version."""
    job_id = await made(world)
    before, keys = await world.job(), world.object_keys()
    await world.app.edit_storyboard.foretell(ADA, job_id, scene(1, prompt="another shot altogether"))
    assert (await world.job(), world.object_keys()) == (before, keys)


async def test_what_an_edit_may_cost_can_be_bounded(world: World) -> None:
    """The bound is told before anything is held; the dry run hears of it too."""
    job_id = await made(world)
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
    job_id = await made(world)
    promised = await world.app.edit_storyboard.foretell(ADA, job_id, EDITS[name])
    assert {s.number: s.why for s in promised.scenes if s.why} == why


@pytest.mark.slow
async def test_an_edit_looks_only_into_what_is_new(world: World) -> None:
    """A clip that the revision before found good is neither fetched nor looked into again; the new one is."""
    job_id = await made(world)
    await edit(world, job_id, scene(2, seed=77))
    world.faults.calls.clear()
    await carried_out(world, job_id)
    assert world.faults.calls.count("inspector.inspect") == 1


@pytest.mark.slow
async def test_a_clip_that_is_wanted_longer_is_looked_into_again(world: World) -> None:
    """Good for as long as it was wanted says nothing about more."""
    job_id = await made(world)
    await edit(world, job_id, scene(3, frames=140))
    world.faults.calls.clear()
    await carried_out(world, job_id)
    assert world.faults.calls.count("inspector.inspect") == 1


@pytest.mark.slow
async def test_what_lies_on_the_desk_is_not_asked_for(world: World) -> None:
    """A segment that was rendered here is composed without a word to the store about it."""
    leg = await world.begun(four())
    world.faults.calls.clear()
    await world.walked(leg)
    # One for each of 4 segments, 4 stems of clips, 2 of voices, the music's and the sound, before they are made.
    assert world.faults.calls.count("assets.head") == 12


@pytest.mark.slow
async def test_the_store_is_asked_once_about_what_is_kept(world: World) -> None:
    """In all steps of a revision together, though each of them looks."""
    job_id = await made(world)
    await edit(world, job_id, board(title="Another title"))
    world.faults.calls.clear()
    await carried_out(world, job_id)
    # 4 segments, the sound, and the 4 stems of the scenes that come before the last one.
    assert world.faults.calls.count("assets.head") == 4 + 1 + 4
