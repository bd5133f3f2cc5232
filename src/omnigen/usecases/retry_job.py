"""The next revision of a job that failed or was cancelled: what was finished is kept, the rest is made anew."""

import hashlib

from attrs import evolve, frozen

from omnigen.domain.catalogue import Catalogue, Micros, TakeKind
from omnigen.domain.errors import Conflict, NotFound
from omnigen.domain.idempotency import request_fingerprint
from omnigen.domain.job import Job, JobStatus, Reason, Revision, SceneState, SceneStatus
from omnigen.domain.pricing import Estimate, EstimateLine, estimate
from omnigen.domain.quota import QUOTAS, Reservation, period_of
from omnigen.domain.storyboard import MAX_SEED, Scene, Storyboard
from omnigen.domain.take import Take, TakeStatus
from omnigen.ports.clock import Clock
from omnigen.ports.identity import Caller
from omnigen.ports.jobs import Acceptance, Jobs
from omnigen.ports.takes import Takes
from omnigen.ports.workflow import Workflow
from omnigen.usecases.job_detail import Accepted, JobDetail
from omnigen.usecases.policy import Policy
from omnigen.usecases.submit_job import Render, accept, check_cost, recall, record_of, repeated


@frozen(kw_only=True)
class RetryJob:
    """Begin the next revision of a job that has ended badly. It takes no video from the quota."""

    jobs: Jobs
    takes: Takes
    workflow: Workflow
    catalogue: Catalogue
    clock: Clock
    policy: Policy

    async def __call__(
        self, caller: Caller, job_id: str, *, render: Render, key: str, max_cost: Micros | None = None
    ) -> Accepted:
        """The new revision. Raises NotFound, Conflict, QuotaExceeded, Invalid, KeyReused, Transient."""
        asked = request_fingerprint("retry", job_id, max_cost)
        if known := await recall(self.jobs, caller, key, asked, self.clock):
            return known
        job = await self.jobs.get(job_id, owner=caller.id)
        self._check(job, job_id)
        storyboard = await self._storyboard(job)
        priced = await self._price(job, storyboard)
        check_cost(priced, max_cost)
        again = self._next(job, caller, priced)
        scenes = (
            SceneState.of(job.id, again.revision.number, storyboard, again.updated_at) if storyboard else ()
        )
        response = render(JobDetail(job=again, storyboard=storyboard, scenes=scenes))
        acceptance = Acceptance(
            job=again,
            storyboard=storyboard,
            scenes=scenes,
            quota=QUOTAS[caller.tier],
            record=record_of(caller, key, asked, again, response),
        )
        try:
            return await accept(self.jobs, self.workflow, acceptance, response)
        except Conflict:
            # The same request at the same moment may have been the quicker one.
            if record := await self.jobs.recall(caller.id, key, at=self.clock.now()):
                return repeated(record, asked)
            raise

    @staticmethod
    def _check(job: Job, job_id: str) -> None:
        if job.deleted_at is not None:
            raise NotFound(f"there is no job {job_id[:60]}")
        if job.status not in (JobStatus.FAILED, JobStatus.CANCELLED):
            raise Conflict(
                f"job {job.id} is {job.status}; one that failed or was cancelled can be tried again",
                code=f"job_{job.status}",
            )

    async def _storyboard(self, job: Job) -> Storyboard | None:
        """The same plan, with another seed where the same one would bring the same bad clip again."""
        storyboard = await self.jobs.storyboard(job.id, job.revision.number)
        if storyboard is None:
            return None
        states = await self.jobs.scenes(job.id, job.revision.number)
        spoilt = {s.number for s in states if s.status is SceneStatus.REJECTED}
        number = job.revision.number + 1
        scenes = (_reseeded(s, number) if s.number in spoilt else s for s in storyboard.scenes)
        return evolve(storyboard, scenes=tuple(scenes))

    async def _price(self, job: Job, storyboard: Storyboard | None) -> Estimate:
        """What is still to be paid: lines whose take is stored already cost nothing."""
        if storyboard is None:
            return job.revision.estimate
        whole = estimate(storyboard, self.catalogue, rate=self.policy.frame_rate)
        stored = [t for t in await self.takes.of_job(job.id) if t.status is TakeStatus.STORED]
        lines = tuple(line for line in whole.lines if not self._kept(line, storyboard, stored))
        return Estimate.of(lines, paid_seconds=whole.paid_seconds, used_seconds=whole.used_seconds)

    def _kept(self, line: EstimateLine, storyboard: Storyboard, stored: list[Take]) -> bool:
        """Whether a stored take is what this line would pay for. When in doubt it is held for, and not spent."""
        version = self.catalogue.find(line.model, line.kind).version
        wanted = (line.kind, line.model, version, _asked(line, storyboard))
        seed = storyboard.scene(line.scene).seed if line.scene is not None else None
        return any(
            (t.kind, t.model, t.model_version, t.prompt) == wanted
            and t.seed in (None, seed)
            and (line.kind is not TakeKind.VIDEO or self._long_enough(t, line, storyboard))
            for t in stored
        )

    def _long_enough(self, take: Take, line: EstimateLine, storyboard: Storyboard) -> bool:
        """Narration may have lengthened the scene; without it the clip has the very length that is asked for."""
        assert line.scene is not None
        scene = storyboard.scene(line.scene)
        model = self.catalogue.find(line.model, line.kind)
        planned = model.clip_seconds(scene.frames, self.policy.frame_rate)
        return take.seconds == planned or (scene.narration is not None and take.seconds > planned)

    def _next(self, job: Job, caller: Caller, priced: Estimate) -> Job:
        at = self.clock.now()
        revision = Revision(
            number=job.revision.number + 1,
            reason=Reason.RETRY,
            brief=job.revision.brief,
            estimate=priced,
            reservation=Reservation(owner=caller.id, period=period_of(at), videos=0, amount=priced.at_most),
            deadline=at + self.policy.job_deadline,
            created_at=at,
        )
        return evolve(job.next_revision(revision, at=at), tier=caller.tier)


def _reseeded(scene: Scene, revision: int) -> Scene:
    digest = hashlib.sha256(f"{scene.seed}:{revision}".encode()).digest()
    return evolve(scene, seed=int.from_bytes(digest[:4]) % (MAX_SEED + 1))


def _asked(line: EstimateLine, storyboard: Storyboard) -> str | None:
    """The words that a line's take is asked for with."""
    if line.scene is None:
        return storyboard.soundtrack.music
    scene = storyboard.scene(line.scene)
    return scene.narration if line.kind is TakeKind.SPEECH else scene.prompt
