"""The shape of an answer: for each path in its JSON the kind of value that is there. And how two shapes differ.

Shapes hold no contents, so that a report can be shown to anybody: no prompt, name, address or secret is in one.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

import msgspec
from attrs import field, frozen

from omnigen.ports.provider import PredictionStatus

OPEN: Final = frozenset({"input", "metrics", "metadata", "default_example", "openapi_schema"})
"""Objects whose keys are the model's or the user's own."""
NULLABLE: Final = frozenset(
    {
        "avatar_url", "github_url", "paper_url", "license_url", "cover_image_url", "default_example",
        "description", "cog_version", "next", "previous",
    }
)  # fmt: skip
"""Fields that may be null or not, from one account or model to the next."""
WORDS: Final[Mapping[str, frozenset[str]]] = {
    "status": frozenset(PredictionStatus),
    "visibility": frozenset({"public", "private"}),
    "type": frozenset({"user", "organization"}),
    "source": frozenset({"api", "web"}),
    "version": frozenset({"hidden"}),
}
"""Strings that are one of a few; any other one is told as it is."""
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")
_SHOWN: Final = 60


@frozen(kw_only=True)
class Seen:
    """One answer, as far as it is compared."""

    status: int
    headers: Mapping[str, str] = field(factory=dict)
    body: Mapping[str, str] = field(factory=dict)
    facts: Mapping[str, Any] = field(factory=dict)
    """What was looked at by itself, under a name that a reader understands."""
    fields: Mapping[str, str] = field(factory=dict)
    """A model's input fields; the real one may have more of them than the fake."""


@frozen
class Missed:
    """A check that could not be made, and why."""

    why: str


def shape_of(value: object, path: str = "") -> dict[str, str]:
    """Path -> kind, `urls.get` -> "address"; the items of a list share the path `results[]`."""
    name = path.rpartition(".")[2]
    if isinstance(value, Mapping):
        found = {path: "object"} if path else {}
        if name not in OPEN:
            for key, inner in value.items():
                found |= shape_of(inner, f"{path}.{key}" if path else str(key))
        return found
    if isinstance(value, list):
        found = {path: "list" if value else "empty list"}
        for inner in value:
            found |= shape_of(inner, f"{path}[]")
        return found
    return {path: _kind(name, value)}


def _kind(name: str, value: object) -> str:
    if isinstance(value, str):
        return _kind_of_text(name, value)
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    return "number" if isinstance(value, int | float) else type(value).__name__


def _kind_of_text(name: str, text: str) -> str:
    if name in WORDS:
        return "one of its words" if text in WORDS[name] else f"the word {text[:_SHOWN]!r}"
    if _INSTANT.fullmatch(text):
        return "instant"
    if text.startswith("whsec_"):
        return "whsec_ secret"
    return "address" if text.startswith(("https://", "http://")) else "text"


def differences(real: Seen, fake: Seen) -> list[str]:
    """What is not the same, one sentence each."""
    found = [f"status: real {real.status}, fake {fake.status}"] if real.status != fake.status else []
    found += _unequal("header ", real.headers, fake.headers)
    found += _body_differences(real.body, fake.body)
    found += _unequal("", real.facts, fake.facts)
    found += _unequal("input ", {k: real.fields.get(k, "absent") for k in fake.fields}, fake.fields)
    return found


def _unequal(what: str, real: Mapping[str, Any], fake: Mapping[str, Any]) -> list[str]:
    return [
        f"{what}{name}: real {real.get(name, 'absent')}, fake {fake.get(name, 'absent')}"
        for name in sorted(real.keys() | fake.keys())
        if real.get(name) != fake.get(name)
    ]


def _body_differences(real: Mapping[str, str], fake: Mapping[str, str]) -> list[str]:
    told: list[str] = []
    over: list[str] = []
    for path in sorted(real.keys() | fake.keys()):
        if any(_is_inside(path, outer) for outer in over):
            continue
        kinds = real.get(path, "absent"), fake.get(path, "absent")
        if kinds[0] == kinds[1]:
            continue
        over.append(path)
        if not _alike(path, kinds):
            told.append(f"{path or 'body'}: real {kinds[0]}, fake {kinds[1]}")
    return told


def _alike(path: str, kinds: tuple[str, str]) -> bool:
    if set(kinds) == {"list", "empty list"}:
        return True
    return "null" in kinds and "absent" not in kinds and path.rpartition(".")[2] in NULLABLE


def _is_inside(path: str, outer: str) -> bool:
    return path.startswith((f"{outer}.", f"{outer}["))


def as_json(seen: Seen | Missed) -> Any:
    """For the report."""
    if isinstance(seen, Missed):
        return {"missed": seen.why}
    names = ("status", "headers", "body", "facts", "fields")
    return msgspec.to_builtins({name: getattr(seen, name) for name in names})
