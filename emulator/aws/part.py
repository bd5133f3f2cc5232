"""AWS on one machine: ministack in a process of its own, for everything but sign-in.

What it does not do as AWS does is listed in emulator/README.md.
"""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from emulator.aws import task
from emulator.aws.account import Account
from emulator.aws.resources import ROOT
from emulator.child import ChildSpec
from emulator.ports import HOST

SERVICES: Final = "s3,dynamodb,lambda,stepfunctions,secretsmanager,scheduler,events,logs,sts,iam"
OVERRIDES: Final[Mapping[str, str]] = {
    **dict.fromkeys(
        task.KEY, "ECS's agent lends a task its role; here it is a session that the account knows"
    ),
    "AWS_ENDPOINT_URL": "the account is on loopback",
    "AWS_EC2_METADATA_DISABLED": "there is no machine of EC2 that could be asked who it is",
    "AWS_DISABLE_HOST_PREFIX_INJECTION": "loopback has no names below it",
    "OMNIGEN_S3_ENDPOINT": "the account is on loopback, and buckets stand in paths",
    "OMNIGEN_S3_PUBLIC_ENDPOINT": "so does what a browser reads",
    "OMNIGEN_CDN_URL": "there is no CloudFront",
    "OMNIGEN_DATA_DIR": "what a run writes stays in its folder",
    "OMNIGEN_HOST": "nothing but loopback may ask",
    "OMNIGEN_PORT": "another run may have the usual one",
    "OMNIGEN_PUBLIC_URL": "the API itself is the site, in CloudFront's place",
    "OMNIGEN_APP_ORIGINS": "Vite may serve the app while it is developed",
    "OMNIGEN_WEB_DIR": "the API serves the app, in CloudFront's place",
    "OMNIGEN_RATE_LIMITS": "load tests turn them off",
    "OMNIGEN_OIDC_ISSUER": "the user pool is a stand-in's",
    "OMNIGEN_OIDC_JWKS_URL": "so are its keys",
    "OMNIGEN_OIDC_CLIENT_ID": "so are its clients",
    "OMNIGEN_COGNITO_ENDPOINT": "so is its API",
    "OMNIGEN_COGNITO_USER_POOL_ID": "it has a name of its own",
    "REPLICATE_BASE_URL": "Replicate is a stand-in, too",
    "OMNIGEN_REPLICATE_DOWNLOAD_HOSTS": "which hands out what it has made",
    "OMNIGEN_REPLICATE_INPUTS": "the real Replicate can't read what is on loopback",
    "OMNIGEN_REPLICATE_WEBHOOK_URL": "where webhooks are on, the stand-in's come to the API here",
}
"""The only variables in which API and Lambdas are told otherwise than the account says, and why."""

_SECRET: Final = "test"  # noqa: S105  everybody knows it: what its account has is on loopback only


def aws_spec(account: Account, *, python: Path, folder: Path, port: int, env: Mapping[str, str]) -> ChildSpec:
    """ministack as a child; its Lambdas are processes of its own, run by our interpreter."""
    for name in ("state", "objects", "tmp"):
        (folder / name).mkdir(mode=0o700, exist_ok=True)
    own = {
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "MINISTACK_HOST": HOST,
        "MINISTACK_REGION": account.region,
        "AWS_ENDPOINT_URL": address(port),
        "SERVICES": SERVICES,
        "AUTH": "true",
        task.ROLE: f"arn:aws:iam::{account.id}:role/{account.services['api'].role.name}",
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


def owner(account: Account) -> dict[str, str]:
    """The account's own key, which may do everything."""
    return {
        "AWS_REGION": account.region,
        "AWS_ACCESS_KEY_ID": account.id,
        "AWS_SECRET_ACCESS_KEY": _SECRET,
    }


def loopback(port: int) -> dict[str, str]:
    """Where API and Lambdas find the account."""
    url = address(port)
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_DISABLE_HOST_PREFIX_INJECTION": "true",
        "OMNIGEN_S3_ENDPOINT": url,
        "OMNIGEN_S3_PUBLIC_ENDPOINT": url,
    }


def address(port: int) -> str:
    """Where it answers."""
    return f"http://{HOST}:{port}"
