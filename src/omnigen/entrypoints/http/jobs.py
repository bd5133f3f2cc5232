"""Routes of jobs: submit, list, show, cancel, delete, restore, and the address of the video."""

from typing import Annotated

from litestar import Response, delete, get, post
from litestar.params import FromPath, JSONBody, QueryParameter
from litestar.response import Redirect

from omnigen.domain.idempotency import check_key
from omnigen.domain.job import JobStatus
from omnigen.entrypoints.http.accepting import BODY_ERRORS, IdempotencyKey, SignedIn, accepted_answer
from omnigen.entrypoints.http.facade import AppDep
from omnigen.entrypoints.http.requests import JobRequest
from omnigen.entrypoints.http.responses import guarded
from omnigen.entrypoints.http.views import JobPage, JobView, renderer


@post("/jobs", status_code=202, opt={"spends": True}, responses=guarded(*BODY_ERRORS), tags=["jobs"])
async def submit_job(
    data: JSONBody[JobRequest], request: SignedIn, app: AppDep, key: IdempotencyKey = None
) -> Response[JobView]:
    """Have a video made of a brief or a storyboard."""
    brief, storyboard = data.wish(app.catalogue, app.frame_rate)
    accepted = await app.submit_job(
        request.user,
        brief=brief,
        storyboard=storyboard,
        max_cost=data.limit(),
        key=key if key is None else check_key(key),
        render=renderer(app.frame_rate),
    )
    return accepted_answer(accepted)


@get("/jobs", responses=guarded(), tags=["jobs"])
async def list_jobs(
    request: SignedIn,
    app: AppDep,
    limit: Annotated[int, QueryParameter(ge=1, le=100, description="Jobs on a page.")] = 20,
    cursor: Annotated[str | None, QueryParameter(max_length=512, description="From the page before.")] = None,
    status: Annotated[JobStatus | None, QueryParameter(description="Only jobs with this status.")] = None,
) -> JobPage:
    """Your jobs, newest first; each job that was accepted before is among them."""
    page = await app.list_jobs(request.user, limit=limit, cursor=cursor, status=status)
    return JobPage(jobs=[JobView.of(detail, app.frame_rate) for detail in page.jobs], cursor=page.cursor)


@get("/jobs/{job_id:str}", responses=guarded(404), tags=["jobs"])
async def get_job(
    job_id: FromPath[str],
    request: SignedIn,
    app: AppDep,
    revision: Annotated[
        int | None,
        QueryParameter(ge=1, description="An earlier revision, as it ended; the latest if missing."),
    ] = None,
) -> JobView:
    """A job: how far it is, its scenes and takes, what it costs, and the video once it is there."""
    return JobView.of(await app.get_job(request.user, job_id, revision=revision), app.frame_rate)


@get("/jobs/{job_id:str}/video", status_code=302, responses=guarded(404, 409), tags=["jobs"])
async def get_video(
    job_id: FromPath[str],
    request: SignedIn,
    app: AppDep,
    download: Annotated[
        bool, QueryParameter(description="Have browsers save it instead of playing it.")
    ] = False,
) -> Redirect:
    """Leads to the video: a signed address, for a short while."""
    address = await app.video_url(request.user, job_id, download=download)
    return Redirect(address, status_code=302, headers={"Cache-Control": "no-store"})


@post("/jobs/{job_id:str}/cancel", status_code=202, responses=guarded(404, 409), tags=["jobs"])
async def cancel_job(job_id: FromPath[str], request: SignedIn, app: AppDep) -> JobView:
    """Have a job stopped. What has been spent by then stays spent; the rest is given back."""
    return JobView.of(await app.cancel_job(request.user, job_id), app.frame_rate)


@delete("/jobs/{job_id:str}", responses=guarded(404, 409), tags=["jobs"])
async def delete_job(job_id: FromPath[str], request: SignedIn, app: AppDep) -> None:
    """Hide a job at once and have it purged, with its files, after a day."""
    await app.delete_job(request.user, job_id)


@post("/jobs/{job_id:str}/restore", status_code=200, responses=guarded(404, 409), tags=["jobs"])
async def restore_job(job_id: FromPath[str], request: SignedIn, app: AppDep) -> JobView:
    """Bring a deleted job back."""
    return JobView.of(await app.restore_job(request.user, job_id), app.frame_rate)


HANDLERS = [submit_job, list_jobs, get_job, get_video, cancel_job, delete_job, restore_job]
