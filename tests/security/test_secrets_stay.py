"""Canaries: each secret is where it belongs, and nowhere else; logs are one JSON object a line, whatever is in them.

The real processes live through a day (plunder.py): a film, a worker's end, a failure, strangers at the door, a sign-in.
"""

import json
import re
import unicodedata
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.security.plunder import PRIVATE, SIGNATURE, Loot, plundered

LOGS = ("logs/api.log*", "logs/worker.log*")
BELONGS = ("secrets.json", "identity/*", "replicate/*", "storage/s3.json")
"""The emulator's own: its drawer of secrets, and the stand-ins that must know them to stand in."""


@pytest.mark.e2e
@pytest.mark.timeout(240)
def test_a_day_leaves_no_secret_behind_and_no_line_of_anybody_else(tmp_path: Path) -> None:
    """One day, and all checks of it: a day takes ten seconds of two cores."""
    loot = plundered(tmp_path)
    for check in CHECKS:
        check(loot)


def matching(loot: Loot, patterns: tuple[str, ...]) -> Iterator[tuple[str, bytes]]:
    return ((n, b) for n, b in loot.files.items() if any(fnmatchcase(n, pattern) for pattern in patterns))


def logged(loot: Loot) -> Iterator[bytes]:
    for _, text in matching(loot, LOGS):
        yield from text.split(b"\n")[:-1]


def the_day_was_as_it_should_be(loot: Loot) -> None:
    """The control: there was something to find, and it is found where it is meant to be."""
    kept = b"".join(text for _, text in matching(loot, BELONGS))
    for name in (
        "the provider's token",
        "the webhooks' secret",
        "the store's secret key",
        "the user's password",
    ):
        assert loot.canaries[name].encode() in kept, name
    assert len(loot.canaries) >= 6
    assert loot.signed
    assert all(
        any(name.startswith(start) for name in loot.files)
        for start in ("logs/api", "logs/worker", "omnigen.db")
    )
    assert {"manifest.json", "timeline.otio", "video.mp4", "poster.jpg"} <= loot.exported.keys()
    assert PRIVATE.encode() in loot.exported["manifest.json"]
    assert any("ffmpeg" in name and " -i " in name for name in loot.environments), loot.environments.keys()
    assert len(list(logged(loot))) > 20


def no_secret_leaves_the_house(loot: Loot) -> None:
    """Not in answers (errors among them), events, files for users, metrics, nor in what FFmpeg is started with."""
    for found in (loot.answers, loot.exported, loot.numbers, loot.environments):
        assert found
        for name, canary in loot.canaries.items():
            assert [place for place, text in found.items() if canary.encode() in text] == [], name


def no_secret_lies_about_in_the_data_folder(loot: Loot) -> None:
    """Rows, logs, objects, scratch space, and whatever else was written: none has one but those that keep them."""
    kept = dict(matching(loot, BELONGS))
    for name, canary in loot.canaries.items():
        places = [
            place for place, text in loot.files.items() if canary.encode() in text and place not in kept
        ]
        assert places == [], name


def a_signed_address_is_for_whom_it_was_made(loot: Loot) -> None:
    """In an answer to its user, or in the provider's hands: in no log, manifest or number, nor in a row.

    But for one: a take keeps its input to the letter, to know its prediction again after a lost reply, and where that
    begins with a picture, it is named by an address that ends within hours.
    """
    ours = {**dict(matching(loot, LOGS)), **loot.exported, **loot.numbers}
    assert [place for place, text in ours.items() if SIGNATURE.search(text)] == []
    database = dict(matching(loot, ("omnigen.db*",)))
    for place, text in {**ours, **database}.items():
        assert [found for found in loot.signed if found.encode() in text] == [], place
    found = {signature for text in database.values() for signature in SIGNATURE.findall(text)}
    assert len(found) == 1, "the address of the one picture"


def what_users_write_is_no_matter_for_logs_and_numbers(loot: Loot) -> None:
    assert [line for line in logged(loot) if PRIVATE.encode() in line] == []
    assert [name for name, text in loot.numbers.items() if PRIVATE.encode() in text] == []


def every_line_of_the_logs_is_one_object(loot: Loot) -> None:
    """To readers that split at bytes, and to those that split at every line end of Unicode."""
    for line in logged(loot):
        assert isinstance(json.loads(line), dict), line
        text = line.decode()
        assert len(text.splitlines()) == 1, line
        assert [c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Zl", "Zp")] == [], line


def nobody_writes_a_line_of_his_own(loot: Loot) -> None:
    events = {json.loads(line).get("event") for line in logged(loot)}
    assert "request" in events
    assert not {event for event in events if "forged" in str(event)}
    ids = {json.loads(line)["request_id"] for line in logged(loot) if b'"request_id"' in line}
    assert all(re.fullmatch(r"req_[0-9a-f]{16}", request_id) for request_id in ids)


CHECKS = (
    the_day_was_as_it_should_be,
    no_secret_leaves_the_house,
    no_secret_lies_about_in_the_data_folder,
    a_signed_address_is_for_whom_it_was_made,
    what_users_write_is_no_matter_for_logs_and_numbers,
    every_line_of_the_logs_is_one_object,
    nobody_writes_a_line_of_his_own,
)
