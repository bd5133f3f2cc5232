"""`omnigen jobs edit | regenerate | retry | takes`: what may be said, and what comes of it against an OmniGen that runs."""

import json
from pathlib import Path
from typing import Any

import click
import msgspec
import pytest

from omnigen.domain.storyboard import TransitionKind
from omnigen.entrypoints.cli.changes import changes
from omnigen.entrypoints.http.edits import StoryboardEdit
from omnigen.entrypoints.http.requests import TransitionBody
from tests.cli.conftest import Omnigen

WRONG = [
    (("edit",), "missing argument 'JOB_ID'"),
    (("edit", "j", "--scene", "0"), "--scene: 0 is not in the range"),
    (("edit", "j", "--scene", "1", "--duration", "nan"), "--duration is 'nan'; seconds from 1 to 60"),
    (("edit", "j", "--scene", "1", "--prompt", ""), "--prompt has 0 characters; 1 to 2000 are allowed"),
    (("edit", "j", "--transition", "burn"), "--transition is 'burn'; a kind, as in fade or fade:0.75"),
    (("edit", "j", "--transition", "fade:long"), "--transition is 'fade:long'"),
    (("edit", "j", "--order", "1,b"), "--order is '1,b'; scene numbers as in 1,3,2 are allowed"),
    (("edit", "j", "--seed", "-1"), "--seed: -1 is not in the range"),
    (("edit", "j", "--storyboard", "x.json"), "--storyboard: x.json can't be read"),
    (("regenerate", "j"), "missing argument 'SCENE'"),
    (("regenerate", "j", "0"), "SCENE: 0 is not in the range"),
    (("regenerate", "j", "1", "--seed", "1", "--take", "t"), "--seed and --take are both given"),
    (("retry", "j", "--placeholder"), "no such option '--placeholder'"),
    (("takes",), "missing argument 'JOB_ID'"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG)
def test_a_wrong_command_is_one_line(omnigen: Omnigen, arguments: tuple[str, ...], said: str) -> None:
    """It names the option, before anything is started."""
    result = omnigen("jobs", *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"omnigen: {said}")
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("given", "body"),
    [
        ({"title": "New"}, {"title": "New"}),
        ({"music": ""}, {"music": None}),
        ({"scene": 2, "prompt": "x"}, {"scenes": [{"from": 1}, {"from": 2, "prompt": "x"}, {"from": 3}]}),
        (
            {"scene": 1, "narration": ""},
            {"scenes": [{"from": 1, "narration": None}, {"from": 2}, {"from": 3}]},
        ),
        ({"order": (3, 1)}, {"scenes": [{"from": 3}, {"from": 1}]}),
        (
            {"order": (2, 1), "scene": 2, "placeholder": False},
            {"scenes": [{"from": 2, "placeholder": False}, {"from": 1}]},
        ),
        (
            {"scene": 3, "transition": TransitionBody(type=TransitionKind.FADE, duration=0.75)},
            {
                "scenes": [
                    {"from": 1},
                    {"from": 2},
                    {"from": 3, "transition": {"type": "fade", "duration": 0.75}},
                ]
            },
        ),
    ],
    ids=str,
)
def test_switches_become_the_body_that_the_api_takes(given: dict[str, Any], body: dict[str, Any]) -> None:
    """Nothing is in it that wasn't said."""
    made = msgspec.to_builtins(changes(given, 3, "1.50", None))
    assert made == {**body, "max_cost": "1.50"}


@pytest.mark.parametrize(
    ("given", "file", "said"),
    [
        ({}, None, "nothing is to be changed"),
        ({"prompt": "x"}, None, "--scene is missing"),
        ({"scene": 1}, None, "nothing is said about --scene 1"),
        ({"scene": 4, "prompt": "x"}, None, "--scene is 4; scenes 1 to 3 are there"),
        ({"title": "x"}, StoryboardEdit(), "--title does not go with --storyboard"),
    ],
    ids=str,
)
def test_switches_that_do_not_go_together_are_refused(
    given: dict[str, Any], file: StoryboardEdit | None, said: str
) -> None:
    """The message names the option."""
    with pytest.raises(click.UsageError, match=said):
        changes(given, 3, None, file)


