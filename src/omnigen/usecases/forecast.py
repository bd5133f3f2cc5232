"""What an edit would come to: which takes would be made, which segments rendered, whether the sound would be mixed anew.

Compared with what is stored, by the keys that the composer will look for; FFmpeg's build is left out of it.
"""

from attrs import evolve, field, frozen

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Invalid, Rejected
from omnigen.domain.job import SceneState, SceneStatus
from omnigen.domain.pricing import Estimate
from omnigen.domain.storyboard import Captions, Scene, Storyboard
from omnigen.domain.take import StoredFile
from omnigen.ports.assets import Assets
from omnigen.usecases.cutting import Cutting
from omnigen.usecases.mix_sound import sound_content
from omnigen.usecases.next_revision import Plan, outlook_of
from omnigen.usecases.prospects import Outlook, SceneProspect, TakeProspect
from omnigen.usecases.segment_keys import (
    card_content,
    card_render,
    content_of,
    segment_content,
    segment_render,
)


@frozen(kw_only=True)
class SceneForecast:
    """What becomes of one scene."""

    number: int
    source: int | None
    prospect: SceneProspect
    why: tuple[str, ...]
    """What has it generated anew: the names of fields that differ, or `added`, `rejected`, `missing`."""
    segment: Outlook
    """Whether its stretch of the programme is rendered anew."""


@frozen(kw_only=True)
class Forecast:
    """What an edit would come to."""

    storyboard: Storyboard
    scenes: tuple[SceneForecast, ...]
    music: TakeProspect | None
    sound: Outlook
    price: Estimate


@frozen(kw_only=True)
class Stored:
    """What was rendered for a job, whichever build did it."""

    contents: frozenset[str]
    cards: dict[str, StoredFile] = field(factory=dict)


@frozen(kw_only=True)
class Foresee:
    """Compare a plan with what is stored."""

    assets: Assets

    async def __call__(self, plan: Plan) -> Forecast:
        """The forecast. Raises Invalid where a narration has no room, Transient."""
        stored = await self._stored(plan)
        cutting = _cutting(plan, stored)
        segments = _segments(plan, cutting, stored)
        scenes = tuple(
            SceneForecast(
                number=prospect.number,
                source=source,
                prospect=prospect,
                why=_why(plan, prospect, source),
                segment=segment,
            )
            for prospect, source, segment in zip(plan.scenes, plan.edit.sources, segments, strict=True)
        )
        return Forecast(
            storyboard=plan.edit.storyboard,
            scenes=scenes,
            music=plan.music,
            sound=_sound(plan, cutting, stored),
            price=plan.price,
        )

    async def _stored(self, plan: Plan) -> Stored:
        folder = f"jobs/{plan.job.id}"
        keys = [
            found.key
            for kind in ("segments", "sounds", "cards")
            async for found in self.assets.list(f"{folder}/{kind}/")
        ]
        heads = {content_of(k): await self.assets.head(k) for k in keys if k.startswith(f"{folder}/cards/")}
        cards = {content: file for content, file in heads.items() if file is not None}
        return Stored(contents=frozenset(map(content_of, keys)), cards=cards)


def _cutting(plan: Plan, stored: Stored) -> Cutting:
    """What would be cut, so far as its clips are there."""
    board = plan.edit.storyboard
    fresh = SceneState.of(plan.job.id, plan.stock.revision, board, plan.job.updated_at)
    states = tuple(_state(plan, s, p, stored) for s, p in zip(fresh, plan.scenes, strict=True))
    return Cutting.of(plan.job, board, states, plan.stock.rate)


def _state(plan: Plan, state: SceneState, prospect: SceneProspect, stored: Stored) -> SceneState:
    speech, clip = prospect.of(TakeKind.SPEECH), prospect.clip
    state = evolve(
        state,
        frames=prospect.frames,
        speech=speech.take.file if speech and speech.take else None,
        clip=(clip.take.file if clip.take else _to_come(clip)) if clip else None,
    )
    if not prospect.placeholder:
        return state
    card = card_content(plan.job.id, card_render(plan.edit.storyboard, state, plan.stock.rate))
    drawn = StoredFile(key=card, sha256=card, size=0, content_type="video/mp4")
    return evolve(state, clip=stored.cards.get(card, drawn))


