"""Everything there is to show of one job: the job, its storyboard, its scenes and takes, and links to its files."""

from collections.abc import Mapping

from attrs import field, frozen

from omnigen.domain.job import Job, SceneState
from omnigen.domain.storyboard import Storyboard
from omnigen.domain.take import Take


@frozen(kw_only=True)
class JobDetail:
    """A job as its owner sees it."""

    job: Job
    storyboard: Storyboard | None
    """None while a paid planner has still to write it."""
    scenes: tuple[SceneState, ...] = ()
    takes: tuple[Take, ...] = ()
    links: Mapping[str, str] = field(factory=dict)
    """Signed addresses of stored files, by key."""

    @property
    def progress(self) -> float:
        """How far the latest revision has come, 0 to 1: the scenes are nine tenths of the way."""
        if self.job.revision.video is not None:
            return 1.0
        scenes = sum(s.progress for s in self.scenes) / len(self.scenes) if self.scenes else 0.0
        return round(0.9 * scenes + 0.09 * self.job.revision.progress, 4)


@frozen(kw_only=True)
class Accepted:
    """A submission that has been taken in, now or earlier under the same key."""

    job_id: str
    revision: int
    response: bytes
    """The rendered answer; for a repeated request the original one, to the letter."""
    replayed: bool
