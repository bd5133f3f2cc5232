"""Makes the state machines of infra/resources.json, from the very definitions that Terraform deploys."""

from collections.abc import Mapping
from typing import Any

from emulator.aws.part import PREFIX, function_arn, machine_arn
from emulator.aws.resources import ROOT
from emulator.aws.roles import create_role, machine_policy


async def create_machines(client: Any, iam: Any, machines: Mapping[str, Mapping[str, Any]]) -> None:
    """Make all state machines with their roles, or bring those that are there up to date. Clients are awaited."""
    for name, machine in machines.items():
        role = await create_role(iam, name, "states.amazonaws.com", machine_policy(name, machine))
        definition = definition_of(machine)
        try:
            await client.create_state_machine(
                name=PREFIX + name, definition=definition, roleArn=role, type=machine["type"]
            )
        except client.exceptions.StateMachineAlreadyExists:
            await client.update_state_machine(stateMachineArn=machine_arn(name), definition=definition)


def definition_of(machine: Mapping[str, Any]) -> str:
    """The definition, its functions' ARNs put in as Terraform's templatefile does."""
    text: str = (ROOT / machine["definition"]).read_text(encoding="utf-8")
    for place, name in machine["placeholders"].items():
        text = text.replace(f"${{{place}}}", function_arn(name))
    return text
