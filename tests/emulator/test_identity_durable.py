"""What the sign-in stand-in has acknowledged survives its sudden death."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

import boto3
import httpx

from tests.fixtures.emulator import emulated


def test_users_groups_keys_and_sessions_survive_a_kill(tmp_path: Path) -> None:
    """kill -9 right after a change: the child comes back with the change, the same ids and the same keys."""
    with emulated(tmp_path / "data", "--parts", "identity") as run:
        admin = admin_of(run)
        pool = run["environment"]["OMNIGEN_COGNITO_USER_POOL_ID"]
        keys = httpx.get(run["jwks_url"], trust_env=False).json()
        tokens = sign_in(run)
        admin.admin_create_user(UserPoolId=pool, Username="new@example.com", MessageAction="SUPPRESS")
        admin.admin_add_user_to_group(UserPoolId=pool, Username=run["user"], GroupName="enterprise")
        before = users(admin, pool)

        os.kill(run["children"]["identity"]["pid"], signal.SIGKILL)
        wait_until_up(run)

        assert users(admin, pool) == before
        assert "new@example.com" in json.dumps(before)
        assert httpx.get(run["jwks_url"], trust_env=False).json() == keys
        groups = admin.admin_list_groups_for_user(UserPoolId=pool, Username=run["user"])["Groups"]
        assert {group["GroupName"] for group in groups} == {"pro", "enterprise"}
        assert refresh(run, tokens["RefreshToken"])["AccessToken"]


def test_the_demo_user_is_the_same_in_every_data_folder(tmp_path: Path) -> None:
    """Jobs belong to a `sub`, so it does not depend on the state of the stand-in."""
    subs = set()
    for name in ("one", "two"):
        with emulated(tmp_path / name, "--parts", "identity") as run:
            pool = run["environment"]["OMNIGEN_COGNITO_USER_POOL_ID"]
            subs.add(users(admin_of(run), pool)[run["user"]])
    assert len(subs) == 1


def admin_of(run: dict[str, Any]) -> Any:
    environment = run["environment"]
    return boto3.client(
        "cognito-idp",
        endpoint_url=environment["OMNIGEN_COGNITO_ENDPOINT"],
        region_name=environment["AWS_REGION"],
        aws_access_key_id=environment["AWS_ACCESS_KEY_ID"],
        aws_secret_access_key=environment["AWS_SECRET_ACCESS_KEY"],
    )


def users(admin: Any, pool: str) -> dict[str, str]:
    """Every user's email and `sub`."""
    listed = [
        {attribute["Name"]: attribute["Value"] for attribute in user["Attributes"]}
        for user in admin.list_users(UserPoolId=pool)["Users"]
    ]
    return {user["email"]: user["sub"] for user in listed}


def sign_in(run: dict[str, Any]) -> dict[str, str]:
    return authenticate(run, "USER_PASSWORD_AUTH", USERNAME=run["user"], PASSWORD=run["password"])


def refresh(run: dict[str, Any], token: str) -> dict[str, str]:
    return authenticate(run, "REFRESH_TOKEN_AUTH", REFRESH_TOKEN=token)


def authenticate(run: dict[str, Any], flow: str, **parameters: str) -> dict[str, str]:
    answer = admin_of(run).initiate_auth(ClientId=run["client_id"], AuthFlow=flow, AuthParameters=parameters)
    result: dict[str, str] = answer["AuthenticationResult"]
    return result


def wait_until_up(run: dict[str, Any]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        try:
            if httpx.get(run["jwks_url"], trust_env=False).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise AssertionError("the sign-in stand-in did not come back")
