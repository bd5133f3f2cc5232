"""What GitHub's roles may do, and what the boundary lets the roles do that they make: of the made-up accounts."""

import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from typing import Any, Final

import pytest

from tests.infra.dockerfile import ROOT

pytestmark = pytest.mark.terraform

ENVIRONMENTS: Final = ("dev", "prod")
Right = tuple[str, str]


def resources(root: str, kind: str) -> dict[str, dict[str, Any]]:
    """Of a root's made-up account: values by address."""
    path = ROOT / f".terraform-check/{root}.json"
    assert path.exists(), f"{path} is missing; make infra-check makes it"
    modules = [json.loads(path.read_text(encoding="utf-8"))["values"]["root_module"]]
    found: dict[str, dict[str, Any]] = {}
    for module in modules:  # grows as it goes
        modules.extend(module.get("child_modules", ()))
        found |= {r["address"]: r["values"] for r in module.get("resources", ()) if r["type"] == kind}
    return found


def rights(policy: str, effect: str = "Allow") -> Iterator[Right]:
    """Each action with each resource."""
    for statement in json.loads(policy)["Statement"]:
        if statement["Effect"] == effect:
            yield from (
                (action, resource) for action in statement["Action"] for resource in statement["Resource"]
            )


def allows(granted: list[Right], action: str, resource: str) -> bool:
    """IAM's `*` and `?` are those of file names, whose brackets occur in neither."""
    return any(fnmatchcase(action.lower(), a.lower()) and fnmatchcase(resource, r) for a, r in granted)


def of_github(role: str) -> list[Right]:
    """Rights of bootstrap's role for plans (`plan`), or for applies in an environment."""
    granted = list(rights(resources("bootstrap", "aws_iam_policy")["aws_iam_policy.reads"]["policy"]))
    if role in ENVIRONMENTS:
        changes = resources("bootstrap", "aws_iam_role_policy")[f'aws_iam_role_policy.changes["{role}"]']
        granted += rights(changes["policy"])
    return granted


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_role_fits_into_the_boundary(environment: str) -> None:
    """It has it, and needs nothing that it would be refused."""
    boundary = resources("bootstrap", "aws_iam_policy")["aws_iam_policy.boundary"]["policy"]
    granted, refused = list(rights(boundary)), list(rights(boundary, "Deny"))
    roles = resources(environment, "aws_iam_role")
    assert len(roles) == 8
    for role in roles.values():
        assert role["permissions_boundary"].endswith(":policy/omnigen-boundary"), role["name"]
    needed = {
        right
        for policy in resources(environment, "aws_iam_role_policy").values()
        for right in rights(policy["policy"])
    }
    assert len(needed) > 50
    assert [right for right in sorted(needed) if not allows(granted, *right)] == []
    assert [right for right in sorted(needed) if right[1] != "*" and allows(refused, *right)] == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_apply_makes_its_own_roles_within_the_boundary_only(environment: str) -> None:
    """None of the other environment, and least of all those that GitHub comes with."""
    policy = resources("bootstrap", "aws_iam_role_policy")[f'aws_iam_role_policy.changes["{environment}"]'][
        "policy"
    ]
    making = [
        s
        for s in json.loads(policy)["Statement"]
        if {"iam:CreateRole", "iam:PutRolePolicy"} & set(s["Action"])
    ]
    assert len(making) == 1
    (bound,) = making[0]["Condition"]["ArnEquals"].values()
    assert bound.endswith(":policy/omnigen-boundary")

    granted = of_github(environment)
    (other,) = set(ENVIRONMENTS) - {environment}
    arns = {role: f"arn:aws:iam::123456789012:role/{role}" for root in (*ENVIRONMENTS, "bootstrap")
            for role in (values["name"] for values in resources(root, "aws_iam_role").values())}  # fmt: skip
    makes = {role for role, arn in arns.items() if allows(granted, "iam:CreateRole", arn)}
    assert makes == {role for role in arns if role.startswith(f"omnigen-{environment}-")}
    assert not any(name.startswith(f"omnigen-{other}-") for name in makes)
    for action in ("DeleteRolePermissionsBoundary", "AttachRolePolicy", "CreatePolicyVersion", "CreateUser"):
        assert not allows(granted, f"iam:{action}", arns[f"omnigen-{environment}-api"]), action


DATA: Final = (
    ("dynamodb:GetItem", "arn:aws:dynamodb:us-east-1:123456789012:table/omnigen-prod-jobs"),
    ("dynamodb:Scan", "arn:aws:dynamodb:us-east-1:123456789012:table/omnigen-prod-usage"),
    ("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:us-east-1:123456789012:secret:omnigen/prod/replicate-token"),
    ("logs:GetLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:/ecs/omnigen-prod-api:log-stream:1"),
    ("logs:FilterLogEvents", "arn:aws:logs:us-east-1:123456789012:log-group:/ecs/omnigen-prod-api"),
    ("sqs:ReceiveMessage", "arn:aws:sqs:us-east-1:123456789012:omnigen-prod-dead-letters"),
    ("cognito-idp:ListUsers", "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_a"),
    ("cognito-idp:AdminGetUser", "arn:aws:cognito-idp:us-east-1:123456789012:userpool/us-east-1_a"),
)  # fmt: skip


@pytest.mark.parametrize(("action", "resource"), DATA)
@pytest.mark.parametrize("role", ["plan", "prod"])
def test_terraform_reads_nobodys_data(role: str, action: str, resource: str) -> None:
    assert not allows(of_github(role), action, resource)


def test_a_plan_reads_states_and_changes_nothing() -> None:
    """It is made for every pull request."""
    granted = of_github("plan")
    assert allows(granted, "s3:GetObject", "arn:aws:s3:::omnigen-state-123456789012/prod/terraform.tfstate")
    assert not allows(granted, "s3:GetObject", "arn:aws:s3:::omnigen-prod-assets-123456789012/jobs/1")
    verbs = {action.split(":")[1] for action, _ in granted}
    assert {
        verb for verb in verbs if not verb.startswith(("Describe", "Get", "List", "View", "Validate"))
    } == set()
