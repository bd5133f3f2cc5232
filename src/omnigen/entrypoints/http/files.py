"""Routes of the files beside a video."""

from typing import Annotated

from litestar import get
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from omnigen.entrypoints.http.accepting import SignedIn
from omnigen.entrypoints.http.facade import AppDep
from omnigen.entrypoints.http.file_views import ExportedFileView, ExportView
from omnigen.entrypoints.http.responses import guarded


@get("/jobs/{job_id:str}/files/{kind:str}", status_code=302, responses=guarded(404, 409), tags=["jobs"])
async def get_file(
    job_id: FromPath[str],
    kind: FromPath[str],
    request: SignedIn,
    app: AppDep,
    download: Annotated[
        bool, QueryParameter(description="Have browsers save it instead of showing it.")
    ] = False,
) -> Redirect:
    """Leads to a file beside the video, by one of the kinds in `video.files`: a signed address, for a short while."""
    address = await app.file_url(request.user, job_id, kind, download=download)
    return Redirect(address, status_code=302, headers={"Cache-Control": "no-store"})


@get("/jobs/{job_id:str}/export", responses=guarded(404, 409), tags=["jobs"])
async def export_job(job_id: FromPath[str], request: SignedIn, app: AppDep) -> ExportView:
    """The video as its parts, for an editing program: an OpenTimelineIO timeline, clips, narration, music."""
    found = await app.export_job(request.user, job_id)
    return ExportView(files=[ExportedFileView.of(file) for file in found])


HANDLERS = [get_file, export_job]
