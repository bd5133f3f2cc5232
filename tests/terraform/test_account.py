"""Terraform and the emulator say the same of every table, function and right: neither knows anything of its own.

Both read infra/resources.json; here what came of it is compared, field by field.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import pytest

from emulator.aws.account import Account, Role
from emulator.aws.resources import Names, account_of, resources
from emulator.aws.terraform import Planned, account_in
from emulator.errors import EmulatorError
from tests.terraform.account import LEFT_OUT, MADE, made_up

pytestmark = pytest.mark.terraform

ENVIRONMENTS: Final = ("dev", "prod")
OF_AWS: Final = {"Logs", "Network", "DeadLetters"}
"""Rights that only AWS's own services use, in a role's name: ministack writes logs without, and has no network."""
OUTSIDE: Final = {
    "OMNIGEN_LOG_LEVEL",  # a default of Terraform's own
    "OMNIGEN_METRICS_NAMESPACE",  # so is this: two environments count apart
    "OMNIGEN_API_PROCESSES",
    "OMNIGEN_HOST",
    "OMNIGEN_PORT",
    "OMNIGEN_PUBLIC_URL",
    "OMNIGEN_COGNITO_USER_POOL_ID",
    "OMNIGEN_OIDC_CLIENT_ID",
    "OMNIGEN_OIDC_ISSUER",
    "OMNIGEN_OIDC_JWKS_URL",
    "OMNIGEN_REPLICATE_WEBHOOK_SECRET_NAME",  # empty, where webhooks are off
}
"""Variables that infra/resources.json says nothing of."""


@pytest.fixture(params=ENVIRONMENTS)
def environment(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def applied(environment: str) -> Account:
    return account_in(made_up(environment))


@pytest.fixture
def described(environment: str, applied: Account) -> Account:
    return described_as(environment, applied)


def described_as(environment: str, applied: Account) -> Account:
    """infra/resources.json, under the names of an environment; what may be thrown away isn't protected."""
    names = Names(
        account=applied.id,
        region=applied.region,
        prefix=f"omnigen-{environment}-",
        secrets=f"omnigen/{environment}/",
        behind_buckets=f"-{applied.id}",
    )
    account = account_of(resources(), names)
    protected = environment == "prod"
    tables = {name: replace(one, deletion_protection=protected) for name, one in account.tables.items()}
    return replace(account, tables=tables)


def test_every_type_of_resource_is_made_or_left_out_for_a_reason(environment: str) -> None:
    types = Planned.read(made_up(environment)).types()
    assert types >= MADE
    assert types - MADE - LEFT_OUT.keys() == set(), (
        "say in tests/terraform/account.py what becomes of these here"
    )
    assert MADE.isdisjoint(LEFT_OUT)


def test_tables_secrets_and_machines_are_the_same(applied: Account, described: Account) -> None:
    assert applied.tables == described.tables
    assert applied.secrets == described.secrets
    (ours,), (theirs,) = described.machines.values(), applied.machines.values()
    assert replace(theirs, role=ours.role) == ours


def test_the_bucket_of_assets_is_the_same(applied: Account, described: Account) -> None:
    """But for what only Terraform says: older versions of objects, and which site may read."""
    theirs, ours = applied.buckets["assets"], described.buckets["assets"]
    assert theirs.name == ours.name
    assert theirs.versioned
    kept = [
        {k: v for k, v in rule.items() if k != "NoncurrentVersionExpiration"} for rule in theirs.lifecycle
    ]
    assert kept == ours.lifecycle
    assert [{**rule, "AllowedOrigins": ["*"]} for rule in theirs.cors] == ours.cors


def test_functions_and_schedules_are_the_same(applied: Account, described: Account) -> None:
    assert applied.functions.keys() == described.functions.keys()
    for ending, ours in described.functions.items():
        theirs = applied.functions[ending]
        assert _known(theirs.environment) == ours.environment, ending
        assert replace(theirs, role=ours.role, environment=ours.environment) == ours
    assert applied.schedules.keys() == described.schedules.keys()
    for ending, schedule in described.schedules.items():
        assert replace(applied.schedules[ending], role=schedule.role) == schedule


