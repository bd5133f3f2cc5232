"""A provider in memory that does as it is told, and keeps a ledger of its own: the judge of P2.

It accepts, charges and forgets by itself; what our books say is compared with what it knows.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from attrs import define, field, frozen

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Ambiguous, NotFound, OmniGenError, Rejected, Transient
from omnigen.domain.take import Take
from omnigen.ports.provider import Ask, Prediction, PredictionStatus
from tests.fakes.clock import VirtualClock

NEVER: Final = float("inf")
_KEPT: Final = timedelta(hours=1)


@frozen(kw_only=True)
class Fate:
    """What becomes of one request."""

    reply: str = "accepted"
    """`accepted`; `lost` (accepted, the reply is not heard); `unheard` (neither is the request); `throttled`,
    `unreachable`, `refused`."""
    retry_after: float | None = None
    seconds: float = 10.0
    """How long it runs."""
    ends: PredictionStatus = PredictionStatus.SUCCEEDED
    error_code: str | None = None
    media: Mapping[str, Any] = field(factory=dict)
    """Changes to the file that is made; `bad` makes it no media at all."""
    expired: bool = False
    """Its output is gone when it is asked for."""
    forgotten: bool = False
    text: str = "no plan"


@define
class Made:
    """A prediction that was accepted."""

    id: str
    take: Take
    fate: Fate
    created_at: datetime
    cancelled_at: datetime | None = None


class FakeProvider:
    """`omnigen.ports.provider.Provider`."""

    takes_urls = True

    def __init__(self, clock: VirtualClock) -> None:
        self._clock = clock
        self._fates: dict[tuple[TakeKind, int | str | None], list[Fate]] = defaultdict(list)
        self.usual: dict[TakeKind, Fate] = {}
        self.made: dict[str, Made] = {}
        self.asked: list[Take] = []
        self.cancelled: list[str] = []
        self.down: OmniGenError | None = None
        """Raised by everything but `create`, while it is set."""

    def will(self, kind: TakeKind, *fates: Fate, scene: int | None = None, job_id: str | None = None) -> None:
        """What becomes of the next requests of a kind, and a job or a scene, in order; then of all others the usual."""
        self._fates[kind, job_id or scene].extend(fates)

    # --- the port

    def dialect(self, model: str, ask: Ask) -> Mapping[str, Any]:
        if "impossible" in ask.prompt:
            raise Rejected(f"{model} can't do that", code="prompt_impossible")
        told = {
            "prompt": ask.prompt,
            "seed": ask.seed,
            "duration": ask.seconds,
            "image": ask.image,
            "resolution": ask.resolution,
            "aspect_ratio": ask.aspect_ratio,
            "voice": ask.voice,
        }
        return {name: value for name, value in told.items() if value is not None}

    async def create(self, take: Take) -> Prediction:
        self.asked.append(take)
        fate = self._fate(take)
        match fate.reply:
            case "throttled":
                raise Transient("throttled", retry_after=fate.retry_after)
            case "unreachable":
                raise Transient("nobody is there")
            case "refused":
                raise Rejected("invalid input", code="provider_rejected")
            case "unheard":
                raise Ambiguous("the reply was lost")
        made = Made(f"p{len(self.made) + 1:04d}", take, fate, self._clock.now())
        self.made[made.id] = made
        if fate.reply == "lost":
            raise Ambiguous("the reply was lost")
        return self._prediction(made)

    def _fate(self, take: Take) -> Fate:
        kinds = ((take.kind, whose) for whose in (take.job_id, take.scene, None))
        waiting = next((self._fates[kind] for kind in kinds if self._fates[kind]), None)
        return waiting.pop(0) if waiting else self.usual.get(take.kind, Fate())

    async def get(self, prediction_id: str) -> Prediction:
        self._check_up()
        made = self.made.get(prediction_id)
        if made is None or made.fate.forgotten:
            raise NotFound("no such prediction")
        return self._prediction(made)

    async def created_since(self, at: datetime) -> Sequence[Prediction]:
        self._check_up()
        return [self._prediction(m) for m in self.made.values() if m.created_at >= at - timedelta(minutes=1)]

    async def cancel(self, prediction_id: str) -> None:
        self._check_up()
        made = self.made[prediction_id]
        self.cancelled.append(prediction_id)
        if made.cancelled_at is None and self.status(made) in _RUNNING:
            made.cancelled_at = self._clock.now()

    async def download(self, url: str, into: Path, *, max_size: int) -> str:
        self._check_up()
        made = self.made[url.removeprefix("fake://")]
        if made.fate.expired or self._clock.now() > self._ends_at(made) + _KEPT:
            raise NotFound("the output has expired")
        _deliver(made, into)
        return _CONTENT_TYPE[made.take.kind]

    async def lend(self, path: Path, *, content_type: str) -> str:
        raise AssertionError("it reads our URLs")

    def _check_up(self) -> None:
        if self.down is not None:
            raise self.down

    # --- how its predictions stand

    def _ends_at(self, made: Made) -> datetime:
        seconds = min(made.fate.seconds, 10**9)
        return made.cancelled_at or made.created_at + timedelta(seconds=seconds)

    def status(self, made: Made) -> PredictionStatus:
        if made.cancelled_at is not None:
            return PredictionStatus.CANCELED
        if self._clock.now() >= self._ends_at(made):
            return made.fate.ends
        return PredictionStatus.PROCESSING

    def _prediction(self, made: Made) -> Prediction:
        status = self.status(made)
        ran = (self._clock.now() - made.created_at).total_seconds()
        done = status is PredictionStatus.SUCCEEDED
        output = (
            (made.fate.text if made.take.kind is TakeKind.PLAN else f"fake://{made.id}") if done else None
        )
        return Prediction(
            id=made.id,
            status=status,
            model=made.take.model,
            input=made.take.input,
            created_at=made.created_at,
            progress=min(1.0, ran / made.fate.seconds) if made.fate.seconds else 1.0,
            output=output,
            error="it failed" if status is PredictionStatus.FAILED else None,
            error_code=made.fate.error_code if status is PredictionStatus.FAILED else None,
        )

    # --- the judge's ledger

    @property
    def accepted(self) -> Counter[str]:
        """How often each take was accepted, by its id."""
        return Counter(made.take.id for made in self.made.values())

    def charges(self, made: Made) -> bool:
        """Whether it charges for a prediction: for all that ran and did not fail."""
        return self.status(made) not in (PredictionStatus.FAILED, PredictionStatus.ABORTED)

    def charged(self) -> list[Made]:
        """All that it charges for."""
        return [made for made in self.made.values() if self.charges(made)]


_RUNNING: Final = (PredictionStatus.STARTING, PredictionStatus.PROCESSING)
_CONTENT_TYPE: Final = {
    TakeKind.VIDEO: "video/mp4",
    TakeKind.STILL: "image/png",
    TakeKind.SPEECH: "audio/wav",
    TakeKind.MUSIC: "audio/mpeg",
}
_MEDIA: Final = {
    TakeKind.VIDEO: "video",
    TakeKind.STILL: "image",
    TakeKind.SPEECH: "sound",
    TakeKind.MUSIC: "sound",
}


def _deliver(made: Made, into: Path) -> None:
    into.write_text("nonsense" if "bad" in made.fate.media else json.dumps(_media(made)))


def _media(made: Made) -> dict[str, Any]:
    told = {
        "kind": _MEDIA[made.take.kind],
        "seconds": made.take.seconds or 2.0,
        "input": dict(made.take.input),
    }
    return told | dict(made.fate.media)
