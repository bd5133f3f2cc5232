"""run.json stays true while everything runs."""

from pathlib import Path
from typing import Any

import pytest

from emulator.announcement import Announcement
from emulator.aws.part import OVERRIDES
from emulator.errors import SignInError
from emulator.folder import open_folder
from emulator.identity.tokens import AccessToken
from emulator.runfile import read_run
from emulator.stack import Choices, Stack
from omnigen.settings import Settings


class World:
    """A clock, a sign-in and children that the test moves."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.time, self.signed_in = folder, 1000.0, 0
        self.pids: dict[str, dict[str, Any]] = {"api": {"pid": 1}}
        self.refusal: Exception | None = None
        self.said: list[str] = []
        stack = Stack.plan(open_folder(folder), Choices(port=8123, environ={}))
        self.announcement = Announcement(
            stack,
            children=lambda: dict(self.pids),
            sign_in=self.sign_in,
            say=self.said.append,
            now=lambda: self.time,
        )

    async def sign_in(self) -> AccessToken:
        if self.refusal:
            raise self.refusal
        self.signed_in += 1
        return AccessToken(f"token {self.signed_in}", 3600)

    async def at(self, time: float) -> dict[str, Any]:
        self.time = time
        await self.announcement.look()
        run = read_run(self.folder)
        assert run
        return run


@pytest.fixture
async def world(tmp_path: Path) -> World:
    world = World(tmp_path / "data")
    await world.announcement.publish()
    return world


async def test_the_token_is_renewed_at_half_of_its_life(world: World) -> None:
    """A script that reads the file always has at least half an hour."""
    assert (await world.at(2799))["access_token"] == "token 1"
    run = await world.at(2801)
    assert (run["access_token"], run["access_token_expires_at"]) == ("token 2", 2801 + 3600)


async def test_a_failed_renewal_is_tried_again_in_silence_until_the_token_ends(world: World) -> None:
    """The stand-in may be restarting; only a token that is really gone is worth a line, and only one."""
    world.refusal = ConnectionRefusedError()
    assert (await world.at(2801))["access_token"] == "token 1"
    assert world.said == []
    world.refusal = None
    assert (await world.at(2812))["access_token"] == "token 2"
    world.refusal = SignInError("no")
    for time in (7000, 7020, 7040):
        await world.at(time)
    assert len(world.said) == 1


async def test_a_restarted_child_is_in_the_file(world: World) -> None:
    """Its process id is the new one."""
    world.pids["api"] = {"pid": 2}
    assert (await world.at(1001))["children"]["api"]["pid"] == 2


async def test_live_replicate_needs_no_stand_in_and_no_webhooks(tmp_path: Path) -> None:
    """The real service can't reach this machine: inputs are uploaded, and polling does the rest."""
    choices = Choices(
        port=8123, replicate="live", live_token="r8_real", environ={"OMNIGEN_LOG_LEVEL": "debug"}
    )
    stack = Stack.plan(open_folder(tmp_path / "data"), choices)
    environment = stack.environment()
    assert "replicate" not in [spec.name for spec in stack.specs()]
    assert environment["REPLICATE_BASE_URL"] == "https://api.replicate.com"
    assert environment["REPLICATE_API_TOKEN"] == "r8_real"
    assert environment["OMNIGEN_REPLICATE_INPUTS"] == "files"
    assert "OMNIGEN_REPLICATE_WEBHOOK_URL" not in environment
    assert environment["OMNIGEN_LOG_LEVEL"] == "debug"


async def test_another_s3_server_takes_the_place_of_ours(tmp_path: Path) -> None:
    """MinIO by its URL: nothing is started for storage, and its credentials are handed on."""
    theirs = {
        "OMNIGEN_S3_ENDPOINT": "http://127.0.0.1:9000",
        "AWS_ACCESS_KEY_ID": "minio",
        "AWS_SECRET_ACCESS_KEY": "secret",
    }
    stack = Stack.plan(open_folder(tmp_path / "data"), Choices(port=8123, environ=theirs))
    assert "storage" not in [spec.name for spec in stack.specs()]
    assert {name: stack.environment()[name] for name in theirs} == theirs
    assert stack.s3_url == "http://127.0.0.1:9000"


@pytest.mark.parametrize("replicate", ["fake", "live"])
async def test_on_aws_parts_are_told_what_the_account_says(tmp_path: Path, replicate: str) -> None:
    """But for what has its reason, and what the user has chosen."""
    choices = Choices(
        port=8123,
        profile="aws",
        replicate=replicate,
        rate_limits=False,
        environ={"OMNIGEN_LOG_LEVEL": "debug"},
    )
    stack = Stack.plan(open_folder(tmp_path / "data"), choices)
    assert stack.account is not None
    told, said = stack.environment(), stack.account.services["api"].environment
    assert said.keys() <= told.keys()
    otherwise = {name for name in told if told[name] != said.get(name)} | stack.function_environment().keys()
    assert otherwise - OVERRIDES.keys() == {"OMNIGEN_LOG_LEVEL"}


async def test_every_variable_is_one_that_the_settings_know(tmp_path: Path) -> None:
    """The environment that children get is accepted, and means what the emulator says."""
    stack = Stack.plan(open_folder(tmp_path / "data"), Choices(port=8123, environ={}))
    settings = Settings.from_environment(stack.environment())
    assert settings.http.public_url == stack.api_url
    assert settings.assets.endpoint == settings.assets.public_endpoint == stack.s3_url
    assert settings.identity.jwks_url == stack.jwks_url
    assert settings.replicate.base_url == stack.replicate_url
    assert settings.data_dir == tmp_path / "data"
