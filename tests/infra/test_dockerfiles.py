"""What can be read off the Dockerfiles without building them."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from scripts import build_lambda_zip
from tests.infra.dockerfile import ROOT, Dockerfile, context, read

IMAGES = sorted((ROOT / "infra/docker").glob("*.Dockerfile"))

pytestmark = pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.stem)


@pytest.fixture
def file(path: Path) -> Dockerfile:
    return read(path)


def test_hadolint_is_content(path: Path) -> None:
    """No finding, none switched off."""
    hadolint = Path(sys.executable).parent / "hadolint"
    found = subprocess.run([hadolint, "--no-color", path], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")
    assert "hadolint ignore" not in path.read_text()


def test_the_base_is_pinned_and_a_release_may_pin_it_harder(file: Dockerfile) -> None:
    """Both stages start from one argument, whose default names Python's version and Debian's; it is the zip's Python."""
    assert {stage.base for stage in file.stages} == {"${PYTHON}"}
    assert file.arguments == {"PYTHON": f"python:{build_lambda_zip.PYTHON}-slim-bookworm"}


def test_uv_is_that_of_the_set_up(file: Dockerfile) -> None:
    """One version resolves here, there and in the image."""
    [wanted] = re.findall(r"^UV_VERSION := (\S+)$", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert file.stages[0].last("ARG").rest == f"UV_VERSION={wanted}"


def test_everything_copied_is_let_through(file: Dockerfile, tmp_path: Path) -> None:
    """What COPY names is in the build context."""
    context(tmp_path)
    copied = [name for stage in file.stages for name in stage.copied]
    assert copied
    assert [name for name in copied if not (tmp_path / name).exists()] == []


def test_nothing_else_gets_in(path: Path, tmp_path: Path) -> None:
    """The context is OmniGen's source and what installs its packages: no emulator, no tests, no bytecode."""
    context(tmp_path)
    found = {name.relative_to(tmp_path).parts[0] for name in tmp_path.rglob("*") if name.is_file()}
    assert found == {"pyproject.toml", "uv.lock", "infra", "src"}
    assert [name for name in tmp_path.rglob("*") if name.suffix == ".pyc"] == []


def test_it_runs_as_nobody(file: Dockerfile) -> None:
    """By number, so that an orchestrator can see that it isn't root."""
    user, group = file.final.last("USER").rest.split(":")
    assert int(user) > 0
    assert int(group) > 0


def test_it_writes_to_tmp_alone(file: Dockerfile) -> None:
    """Every folder that OmniGen is told to use is under /tmp, and Python writes no bytecode."""
    told = file.final.environment
    assert told["PYTHONDONTWRITEBYTECODE"] == "1"
    assert {told["HOME"], told["OMNIGEN_DATA_DIR"]} <= {"/tmp", "/tmp/omnigen"}


def test_what_ecs_mounts_is_what_the_image_names(path: Path, file: Dockerfile) -> None:
    """On Fargate a volume is root's alone, but for one that the image names, too. Lambda brings its own."""
    named = [place for one in file.final.all("VOLUME") for place in one.words]
    task = (ROOT / "infra/terraform/modules/api/main.tf").read_text()
    mounted = re.findall(r'containerPath = "([^"]+)", readOnly = false', task)
    assert "readonlyRootFilesystem = true" in task
    assert (mounted, named) == (["/tmp"], ["/tmp"] if path.stem == "api" else [])


def test_it_starts_without_a_shell(file: Dockerfile) -> None:
    """The process is told of SIGTERM itself."""
    assert file.final.last("ENTRYPOINT").rest.startswith("[")


def test_no_secret_is_baked_in(path: Path, file: Dockerfile) -> None:
    """Neither an argument nor a variable is a secret's; they come from Secrets Manager at run time."""
    named = [*file.arguments, *(word for stage in file.stages for word in stage.environment)]
    assert [name for name in named if re.search(r"TOKEN|SECRET|PASSWORD|_KEY", name)] == []
    assert not re.search(r"AKIA[0-9A-Z]{16}|r8_[A-Za-z0-9]{20}", path.read_text())
