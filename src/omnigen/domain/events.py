"""What followers of a job are told of each change: small, public, and the same from every store."""

from typing import Any

from attrs import asdict

from omnigen.domain.job import Failure, Job, JobEvent, SceneState


def job_event(job: Job) -> JobEvent:
    """What a write of a job tells. Money is in micro-dollars."""
    revision = job.revision
    return JobEvent(
        job_id=job.id,
        revision=revision.number,
        scene=0,
        version=job.version,
        type="job",
        data={
            "status": revision.status.value,
            "progress": revision.progress,
            "cost": revision.cost,
            "error": _told(revision.error),
            "note": revision.note,
        },
        at=job.updated_at,
    )


def scene_event(scene: SceneState) -> JobEvent:
    """What a write of a scene tells."""
    return JobEvent(
        job_id=scene.job_id,
        revision=scene.revision,
        scene=scene.number,
        version=scene.version,
        type="scene",
        data={
            "number": scene.number,
            "status": scene.status.value,
            "progress": scene.progress,
            "frames": scene.frames,
            "error": _told(scene.error),
        },
        at=scene.updated_at,
    )


def _told(error: Failure | None) -> dict[str, Any] | None:
    return None if error is None else asdict(error)