def test_the_api_is_told_the_same(applied: Account, described: Account) -> None:
    assert _known(applied.services["api"].environment) == _known(described.services["api"].environment)


def test_roles_have_the_same_rights(applied: Account, described: Account) -> None:
    """Beside what AWS's own services do in their names."""
    theirs, ours = _roles(applied), _roles(described)
    assert theirs.keys() == ours.keys()
    for name, role in ours.items():
        assert _allowed(theirs[name]) == _allowed(role), name
        assert _trusted(theirs[name]) == _trusted(role), name


def test_only_the_generator_reads_the_key_of_replicate(applied: Account) -> None:
    readers = {
        name
        for name, role in _roles(applied).items()
        for _, _, resource in _allowed(role)
        if applied.secrets["replicate-token"] in resource
    }
    assert readers == {applied.functions["generator"].role.name}


CHECKS: Final = (
    test_tables_secrets_and_machines_are_the_same,
    test_the_bucket_of_assets_is_the_same,
    test_functions_and_schedules_are_the_same,
    test_the_api_is_told_the_same,
    test_roles_have_the_same_rights,
)


@pytest.mark.parametrize(
    ("said", "instead"),
    [
        ('"range_key":"sweep_at"', '"range_key":"sk"'),
        ('"attribute_name":"expires_at"', '"attribute_name":"expires"'),
        ("$.last.seconds", "$.seconds"),
        ('"days":90', '"days":60'),
        ('"timeout":240', '"timeout":900'),
        ("lambdas.composer.handler", "lambdas.generator.handler"),
        ('"OMNIGEN_JOBS_TABLE"', '"OMNIGEN_JOB_TABLE"'),
        ('\\"OMNIGEN_USAGE_TABLE\\"', '\\"OMNIGEN_USE_TABLE\\"'),
        ("rate(1 minute)", "rate(1 hour)"),
        ("dynamodb:ConditionCheckItem", "dynamodb:Scan"),
        ("states.amazonaws.com", "events.amazonaws.com"),
    ],
)
def test_a_difference_is_seen(said: str, instead: str, tmp_path: Path) -> None:
    """Whatever Terraform would say otherwise."""
    text = made_up("prod").read_text(encoding="utf-8")
    assert said in text
    (path := tmp_path / "state.json").write_text(text.replace(said, instead))
    changed, described = account_in(path), described_as("prod", account_in(made_up("prod")))
    with pytest.raises(AssertionError):
        _check(changed, described)


def _check(applied: Account, described: Account) -> None:
    for check in CHECKS:
        check(applied, described)


def test_what_terraform_did_not_write_is_refused(tmp_path: Path) -> None:
    """In one line, which names the file."""
    for text in ("", "[]", "{}", '{"values": {"root_module": {}}}'):
        (path := tmp_path / "state.json").write_text(text)
        with pytest.raises(EmulatorError, match=str(path)):
            account_in(path)


def _known(environment: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in environment.items() if name not in OUTSIDE}


def _roles(account: Account) -> dict[str, Role]:
    users = (account.functions, account.machines, account.schedules, account.services)
    return {one.role.name: one.role for kind in users for one in kind.values()}


def _allowed(role: Role) -> set[tuple[str, str, str]]:
    """Effects, actions and resources."""
    return {
        (statement["Effect"], action, resource)
        for statement in role.policy["Statement"]
        if statement.get("Sid") not in OF_AWS
        for action in statement["Action"]
        for resource in statement["Resource"]
    }


def _trusted(role: Role) -> Any:
    """Who may assume it; Terraform also says on whose behalf."""
    (statement,) = json.loads(json.dumps(role.trust["Statement"]))
    statement.pop("Condition", None)
    return statement
