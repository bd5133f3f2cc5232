"""Another take of one scene, as the job's next revision; or an earlier one again, which costs nothing."""

from attrs import evolve, frozen

from omnigen.domain.catalogue import Micros
from omnigen.domain.editing import Edit, reseeded
from omnigen.domain.errors import Invalid
from omnigen.domain.idempotency import request_fingerprint
from omnigen.domain.job import Job, JobStatus, Reason
from omnigen.domain.storyboard import Storyboard
from omnigen.ports.identity import Caller
from omnigen.usecases.job_detail import Accepted
from omnigen.usecases.next_revision import Asked, NextRevision, differs, scene_at
from omnigen.usecases.submit_job import Render


@frozen(kw_only=True)
class RegenerateScene:
    """Begin the next revision of a job that has ended, with another clip for one of its scenes."""

    next_revision: NextRevision

    async def __call__(
        self,
        caller: Caller,
        job_id: str,
        number: int,
        *,
        render: Render,
        key: str,
        seed: int | None = None,
        take: str | None = None,
        max_cost: Micros | None = None,
    ) -> Accepted:
        """The new revision: with a seed (another one if none is given), or with a take that is there.

        Raises NotFound, Conflict, QuotaExceeded, Invalid, KeyReused, Transient.
        """
        mark = request_fingerprint("regenerate", job_id, number, seed, take, max_cost)
        asked = Asked(
            caller=caller, job_id=job_id, key=key, fingerprint=mark, render=render, max_cost=max_cost
        )
        if known := await self.next_revision.recall(asked):
            return known
        if seed is not None and take is not None:
            raise Invalid("seed and take are both given; a take has its seed already", field="take")
        job = await self.next_revision.ended(caller, job_id, verb="given another take")
        before = await self.next_revision.storyboard(job)
        edit = _edit(job, before, scene_at(before, number), seed, take)
        plan = await self.next_revision.plan(caller, job, before, edit)
        if job.status is JobStatus.SUCCEEDED and not differs(before, plan.edit.storyboard):
            same = f"take {take}" if take is not None else f"seed {seed}"
            raise Invalid(
                f"scene {number} has {same} already",
                code="nothing_changed",
                field="seed" if take is None else "take",
            )
        return await self.next_revision.begin(asked, job, plan.edit.storyboard, plan.price, Reason.REGENERATE)


def _edit(job: Job, before: Storyboard, number: int, seed: int | None, take: str | None) -> Edit:
    if take is not None:
        return evolve(Edit.same(before), chosen={number: take})
    scene = before.scene(number)
    fresh = reseeded(scene.seed, job.revision.number + 1) if seed is None else seed
    again = evolve(scene, seed=fresh, placeholder=False)
    scenes = tuple(again if s.number == number else s for s in before.scenes)
    return evolve(Edit.same(evolve(before, scenes=scenes)), chosen={number: None})
