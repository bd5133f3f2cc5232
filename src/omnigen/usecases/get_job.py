"""One job, as its owner sees it, with links to what there is already."""

from collections.abc import Iterable

from attrs import frozen

from omnigen.domain.errors import NotFound
from omnigen.domain.job import Job, SceneState
from omnigen.domain.take import StoredFile
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

    async def __call__(self, caller: Caller, job_id: str) -> JobDetail:
        """The job. Raises NotFound for one that is absent, foreign or deleted."""
        job = await self.jobs.get(job_id, owner=caller.id)
        if job.deleted_at is not None:
            raise NotFound(f"there is no job {job_id[:60]}")
        return await self.detail(job)

    async def detail(self, job: Job) -> JobDetail:
        """The same for a job that has been read already."""
        number = job.revision.number
        scenes = await self.jobs.scenes(job.id, number)
        return JobDetail(
            job=job,
            storyboard=await self.jobs.storyboard(job.id, number),
            scenes=scenes,
            takes=tuple(await self.takes.of_job(job.id)),
            links=await links_to(self.assets, _files(job, scenes), self.policy),
        )


def _files(job: Job, scenes: tuple[SceneState, ...]) -> Iterable[StoredFile | None]:
    yield from (scene.clip for scene in scenes)
    if (video := job.revision.video) is not None:
        yield from (video.file, video.poster, video.captions)


async def links_to(assets: Assets, files: Iterable[StoredFile | None], policy: Policy) -> dict[str, str]:
    """A signed address for each file that is there."""
    keys = (file.key for file in files if file is not None)
    return {key: await assets.read_url(key, expires_in=policy.link) for key in keys}
