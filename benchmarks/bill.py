"""What AWS bills for a 30-second video, models aside, against the seed's design that idles inside Lambda.

    python -m benchmarks.bill [--rounds 2]

Measured here: the CPU of every composing step on real clips (`bill_composing`), what each step asks of DynamoDB, S3
and Replicate (`bill_meter`), and the CPU of one request by boto3. Assumed, since no AWS is at hand: all of
`Assumptions`. Left out, since they are billed by the month whether anything runs or not, or belong to the video's
later life: NAT's hours, the API's tasks and its load balancer, secrets, alarms, storage, what viewers load.
"""

import argparse
import asyncio
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from benchmarks.bill_composing import Composing, Work, compose
from benchmarks.bill_meter import Step, count, plain
from benchmarks.bill_model import (
    MOST_MB,
    VCPU_MB,
    Invocations,
    Run,
    bill,
    idle_in_lambda,
    prices,
    seconds_at,
    total,
)
from benchmarks.figures import ROOT, Figure, write
from omnigen.adapters.aws.clients import ThreadedClients
from omnigen.settings import Settings
from tests.fixtures.aws import dynamodb_endpoint

SCENES: Final = 6
GENERATION_S: Final = 60.0
POLL_S: Final = 4.0
POLLS: Final = (2.0, 4.0, 8.0, 15.0)
MEMORIES: Final = (1024, VCPU_MB, 2048, 3008, 2 * VCPU_MB, 3 * VCPU_MB, 4 * VCPU_MB, MOST_MB)
ALLOWED_S: Final = 240.0
"""The composer's time-out, below what its leg has left."""
_SAMPLE: Final = 300
_GENERATOR_STEPS: Final = ("start_leg", "plan_storyboard", "generate_scene", "generate_music", "finish_job")


@dataclass(frozen=True, kw_only=True)
class Design:
    """What an operator chooses."""

    generator_mb: int
    composer_mb: int
    composer_storage_mb: int
    arch: str = "arm64"
    poll_s: float = POLL_S

    @classmethod
    def defined(cls) -> "Design":
        """What infra/resources.json says."""
        functions = json.loads((ROOT / "infra/resources.json").read_text(encoding="utf-8"))["functions"]
        return cls(
            generator_mb=functions["generator"]["memory_mb"],
            composer_mb=functions["composer"]["memory_mb"],
            composer_storage_mb=functions["composer"]["ephemeral_storage_mb"],
        )


SMALL: Final = Design(generator_mb=512, composer_mb=2048, composer_storage_mb=2048)
"""Enough for every video: a little over one CPU, which FFmpeg's one thread can use, and twice the memory it takes."""


@dataclass(frozen=True, kw_only=True)
class Assumptions:
    """What can't be measured without AWS. Seconds and bytes."""

    database_s: float = 0.006
    """A request to DynamoDB through its gateway endpoint; requests are made one after another."""
    store_s: float = 0.04
    """A request to S3 until its first byte."""
    store_rate: float = 70e6
    """Bytes a second between a Lambda and S3."""
    provider_s: float = 0.25
    """A request to Replicate, TLS included."""
    provider_rate: float = 30e6
    """Bytes a second from Replicate's delivery, through the NAT gateway."""
    provider_bytes: float = 8_000
    """Of such a request, both ways, TLS included."""
    clip_bytes: float = 6e6
    """Of a real clip of 5 s at 720p; the stand-in's are smaller."""
    speed: float = 1.0
    """A core of the measuring machine over one of Lambda's."""
    generator_start_s: float = 0.45
    """CPU of a cold start, measured with the zip's bytecode under Python 3.13."""
    composer_start_s: float = 0.9
    """CPU of a cold start, FFmpeg asked for its filters included."""
    log_bytes: float = 1_500
    """Of a call: Lambda's three lines, ours, the metrics."""
    state_s: float = 0.03
    """Between two states of the machine."""
    event_poll_s: float = 0.4
    """Between two looks of an open event stream."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """What was measured."""

    steps: Mapping[str, Step]
    composing: Composing
    request_cpu_s: float


def run_of(measured: Measured, design: Design, assume: Assumptions) -> Run:
    """Everything that AWS counts of one job whose every sandbox is cold, watched by one viewer to its end."""
    steps, scenes = measured.steps, len(measured.composing.segments)
    calls = {name: _generator_call(steps[name], measured, design, assume) for name in _GENERATOR_STEPS}
    polls = _times(steps["generate_scene"].calls, scenes, design.poll_s)
    home = scenes * assume.clip_bytes * (1 / assume.provider_rate + 1 / assume.store_rate)
    generating = polls * calls["generate_scene"] + home
    cold = seconds_at(design.generator_mb, cpu=assume.generator_start_s, alone=assume.generator_start_s)
    rendering = segments_s(measured.composing, design.composer_mb, assume)
    composing = join_s(measured.composing, design.composer_mb, assume)
    starting = seconds_at(design.composer_mb, cpu=assume.composer_start_s, alone=assume.composer_start_s)

    generator_s = (
        generating
        + scenes * cold
        + sum(steps[name].calls * calls[name] for name in _GENERATOR_STEPS if name != "generate_scene")
    )
    others = sum(steps[name].calls for name in _GENERATOR_STEPS if name != "generate_scene")
    composer_s = sum(rendering) + composing + scenes * starting
    first_leg = (
        GENERATION_S + generating / scenes + max(rendering) + starting + polls / scenes * 2 * assume.state_s
    )
    second_leg = composing + calls["start_leg"] + calls["finish_job"] + 4 * assume.state_s
    looks = (first_leg + second_leg) / assume.event_poll_s
    weight = polls / steps["generate_scene"].calls
    booked = {name: weight if name == "generate_scene" else 1.0 for name in steps} | {"watch_once": looks}
    return Run(
        invocations=(
            _on_average("generator", polls + others, generator_s, design.generator_mb, design.arch),
            replace(
                _on_average("composer", scenes + 1, composer_s, design.composer_mb, design.arch),
                storage_mb=design.composer_storage_mb,
            ),
        ),
        executions_s=(first_leg, second_leg),
        write_units=sum(steps[name].writes * times for name, times in booked.items()),
        read_units=sum(steps[name].reads * times for name, times in booked.items()),
        puts=sum(step.puts for step in steps.values()),
        gets=sum(step.gets for step in steps.values()),
        nat_bytes=scenes * assume.clip_bytes
        + steps["generate_scene"].provider * weight * assume.provider_bytes,
        log_bytes=(polls + others + scenes + 1) * assume.log_bytes,
        secret_calls=scenes,
    )


def segments_s(composing: Composing, memory_mb: int, assume: Assumptions) -> list[float]:
    """How long each scene's call takes; the last one mixes the sound beside its picture."""
    carried = assume.clip_bytes * 1.5 + composing.segment_bytes
    works = list(composing.segments)
    works[-1] = side_by_side(works[-1], composing.mix)
    return [work_s(work, memory_mb, assume, carried=carried, requests=5) for work in works]


