"""What a take is to be of, which take does for it, and how far its making has come."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from attrs import field, frozen

from omnigen.domain.catalogue import Micros, Model, TakeKind
from omnigen.domain.take import Take, TakeStatus, fingerprint
from omnigen.ports.provider import Ask


@frozen(kw_only=True)
class Wish:
    """What a take is to be of."""

    kind: TakeKind
    scene: int | None
    origin: int = 0
    """Who that scene is within the job (`Scene.shot`)."""
    model: Model
    ask: Ask
    estimate: Micros
    inputs: tuple[str, ...] = ()
    """Hashes of the files that the model is given."""
    image: Callable[[], Awaitable[str]] | None = None
    """Finds an address for the picture to start from; asked once, when the intent is written."""
    settings: Mapping[str, Any] = field(factory=dict)
    chosen: str | None = None
    """Id of the take that was chosen, whatever else there is."""
    least: int = 0
    """Seconds that a take of an earlier revision must have to do."""

    @property
    def fingerprint(self) -> str:
        """Takes with the same one are interchangeable."""
        return self._mark(seconds=self.ask.seconds)

    @property
    def subject(self) -> str:
        """The same but for the length: what a longer take shows begins with what a shorter one would."""
        return self._mark()

    def _mark(self, **length: int) -> str:
        told = {
            **length,
            "aspect_ratio": self.ask.aspect_ratio,
            "resolution": self.ask.resolution,
            "voice": self.ask.voice,
            "speed": self.ask.speed,
            "system": self.ask.system,
            **self.settings,
        }
        return fingerprint(
            kind=self.kind,
            model=self.model.id,
            version=self.model.version,
            prompt=self.ask.prompt,
            seed=self.ask.seed,
            settings=told,
            inputs=self.inputs,
        )


def standing(takes: Sequence[Take], wish: Wish, revision: int) -> Take | None:
    """The take that does for a wish of a revision as it is: the chosen one, its like, or an earlier one that is longer.

    Earlier revisions have ended, so that what they have left can be told, and is the same to every worker.
    """
    for take in takes:
        if take.id == wish.chosen and take.status is TakeStatus.STORED and take.seconds >= wish.least:
            return take
    mark, subject = wish.fingerprint, wish.subject
    for take in takes:
        if take.fingerprint == mark and _stands(take, revision):
            return take
    longer = [
        take for take in takes
        if take.subject == subject and take.status is TakeStatus.STORED
        and take.revision < revision and take.seconds >= wish.least
    ]  # fmt: skip
    wanted = wish.ask.seconds
    return min(longer, key=lambda t: (t.seconds < wanted, abs(t.seconds - wanted)), default=None)


def _stands(take: Take, revision: int) -> bool:
    """Whether a take will do as it is: stored, or on its way. What an earlier revision never sent is its own affair."""
    if take.status is TakeStatus.STORED:
        return True
    return not take.ended and (take.revision == revision or take.sent_at is not None)


@frozen(kw_only=True)
class Progress:
    """How a take stands after a step; `wait` seconds from now there may be more to do."""

    take: Take | None
    wait: float = 0.0

    @property
    def stored(self) -> bool:
        """Whether its file is there."""
        return self.take is not None and self.take.status is TakeStatus.STORED
