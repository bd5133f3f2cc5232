"""The Dockerfiles carried out in a folder: their packages install, their commands start, and they need nothing else."""

import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator.ports import free_ports
from omnigen.settings import NEEDS, Part
from tests.infra.conftest import reaching_the_registry
from tests.infra.dockerfile import ROOT, Built, carry_out
from tests.infra.runtime_api import runtime_api

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

NOWHERE = "http://127.0.0.1:9"
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "nobody", "AWS_SECRET_ACCESS_KEY": "nothing", "AWS_ENDPOINT_URL": NOWHERE}


def built(name: str, folder: Path, python: Path) -> Built:
    with reaching_the_registry():
        return carry_out(ROOT / f"infra/docker/{name}.Dockerfile", folder, python)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory, production_python: Path) -> Built:
    return built("api", tmp_path_factory.mktemp("api"), production_python)


@pytest.fixture(scope="module")
def composer(tmp_path_factory: pytest.TempPathFactory, production_python: Path) -> Built:
    return built("composer", tmp_path_factory.mktemp("composer"), production_python)


def needed(part: Part) -> dict[str, str]:
    """Every variable that a part insists on, and keys that open nothing."""
    told = {name: f"{NOWHERE}/x" if name.endswith(("URL", "ISSUER")) else "us-east-1" for name in NEEDS[part]}
    return {**CREDENTIALS, **told}


def has(image: Built, package: str) -> bool:
    return image.at(f"/opt/packages/{package}").exists()


def contents(image: Built) -> set[tuple[Path, int]]:
    return {(path, path.stat().st_mtime_ns) for path in image.at("/opt").rglob("*") if path.is_file()}


class TestApi:
    @pytest.fixture
    def running(self, api: Built) -> Iterator[tuple[subprocess.Popen[str], dict[str, str]]]:
        """The image's own command, as ECS starts it, with AWS out of reach."""
        told = {**needed(Part.API), "OMNIGEN_PORT": str(free_ports(1)[0]), "OMNIGEN_HOST": "127.0.0.1"}
        process = api.start(api.stage.last("ENTRYPOINT").words, **told)
        try:
            yield process, told
        finally:
            process.kill()
            process.communicate()

    def test_it_is_healthy(self, api: Built, running: tuple[subprocess.Popen[str], dict[str, str]]) -> None:
        """The health check fails until the API answers and succeeds from then on; nothing was written beside the code."""
        process, told = running
        before, deadline = contents(api), time.monotonic() + 60
        while not self.answers(api, told):
            assert process.poll() is None, process.communicate()[1]
            assert time.monotonic() < deadline
        assert contents(api) == before

    @staticmethod
    def answers(api: Built, told: dict[str, str]) -> bool:
        check = api.start(api.stage.health_check, **told)
        check.communicate(timeout=30)
        return check.returncode == 0

    def test_it_ends_when_told(
        self, api: Built, running: tuple[subprocess.Popen[str], dict[str, str]]
    ) -> None:
        """SIGTERM, which is how ECS asks, ends it with 0."""
        process, told = running
        deadline = time.monotonic() + 60
        while not self.answers(api, told) and time.monotonic() < deadline:
            pass
        process.terminate()
        assert process.wait(30) == 0

    def test_what_is_missing_is_named(self, api: Built) -> None:
        """Without a variable that it needs, it says which, in one line, and exits with 2."""
        process = api.start(api.stage.last("ENTRYPOINT").words)
        _, told = process.communicate(timeout=60)
        assert process.returncode == 2
        assert "OMNIGEN_" in told
        assert len(told.splitlines()) == 1

    @pytest.mark.parametrize(
        "package", ["apsw", "awslambdaric", "emulator", "imageio_ffmpeg", "replicate", "tests"]
    )
    def test_it_has_no(self, api: Built, package: str) -> None:
        """Neither what others need nor what only tests do."""
        assert not has(api, package)


class TestComposer:
    def test_its_ffmpeg_can_do_everything(self, composer: Built) -> None:
        """The binary that OMNIGEN_FFMPEG names starts, and has every filter and encoder that we use."""
        asked = (
            "from omnigen.adapters.ffmpeg.build import FfmpegBuild; from omnigen.settings import Settings;"
            "build = FfmpegBuild.find(Settings.from_environment().ffmpeg); build.require(); print(build.path)"
        )
        told = composer.run(["python", "-c", asked])
        assert Path(told.strip()) == composer.at("/opt/bin/ffmpeg")

    def test_its_handler_starts_as_lambda_starts_it(self, composer: Built) -> None:
        """The image's own command asks for work, and answers a malformed event with an error that says so."""
        before = contents(composer)
        argv = [*composer.stage.last("ENTRYPOINT").words, *composer.stage.last("CMD").words]
        with runtime_api() as lambda_side:
            process = composer.start(
                argv, AWS_LAMBDA_RUNTIME_API=lambda_side.address, **needed(Part.COMPOSER)
            )
            try:
                kind, told = lambda_side.invoke({"not": "ours"})
            finally:
                process.kill()
                process.communicate()
        assert (kind, told.get("errorType")) == ("error", "Invalid"), told
        assert contents(composer) == before

    @pytest.mark.parametrize(
        "package", ["aioboto3", "apsw", "emulator", "granian", "litestar", "replicate", "tests"]
    )
    def test_it_has_no(self, composer: Built, package: str) -> None:
        """Neither what others need nor what only tests do."""
        assert not has(composer, package)
