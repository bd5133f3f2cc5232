"""What a Lambda's first call has to import and open, in CPU time, against bare Python and against boto3 alone.

    python -m benchmarks.cold_start [--rounds 9]

Each figure is the median of rounds of fresh interpreters; within a round everything is measured once, in turn.
`import` is what Lambda does before the first event, `first call` that and what the handler adds to it: settings,
container, clients of DynamoDB and S3, and the adapters behind the first step. Nothing is connected to. What it costs
on Lambda itself depends on its memory: below 1,769 MB it has less than a whole core.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
from typing import Final

from benchmarks.figures import Figure, median, write

ENVIRONMENT: Final = {
    "OMNIGEN_PROFILE": "aws",
    "OMNIGEN_DATA_DIR": "/tmp/omnigen-cold",
    "AWS_REGION": "us-east-1",
    "AWS_ENDPOINT_URL": "http://127.0.0.1:9",
    "AWS_ACCESS_KEY_ID": "nobody",
    "AWS_SECRET_ACCESS_KEY": "nothing",
    "OMNIGEN_JOBS_TABLE": "jobs",
    "OMNIGEN_USAGE_TABLE": "usage",
    "OMNIGEN_ASSETS_BUCKET": "assets",
    "OMNIGEN_REPLICATE_TOKEN_SECRET": "token",
    "OMNIGEN_COMPOSER_FUNCTION": "composer",
    "OMNIGEN_STATE_MACHINE_ARN": "arn:aws:states:us-east-1:000000000000:stateMachine:pipeline",
}
_OPENED: Final = """
import asyncio
from omnigen.container import stepping
from omnigen.entrypoints.lambdas.{part} import handler
from omnigen.settings import Settings
async def main():
    async with stepping(Settings.from_environment()) as container:
        {use}
asyncio.run(main())
"""
MODULES: Final = {
    "generator": "container.generate_scene(); container.replicate()",
    "composer": "container.compose_video()",
    "sweeper": "container.sweep()",
}
"""What the first call of each makes use of."""
BARRED: Final = (
    "litestar",
    "ffmpeg",
    "av",
    "imageio_ffmpeg",
    "aioboto3",
    "aiobotocore",
    "replicate",
    "granian",
)


def main() -> None:
    """Measure, write the results."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=9)
    given = parser.parse_args()
    codes = {
        "python": "pass",
        "boto3": "import boto3; boto3.Session().client('dynamodb', region_name='us-east-1')",
        **{part: f"import omnigen.entrypoints.lambdas.{part}" for part in MODULES},
        **{f"{part}, first call": _OPENED.format(part=part, use=use) for part, use in MODULES.items()},
    }
    rounds = [{name: cpu_ms(code) for name, code in codes.items()} for _ in range(given.rounds)]
    print(json.dumps({name: round(median([one[name] for one in rounds])) for name in codes}), flush=True)
    write("cold_start", [figure(part, rounds) for part in MODULES])


def figure(part: str, rounds: list[dict[str, float]]) -> Figure:
    """One part's first call, over boto3 with one client."""
    whole = f"{part}, first call"
    return Figure(
        title=f"Cold start of the {part}'s Lambda: CPU until its first step runs",
        value=median([one[whole] / one["boto3"] for one in rounds]),
        unit="x",
        peer="importing boto3 and making one client",
        details={
            "import_ms": round(median([one[part] for one in rounds])),
            "first_call_ms": round(median([one[whole] for one in rounds])),
            "boto3_ms": round(median([one["boto3"] for one in rounds])),
            "python_ms": round(median([one["python"] for one in rounds])),
            "import_over_python": round(median([one[part] / one["python"] for one in rounds]), 1),
            "import_over_boto3": round(median([one[part] / one["boto3"] for one in rounds]), 2),
            "loaded_though_barred": ", ".join(loaded(part)) or "nothing",
        },
    )


def cpu_ms(code: str) -> float:
    """User and system time of an interpreter that runs this and ends."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, env={**os.environ, **ENVIRONMENT})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return 1000 * (after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)


def loaded(part: str) -> list[str]:
    """Those packages that have no business at a handler's import, and are there."""
    code = f"import json, sys, omnigen.entrypoints.lambdas.{part}; print(json.dumps(list(sys.modules)))"
    told = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return sorted(set(json.loads(told.stdout)) & set(BARRED))


if __name__ == "__main__":
    main()
