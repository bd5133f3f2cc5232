"""Lends the API the role of its task: on AWS that is ECS's agent, here the account knows one session of the role."""

from typing import Any, Final

ROLE: Final = "OMNIGEN_TASK_ROLE"
"""Tells ministack the role's ARN."""
KEY: Final = {
    "AWS_ACCESS_KEY_ID": "ASIATASKOFTHEAPI0000",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_SESSION_TOKEN": "task",
}
"""Nothing but loopback reaches what it opens."""


def session(role: str) -> dict[str, Any]:
    """What ministack's STS keeps of a session."""
    name = role.rpartition("/")[2]
    return {
        "Arn": f"arn:aws:sts::{role.split(':')[4]}:assumed-role/{name}/api",
        "UserId": f"{name}:api",
        "SecretAccessKey": KEY["AWS_SECRET_ACCESS_KEY"],
        "SessionToken": KEY["AWS_SESSION_TOKEN"],
    }
