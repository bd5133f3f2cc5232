"""Writes docs/manifest.schema.json: what a manifest is like, from the nouns that it is made of."""

import json
from pathlib import Path
from typing import Final

import msgspec

from omnigen.domain.manifest import FORMAT, Manifest

PAGE: Final = Path(__file__).with_name("manifest.schema.json")


def page() -> str:
    """The whole document."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"Manifest of a video, {FORMAT}",
        **msgspec.json.schema(Manifest),
    }
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
