"""What the parts of an account may do, by its roles, set against what they have to."""

import json
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any, Final

from tests.terraform.account import made_up
from tests.terraform.calls import rights_of

Account = Mapping[str, Any]
"""What `terraform show -json` says of a state, or of a plan."""
Policy = Mapping[str, Any]

_TABLES: Final = ("OMNIGEN_JOBS_TABLE", "OMNIGEN_USAGE_TABLE")
_SECRETS: Final = (
    "OMNIGEN_REPLICATE_TOKEN_SECRET",
    "OMNIGEN_REPLICATE_WEBHOOK_SECRET_NAME",
    "OMNIGEN_CDN_PRIVATE_KEY_SECRET",
)


def account_of(root: str) -> Account:
    """What `make infra-check` has left of a root: its made-up apply."""
    account: Account = json.loads(made_up(root).read_text(encoding="utf-8"))
    return account


def lacking(account: Account) -> list[str]:
    """What parts are not allowed, though their use cases do it to what their environment names."""
    policies = policies_of(account)
    return [
        f"{part} may not {action} on {resource}"
        for part, told in environments_of(account).items()
        for action in sorted(rights_of(part))
        for resource in _resources(action, told)
        if not allows(policies[part], action, resource)
    ]


def allows(policy: Policy, action: str, resource: str) -> bool:
    """Whether a statement allows it and none denies it. Those with conditions are taken to allow nothing."""
    effects = {
        statement["Effect"]
        for statement in policy["Statement"]
        if _matches(statement["Action"], action)
        and _matches(statement["Resource"], resource)
        and (statement["Effect"] == "Deny" or "Condition" not in statement)
    }
    return effects == {"Allow"}


def policies_of(account: Account) -> dict[str, Policy]:
    """Of each role that modules/cicd makes, by its part."""
    return {
        resource["index"]: json.loads(resource["values"]["policy"])
        for resource in resources(account, "aws_iam_role_policy")
        if resource["address"].startswith("module.stack.module.cicd.")
        and isinstance(resource.get("index"), str)
    }


def environments_of(account: Account) -> dict[str, dict[str, str]]:
    """What parts are told: functions, and the API, of which a plan doesn't know it yet."""
    told = {
        function["index"]: function["values"]["environment"][0]["variables"]
        for function in resources(account, "aws_lambda_function")
    }
    for task in resources(account, "aws_ecs_task_definition"):
        if "container_definitions" in task["values"]:
            (container,) = json.loads(task["values"]["container_definitions"])
            told["api"] = {variable["name"]: variable["value"] for variable in container["environment"]}
    return told


def resources(account: Account, kind: str | None = None) -> list[dict[str, Any]]:
    """All of a type, or of every type, in whichever module."""
    values = account.get("planned_values") or account["values"]
    return [resource for resource in _within(values["root_module"]) if kind in (None, resource["type"])]


def _within(module: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    yield from (resource for resource in module.get("resources", ()) if resource["mode"] == "managed")
    for child in module.get("child_modules", ()):
        yield from _within(child)


def _resources(action: str, told: Mapping[str, str]) -> list[str]:
    """ARNs of what an action is done to."""
    arn = "arn:aws:{}:us-east-1:123456789012:{}".format
    bucket = f"arn:aws:s3:::{told['OMNIGEN_ASSETS_BUCKET']}"
    match action.partition(":")[0]:
        case "dynamodb":
            tables = [arn("dynamodb", f"table/{told[name]}") for name in _TABLES]
            # The sweep's index is the jobs table's.
            return [*tables, f"{tables[0]}/index/sweep"] if action == "dynamodb:Query" else tables
        case "s3":
            return [bucket if action == "s3:ListBucket" else f"{bucket}/jobs/j1/video.mp4"]
        case "lambda":
            return [arn("lambda", f"function:{told['OMNIGEN_COMPOSER_FUNCTION']}")]
        case "states":
            return [told["OMNIGEN_STATE_MACHINE_ARN"]]
        case "secretsmanager":
            return [
                arn("secretsmanager", f"secret:{told[name]}-AbCdEf") for name in _SECRETS if told.get(name)
            ]
    raise AssertionError(f"nobody said what {action} is done to")


def _matches(patterns: str | list[str], text: str) -> bool:
    return any(
        fnmatchcase(text, pattern) for pattern in ([patterns] if isinstance(patterns, str) else patterns)
    )
