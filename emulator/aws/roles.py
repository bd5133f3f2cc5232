"""Makes roles, each with the rights that its description gives it, no more.

ministack looks at them: what is missing there is missing on AWS.
"""

import json
from contextlib import suppress
from typing import Any

from emulator.aws.account import Role


async def create_role(client: Any, role: Role) -> str:
    """Make a role, or give the one that is there these rights. Its ARN."""
    with suppress(client.exceptions.EntityAlreadyExistsException):
        await client.create_role(RoleName=role.name, AssumeRolePolicyDocument=json.dumps(role.trust))
    await client.put_role_policy(
        RoleName=role.name, PolicyName="rights", PolicyDocument=json.dumps(role.policy)
    )
    arn: str = (await client.get_role(RoleName=role.name))["Role"]["Arn"]
    return arn
