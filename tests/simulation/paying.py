"""Safeguards of what is paid, and their careless versions: see safeguards.py."""

from datetime import datetime, timedelta
from typing import Any

from attrs import evolve

from omnigen.domain.errors import Ambiguous, Rejected, Transient
from omnigen.domain.take import Take, TakeStatus
from omnigen.ports.workflow import Leg
from omnigen.usecases import end_job, make_take
from omnigen.usecases.make_take import MakeTake
from omnigen.usecases.wish import Progress
from tests.simulation.registry import add, guards, nothing

# --- what is paid


async def _refused_first(self: MakeTake, leg: Leg, take: Take) -> Progress | None:
    """What comes before a sending, and stays."""
    await self._check_sendable(leg, take)
    full = await self._full(take)
    return None if full is None else Progress(take=take, wait=max(0.05, full))


async def _sent_first(self: MakeTake, leg: Leg, take: Take) -> Progress:
    if refused := await _refused_first(self, leg, take):
        return refused
    prediction = await self.provider.create(take.revise(sends=take.sends + 1))
    return await self._submitted(leg, take, prediction)


async def _answered(self: MakeTake, leg: Leg, sending: Take) -> Progress:
    """Send it, and act on the answer as is right."""
    try:
        return await self._submitted(leg, sending, await self.provider.create(sending))
    except Transient as error:
        return await self._later(sending, error)
    except Ambiguous:
        return Progress(take=sending, wait=1.0)
    except Rejected as error:
        return await self._finish(leg, sending, TakeStatus.REFUSED, error=error.message)


async def _sent_uncounted(self: MakeTake, leg: Leg, take: Take) -> Progress:
    if refused := await _refused_first(self, leg, take):
        return refused
    sending = take.revise(sent_at=self.clock.now(), next_at=None, epoch=leg.number)
    await self.takes.update(sending)
    return await _answered(self, leg, sending)


class _Hopeful:
    """A provider of whom it is believed that what isn't answered has not arrived."""

    def __init__(self, provider: Any) -> None:
        self._provider = provider

    def __getattr__(self, name: str) -> Any:
        return getattr(self._provider, name)

    async def create(self, take: Take) -> Any:
        try:
            return await self._provider.create(take)
        except Ambiguous as error:
            raise Transient("it can't have arrived") from error


_send = MakeTake._send


async def _sent_again(self: MakeTake, leg: Leg, take: Take) -> Progress:
    return await _send(evolve(self, provider=_Hopeful(self.provider)), leg, take)


async def _given_up_at_once(self: MakeTake, leg: Leg, take: Take) -> Progress:
    return await _adopt(evolve(self, policy=evolve(self.policy, adoption=timedelta(0))), leg, take)


_adopt = MakeTake._adopt


add("an intent is written before it is sent", "P2", (MakeTake, "_send", _sent_first))
add("a sending is counted", "P11", (MakeTake, "_send", _sent_uncounted))
add("a lost reply is not a refusal", "P2", (MakeTake, "_send", _sent_again))
add("a lost reply is looked for in good time", "P2", (MakeTake, "_adopt", _given_up_at_once))
add("what is spent was held", "P1", (make_take, "_check_covered", nothing))


async def _full_never(self: MakeTake, take: Take) -> None:
    return None


async def _no_retry_budget(self: MakeTake, take: Take) -> float | None:
    limit = self.policy.creations_a_minute
    room = await self.rates.hit("provider:create", limit=limit, window=60, at=self.clock.now())
    return None if room.allowed else room.reset


add("a limit of creations", "P11", (MakeTake, "_full", _full_never))
add("a budget of retries", "P11", (MakeTake, "_full", _no_retry_budget))


@guards("P11", (MakeTake, "_later"))
async def a_provider_s_wish_to_wait(self: MakeTake, take: Take, error: Transient) -> Progress:
    """Who is throttled asks again in no time."""
    waiting = take.revise(sent_at=None, next_at=self.clock.now())
    await self.takes.update(waiting)
    return Progress(take=waiting, wait=0.1)


@guards("P11", (MakeTake, "_early"))
def nobody_asks_too_early(self: MakeTake, take: Take) -> float:
    """The next leg doesn't heed what the one before was told."""
    return 0.0


@guards("P2", (MakeTake, "_candidates"))
async def a_prediction_is_of_the_same_input(self: MakeTake, take: Take, since: datetime, *_: Any) -> Any:
    """Another's prediction is adopted."""
    return [p for p in await self.provider.created_since(since) if p.model == take.model]


_intent = MakeTake._intent


@guards("P2", (MakeTake, "_intent"))
def a_take_is_named_by_its_purpose(self: MakeTake, *args: Any, **kwargs: Any) -> Take:
    """Two workers with the same intent write two, and pay for both."""
    return evolve(_intent(self, *args, **kwargs), id=self.ids.new("take"))


_finish = MakeTake._finish


@guards("P2", (MakeTake, "_finish"))
async def what_failed_costsnothing(
    self: MakeTake, leg: Leg, take: Take, status: TakeStatus, **changes: Any
) -> Progress:
    """A failure is on the bill."""
    if status in (TakeStatus.FAILED, TakeStatus.ABORTED):
        changes["cost"] = take.cost
    return await _finish(self, leg, take, status, **changes)


@guards("P10", (make_take, "entry_for"), (end_job, "entry_for"))
def losses_are_entered(*_: Any, **__: Any) -> None:
    """What was charged, perhaps, and never found is in no book."""


@guards("P10", (end_job, "spent"))
def a_failed_job_costs_what_it_spent(*_: Any) -> int:
    """What was made before the failure is given away."""
    return 0


@guards("P3", (end_job, "_closed"))
async def takes_are_closed_with_their_job(takes: Any, leg: Leg, take: Take, at: datetime) -> Take:
    """What still runs at the end is left open for ever."""
    return take
