"""One scene's takes in their order: speech, still, video; and what each decides about the next."""

import asyncio

import pytest
from attrs import evolve

from omnigen.domain.captions import spoken_frames
from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Rejected
from omnigen.domain.job import SceneState, SceneStatus
from omnigen.domain.storyboard import Soundtrack
from omnigen.domain.take import StoredFile
from omnigen.ports.composer import ClipStem
from omnigen.ports.workflow import Leg, Verdict
from omnigen.usecases.cutting import Cutting
from tests.builders import NOW, a_file, a_job, a_scene
from tests.fakes.catalogue import ANIMATED
from tests.fakes.provider import Fate
from tests.fakes.world import World, board_of, spoken, three_scenes
from tests.promises import check_promises

SPEECH, STILL, VIDEO = TakeKind.SPEECH, TakeKind.STILL, TakeKind.VIDEO


async def _scene(world: World, leg: Leg, number: int = 1) -> SceneState:
    return (await world.stores.jobs.scenes(leg.job_id, leg.revision))[number - 1]


async def test_a_scene_is_generating_before_anything_is_asked(world: World) -> None:
    leg = await world.begun()
    outcome = await world.steps.generate_scene(leg, 1)
    assert outcome.verdict is Verdict.WAIT
    assert (await _scene(world, leg)).status is SceneStatus.GENERATING
    assert [t.scene for t in world.provider.asked] == [1]


async def test_speech_that_fits_leaves_the_scene_as_long_as_it_was(world: World) -> None:
    """5.75 s are 1.15 times the five seconds of the scene: played faster."""
    world.provider.will(SPEECH, Fate(media={"seconds": 5.75}))
    leg = await world.begun(spoken())
    assert await world.scene_done(leg) is Verdict.READY
    assert (await _scene(world, leg)).frames == 120
    assert [(t.kind, t.seconds) for t in await world.takes()] == [(SPEECH, 0), (VIDEO, 6)]


async def test_speech_lengthens_the_scene_before_the_video_is_paid_for(world: World) -> None:
    world.provider.will(SPEECH, Fate(media={"seconds": 6.5}))
    leg = await world.begun(spoken(words=14))
    assert await world.scene_done(leg) is Verdict.READY
    assert (await _scene(world, leg)).frames == 162  # 6.5 s and a quarter to breathe
    assert [t.seconds for t in await world.takes() if t.kind is VIDEO] == [8]


async def test_speech_a_little_too_long_for_the_model_is_fitted_to_its_longest_clip(world: World) -> None:
    world.provider.will(SPEECH, Fate(media={"seconds": 9.0}))
    leg = await world.begun(spoken(words=16))
    assert await world.scene_done(leg) is Verdict.READY
    assert (await _scene(world, leg)).frames == 8 * 24


async def test_speech_too_long_for_any_clip_fails_the_scene_before_the_video_is_paid(world: World) -> None:
    world.provider.will(SPEECH, Fate(media={"seconds": 9.3}))
    leg = await world.begun(spoken(words=16))
    assert await world.scene_done(leg) is Verdict.STOP
    state = await _scene(world, leg)
    assert state.error is not None
    assert (state.status, state.error.code) == (SceneStatus.FAILED, "narration_too_long")
    assert [t.kind for t in await world.takes()] == [SPEECH]
    job = await world.steps.fail_job(leg, None)
    assert job.revision.cost == sum(t.cost for t in await world.takes())
    await check_promises(world)


async def test_a_model_that_animates_gets_its_still_first(world: World) -> None:
    board = evolve(board_of(a_scene(1, narration="here it is")), model=ANIMATED)
    leg = await world.begun(board)
    assert await world.scene_done(leg) is Verdict.READY
    speech, still, video = await world.takes()
    assert [t.kind for t in (speech, still, video)] == [SPEECH, STILL, VIDEO]
    assert still.file is not None
    assert still.file.key in video.input["image"]
    assert still.seed == video.seed == 1001