def _to_come(clip: TakeProspect) -> StoredFile:
    """Stands for a clip that isn't there: what two scenes wish for alike will be one file."""
    kind = "image/png" if clip.kind is TakeKind.STILL else "video/mp4"
    return StoredFile(key="", sha256=clip.wish.fingerprint, size=0, content_type=kind)


def _clip(prospect: SceneProspect) -> Outlook:
    """Whether a clip, at its length, is one that may have been rendered before."""
    clip = prospect.clip
    outlook = Outlook.KEPT if clip is None else clip.outlook
    return outlook if prospect.exact or outlook is Outlook.NEW else Outlook.PERHAPS


def _segments(plan: Plan, cutting: Cutting, stored: Stored) -> list[Outlook]:
    """Those that are alike are rendered once: the second comes from the store."""
    outlooks, coming = list[Outlook](), set[str]()
    for prospect in plan.scenes:
        outlook, content = _segment(plan, cutting, prospect.number, stored)
        outlooks.append(Outlook.KEPT if content in coming else outlook)
        coming |= {content} if content is not None else set()
    return outlooks


def _segment(plan: Plan, cutting: Cutting, number: int, stored: Stored) -> tuple[Outlook, str | None]:
    """What becomes of a segment, and its content, where that can be told."""
    needed = [plan.scenes[s.number - 1] for s in cutting.sources(number)]
    outlook = outlook_of(_clip(prospect) for prospect in needed)
    burned = cutting.storyboard.soundtrack.captions is Captions.BURNED
    if not all(p.exact for p in (plan.scenes if burned else needed)):
        return (outlook if outlook is Outlook.NEW else Outlook.PERHAPS), None
    try:
        content = segment_content(cutting, segment_render(cutting, number))
    except Rejected as error:
        raise Invalid(error.message, field=error.field) from error
    return (Outlook.KEPT if content in stored.contents else Outlook.NEW), content


def _sound(plan: Plan, cutting: Cutting, stored: Stored) -> Outlook:
    heard = [_clip(p) for p in plan.scenes]
    heard += [t.outlook for p in plan.scenes for t in p.takes if t.kind is TakeKind.SPEECH]
    heard += [plan.music.outlook] if plan.music is not None else []
    outlook = outlook_of(heard)
    if outlook is not Outlook.KEPT:
        return outlook
    music = plan.music.take.file if plan.music is not None and plan.music.take is not None else None
    return Outlook.KEPT if sound_content(cutting, music) in stored.contents else Outlook.NEW


# --- why


def _why(plan: Plan, prospect: SceneProspect, source: int | None) -> tuple[str, ...]:
    """What has a scene generated anew; nothing where all of its takes are kept."""
    if outlook_of(t.outlook for t in prospect.takes) is Outlook.KEPT:
        return ()
    if source is None:
        return ("added",)
    old, new = plan.before.scene(source), plan.edit.storyboard.scene(prospect.number)
    spoilt = plan.states[source - 1].status is SceneStatus.REJECTED
    reasons = [*_fields(old, new, spoilt=spoilt), *_settings(plan.before, plan.edit.storyboard, new)]
    return tuple(reasons) or ("missing",)


def _fields(old: Scene, new: Scene, *, spoilt: bool) -> list[str]:
    told = {
        "prompt": old.prompt != new.prompt,
        "rejected" if spoilt else "seed": old.seed != new.seed,
        "reference_image": old.reference != new.reference,
        "duration": old.frames != new.frames,
        "narration": old.narration != new.narration,
        "take": old.take is not None and new.take is None,
        "placeholder": old.placeholder and not new.placeholder,
    }
    return [name for name, changed in told.items() if changed]


def _settings(before: Storyboard, after: Storyboard, scene: Scene) -> list[str]:
    told = {
        "model": before.model != after.model,
        "aspect_ratio": before.aspect_ratio != after.aspect_ratio,
        "resolution": before.resolution != after.resolution,
        "voice": scene.narration is not None and before.soundtrack.voice != after.soundtrack.voice,
    }
    return [name for name, changed in told.items() if changed]
