"""The programme's sound: clips, narrations and music, mixed once, as soon as all that is to be heard is there."""

from contextlib import suppress
from pathlib import Path

from attrs import asdict, frozen

from omnigen.domain.catalogue import Catalogue
from omnigen.domain.errors import OmniGenError
from omnigen.domain.take import StoredFile
from omnigen.ports.assets import Assets
from omnigen.ports.composer import Composer, SceneSound, SoundRender
from omnigen.ports.jobs import Jobs
from omnigen.ports.takes import Takes
from omnigen.usecases.cutting import Cutting, digest_of
from omnigen.usecases.generate_music import music_wish, stored_music
from omnigen.usecases.policy import Policy
from omnigen.usecases.segment_keys import built
from omnigen.usecases.workspace import Workspace


@frozen(kw_only=True)
class MixSound:
    """Mix the sound of a revision whose clips are all ready; from the store where it has been mixed before."""

    jobs: Jobs
    takes: Takes
    assets: Assets
    composer: Composer
    catalogue: Catalogue
    policy: Policy
    workspace: Workspace

    async def early(self, cutting: Cutting) -> None:
        """Mix beside the rendering of the pictures, if the music is there too. Trouble is left for the composing."""
        with suppress(OmniGenError):
            music = await self.music(cutting)
            if music is not None or cutting.storyboard.soundtrack.music is None:
                await self(cutting, music)

    async def __call__(self, cutting: Cutting, music: StoredFile | None) -> StoredFile:
        """The sound, as long as the programme. Raises Rejected naming what can't be heard, Transient."""
        key = built(sound_content(cutting, music), self.composer.build)
        async with self.workspace.lock(cutting.job.id, key):
            return await self.assets.head(key) or await self._mix(cutting, music, key)

    async def music(self, cutting: Cutting) -> StoredFile | None:
        """The music that was made for this revision, if any was."""
        # Asked for by the storyboard as planned: narration may have lengthened the scenes since.
        asked = await self.jobs.storyboard(cutting.job.id, cutting.job.revision.number)
        assert asked is not None
        wish = music_wish(asked, self.catalogue, self.policy)
        take = await stored_music(self.takes, cutting.job, wish)
        return take.file if take is not None else None

    async def _mix(self, cutting: Cutting, music: StoredFile | None, key: str) -> StoredFile:
        job_id = cutting.job.id
        render = SoundRender(
            timeline=cutting.timeline,
            scenes=tuple([await self._scene(cutting, scene.number) for scene in cutting.scenes]),
            music=await self.workspace.bring(job_id, music) if music else None,
        )
        into = self.workspace.folder(job_id) / f"{Path(key).stem}.{id(render):x}.mp4"
        try:
            await self.composer.mix(render, into)
            stored = await self.assets.put(key, into, content_type="audio/mp4", once=True)
            await self.workspace.keep(job_id, stored, into)
        finally:
            into.unlink(missing_ok=True)
        return stored

    async def _scene(self, cutting: Cutting, number: int) -> SceneSound:
        speech, bring = cutting.scenes[number - 1].speech, self.workspace.bring
        return SceneSound(
            number=number,
            clip=await bring(cutting.job.id, cutting.clip(number)),
            narration=await bring(cutting.job.id, speech) if speech else None,
        )


def sound_content(cutting: Cutting, music: StoredFile | None) -> str:
    """All that decides the sound's bytes but FFmpeg's build (`segment_keys`)."""
    told = {
        "timeline": asdict(cutting.timeline),
        "scenes": [[s.clip and s.clip.sha256, s.speech and s.speech.sha256] for s in cutting.scenes],
        "music": music and music.sha256,
    }
    return f"jobs/{cutting.job.id}/sounds/{digest_of(told)}"
