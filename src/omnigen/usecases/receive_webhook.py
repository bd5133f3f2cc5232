"""A signed word from the provider that a prediction has ended. It only makes things faster."""

from collections.abc import Awaitable, Callable, Mapping

import msgspec
from attrs import frozen

from omnigen.domain.errors import Invalid
from omnigen.ports.clock import Clock
from omnigen.ports.outbox import Outbox
from omnigen.ports.takes import Takes
from omnigen.ports.workflow import Workflow
from omnigen.usecases.hint import wake_hint


class _Notice(msgspec.Struct):
    """All that is believed of a webhook: which prediction it speaks of. The rest is asked for."""

    id: str


@frozen(kw_only=True)
class ReceiveWebhook:
    """Check the signature, forget repetitions, wake the job."""

    takes: Takes
    outbox: Outbox
    workflow: Workflow
    clock: Clock
    verify: Callable[[Mapping[str, str], bytes], Awaitable[str]]
    """Checks signature and age; returns the delivery's id. Raises Unauthenticated, Transient."""

    async def __call__(self, headers: Mapping[str, str], body: bytes) -> None:
        """Raises Unauthenticated, Invalid, Transient. An unknown prediction is no error: it may not be ours any more."""
        delivery = await self.verify(headers, body)
        try:
            notice = msgspec.json.decode(body, type=_Notice)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            raise Invalid(f"the body is no prediction: {error}", field="body") from error
        take = await self.takes.by_prediction(notice.id)
        # Remembered last: a delivery that an outage interrupts is worth repeating.
        if (
            await self.outbox.first_time(delivery, at=self.clock.now())
            and take is not None
            and not take.ended
        ):
            await wake_hint(self.workflow, take.job_id)
