"""One job, as its owner sees it, with links to what there is already."""

from collections.abc import Iterable

from attrs import evolve, frozen

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import NotFound
from omnigen.domain.job import Job, SceneState
from omnigen.domain.take import StoredFile, Take
from omnigen.ports.assets import Assets
from omnigen.ports.identity import Caller
from omnigen.ports.jobs import Jobs
from omnigen.ports.takes import Takes
from omnigen.usecases.job_detail import JobDetail
from omnigen.usecases.policy import Policy


@frozen(kw_only=True)
class GetJob:
    """Read a job with its storyboard, scenes and takes."""

    jobs: Jobs
    takes: Takes
    assets: Assets
    policy: Policy

    async def __call__(self, caller: Caller, job_id: str, *, revision: int | None = None) -> JobDetail:
        """The job, as one of its revisions has it. Raises NotFound for what is absent, foreign or deleted."""
        job = await self.jobs.get(job_id, owner=caller.id)
        if job.deleted_at is not None:
            raise NotFound(f"there is no job {job_id[:60]}")
        return await self.detail(job if revision is None else await self._as_of(job, revision))

    async def _as_of(self, job: Job, number: int) -> Job:
        """The job as it was when a revision was its latest."""
        if number == job.revision.number:
            return job
        found = next((r for r in await self.jobs.revisions(job.id) if r.number == number), None)
        if found is None:
            raise NotFound(f"job {job.id} has no revision {number}; 1 to {job.revision.number} are there")
        board = await self.jobs.storyboard(job.id, number)
        named = ("title", "aspect_ratio", "resolution", "model")
        return evolve(job, revision=found, **({n: getattr(board, n) for n in named} if board else {}))

    async def detail(self, job: Job) -> JobDetail:
        """The same for a job that has been read already."""
        number = job.revision.number
        scenes, takes = await self.jobs.scenes(job.id, number), await self.takes.of_job(job.id)
        return JobDetail(
            job=job,
            storyboard=await self.jobs.storyboard(job.id, number),
            scenes=scenes,
            takes=tuple(takes),
            links=await links_to(self.assets, _files(job, scenes, takes), self.policy),
        )


def _files(job: Job, scenes: Iterable[SceneState], takes: Iterable[Take]) -> Iterable[StoredFile | None]:
    yield from (scene.clip for scene in scenes)
    # Those that aren't in use can be looked at too, and chosen again.
    yield from (take.file for take in takes if take.kind in (TakeKind.VIDEO, TakeKind.STILL))
    if (video := job.revision.video) is not None:
        yield from (video.file, *(sidecar.file for sidecar in video.beside))


async def links_to(assets: Assets, files: Iterable[StoredFile | None], policy: Policy) -> dict[str, str]:
    """A signed address for each file that is there."""
    keys = (file.key for file in files if file is not None)
    return {key: await assets.read_url(key, expires_in=policy.link) for key in keys}
