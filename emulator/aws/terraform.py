"""What Terraform says of an account: the JSON of `terraform show -json`, of a state or of what a plan leads to."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator.aws.account import Account, Bucket, Function, Index, Machine, Role, Schedule, Service, Table
from emulator.errors import EmulatorError

Values = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Planned:
    """The resources of one state or plan, by their types."""

    resources: tuple[Mapping[str, Any], ...]

    @classmethod
    def read(cls, path: Path) -> "Planned":
        """Read the JSON. Raises EmulatorError."""
        try:
            told = json.loads(path.read_text(encoding="utf-8"))
            return cls(tuple(_resources((told.get("values") or told["planned_values"])["root_module"])))
        except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise EmulatorError(f"{path} is not what `terraform show -json` writes: {error!r}") from None

    def types(self) -> set[str]:
        """Of everything that would be made."""
        return {resource["type"] for resource in self.resources if resource["mode"] == "managed"}

    def values(self, kind: str, mode: str = "managed") -> Iterator[tuple[str, Values]]:
        """All of one type, by their keys or, where there is but one, by their names."""
        for resource in self.resources:
            if (resource["mode"], resource["type"]) == (mode, kind):
                yield str(resource.get("index", resource["name"])), resource["values"]

    def one(self, kind: str, mode: str = "managed") -> Values:
        """The only one of a type."""
        ((_, values),) = self.values(kind, mode)
        return values


def account_in(path: Path) -> Account:
    """The account that Terraform would make, or has made. Raises EmulatorError."""
    planned = Planned.read(path)
    try:
        return _account(planned)
    except (KeyError, ValueError, IndexError, TypeError) as error:
        raise EmulatorError(f"{path} is of no OmniGen, or not known to its end: {error!r}") from None


def _account(planned: Planned) -> Account:
    roles = _roles(planned)
    machines = {
        name: Machine(
            name=machine["name"],
            arn=machine["arn"],
            kind=machine["type"],
            definition=machine["definition"],
            role=roles[machine["role_arn"]],
        )
        for name, machine in planned.values("aws_sfn_state_machine")
    }
    return Account(
        id=planned.one("aws_caller_identity", "data")["account_id"],
        region=planned.one("aws_region", "data")["region"],
        tables={name: _table(table) for name, table in planned.values("aws_dynamodb_table")},
        buckets={
            name: _bucket(planned, bucket["bucket"]) for name, bucket in planned.values("aws_s3_bucket")
        },
        secrets={name: secret["name"] for name, secret in planned.values("aws_secretsmanager_secret")},
        functions={name: _function(one, roles) for name, one in planned.values("aws_lambda_function")},
        machines=machines,
        schedules={name: _schedule(one, roles) for name, one in planned.values("aws_scheduler_schedule")},
        services={name: _service(one, roles) for name, one in planned.values("aws_ecs_task_definition")},
    )


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _resources(child)


def _roles(planned: Planned) -> dict[str, Role]:
    """By their ARNs."""
    policies = {policy["role"]: policy["policy"] for _, policy in planned.values("aws_iam_role_policy")}
    return {
        role["arn"]: Role(
            name=role["name"],
            trust=json.loads(role["assume_role_policy"]),
            policy=json.loads(policies[role["name"]]),
        )
        for _, role in planned.values("aws_iam_role")
    }


def _table(table: Values) -> Table:
    (expiry,), (backups,) = table["ttl"], table["point_in_time_recovery"]
    return Table(
        name=table["name"],
        billing_mode=table["billing_mode"],
        hash_key=table["hash_key"],
        range_key=table["range_key"],
        attributes={attribute["name"]: attribute["type"] for attribute in table["attribute"]},
        indexes={
            index["name"]: Index(
                hash_key=index["hash_key"], range_key=index["range_key"], projection=index["projection_type"]
            )
            for index in table["global_secondary_index"]
        },
        ttl_attribute=expiry["attribute_name"] if expiry["enabled"] else "",
        point_in_time_recovery=backups["enabled"],
        deletion_protection=table["deletion_protection_enabled"],
    )


def _bucket(planned: Planned, name: str) -> Bucket:
    def rules(kind: str, field: str) -> list[Values]:
        return [
            one for _, values in planned.values(kind) if values["bucket"] == name for one in values[field]
        ]

    versioning = rules("aws_s3_bucket_versioning", "versioning_configuration")
    return Bucket(
        name=name,
        cors=[_cors(rule) for rule in rules("aws_s3_bucket_cors_configuration", "cors_rule")],
        lifecycle=[_aging(rule) for rule in rules("aws_s3_bucket_lifecycle_configuration", "rule")],
        versioned=any(one["status"] == "Enabled" for one in versioning),
    )


def _cors(rule: Values) -> Values:
    return {
        "AllowedOrigins": rule["allowed_origins"],
        "AllowedMethods": sorted(rule["allowed_methods"]),
        "AllowedHeaders": rule["allowed_headers"],
        "ExposeHeaders": rule["expose_headers"],
        "MaxAgeSeconds": rule["max_age_seconds"],
    }


def _aging(rule: Values) -> Values:
    """A rule of a bucket's lifecycle, which here is always of the whole bucket."""
    made: dict[str, Any] = {"ID": rule["id"], "Status": rule["status"], "Filter": {}}
    if rule["transition"]:
        moves = [{"Days": one["days"], "StorageClass": one["storage_class"]} for one in rule["transition"]]
        made["Transitions"] = sorted(moves, key=lambda move: int(move["Days"]))
    for one in rule["expiration"]:
        made["Expiration"] = {"Days": one["days"]}
    for one in rule["noncurrent_version_expiration"]:
        kept = {"NewerNoncurrentVersions": one["newer_noncurrent_versions"]}
        made["NoncurrentVersionExpiration"] = {
            "NoncurrentDays": one["noncurrent_days"],
            **{key: value for key, value in kept.items() if value},
        }
    for one in rule["abort_incomplete_multipart_upload"]:
        made["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": one["days_after_initiation"]}
    return made


def _function(function: Values, roles: Mapping[str, Role]) -> Function:
    image = function["package_type"] == "Image"
    return Function(
        name=function["function_name"],
        handler=function["image_config"][0]["command"][0] if image else function["handler"],
        timeout_s=function["timeout"],
        memory_mb=function["memory_size"],
        ephemeral_storage_mb=function["ephemeral_storage"][0]["size"],
        role=roles[function["role"]],
        environment=function["environment"][0]["variables"],
    )


def _schedule(schedule: Values, roles: Mapping[str, Role]) -> Schedule:
    (target,) = schedule["target"]
    return Schedule(
        name=schedule["name"],
        rate=schedule["schedule_expression"],
        target=target["arn"],
        payload=target["input"],
        role=roles[target["role_arn"]],
    )


def _service(task: Values, roles: Mapping[str, Role]) -> Service:
    (container,) = json.loads(task["container_definitions"])
    return Service(
        role=roles[task["task_role_arn"]],
        environment={variable["name"]: variable["value"] for variable in container["environment"]},
    )
