"""The `RenderPlanner` of those who have no FFmpeg: asks the composer's Lambda."""

from typing import Any, Final

import msgspec

from omnigen.adapters.aws.clients import Clients
from omnigen.adapters.aws.composer_function import ComposerFunction
from omnigen.domain.errors import Conflict, Transient
from omnigen.domain.storyboard import Storyboard
from omnigen.ports.render_planner import RenderPlan
from omnigen.settings import AwsSettings

_SECONDS: Final = 50
"""Less than a load balancer waits for an answer."""
_CODE: Final = "plan_failed"


class LambdaPlanner:
    """Keeps the promises of `RenderPlanner` by asking a function that keeps them (`usecases.outline_programme`)."""

    def __init__(self, settings: AwsSettings, clients: Clients) -> None:
        self._composer = ComposerFunction(settings, clients, seconds=_SECONDS, code=_CODE, retry_after=5.0)

    async def of_job(self, job_id: str) -> RenderPlan:
        """See the port for the promise."""
        return _read(await self._composer.ask({"step": "outline", "job_id": job_id}))

    async def of_storyboard(self, storyboard: Storyboard) -> RenderPlan:
        """See the port for the promise."""
        told = msgspec.to_builtins(storyboard)
        return _read(await self._composer.ask({"step": "outline", "storyboard": told}))


def _read(answer: Any) -> RenderPlan:
    match answer:
        case {"conflict": {"message": str(message), "code": str(code)}}:
            raise Conflict(message, code=code)
        case {"plan": dict(plan)}:
            try:
                return msgspec.convert(plan, RenderPlan)
            except msgspec.ValidationError as error:
                raise Transient("a plan was answered by nonsense", code=_CODE) from error
    raise Transient("a plan was answered by nonsense", code=_CODE)
