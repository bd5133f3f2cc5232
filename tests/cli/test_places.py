"""Which OmniGen is meant, when real money may be spent, and where a video may be written."""

import json
import os
from pathlib import Path

import msgspec
import pytest

from omnigen.domain.secret import Secret
from omnigen.entrypoints.cli.errors import CliError, WrongUsage
from omnigen.entrypoints.cli.interrupts import Interrupts, Left
from omnigen.entrypoints.cli.render import agree
from omnigen.entrypoints.cli.saving import check_output, file_name
from omnigen.entrypoints.cli.stack import Local, Remote, Target, read_run
from omnigen.entrypoints.http.views import EstimateView

A_DOLLAR = msgspec.convert(
    {
        "expected": {"micros": 900_000, "usd": "0.90"},
        "at_most": {"micros": 1_000_000, "usd": "1.00"},
        "paid_seconds": 6,
        "used_seconds": 5.0,
        "lines": [],
    },
    EstimateView,
)
PAID = Remote("http://api.test", Secret("token"))


def a_run(folder: Path, **changes: object) -> Path:
    told = {"pid": os.getpid(), "started": None, "api_url": "http://127.0.0.1:1", "replicate": "fake"}
    (folder / "run.json").write_text(json.dumps({**told, "access_token": "t", **changes}))
    return folder


def target(folder: Path, **options: str) -> Target:
    return Target.of(
        data=folder, api_url=options.get("api_url"), token=Secret(""), replicate=options.get("replicate")
    )


def test_a_run_file_that_a_killed_supervisor_left_is_not_believed(tmp_path: Path) -> None:
    """Its pid may be gone, or belong to another process by now."""
    assert read_run(a_run(tmp_path)) is not None
    assert read_run(a_run(tmp_path, pid=2**22 + 1)) is None
    assert read_run(a_run(tmp_path, started=1)) is None


@pytest.mark.parametrize("text", ["", "[]", "{", '{"pid": "x"}', "null", "\xff"])
def test_a_run_file_that_is_no_run_file_is_nothing(tmp_path: Path, text: str) -> None:
    (tmp_path / "run.json").write_text(text, encoding="latin-1")
    assert read_run(tmp_path) is None


def test_the_token_is_read_again_each_time(tmp_path: Path) -> None:
    place = target(a_run(tmp_path)).find()
    assert place is not None
    a_run(tmp_path, access_token="renewed")
    assert place.token() == "renewed"
    (tmp_path / "run.json").unlink()
    with pytest.raises(CliError, match="has stopped"):
        place.token()


def test_an_address_is_stronger_than_a_folder(tmp_path: Path) -> None:
    place = target(a_run(tmp_path), api_url="https://omnigen.example/").find()
    assert place is not None
    assert (place.api_url, place.real_money) == ("https://omnigen.example", True)


def test_live_is_never_mistaken_for_fake(tmp_path: Path) -> None:
    with pytest.raises(WrongUsage, match="runs with 'fake'"):
        target(a_run(tmp_path), replicate="live").find()
    assert Local(tmp_path, {"replicate": "live"}).real_money
    assert Local(tmp_path, {}).real_money, "what is not known to be fake is real"


def test_fake_money_is_not_asked_about(tmp_path: Path) -> None:
    assert agree(Local(tmp_path, {"replicate": "fake"}), A_DOLLAR, None, yes=False) is None


def test_real_money_needs_a_word_and_a_limit() -> None:
    """Where nobody can be asked: --yes with --max-cost, or nothing is spent."""
    with pytest.raises(WrongUsage, match="--yes with --max-cost"):
        agree(PAID, A_DOLLAR, None, yes=False)
    with pytest.raises(WrongUsage, match="--max-cost is missing"):
        agree(PAID, A_DOLLAR, None, yes=True)
    assert agree(PAID, A_DOLLAR, 1_500_000, yes=True) == 1_500_000


def test_a_limit_stops_before_it_is_passed(tmp_path: Path) -> None:
    for place in (PAID, Local(tmp_path, {"replicate": "fake"})):
        with pytest.raises(WrongUsage, match=r"--max-cost is \$0.999999; this may cost \$1.00") as caught:
            agree(place, A_DOLLAR, 999_999, yes=True)
        assert caught.value.code == "max_cost_exceeded"


def test_the_second_interrupt_leaves() -> None:
    with Interrupts() as interrupts:
        assert not interrupts.asked
        interrupts.ask()
        assert interrupts.asked
        with pytest.raises(Left):
            interrupts.ask()


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("A Lighthouse at Dusk", "a-lighthouse-at-dusk.mp4"),
        ("../../etc", "etc.mp4"),
        ("¿?", "video.mp4"),
        ("x" * 99, "x" * 60 + ".mp4"),
    ],
)
def test_a_title_becomes_a_harmless_name(title: str, name: str) -> None:
    assert str(file_name(title)) == name


def test_an_output_is_checked_before_anything_is_spent(tmp_path: Path) -> None:
    there = tmp_path / "there.mp4"
    there.touch()
    assert check_output(there, force=True) == there
    for wrong in (there, tmp_path, tmp_path / "no" / "x.mp4"):
        with pytest.raises(WrongUsage, match="--output"):
            check_output(wrong, force=False)
