"""The stand-in media of the fake Replicate: moving pictures, stills, speech and music from words and a seed.

Every function is synchronous and needs nothing but its arguments: the same ones give the same bytes on
the same machine. They are bound to one CPU core, so a server calls them in child processes.
"""

from emulator.media.music import render_music
from emulator.media.speech import render_speech
from emulator.media.still import render_still
from emulator.media.video import render_video

__all__ = ["render_music", "render_speech", "render_still", "render_video"]
