"""Fills a JSON schema with a storyboard: fields are understood by their names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from attrs import frozen

SHOTS = (
    "Wide establishing shot",
    "Slow tracking shot",
    "Close-up",
    "Low-angle shot",
    "Aerial shot, drifting forward",
    "Over-the-shoulder view",
    "Medium shot, shallow focus",
    "Long lens, compressed distance",
)
STYLE = "cinematic, natural light, consistent palette"
_SENTENCE = re.compile(r"[,.;]\s+|\s+(?:and )?then\s+|\n+")
_LISTS_OF_SCENES = re.compile(r"scene|shot|clip|beat")
_PROMPTS = re.compile(r"prompt|description|visual|action|shot|content")
_SPOKEN = re.compile(r"narrat|voice|speech|caption|dialog")
_STYLES = re.compile(r"style|mood|palette|look|tone|light|music|sound")
_ORDINALS = re.compile(r"^(number|index|n|no|id|order|scene|scene_number)$")
_LENGTHS = re.compile(r"duration|seconds|length")


@frozen(kw_only=True)
class Writer:
    """One storyboard, of so many scenes and so many seconds, after a brief and a schema."""

    schema: Mapping[str, Any]
    brief: str
    scenes: int
    seconds: float

    def write(self) -> Any:
        """A value that the schema allows."""
        return self._value(self.schema, "", 0)

    def _value(self, schema: Mapping[str, Any], name: str, scene: int) -> Any:
        """`scene` counts from 1; 0 is the storyboard itself."""
        schema = self._resolved(schema)
        if "const" in schema:
            return schema["const"]
        kinds = schema.get("type", "object" if "properties" in schema else "string")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if "enum" in schema:
            return self._choice(list(schema["enum"]), name, scene)
        if "null" in kinds and _SPOKEN.search(name):
            return None
        kind = next((k for k in kinds if k != "null"), "null")
        make = {
            "object": self._object,
            "array": self._array,
            "integer": self._integer,
            "number": self._number,
        }
        if kind in make:
            return make[kind](schema, name, scene)
        return (
            {"boolean": False, "null": None}.get(kind)
            if kind != "string"
            else self._text(schema, name, scene)
        )

    def _resolved(self, schema: Mapping[str, Any]) -> Mapping[str, Any]:
        while True:
            options = schema.get("anyOf") or schema.get("oneOf") or schema.get("allOf")
            if "$ref" in schema:
                schema = self._referred(str(schema["$ref"]))
            elif options:
                schema = next((o for o in options if o.get("type") != "null"), options[0])
            else:
                return schema

    def _referred(self, ref: str) -> Mapping[str, Any]:
        found: Any = self.schema
        for step in ref.removeprefix("#/").split("/"):
            found = found[step]
        return dict(found)

    def _object(self, schema: Mapping[str, Any], _name: str, scene: int) -> dict[str, Any]:
        return {name: self._value(part, name, scene) for name, part in schema.get("properties", {}).items()}

    def _array(self, schema: Mapping[str, Any], name: str, scene: int) -> list[Any]:
        item = schema.get("items", {"type": "string"})
        if scene or not _LISTS_OF_SCENES.search(name.lower()):
            return [self._value(item, name, scene) for _ in range(schema.get("minItems", 0))]
        count = max(schema.get("minItems", 1), min(schema.get("maxItems", self.scenes), self.scenes))
        return [self._value(item, "", number) for number in range(1, count + 1)]

    def _choice(self, allowed: list[Any], name: str, scene: int) -> Any:
        if _LENGTHS.search(name) and all(isinstance(value, int | float) for value in allowed):
            return min(allowed, key=lambda value: abs(value - self._share(scene)))
        wanted = ("fade", "dissolve", "cut") if scene % 2 else ("cut", "fade")
        return next((value for value in wanted if value in allowed), allowed[0])

    def _integer(self, schema: Mapping[str, Any], name: str, scene: int) -> int:
        return round(self._number(schema, name, scene))

    def _number(self, schema: Mapping[str, Any], name: str, scene: int) -> float:
        value = 0.0
        if _ORDINALS.match(name):
            value = float(scene)
        elif _LENGTHS.search(name):
            value = self._share(scene) if scene else self.seconds
        low, high = schema.get("minimum", value), schema.get("maximum", value)
        return float(max(low, min(high, value)))

    def _share(self, scene: int) -> float:
        """A scene's seconds: 30/40/30 for three, else all alike; whole ones, their sum kept."""
        shares = [0.3, 0.4, 0.3] if self.scenes == 3 else [1 / self.scenes] * self.scenes
        edges = [round(self.seconds * sum(shares[:n])) for n in range(self.scenes)] + [self.seconds]
        place = max(0, min(scene, self.scenes) - 1)
        return max(1.0, float(edges[place + 1] - edges[place]))

    def _text(self, schema: Mapping[str, Any], name: str, scene: int) -> str:
        return self._words(name.lower(), scene)[: schema.get("maxLength", 2000)]

    def _words(self, name: str, scene: int) -> str:
        if _SPOKEN.search(name):
            return ""
        if scene and _PROMPTS.search(name):
            return f"{SHOTS[(scene - 1) % len(SHOTS)]}: {self._beat(scene)}. {STYLE.capitalize()}."
        if _STYLES.search(name):
            return STYLE
        return self._beat(scene).capitalize() if scene else self.brief[:60].strip().capitalize()

    def _beat(self, scene: int) -> str:
        """The part of the brief that a scene is about, its subject kept in sight."""
        beats = [part.strip(" .") for part in _SENTENCE.split(self.brief) if part.strip(" .")] or [self.brief]
        beat = beats[(scene - 1) * len(beats) // self.scenes]
        return beat if beat == beats[0] else f"{beats[0]}, {beat}"
