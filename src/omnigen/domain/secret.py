"""A text that opens a door, and never shows itself."""

from attrs import frozen


@frozen(repr=False)
class Secret:
    """A text that neither a log line nor a traceback can show: `reveal()` is the one way to read it."""

    _text: str

    def reveal(self) -> str:
        """The secret text itself, for the one call that needs it."""
        return self._text

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __bool__(self) -> bool:
        return bool(self._text)
