"""Read a small stored text."""

from pathlib import Path
from tempfile import TemporaryDirectory

from omnigen.domain.take import StoredFile
from omnigen.ports.assets import Assets


async def fetch_text(assets: Assets, file: StoredFile) -> str:
    """The text of a stored file; what isn't UTF-8 is replaced. Raises NotFound, Transient."""
    with TemporaryDirectory(prefix="omnigen-text-") as folder:
        path = Path(folder) / "text"
        await assets.fetch(file.key, path)
        return path.read_text(encoding="utf-8", errors="replace")
