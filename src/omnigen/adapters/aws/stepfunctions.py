"""Legs as executions of a Step Functions Express state machine (`entrypoints/lambdas/pipeline.asl.json`)."""

import json
import secrets
from typing import Any

from botocore.exceptions import ClientError

from omnigen.adapters.aws.clients import Clients
from omnigen.adapters.aws.outage import is_outage
from omnigen.domain.errors import Transient
from omnigen.settings import AwsSettings

_EXISTS = "ExecutionAlreadyExists"


class StepFunctionsWorkflow:
    """Keeps the promises of `Workflow`, but for one: nobody can shorten the wait of a running execution.

    Express knows neither callbacks nor activities, so that a wake is lost, and with it nothing but time: the
    next poll sees what it would have seen (docs/adr/0005). Its client is opened by the first start.
    """

    def __init__(self, settings: AwsSettings, clients: Clients) -> None:
        self._machine = settings.state_machine
        self._clients = clients
        self._opened: Any = None

    async def start(self, job_id: str, leg: int) -> None:
        """Start an execution named after its leg. Raises Transient.

        Express takes the same name twice. Where it is refused (an emulator does), nobody can tell whether that
        execution still lives: another one is started, and the claim sorts them out.
        """
        name = f"{job_id}-{leg}"
        try:
            if not await self._start(name, job_id, leg):
                await self._start(f"{name}-{secrets.token_hex(4)}", job_id, leg)
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            raise Transient(f"leg {leg} of job {job_id} can't be started ({code})") from error
        except Exception as error:
            if not is_outage(error):
                raise
            raise Transient(f"Step Functions can't be reached ({type(error).__name__})") from error

    async def wake(self, job_id: str) -> None:
        """Nothing: see the class."""

    async def _start(self, name: str, job_id: str, leg: int) -> bool:
        """Whether the name was free."""
        if self._opened is None:
            self._opened = await self._clients.open("stepfunctions")
        told = json.dumps({"job_id": job_id, "leg": leg})
        try:
            await self._opened.start_execution(stateMachineArn=self._machine, name=name, input=told)
        except ClientError as error:
            if error.response.get("Error", {}).get("Code") != _EXISTS:
                raise
            return False
        return True
