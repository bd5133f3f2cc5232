"""Replicate's own client for JavaScript goes through the fake as through the real one."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from tests.emulator.replicate_stub import PUBLIC, VEO, Fake, fake_replicate, listening

FOLDER: Final = Path(__file__).parent / "js"


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[Fake]:
    with fake_replicate(tmp_path) as running:
        yield running


def delivery(fake: Fake) -> dict[str, Any]:
    """A webhook as it came: its headers and its body."""
    with listening() as listener:
        fake.create({"prompt": "x"}, webhook=listener.url, webhook_events_filter=["completed"])
        (told,) = listener.wait_for(1)
    return {"headers": told.headers, "body": told.body.decode()}


def test_the_javascript_client_walks_through(fake: Fake) -> None:
    """Running with and without waiting, files, cancelling, refusals, a webhook's signature."""
    assert (FOLDER / "node_modules" / "replicate").is_dir(), (
        "run `make tests/emulator/js/node_modules/.done`, or `make test`, which does"
    )
    fake.fault(match={"prompt": "never ends"}, action="never_finish")
    given = {"BASE_URL": fake.url, "TOKEN": "r8_test", "MODEL": VEO, "WEBHOOK": json.dumps(delivery(fake))}
    env = {"PATH": os.environ["PATH"]} | given
    walk = subprocess.run(
        ["node", "walk.mjs"], cwd=FOLDER, env=env, capture_output=True, text=True, timeout=120, check=False
    )
    assert walk.returncode == 0, walk.stderr
    got = json.loads(walk.stdout)

    for output in (got["blocked"], got["polled"]):
        assert output.startswith(f"{fake.url}/")
        assert b"a lighthouse at dusk" in PUBLIC.get(output).content
    assert got["last"] == "succeeded"

    assert got["file"]["size"] == len(b"a first frame")
    assert got["file"]["metadata"] == {"from": "a test"}
    assert got["listed"] == [got["file"]["id"]]
    assert got["deleted"] is True

    assert got["running"] in ("starting", "processing")
    assert got["cancelled"] == got["waited"] == "canceled"
    assert got["refused"] == {"name": "ApiError", "status": 422}
    assert (got["signed"], got["forged"]) == (True, False)
