"""The pipeline is a valid definition, of the kind that Express takes, and fits the functions that it calls."""

import copy
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import pytest

from emulator.aws.resources import account_of, resources
from tests.infra.express import LONGEST_S, complaints, states_of

ROOT: Final = Path(__file__).resolve().parents[2]
VALIDATOR: Final = ROOT / "infra" / "tools" / "node_modules" / ".bin" / "asl-validator"
PIPELINE: Final = resources()["state_machines"]["pipeline"]
DEFINITION: Final = account_of(resources()).machines["pipeline"].definition
MACHINE: Final = json.loads((ROOT / PIPELINE["definition"]).read_text())
TASKS: Final = {
    name: state for name, state in states_of(MACHINE) if state.get("Resource", "").endswith("lambda:invoke")
}


def _validated(folder: Path, definition: str) -> subprocess.CompletedProcess[str]:
    assert VALIDATOR.exists(), "run `make infra/tools/node_modules/.done`, or `make test`, which does"
    path = folder / "machine.json"
    path.write_text(definition)
    return subprocess.run(
        [VALIDATOR, "--json-path", path], capture_output=True, text=True, check=False, timeout=60
    )


def test_asl_validator_has_nothing_to_say(tmp_path: Path) -> None:
    """With the ARNs put in, as Terraform and the emulator do."""
    told = _validated(tmp_path, DEFINITION)
    assert told.returncode == 0, told.stdout + told.stderr


def test_asl_validator_would_say_something(tmp_path: Path) -> None:
    broken = DEFINITION.replace('"Next": "Planned"', '"Next": "Nowhere"')
    assert _validated(tmp_path, broken).returncode != 0


def test_there_is_nothing_that_express_forbids_and_nothing_that_we_do() -> None:
    assert complaints(MACHINE) == []


def _sync(machine: Any) -> None:
    machine["States"]["HandOver"]["Resource"] += ".sync"


def _distributed(machine: Any) -> None:
    scenes = machine["States"]["Generate"]["Branches"][0]["States"]["Scenes"]
    scenes["ItemProcessor"]["ProcessorConfig"]["Mode"] = "DISTRIBUTED"


def _uncaught(machine: Any) -> None:
    del machine["States"]["ComposeVideo"]["Catch"]


def _bug_tried_again(machine: Any) -> None:
    machine["States"]["ComposeVideo"]["Retry"][0]["ErrorEquals"] = ["States.ALL"]


def _timeless(machine: Any) -> None:
    del machine["States"]["StartLeg"]["TimeoutSeconds"]


def _dates(machine: Any) -> None:
    machine["States"]["PlanWait"] = {"Type": "Wait", "TimestampPath": "$.leg.until", "Next": "PlanStoryboard"}


def _stranger(machine: Any) -> None:
    machine["States"]["StartLeg"]["Parameters"]["FunctionName"] = "${Other}"


def _whole_answer(machine: Any) -> None:
    del machine["States"]["FinishJob"]["ResultSelector"]


@pytest.mark.parametrize(
    "spoil",
    [_sync, _distributed, _uncaught, _bug_tried_again, _timeless, _dates, _stranger, _whole_answer],
)
def test_our_own_check_sees_what_is_wrong(spoil: Callable[[Any], None]) -> None:
    machine = copy.deepcopy(MACHINE)
    spoil(machine)
    assert complaints(machine) != []


@pytest.mark.parametrize("name", TASKS)
def test_a_task_waits_a_little_longer_than_its_function_lives(name: str) -> None:
    """So that it is Lambda that says what became of it; and no function outlives an execution."""
    place = TASKS[name]["Parameters"]["FunctionName"].strip("${}")
    lives = resources()["functions"][PIPELINE["placeholders"][place]]["timeout_s"]
    assert lives < TASKS[name]["TimeoutSeconds"] <= lives + 15
    assert lives < LONGEST_S


def test_it_is_an_express_machine_whose_placeholders_are_functions() -> None:
    assert PIPELINE["type"] == "EXPRESS"
    assert set(PIPELINE["placeholders"].values()) <= set(resources()["functions"])
    assert "${" not in DEFINITION
