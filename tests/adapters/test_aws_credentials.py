"""Who we are to AWS: a key of our own, a Lambda's with its session token, or a container's role, renewed in time."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from omnigen.adapters.aws.clients import AioClients, ThreadedClients
from omnigen.adapters.aws.s3 import S3Assets
from omnigen.settings import AwsSettings, Settings
from tests.adapters.odd_server import Asked, OddServer, answer, saying

KINDS = pytest.mark.parametrize("kind", [AioClients, ThreadedClients], ids=["api", "lambda"])
LAMBDA = {
    "AWS_ACCESS_KEY_ID": "ASIALAMBDA",
    "AWS_SECRET_ACCESS_KEY": "secret",
    "AWS_SESSION_TOKEN": "lambda-session",
}
SECRET = answer(200, {"Name": "n", "SecretString": "text", "CreatedDate": 1})


def who(asked: Asked) -> tuple[str, str | None]:
    """Access key and session token of a signed request."""
    key = asked.headers["authorization"].partition("Credential=")[2].partition("/")[0]
    return key, asked.headers.get("x-amz-security-token")


def settings(url: str, **given: str) -> AwsSettings:
    return Settings.from_environment({"AWS_ENDPOINT_URL": url, **given}).aws


async def signed_by(
    kind: Callable[[AwsSettings], Any], server: OddServer, *, calls: int = 1, **given: str
) -> list[tuple[str, str | None]]:
    """Who signs each of some calls."""
    async with kind(settings(server.url, **given)) as clients:
        client = await clients.open("secretsmanager")
        for _ in range(calls):
            await client.get_secret_value(SecretId="n")
    return [who(asked) for asked in server.asked if asked.method == "POST"]


@KINDS
async def test_a_key_of_our_own(kind: Callable[[AwsSettings], Any]) -> None:
    """As against an emulator: no session, no token."""
    async with saying(lambda _: SECRET) as server:
        given = {"AWS_ACCESS_KEY_ID": "AKIAOWN", "AWS_SECRET_ACCESS_KEY": "secret"}
        assert await signed_by(kind, server, **given) == [("AKIAOWN", None)]


@KINDS
async def test_a_lambdas_key_goes_with_its_token(kind: Callable[[AwsSettings], Any]) -> None:
    """Lambda puts its role's key into the environment; without its token it opens nothing."""
    async with saying(lambda _: SECRET) as server:
        assert await signed_by(kind, server, **LAMBDA) == [("ASIALAMBDA", "lambda-session")]


@KINDS
async def test_what_a_lambda_signs_has_the_token_in_it(kind: Callable[[AwsSettings], Any]) -> None:
    """URLs and forms are for somebody else's requests: they carry it."""
    read = Settings.from_environment({**LAMBDA, "OMNIGEN_S3_ENDPOINT": "http://127.0.0.1:9"})
    async with kind(read.aws) as clients:
        assets = await S3Assets.open(read.assets, clients)
        url = await assets.read_url("a", expires_in=timedelta(minutes=1))
        form = await assets.upload_form(
            "a", content_type="image/png", max_size=1, expires_in=timedelta(minutes=1)
        )
    assert parse_qs(urlsplit(url).query)["X-Amz-Security-Token"] == ["lambda-session"]
    assert form.fields["x-amz-security-token"] == "lambda-session"


@KINDS
async def test_a_containers_role_is_found_and_renewed(
    kind: Callable[[AwsSettings], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where no key is set, as on ECS, the SDK asks the container's own address, and again before it expires."""
    issued: list[str] = []

    def script(asked: Asked) -> bytes:
        if asked.method == "POST":
            return SECRET
        assert asked.headers["authorization"] == "of the task"
        issued.append(f"ASIATASK{len(issued) + 1}")
        # The first is about to expire: the SDK renews such a key before it uses it again.
        life = timedelta(minutes=1) if len(issued) == 1 else timedelta(hours=6)
        return answer(
            200,
            {
                "AccessKeyId": issued[-1],
                "SecretAccessKey": "secret",
                "Token": f"session of {issued[-1]}",
                "Expiration": (datetime.now(UTC) + life).isoformat(),
            },
        )

    async with saying(script) as server:
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
            monkeypatch.delenv(name, raising=False)
        for name in ("AWS_SHARED_CREDENTIALS_FILE", "AWS_CONFIG_FILE"):
            monkeypatch.setenv(name, "/nowhere")
        monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{server.url}/credentials")
        monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN", "of the task")
        signed = await signed_by(kind, server, calls=3)
    assert signed[-1] == ("ASIATASK2", "session of ASIATASK2")
    assert len(issued) == 2
