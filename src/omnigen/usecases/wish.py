"""What a take is to be of, and how far its making has come."""

from collections.abc import Awaitable, Callable, Mapping
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
    model: Model
    ask: Ask
    estimate: Micros
    inputs: tuple[str, ...] = ()
    """Hashes of the files that the model is given."""
    image: Callable[[], Awaitable[str]] | None = None
    """Finds an address for the picture to start from; asked once, when the intent is written."""
    settings: Mapping[str, Any] = field(factory=dict)

    @property
    def fingerprint(self) -> str:
        """Takes with the same one are interchangeable."""
        told = {
            "seconds": self.ask.seconds,
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


@frozen(kw_only=True)
class Progress:
    """How a take stands after a step; `wait` seconds from now there may be more to do."""

    take: Take | None
    wait: float = 0.0

    @property
    def stored(self) -> bool:
        """Whether its file is there."""
        return self.take is not None and self.take.status is TakeStatus.STORED
