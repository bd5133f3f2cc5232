"""Animatics and previews: free, drawn once, each owner's own, and gone after a day."""

import asyncio
from datetime import timedelta

import pytest
from attrs import evolve

from omnigen.domain.errors import Conflict, Invalid, NotFound, Rejected, Transient
from omnigen.domain.sketch import sketched
from omnigen.domain.storyboard import Brief, Planner
from omnigen.ports.composer import CardRender
from tests.builders import MODEL
from tests.fakes.world import ADA, BOB, World, three_scenes

BRIEF = Brief(prompt="a lighthouse at dusk, a storm rolls in", frames=360, model=MODEL)


async def test_an_animatic_spends_and_stores_nothing_but_itself(world: World) -> None:
    """No job, no take, no reservation: one object, under its owner."""
    drawn = await world.app.draw_animatic(ADA, three_scenes())
    assert world.object_keys() == [drawn.file.key]
    assert drawn.file.key.startswith("animatics/")
    assert ADA.id not in drawn.file.key
    assert drawn.frames == three_scenes().frames
    usage = await world.app.get_usage(ADA, periods=1)
    assert [m.held_videos + m.settled_videos for m in usage.months] == [0]


async def test_the_same_animatic_is_drawn_once(world: World) -> None:
    """A repetition finds it; another storyboard, or another owner, has one of its own."""
    first = await world.app.draw_animatic(ADA, three_scenes())
    again = await world.app.draw_animatic(ADA, three_scenes())
    assert again.file == first.file
    assert len(world.composer.sketched) == 1
    await world.app.draw_animatic(ADA, evolve(three_scenes(), title="Another"))
    others = await world.app.draw_animatic(BOB, three_scenes())
    assert len(world.composer.sketched) == 3
    assert others.file.key.split("/")[1] != first.file.key.split("/")[1]


async def test_a_brief_has_an_animatic_too(world: World) -> None:
    """Of the free planner's storyboard, whatever planner it asks for: nothing is spent."""
    free = await world.app.draw_animatic(ADA, BRIEF)
    paid = await world.app.draw_animatic(ADA, evolve(BRIEF, planner=Planner.LLM))
    assert free.file == paid.file
    assert not world.provider.accepted


async def test_a_preview_shows_what_there_is(world: World) -> None:
    """Cards that say how far each scene is; then, one by one, clips."""
    leg = await world.begun()
    await world.app.preview_job(ADA, leg.job_id)
    shots = world.composer.sketched[-1].shots
    assert [s.picture.label for s in shots if isinstance(s.picture, CardRender)] == ["Not filmed yet"] * 3
    await world.scene_done(leg, 1)
    await world.steps.render_segment(leg, 1)
    await world.app.preview_job(ADA, leg.job_id)
    assert [isinstance(s.picture, CardRender) for s in world.composer.sketched[-1].shots] == [
        False,
        True,
        True,
    ]


async def test_a_clip_is_made_small_once(world: World) -> None:
    """A later preview takes it from the store."""
    leg = await world.begun()
    await world.scene_done(leg, 1)
    await world.steps.render_segment(leg, 1)
    before = world.composer.rendered[1]
    await world.app.preview_job(ADA, leg.job_id)
    await world.scene_done(leg, 2)
    await world.steps.render_segment(leg, 2)
    await world.app.preview_job(ADA, leg.job_id)
    assert len(world.composer.sketched) == 2
    assert world.composer.rendered[1] == before + 1


async def test_a_clip_that_cannot_be_shown_is_a_card(world: World) -> None:
    """A preview is not refused for it."""
    leg = await world.begun()
    await world.scene_done(leg, 1)
    await world.steps.render_segment(leg, 1)
    world.composer.refuses.append(Rejected("the clip of scene 1 is damaged"))
    await world.app.preview_job(ADA, leg.job_id)
    first = world.composer.sketched[-1].shots[0].picture
    assert isinstance(first, CardRender)
    assert first.label == "The clip of scene 1 can't be shown"


async def test_nobody_previews_anothers_job(world: World) -> None:
    """Foreign, deleted and absent look the same (P8)."""
    accepted = await world.submit()
    with pytest.raises(NotFound):
        await world.app.preview_job(BOB, accepted.job_id)
    with pytest.raises(NotFound):
        await world.app.preview_job(ADA, "job_nowhere")
    await world.app.delete_job(ADA, accepted.job_id)
    with pytest.raises(NotFound):
        await world.app.preview_job(ADA, accepted.job_id)


async def test_a_preview_waits_for_the_storyboard(world: World) -> None:
    """Before a paid planner has written it there is nothing to be seen."""
    accepted = await world.submit(brief=evolve(BRIEF, planner=Planner.LLM))
    with pytest.raises(Conflict, match="not planned yet"):
        await world.app.preview_job(ADA, accepted.job_id)


async def test_too_many_at_once_are_asked_to_come_again(world: World) -> None:
    """A few wait, the rest hears when to come; nobody is told of it for a sketch that is done."""
    sketches = [evolve(three_scenes(), title=f"Film {n}") for n in range(12)]
    done = await asyncio.gather(*(world.app.draw_animatic(ADA, s) for s in sketches), return_exceptions=True)
    refused = [e for e in done if isinstance(e, Transient)]
    assert 0 < len(refused) < 12
    assert len(refused) + len(world.composer.sketched) == 12
    assert all(e.retry_after and e.reason == "busy" for e in refused)
    await world.app.draw_animatic(ADA, sketches[-1])


async def test_sketches_are_gone_after_a_day(world: World) -> None:
    """Sooner than what may still be referenced (P9)."""
    leg = await world.begun()
    await world.app.draw_animatic(ADA, three_scenes())
    await world.app.preview_job(ADA, leg.job_id)
    kept = world.object_keys()
    assert await world.steps.clear_orphans() == 0
    world.clock.advance(timedelta(days=1, minutes=1).total_seconds())
    assert await world.steps.clear_orphans() == len(kept)
    assert world.object_keys() == []


async def test_sketches_lie_nowhere_else(world: World) -> None:
    """Whoever asks for one can't write over anything."""
    with pytest.raises(Invalid, match="animatics/ or previews/"):
        await world.container.draw_sketch()(sketched(three_scenes(), rate=24, longest=192), "jobs/job_1")
