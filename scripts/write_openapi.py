"""Writes the API's OpenAPI document to a file, which the web app's types are generated from (scripts/web-types)."""

import sys
import tempfile
from pathlib import Path

from omnigen.container import running
from omnigen.entrypoints.http.app import create_app
from omnigen.entrypoints.http.docs import document_of
from omnigen.settings import Settings


def main(target: Path) -> None:
    """Write it."""
    with tempfile.TemporaryDirectory() as folder:
        app = create_app(Settings.from_environment({"OMNIGEN_DATA_DIR": folder}), running)
        target.write_bytes(document_of(app))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
