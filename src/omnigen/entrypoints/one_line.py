"""JSON that every reader takes for one line, and no terminal for a command."""

import re
from typing import Final

_UNSEEN: Final = re.compile("[\x80-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]")


def one_line(encoded: bytes) -> bytes:
    """The same JSON, in which what is not seen is written by its number.

    JSON escapes what is below a blank. Left are line ends of Unicode, at which many libraries split too, the C1 commands
    of terminals, and marks that turn the direction of text.
    """
    return encoded if encoded.isascii() else _UNSEEN.sub(_escaped, encoded.decode()).encode()


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
