"""What tests of edits have in common: changes in few words, and what a revision has really made and rendered."""

from collections import Counter
from collections.abc import Callable
from typing import Any

from attrs import evolve, frozen

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.editing import Edit
from omnigen.domain.job import Job, JobStatus, SidecarKind, Video
from omnigen.domain.storyboard import CUT, Scene, Soundtrack, Storyboard
from omnigen.usecases.forecast import Forecast
from omnigen.usecases.job_detail import Accepted
from omnigen.usecases.prospects import Outlook
from tests.builders import a_scene, a_storyboard
from tests.fakes.world import ADA, World, rendered

Change = Callable[[Storyboard], Edit]


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


async def made(world: World, storyboard: Storyboard | None = None) -> str:
    """A job that has succeeded."""
    leg = await world.begun(storyboard or four())
    job = await world.walked(leg)
    assert job.status is JobStatus.SUCCEEDED
    return leg.job_id


def but_for_the_manifest(video: Video | None) -> Video:
    """A video without the one file that names the revision."""
    assert video is not None
    return evolve(video, sidecars=tuple(s for s in video.sidecars if s.kind is not SidecarKind.MANIFEST))


def board(**changes: Any) -> Change:
    """The same scenes, with other settings."""
    return lambda before: Edit.same(evolve(before, **changes))


def scene(number: int, **changes: Any) -> Change:
    """One scene changed."""

    def change(before: Storyboard) -> Edit:
        scenes = tuple(evolve(s, **changes) if s.number == number else s for s in before.scenes)
        return Edit.same(evolve(before, scenes=scenes))

    return change


def order(*sources: int | Scene, **changes: Any) -> Change:
    """The scenes in another order, doubled, left out, or new ones among them."""

    def change(before: Storyboard) -> Edit:
        scenes = []
        for number, source in enumerate(sources, 1):
            made = before.scene(source) if isinstance(source, int) else source
            scenes.append(evolve(made, number=number, **({"transition": CUT} if number == 1 else {})))
        known = tuple(s if isinstance(s, int) else None for s in sources)
        return Edit(storyboard=evolve(before, scenes=tuple(scenes), **changes), sources=known)

    return change


def choose(number: int, take: str | None) -> Change:
    """A take chosen for a scene."""
    return lambda before: evolve(Edit.same(before), chosen={number: take})


async def edit(world: World, job_id: str, change: Change, key: str = "edit", **given: Any) -> Accepted:
    """Have an edit accepted."""
    return await world.app.edit_storyboard(
        ADA, job_id, change, body=given.pop("body", key), render=rendered, key=key, **given
    )


async def regenerate(
    world: World, job_id: str, number: int, key: str = "regenerate", **given: Any
) -> Accepted:
    """Have another take accepted."""
    return await world.app.regenerate_scene(ADA, job_id, number, render=rendered, key=key, **given)


@frozen(kw_only=True)
class Done:
    """What a revision has done."""

    job: Job
    takes: Counter[tuple[TakeKind, int | None]]
    """Those that it had made, by kind and scene."""
    rendered: Counter[int]
    mixed: int


async def carried_out(world: World, job_id: str) -> Done:
    """Drive the present revision to its end, and see what it takes."""
    composer = world.composer
    before, mixed = composer.rendered.copy(), len(composer.mixed)
    job = await world.walked(await world.next_leg(job_id))
    made = [m.take for m in world.provider.made.values() if m.take.revision == job.revision.number]
    return Done(
        job=job,
        takes=Counter((t.kind, t.scene) for t in made if t.job_id == job_id),
        rendered=composer.rendered - before,
        mixed=len(composer.mixed) - mixed,
    )


def check_promised(promised: Forecast, done: Done) -> None:
    """P13: what was foretold is what happened, to the take, the segment and the cent."""
    sure = {(t.kind, s.number) for s in promised.scenes for t in s.prospect.takes if t.outlook is Outlook.NEW}
    maybe = {
        (t.kind, s.number) for s in promised.scenes for t in s.prospect.takes if t.outlook is Outlook.PERHAPS
    }
    if promised.music is not None and promised.music.outlook is Outlook.NEW:
        sure.add((TakeKind.MUSIC, None))
    priced = {(line.kind, line.scene) for line in promised.price.lines}
    if not all(s.prospect.exact for s in promised.scenes):
        # Two clips may yet come to the same length, and be one: both are held for.
        priced = {(kind, number) for kind, number in priced if kind is not TakeKind.VIDEO}
    assert priced <= set(done.takes) | maybe, f"priced {priced}, made {done.takes}"
    assert set(done.takes) <= sure | maybe, f"made {done.takes}; foretold {sure}, perhaps {maybe}"
    segments = {s.number for s in promised.scenes if s.segment is Outlook.NEW}
    perhaps = {s.number for s in promised.scenes if s.segment is Outlook.PERHAPS}
    assert set(done.rendered) <= segments | perhaps, f"{done.rendered}: {segments}, {perhaps}"
    if all(s.prospect.exact for s in promised.scenes):
        assert set(done.rendered) == segments, f"{done.rendered}: {segments}"
    assert all(times == 1 for times in done.rendered.values())
    if promised.sound is not Outlook.PERHAPS:
        assert done.mixed == (promised.sound is Outlook.NEW)
    revision = done.job.revision
    assert revision.cost <= promised.price.at_most == revision.reservation.amount
    if not maybe and all(s.prospect.exact for s in promised.scenes):
        assert revision.cost == promised.price.expected == promised.price.at_most