async def test_a_stored_scene_is_ready_whatever_is_called_again(world: World) -> None:
    leg = await world.begun()
    await world.scene_done(leg)
    for _ in range(3):
        assert (await world.steps.generate_scene(leg, 1)).verdict is Verdict.READY
    assert len(world.provider.asked) == 1


async def test_two_scenes_that_say_the_same_share_the_take(world: World) -> None:
    """Side by side, so that neither has stored it when the other asks."""
    scenes = (a_scene(n, narration="the same words") for n in (1, 2))
    leg = await world.begun(board_of(*scenes))

    async def give_way(*_: object) -> None:
        await asyncio.sleep(0)  # so that the two go in step, call by call

    world.faults.hook = give_way
    await world.clock.run(_both(world, leg))
    job = await world.walked(leg)
    takes = await world.takes()
    assert [t.kind for t in takes].count(SPEECH) == 1
    assert job.revision.cost == sum(t.estimate for t in takes)
    await check_promises(world)


async def _both(world: World, leg: Leg) -> None:
    await asyncio.gather(*(world.steps.generate_scene(leg, n) for n in (1, 2)))


async def test_a_scene_that_waited_to_be_sent_is_not_to_blame_when_another_fails(world: World) -> None:
    world.provider.will(VIDEO, Fate(reply="throttled", retry_after=60), scene=1)
    world.provider.will(VIDEO, Fate(reply="refused"), scene=2)
    leg = await world.begun()
    await world.steps.generate_scene(leg, 1)
    await world.scene_done(leg, 2)
    assert await world.scene_done(leg, 1) is Verdict.STOP
    assert (await _scene(world, leg, 1)).error is None
    job = await world.steps.fail_job(leg, None)
    assert job.revision.error is not None
    assert (job.revision.error.scene, job.revision.cost) == (2, 0)
    await check_promises(world)


async def test_what_can_not_be_put_to_the_model_costs_nothing(world: World) -> None:
    leg = await world.begun(board_of(a_scene(1, prompt="impossible")))
    assert await world.scene_done(leg) is Verdict.STOP
    state = await _scene(world, leg)
    assert state.error is not None
    assert state.error.code == "prompt_impossible"
    assert world.provider.asked == []


async def test_nothing_begins_once_another_scene_has_failed(world: World) -> None:
    world.provider.will(VIDEO, Fate(reply="refused"), scene=1)
    leg = await world.begun()
    assert await world.scene_done(leg, 1) is Verdict.STOP
    assert await world.scene_done(leg, 2) is Verdict.STOP
    assert [t.scene for t in world.provider.asked] == [1]
    job = await world.steps.fail_job(leg, None)
    assert job.revision.error is not None
    assert job.revision.error.scene == 1


async def test_progress_only_grows(world: World) -> None:
    leg = await world.begun()
    world.provider.usual[VIDEO] = Fate(seconds=60)
    await world.scene_done(leg)
    events = await world.stores.jobs.events(leg.job_id, 1, after={})
    shown = [e.data["progress"] for e in events if e.scene == 1]
    assert len(shown) > 5
    assert shown == sorted(shown)


@pytest.mark.parametrize("number", [1, 2])
async def test_a_clip_shorter_than_its_scene_is_rejected(world: World, number: int) -> None:
    world.provider.will(VIDEO, Fate(media={"seconds": 4.4}), scene=number)
    leg = await world.begun()
    await world.scene_done(leg, number)
    assert (await world.steps.render_segment(leg, number)).verdict is Verdict.STOP
    assert (await _scene(world, leg, number)).status is SceneStatus.REJECTED