def join_s(composing: Composing, memory_mb: int, assume: Assumptions) -> float:
    """How long the last call takes."""
    segments = composing.segment_bytes * len(composing.segments) + composing.sound_bytes
    requests = 3 * len(composing.segments)
    carried = segments + composing.video_bytes
    return work_s(composing.join, memory_mb, assume, carried=carried, requests=requests)


def work_s(work: Work, memory_mb: int, assume: Assumptions, *, carried: float, requests: int) -> float:
    """A composing step: its CPU on what that memory brings, its files, its requests."""
    waiting = carried / assume.store_rate + requests * (assume.store_s + assume.database_s)
    return seconds_at(
        memory_mb, cpu=work.cpu * assume.speed, alone=work.alone * assume.speed, waiting=waiting
    )


def side_by_side(one: Work, other: Work) -> Work:
    """Both at once: all of their CPU, the longer of their times."""
    return Work(cpu=one.cpu + other.cpu, alone=max(one.alone, other.alone))


def longest(composing: Composing) -> Composing:
    """The largest video that is allowed, 180 s of 40 scenes at 1080p, scaled from what was measured."""
    scenes, pixels = 40, 1920 * 1080 / (1280 * 720)
    length = 180 / composing.seconds

    def grown(work: Work, times: float) -> Work:
        return Work(cpu=work.cpu * times, alone=work.alone * times)

    return replace(
        composing,
        segments=tuple(grown(max(composing.segments, key=lambda w: w.cpu), pixels) for _ in range(scenes)),
        mix=grown(composing.mix, length),
        join=grown(composing.join, length * pixels),
        segment_bytes=composing.segment_bytes * pixels,
        sound_bytes=composing.sound_bytes * length,
        video_bytes=composing.video_bytes * length * pixels,
        seconds=180.0,
    )


def _generator_call(step: Step, measured: Measured, design: Design, assume: Assumptions) -> float:
    """A call of one kind, on average: its requests one after another, and their CPU."""
    requests = (step.database + step.provider + step.puts) / step.calls
    cpu = requests * measured.request_cpu_s * assume.speed
    waiting = (
        step.database * assume.database_s + step.provider * assume.provider_s + step.puts * assume.store_s
    ) / step.calls
    return seconds_at(design.generator_mb, cpu=cpu, alone=cpu, waiting=waiting)


def _times(counted: int, scenes: int, poll_s: float) -> float:
    """Calls of `generate_scene`, of which those that only wait follow the poll interval."""
    waiting = GENERATION_S / POLL_S * scenes
    return counted + GENERATION_S / poll_s * scenes - waiting


def _on_average(function: str, calls: float, seconds: float, memory_mb: int, arch: str) -> Invocations:
    return Invocations(
        function=function, count=calls, seconds=seconds / calls, memory_mb=memory_mb, arch=arch
    )


