"""Makes the roles of functions and state machines, each with the rights that infra/resources.json gives it, no more.

ministack looks at them: what is missing there is missing on AWS.
"""

import json
from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from emulator.aws.part import ACCOUNT, PREFIX, REGION, SECRETS, function_arn, machine_arn
from emulator.aws.resources import resources


def function_policy(function: Mapping[str, Any]) -> dict[str, Any]:
    """What a function may do."""
    tables = [f"arn:aws:dynamodb:{REGION}:{ACCOUNT}:table/{PREFIX}{name}" for name in function["tables"]]
    buckets = [f"arn:aws:s3:::{PREFIX}{name}" for name in function["buckets"]]
    return _policy(
        {
            "tables": [*tables, *(f"{table}/index/*" for table in tables)],
            "buckets": buckets,
            "objects": [f"{bucket}/*" for bucket in buckets],
            "secrets": [
                f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:{SECRETS}{name}-*"
                for name in function["secrets"]
            ],
            "invokes": [function_arn(name) for name in function["invokes"]],
            "starts": [machine_arn(name) for name in function["starts"]],
        }
    )


def machine_policy(name: str, machine: Mapping[str, Any]) -> dict[str, Any]:
    """What a state machine may do: call its functions, and start its own next leg."""
    called = [function_arn(function) for function in machine["placeholders"].values()]
    return _policy(
        {"invokes": [arn for one in called for arn in (one, f"{one}:*")], "starts": [machine_arn(name)]}
    )


def _policy(places: Mapping[str, list[str]]) -> dict[str, Any]:
    rights = resources()["rights"]
    statements = [
        {"Effect": "Allow", "Action": rights[kind], "Resource": arns} for kind, arns in places.items() if arns
    ]
    return {"Version": "2012-10-17", "Statement": statements}


async def create_role(client: Any, name: str, service: str, policy: Mapping[str, Any]) -> str:
    """Make a role that a service may assume, or give the one that is there these rights. Its ARN."""
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    assume = json.dumps({"Version": "2012-10-17", "Statement": [trust]})
    with suppress(client.exceptions.EntityAlreadyExistsException):
        await client.create_role(RoleName=PREFIX + name, AssumeRolePolicyDocument=assume)
    await client.put_role_policy(
        RoleName=PREFIX + name, PolicyName="rights", PolicyDocument=json.dumps(policy)
    )
    return f"arn:aws:iam::{ACCOUNT}:role/{PREFIX}{name}"
