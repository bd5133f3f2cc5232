"""Where the finished video can be read from, for a short while."""

import re
from typing import Final

from attrs import frozen

from omnigen.domain.errors import NotFound
from omnigen.domain.job import Job
from omnigen.ports.assets import Assets
from omnigen.ports.identity import Caller
from omnigen.ports.jobs import Jobs
from omnigen.usecases.policy import Policy
from omnigen.usecases.video_files import video_of

_UNSAFE: Final = re.compile(r"[^A-Za-z0-9._-]+")


@frozen(kw_only=True)
class VideoUrl:
    """A signed address of the video."""

    jobs: Jobs
    assets: Assets
    policy: Policy

    async def __call__(self, caller: Caller, job_id: str, *, download: bool = False) -> str:
        """The address. Raises NotFound (with code `video_expired` once storage has let go of it), Conflict."""
        job = await self.jobs.get(job_id, owner=caller.id)
        video = video_of(job)
        if await self.assets.head(video.file.key) is None:
            raise NotFound("the video is no longer kept", code="video_expired")
        name = file_name(job) if download else None
        return await self.assets.read_url(video.file.key, expires_in=self.policy.link, download_as=name)


def file_name(job: Job) -> str:
    """A name for the downloaded file that every system accepts."""
    stem = _UNSAFE.sub("-", job.title).strip("-.")[:60] or "video"
    return f"{stem}.mp4"
