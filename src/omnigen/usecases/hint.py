"""Hints to the workflow. They only make things faster: the outbox and the sweeper make up for any that is lost."""

from contextlib import suppress

from omnigen.domain.errors import OmniGenError
from omnigen.ports.workflow import Workflow


async def start_hint(workflow: Workflow, job_id: str, leg: int) -> None:
    """Ask for a leg to be started; what was accepted stays accepted if that fails."""
    with suppress(OmniGenError):
        await workflow.start(job_id, leg)


async def wake_hint(workflow: Workflow, job_id: str) -> None:
    """Ask a living leg to look at once."""
    with suppress(OmniGenError):
        await workflow.wake(job_id)
