"""Whether a model can film a storyboard at all: asked before anything is held or paid."""

from omnigen.domain.catalogue import Model
from omnigen.domain.errors import Invalid, QuotaExceeded
from omnigen.domain.pricing import FITTED, speech_seconds
from omnigen.domain.quota import Quota
from omnigen.domain.storyboard import MAX_SECONDS, MIN_SECONDS, Scene, Storyboard
from omnigen.domain.timeline import seconds_of


def check_feasible(storyboard: Storyboard, video: Model, *, rate: int) -> None:
    """Raise Invalid for the first scene that the model can't make, or a programme out of bounds."""
    seconds = seconds_of(storyboard.frames, rate)
    if not MIN_SECONDS <= seconds <= MAX_SECONDS:
        raise Invalid(
            f"duration is {seconds:g} s; between {MIN_SECONDS} and {MAX_SECONDS} s is allowed",
            field="storyboard.scenes",
        )
    for scene in storyboard.scenes:
        _check_scene(scene, video, rate)


def _check_scene(scene: Scene, video: Model, rate: int) -> None:
    at = f"storyboard.scenes[{scene.number}]"
    if scene.frames > video.longest * rate:
        raise Invalid(
            f"scene {scene.number} is {seconds_of(scene.frames, rate):g} s; {video.id} makes clips of "
            f"at most {video.longest} s",
            field=f"{at}.duration",
        )
    if len(scene.prompt) > video.max_prompt:
        raise Invalid(
            f"the prompt of scene {scene.number} has {len(scene.prompt)} characters; {video.id} takes "
            f"at most {video.max_prompt}",
            field=f"{at}.prompt",
        )
    if scene.reference is not None and not video.takes_reference:
        raise Invalid(
            f"scene {scene.number} has a reference image; {video.id} takes none",
            field=f"{at}.reference_image",
        )
    if scene.narration is not None:
        _check_narration(scene.narration, scene.number, video, at)


def _check_narration(text: str, number: int, video: Model, at: str) -> None:
    spoken, room = speech_seconds(text), video.longest * FITTED
    if spoken > room:
        raise Invalid(
            f"the narration of scene {number} takes about {spoken:.0f} s to speak; a clip of {video.id} "
            f"has room for {room:.0f} s",
            field=f"{at}.narration",
        )


def check_allowed(storyboard: Storyboard, quota: Quota, *, rate: int) -> None:
    """Raise QuotaExceeded for a programme longer than the tier's."""
    seconds = seconds_of(storyboard.frames, rate)
    if seconds > quota.seconds:
        raise QuotaExceeded(
            f"duration is {seconds:g} s; your tier allows {quota.seconds} s",
            code="quota_duration",
            field="duration",
        )
