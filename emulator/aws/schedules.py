"""Makes the schedules: EventBridge Scheduler calls a function, in the name of a role."""

from collections.abc import Iterable
from typing import Any

from emulator.aws.account import Schedule
from emulator.aws.roles import create_role


async def create_schedules(client: Any, iam: Any, schedules: Iterable[Schedule]) -> None:
    """Make all schedules, or bring those that are there up to date. Clients are awaited."""
    for schedule in schedules:
        role = await create_role(iam, schedule.role)
        settings = {
            "Name": schedule.name,
            "ScheduleExpression": schedule.rate,
            "FlexibleTimeWindow": {"Mode": "OFF"},
            "Target": {"Arn": schedule.target, "RoleArn": role, "Input": schedule.payload},
        }
        try:
            await client.create_schedule(**settings)
        except client.exceptions.ConflictException:
            await client.update_schedule(**settings)
