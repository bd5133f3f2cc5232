"""A fake of Replicate's HTTP API, for tests and for running OmniGen offline."""

from emulator.replicate.serving import running, serving
from emulator.replicate.settings import Options
from emulator.replicate.studio import RenderError, Studio

__all__ = ["Options", "RenderError", "Studio", "running", "serving"]
