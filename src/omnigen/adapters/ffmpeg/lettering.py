"""Sets a text in lines that fit a box: how wide letters are in our font, near enough. Pure."""

from typing import Final

_WIDTHS: Final = {
    "ijlI.,:;'|![]()`": 0.42,
    'frt-"/\\ J': 0.50,
    "mMWw@%—…": 1.10,
    "ABCDEGHKNOQRUVXY&": 0.83,
}
"""In parts of the size, by DejaVu Sans Bold's own table, rounded up."""
_USUAL: Final = 0.72
_OTHER: Final = 0.85
"""Of letters beyond ASCII; some are wider, most are not."""
_EM: Final = {letter: width for letters, width in _WIDTHS.items() for letter in letters}

LEADING: Final = 1.35
"""Lines apart, in parts of the size."""


def width_of(text: str, size: int) -> float:
    """Pixels that a line takes, at most."""
    return size * sum(_EM.get(c, _USUAL if c.isascii() else _OTHER) for c in text)


def printable(text: str) -> str:
    """The text on one line, without what no font draws."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def fitted(text: str, width: int, height: int, *, largest: int, smallest: int) -> tuple[int, tuple[str, ...]]:
    """The largest size at which a text fits the box, and its lines; what never fits ends with an ellipsis."""
    size = max(largest, smallest)
    while size > smallest and len(wrapped(text, width, size)) > _rows(height, size):
        size = max(smallest, round(size * 0.92))
    lines, rows = wrapped(text, width, size), max(1, _rows(height, size))
    return size, lines if len(lines) <= rows else (*lines[: rows - 1], _ended(lines[rows - 1], width, size))


def wrapped(text: str, width: int, size: int) -> tuple[str, ...]:
    """Words on lines of at most `width` pixels; a word that is wider is broken."""
    lines: list[str] = []
    words = printable(text).split(" ")
    for word in (part for whole in words for part in _broken(whole, width, size)):
        if lines and width_of(f"{lines[-1]} {word}", size) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return tuple(lines)


def _rows(height: int, size: int) -> int:
    return int(height / (size * LEADING))


def _broken(word: str, width: int, size: int) -> list[str]:
    parts = [""]
    for letter in word:
        if parts[-1] and width_of(parts[-1] + letter, size) > width:
            parts.append("")
        parts[-1] += letter
    return [part for part in parts if part]


def _ended(line: str, width: int, size: int) -> str:
    while line and width_of(f"{line}…", size) > width:
        line = line[:-1]
    return f"{line.rstrip()}…"
