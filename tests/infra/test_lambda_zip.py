"""The generator's zip: what is in it, that it is the same every time, and that it needs nothing beside itself."""

import ast
import hashlib
import platform
import struct
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from omnigen.settings import NEEDS, Part
from scripts import build_lambda_zip as builder
from tests.infra.conftest import reaching_the_registry

pytestmark = pytest.mark.slow

MACHINES = {"arm64": 183, "x86_64": 62}
"""ELF's own numbers for the two."""
ABSENT = (
    "aioboto3",
    "aiohttp",
    "apsw",
    "av",
    "emulator",
    "ffmpeg",
    "granian",
    "imageio_ffmpeg",
    "litestar",
    "numpy",
)
HERE = "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"
OUR_PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
AWS = {
    "OMNIGEN_PROFILE": "aws",
    "OMNIGEN_DATA_DIR": "/tmp/omnigen",
    "AWS_DEFAULT_REGION": "us-east-1",
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
}
IMPORT_ALL = """
import importlib, pkgutil, sys
sys.path.insert(0, sys.argv[1])
import omnigen
for found in pkgutil.walk_packages(omnigen.__path__, "omnigen."):
    if not found.name.endswith(".__main__"):
        importlib.import_module(found.name)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""
CALL = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
class Context:
    aws_request_id = "1"
    def get_remaining_time_in_millis(self):
        return 30_000
module, _, name = sys.argv[2].rpartition(".")
try:
    getattr(importlib.import_module(module), name)({"step": "juggle"}, Context())
except Exception as error:
    assert type(error).__name__ == "Invalid" and "juggle" in str(error), repr(error)
import boto3
for service in sys.argv[3:]:
    boto3.client(service)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


def built(folder: Path, arch: str, python: str = builder.PYTHON) -> Path:
    """A zip of that kind."""
    out = folder / f"{arch}-{python}.zip"
    with reaching_the_registry():
        builder.build(out, arch=arch, python=python)
    return out


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("zips")
    return {arch: built(folder, arch) for arch in MACHINES}


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The zip for this machine and this Python, as Lambda lays it out."""
    folder = tmp_path_factory.mktemp("task")
    with zipfile.ZipFile(built(folder, HERE, OUR_PYTHON)) as archive:
        archive.extractall(folder / "task")
    return folder / "task"


def alone(script: str, *arguments: str, **told: str) -> set[str]:
    """Run it with nothing importable but the standard library and what it adds itself: the top packages it has loaded."""
    done = subprocess.run(
        [sys._base_executable, "-I", "-S", "-B", "-c", script, *arguments],  # type: ignore[attr-defined]
        capture_output=True, text=True, check=False, env={**AWS, **told}, cwd="/",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_same_bytes_twice(shipped: dict[str, Path], tmp_path: Path) -> None:
    """Neither time nor order nor chance is in it, so that a deployment changes only what has changed."""
    twice = [
        hashlib.sha256(path.read_bytes()).hexdigest() for path in (shipped["arm64"], built(tmp_path, "arm64"))
    ]
    assert twice[0] == twice[1]


@pytest.mark.parametrize("arch", MACHINES)
def test_it_is_small(shipped: dict[str, Path], arch: str) -> None:
    """A fifth of what Lambda takes, a tenth of what it unpacks."""
    assert shipped[arch].stat().st_size < builder.LARGEST / 4
    with zipfile.ZipFile(shipped[arch]) as archive:
        assert sum(entry.file_size for entry in archive.infolist()) < 40_000_000


@pytest.mark.parametrize("arch", MACHINES)
def test_it_carries_nothing_that_it_does_not_run(shipped: dict[str, Path], arch: str) -> None:
    """No web framework, no decoder, no FFmpeg, nothing of the emulator."""
    with zipfile.ZipFile(shipped[arch]) as archive:
        top = {name.partition("/")[0].removesuffix(".py") for name in archive.namelist()}
    assert {"omnigen", "boto3", "replicate"} <= top
    assert top.isdisjoint(ABSENT)
    assert top.isdisjoint({"tests", "benchmarks", "bin"})


@pytest.mark.parametrize("arch", MACHINES)
def test_it_is_for_that_machine(shipped: dict[str, Path], arch: str) -> None:
    """Every library in it is of its architecture."""
    with zipfile.ZipFile(shipped[arch]) as archive:
        libraries = [name for name in archive.namelist() if ".so" in Path(name).suffixes]
        machines = {struct.unpack_from("<H", archive.read(name), 18)[0] for name in libraries}
    assert libraries
    assert machines == {MACHINES[arch]}


@pytest.mark.parametrize("arch", MACHINES)
def test_anyone_may_read_it(shipped: dict[str, Path], arch: str) -> None:
    """Lambda runs as a user of its own."""
    with zipfile.ZipFile(shipped[arch]) as archive:
        modes = {entry.external_attr >> 16 & 0o777 for entry in archive.infolist()}
    assert modes == {0o644, 0o755}


def test_all_that_is_left_of_omnigen_can_be_imported(unpacked: Path) -> None:
    """Every module in it finds its packages in it: what was left out was rightly left out."""
    assert alone(IMPORT_ALL, str(unpacked)).isdisjoint(ABSENT)


@pytest.mark.parametrize("part", [Part.GENERATOR, Part.SWEEPER])
def test_a_handler_answers_from_it_alone(unpacked: Path, part: Part) -> None:
    """`python -I -S`: no site-packages, no current folder. It opens its stores, and refuses a step that isn't there;
    every service that it may call has its description.
    """
    handler = f"omnigen.entrypoints.lambdas.{part}.handler"
    loaded = alone(CALL, str(unpacked), handler, *builder.SERVICES, **dict.fromkeys(NEEDS[part], "us-east-1"))
    assert loaded.isdisjoint(ABSENT)


def test_bytecode_is_never_looked_at_twice(unpacked: Path) -> None:
    """Its flags say unchecked: times in a zip mean nothing, and Lambda's disk can't be written to."""
    compiled = list(unpacked.rglob("*.pyc"))
    assert len(compiled) > 500
    assert {struct.unpack_from("<I", path.read_bytes(), 4)[0] for path in compiled} == {0b01}


def test_the_services_that_are_kept_are_those_that_are_opened() -> None:
    """botocore can talk to those only whose description it has."""
    opened = {
        str(node.args[0].value)
        for path in (builder.ROOT / "src/omnigen").rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "open"
        and ast.unparse(node.func.value).endswith("clients")
        and node.args
        and isinstance(node.args[0], ast.Constant)
    }
    assert "s3" in opened
    assert opened - {"cognito-idp"} <= set(builder.SERVICES)  # users are the API's affair
