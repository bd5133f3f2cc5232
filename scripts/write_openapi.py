"""Writes the API's OpenAPI document to web/openapi.json, which the web app's types are generated from."""

import json
import sys
import tempfile
from pathlib import Path

from omnigen.container import running
from omnigen.entrypoints.http.app import create_app
from omnigen.entrypoints.http.docs import document_of
from omnigen.settings import Settings


def main(target: Path) -> None:
    """Write it, indented, so that a change can be read."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings.from_environment({"OMNIGEN_DATA_DIR": folder}), running)
        document = json.loads(document_of(app))
    target.write_text(json.dumps(document, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "web/openapi.json"))
