"""The command line as a shell sees it: arguments in; status, standard output and standard error out."""

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from omnigen.entrypoints.cli import main
from tests.fixtures.emulator import emulated

PROMPT = "a lighthouse at dusk, a storm rolls in, the light comes on"
FAULTS = '{"faults": [{"match": {"prompt": "sinking"}, "action": "sensitive"}, '
FAULTS += '{"match": {"prompt": "endless"}, "action": "never_finish"}]}'

Omnigen = Callable[..., Result]


@pytest.fixture
def omnigen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Omnigen:
    """Runs the command in an empty folder, knowing of no OmniGen that may run on this machine."""
    monkeypatch.chdir(tmp_path)
    clean = {name: None for name in os.environ if name.startswith(("OMNIGEN_", "REPLICATE"))}

    def run(*arguments: str, env: Mapping[str, str] | None = None, stdin: str | None = None) -> Result:
        surroundings = {**clean, "OMNIGEN_DATA_DIR": str(tmp_path / ".omnigen"), **(env or {})}
        result = CliRunner().invoke(main, arguments, env=surroundings, input=stdin)
        assert "Traceback" not in result.output
        return result

    return run


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """An OmniGen of the tests' own, whose models answer at once, and badly where the prompt asks for it."""
    folder = tmp_path_factory.mktemp("cli")
    (folder / "faults.json").write_text(FAULTS)
    flags = ("--replicate-seconds", "0", "--faults", str(folder / "faults.json"))
    with emulated(folder / "data", *flags) as run:
        yield run


@pytest.fixture
def there(omnigen: Omnigen, running: dict[str, Any]) -> Omnigen:
    """The same command, pointed at that OmniGen."""

    def run(*arguments: str, **others: Any) -> Result:
        return omnigen(*arguments, env={"OMNIGEN_DATA_DIR": running["data_dir"]}, **others)

    return run
