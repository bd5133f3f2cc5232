"""What GitHub's roles may do, and what the boundary lets the roles do that they make: of the made-up accounts."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any, Final

import pytest

from tests.terraform.rights import Policy, account_of, allows, resources

pytestmark = pytest.mark.terraform

ENVIRONMENTS: Final = ("dev", "prod")


@cache
def values(root: str, kind: str) -> dict[str, dict[str, Any]]:
    """Of a root's resources of a type, by address."""
    return {resource["address"]: resource["values"] for resource in resources(account_of(root), kind)}


def policy(address: str) -> Policy:
    """One of bootstrap's, its statements without conditions: what they allow at the most."""
    kind = address.partition(".")[0]
    told = json.loads(values("bootstrap", kind)[address]["policy"])
    for statement in told["Statement"]:
        statement.pop("Condition", None)
    return dict(told)


def of_github(role: str) -> Policy:
    """Of bootstrap's role for plans (`plan`), or for applies in an environment."""
    reads = policy("aws_iam_policy.reads")
    changes = policy(f'aws_iam_role_policy.changes["{role}"]') if role in ENVIRONMENTS else {"Statement": []}
    return {"Statement": [*reads["Statement"], *changes["Statement"]]}


def asked_for(environment: str) -> Iterator[tuple[str, str]]:
    """Each action with each resource, of every role."""
    for told in values(environment, "aws_iam_role_policy").values():
        for statement in json.loads(told["policy"])["Statement"]:
            if statement["Effect"] == "Allow":
                yield from ((a, resource) for a in statement["Action"] for resource in statement["Resource"])


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_every_role_fits_into_the_boundary(environment: str) -> None:
    """It has it, and needs nothing that it would be refused."""
    roles = values(environment, "aws_iam_role")
    assert len(roles) == 8
    for role in roles.values():
        assert role["permissions_boundary"].endswith(":policy/omnigen-boundary"), role["name"]
    boundary, needed = policy("aws_iam_policy.boundary"), set(asked_for(environment))
    assert len(needed) > 50
    assert [right for right in sorted(needed) if not allows(boundary, *right)] == []


@pytest.mark.parametrize("environment", ENVIRONMENTS)
def test_an_apply_makes_its_own_roles_within_the_boundary_only(environment: str) -> None:
    """None of the other environment, and least of all those that GitHub comes with."""
    told = values("bootstrap", "aws_iam_role_policy")[f'aws_iam_role_policy.changes["{environment}"]'][
        "policy"
    ]
    (making,) = (
        s for s in json.loads(told)["Statement"] if {"iam:CreateRole", "iam:PutRolePolicy"} & set(s["Action"])
    )
    (bound,) = making["Condition"]["ArnEquals"].values()
    assert bound.endswith(":policy/omnigen-boundary")

    granted = of_github(environment)
    roles = {
        role["name"]: f"arn:aws:iam::123456789012:role/{role['name']}"
        for root in (*ENVIRONMENTS, "bootstrap")
        for role in values(root, "aws_iam_role").values()
    }
    made = {role for role, arn in roles.items() if allows(granted, "iam:CreateRole", arn)}
    assert made == {role for role in roles if role.startswith(f"omnigen-{environment}-")}
    for action in ("DeleteRolePermissionsBoundary", "AttachRolePolicy", "CreatePolicyVersion", "CreateUser"):
        assert not any(allows(granted, f"iam:{action}", arn) for arn in roles.values()), action


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
    verbs = {action.split(":")[1] for statement in granted["Statement"] for action in statement["Action"]}
    assert {
        verb for verb in verbs if not verb.startswith(("Describe", "Get", "List", "View", "Validate"))
    } == set()
