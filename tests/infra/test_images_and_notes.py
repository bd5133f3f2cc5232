"""What an image is built of and named by, what a release says of itself, and how scripts that are called wrongly say so."""

import shutil
import subprocess
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from tests.infra.desk import Desk
from tests.infra.dockerfile import ROOT

IMAGE: Final = "repository@sha256:" + "a" * 64
DIGEST: Final = "sha256:" + "b" * 64
CHANGELOG: Final = """# Changelog

## Unreleased

- later

## 1.2.3 (2026-11-24)

### Added

- this

## 1.2.30

- another
"""


@pytest.mark.parametrize(
    ("script", "argv", "said"),
    [
        ("deploy-api", (), "which image? scripts/deploy-api"),
        ("deploy-workers", (), "which image? scripts/deploy-workers"),
        ("deploy-workers", (IMAGE,), "which zip? scripts/deploy-workers"),
        ("deploy-variables", (), "which environment? scripts/deploy-variables dev|prod"),
        ("deploy-order", (), "which environment? scripts/deploy-order"),
        ("deploy-order", ("dev",), "which commit? scripts/deploy-order"),
        ("release-notes", (), "which version? scripts/release-notes v1.2.3"),
        ("deploy-image", (), "scripts/deploy-image build api|composer"),
        ("deploy-image", ("find",), "scripts/deploy-image build api|composer"),
        ("deploy-image", ("push", "api"), "scripts/deploy-image build api|composer"),
        ("deploy-image", ("build", "web"), "there is no image web, only api and composer"),
        ("deploy-image", ("push", "web", "repository"), "there is no image web, only api and composer"),
    ],
)
def test_a_script_that_is_called_wrongly_says_how(
    desk: Desk, script: str, argv: tuple[str, ...], said: str
) -> None:
    done = desk.run(script, *argv)
    assert done.returncode != 0
    assert said in done.stderr
    assert not (desk.folder / "calls").exists()


# --- images


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository with one commit."""
    root = tmp_path / "checkout"
    (root / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/deploy-image", root / "scripts")
    (root / "pyproject.toml").touch()
    git(root, "init", "--quiet")
    git(root, "add", ".")
    git(root, "-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "--quiet", "--message=first")
    return root


def git(root: Path, *argv: str) -> str:
    return subprocess.run(["git", *argv], cwd=root, capture_output=True, text=True, check=True).stdout.strip()


def test_an_image_is_of_its_commit_and_on_one_base(desk: Desk, checkout: Path) -> None:
    """Both are written on it; the base is named by the digest that was looked up."""
    told = {"docker buildx imagetools": [f'{{"digest": "{DIGEST}"}}']}
    done = desk.run("deploy-image", "build", "composer", root=checkout, told=told)
    assert done.returncode == 0, done.stderr
    _, build = desk.calls()
    assert "--provenance=false" in build
    for told_by in (
        ("--platform", "linux/arm64"),
        ("--file", "infra/docker/composer.Dockerfile"),
        ("--build-arg", f"PYTHON=python:3.13-slim-bookworm@{DIGEST}"),
        ("--label", f"org.opencontainers.image.revision={git(checkout, 'rev-parse', 'HEAD')}"),
        ("--label", f"org.opencontainers.image.base.digest={DIGEST}"),
        ("--tag", "omnigen-composer:built"),
    ):
        assert told_by in pairwise(build)


def test_an_image_of_another_platform(desk: Desk, checkout: Path) -> None:
    told = {"docker buildx imagetools": [f'{{"digest": "{DIGEST}"}}']}
    desk.run("deploy-image", "build", "api", root=checkout, told=told, PLATFORM="linux/amd64")
    build = desk.calls()[1]
    assert build[build.index("--platform") + 1] == "linux/amd64"


def test_what_no_commit_has_is_not_built(desk: Desk, checkout: Path) -> None:
    (checkout / "pyproject.toml").write_text("changed")
    done = desk.run("deploy-image", "build", "api", root=checkout)
    assert done.returncode == 1
    assert "changes that no commit has" in done.stderr
    assert not (desk.folder / "calls").exists()


def test_without_the_bases_digest_nothing_is_built(desk: Desk, checkout: Path) -> None:
    done = desk.run("deploy-image", "build", "api", root=checkout, told={"docker buildx imagetools": ["{}"]})
    assert done.returncode != 0
    assert desk.words() == ["docker buildx imagetools"]


# --- releases


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """A project whose version is 1.2.3."""
    root = tmp_path / "project"
    (root / "scripts").mkdir(parents=True)
    shutil.copy(ROOT / "scripts/release-notes", root / "scripts")
    (root / "pyproject.toml").write_text('version = "1.2.3"\n')
    (root / "CHANGELOG.md").write_text(CHANGELOG)
    return root


def test_a_release_says_what_the_changelog_says_of_it(desk: Desk, released: Path) -> None:
    """Of this version alone: neither what is to come, nor of one that begins alike."""
    done = desk.run("release-notes", "v1.2.3", root=released)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.split() == ["###", "Added", "-", "this"]


def test_a_release_of_which_the_changelog_says_nothing_is_refused(desk: Desk, released: Path) -> None:
    (released / "CHANGELOG.md").write_text(CHANGELOG.replace("## 1.2.3 (", "## 1.2.4 ("))
    done = desk.run("release-notes", "v1.2.3", root=released)
    assert done.returncode == 1
    assert "CHANGELOG.md says nothing of 1.2.3" in done.stderr


def test_a_tag_that_the_project_does_not_know_is_refused(desk: Desk) -> None:
    done = desk.run("release-notes", "v99.0.0")
    assert done.returncode == 1
    assert "another version" in done.stderr