def measure(rounds: int) -> Measured:
    """Everything that can be measured here."""
    counted = asyncio.run(count(scenes=SCENES, generation_s=GENERATION_S, poll_s=POLL_S))
    counted.pop("set_up", None)
    return Measured(
        steps=counted, composing=compose(SCENES, rounds), request_cpu_s=asyncio.run(request_cpu_s())
    )


async def request_cpu_s() -> float:
    """CPU of one small request by boto3 on a thread, as the Lambdas make it."""
    told = {
        "AWS_ENDPOINT_URL": dynamodb_endpoint(),
        "AWS_ACCESS_KEY_ID": "123456789012",
        "AWS_SECRET_ACCESS_KEY": "local",
    }
    async with ThreadedClients(Settings.from_environment(told).aws) as clients:
        client = await clients.open("dynamodb")
        await client.list_tables()
        begun = time.process_time()
        for _ in range(_SAMPLE):
            await client.list_tables()
        return (time.process_time() - begun) / _SAMPLE


def figures(measured: Measured, assume: Assumptions) -> list[Figure]:
    """Ours against the seed's, and what each choice changes."""
    at = prices()
    defined, small = (total(run_of(measured, design, assume), at) for design in (Design.defined(), SMALL))
    on_x86, on_arm64 = (
        total(idle_in_lambda(arch=arch, storage_mb=MOST_MB), at) for arch in ("x86_64", "arm64")
    )
    peer = "the seed's Lambdas alone, x86: 5 of 2 GB asleep for 60 s, one of 10 GB for 90 s"
    return [
        Figure(
            title="AWS bill of a 30-second video, models aside",
            value=round(defined / on_x86, 3),
            unit="x",
            goal=0.334,
            peer=peer,
            details={
                "dollars": round(defined, 5),
                "peer_dollars": round(on_x86, 5),
                "over_arm64": round(defined / on_arm64, 3),
            },
        ),
        Figure(
            title="The same with Lambdas no larger than they need be",
            value=round(small / on_x86, 3),
            unit="x",
            goal=0.334,
            peer=peer,
            details={"dollars": round(small, 5), "over_arm64": round(small / on_arm64, 3)},
        ),
    ]


def by_poll(measured: Measured, design: Design, assume: Assumptions) -> dict[str, float]:
    """Dollars by poll interval."""
    runs = {poll: run_of(measured, replace(design, poll_s=poll), assume) for poll in POLLS}
    return {f"{poll:.0f} s": round(total(run, prices()), 5) for poll, run in runs.items()}


def by_memory(measured: Measured, design: Design, assume: Assumptions) -> list[dict[str, Any]]:
    """For each size of the composer: dollars, seconds from the last clip to the video, and the longest video's
    longest call.
    """
    largest = longest(measured.composing)
    rows = []
    for memory in MEMORIES:
        run = run_of(measured, replace(design, composer_mb=memory), assume)
        passed = max(segments_s(measured.composing, memory, assume)) + join_s(
            measured.composing, memory, assume
        )
        last = max(join_s(largest, memory, assume), *segments_s(largest, memory, assume))
        rows.append(
            {
                "memory_mb": memory,
                "dollars": round(total(run, prices()), 5),
                "after_the_models_s": round(passed, 1),
                "longest_call_s": round(last, 1),
                "in_time": last <= ALLOWED_S,
            }
        )
    return rows


def cheapest(rows: Sequence[Mapping[str, Any]]) -> Mapping[str, Any]:
    """The size that costs least of those that stay in time for every video."""
    return min((row for row in rows if row["in_time"]), key=lambda row: row["dollars"])


def main() -> None:
    """Measure, calculate, write the results."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=2)
    measured, assume = measure(parser.parse_args().rounds), Assumptions()
    rows = by_memory(measured, SMALL, assume)
    more = {
        "priced": str(prices()["read"]),
        "designs": {"defined": asdict(Design.defined()), "small": asdict(SMALL)},
        "assumptions": asdict(assume),
        "bills": {
            "ours, small": _rounded(bill(run_of(measured, SMALL, assume), prices())),
            "ours, as defined": _rounded(bill(run_of(measured, Design.defined(), assume), prices())),
            "the seed's, arm64": _rounded(bill(idle_in_lambda(arch="arm64", storage_mb=MOST_MB), prices())),
            "the seed's, x86": _rounded(bill(idle_in_lambda(arch="x86_64", storage_mb=MOST_MB), prices())),
        },
        "by_memory": rows,
        "cheapest_mb": cheapest(rows)["memory_mb"],
        "by_poll": by_poll(measured, SMALL, assume),
        "composing": asdict(measured.composing),
        "request_cpu_s": round(measured.request_cpu_s, 5),
        "steps": plain(dict(measured.steps)),
    }
    write("bill", figures(measured, assume), more)


def _rounded(lines: Mapping[str, float]) -> dict[str, float]:
    return {name: round(value, 7) for name, value in lines.items()}


if __name__ == "__main__":
    main()
