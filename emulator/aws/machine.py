"""Makes the state machines of infra/resources.json, from the very definitions that Terraform deploys."""

from collections.abc import Mapping
from typing import Any

from emulator.aws.functions import arn_of
from emulator.aws.part import ACCOUNT, PREFIX, REGION
from emulator.aws.resources import ROOT


async def create_machines(client: Any, machines: Mapping[str, Mapping[str, Any]], role: str) -> None:
    """Make all state machines, or bring those that are there up to date. `client` is awaited."""
    for name, machine in machines.items():
        definition = definition_of(machine)
        try:
            await client.create_state_machine(
                name=PREFIX + name, definition=definition, roleArn=role, type=machine["type"]
            )
        except client.exceptions.StateMachineAlreadyExists:
            arn = f"arn:aws:states:{REGION}:{ACCOUNT}:stateMachine:{PREFIX}{name}"
            await client.update_state_machine(stateMachineArn=arn, definition=definition)


def definition_of(machine: Mapping[str, Any]) -> str:
    """The definition, its functions' ARNs put in as Terraform's templatefile does."""
    text: str = (ROOT / machine["definition"]).read_text(encoding="utf-8")
    for place, name in machine["placeholders"].items():
        text = text.replace(f"${{{place}}}", arn_of(name))
    return text
