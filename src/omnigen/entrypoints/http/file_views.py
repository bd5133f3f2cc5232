"""How files are shown: those beside a video, and those that it was cut from."""

from collections.abc import Mapping
from typing import Annotated

from msgspec import Meta

from omnigen.domain.job import Sidecar, SidecarKind
from omnigen.entrypoints.http.wire import View
from omnigen.usecases.video_files import ExportedFile

_NAME = "What it is called in a folder of them; files that refer to each other use these names."


class FileView(View, frozen=True):
    """A file beside the video."""

    kind: SidecarKind
    name: Annotated[str, Meta(description=_NAME)]
    url: (
        Annotated[str, Meta(description="Signed, for a short while; `GET .../files/{kind}` makes a new one.")]
        | None
    )
    content_type: str
    size: Annotated[int, Meta(description="Bytes.")]
    sha256: str

    @classmethod
    def of(cls, sidecar: Sidecar, links: Mapping[str, str]) -> "FileView":
        """A file with its address."""
        file = sidecar.file
        return cls(
            kind=sidecar.kind,
            name=sidecar.name,
            url=links.get(file.key),
            content_type=file.content_type,
            size=file.size,
            sha256=file.sha256,
        )


class ExportedFileView(View, frozen=True):
    """A file of the editor's folder."""

    name: Annotated[str, Meta(description="Where it belongs in the folder; the timeline names it so.")]
    url: Annotated[str, Meta(description="Signed, for a short while.")]
    content_type: str
    size: Annotated[int, Meta(description="Bytes.")]
    sha256: str

    @classmethod
    def of(cls, exported: ExportedFile) -> "ExportedFileView":
        """A file with its address."""
        file = exported.file
        return cls(
            name=exported.name,
            url=exported.url,
            content_type=file.content_type,
            size=file.size,
            sha256=file.sha256,
        )


class ExportView(View, frozen=True):
    """What an editing program needs: `timeline.otio` first, then all media that it names."""

    files: list[ExportedFileView]
