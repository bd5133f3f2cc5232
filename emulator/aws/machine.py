"""Makes the state machines, from the very definitions that Terraform deploys."""

from collections.abc import Iterable
from typing import Any

from emulator.aws.account import Machine
from emulator.aws.roles import create_role


async def create_machines(client: Any, iam: Any, machines: Iterable[Machine]) -> None:
    """Make all state machines with their roles, or bring those that are there up to date. Clients are awaited."""
    for machine in machines:
        role = await create_role(iam, machine.role)
        try:
            await client.create_state_machine(
                name=machine.name, definition=machine.definition, roleArn=role, type=machine.kind
            )
        except client.exceptions.StateMachineAlreadyExists:
            await client.update_state_machine(stateMachineArn=machine.arn, definition=machine.definition)
