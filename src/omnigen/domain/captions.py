"""Captions: what is said, when it is to be read, and the WebVTT text of it."""

from attrs import field, frozen
from attrs.validators import ge, min_len


@frozen(kw_only=True)
class Cue:
    """A line of text on screen, from a frame on, for a number of frames."""

    start: int = field(validator=ge(0))
    frames: int = field(validator=ge(1))
    text: str = field(validator=min_len(1))
