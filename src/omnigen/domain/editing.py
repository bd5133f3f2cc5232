"""From one storyboard of a job to the next: who each scene is, and what it keeps when it moves, is doubled or changed."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from attrs import evolve, field, frozen

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Invalid
from omnigen.domain.storyboard import MAX_SEED, Scene, Storyboard
from omnigen.domain.take import Take, TakeStatus

_CLIP_OF_SCENE: Final = ("prompt", "seed", "reference")
_CLIP_OF_BOARD: Final = ("model", "aspect_ratio", "resolution")
"""What decides a clip: whoever changes one of these no longer wants the take that was chosen before."""


@frozen(kw_only=True)
class Edit:
    """A storyboard as it is wanted, and where each of its scenes comes from."""

    storyboard: Storyboard
    sources: tuple[int | None, ...]
    """Number that each scene had before; None for a new one."""
    chosen: Mapping[int, str | None] = field(factory=dict)
    """Takes that are wanted for scenes, by their new number; None is none in particular."""

    @classmethod
    def same(cls, storyboard: Storyboard) -> "Edit":
        """Every scene comes from itself."""
        return cls(storyboard=storyboard, sources=tuple(s.number for s in storyboard.scenes))


def carried_on(before: Storyboard, edit: Edit, takes: Sequence[Take], *, rate: int) -> Edit:
    """The edit with every scene knowing who it is, and which take was chosen for it. Raises Invalid for a take at fault."""
    scenes = [
        _from(before, edit.storyboard, scene, source)
        for scene, source in zip(edit.storyboard.scenes, edit.sources, strict=True)
    ]
    clips = [t for t in takes if t.kind is TakeKind.VIDEO or t.model == edit.storyboard.model]
    scenes = [_chosen(scene, edit.chosen, clips, rate) for scene in _numbered(scenes, before, takes)]
    return evolve(edit, storyboard=evolve(edit.storyboard, scenes=tuple(scenes)))


def _from(before: Storyboard, after: Storyboard, scene: Scene, source: int | None) -> Scene:
    if source is None:
        return evolve(scene, origin=0, take=None)
    old = before.scene(source)
    same = all(getattr(old, name) == getattr(scene, name) for name in _CLIP_OF_SCENE)
    same = same and all(getattr(before, name) == getattr(after, name) for name in _CLIP_OF_BOARD)
    return evolve(scene, origin=old.shot, take=old.take if same else None)


def _numbered(scenes: Iterable[Scene], before: Storyboard, takes: Iterable[Take]) -> Iterable[Scene]:
    """New scenes are nobody that ever was: takes of a scene that is gone are not theirs."""
    known = max([*(s.shot for s in before.scenes), *(t.shot or 0 for t in takes)])
    for scene in scenes:
        if scene.origin:
            yield scene
        else:
            known += 1
            yield evolve(scene, origin=known)


def _chosen(scene: Scene, chosen: Mapping[int, str | None], takes: Sequence[Take], rate: int) -> Scene:
    if scene.number not in chosen:
        kept = next((t for t in takes if t.id == scene.take), None)
        return scene if kept is None or _covers(kept, scene, rate) else evolve(scene, take=None)
    wanted = chosen[scene.number]
    if wanted is None:
        return evolve(scene, take=None)
    take = _usable(wanted, scene, takes, rate)
    # What the scene shows is what its clip was made of.
    seed = scene.seed if take.seed is None else take.seed
    return evolve(scene, take=take.id, prompt=take.prompt, seed=seed, placeholder=False)


def _usable(wanted: str, scene: Scene, takes: Sequence[Take], rate: int) -> Take:
    at = f"storyboard.scenes[{scene.number}].take"
    clips = [t for t in takes if t.status is TakeStatus.STORED]
    take = next((t for t in clips if t.id == wanted), None)
    if take is None:
        known = ", ".join(t.id for t in clips if t.shot == scene.shot) or "none yet"
        raise Invalid(
            f"take is {wanted[:100]!r}; a finished clip of this job is allowed (of this scene: {known})",
            field=at,
        )
    if not _covers(take, scene, rate):
        raise Invalid(
            f"take {take.id} is {take.seconds} s long; scene {scene.number} takes {scene.frames / rate:g} s",
            field=at,
        )
    return take


def _covers(take: Take, scene: Scene, rate: int) -> bool:
    return take.kind is TakeKind.STILL or take.seconds * rate >= scene.frames


def without_spoilt(before: Storyboard, edit: Edit, spoilt: frozenset[int], revision: int) -> Edit:
    """The edit with another seed where the same one would bring the same bad clip again.

    `spoilt` are the scenes whose clip was rejected, by the number that they had.
    """

    def mended(scene: Scene, source: int | None) -> Scene:
        if source not in spoilt or scene.number in edit.chosen:
            return scene
        old = before.scene(source)
        same = (scene.seed, scene.prompt) == (old.seed, old.prompt)
        return evolve(scene, seed=reseeded(old.seed, revision), take=None) if same else scene

    board = edit.storyboard
    scenes = tuple(mended(s, n) for s, n in zip(board.scenes, edit.sources, strict=True))
    return evolve(edit, storyboard=evolve(board, scenes=scenes))


def reseeded(seed: int, revision: int) -> int:
    """Another seed, the same one every time that the same revision asks for it."""
    digest = hashlib.sha256(f"{seed}:{revision}".encode()).digest()
    return int.from_bytes(digest[:4]) % (MAX_SEED + 1)
