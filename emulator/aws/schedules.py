"""Makes the schedules of infra/resources.json: EventBridge rules that call a function."""

import json
from collections.abc import Mapping
from typing import Any

from emulator.aws.part import PREFIX, function_arn


async def create_schedules(client: Any, schedules: Mapping[str, Mapping[str, Any]]) -> None:
    """Make all schedules, or bring those that are there up to date. `client` is one of EventBridge, awaited."""
    for name, schedule in schedules.items():
        await client.put_rule(Name=PREFIX + name, ScheduleExpression=schedule["rate"], State="ENABLED")
        target = {
            "Id": name,
            "Arn": function_arn(schedule["function"]),
            "Input": json.dumps(schedule["input"]),
        }
        await client.put_targets(Rule=PREFIX + name, Targets=[target])
