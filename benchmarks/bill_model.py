"""What AWS bills for one run: arithmetic alone. Sizes are bytes, MB and GB as AWS counts them, prices US dollars."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

PRICES: Final = Path(__file__).with_name("aws_prices.toml")
VCPU_MB: Final = 1769
"""Memory that comes with one virtual CPU; in proportion above and below (Lambda's guide, "memory")."""
MOST_MB: Final = 10_240
_GB: Final = 1024**3
_CHUNK_MB: Final = 64
"""Express bills memory in pieces of this size."""

Prices = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True)
class Invocations:
    """Calls of one function, all of one length."""

    function: str
    count: float
    seconds: float
    memory_mb: int
    arch: str = "arm64"
    storage_mb: int = 512


@dataclass(frozen=True, kw_only=True)
class Run:
    """Everything of one run that AWS counts. What it bills by the month, used or not, is left out."""

    invocations: tuple[Invocations, ...]
    executions_s: tuple[float, ...] = ()
    """How long each Express execution lives, waiting included."""
    execution_mb: float = 50.0
    """50 MB + definition + state, which for us is a few kB a scene."""
    write_units: float = 0.0
    read_units: float = 0.0
    puts: float = 0.0
    gets: float = 0.0
    nat_bytes: float = 0.0
    log_bytes: float = 0.0
    secret_calls: float = 0.0


def prices(path: Path = PRICES) -> Prices:
    """The dated table."""
    return tomllib.loads(path.read_text(encoding="utf-8"))


def vcpus(memory_mb: float) -> float:
    """What a function of that memory has of CPUs; 5.8 at most."""
    return memory_mb / VCPU_MB


def seconds_at(memory_mb: float, *, cpu: float, alone: float, waiting: float = 0.0) -> float:
    """How long a call takes that burns `cpu` seconds, `alone` of them with nothing beside it.

    Below one CPU everything is slowed down; above it only what can run side by side gains.
    """
    have = vcpus(memory_mb)
    return waiting + (cpu / have if have < 1 else max(cpu / have, alone))


def bill(run: Run, at: Prices) -> dict[str, float]:
    """Dollars by line, in the order of a bill."""
    lines: dict[str, float] = {}
    for call in run.invocations:
        name = f"Lambda {call.function}"
        lines[name] = lines.get(name, 0.0) + gb_seconds(call) * at["lambda"][f"{call.arch}_gb_second"]
    return lines | {
        "Lambda requests": sum(call.count for call in run.invocations) * at["lambda"]["request"],
        "Lambda /tmp": sum(storage_gb_seconds(call, at) for call in run.invocations)
        * at["lambda"]["storage_gb_second"],
        "Step Functions": sum(_execution(seconds, run.execution_mb, at) for seconds in run.executions_s),
        "DynamoDB writes": run.write_units * at["dynamodb"]["write_unit"],
        "DynamoDB reads": run.read_units * at["dynamodb"]["read_unit"],
        "S3 requests": run.puts * at["s3"]["put"] + run.gets * at["s3"]["get"],
        "NAT bytes": run.nat_bytes / _GB * at["nat"]["gb"],
        "Logs": run.log_bytes / _GB * at["logs"]["gb"],
        "Secrets Manager": run.secret_calls * at["secrets"]["call"],
    }


def total(run: Run, at: Prices) -> float:
    """Dollars."""
    return sum(bill(run, at).values())


def gb_seconds(call: Invocations) -> float:
    """Each call rounded up to a millisecond."""
    return call.count * math.ceil(round(call.seconds * 1000, 6)) / 1000 * call.memory_mb / 1024


def storage_gb_seconds(call: Invocations, at: Prices) -> float:
    """Of /tmp above what is free."""
    extra = max(0, call.storage_mb - at["lambda"]["free_storage_mb"])
    return call.count * call.seconds * extra / 1024


def write_units(size: float, *, transaction: bool = False) -> float:
    """Of one write: a unit a kB, two in a transaction."""
    return max(1, math.ceil(size / 1024)) * (2 if transaction else 1)


def read_units(size: float, *, consistent: bool = True, transaction: bool = False) -> float:
    """Of one read: a unit for each 4 kB, half of it where an old answer will do, two in a transaction."""
    units = max(1, math.ceil(size / 4096))
    return units * (2.0 if transaction else 1.0 if consistent else 0.5)


def idle_in_lambda(*, arch: str, scenes: int = 5, storage_mb: int = 512) -> Run:
    """The seed's design: a Lambda sleeps while its scene is made, and one of the largest size composes."""
    return Run(
        invocations=(
            Invocations(function="generator", count=scenes, seconds=60, memory_mb=2048, arch=arch),
            Invocations(
                function="composer", count=1, seconds=90, memory_mb=MOST_MB, arch=arch, storage_mb=storage_mb
            ),
        )
    )


def _execution(seconds: float, memory_mb: float, at: Prices) -> float:
    lived = math.ceil(round(seconds * 10, 6)) / 10
    billed_mb = math.ceil(memory_mb / _CHUNK_MB) * _CHUNK_MB
    price: float = at["express"]["request"] + lived * billed_mb / 1024 * at["express"]["gb_second"]
    return price
