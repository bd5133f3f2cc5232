"""Composes through the use cases as the worker does, in a process of its own, and tells what that cost.

    python -m benchmarks.compose_work '{"way": "anew", "clips": [...], "fade": 12, ...}'

anew     all clips have arrived: look into them, render, mix, join, verify, take what lies beside, publish
last     all clips but the last were rendered as they came; measured is what follows the last one's arrival
changed  the job has ended; its next revision has another clip in the middle, and goes every step that an edit goes
animatic a brief of half a minute is drawn as cards, before there is any clip

Jobs are in SQLite; the store is a real S3 server, which runs elsewhere. Counted is what this process and its children
use from the moment the clips are there, not its own start. Each child is booked under the step that it was started for.
"""

import asyncio
import json
import os
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import structlog
from attrs import evolve
from dependency_injector import providers

from benchmarks.compose_clips import FRAMES, RATE, SECONDS
from benchmarks.compose_meter import children, own
from omnigen.adapters.ffmpeg import runner
from omnigen.adapters.ffmpeg.nursery import Newborn
from omnigen.container import Container, opened
from omnigen.domain.job import Job, SceneState, SceneStatus
from omnigen.domain.quota import Tier
from omnigen.domain.storyboard import CUT, Storyboard, Transition, TransitionKind
from omnigen.domain.take import StoredFile
from omnigen.ports.identity import Caller
from omnigen.ports.workflow import Leg, Verdict
from omnigen.settings import Settings
from tests.builders import a_brief, a_job, a_revision, a_scene, a_storyboard, an_acceptance

Request = dict[str, Any]

ANIMATIC_S: Final = 30
"""Seconds of the storyboard that an animatic is drawn of."""


def main() -> None:
    """Do what the command line asks for, print what it cost."""
    structlog.configure(processors=[_silent])
    request = json.loads(sys.argv[1])
    books = Books()
    with tempfile.TemporaryDirectory(prefix="omnigen-compose-") as folder:
        asyncio.run(_run(request, Path(folder), books))
    print(json.dumps(books.told))


def _silent(*_: object) -> Any:
    raise structlog.DropEvent


class Books:
    """Who has used how much CPU."""

    def __init__(self) -> None:
        self._step_of: dict[int, str] = {}
        self._steps: defaultdict[str, float] = defaultdict(float)
        self.told: dict[str, Any] = {}
        self._listen()

    def _listen(self) -> None:
        """Learn which process belongs to which step, and what each has used when it is waited for."""
        start, waitpid, wait = runner._start, os.waitpid, Newborn.wait

        async def noted(argv: Sequence[str], command: runner.Command) -> Any:
            process = await start(argv, command)
            self._step_of[process.pid] = command.step
            return process

        def waited(pid: int, options: int) -> tuple[int, int]:
            if options:
                return waitpid(pid, options)
            found, status, usage = os.wait4(pid, 0)
            self._steps[self._step_of.pop(found, "others")] += usage.ru_utime + usage.ru_stime
            return found, status

        async def ended(newborn: Newborn) -> int:
            code = await wait(newborn)
            self._steps[newborn.step] += newborn.cpu
            newborn.cpu = 0.0  # booked
            return code

        runner._start = noted
        os.waitpid = waited
        setattr(Newborn, "wait", ended)  # noqa: B010 - mypy takes no method for a method here

    async def measured(self, work: Callable[[], Awaitable[None]]) -> None:
        """Book a piece of work, and nothing of what was before it."""
        self._steps.clear()
        begun, mine, theirs = time.monotonic(), own(), children()
        await work()
        mine, theirs = own() - mine, children() - theirs
        self.told = {
            "wall": time.monotonic() - begun,
            "cpu": mine + theirs,
            "own": mine,
            "steps": dict(self._steps),
        }


async def _run(request: Request, folder: Path, books: Books) -> None:
    given = {"OMNIGEN_DATA_DIR": str(folder), **request["store"]}
    async with _container(Settings.from_environment(given)) as container:
        if request["way"] == "animatic":
            await _animatic(container, books)
            return
        desk = await Bench.of(container, request)
        await getattr(desk, request["way"])(books)
        await desk.deliver(Path(request["into"]))


@asynccontextmanager
async def _container(settings: Settings) -> AsyncIterator[Container]:
    async with opened(settings) as container:
        for role in ("provider", "workflow"):
            getattr(container, role).override(providers.Object(None))
        yield container


async def _animatic(container: Container, books: Books) -> None:
    # A new caller each time: what was drawn for one before is there already.
    caller = Caller(id=f"bench {os.getpid()}", tier=Tier.PRO, expires_at=2**40)
    wish = a_brief(frames=ANIMATIC_S * RATE, narration=True)

    async def work() -> None:
        await container.draw_animatic()(caller, wish)

    await books.measured(work)


