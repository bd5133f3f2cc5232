"""What is worth happening: each is counted, so that it can be told which of them a run has really met."""

from typing import TYPE_CHECKING, Any, Final

from omnigen.domain.errors import Conflict, KeyReused, Superseded
from omnigen.domain.job import Job, JobStatus
from omnigen.domain.take import TakeStatus
from omnigen.ports.uploads import UploadStatus
from tests.promises.broken import Broken

if TYPE_CHECKING:
    from tests.simulation.world import SimWorld

WORTH: Final = (
    "job succeeded",
    "job failed",
    "job cancelled",
    "deadline exceeded",
    "revision after revision",
    "take stored",
    "take failed",
    "take refused",
    "take aborted",
    "take cancelled",
    "take lost",
    "take adopted",
    "prediction taken by another",
    "late success after cancel",
    "ledger refund",
    "ledger lost",
    "zombie refused",
    "race lost",
    "leg handed over",
    "leg after a dead one",
    "outbox replayed",
    "quota refused",
    "rate refused",
    "key reused",
    "answer replayed",
    "foreign refused",
    "webhook refused",
    "webhook repeated",
    "frozen",
    "clock jumped",
    "killed in a call",
    "killed at some step",
    "killed api",
    "killed one of two workers",
    "executions cut",
    "execution doubled",
    "lambda died",
    "edit accepted",
    "edit as foretold",
    "regenerate accepted",
    "retry accepted",
    "operator at work",
    "job deleted",
    "job restored",
    "job purged",
    "reference admitted",
    "planner fell back",
)
"""Those that a run of the check's size must meet, each of them."""


def tell(world: "SimWorld", port: str, method: str, args: Any, result: Any) -> None:
    """Count what a call stands for."""
    if isinstance(result, Exception):
        _refusal(world, result)
    elif port == "takes" and method == "update":
        _take(world, args[0])
    elif (port, method) == ("uploads", "update") and args[0].status is UploadStatus.ADMITTED:
        world.situation("reference admitted")
    elif port == "jobs":
        _job(world, method, args)
    elif (port, method) == ("rates", "hit") and not result.allowed:
        world.situation("rate refused")
    elif (port, method) == ("outbox", "first_time") and not result:
        world.situation("webhook repeated")


def _refusal(world: "SimWorld", error: Exception) -> None:
    if isinstance(error, Superseded):
        world.situation("zombie refused")
    elif isinstance(error, Conflict) and error.reason == "prediction_taken":
        world.situation("prediction taken by another")
    elif isinstance(error, Conflict) and not isinstance(error, KeyReused):
        world.situation("race lost")


def _take(world: "SimWorld", take: Any) -> None:
    if take.ended and take.ended_at is not None:
        world.situation(f"take {take.status}")
    if take.status is TakeStatus.SUBMITTED and take.prediction_id in world.provider.unheard:
        world.provider.unheard.discard(take.prediction_id)
        world.situation("take adopted")
    job = world.tables.jobs.get(take.job_id)
    if take.status is TakeStatus.STORED and job is not None and job.status is JobStatus.CANCELLING:
        world.situation("late success after cancel")


def _job(world: "SimWorld", method: str, args: Any) -> None:
    if method == "end":
        job = args[0]
        world.situation(f"job {job.status}")
        code = job.revision.error.code if job.revision.error is not None else None
        if code == "deadline_exceeded":
            world.situation("deadline exceeded")
        elif code == "internal" and world.errors:
            error = world.errors[-1]
            world.broken(Broken("bug", f"{job.id} failed by {type(error).__name__}: {error}"))
    elif method == "accept" and args[0].job.revision.number > 1:
        world.situation("revision after revision")
    elif method == "purge":
        world.situation("job purged")
    elif method == "plan" and args[0].revision.note is not None:
        world.situation("planner fell back")
    elif method == "update":
        _leg(world, args[0])


def _leg(world: "SimWorld", job: Job) -> None:
    """Whether a leg was claimed, and what had become of the one before."""
    before = world.watch.job(job.id)
    if before is None or job.epoch <= max(1, before.epoch) or before.driven_until is None:
        return
    dead = before.driven_until < world.true_clock.now()
    world.situation("leg after a dead one" if dead else "leg handed over")
