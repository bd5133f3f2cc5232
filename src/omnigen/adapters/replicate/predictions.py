"""Reads Replicate's JSON of a prediction into ours."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

import msgspec

from omnigen.adapters.replicate.errors import Nonsense
from omnigen.ports.provider import Prediction, PredictionStatus

_PERCENT: Final = re.compile(r"(\d{1,3})(?:\.\d+)?\s?%")
_SENSITIVE: Final = re.compile(r"\bE005\b|flagged as sensitive", re.IGNORECASE)
_ENDED_BADLY: Final = frozenset(
    {PredictionStatus.FAILED, PredictionStatus.CANCELED, PredictionStatus.ABORTED}
)


class Listing(msgspec.Struct, frozen=True):
    """A page of the account's predictions, newest first."""

    results: list[dict[str, Any]]
    next: str | None = None


class _Told(msgspec.Struct, frozen=True):
    id: str
    status: str
    created_at: datetime
    model: str = ""
    input: dict[str, Any] | None = None
    output: Any = None
    error: Any = None
    logs: str | None = None


def read(told: object) -> Prediction:
    """Raises Nonsense for what is no prediction."""
    try:
        found = msgspec.convert(told, _Told, strict=False)
    except msgspec.ValidationError as error:
        raise Nonsense(f"not a prediction: {error}") from error
    status = _status(found.status)
    reason = _text(found.error)
    return Prediction(
        id=found.id,
        status=status,
        model=found.model,
        input=found.input or {},
        created_at=_aware(found.created_at),
        progress=_progress(found),
        output=_output(found.output),
        error=reason,
        error_code=_error_code(status, reason),
    )


def _status(told: str) -> PredictionStatus:
    """A status that we don't know yet is taken for one under way: the deadlines end what never ends."""
    known = told in PredictionStatus.__members__.values()
    return PredictionStatus(told) if known else PredictionStatus.PROCESSING


def read_listing(told: object) -> Listing:
    """Raises Nonsense for what is no page."""
    try:
        return msgspec.convert(told, Listing)
    except msgspec.ValidationError as error:
        raise Nonsense(f"not a page of predictions: {error}") from error


def read_file(told: object) -> str:
    """The address of a file that Replicate keeps for us. Raises Nonsense."""
    match told:
        case {"urls": {"get": str(address)}}:
            return address
    raise Nonsense("not a file")


def _aware(at: datetime) -> datetime:
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)


def _progress(found: _Told) -> float:
    """The last percentage in the log, where the model writes any."""
    if found.status == PredictionStatus.SUCCEEDED:
        return 1.0
    percentages = _PERCENT.findall(found.logs or "")
    return min(int(percentages[-1]), 100) / 100 if percentages else 0.0


def _output(output: object) -> str | None:
    """The address of the file, or a language model's tokens as one text."""
    if isinstance(output, str):
        return output
    if isinstance(output, list) and all(isinstance(part, str) for part in output):
        return _joined(output)
    if isinstance(output, Mapping):
        return next((v for v in output.values() if isinstance(v, str) and _is_address(v)), None)
    return None


def _joined(parts: list[str]) -> str | None:
    if parts and all(_is_address(part) for part in parts):
        return parts[0]  # we ask for one file; a model may make more of it than one
    return _whole("".join(parts)) or None


def _is_address(text: str) -> bool:
    return text.startswith(("https://", "http://"))


def _text(error: object) -> str | None:
    return None if error is None else _whole(str(error)[:2_000])


def _whole(text: str) -> str:
    """Half a surrogate pair, which JSON can carry and no store can write, is replaced."""
    return text.encode(errors="replace").decode()


def _error_code(status: PredictionStatus, error: str | None) -> str | None:
    if status not in _ENDED_BADLY:
        return None
    return "sensitive" if error and _SENSITIVE.search(error) else "failed"
