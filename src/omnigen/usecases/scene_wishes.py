"""What a scene's takes are to be of. Pure, so that what is asked of models can be told before anything is accepted."""

from collections.abc import Awaitable, Callable, Sequence

from omnigen.domain.captions import frames_to_say, spoken_frames
from omnigen.domain.catalogue import Catalogue, TakeKind
from omnigen.domain.errors import Rejected
from omnigen.domain.pricing import price_of
from omnigen.domain.storyboard import Scene, Storyboard
from omnigen.domain.take import StoredFile, Take
from omnigen.ports.provider import Ask
from omnigen.usecases.wish import Wish, standing


def speech_wish(scene: Scene, storyboard: Storyboard, catalogue: Catalogue) -> Wish:
    """What is to be spoken over a scene that has a narration."""
    model, text = catalogue.default(TakeKind.SPEECH), scene.narration or ""
    return Wish(
        kind=TakeKind.SPEECH,
        scene=scene.number,
        origin=scene.origin,
        model=model,
        ask=Ask(prompt=text, voice=storyboard.soundtrack.voice),
        estimate=price_of(model, characters=len(text)),
    )


def still_wish(scene: Scene, storyboard: Storyboard, catalogue: Catalogue) -> Wish:
    """The first frame, for a model that only animates."""
    model = catalogue.default(TakeKind.STILL)
    return Wish(
        kind=TakeKind.STILL,
        scene=scene.number,
        origin=scene.origin,
        model=model,
        ask=Ask(
            prompt=scene.prompt,
            seed=scene.seed,
            aspect_ratio=storyboard.aspect_ratio,
            resolution=storyboard.resolution,
        ),
        estimate=price_of(model),
    )


def video_wish(
    scene: Scene,
    storyboard: Storyboard,
    catalogue: Catalogue,
    *,
    frames: int,
    rate: int,
    picture: StoredFile | None,
    image: Callable[[], Awaitable[str]] | None = None,
) -> Wish:
    """The clip, or the still that will be one. `frames` is the scene's length; `picture` is what it starts from."""
    model = catalogue.footage(storyboard.model)
    seconds = model.clip_seconds(frames, rate) if model.films else 0
    return Wish(
        kind=model.kind,
        scene=scene.number,
        origin=scene.origin,
        chosen=scene.take,
        model=model,
        ask=Ask(
            prompt=scene.prompt,
            seed=scene.seed,
            seconds=seconds,
            aspect_ratio=storyboard.aspect_ratio,
            resolution=storyboard.resolution,
        ),
        estimate=price_of(model, seconds=seconds),
        inputs=(picture.sha256,) if picture is not None else (),
        image=image,
        least=-(-frames // rate) if model.films else 0,
    )


def frames_with(
    speech: StoredFile, storyboard: Storyboard, number: int, catalogue: Catalogue, *, rate: int
) -> int:
    """Frames that a scene needs: a narration up to 1.15 times too long is played faster, beyond that it grows.

    Raises Rejected where not even the model's longest clip has room for it.
    """
    planned, leaving = storyboard.scene(number).frames, storyboard.leaving(number)
    spoken = spoken_frames(speech.seconds, rate)
    if frames_to_say(spoken, leaving) <= planned:
        return planned
    longest = catalogue.footage(storyboard.model).longest * rate
    unhurried = spoken + leaving + rate // 4
    if unhurried <= longest:
        return unhurried
    if frames_to_say(spoken) <= longest:
        return longest
    raise Rejected(
        f"the narration of scene {number} takes {speech.seconds:.1f} s; its model makes "
        f"{longest / rate:g} s at most",
        code="narration_too_long",
    )


def spoken_over(
    scene: Scene,
    storyboard: Storyboard,
    takes: Sequence[Take],
    revision: int,
    catalogue: Catalogue,
    rate: int,
) -> tuple[Take | None, int]:
    """What is heard over a placeholder, and how long that makes it: only what has been spoken before and has room."""
    if scene.narration is None:
        return None, scene.frames
    take = standing(takes, speech_wish(scene, storyboard, catalogue), revision)
    if take is None or take.file is None:
        return None, scene.frames
    try:
        return take, frames_with(take.file, storyboard, scene.number, catalogue, rate=rate)
    except Rejected:
        return None, scene.frames
