"""P13: an edit pays only for what it changed, and renders only the segments it touched: what was foretold of it."""

from typing import TYPE_CHECKING

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.job import JobStatus
from omnigen.usecases.forecast import Forecast
from omnigen.usecases.prospects import Outlook
from tests.promises.broken import promise

if TYPE_CHECKING:
    from tests.simulation.world import SimWorld


def check_forecast(world: "SimWorld", job_id: str, revision: int, forecast: Forecast) -> None:
    """Compare what was asked for and rendered in a revision with what was foretold of it. Raises Broken.

    Whatever failed may have been asked for again, and what is killed is rendered again: sets are compared.
    """
    allowed = {
        (take.kind, scene.number)
        for scene in forecast.scenes
        for take in scene.prospect.takes
        if take.outlook is not Outlook.KEPT
    }
    if forecast.music is not None and forecast.music.outlook is not Outlook.KEPT:
        allowed.add((TakeKind.MUSIC, None))
    asked = {
        (made.take.kind, made.take.scene)
        for made in world.provider.made.values()
        if (made.take.job_id, made.take.revision) == (job_id, revision)
    }
    name = f"{job_id} r{revision}"
    promise("P13", asked <= allowed, f"{name} had made {asked - allowed}; {allowed} was foretold")
    found = world.tables.revisions.get((job_id, revision))
    job = world.tables.jobs[job_id]
    kept = found or job.revision
    most = forecast.price.at_most
    promise("P13", kept.reservation.amount == most, f"{name} held {kept.reservation.amount}; told was {most}")
    promise("P13", kept.cost <= most, f"{name} cost {kept.cost}; at most {most} was foretold")
    world.situation("edit as foretold")
    # A zombie of the revision before may render beside it.
    if kept.status is JobStatus.SUCCEEDED and not _zombies(world):
        segments = {s.number for s in forecast.scenes if s.segment is not Outlook.KEPT}
        rendered = world.composer.rendered_in.get((job_id, revision), set())
        promise("P13", rendered <= segments, f"{name} rendered {rendered}; {segments} was foretold")


def _zombies(world: "SimWorld") -> bool:
    return any(
        world.situations[name] for name in ("frozen", "executions cut", "execution doubled", "lambda died")
    )