async def test_neighbours_that_arrive_together_render_their_segment_once(world: World) -> None:
    leg = await world.begun()
    for number in (1, 2, 3):
        await world.scene_done(leg, number)
    render = world.steps.render_segment
    cutting = await Cutting.read(world.stores.jobs, await world.job(), 24)

    async def give_way(*_: object) -> None:
        await asyncio.sleep(0)  # so that the two go in step, call by call

    world.faults.hook = give_way

    async def together() -> list[StoredFile]:
        return list(await asyncio.gather(*(render.render(cutting, 2) for _ in range(2))))

    first, second = await world.clock.run(together())
    assert first == second
    assert world.composer.rendered == {2: 1}


@pytest.mark.parametrize("rate", [24, 25, 30, 50])
def test_a_narration_that_its_scene_was_made_for_has_captions_and_a_place(rate: int) -> None:
    """Whatever its length in milliseconds: wish, captions and sound round it alike."""
    for milliseconds in range(1000, 6000):
        speech = a_file(content_type="audio/wav", seconds=milliseconds / 1000)
        board = board_of(a_scene(1, narration="a light", frames=spoken_frames(speech.seconds, rate)))
        (state,) = SceneState.of("job_1", 1, board, NOW)
        cutting = Cutting.of(a_job(), board, (evolve(state, speech=speech),), rate)
        assert cutting.cues()[-1].end == board.frames, milliseconds
        assert [s.tempo for s in cutting.speeches()] == [1], milliseconds


async def test_a_segment_is_rendered_once_both_its_clips_are_there(world: World) -> None:
    leg = await world.begun()
    for number in (3, 1):
        await world.scene_done(leg, number)
        await world.steps.render_segment(leg, number)
    assert world.composer.rendered == {1: 1}
    await world.scene_done(leg, 2)
    await world.steps.render_segment(leg, 2)
    assert world.composer.rendered == {1: 1, 2: 1, 3: 1}


async def test_the_last_clip_has_the_sound_mixed_while_its_pictures_are_rendered(world: World) -> None:
    """Once, and not by the composing again."""
    leg = await world.begun()
    for number in (1, 2, 3):
        await world.scene_done(leg, number)
    for number, mixed in ((1, 0), (2, 0), (3, 1), (3, 1)):
        await world.clock.run(world.steps.render_segment(leg, number))
        assert len(world.composer.mixed) == mixed
    await world.clock.run(world.steps.compose_video(leg))
    assert len(world.composer.mixed) == len(world.composer.joined) == 1


async def test_what_is_heard_of_clips_is_decoded_as_soon_as_they_come(world: World) -> None:
    """Beside the segments, each stem once; the mix finds them in the store."""
    leg = await world.begun()
    for number in (3, 1, 2):
        await world.scene_done(leg, number)
        await world.clock.run(world.steps.render_segment(leg, number))
    clips = [stem for stem in world.composer.prepared if isinstance(stem, ClipStem)]
    assert clips[0].segment.number == 1
    assert sorted(stem.segment.number for stem in clips) == [1, 2, 3]
    await world.clock.run(world.steps.compose_video(leg))
    assert len(world.composer.prepared) == 3


async def test_the_sound_waits_for_the_music(world: World) -> None:
    """Whoever comes last mixes: here the composing, since the music came after all clips."""
    leg = await world.begun(evolve(three_scenes(), soundtrack=Soundtrack(music="slow")))
    for number in (1, 2, 3):
        await world.scene_done(leg, number)
        await world.clock.run(world.steps.render_segment(leg, number))
    assert world.composer.mixed == []
    await world.clock.run(world.until(lambda: world.steps.generate_music(leg)))
    await world.clock.run(world.steps.compose_video(leg))
    assert [render.music_stem is not None for render in world.composer.mixed] == [True]


async def test_a_sound_that_cant_be_mixed_early_is_left_for_the_composing(world: World) -> None:
    leg = await world.begun()
    for number in (1, 2, 3):
        await world.scene_done(leg, number)
        world.composer.deaf = Rejected("nothing can be heard of it")
        assert (await world.clock.run(world.steps.render_segment(leg, number))).verdict is Verdict.READY
    with pytest.raises(Rejected):
        await world.clock.run(world.steps.compose_video(leg))
