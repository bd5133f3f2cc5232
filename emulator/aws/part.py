"""AWS on one machine: ministack in a process of its own, for everything but sign-in.

What it does not do as AWS does is listed in emulator/README.md.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from emulator.aws.resources import ROOT
from emulator.child import ChildSpec
from emulator.ports import HOST

REGION: Final = "us-east-1"
ACCOUNT: Final = "000000000000"
PREFIX: Final = "omnigen-"
"""Every name in the account begins so, as it does in Terraform."""
SECRETS: Final = "omnigen/"
"""So do secrets, in their own way."""
TOKEN_SECRET: Final = f"{SECRETS}replicate-token"
WEBHOOK_SECRET: Final = f"{SECRETS}replicate-webhook"

_SERVICES: Final = "s3,dynamodb,lambda,stepfunctions,secretsmanager,events,logs,sts,iam"
_KEY: Final = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "test"}
"""The only pair with which its presigned URLs can be checked; nothing but loopback reaches it."""


def aws_spec(*, python: Path, folder: Path, port: int, env: Mapping[str, str]) -> ChildSpec:
    """ministack as a child; its Lambdas are processes of its own, run by our interpreter."""
    for name in ("state", "objects", "tmp"):
        (folder / name).mkdir(mode=0o700, exist_ok=True)
    own = {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "AWS_ENDPOINT_URL": address(port),
        "SERVICES": _SERVICES,
        "AUTH": "true",
        "PERSIST_STATE": "1",
        "STATE_DIR": str(folder / "state"),
        "S3_PERSIST": "1",
        "S3_DATA_DIR": str(folder / "objects"),
        "TMPDIR": str(folder / "tmp"),
        "LAMBDA_PYTHON": sys.executable,
        "PYTHONPATH": str(ROOT),
        "SFTP_ENABLED": "0",
        "IOT_MTLS_ENABLED": "0",
        "LOG_LEVEL": "WARNING",
    }
    return ChildSpec(
        name="aws",
        argv=(str(python), "-m", "emulator.aws.server"),
        env={**env, **own},
        ready_url=f"{address(port)}/_ministack/health",
        uses=("replicate",),
        grace_s=20.0,
    )


def aws_environment(port: int) -> dict[str, str]:
    """What API and Lambdas are told of the account, over what they are told in any profile."""
    url = address(port)
    return {
        **_KEY,
        "AWS_REGION": REGION,
        "AWS_ENDPOINT_URL": url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "OMNIGEN_S3_ENDPOINT": url,
        "OMNIGEN_S3_PUBLIC_ENDPOINT": url,
        "OMNIGEN_JOBS_TABLE": f"{PREFIX}jobs",
        "OMNIGEN_USAGE_TABLE": f"{PREFIX}usage",
        "OMNIGEN_STATE_MACHINE_ARN": machine_arn("pipeline"),
        "OMNIGEN_COMPOSER_FUNCTION": f"{PREFIX}composer",
        "OMNIGEN_REPLICATE_TOKEN_SECRET": TOKEN_SECRET,
        "OMNIGEN_REPLICATE_WEBHOOK_SECRET_NAME": WEBHOOK_SECRET,
    }


def address(port: int) -> str:
    """Where it answers."""
    return f"http://{HOST}:{port}"


def function_arn(name: str) -> str:
    """A function's ARN, by its name in infra/resources.json."""
    return f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:{PREFIX}{name}"


def machine_arn(name: str) -> str:
    """A state machine's ARN, by its name in infra/resources.json."""
    return f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{PREFIX}{name}"
