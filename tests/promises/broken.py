"""A promise that was broken, by its name."""


class Broken(AssertionError):
    """`promise` is its name in docs/PROMISES.md, as in `P2`; `bug` is an error that nobody translated."""

    def __init__(self, promise: str, message: str) -> None:
        super().__init__(f"{promise}: {message}")
        self.promise = promise


def promise(name: str, holds: object, message: str) -> None:
    """Raise Broken unless it holds."""
    if not holds:
        raise Broken(name, message)
