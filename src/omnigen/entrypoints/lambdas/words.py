"""What the state machine and the steps say to each other. It is small, since the machine carries it along."""

import json
import math
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Annotated, Any, Final, TypeVar

import msgspec

from omnigen.adapters.aws.composer_function import LARGEST
from omnigen.domain.errors import Invalid, Rejected, Superseded, TooLarge
from omnigen.domain.job import Failure
from omnigen.ports.workflow import Leg, Outcome

_LONGEST: Final = 500
"""Signs of a failure's message: forty of them have to fit into the 256 KiB of a state."""

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]
Number = Annotated[int, msgspec.Meta(ge=1)]
T = TypeVar("T")


class Word(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What every word has in common."""


class LegWord(Word, frozen=True, kw_only=True):
    """A leg, as it travels through the machine."""

    job_id: Name
    revision: Number
    number: Number
    until: datetime
    seconds: Number
    """All that it had when it was claimed: functions needn't be told the same."""

    @classmethod
    def of(cls, leg: Leg, whole: timedelta) -> "LegWord":
        """Put into words."""
        seconds = math.ceil(whole.total_seconds())
        return cls(
            job_id=leg.job_id, revision=leg.revision, number=leg.number, until=leg.until, seconds=seconds
        )

    def leg(self) -> Leg:
        """The leg that is meant."""
        return Leg(job_id=self.job_id, revision=self.revision, number=self.number, until=self.until)


class Start(Word, frozen=True, kw_only=True):
    """The input of an execution."""

    job_id: Name
    leg: Number
    compose: Number | None = None
    """The revision whose scenes and music the leg before has found to be there."""


class StartStep(Word, frozen=True, kw_only=True):
    """What `start_leg` is called with."""

    input: Start
    by: Annotated[str, msgspec.Meta(max_length=500)] | None = None
    """The execution, and when it got here: Lambda may be asked again after an answer that was lost."""


class LegStep(Word, frozen=True, kw_only=True):
    """What a step of a leg is called with."""

    leg: LegWord


class SceneStep(LegStep, frozen=True, kw_only=True):
    """What a step of a scene is called with."""

    scene: Number


class FailureWord(Word, frozen=True, kw_only=True):
    """Why a job can't go on."""

    code: Name
    message: str
    retryable: bool = False


class Answer(Word, frozen=True, kw_only=True):
    """What a step answers. `seconds` is whole and at least 1 where the machine is to wait: so it counts time."""

    verdict: str
    """One of `Verdict`, or `superseded`."""
    seconds: int = 0
    failure: FailureWord | None = None

    @classmethod
    def of(cls, outcome: Outcome) -> "Answer":
        """An outcome in words."""
        return cls(verdict=outcome.verdict.value, seconds=math.ceil(outcome.seconds))

    @classmethod
    def to(cls, error: Superseded | Rejected) -> "Answer":
        """What a leg can't go on after, as the machine is to hear of it."""
        if isinstance(error, Superseded):
            return cls(verdict="superseded")
        return cls(verdict="stop", failure=FailureWord(code=error.reason, message=error.message[:_LONGEST]))


class Planned(Answer, frozen=True, kw_only=True):
    """What `plan_storyboard` answers."""

    scenes: tuple[int, ...] = ()
    """Numbers of all scenes, once they are known."""


class Claimed(Word, frozen=True, kw_only=True):
    """What `start_leg` answers."""

    verdict: str
    """`ready` or `superseded`."""
    phase: str = "generate"
    """`compose` where nothing else is left to do."""
    leg: LegWord | None = None
    next: Start | None = None
    """The input of the execution that this leg hands over to."""


class Together(Word, frozen=True, kw_only=True):
    """What came of all that went on side by side."""

    scenes: tuple[Answer, ...]
    music: Answer
    verdicts: tuple[str, ...] = ()


class FailStep(LegStep, frozen=True, kw_only=True):
    """What `fail_job` is called with."""

    why: dict[str, Any]
    """What was answered last: by one step, or by all that went on side by side."""

    def failure(self) -> Failure | None:
        """The first that was told, in the order of the scenes; None where the scenes themselves say what broke."""
        answers: tuple[Answer, ...]
        if "music" in self.why:
            joint = understood(self.why, Together)
            answers = (*joint.scenes, joint.music)
        else:
            answers = (understood(self.why, Planned),)
        found = next((answer.failure for answer in answers if answer.failure is not None), None)
        if found is None:
            return None
        # However much was told: the job has to be ended, and its item has room for little.
        return Failure(code=found.code, message=found.message[:_LONGEST], retryable=found.retryable)


def understood(told: object, kind: type[T]) -> T:
    """What was told, as what it is to be. Raises Invalid, TooLarge."""
    size = len(json.dumps(told, ensure_ascii=False, default=repr).encode(errors="surrogatepass"))
    if size > LARGEST:
        raise TooLarge(f"the event has {size} bytes; at most {LARGEST} are taken")
    try:
        return msgspec.convert(told, kind)
    except msgspec.ValidationError as error:
        raise Invalid(f"the event can't be understood: {error}", field="event") from error


def told(word: Word) -> Mapping[str, Any]:
    """A word as Lambda hands it on: in what JSON knows."""
    said: Mapping[str, Any] = msgspec.to_builtins(word)
    return said
