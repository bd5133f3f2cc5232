"""The render plan, as its owner may see it: of a job, or of a wish that nobody has paid for."""

from attrs import frozen

from omnigen.domain.catalogue import Catalogue
from omnigen.domain.errors import NotFound
from omnigen.domain.sketch import foreseen
from omnigen.domain.storyboard import Brief, Storyboard
from omnigen.ports.identity import Caller
from omnigen.ports.jobs import Jobs
from omnigen.ports.render_planner import RenderPlan, RenderPlanner
from omnigen.usecases.draft_storyboard import DraftStoryboard
from omnigen.usecases.policy import Policy
from omnigen.usecases.sketching import longest_clip


@frozen(kw_only=True)
class ShowPlan:
    """How something would be rendered, and what of it has been. Spends nothing, stores nothing."""

    jobs: Jobs
    catalogue: Catalogue
    draft_storyboard: DraftStoryboard
    planner: RenderPlanner
    policy: Policy

    async def of_job(self, caller: Caller, job_id: str) -> RenderPlan:
        """Of its latest revision. Raises NotFound; Conflict while there is no storyboard; Transient."""
        job = await self.jobs.get(job_id, owner=caller.id)
        if job.deleted_at is not None:
            raise NotFound(f"there is no job {job_id[:60]}")
        return await self.planner.of_job(job.id)

    async def of_wish(self, caller: Caller, wish: Brief | Storyboard) -> RenderPlan:  # noqa: ARG002  every use case knows its caller
        """Of what would be made of it, as far as that can be foreseen."""
        storyboard = self.draft_storyboard.draft(wish).storyboard if isinstance(wish, Brief) else wish
        rate = self.policy.frame_rate
        longest = longest_clip(self.catalogue, storyboard, rate)
        return await self.planner.of_storyboard(foreseen(storyboard, rate=rate, longest=longest))
