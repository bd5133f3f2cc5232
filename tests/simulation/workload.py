"""The users of a world: they submit, look, cancel, retry, edit, delete and restore, and keep what they were answered."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

from attrs import evolve

from omnigen.domain.editing import Edit
from omnigen.domain.errors import (
    Conflict,
    KeyReused,
    NotFound,
    OmniGenError,
    QuotaExceeded,
    Transient,
)
from omnigen.domain.quota import QUOTAS, Tier, Usage, period_of
from omnigen.domain.storyboard import Brief, Planner, Soundtrack, Storyboard
from omnigen.ports.identity import Caller
from omnigen.usecases.app import App
from omnigen.usecases.forecast import Forecast
from omnigen.usecases.job_detail import Accepted
from tests.builders import NOW, a_brief, a_scene, a_storyboard
from tests.fakes.catalogue import ANIMATED
from tests.fakes.world import rendered
from tests.promises.broken import promise
from tests.simulation.cluster import Cluster

if TYPE_CHECKING:
    from tests.simulation.world import SimWorld

TIMEOUT: Final = 25.0
"""Seconds that a user waits for an answer."""
_TRIES: Final = 5
Ask = Callable[[App], Awaitable[Any]]


class Lost(Exception):
    """Nobody has answered, after several tries."""


class User:
    """One user with one or two jobs."""

    def __init__(self, world: "SimWorld", cluster: Cluster, name: str, chance: random.Random) -> None:
        self._world, self._cluster, self._chance = world, cluster, chance
        tier = chance.choice([Tier.FREE, Tier.PRO, Tier.ENTERPRISE, Tier.ENTERPRISE])
        self.caller = Caller(id=name, tier=tier, expires_at=2**40)
        self.others: list[User] = []
        self.answers: dict[str, Accepted] = {}
        """The first answer under each key."""
        self.acknowledged: set[str] = set()
        """Jobs that were accepted with 202."""
        self.deleted: set[str] = set()
        self.forecasts: dict[tuple[str, int], Forecast] = {}
        """What was foretold of each edit that was accepted."""
        if chance.random() < 0.15:
            self._use_up(QUOTAS[tier].videos - 1)

    def _use_up(self, videos: int) -> None:
        used = Usage(owner=self.caller.id, period=period_of(NOW), settled_videos=videos)
        self._world.tables.keep(used)
        self._world.before[used.owner, used.period] = used

    async def live(self) -> None:
        """Everything that the user does."""
        if self._chance.random() < 0.12:
            await self._crowd()
        for number in range(self._chance.choice([1, 1, 1, 1, 2])):
            await asyncio.sleep(self._chance.random() ** 2 * 60)
            job_id = await self._submit(f"k{number}")
            if job_id is not None:
                for deed in range(self._chance.choice([0, 0, 1, 2, 3, 4])):
                    await asyncio.sleep(self._chance.random() ** 2 * 120)
                    await self._do_something(job_id, f"k{number}-{deed}")

    # --- asking

    async def ask(self, ask: Ask, *, tries: int = _TRIES) -> Any:
        """Ask an API process, and again where nobody answers. Raises what was answered, or Lost."""
        for _ in range(tries):
            api = self._cluster.api()
            if api is not None:
                task = api.start(_asked(ask, self._world.container.app()))
                await asyncio.wait({task, api.ended}, timeout=TIMEOUT, return_when=asyncio.FIRST_COMPLETED)
                if task.done():
                    error = task.exception()
                    if error is None:
                        return task.result()
                    self._cluster.check(error)
                    if not isinstance(error, Transient):
                        raise error
            await asyncio.sleep(self._chance.choice([0.0, 1.0, 10.0]))
        raise Lost

    async def _accepted(self, key: str, ask: Ask, deed: str = "submit") -> Accepted | None:
        """Ask for something that wants a key; the answers under a key are all the same."""
        try:
            answer: Accepted = await self.ask(ask)
        except (OmniGenError, Lost) as error:
            self._world.note(f"{self.caller.id} {key} -> {type(error).__name__}")
            if isinstance(error, QuotaExceeded):
                self._world.situation("quota refused")
            return None
        self._world.note(f"{self.caller.id} {key} -> {answer.job_id} r{answer.revision}")
        self._world.judge(lambda: self._p6(key, answer))
        self.acknowledged.add(answer.job_id)
        self._world.situation(f"{deed} accepted")
        return answer

    def _p6(self, key: str, answer: Accepted) -> None:
        first = self.answers.setdefault(key, answer)
        same = (first.job_id, first.revision, first.response) == (
            answer.job_id,
            answer.revision,
            answer.response,
        )
        promise("P6", same, f"{self.caller.id} {key}: {answer} after {first}")
        if answer.replayed:
            self._world.situation("answer replayed")

    async def _crowd(self) -> None:
        """Several of the very same at once, each a job of its own."""
        given = {"storyboard": self._storyboard(1)}
        asks = {
            f"c{number}": lambda app, key=f"c{number}": self._submitted(app, key, given)
            for number in range(4)
        }
        await asyncio.gather(*(self._accepted(key, ask) for key, ask in asks.items()))

    # --- deeds

    async def _submit(self, key: str) -> str | None:
        given: dict[str, Any] = self._wish()
        if self._chance.random() < 0.15:
            given = {"storyboard": await self._with_reference()}

        def submit() -> Awaitable[Accepted | None]:
            return self._accepted(key, lambda app: self._submitted(app, key, given))

        # The same request twice at once, as of an impatient user, or again later.
        often = self._chance.choice([1, 1, 1, 2, 3])
        answers = await asyncio.gather(*(submit() for _ in range(often)))
        answer = next(filter(None, answers), None)
        if answer is None:
            return None
        if self._chance.random() < 0.2:
            await submit()
        if self._chance.random() < 0.1:
            await self._other_body(key)
        return answer.job_id

    def _submitted(self, app: App, key: str, given: dict[str, Any]) -> Awaitable[Accepted]:
        return app.submit_job(self.caller, render=rendered, key=key, **given)

    async def _other_body(self, key: str) -> None:
        given = {"storyboard": a_storyboard(1, title="another")}
        try:
            await self.ask(lambda app: self._submitted(app, key, given))
        except KeyReused:
            self._world.situation("key reused")
        except (OmniGenError, Lost):
            pass
        else:
            self._world.judge(lambda: promise("P6", False, f"{key} was taken for two requests"))

    async def _with_reference(self) -> Storyboard:
        """A storyboard that begins with a picture of the user's; not every picture is one."""
        board = self._storyboard(1)
        with suppress(OmniGenError, Lost):
            upload, form = await self.ask(
                lambda app: app.request_upload(self.caller, content_type="image/png", size=1000)
            )
            good = self._chance.random() < 0.8
            self._world.assets.receive(form, b'{"kind": "image"}' if good else b"no picture")
            board = evolve(board, scenes=(evolve(board.scenes[0], reference=upload.id),))
            self._world.situation("reference brought")
        return board

    def _wish(self) -> dict[str, Any]:
        chance = self._chance
        if chance.random() < 0.2:
            planner = Planner.LLM if chance.random() < 0.5 else Planner.FREE
            brief: Brief = a_brief(frames=chance.choice([120, 240]), planner=planner)
            return {"brief": brief}
        return {"storyboard": self._storyboard(chance.choice([1, 1, 2, 2, 3]))}

    def _storyboard(self, count: int) -> Storyboard:
        chance = self._chance
        said = chance.random() < 0.3
        scenes = tuple(
            a_scene(n, narration="these are four words" if said and chance.random() < 0.7 else None)
            for n in range(1, count + 1)
        )
        if count > 1 and chance.random() < 0.15:  # two scenes alike are one take
            scenes = (*scenes[:-1], evolve(scenes[-1], prompt=scenes[0].prompt, seed=scenes[0].seed))
        board = evolve(a_storyboard(count), scenes=scenes)
        if chance.random() < 0.2:
            board = evolve(board, model=ANIMATED)
        if chance.random() < 0.3:
            board = evolve(board, soundtrack=Soundtrack(music="slow and dark"))
        return board

    async def _do_something(self, job_id: str, key: str) -> None:
        deeds = [
            self._look,
            self._look,
            self._count,
            self._cancel,
            self._delete,
            self._restore,
            self._spy,
            self._again,
        ]
        deeds += [self._retry, self._edit, self._edit, self._regenerate] * 2
        deed = self._chance.choice(deeds)
        try:
            await deed(job_id, key)
        except (OmniGenError, Lost) as error:
            self._world.note(f"{self.caller.id} {deed.__name__} {job_id} -> {type(error).__name__}")

    async def _look(self, job_id: str, key: str) -> None:
        """P12: what was acknowledged is there, in the listing too."""
        try:
            await self.ask(lambda app: app.get_job(self.caller, job_id))
            page = await self.ask(lambda app: app.list_jobs(self.caller, limit=100))
        except NotFound:
            gone = job_id in self.deleted
            self._world.judge(lambda: promise("P12", gone, f"{job_id} was acknowledged and isn't there"))
            return
        own = all(line.job.owner == self.caller.id for line in page.jobs)
        self._world.judge(lambda: promise("P8", own, f"{self.caller.id} was shown another's jobs"))
        listed = any(line.job.id == job_id for line in page.jobs) or job_id in self.deleted
        self._world.judge(lambda: promise("P12", listed, f"{job_id} was acknowledged and isn't listed"))
        await self._count(job_id, key)

    async def _count(self, job_id: str, key: str) -> None:
        """The use of this month and the one before."""
        await self.ask(lambda app: app.get_usage(self.caller, periods=2))

    async def _cancel(self, job_id: str, key: str) -> None:
        await self.ask(lambda app: app.cancel_job(self.caller, job_id))

    async def _delete(self, job_id: str, key: str) -> None:
        self.deleted.add(job_id)
        await self.ask(lambda app: app.delete_job(self.caller, job_id))
        self._world.situation("job deleted")

    async def _restore(self, job_id: str, key: str) -> None:
        await self.ask(lambda app: app.restore_job(self.caller, job_id))
        if job_id in self.deleted:
            self._world.situation("job restored")

    async def _spy(self, job_id: str, key: str) -> None:
        """P8: another's is not there."""
        theirs = [j for other in self.others for j in sorted(other.acknowledged)]
        if not theirs:
            return
        target = self._chance.choice(theirs)
        deed: Ask = self._chance.choice(
            [
                lambda app: app.get_job(self.caller, target),
                lambda app: app.cancel_job(self.caller, target),
                lambda app: app.delete_job(self.caller, target),
                lambda app: app.restore_job(self.caller, target),
                lambda app: app.retry_job(self.caller, target, render=rendered, key=key),
                lambda app: app.video_url(self.caller, target),
            ]
        )
        try:
            await self.ask(deed)
        except NotFound:
            self._world.situation("foreign refused")
        except Lost:
            pass
        except OmniGenError as error:
            told = f"{self.caller.id} was told {type(error).__name__} of {target}"
            self._world.judge(lambda: promise("P8", False, told))
        else:
            self._world.judge(lambda: promise("P8", False, f"{self.caller.id} reached {target}"))

    async def _again(self, job_id: str, key: str) -> None:
        """Two of the same request at once."""
        ask: Ask = lambda app: app.retry_job(self.caller, job_id, render=rendered, key=key)  # noqa: E731
        await asyncio.gather(self._accepted(key, ask), self._accepted(key, ask))

    async def _retry(self, job_id: str, key: str) -> None:
        await self._ended(job_id)
        cards = self._chance.random() < 0.3
        await self._accepted(
            key,
            lambda app: app.retry_job(self.caller, job_id, render=rendered, key=key, placeholders=cards),
            "retry",
        )

    async def _regenerate(self, job_id: str, key: str) -> None:
        await self._ended(job_id)
        await self._accepted(
            key,
            lambda app: app.regenerate_scene(self.caller, job_id, 1, render=rendered, key=key),
            "regenerate",
        )

    async def _edit(self, job_id: str, key: str) -> None:
        await self._ended(job_id)
        number = self._chance.choice([1, 2, 3])
        frames = self._chance.choice([96, 120, 144])
        prompt = self._chance.choice([None, "another shot", "a third shot"])

        def change(before: Storyboard) -> Edit:
            scenes = tuple(
                evolve(s, frames=frames, prompt=prompt or s.prompt) if s.number == number else s
                for s in before.scenes
            )
            return Edit.same(evolve(before, scenes=scenes))

        body = [number, frames, prompt]
        foretold = await self._foretold(job_id, change)
        answer = await self._accepted(
            key,
            lambda app: app.edit_storyboard(self.caller, job_id, change, body=body, render=rendered, key=key),
            "edit",
        )
        if answer is not None and foretold is not None and foretold[0] == answer.revision:
            self.forecasts[job_id, answer.revision] = foretold[1]

    async def _foretold(self, job_id: str, change: Any) -> tuple[int, Forecast] | None:
        """What the edit would come to as everything stands now, and the number of its revision."""
        job = self._world.tables.jobs.get(job_id)
        if job is None:
            return None
        edit = self._world.container.app().edit_storyboard
        task = self._world.oracle(edit.foretell(self.caller, job_id, change))
        await asyncio.wait({task})
        return None if task.exception() else (job.revision.number + 1, task.result())

    async def _ended(self, job_id: str) -> None:
        """Wait for the job's end, mostly."""
        if self._chance.random() < 0.15:
            return
        for _ in range(40):
            job = self._world.tables.jobs.get(job_id)
            if job is None or job.ended:
                return
            await asyncio.sleep(8.0)
        raise Conflict("it takes too long")


async def _asked(ask: Ask, app: App) -> Any:
    return await ask(app)
