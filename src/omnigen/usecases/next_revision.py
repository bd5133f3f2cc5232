"""What retry, edit and regenerate have in common: a job that has ended, what is still to be paid, the next revision."""

from collections.abc import Container, Iterable

from attrs import evolve, frozen

from omnigen.domain.catalogue import Catalogue, Micros, TakeKind
from omnigen.domain.editing import Edit, carried_on, without_spoilt
from omnigen.domain.errors import Conflict, NotFound
from omnigen.domain.feasibility import check_allowed, check_feasible
from omnigen.domain.job import Job, JobStatus, Reason, Revision, SceneState, SceneStatus
from omnigen.domain.pricing import Estimate
from omnigen.domain.quota import QUOTAS, Reservation, period_of
from omnigen.domain.storyboard import Storyboard
from omnigen.ports.clock import Clock
from omnigen.ports.identity import Caller
from omnigen.ports.jobs import Acceptance, Jobs
from omnigen.ports.takes import Takes
from omnigen.ports.workflow import Workflow
from omnigen.usecases.admit_upload import AdmitUpload
from omnigen.usecases.generate_music import music_wish
from omnigen.usecases.job_detail import Accepted, JobDetail
from omnigen.usecases.policy import Policy
from omnigen.usecases.prospects import (
    Outlook,
    SceneProspect,
    Stock,
    TakeProspect,
    scene_prospect,
    still_to_pay,
)
from omnigen.usecases.submit_job import Render, accept, check_cost, recall, record_of, repeated

ENDED = frozenset({JobStatus.SUCCEEDED, JobStatus.FAILED, JobStatus.CANCELLED})


@frozen(kw_only=True)
class Asked:
    """Who asks for what, so that the same request is answered alike."""

    caller: Caller
    job_id: str
    key: str
    fingerprint: str
    render: Render
    max_cost: Micros | None = None


@frozen(kw_only=True)
class Plan:
    """A next revision as it would be."""

    job: Job
    """As it stands now, its latest revision ended."""
    before: Storyboard
    states: tuple[SceneState, ...]
    """Of the scenes before."""
    edit: Edit
    stock: Stock
    scenes: tuple[SceneProspect, ...]
    music: TakeProspect | None
    price: Estimate


