"""What must be nowhere in an account, whichever module has made it: complaints, none where all is well."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from tests.terraform.rights import Account, resources

LEG_S: Final = 240
"""After so long a leg hands over (docs/adr/0005-legs-on-express.md)."""
KEY: Final = "replicate-token"
_WORLD: Final = frozenset({"0.0.0.0/0", "::/0"})
_POLICIES: Final = ("assume_role_policy", "policy")
_OF_EVERY_BUCKET: Final = (
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
)
_IN: Final = ("aws_security_group", "aws_security_group_rule", "aws_vpc_security_group_ingress_rule")


def complaints(account: Account) -> list[str]:
    """Everything that must not be, each with where it is."""
    return sorted(
        [
            *(f"{resource['address']}: {why}" for resource in resources(account) for why in _of(resource)),
            *_buckets_without_protection(account),
        ]
    )


def _of(resource: Mapping[str, Any]) -> Iterator[str]:
    values = resource.get("values", {})
    for name in _POLICIES:
        if values.get(name):
            yield from _of_a_policy(resource, json.loads(values[name]).get("Statement", []))
    match resource["type"]:
        case kind if kind in _IN and _WORLD & set(_ranges(values)):
            yield "open to the world"
        case "aws_s3_bucket_public_access_block" if not all(
            value for name, value in values.items() if name.startswith(("block_", "ignore_", "restrict_"))
        ):
            yield "lets a bucket be public"
        case "aws_lambda_function" if values.get("timeout", 0) > LEG_S:
            yield f"may run for {values['timeout']} s, longer than a leg"
        case "aws_lambda_function_url" if values["authorization_type"] == "NONE":
            yield "may be called by anybody"
        case "aws_sfn_state_machine" if values["logging_configuration"][0]["include_execution_data"]:
            yield "logs what users wrote"
        case "aws_lb" if not values.get("internal"):
            yield "faces the internet"  # beside the prefix list there is the secret header: by a variable only
        case "aws_secretsmanager_secret_version":
            yield "puts a secret into the state"


def _ranges(values: Mapping[str, Any]) -> Iterator[str | None]:
    """From where something may come in."""
    if values.get("type") != "egress":
        yield from (values.get("cidr_ipv4"), values.get("cidr_ipv6"))
        for rule in (values, *(values.get("ingress") or ())):
            yield from (*(rule.get("cidr_blocks") or ()), *(rule.get("ipv6_cidr_blocks") or ()))


def _of_a_policy(resource: Mapping[str, Any], statements: list[Mapping[str, Any]]) -> Iterator[str]:
    if KEY in json.dumps(statements) and resource.get("index") != "generator":
        yield "reads the Replicate key"
    for statement in statements:
        text = {
            name: json.dumps(statement.get(name)) for name in ("Action", "Principal", "Resource", "Condition")
        }
        if statement["Effect"] == "Deny":
            continue
        if '"*"' in text["Principal"]:
            yield "lets everybody in"
        if '"*"' in text["Action"]:
            yield "allows everything"
        if '"iam:PassRole"' in text["Action"] and '"*"' in text["Resource"]:
            yield "passes every role on"
        if "Federated" in text["Principal"] and (
            "*" in text["Condition"] or "StringEquals" not in text["Condition"]
        ):
            yield "takes more than one subject"


def _buckets_without_protection(account: Account) -> Iterator[str]:
    """By the names of resources, which a bucket's protections share: a plan doesn't know its id yet."""
    buckets = _named(account, "aws_s3_bucket")
    for kind in _OF_EVERY_BUCKET:
        yield from (f"{bucket}: a bucket without {kind}" for bucket in buckets - _named(account, kind))


def _named(account: Account, kind: str) -> set[str]:
    return {resource["address"].replace(f"{kind}.", "") for resource in resources(account, kind)}
