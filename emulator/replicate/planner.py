"""The stand-in for a language model: it writes storyboards, and hardly anything else.

In what it is asked it looks for a JSON schema, a number of scenes, a duration and the brief, and fills the
schema with shots made of the brief's own words. The same question gets the same answer.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from emulator.replicate.writing import Writer

SMALL_TALK = "I am a stand-in for a language model. Ask me for a storyboard as JSON and I will write one."
DEFAULT_SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {
        "title": {"type": "string"},
        "style": {"type": "string"},
        "scenes": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "number": {"type": "integer"},
                    "prompt": {"type": "string"},
                    "duration": {"type": "number"},
                    "transition": {"type": "string", "enum": ["cut", "fade", "dissolve"]},
                    "narration": {"type": ["string", "null"]},
                },
            },
        },
    },
}
_TOKEN = re.compile(r"\s*\S+|\s+$")
_SCENES = re.compile(r"(\d+)[ -](?:scene|shot)|(?:scenes|shots)\b\D{0,20}(\d+)", re.IGNORECASE)
_SECONDS = re.compile(
    r"(?:duration|length)\D{0,20}(\d+(?:\.\d+)?)|(\d+(?:\.\d+)?)[ -]?(?:s\b|sec)", re.IGNORECASE
)
_BRIEF = re.compile(
    r"(?:^|[.!?\n])[ \t#*\"]*(?:the[ ])?(?:brief|prompt|idea|user prompt)[\"* \t]*:\s*(.+)",
    re.IGNORECASE | re.MULTILINE,
)
_DEFAULT_SECONDS = 15.0
_SECONDS_A_SCENE = 5.0
_MOST_SCENES = 40


def answer(given: Mapping[str, Any]) -> list[str]:
    """The answer in pieces, as a language model streams it; cut off at `max_completion_tokens`."""
    asked, context = _question(given)
    text = SMALL_TALK if "json" not in (context + asked).lower() else _storyboard(asked, context)
    most = given.get("max_completion_tokens")
    return _TOKEN.findall(text)[: int(most) if most else 4096]


def _question(given: Mapping[str, Any]) -> tuple[str, str]:
    """What is asked, and what surrounds it (the system's words)."""
    messages = [m for m in given.get("messages") or [] if isinstance(m, Mapping)]
    if messages:
        said = [(m.get("role"), str(m.get("content") or "")) for m in messages]
        users = "\n".join(text for role, text in said if role == "user")
        return users, "\n".join(text for role, text in said if role != "user")
    return str(given.get("prompt") or ""), str(given.get("system_prompt") or "")


def _storyboard(asked: str, context: str) -> str:
    schema = _schema_in(context) or _schema_in(asked) or DEFAULT_SCHEMA
    words = _without_json(asked)
    seconds = _number(_SECONDS, words) or _number(_SECONDS, _without_json(context)) or _DEFAULT_SECONDS
    scenes = _number(_SCENES, words) or _number(_SCENES, _without_json(context)) or seconds / _SECONDS_A_SCENE
    writer = Writer(
        schema=schema,
        brief=_brief(words),
        scenes=max(1, min(_MOST_SCENES, round(scenes))),
        seconds=seconds,
    )
    return json.dumps(writer.write(), ensure_ascii=False, indent=1)


def _brief(words: str) -> str:
    labelled = _BRIEF.search(words)
    if labelled:
        return labelled[1].strip(' "')
    return max((line.strip(' "#*') for line in words.splitlines()), key=len, default="") or "an empty stage"


def _number(pattern: re.Pattern[str], text: str) -> float | None:
    found = pattern.search(text)
    return float(next(group for group in found.groups() if group)) if found else None


def _schema_in(text: str) -> dict[str, Any] | None:
    """The first JSON schema of an object that stands in a text."""
    return next((found for found, _, _ in _objects(text) if "properties" in found or "$ref" in found), None)


def _without_json(text: str) -> str:
    """The words around it: a schema's own descriptions are not the brief."""
    kept, at = [], 0
    for _, start, end in _objects(text):
        kept.append(text[at:start])
        at = end
    return "".join([*kept, text[at:]])


def _objects(text: str) -> list[tuple[dict[str, Any], int, int]]:
    found, at, decoder = [], 0, json.JSONDecoder()
    while (start := text.find("{", at)) >= 0:
        try:
            value, at = decoder.raw_decode(text, start)
            found.append((value, start, at))
        except ValueError:
            at = start + 1
    return found
