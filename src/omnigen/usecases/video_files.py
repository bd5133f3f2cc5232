"""The files beside a finished video, and those that it was cut from, each behind a signed address for a short while."""

from attrs import frozen

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Conflict, NotFound
from omnigen.domain.job import SIDECAR_NAMES, Job, Sidecar, SidecarKind, Video
from omnigen.domain.take import StoredFile
from omnigen.ports.assets import Assets
from omnigen.ports.identity import Caller
from omnigen.ports.jobs import Jobs
from omnigen.ports.takes import Takes
from omnigen.usecases.cut_list import cut_list
from omnigen.usecases.cutting import Cutting
from omnigen.usecases.policy import Policy


def video_of(job: Job) -> Video:
    """The finished video. Raises NotFound for a deleted job, Conflict where there is none (yet)."""
    if job.deleted_at is not None:
        raise NotFound(f"there is no job {job.id[:60]}")
    video = job.revision.video
    if video is None or not job.ended:
        raise Conflict(f"job {job.id} is {job.status}; it has no video", code=f"job_{job.status}")
    return video


@frozen(kw_only=True)
class FileUrl:
    """A signed address of one of the files beside a video."""

    jobs: Jobs
    assets: Assets
    policy: Policy

    async def __call__(self, caller: Caller, job_id: str, kind: str, *, download: bool = False) -> str:
        """The address. Raises NotFound (`video_expired` once storage has let go of it), Conflict."""
        found = self._found(video_of(await self.jobs.get(job_id, owner=caller.id)), kind)
        if await self.assets.head(found.file.key) is None:
            raise NotFound(f"{found.name} is no longer kept", code="video_expired")
        name = found.name if download else None
        return await self.assets.read_url(found.file.key, expires_in=self.policy.link, download_as=name)

    def _found(self, video: Video, kind: str) -> Sidecar:
        for sidecar in video.beside:
            if sidecar.kind == kind:
                return sidecar
        there = ", ".join(sidecar.kind for sidecar in video.beside)
        raise NotFound(f"there is no {kind[:40]!r} beside this video; there are {there}", code="file_absent")


@frozen(kw_only=True)
class ExportedFile:
    """A file for an editor's folder: where it lies in there, and where it can be read from."""

    name: str
    file: StoredFile
    url: str


@frozen(kw_only=True)
class ExportJob:
    """Everything that an editing program needs to open a video as its parts."""

    jobs: Jobs
    takes: Takes
    assets: Assets
    policy: Policy

    async def __call__(self, caller: Caller, job_id: str) -> tuple[ExportedFile, ...]:
        """The timeline, and all media that it names. Raises NotFound, also where one is no longer kept; Conflict."""
        job = await self.jobs.get(job_id, owner=caller.id)
        video = video_of(job)
        timeline = next((s for s in video.sidecars if s.kind is SidecarKind.TIMELINE_OTIO), None)
        if timeline is None:
            name = SIDECAR_NAMES[SidecarKind.TIMELINE_OTIO]
            raise NotFound(f"there is no {name} beside this video", code="file_absent")
        cutting = await Cutting.read(self.jobs, job, video.rate)
        media = cut_list(cutting, await self._music(cutting)).media
        named = {timeline.name: timeline.file, **{one.name: one.file for one in media}}
        return tuple([await self._file(name, file) for name, file in named.items()])

    async def _music(self, cutting: Cutting) -> StoredFile | None:
        """The music that was made for what the storyboard asks for."""
        asked = cutting.storyboard.soundtrack.music
        made = (
            t.file for t in await self.takes.of_job(cutting.job.id)
            if t.kind is TakeKind.MUSIC and t.prompt == asked and t.revision <= cutting.job.revision.number
        )  # fmt: skip
        return next((file for file in made if file is not None), None)

    async def _file(self, name: str, file: StoredFile) -> ExportedFile:
        if await self.assets.head(file.key) is None:
            raise NotFound(f"{name} is no longer kept", code="video_expired")
        url = await self.assets.read_url(file.key, expires_in=self.policy.link)
        return ExportedFile(name=name, file=file, url=url)
