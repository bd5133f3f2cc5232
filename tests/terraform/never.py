"""What must be nowhere in an account, whichever module has made it: complaints, none where all is well."""

import json
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any, Final

from tests.terraform.rights import Account, resources

LEG_S: Final = 240
"""After so long a leg hands over (docs/adr/0005-legs-on-express.md)."""
KEY: Final = "replicate-token"
_POLICIES: Final = ("assume_role_policy", "policy")
_OF_EVERY_BUCKET: Final = (
    "aws_s3_bucket_public_access_block",
    "aws_s3_bucket_server_side_encryption_configuration",
    "aws_s3_bucket_versioning",
)
_API: Final = "module.stack.module.api"
_NETWORK: Final = "module.stack.module.network"
_RULE: Final = "aws_vpc_security_group_ingress_rule"
_WAYS_IN: Final = {
    f"{_API}.{_RULE}.cloudfront": f"{_API}.aws_security_group.balancer",
    f"{_API}.{_RULE}.from_balancer": f"{_API}.aws_security_group.tasks",
    f"{_NETWORK}.{_RULE}.endpoints": f"{_NETWORK}.aws_security_group.endpoints",
}
"""All the rules by which anything is reached by the network, and the group that each opens. Functions have none."""
_NARROW: Final = {4: 24, 6: 64}
"""The widest range that a rule may name, a subnet: length of its prefix, by the version."""


def complaints(account: Account) -> list[str]:
    """Everything that must not be, each with where it is."""
    return sorted(
        [
            *(f"{resource['address']}: {why}" for resource in resources(account) for why in _of(resource)),
            *_buckets_without_protection(account),
            *_ways_in(account),
        ]
    )


def _of(resource: Mapping[str, Any]) -> Iterator[str]:
    values = resource.get("values", {})
    for name in _POLICIES:
        if values.get(name):
            yield from _of_a_policy(resource, json.loads(values[name]).get("Statement", []))
    match resource["type"]:
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


def _ways_in(account: Account) -> Iterator[str]:
    """Rules that nobody has listed, that open another group, or that name more than a private subnet."""
    groups = {
        group["values"].get("id"): group["address"] for group in resources(account, "aws_security_group")
    }
    for resource in resources(account):
        values, address = resource.get("values", {}), resource["address"]
        match resource["type"]:
            case "aws_vpc_security_group_ingress_rule":
                listed = _WAYS_IN.get(_without_index(address))
                # A plan doesn't know yet which group it is.
                group = (
                    groups.get(values["security_group_id"], "") if "security_group_id" in values else listed
                )
                if listed is None or _without_index(group or "") != listed:
                    yield f"{address}: a way in that is not listed"
                for cidr in (values.get("cidr_ipv4"), values.get("cidr_ipv6")):
                    if cidr and not _is_narrow(cidr):
                        yield f"{address}: open to {cidr}"
            case "aws_security_group_rule" if values["type"] == "ingress":
                yield f"{address}: a way in that is not listed"
            case "aws_security_group" | "aws_default_security_group" if values.get("ingress"):
                yield f"{address}: a way in that is not listed"


def _is_narrow(cidr: str) -> bool:
    network = ip_network(cidr)
    return network.is_private and network.prefixlen >= _NARROW[network.version]


def _without_index(address: str) -> str:
    return address.partition("[")[0]


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
