"""Whatever is wrong is said in one line that names the option, before anything is started or spent."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import PROMPT, Omnigen

WRONG = [
    ((), "give a PROMPT or --storyboard FILE; neither is given"),
    (("",), "PROMPT has 0 characters; 10 to 2000 are allowed"),
    (("   too short   ",), "PROMPT has 9 characters; 10 to 2000 are allowed"),
    (("x" * 2001,), "PROMPT has 2001 characters; 10 to 2000 are allowed"),
    (("a lighthouse\x1b[31m at dusk",), "PROMPT has the control character U+001B; printable text is allowed"),
    ((PROMPT, "--duration", "nan"), "--duration is 'nan'; seconds from 5 to 180 are allowed"),
    ((PROMPT, "--duration", "inf"), "--duration is 'inf'; seconds from 5 to 180 are allowed"),
    ((PROMPT, "--duration", "4.9"), "--duration is '4.9'; seconds from 5 to 180 are allowed"),
    ((PROMPT, "--duration", "long"), "--duration is 'long'; seconds from 5 to 180 are allowed"),
    ((PROMPT, "--aspect", "5:4"), "--aspect: '5:4' is not one of '16:9', '9:16', '1:1', '4:5'"),
    ((PROMPT, "--style", "nice"), "--style: 'nice' is not one of"),
    ((PROMPT, "--planner", "gpt"), "--planner: 'gpt' is not one of 'free', 'llm'"),
    ((PROMPT, "--resolution", "8k"), "--resolution: '8k' is not one of"),
    ((PROMPT, "--title", ""), "--title has 0 characters; 1 to 120 are allowed"),
    ((PROMPT, "--max-cost", "-1"), "--max-cost is '-1'; dollars from 0"),
    ((PROMPT, "--max-cost", "1e3"), "--max-cost is '1e3'; dollars from 0"),
    ((PROMPT, "--key", "ü"), "--key"),
    ((PROMPT, "--nope"), "no such option '--nope'"),
    ((PROMPT, "more"), "got unexpected extra argument"),
    ((PROMPT, "--duration"), "option '--duration' requires an argument"),
    ((PROMPT, "-o", "."), "--output: . is a folder; a file name is needed"),
    ((PROMPT, "-o", "no/where.mp4"), "--output: the folder no does not exist"),
    ((PROMPT, "--storyboard", "x.json"), "give a PROMPT or --storyboard FILE; both are given"),
    (("--storyboard", "x.json"), "--storyboard: x.json can't be read (No such file or directory)"),
    (("--storyboard", "x.json", "--duration", "9"), "--duration does not go with --storyboard"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG)
def test_a_wrong_render_is_one_line(omnigen: Omnigen, arguments: tuple[str, ...], said: str) -> None:
    result = omnigen("render", *arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith(f"omnigen: {said}")
    assert result.stderr.count("\n") == 1
    assert not result.stdout


SCENE = {"prompt": "the sea", "duration": 5}
BOARDS = [
    ("", "is not JSON"),
    ("[1, 2", "is not JSON"),
    ("[" * 100_000, "is not JSON"),
    ("[]", "is a list of 0; an object is allowed"),
    ("{}", "scenes: scenes is missing"),
    (json.dumps({"scenes": []}), "scenes: scenes is a list of 0; a list of 1 to 40 is allowed"),
    (json.dumps({"scenes": [SCENE] * 41}), "scenes: scenes is a list of 41; a list of 1 to 40 is allowed"),
    (json.dumps({"scenes": [SCENE, {**SCENE, "duration": 0.5}]}), "scenes[2].duration: duration is 0.5 s"),
    (json.dumps({"scenes": [{**SCENE, "duration": "5"}]}), 'scenes[1].duration: duration is "5"'),
    (json.dumps({"scenes": [{**SCENE, "colour": 1}]}), "scenes[1].colour: 'colour' is not known here"),
    ('{"scenes": [{"prompt": "the sea", "duration": NaN}]}', "scenes[1].duration"),
    (json.dumps({"scenes": [SCENE], "style": "nice"}), 'style: style is "nice"'),
]


@pytest.mark.parametrize(("text", "said"), BOARDS)
def test_a_wrong_storyboard_is_refused_with_its_place(
    omnigen: Omnigen, tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "board.json").write_text(text)
    result = omnigen("render", "--storyboard", "board.json")
    assert result.exit_code == 2
    assert said in result.stderr
    assert result.stderr.startswith("omnigen: --storyboard: ")
    assert result.stderr.count("\n") == 1


def test_a_storyboard_that_is_too_large_is_not_read(omnigen: Omnigen, tmp_path: Path) -> None:
    (tmp_path / "board.json").write_bytes(b" " * 1_000_001)
    result = omnigen("render", "--storyboard", "board.json")
    assert (result.exit_code, "up to 1000000 are allowed" in result.stderr) == (2, True)


def test_a_file_that_is_there_stays(omnigen: Omnigen, tmp_path: Path) -> None:
    """It is refused before anything is spent, and only --force overwrites."""
    (tmp_path / "out.mp4").write_text("mine")
    result = omnigen("render", PROMPT, "-o", "out.mp4")
    assert result.exit_code == 2
    assert result.stderr == "omnigen: --output: out.mp4 exists already; --force overwrites it\n"
    assert (tmp_path / "out.mp4").read_text() == "mine"


@pytest.mark.parametrize(
    "arguments",
    [
        ("jobs", "--status", "done"),
        ("jobs", "--limit", "0"),
        ("jobs", "--limit", "5", "show", "x"),
        ("jobs", "nope"),
        ("jobs", "show"),
        ("jobs", "refund", "x", "--amount", "0", "--yes"),
        ("jobs", "fail", "x"),
        ("users", "tier", "a@b.c", "gold"),
        ("usage", "--periods", "0"),
        ("storyboard",),
        ("storyboard", "short"),
        ("nope",),
    ],
)
def test_other_wrong_commands_are_one_line(omnigen: Omnigen, arguments: tuple[str, ...]) -> None:
    result = omnigen(*arguments)
    assert result.exit_code == 2
    assert result.stderr.startswith("omnigen: ")
    assert result.stderr.count("\n") == 1


def test_programs_are_told_in_json_too(omnigen: Omnigen) -> None:
    result = omnigen("render", "--storyboard", "x.json", "--json")
    assert json.loads(result.stdout)["error"]["code"] == "invalid"
    assert result.stderr.startswith("omnigen: --storyboard")


@pytest.mark.parametrize(
    ("env", "said"),
    [
        (
            {"OMNIGEN_API_URL": "nonsense"},
            "OMNIGEN_API_URL is 'nonsense'; an http or https address is allowed",
        ),
        ({"OMNIGEN_API_URL": "http://127.0.0.1:9"}, "OMNIGEN_ACCESS_TOKEN is missing"),
        ({"REPLICATE": "sometimes"}, "--replicate: 'sometimes' is not one of 'fake', 'live'"),
    ],
)
def test_wrong_variables_are_named(omnigen: Omnigen, env: dict[str, str], said: str) -> None:
    result = omnigen("usage", env=env)
    assert result.exit_code == 2
    assert said in result.stderr


def test_nothing_that_runs_is_status_1(omnigen: Omnigen) -> None:
    result = omnigen("status", "--json")
    assert result.exit_code == 1
    assert "nothing runs" in result.stderr


@pytest.mark.parametrize(
    "command",
    ["jobs", "jobs show x", "jobs cancel x", "jobs retry x", "jobs inspect x", "jobs fail x -y", "usage"],
)
def test_where_no_data_is_nothing_is_started(omnigen: Omnigen, tmp_path: Path, command: str) -> None:
    """A folder that is spelt wrong is no OmniGen without jobs."""
    result = omnigen(*command.split())
    folder = tmp_path / ".omnigen"
    assert result.exit_code == 1
    assert result.stderr == (
        f"omnigen: there is no OmniGen data at {folder}; --data or OMNIGEN_DATA_DIR name another folder, "
        "OMNIGEN_API_URL one elsewhere, and `omnigen render` makes a first video\n"
    )
    assert not folder.exists()


@pytest.mark.parametrize(
    "command", ["render", "jobs", "storyboard", "usage", "models", "users", "status", "doctor"]
)
def test_every_command_has_help(omnigen: Omnigen, command: str) -> None:
    assert command in omnigen("-h").stdout
    result = omnigen(command, "-h")
    assert (result.exit_code, "Usage: omnigen" in result.stdout) == (0, True)


def test_the_version_is_told(omnigen: Omnigen) -> None:
    assert omnigen("--version").stdout.startswith("omnigen ")