@frozen(kw_only=True)
class NextRevision:
    """Prices and begins the next revision of a job that has ended. It takes no video from the quota."""

    jobs: Jobs
    takes: Takes
    workflow: Workflow
    catalogue: Catalogue
    clock: Clock
    policy: Policy
    admit_upload: AdmitUpload

    async def recall(self, asked: Asked) -> Accepted | None:
        """The answer that the same request had before. Raises KeyReused."""
        return await recall(self.jobs, asked.caller, asked.key, asked.fingerprint, self.clock)

    async def ended(
        self, caller: Caller, job_id: str, *, among: Container[JobStatus] = ENDED, verb: str = "edited"
    ) -> Job:
        """The job, if it has ended in one of some ways. Raises NotFound, Conflict."""
        job = await self.jobs.get(job_id, owner=caller.id)
        if job.deleted_at is not None:
            raise NotFound(f"there is no job {job_id[:60]}")
        if job.status not in among:
            allowed = ", ".join(s.value for s in JobStatus if s in among)
            raise Conflict(
                f"job {job.id} is {job.status}; only one that is {allowed} can be {verb}",
                code=f"job_{job.status}",
            )
        return job

    async def storyboard(self, job: Job) -> Storyboard:
        """What its latest revision was made from. Raises Conflict where that was never planned."""
        board = await self.jobs.storyboard(job.id, job.revision.number)
        if board is None:
            raise Conflict(
                f"job {job.id} ended before it had a storyboard; it can only be tried again",
                code="no_storyboard",
            )
        return board

    async def plan(self, caller: Caller, job: Job, before: Storyboard, edit: Edit) -> Plan:
        """What an edit would come to. Raises Invalid, QuotaExceeded for one that can't be had."""
        number, rate = job.revision.number + 1, self.policy.frame_rate
        takes = await self.takes.of_job(job.id)
        states = await self.jobs.scenes(job.id, job.revision.number)
        spoilt = frozenset(s.number for s in states if s.status is SceneStatus.REJECTED)
        edit = without_spoilt(before, carried_on(before, edit, takes, rate=rate), spoilt, number)
        board = edit.storyboard
        check_feasible(board, self.catalogue.footage(board.model), rate=rate)
        check_allowed(board, QUOTAS[caller.tier], rate=rate)
        stock = Stock(
            takes=takes,
            revision=number,
            catalogue=self.catalogue,
            rate=rate,
            pictures=await self.admit_upload(caller.id, board, job.id),
        )
        scenes = tuple(scene_prospect(s, board, stock) for s in board.scenes)
        music = self._music(board, stock)
        price = still_to_pay(board, scenes, music, stock)
        return Plan(
            job=job, before=before, states=states, edit=edit, stock=stock, scenes=scenes, music=music, price=price
        )  # fmt: skip

    def _music(self, board: Storyboard, stock: Stock) -> TakeProspect | None:
        wish = music_wish(board, self.catalogue, self.policy)
        if wish is None:
            return None
        take = stock.standing(wish)
        outlook = Outlook.NEW if take is None else Outlook.KEPT
        return TakeProspect(kind=TakeKind.MUSIC, scene=None, outlook=outlook, take=take, wish=wish)

    async def begin(
        self, asked: Asked, job: Job, board: Storyboard | None, price: Estimate, reason: Reason
    ) -> Accepted:
        """Have the next revision accepted. Raises Invalid, Conflict, QuotaExceeded, KeyReused, Transient."""
        check_cost(price, asked.max_cost)
        if board is not None:
            await self.admit_upload.keep(asked.caller.id, board, job.id)
        again = self._next(job, asked.caller, price, reason)
        if board is not None:
            again = evolve(
                again,
                title=board.title,
                aspect_ratio=board.aspect_ratio,
                resolution=board.resolution,
                model=board.model,
            )
        states = SceneState.of(job.id, again.revision.number, board, again.updated_at) if board else ()
        response = asked.render(JobDetail(job=again, storyboard=board, scenes=states))
        acceptance = Acceptance(
            job=again,
            storyboard=board,
            scenes=states,
            quota=QUOTAS[asked.caller.tier],
            record=record_of(asked.caller, asked.key, asked.fingerprint, again, response),
        )
        try:
            return await accept(self.jobs, self.workflow, acceptance, response)
        except Conflict:
            # The same request at the same moment may have been the quicker one.
            if record := await self.jobs.recall(asked.caller.id, asked.key, at=self.clock.now()):
                return repeated(record, asked.fingerprint)
            raise

    def _next(self, job: Job, caller: Caller, price: Estimate, reason: Reason) -> Job:
        at = self.clock.now()
        revision = Revision(
            number=job.revision.number + 1,
            reason=reason,
            brief=job.revision.brief,
            estimate=price,
            reservation=Reservation(owner=caller.id, period=period_of(at), videos=0, amount=price.at_most),
            deadline=at + self.policy.job_deadline,
            created_at=at,
        )
        return evolve(job.next_revision(revision, at=at), tier=caller.tier)


def scene_at(board: Storyboard, number: int) -> int:
    """The number of a scene, if there is one of that number. Raises NotFound."""
    if not 1 <= number <= len(board.scenes):
        raise NotFound(f"there is no scene {number}; scenes 1 to {len(board.scenes)} are there")
    return number


def differs(before: Storyboard, after: Storyboard) -> bool:
    """Whether an edit changes anything at all."""

    def bare(board: Storyboard) -> Storyboard:
        return evolve(board, scenes=tuple(evolve(s, origin=0) for s in board.scenes))

    return bare(before) != bare(after)


def outlook_of(outlooks: Iterable[Outlook]) -> Outlook:
    """What becomes of something that is made of several."""
    seen = frozenset(outlooks)
    return next((o for o in (Outlook.NEW, Outlook.PERHAPS) if o in seen), Outlook.KEPT)