@pytest.mark.e2e
@pytest.mark.xdist_group("cli")
def test_a_video_is_edited_step_by_step(there: Omnigen, tmp_path: Path) -> None:
    """Told first, then done: switches, a file, another take and the first one again; each pays for what it changes."""
    scene = {"duration": 3}
    board = {
        "scenes": [{**scene, "prompt": "the sea at dusk"}, {**scene, "prompt": "the sea at noon"}],
        "resolution": "480p",
        "model": "bytedance/seedance-2.0",
    }
    (tmp_path / "board.json").write_text(json.dumps(board))
    first = json.loads(there("render", "--storyboard", "board.json", "-o", "1.mp4", "--json").stdout)
    job = first["id"]

    promised = there("jobs", "edit", job, "--scene", "2", "--prompt", "the sea at night", "--dry-run")
    assert promised.exit_code == 0, promised.output
    assert "prompt" in promised.stdout
    switches = ("--scene", "2", "--transition", "fade:0.5", "--json")
    edited = there("jobs", "edit", job, *switches, "-o", "2.mp4")
    assert edited.exit_code == 0, edited.output
    second = json.loads(edited.stdout)
    assert (second["revision"], second["cost"]["micros"], second["duration"]) == (2, 0, 5.5)

    other = json.loads(there("jobs", "regenerate", job, "2", "--json").stdout)
    assert (other["revision"], other["cost"]["micros"] > 0) == (3, True)
    takes = json.loads(there("jobs", "takes", job, "--json").stdout)[1]["takes"]
    assert [take["in_use"] for take in takes] == [False, True]
    name = takes[0]["id"].removeprefix(f"{job}.")
    assert name in there("jobs", "takes", job).stdout
    back = json.loads(there("jobs", "regenerate", job, "2", "--take", name, "--json").stdout)
    assert (back["cost"]["micros"], back["sha256"]) == (0, second["sha256"])

    shown = json.loads(there("jobs", "show", job, "--json").stdout)
    shown["storyboard"]["scenes"].reverse()
    (tmp_path / "job.json").write_text(json.dumps(shown))
    refused = there("jobs", "edit", job, "--storyboard", "job.json", "--dry-run")
    assert (refused.exit_code, "--storyboard: scenes[1].transition" in refused.stderr) == (2, True)
    for one in shown["storyboard"]["scenes"]:
        one["transition"] = None
    turned = there("jobs", "edit", job, "--storyboard", "-", "--dry-run", "--json", stdin=json.dumps(shown))
    assert [s["from"] for s in json.loads(turned.stdout)["scenes"]] == [2, 1]
    dear = there("jobs", "edit", job, "--scene", "1", "--prompt", "a wood", "--max-cost", "0.01")
    assert "--max-cost is $0.01; this may cost $" in dear.stderr


@pytest.mark.e2e
@pytest.mark.xdist_group("cli")
def test_a_scene_that_can_not_be_made_is_delivered_as_a_card(there: Omnigen, tmp_path: Path) -> None:
    """The rest is worth having; the card is repaired by another prompt."""
    scene = {"duration": 2.5}
    board = {
        "scenes": [{**scene, "prompt": "a ship is sinking"}, {**scene, "prompt": "the sea at noon"}],
        "resolution": "480p",
        "model": "bytedance/seedance-2.0",
    }
    (tmp_path / "board.json").write_text(json.dumps(board))
    failed = json.loads(there("render", "--storyboard", "board.json", "-o", "1.mp4", "--json").stdout)
    job = failed["job"]["id"]
    carded = there("jobs", "retry", job, "--placeholders", "--json", "-o", "card.mp4")
    assert carded.exit_code == 0, carded.output
    assert json.loads(carded.stdout)["duration"] == 5
    repaired = there(
        "jobs", "edit", job, "--scene", "1", "--prompt", "a ship at sea", "--no-placeholder", "--json"
    )
    assert repaired.exit_code == 0, repaired.output
    assert json.loads(repaired.stdout)["status"] == "succeeded"
