"""What the fake Replicate can be told at start."""

from __future__ import annotations

import base64
import os
from pathlib import Path

from attrs import Attribute, field, frozen
from attrs.validators import ge, in_, le

LOOPBACK = ("127.0.0.1", "::1")
MOST_SECONDS = 86_400.0


def _folder(_options: object, attribute: Attribute[Path | None], value: Path | None) -> None:
    if value is not None and not value.is_dir():
        raise ValueError(f"{attribute.name} is {value}; a folder with finished media is needed")


def _secret(_options: object, attribute: Attribute[str | None], value: str | None) -> None:
    try:
        good = value is None or (value.startswith("whsec_") and base64.b64decode(value[6:], validate=True))
    except ValueError:
        good = False
    if not good:
        raise ValueError(f"{attribute.name} must be whsec_ and base64")


@frozen(kw_only=True)
class Options:
    """One running emulator. Times are seconds, limits are requests a minute."""

    state_dir: Path
    host: str = field(default="127.0.0.1", validator=in_(LOOPBACK))
    port: int = field(default=0, validator=[ge(0), le(65_535)])
    public_url: str | None = None
    """What the answers' URLs start with; the address it listens on where it is None."""
    seconds: float = field(default=4.0, validator=[ge(0), le(MOST_SECONDS)])
    """How long a generation takes, whatever the model."""
    media_dir: Path | None = field(default=None, validator=_folder)
    """Finished clips to hand out instead of rendering: a generation then costs no CPU."""
    cache_dir: Path | None = None
    """Rendered media, by content; inside the state directory where it is None."""
    workers: int = field(factory=lambda: os.cpu_count() or 1, validator=ge(1))
    creates_per_minute: int = field(default=600, validator=ge(1))
    reads_per_minute: int = field(default=3000, validator=ge(1))
    token: str | None = None
    """The one token that is accepted; any that is not empty where it is None."""
    webhook_secret: str | None = field(default=None, validator=_secret)
    faults_file: Path | None = None
    catalogue: Path | None = None
    """Prices for the ledger, as OMNIGEN_CATALOGUE; those that OmniGen comes with where it is None."""

    @property
    def media_cache(self) -> Path:
        """Where rendered media are kept."""
        return self.cache_dir or self.state_dir / "cache"
