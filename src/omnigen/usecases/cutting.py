"""What a revision's segments and sound are cut from: its scenes as they stand, on the timeline that follows from them."""

import hashlib
import json

from attrs import frozen

from omnigen.domain.captions import SUBTITLES, Cue, Layout, Speech, placed, programme_cues, spoken_frames
from omnigen.domain.job import Job, SceneState, SceneStatus
from omnigen.domain.storyboard import Storyboard
from omnigen.domain.take import StoredFile
from omnigen.domain.timeline import Canvas, Timeline
from omnigen.ports.jobs import Jobs
from omnigen.usecases.step import storyboard_of


@frozen(kw_only=True)
class Cutting:
    """What the segments of a revision are cut from, as far as it has come."""

    job: Job
    storyboard: Storyboard
    """With the lengths that the scenes really got."""
    scenes: tuple[SceneState, ...]
    timeline: Timeline
    canvas: Canvas

    @classmethod
    async def read(cls, jobs: Jobs, job: Job, rate: int) -> "Cutting":
        """What there is to cut, read afresh."""
        scenes = await jobs.scenes(job.id, job.revision.number)
        return cls.of(job, await storyboard_of(jobs, job), scenes, rate)

    @classmethod
    def of(cls, job: Job, storyboard: Storyboard, scenes: tuple[SceneState, ...], rate: int) -> "Cutting":
        """The cutting plan at this moment."""
        stretched = storyboard.stretched(s.frames for s in scenes)
        return cls(
            job=job,
            storyboard=stretched,
            scenes=scenes,
            timeline=Timeline.of(stretched, rate),
            canvas=Canvas.of(storyboard.aspect_ratio, storyboard.resolution, rate),
        )

    @property
    def ready(self) -> bool:
        """Whether every clip has been looked into, and is good."""
        return all(scene.status is SceneStatus.READY for scene in self.scenes)

    def clip(self, number: int) -> StoredFile:
        """The stored clip of a scene that is ready."""
        clip = self.scenes[number - 1].clip
        assert clip is not None, f"scene {number} is ready without a clip"
        return clip

    def sources(self, number: int) -> tuple[SceneState, ...]:
        """The scenes whose clips a segment is made of."""
        return tuple(self.scenes[n - 1] for n in self.timeline.segment(number).sources)

    def leaving(self, number: int) -> int:
        """Frames of a scene's clip that the next segment comes in from."""
        return self.timeline.segment(number + 1).overlap if number < len(self.scenes) else 0

    def cues(self, layout: Layout = SUBTITLES) -> tuple[Cue, ...]:
        """All captions of the programme. Raises Rejected where a narration has no room."""
        speeches = self.speeches()
        texts = {s.number: self.storyboard.scene(s.number).narration or "" for s in speeches}
        return programme_cues(self.timeline, speeches, texts, layout)

    def speeches(self) -> tuple[Speech, ...]:
        """When each narration is heard. Raises Rejected where one has no room."""
        rate = self.timeline.rate
        spoken = {s.number: spoken_frames(s.speech.seconds, rate) for s in self.scenes if s.speech}
        return placed(self.timeline, spoken)


def digest_of(told: object) -> str:
    """A key made of all that decides a file's bytes: the same file is never made twice."""
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