class Bench:
    """One job whose clips arrive when they are told to."""

    def __init__(self, container: Container, leg: Leg, clips: list[Path]) -> None:
        self._container = container
        self._pipeline = container.pipeline()
        self._leg = leg
        self._clips = clips

    @classmethod
    async def of(cls, container: Container, request: Request) -> "Bench":
        """A job of that many scenes, its first leg claimed."""
        now = datetime.now(UTC)
        clips = [Path(clip) for clip in request["clips"]]
        job = a_job(
            id=f"job_{time.time_ns():x}", owner="bench", revision=a_revision(owner="bench", at=now), at=now
        )
        board = _board(len(clips) - (request["way"] == "changed"), request["fade"])
        return cls(container, await _leg(container, job, board), clips)

    async def anew(self, books: Books) -> None:
        numbers = range(1, len(self._clips) + 1)
        for number in numbers:
            await self._arrive(number, self._clips[number - 1])

        async def work() -> None:
            await asyncio.gather(*(self._rendered(number) for number in numbers))
            await self._composed()

        await books.measured(work)

    async def last(self, books: Books) -> None:
        count = len(self._clips)
        for number in range(1, count):
            await self._arrive(number, self._clips[number - 1])
            await self._rendered(number)
        await self._arrive(count, self._clips[-1])

        async def work() -> None:
            await self._rendered(count)
            await self._composed()

        await books.measured(work)

    async def changed(self, books: Books) -> None:
        """The last of the clips is the new one; it takes the place of the middle one."""
        *clips, new = self._clips
        self._clips = clips
        for number, clip in enumerate(clips, 1):
            await self._arrive(number, clip)
        await asyncio.gather(*(self._rendered(number) for number in range(1, len(clips) + 1)))
        await self._composed()
        await self._pipeline.finish_job(self._leg)
        await self._again(len(clips) // 2, new)

        async def work() -> None:
            await asyncio.gather(*(self._rendered(number) for number in range(1, len(clips) + 1)))
            await self._composed()

        await books.measured(work)

    async def _again(self, changed: int, clip: Path) -> None:
        """The next revision, its clips where the takes that are kept, and the new one, have left them."""
        stored = {scene.number: scene.clip for scene in await self._scenes()}
        stored[changed] = await self._stored(clip)
        job, now = await self._container.jobs().get(self._leg.job_id), datetime.now(UTC)
        board = await self._container.jobs().storyboard(job.id, 1)
        again = job.next_revision(a_revision(2, owner=job.owner, at=now), at=now)
        self._leg = await _leg(self._container, again, board)
        for number, file in stored.items():
            await self._store(number, file)
        await self._brought(changed)

    async def deliver(self, into: Path) -> None:
        """Take the published video out of the store."""
        job = await self._container.jobs().get(self._leg.job_id)
        video = job.revision.video
        assert video is not None
        await self._container.assets().fetch(video.file.key, into)

    async def _arrive(self, number: int, clip: Path) -> None:
        """As whoever brings a model's clip home leaves it: in the store, and on the desk."""
        await self._store(number, await self._stored(clip))
        await self._brought(number)

    async def _store(self, number: int, file: StoredFile | None) -> None:
        state = (await self._scenes())[number - 1]
        for status, changes in ((SceneStatus.GENERATING, {}), (SceneStatus.STORED, {"clip": file})):
            state = evolve(state.become(status, at=datetime.now(UTC), **changes), epoch=self._leg.number)
            await self._container.jobs().update_scene(state)

    async def _stored(self, clip: Path) -> StoredFile:
        key = f"jobs/{self._leg.job_id}/clips/{clip.name}"
        found: StoredFile = await self._container.assets().put(
            key, clip, content_type="video/mp4", seconds=SECONDS
        )
        return found

    async def _brought(self, number: int) -> Path:
        clip = (await self._scenes())[number - 1].clip
        assert clip is not None
        path: Path = await self._container.workspace().bring(self._leg.job_id, clip)
        return path

    async def _scenes(self) -> Sequence[SceneState]:
        found: Sequence[SceneState] = await self._container.jobs().scenes(
            self._leg.job_id, self._leg.revision
        )
        return found

    async def _rendered(self, number: int) -> None:
        outcome = await self._pipeline.render_segment(self._leg, number)
        assert outcome.verdict is Verdict.READY, f"scene {number}: {outcome}"

    async def _composed(self) -> None:
        outcome = await self._pipeline.compose_video(self._leg)
        assert outcome.verdict is Verdict.READY, outcome


async def _leg(container: Container, job: Job, board: Storyboard) -> Leg:
    """A revision that was accepted, its leg claimed; it has all the time that a slow machine may need."""
    scenes = SceneState.of(job.id, job.revision.number, board, job.updated_at)
    await container.jobs().accept(evolve(an_acceptance(job), storyboard=board, scenes=scenes))
    leg: Leg = await container.pipeline().start_leg(job.id, job.epoch + 1)
    return evolve(leg, until=leg.until + timedelta(hours=1))


def _board(scenes: int, fade: int) -> Storyboard:
    come = Transition(kind=TransitionKind.FADE, frames=fade) if fade else CUT
    assert RATE == 24
    made = (a_scene(n, frames=FRAMES, transition=come if n > 1 else CUT) for n in range(1, scenes + 1))
    return evolve(a_storyboard(1), scenes=tuple(made))


if __name__ == "__main__":
    main()
