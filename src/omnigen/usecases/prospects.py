"""What a revision would have to ask models for: told by the very wishes that its workflow will have."""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from attrs import evolve, field, frozen

from omnigen.domain.catalogue import Catalogue, Model, TakeKind, Unit
from omnigen.domain.errors import Invalid, Rejected
from omnigen.domain.pricing import Estimate, EstimateLine, estimate, longest_frames, price_of, speech_seconds
from omnigen.domain.storyboard import Scene, Storyboard
from omnigen.domain.take import StoredFile, Take
from omnigen.domain.timeline import seconds_of
from omnigen.usecases.scene_wishes import frames_with, speech_wish, spoken_over, still_wish, video_wish
from omnigen.usecases.wish import Wish, standing


class Outlook(StrEnum):
    """What becomes of something in the next revision."""

    KEPT = "kept"
    NEW = "new"
    PERHAPS = "perhaps"
    """Known once a narration has been spoken: it may lengthen its scene."""


@frozen(kw_only=True)
class TakeProspect:
    """A take that a revision needs: one that is there, or one to be made."""

    kind: TakeKind
    scene: int | None
    outlook: Outlook
    take: Take | None = None
    """The one that is there."""
    wish: Wish


@frozen(kw_only=True)
class SceneProspect:
    """What one scene would be made of."""

    number: int
    frames: int
    """Its length, so far as it is known."""
    exact: bool = True
    """Whether that is its final length."""
    placeholder: bool = False
    takes: tuple[TakeProspect, ...] = ()

    def of(self, kind: TakeKind) -> TakeProspect | None:
        """Its take of a kind; None where it needs none."""
        return next((t for t in self.takes if t.kind is kind), None)

    @property
    def clip(self) -> TakeProspect | None:
        """What is shown: its clip, or its still where that is all that there is."""
        return self.of(TakeKind.VIDEO) or self.of(TakeKind.STILL)


@frozen(kw_only=True)
class Stock:
    """What there is to make the next revision of."""

    takes: Sequence[Take]
    revision: int
    """The one that is to come."""
    catalogue: Catalogue
    rate: int
    pictures: Mapping[str, StoredFile] = field(factory=dict)
    """Admitted reference images, by the id of their upload."""

    def standing(self, wish: Wish) -> Take | None:
        """The take that will do for a wish."""
        return standing(self.takes, wish, self.revision)


def scene_prospect(scene: Scene, storyboard: Storyboard, stock: Stock) -> SceneProspect:
    """What a scene needs and has. Raises Invalid where its narration is known to have no room."""
    if scene.placeholder:
        return _placeholder(scene, storyboard, stock)
    speech, frames = _speech(scene, storyboard, stock)
    exact = speech is None or speech.take is not None
    still, picture = _still(scene, storyboard, stock, frames)
    clip = _clip(scene, storyboard, stock, frames, picture)
    if still is not None and still.take is None:
        clip = evolve(clip, outlook=Outlook.NEW, take=None)
    elif (
        clip.take is not None
        and not exact
        and not _at_any_length(clip.take, scene, storyboard, stock, picture)
    ):
        clip = evolve(clip, outlook=Outlook.PERHAPS)
    takes = tuple(t for t in (speech, still, clip) if t is not None)
    return SceneProspect(number=scene.number, frames=frames, exact=exact, takes=takes)


def _placeholder(scene: Scene, storyboard: Storyboard, stock: Stock) -> SceneProspect:
    take, frames = spoken_over(scene, storyboard, stock.takes, stock.revision, stock.catalogue, stock.rate)
    wish = speech_wish(scene, storyboard, stock.catalogue)
    spoken = () if take is None else (_prospect(wish, take),)
    return SceneProspect(number=scene.number, frames=frames, placeholder=True, takes=spoken)


