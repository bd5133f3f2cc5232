"""What an AWS account has, in one form: infra/resources.json is read into it, and so is what Terraform has planned.

Definitions, policies and rules are as AWS's own APIs take them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, kw_only=True, slots=True)
class Index:
    """A global secondary index."""

    hash_key: str
    range_key: str
    projection: str


@dataclass(frozen=True, kw_only=True, slots=True)
class Table:
    """A table of DynamoDB."""

    name: str
    billing_mode: str
    hash_key: str
    range_key: str
    attributes: Mapping[str, str]
    indexes: Mapping[str, Index]
    ttl_attribute: str
    point_in_time_recovery: bool
    deletion_protection: bool


@dataclass(frozen=True, kw_only=True, slots=True)
class Bucket:
    """A bucket of S3."""

    name: str
    cors: Sequence[Mapping[str, Any]] = ()
    lifecycle: Sequence[Mapping[str, Any]] = ()
    versioned: bool = False


@dataclass(frozen=True, kw_only=True, slots=True)
class Role:
    """A role of IAM, and its one policy."""

    name: str
    trust: Mapping[str, Any]
    policy: Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Function:
    """A function of Lambda."""

    name: str
    handler: str
    timeout_s: int
    memory_mb: int
    ephemeral_storage_mb: int
    role: Role
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, slots=True)
class Machine:
    """A state machine of Step Functions."""

    name: str
    arn: str
    kind: str
    definition: str
    role: Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Schedule:
    """What EventBridge Scheduler calls, when, and with which words."""

    name: str
    rate: str
    target: str
    payload: str
    role: Role


@dataclass(frozen=True, kw_only=True, slots=True)
class Service:
    """What runs in containers: who it is, and what it is told."""

    role: Role
    environment: Mapping[str, str]


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """All of it, by the endings of names."""

    id: str
    region: str
    tables: Mapping[str, Table]
    buckets: Mapping[str, Bucket]
    secrets: Mapping[str, str]
    """Their names; what is in them comes from elsewhere."""
    functions: Mapping[str, Function]
    machines: Mapping[str, Machine]
    schedules: Mapping[str, Schedule]
    services: Mapping[str, Service]
