"""What users see before there is a video: the animatic of a storyboard, and the preview of a job. Both are free."""

import hashlib
from collections.abc import Mapping
from typing import Final

from attrs import frozen

from omnigen.domain.catalogue import Catalogue
from omnigen.domain.errors import Conflict, NotFound
from omnigen.domain.job import SceneState, SceneStatus
from omnigen.domain.sketch import Sketch, Standing, sketched
from omnigen.domain.storyboard import Brief, Storyboard
from omnigen.domain.take import StoredFile
from omnigen.ports.assets import Assets
from omnigen.ports.identity import Caller
from omnigen.ports.jobs import Jobs
from omnigen.ports.sketcher import ANIMATICS, PREVIEWS, Sketcher
from omnigen.usecases.draft_storyboard import DraftStoryboard
from omnigen.usecases.policy import Policy

_LABELS: Final[Mapping[SceneStatus, str]] = {
    SceneStatus.PENDING: "Not filmed yet",
    SceneStatus.GENERATING: "Being filmed",
    SceneStatus.STORED: "Filmed; the clip is being looked into",
    SceneStatus.REJECTED: "The clip can't be used",
    SceneStatus.FAILED: "Could not be filmed",
    SceneStatus.CANCELLED: "Cancelled",
}


@frozen(kw_only=True)
class Drawn:
    """A sketch that can be looked at."""

    file: StoredFile
    url: str
    frames: int
    rate: int
    width: int
    height: int


@frozen(kw_only=True)
class DrawAnimatic:
    """The storyboard as timed cards with its transitions, and captions of what will be said. Spends nothing."""

    catalogue: Catalogue
    draft_storyboard: DraftStoryboard
    sketcher: Sketcher
    assets: Assets
    policy: Policy

    async def __call__(self, caller: Caller, wish: Brief | Storyboard) -> Drawn:
        """Draw it, or find it. Raises Invalid where the brief can't be planned, Transient where many are drawn."""
        storyboard = self.draft_storyboard.draft(wish).storyboard if isinstance(wish, Brief) else wish
        rate = self.policy.frame_rate
        sketch = sketched(storyboard, rate=rate, longest=longest_clip(self.catalogue, storyboard, rate))
        owner = hashlib.sha256(caller.id.encode()).hexdigest()[:32]
        return await drawn(self.sketcher, self.assets, self.policy, sketch, f"{ANIMATICS}{owner}")


@frozen(kw_only=True)
class PreviewJob:
    """A job as far as it has come: its clips where they are there, and cards where they aren't."""

    jobs: Jobs
    catalogue: Catalogue
    sketcher: Sketcher
    assets: Assets
    policy: Policy

    async def __call__(self, caller: Caller, job_id: str) -> Drawn:
        """Draw it, or find it. Raises NotFound; Conflict while there is no storyboard; Transient."""
        job = await self.jobs.get(job_id, owner=caller.id)
        if job.deleted_at is not None:
            raise NotFound(f"there is no job {job_id[:60]}")
        number, rate = job.revision.number, self.policy.frame_rate
        storyboard = await self.jobs.storyboard(job.id, number)
        if storyboard is None:
            raise Conflict(
                f"job {job.id} is {job.status}; its storyboard is not planned yet", code="not_planned"
            )
        states = await self.jobs.scenes(job.id, number)
        sketch = sketched(
            storyboard.stretched(state.frames for state in states),
            rate=rate,
            longest=longest_clip(self.catalogue, storyboard, rate),
            standings={state.number: standing(state) for state in states},
        )
        return await drawn(self.sketcher, self.assets, self.policy, sketch, f"{PREVIEWS}{job.id}")


def standing(state: SceneState) -> Standing:
    """What can be seen of a scene. A clip that nobody has looked into is as if it weren't there."""
    speech = state.speech.seconds if state.speech is not None else None
    if state.status is SceneStatus.READY and state.clip is not None:
        return Standing(clip=state.clip, speech=speech)
    return Standing(label=_LABELS.get(state.status), speech=speech)


def longest_clip(catalogue: Catalogue, storyboard: Storyboard, rate: int) -> int:
    """Frames of the longest clip that the storyboard's model makes."""
    return int(catalogue.footage(storyboard.model).longest * rate)


async def drawn(sketcher: Sketcher, assets: Assets, policy: Policy, sketch: Sketch, folder: str) -> Drawn:
    """Have it drawn, with an address to look at it."""
    file = await sketcher(sketch, folder)
    return Drawn(
        file=file,
        url=await assets.read_url(file.key, expires_in=policy.link),
        frames=sketch.frames,
        rate=sketch.canvas.rate,
        width=sketch.canvas.width,
        height=sketch.canvas.height,
    )
