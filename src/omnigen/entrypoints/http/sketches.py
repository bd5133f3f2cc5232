"""Sketches: the animatic of a storyboard, and the preview of a job. Both are free."""

from typing import Annotated

from litestar import post
from litestar.params import FromPath, JSONBody
from msgspec import Meta

from omnigen.domain.timeline import seconds_of
from omnigen.entrypoints.http.accepting import SignedIn
from omnigen.entrypoints.http.facade import AppDep
from omnigen.entrypoints.http.requests import WishRequest
from omnigen.entrypoints.http.responses import guarded
from omnigen.entrypoints.http.wire import View
from omnigen.usecases.sketching import Drawn


class SketchView(View, frozen=True):
    """A small silent video, drawn quickly."""

    url: Annotated[str, Meta(description="Signed, for a short while; the file is kept for a day.")]
    duration: Annotated[float, Meta(description="Seconds.")]
    frames: int
    width: int
    height: int
    sha256: str
    size: Annotated[int, Meta(description="Bytes.")]

    @classmethod
    def of(cls, drawn: Drawn) -> "SketchView":
        """A sketch as it is shown."""
        return cls(
            url=drawn.url,
            duration=seconds_of(drawn.frames, drawn.rate),
            frames=drawn.frames,
            width=drawn.width,
            height=drawn.height,
            sha256=drawn.file.sha256,
            size=drawn.file.size,
        )


@post("/storyboards/animatic", status_code=200, responses=guarded(400, 413, 415, 503), tags=["storyboards"])
async def draw_animatic(data: JSONBody[WishRequest], request: SignedIn, app: AppDep) -> SketchView:
    """Show a brief or a storyboard as timed cards, with its transitions and captions. Spends nothing."""
    brief, storyboard = data.wish(app.catalogue, app.frame_rate)
    wish = brief or storyboard
    assert wish is not None, "a wish has one of the two"
    return SketchView.of(await app.draw_animatic(request.user, wish))


@post("/jobs/{job_id:str}/preview", status_code=200, responses=guarded(404, 409, 503), tags=["jobs"])
async def preview_job(job_id: FromPath[str], request: SignedIn, app: AppDep) -> SketchView:
    """Show a job as far as it has come: its clips where they are there, cards where they aren't. Spends nothing."""
    return SketchView.of(await app.preview_job(request.user, job_id))


HANDLERS = [draw_animatic, preview_job]
