"""The container, wired as in production, over ports that look for the present world: made once, used by every seed."""

from datetime import timedelta
from functools import cache
from typing import Any, Final

from dependency_injector import providers

from omnigen.container import Container
from omnigen.settings import Settings
from omnigen.usecases.policy import Policy
from tests.fakes.catalogue import CATALOGUE
from tests.simulation.loop import PROCESS
from tests.simulation.ports import AssetsPort, Here, Port, here

SECRET: Final = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
_AWS: Final = (
    "OMNIGEN_STATE_MACHINE_ARN", "OMNIGEN_PUBLIC_URL", "OMNIGEN_OIDC_ISSUER", "OMNIGEN_OIDC_JWKS_URL"
)  # fmt: skip
POLICIES: Final[dict[str, Policy]] = {
    "local": Policy(job_deadline=timedelta(minutes=7), poll=8.0),
    "aws": Policy(job_deadline=timedelta(minutes=8), poll=10.0, lease=timedelta(seconds=312)),
    "tight": Policy(
        job_deadline=timedelta(minutes=6),
        poll=5.0,
        leg=timedelta(seconds=60),
        creations_a_minute=6,
        retries_a_minute=4,
    ),
    "tight-aws": Policy(
        job_deadline=timedelta(minutes=7),
        poll=8.0,
        leg=timedelta(seconds=100),
        lease=timedelta(seconds=130),
        creations_a_minute=6,
        retries_a_minute=4,
    ),
}
"""What worlds go by; the deadline is short, so that it is met."""


def _own(name: str) -> Any:
    """Something of the process that asks; of the world's, where nobody's is."""
    process = PROCESS.get()
    return (process or here().nobody).belongings[name]


class _Workflow(Port):
    """How whoever asks has legs started: in the API by a message, in the worker by a task, on AWS by the service."""


class _WorkflowReal:
    async def start(self, job_id: str, leg: int) -> None:
        await _own("workflow").start(job_id, leg)

    async def wake(self, job_id: str) -> None:
        await _own("workflow").wake(job_id)


WORKFLOW: Final = _WorkflowReal()


@cache
def stage(policy: str) -> Container:
    """The container of a policy. Its parts keep nothing: what is kept lies in the world, or in a process."""
    local = "aws" not in policy
    environ = {"OMNIGEN_DATA_DIR": "/nowhere", "OMNIGEN_REPLICATE_WEBHOOK_SECRET": SECRET}
    if not local:
        environ |= {"OMNIGEN_PROFILE": "aws", "OMNIGEN_REPLICATE_WEBHOOK_SECRET_NAME": "webhooks"}
        environ |= dict.fromkeys(_AWS, "https://nowhere.test/")
        environ |= {"AWS_REGION": "eu-central-1", "OMNIGEN_OIDC_CLIENT_ID": "app"}
    container = Container(
        settings=providers.Object(Settings.from_environment(environ)),
        policy=providers.Object(POLICIES[policy]),
        clients=providers.Object(None),
        database=providers.Object(None),
        assets=providers.Object(AssetsPort("assets")),
        provider=providers.Object(Port("provider", "dialect", "takes_urls")),
        catalogue=providers.Object(CATALOGUE),
        workflow=providers.Object(_Workflow("workflow")),
    )
    inspector = Port("inspector")
    for name, part in {
        **{name: Port(name) for name in ("jobs", "takes", "ledger", "rates", "outbox", "uploads", "secrets")},
        "inspector": inspector,
        "far_inspector": inspector,
        "composer": Port("composer", "build", "sketch_build"),
        "clock": Here(lambda: here().clock),
        "ids": Here(lambda: here().ids),
        "metrics": Here(lambda: here().metrics),
        "workspace": Here(lambda: _own("workspace")),
        "verifier": None,
        "directory": None,
    }.items():
        getattr(container, name).override(providers.Object(part))
    return container
