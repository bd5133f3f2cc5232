"""What can be read off compose.yaml without an engine, and that none is taken for one that isn't there."""

import re

import pytest

from tests.fixtures.containers import docker_answers, image
from tests.infra.dockerfile import ROOT

COMPOSE = (ROOT / "infra/docker/compose.yaml").read_text()


@pytest.mark.parametrize("service", ["localstack", "ministack", "minio"])
def test_every_image_is_pinned(service: str) -> None:
    """By a tag that says its version; those that CI starts by their digest, too."""
    name, _, digest = image(service).partition("@")
    assert re.fullmatch(r"[\w./-]+:[\w.-]*\d[\w.-]*", name)
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", digest) or service == "ministack"


def test_localstack_needs_no_token() -> None:
    """4.14.0 is the last of which that is true."""
    assert image("localstack").startswith("localstack/localstack:4.14.0@")
    assert "LOCALSTACK_AUTH_TOKEN:" not in COMPOSE


def test_ministack_is_the_one_that_runs_as_a_process() -> None:
    """One version, in a container or not."""
    wanted = (ROOT / "emulator/identity/requirements.in").read_text().split("ministack==")[1].split()[0]
    assert image("ministack") == f"ministackorg/ministack:{wanted}"


def test_nothing_listens_beyond_this_machine() -> None:
    """Every port is published on loopback alone."""
    published = re.findall(r'ports: \["([^"]+)"\]', COMPOSE)
    assert len(published) == COMPOSE.count("image:")
    assert all(port.startswith("127.0.0.1:") for port in published)


def test_a_client_alone_is_no_docker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without an engine behind it, tests run without containers."""
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:9")
    assert not docker_answers()
