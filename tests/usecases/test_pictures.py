"""Storyboards made of stills, and watermarks: what is paid, what the composer is told, what is rendered anew."""

import json

import pytest
from attrs import evolve

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Invalid
from omnigen.domain.job import JobStatus
from omnigen.domain.storyboard import Corner, Fit, Watermark
from omnigen.domain.take import StoredFile
from omnigen.ports.composer import Still
from tests.builders import a_brief, a_scene, a_storyboard
from tests.fakes.provider import Fate
from tests.fakes.world import ADA, World, board_of
from tests.promises import check_promises

FLUX = "some/still"
PRICE = 30_000
"""Of a run of it, whatever becomes of the still."""


async def test_a_storyboard_of_stills_costs_a_still_a_scene(world: World) -> None:
    """Each scene's clip is its still; the composer is told how long to move over it, and by which seed."""
    board = a_storyboard(model=FLUX)
    job = await world.walked(await world.begun(board))
    assert job.status is JobStatus.SUCCEEDED
    assert job.revision.cost == job.revision.estimate.at_most == 3 * PRICE
    assert job.revision.estimate.paid_seconds == 0
    takes = await world.takes()
    assert [(t.kind, t.model) for t in takes] == [(TakeKind.STILL, FLUX)] * 3
    clips = [s.clip for s in await world.stores.jobs.scenes(job.id, 1)]
    assert [c.content_type for c in clips if c] == ["image/png"] * 3
    told = {r.segment.number: (r.still, r.before_still) for r in world.composer.segments}
    first, second = (Still(frames=120, seed=seed) for seed in (1001, 1002))
    assert told[1] == (first, None)
    assert told[2] == (second, first)
    await check_promises(world)


async def test_a_narration_lengthens_a_still_for_nothing(world: World) -> None:
    """Twenty seconds are spoken over a scene of five: the still is looked at for longer, and paid once."""
    world.provider.will(TakeKind.SPEECH, Fate(media={"seconds": 20.0}))
    told = a_scene(1, narration="One word after the other. " * 6)
    board = evolve(board_of(told), model=FLUX)
    job = await world.walked(await world.begun(board))
    assert job.status is JobStatus.SUCCEEDED
    (state,) = await world.stores.jobs.scenes(job.id, 1)
    assert state.frames > 20 * 24
    stills = [t.cost for t in await world.takes() if t.kind is TakeKind.STILL]
    assert stills == [PRICE]
    assert world.composer.segments[-1].still == Still(frames=state.frames, seed=1001)


async def test_a_bad_still_is_rejected_by_its_scene(world: World) -> None:
    world.provider.will(TakeKind.STILL, Fate(media={"bad": True}), scene=2)
    job = await world.walked(await world.begun(a_storyboard(model=FLUX)))
    assert job.status is JobStatus.FAILED
    assert job.revision.error is not None
    assert job.revision.error.scene == 2


async def test_the_free_planner_gives_stills_the_time_that_it_wants(world: World) -> None:
    """No length has to be bought: scenes keep the proportions of 3 to 4 to 3, to the frame."""
    draft = world.app.draft_storyboard.draft(a_brief(model=FLUX, frames=600))
    lengths = [s.frames - s.transition.frames for s in draft.storyboard.scenes]
    assert sum(lengths) == 600
    whole = [s.frames for s in draft.storyboard.scenes]
    assert max(whole[1:-1]) - min(whole[1:-1]) <= 1
    assert draft.estimate.paid_seconds == 0


async def test_only_models_of_pictures_make_storyboards(world: World) -> None:
    with pytest.raises(Invalid, match=r"allowed are .*veo.*still"):
        await world.submit(a_storyboard(model="minimax/music-2.5"))


# --- watermark


async def _logo(world: World, owner: str = "ada") -> StoredFile:
    upload, _ = await world.app.request_upload(ADA, content_type="image/png", size=1000)
    await world.assets.put_bytes(upload.key, json.dumps({"kind": "image"}).encode(), content_type="image/png")
    return StoredFile(key=upload.id, sha256="", size=0, content_type="image/png")


async def test_a_watermark_is_admitted_and_lies_over_every_segment(world: World) -> None:
    logo = await _logo(world)
    mark = Watermark(image=logo.key, corner=Corner.TOP_LEFT, opacity=0.5, width=0.2)
    job = await world.walked(await world.begun(a_storyboard(watermark=mark, fit=Fit.PAD)))
    assert job.status is JobStatus.SUCCEEDED
    assert f"uploads/{logo.key}" in world.object_keys()
    for render in world.composer.segments:
        assert render.mark is not None
        assert (render.mark.corner, render.mark.opacity, render.mark.width) == (Corner.TOP_LEFT, 0.5, 0.2)
        assert render.fit is Fit.PAD
    await check_promises(world)


async def test_another_watermark_renders_segments_anew_and_pays_for_nothing(world: World) -> None:
    """Each corner has segments of its own; back at the first, they are found again."""
    board = a_storyboard(watermark=Watermark(image=(await _logo(world)).key))
    leg = await world.begun(board)
    await world.walked(leg)
    await world.steps.clear_orphans()
    keys = {k for k in world.object_keys() if "/segments/" in k}
    assert len(keys) == 3
    other = evolve(board, watermark=evolve(board.watermark, corner=Corner.TOP_RIGHT))
    again = await world.begun(other)
    await world.walked(again)
    assert len({k.rpartition("/")[2] for k in world.object_keys() if "/segments/" in k}) == 6


async def test_a_watermark_that_is_no_upload_is_refused_by_name(world: World) -> None:
    with pytest.raises(Invalid, match="image is 'upl_nothing'; there is no such upload") as refused:
        await world.submit(a_storyboard(watermark=Watermark(image="upl_nothing")))
    assert refused.value.field == "storyboard.watermark.image"


@pytest.mark.parametrize(
    ("field", "value"), [("opacity", 0.0), ("opacity", 1.1), ("width", 0.6), ("width", 0.0)]
)
def test_a_watermark_out_of_bounds_is_nonsense(field: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{field} is {value}"):
        Watermark(**{"image": "upl_1", field: value})
