"""A handler in a process of its own, called as Lambda calls it: by its runtime client, over the Runtime API."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.fixtures.aws import ROOT, dynamodb_endpoint
from tests.infra.runtime_api import RuntimeApi, runtime_api

pytestmark = pytest.mark.slow

_SECRET = "a-key-that-nobody-must-see"
_START = {"step": "start_leg", "input": {"job_id": "job_1", "leg": 1}}


@contextmanager
def sandbox(log: Path, handler: str = "generator", **changes: str) -> Iterator[RuntimeApi]:
    """One that can reach a DynamoDB, in which there is nothing."""
    given = {
        "PATH": os.environ["PATH"],
        "PYTHONPATH": str(ROOT),
        "OMNIGEN_PROFILE": "aws",
        "OMNIGEN_DATA_DIR": str(log.parent),
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": _SECRET,
        "AWS_REGION": "us-east-1",
        "AWS_ENDPOINT_URL": dynamodb_endpoint(),
        "OMNIGEN_JOBS_TABLE": "nowhere-jobs",
        "OMNIGEN_USAGE_TABLE": "nowhere-usage",
        "OMNIGEN_ASSETS_BUCKET": "nowhere",
        "OMNIGEN_REPLICATE_TOKEN_SECRET": "nowhere/token",
        "OMNIGEN_COMPOSER_FUNCTION": "nowhere-composer",
        **changes,
    }
    argv = [sys.executable, "-m", "awslambdaric", f"omnigen.entrypoints.lambdas.{handler}.handler"]
    with runtime_api() as lambda_side, log.open("wb") as out:
        env = {**given, "AWS_LAMBDA_RUNTIME_API": lambda_side.address}
        process = subprocess.Popen(argv, env=env, stdout=out, stderr=out)
        try:
            yield lambda_side
        finally:
            process.kill()
            process.wait()


def _lines(log: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in log.read_text().splitlines() if line.startswith("{")]


def test_a_table_that_is_not_there_is_named(tmp_path: Path) -> None:
    """Each time that the same sandbox is asked; the log says which call it was, and shows no secret."""
    log = tmp_path / "log"
    with sandbox(log) as lambda_side:
        for _ in range(2):
            kind, told = lambda_side.invoke(_START)
            assert (kind, told["errorType"]) == ("error", "Transient")
            assert "nowhere-jobs" in told["errorMessage"]
    raised = [line for line in _lines(log) if line["event"] == "step raised"]
    assert [line["step"] for line in raised] == ["start_leg", "start_leg"]
    assert len({line["request_id"] for line in raised}) == 2
    assert _SECRET not in log.read_text()


def test_a_variable_that_is_missing_is_named(tmp_path: Path) -> None:
    with sandbox(tmp_path / "log", OMNIGEN_REPLICATE_TOKEN_SECRET="") as lambda_side:
        kind, told = lambda_side.invoke(_START)
    assert (kind, told["errorType"]) == ("error", "SettingsError")
    assert "OMNIGEN_REPLICATE_TOKEN_SECRET" in told["errorMessage"]


@pytest.mark.parametrize("handler", ["generator", "composer", "sweeper"])
def test_a_handler_imports_little(handler: str) -> None:
    """What it doesn't need it doesn't wait for: no web framework, no FFmpeg, no second SDK, and no model's client yet."""
    code = f"import json, sys, omnigen.entrypoints.lambdas.{handler}; print(json.dumps(list(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT)
    barred = {"litestar", "ffmpeg", "av", "imageio_ffmpeg", "aioboto3", "aiobotocore", "replicate", "boto3"}
    assert barred.isdisjoint(json.loads(told.stdout))


@pytest.mark.parametrize("handler", ["generator", "composer", "sweeper"])
def test_a_malformed_event_is_named_and_the_sandbox_lives_on(tmp_path: Path, handler: str) -> None:
    machine = "arn:aws:states:us-east-1:123456789012:stateMachine:nowhere"
    with sandbox(tmp_path / "log", handler, OMNIGEN_STATE_MACHINE_ARN=machine) as lambda_side:
        for event in ({"step": "make_coffee"}, ["nonsense"]):
            kind, told = lambda_side.invoke(event)
            assert (kind, told["errorType"]) == ("error", "Invalid")