def _speech(scene: Scene, storyboard: Storyboard, stock: Stock) -> tuple[TakeProspect | None, int]:
    if scene.narration is None:
        return None, scene.frames
    wish = speech_wish(scene, storyboard, stock.catalogue)
    take = stock.standing(wish)
    if take is None or take.file is None:
        return _prospect(wish, None), scene.frames
    try:
        frames = frames_with(take.file, storyboard, scene.number, stock.catalogue, rate=stock.rate)
    except Rejected as error:
        raise Invalid(error.message, field=f"storyboard.scenes[{scene.number}].narration") from error
    return _prospect(wish, take), frames


def _still(
    scene: Scene, storyboard: Storyboard, stock: Stock, frames: int
) -> tuple[TakeProspect | None, StoredFile | None]:
    """The first frame, where one is to be made, and what the clip starts from."""
    if scene.reference is not None:
        return None, stock.pictures.get(scene.reference)
    if not stock.catalogue.footage(storyboard.model).first_frame_required:
        return None, None
    clip = _clip(scene, storyboard, stock, frames, None)
    if scene.take is not None and clip.take is not None and clip.take.id == scene.take:
        return None, None
    wish = still_wish(scene, storyboard, stock.catalogue)
    take = stock.standing(wish)
    return _prospect(wish, take), take.file if take is not None else None


def _clip(
    scene: Scene, storyboard: Storyboard, stock: Stock, frames: int, picture: StoredFile | None
) -> TakeProspect:
    wish = video_wish(scene, storyboard, stock.catalogue, frames=frames, rate=stock.rate, picture=picture)
    return _prospect(wish, stock.standing(wish))


def _at_any_length(
    take: Take, scene: Scene, storyboard: Storyboard, stock: Stock, picture: StoredFile | None
) -> bool:
    """Whether a clip will do however long the narration becomes."""
    longest = min(longest_frames(scene, stock.rate), _model(storyboard, stock).longest * stock.rate)
    other = _clip(scene, storyboard, stock, longest, picture).take
    return other is not None and other.id == take.id


def _prospect(wish: Wish, take: Take | None) -> TakeProspect:
    outlook = Outlook.NEW if take is None else Outlook.KEPT
    return TakeProspect(kind=wish.kind, scene=wish.scene, outlook=outlook, take=take, wish=wish)


def _model(storyboard: Storyboard, stock: Stock) -> Model:
    return stock.catalogue.footage(storyboard.model)


def still_to_pay(
    storyboard: Storyboard, prospects: Iterable[SceneProspect], music: TakeProspect | None, stock: Stock
) -> Estimate:
    """The price of what isn't there. What two scenes wish for alike is made once."""
    whole = estimate(storyboard, stock.catalogue, rate=stock.rate)
    lines = {(line.kind, line.scene): line for line in whole.lines}
    needed: list[EstimateLine] = []
    asked: set[str] = set()
    paid = 0
    for prospect in prospects:
        for take in prospect.takes:
            if take.outlook is Outlook.KEPT or take.wish.fingerprint in asked:
                continue
            if prospect.exact or take.kind is not TakeKind.VIDEO:
                asked.add(take.wish.fingerprint)
            needed.append(_priced(lines[take.kind, take.scene], take, prospect, storyboard, stock))
            paid += take.wish.ask.seconds if needed[-1].expected else 0
    if music is not None and music.outlook is not Outlook.KEPT:
        needed.append(lines[TakeKind.MUSIC, None])
    used = seconds_of(storyboard.frames, stock.rate)
    return Estimate.of(tuple(needed), paid_seconds=paid, used_seconds=used)


def _priced(
    line: EstimateLine, take: TakeProspect, prospect: SceneProspect, storyboard: Storyboard, stock: Stock
) -> EstimateLine:
    if take.kind is not TakeKind.VIDEO:
        return line
    if prospect.exact:
        seconds = take.wish.ask.seconds
        price = price_of(take.wish.model, seconds=seconds)
        quantity = seconds if line.unit is Unit.SECOND else 1
        return evolve(line, quantity=quantity, expected=price, at_most=price)
    scene = storyboard.scene(prospect.number)
    if take.outlook is Outlook.PERHAPS and speech_seconds(scene.narration or "") * stock.rate <= scene.frames:
        return evolve(line, quantity=0, expected=0)
    return line
