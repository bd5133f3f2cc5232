"""What drives a job from queued to its end, leg after leg."""

from typing import Protocol


class Workflow(Protocol):
    """Starts legs and shortens their waits. Both are hints: the sweeper makes up for any that is lost."""

    async def start(self, job_id: str, leg: int) -> None:
        """Start leg number `leg`; it ends at once if another was claimed before. Raises Transient."""
        ...

    async def wake(self, job_id: str) -> None:
        """Have the living leg look at once instead of at its next poll."""
        ...
