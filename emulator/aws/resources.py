"""What there is on AWS: infra/resources.json, which Terraform reads too, under the names of an account."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from emulator.aws.account import Account, Bucket, Function, Index, Machine, Role, Schedule, Service, Table

ROOT: Final = Path(__file__).resolve().parents[2]
ORIGINS: Final = "*"
"""Which sites may read a bucket; where the site is, the run knows."""


@cache
def resources() -> dict[str, Any]:
    """Tables, buckets, secrets, functions, state machines and schedules, by kind and by the ending of their name."""
    told: dict[str, Any] = json.loads((ROOT / "infra" / "resources.json").read_text(encoding="utf-8"))
    return told


@dataclass(frozen=True, kw_only=True, slots=True)
class Names:
    """How an account's things are called; the defaults are the emulator's."""

    account: str = "000000000000"
    region: str = "us-east-1"
    prefix: str = "omnigen-"
    secrets: str = "omnigen/"
    behind_buckets: str = ""
    """Buckets have names that are unique in the world."""

    def bucket(self, ending: str) -> str:
        """A bucket's name."""
        return f"{self.prefix}{ending}{self.behind_buckets}"

    def function_arn(self, ending: str) -> str:
        """A function's ARN."""
        return f"arn:aws:lambda:{self._at}:function:{self.prefix}{ending}"

    def machine_arn(self, ending: str) -> str:
        """A state machine's ARN."""
        return f"arn:aws:states:{self._at}:stateMachine:{self.prefix}{ending}"

    def table_arn(self, ending: str) -> str:
        """A table's ARN."""
        return f"arn:aws:dynamodb:{self._at}:table/{self.prefix}{ending}"

    def secret_arn(self, ending: str) -> str:
        """A secret's ARN, which ends with six characters that nobody chooses."""
        return f"arn:aws:secretsmanager:{self._at}:secret:{self.secrets}{ending}-??????"

    @property
    def _at(self) -> str:
        return f"{self.region}:{self.account}"


HERE: Final = Names()


def account_of(told: Mapping[str, Any], names: Names = HERE) -> Account:
    """The account that infra/resources.json describes."""
    return Account(
        id=names.account,
        region=names.region,
        tables={ending: _table(names.prefix + ending, table) for ending, table in told["tables"].items()},
        buckets={ending: _bucket(names.bucket(ending), bucket) for ending, bucket in told["buckets"].items()},
        secrets={ending: names.secrets + ending for ending in told["secrets"]},
        functions={ending: _function(told, names, ending) for ending in told["functions"]},
        machines={ending: _machine(told, names, ending) for ending in told["state_machines"]},
        schedules={ending: _schedule(told, names, ending) for ending in told["schedules"]},
        services={ending: _service(told, names, ending) for ending in told["services"]},
    )


def _table(name: str, table: Mapping[str, Any]) -> Table:
    indexes = {
        index_name: Index(
            hash_key=index["hash_key"], range_key=index["range_key"], projection=index["projection_type"]
        )
        for index_name, index in table["global_secondary_indexes"].items()
    }
    same = {key: value for key, value in table.items() if key != "global_secondary_indexes"}
    return Table(name=name, indexes=indexes, **same)


def _bucket(name: str, bucket: Mapping[str, Any]) -> Bucket:
    whole = {"Status": "Enabled", "Filter": {}}
    age = {
        "ID": "age",
        "Transitions": [
            {"Days": bucket["infrequent_access_after_days"], "StorageClass": "STANDARD_IA"},
            {"Days": bucket["glacier_ir_after_days"], "StorageClass": "GLACIER_IR"},
        ],
        "Expiration": {"Days": bucket["expire_after_days"]},
    }
    unfinished = {
        "ID": "unfinished-uploads",
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": bucket["abort_uploads_after_days"]},
    }
    cors = {
        "AllowedOrigins": [ORIGINS],
        "AllowedMethods": sorted(bucket["cors_methods"]),
        "AllowedHeaders": ["*"],
        "ExposeHeaders": bucket["cors_expose_headers"],
        "MaxAgeSeconds": 3600,
    }
    return Bucket(name=name, cors=[cors], lifecycle=[whole | age, whole | unfinished])


