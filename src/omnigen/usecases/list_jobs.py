"""Own jobs, newest first, a page at a time."""

from attrs import frozen

from omnigen.domain.job import Job, JobStatus
from omnigen.ports.assets import Assets
from omnigen.ports.identity import Caller
from omnigen.ports.jobs import Jobs
from omnigen.together import together
from omnigen.usecases.get_job import links_to
from omnigen.usecases.job_detail import JobDetail
from omnigen.usecases.policy import Policy


@frozen(kw_only=True)
class JobList:
    """A page of jobs, without takes; `cursor` leads on, None at the end."""

    jobs: tuple[JobDetail, ...]
    cursor: str | None


@frozen(kw_only=True)
class ListJobs:
    """List the caller's jobs."""

    jobs: Jobs
    assets: Assets
    policy: Policy

    async def __call__(
        self,
        caller: Caller,
        *,
        limit: int = 20,
        cursor: str | None = None,
        status: JobStatus | None = None,
    ) -> JobList:
        """A page. Raises Invalid for a cursor that is malformed or another owner's."""
        page = await self.jobs.list(caller.id, limit=limit, cursor=cursor, status=status)
        return JobList(jobs=tuple(await together(*map(self._detail, page.jobs))), cursor=page.cursor)

    async def _detail(self, job: Job) -> JobDetail:
        video = job.revision.video
        # With its prompts: whoever looks for a video remembers what was in it rather than its name.
        storyboard = await self.jobs.storyboard(job.id, job.revision.number)
        # Scenes tell the progress of a job on its way; one that has ended needs none.
        scenes = () if job.ended else await self.jobs.scenes(job.id, job.revision.number)
        links = await links_to(self.assets, (video.poster, video.file) if video else (), self.policy)
        return JobDetail(job=job, storyboard=storyboard, scenes=scenes, links=links)
