"""Give the provider a way to read one of our files: a signed URL, or a copy in the provider's own file store."""

from pathlib import Path
from tempfile import TemporaryDirectory

from attrs import frozen

from omnigen.domain.take import StoredFile
from omnigen.ports.assets import Assets
from omnigen.ports.provider import Provider
from omnigen.usecases.policy import Policy


@frozen(kw_only=True)
class LendFile:
    """An address of a file that the provider can fetch."""

    assets: Assets
    provider: Provider
    policy: Policy

    async def __call__(self, file: StoredFile) -> str:
        """The address; it outlives any queueing. Raises Transient."""
        if self.provider.takes_urls:
            return await self.assets.read_url(file.key, expires_in=self.policy.input_link)
        with TemporaryDirectory(prefix="omnigen-lend-") as folder:
            path = Path(folder) / "file"
            await self.assets.fetch(file.key, path)
            return await self.provider.lend(path, content_type=file.content_type)