def _function(told: Mapping[str, Any], names: Names, ending: str) -> Function:
    function = told["functions"][ending]
    sizes = {key: function[key] for key in ("handler", "timeout_s", "memory_mb", "ephemeral_storage_mb")}
    return Function(
        name=names.prefix + ending,
        role=_role(names, ending, "lambda.amazonaws.com", _rights(told, names, function)),
        environment={**_environment(names, function), "OMNIGEN_DATA_DIR": "/tmp/omnigen"},  # noqa: S108  Lambda's own
        **sizes,
    )


def _service(told: Mapping[str, Any], names: Names, ending: str) -> Service:
    service = told["services"][ending]
    return Service(
        role=_role(names, ending, "ecs-tasks.amazonaws.com", _rights(told, names, service)),
        environment={**_environment(names, service), "AWS_REGION": names.region},
    )


def _environment(names: Names, part: Mapping[str, Any]) -> dict[str, str]:
    """What a part is told: the names of what it may touch."""
    told = {
        "OMNIGEN_PROFILE": "aws",
        "OMNIGEN_JOBS_TABLE": f"{names.prefix}jobs",
        "OMNIGEN_USAGE_TABLE": f"{names.prefix}usage",
        "OMNIGEN_ASSETS_BUCKET": names.bucket("assets"),
    }
    if "composer" in part["invokes"]:
        told["OMNIGEN_COMPOSER_FUNCTION"] = f"{names.prefix}composer"
    if "pipeline" in part["starts"]:
        told["OMNIGEN_STATE_MACHINE_ARN"] = names.machine_arn("pipeline")
    if "replicate-token" in part["secrets"]:
        told["OMNIGEN_REPLICATE_TOKEN_SECRET"] = f"{names.secrets}replicate-token"
    if "replicate-webhook" in part["secrets"]:
        told["OMNIGEN_REPLICATE_WEBHOOK_SECRET_NAME"] = f"{names.secrets}replicate-webhook"
    return told


def _machine(told: Mapping[str, Any], names: Names, ending: str) -> Machine:
    machine = told["state_machines"][ending]
    called = [names.function_arn(function) for function in machine["placeholders"].values()]
    rights = _policy(told, {"invokes": called, "starts": [names.machine_arn(ending)]})
    return Machine(
        name=names.prefix + ending,
        arn=names.machine_arn(ending),
        kind=machine["type"],
        definition=_definition(machine, names),
        role=_role(names, ending, "states.amazonaws.com", rights),
    )


def _definition(machine: Mapping[str, Any], names: Names) -> str:
    """Its functions' ARNs are put in as Terraform's templatefile does."""
    text: str = (ROOT / machine["definition"]).read_text(encoding="utf-8")
    for place, function in machine["placeholders"].items():
        text = text.replace(f"${{{place}}}", names.function_arn(function))
    return text


def _schedule(told: Mapping[str, Any], names: Names, ending: str) -> Schedule:
    schedule = told["schedules"][ending]
    called = sorted({names.function_arn(one["function"]) for one in told["schedules"].values()})
    return Schedule(
        name=names.prefix + ending,
        rate=schedule["rate"],
        target=names.function_arn(schedule["function"]),
        payload=json.dumps(schedule["input"], separators=(",", ":")),
        role=_role(names, "scheduler", "scheduler.amazonaws.com", _policy(told, {"invokes": called})),
    )


def _rights(told: Mapping[str, Any], names: Names, part: Mapping[str, Any]) -> dict[str, Any]:
    """What a function or a service may do."""
    tables = [names.table_arn(name) for name in part["tables"]]
    buckets = [f"arn:aws:s3:::{names.bucket(name)}" for name in part["buckets"]]
    places = {
        "tables": [arn for table in tables for arn in (table, f"{table}/index/*")],
        "buckets": buckets,
        "objects": [f"{bucket}/*" for bucket in buckets],
        "secrets": [names.secret_arn(name) for name in part["secrets"]],
        "invokes": [names.function_arn(name) for name in part["invokes"]],
        "starts": [names.machine_arn(name) for name in part["starts"]],
    }
    return _policy(told, places)


def _policy(told: Mapping[str, Any], places: Mapping[str, list[str]]) -> dict[str, Any]:
    statements = [
        {"Effect": "Allow", "Action": told["rights"][kind], "Resource": arns}
        for kind, arns in places.items()
        if arns
    ]
    return {"Version": "2012-10-17", "Statement": statements}


def _role(names: Names, ending: str, service: str, policy: Mapping[str, Any]) -> Role:
    """One that a service may assume, with these rights."""
    trust = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    return Role(
        name=names.prefix + ending, trust={"Version": "2012-10-17", "Statement": [trust]}, policy=policy
    )
