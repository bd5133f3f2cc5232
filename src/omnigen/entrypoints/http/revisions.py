"""Routes that make the next revision of a job that has ended: retry, edit, regenerate."""

from typing import Annotated, Any

from litestar import Response, patch, post
from litestar.openapi.datastructures import ResponseSpec
from litestar.params import FromPath, JSONBody, QueryParameter

from omnigen.domain.editing import Edit
from omnigen.domain.storyboard import Storyboard
from omnigen.entrypoints.http.accepting import (
    BODY_ERRORS,
    KEYED,
    IdempotencyKey,
    SignedIn,
    accepted_answer,
    required,
)
from omnigen.entrypoints.http.edits import RegenerateRequest, RetryRequest, StoryboardEdit
from omnigen.entrypoints.http.facade import AppDep
from omnigen.entrypoints.http.forecasts import ForecastView
from omnigen.entrypoints.http.requests import fields_of_body
from omnigen.entrypoints.http.responses import guarded
from omnigen.entrypoints.http.views import JobView, renderer

_SPENDS = {"spends": True}
_KEYED = {**_SPENDS, KEYED: True}


@post(
    "/jobs/{job_id:str}/retry",
    status_code=202,
    opt=_KEYED,
    responses=guarded(404, 409, *BODY_ERRORS),
    tags=["jobs"],
)
async def retry_job(
    job_id: FromPath[str],
    request: SignedIn,
    app: AppDep,
    key: IdempotencyKey = None,
    data: JSONBody[RetryRequest | None] = None,
) -> Response[JobView]:
    """Try a failed job again, as its next revision; finished takes are kept. Needs an Idempotency-Key."""
    accepted = await app.retry_job(
        request.user,
        job_id,
        key=required(key, "a retry"),
        max_cost=data.limit() if data else None,
        placeholders=data.placeholders if data else False,
        render=renderer(app.frame_rate),
    )
    return accepted_answer(accepted)


@patch(
    "/jobs/{job_id:str}/storyboard",
    status_code=202,
    opt={**_SPENDS, "rehearses": True},
    responses={
        200: ResponseSpec(ForecastView, description="With `dry_run`: what it would come to.", generate_examples=False),
        **guarded(404, 409, *BODY_ERRORS),
    },
    tags=["jobs"],
)  # fmt: skip
async def edit_storyboard(
    job_id: FromPath[str],
    data: JSONBody[StoryboardEdit],
    request: SignedIn,
    app: AppDep,
    key: IdempotencyKey = None,
    dry_run: Annotated[
        bool,
        QueryParameter(description="Only say what would be made anew, and its price; nothing is stored."),
    ] = False,
) -> Response[Any]:
    """Change the storyboard of a job that has ended, as its next revision.

    What is left out stays as it is. `scenes`, where it is given, is the whole new list in order; each scene says
    `from` which present one it is, and keeps what it doesn't mention: its prompt, its seed and so its clip, even
    where it moves, or comes twice. A scene without `from` is a new one. Only what has changed is generated,
    rendered and paid for. Needs an Idempotency-Key, unless it is a dry run.
    """

    def change(before: Storyboard) -> Edit:
        return data.edit(before, app.catalogue, app.frame_rate)

    with fields_of_body("storyboard"):
        if dry_run:
            promised = await app.edit_storyboard.foretell(request.user, job_id, change, max_cost=data.limit())
            return Response(ForecastView.of(promised, app.frame_rate), status_code=200)
        accepted = await app.edit_storyboard(
            request.user,
            job_id,
            change,
            body=data,
            key=required(key, "an edit"),
            max_cost=data.limit(),
            render=renderer(app.frame_rate),
        )
    return accepted_answer(accepted)


@post(
    "/jobs/{job_id:str}/scenes/{number:int}/regenerate",
    status_code=202,
    opt=_KEYED,
    responses=guarded(404, 409, *BODY_ERRORS),
    tags=["jobs"],
)
async def regenerate_scene(
    job_id: FromPath[str],
    number: FromPath[int],
    request: SignedIn,
    app: AppDep,
    key: IdempotencyKey = None,
    data: JSONBody[RegenerateRequest | None] = None,
) -> Response[JobView]:
    """Have another take of a scene made, or choose an earlier one again, as the job's next revision.

    A take that is there costs nothing. All takes stay with their scene. Needs an Idempotency-Key.
    """
    wish = data or RegenerateRequest()
    with fields_of_body(f"storyboard.scenes[{number}]"):
        accepted = await app.regenerate_scene(
            request.user,
            job_id,
            number,
            key=required(key, "another take"),
            seed=wish.seed,
            take=wish.take,
            max_cost=wish.limit(),
            render=renderer(app.frame_rate),
        )
    return accepted_answer(accepted)


HANDLERS = [retry_job, edit_storyboard, regenerate_scene]
