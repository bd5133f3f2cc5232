"""The programme's sound: clips, narrations and music, mixed once, as soon as all that is to be heard is there."""

from contextlib import suppress
from pathlib import Path

from attrs import frozen

from omnigen.domain.catalogue import Catalogue
from omnigen.domain.errors import OmniGenError
from omnigen.domain.take import StoredFile
from omnigen.ports.assets import Assets
from omnigen.ports.composer import Composer, SoundRender
from omnigen.ports.jobs import Jobs
from omnigen.ports.takes import Takes
from omnigen.usecases.cutting import Cutting, digest_of
from omnigen.usecases.generate_music import music_wish, stored_music
from omnigen.usecases.policy import Policy
from omnigen.usecases.segment_keys import built
from omnigen.usecases.stems import Stems
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
    stems: Stems

    async def early(self, cutting: Cutting, number: int) -> None:
        """Do what can be done since a scene's clip has come, beside the rendering of its pictures.

        Its stems are made; if it was the last to come, and the music is there, all is mixed. Trouble is left for
        the composing.
        """
        if not cutting.ready:
            await self.stems.early(cutting, number)
            return
        with suppress(OmniGenError):
            music = await self.music(cutting)
            if music is not None or cutting.storyboard.soundtrack.music is None:
                await self(cutting, music)

    async def __call__(self, cutting: Cutting, music: StoredFile | None) -> StoredFile:
        """The sound, as long as the programme. Raises Rejected naming what can't be heard, Transient."""
        key = built(sound_content(cutting, music), self.composer.build)
        async with self.workspace.lock(cutting.job.id, key):
            return await self.workspace.look(cutting.job.id, key) or await self._mix(cutting, music, key)

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
            scenes=await self.stems.scenes(cutting),
            music_stem=await self.stems.music(cutting, music),
            earlier=await self._earlier(cutting),
        )
        into = self.workspace.folder(job_id) / f"{Path(key).stem}.{id(render):x}.mp4"
        try:
            await self.composer.mix(render, into)
            stored = await self.assets.put(key, into, content_type="audio/mp4", once=True)
            await self.workspace.keep(job_id, stored, into)
        finally:
            into.unlink(missing_ok=True)
        return stored

    async def _earlier(self, cutting: Cutting) -> Path | None:
        """The newest sound that the job has: what it shares with this one needn't be made again. None if it hasn't."""
        job_id = cutting.job.id
        if cutting.job.revision.number == 1:
            return None
        with suppress(OmniGenError):
            every = [found async for found in self.assets.list(f"jobs/{job_id}/sounds/")]
            newest = max(every, key=lambda found: (found.modified_at, found.key), default=None)
            stored = await self.assets.head(newest.key) if newest else None
            return await self.workspace.bring(job_id, stored) if stored else None
        return None


def sound_content(cutting: Cutting, music: StoredFile | None) -> str:
    """All that decides the sound's bytes but FFmpeg's build (`segment_keys`)."""
    told = {
        "rate": cutting.timeline.rate,
        "clips": [[clip.frames, clip.transition.frames] for clip in cutting.timeline.clips],
        "scenes": [[s.clip and s.clip.sha256, s.speech and s.speech.sha256] for s in cutting.scenes],
        "music": music and music.sha256,
    }
    return f"jobs/{cutting.job.id}/sounds/{digest_of(told)}"
