"""What the container is wired with: things that are made late, and those that have to be opened.

Adapters are named by their import path, so that a process loads only those that it uses.
"""

from collections.abc import Callable
from contextlib import AsyncExitStack
from importlib import import_module
from pathlib import Path
from typing import Any

from attrs import evolve
from dependency_injector import providers

from omnigen.settings import Profile, Settings
from omnigen.usecases.policy import Policy


def late(path: str, *args: Any, **kwargs: Any) -> providers.Singleton[Any]:
    """One of the class at an import path, which is imported when it is first needed."""

    def make(*args: Any, **kwargs: Any) -> Any:
        module, _, name = path.rpartition(".")
        return getattr(import_module(module), name)(*args, **kwargs)

    return providers.Singleton(make, *args, **kwargs)


def store_of(profile: Any, role: str, database: Any) -> providers.Selector[Any]:
    """A store of that role: SQLite's here, DynamoDB's there."""
    return providers.Selector(
        profile,
        local=late(f"omnigen.adapters.local.sqlite.Sqlite{role}", database),
        aws=late(f"omnigen.adapters.aws.dynamodb.Dynamo{role}", database),
    )


def find_ffmpeg(configured: Path | None) -> Any:
    """The configured FFmpeg, or the one that is here."""
    from omnigen.adapters.ffmpeg.build import FfmpegBuild  # noqa: PLC0415  only the composer has a use for it

    return FfmpegBuild.find(configured)


class Late:
    """Something that is made when it is first asked for anything."""

    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make

    def __getattr__(self, name: str) -> Any:
        return getattr(self._make(), name)


def policy_of(settings: Settings) -> Policy:
    """The numbers to go by, as far as settings decide them."""
    policy = Policy(
        leg=settings.leg,
        frame_rate=settings.frame_rate,
        job_deadline=settings.job_deadline,
        poll=settings.poll_s,
        adoption=settings.adoption,
    )
    if settings.profile is Profile.LOCAL:
        return policy
    # Nobody renews a lease while a state machine waits: it lasts a little longer than an execution can live,
    # so that a dead leg is noticed as soon as it is certain (docs/adr/0005).
    return evolve(policy, lease=settings.leg * 1.3)


def through_cdn(settings: Settings, assets: Any, secrets: Any) -> Any:
    """The asset store, read by way of a distribution."""
    from omnigen.adapters.aws.cloudfront import CdnAssets  # noqa: PLC0415  only where there is a distribution

    return CdnAssets(assets, settings.assets.cdn, secrets)


async def open_database(settings: Settings, clients: Any, stack: AsyncExitStack) -> Any:
    """The profile's database; `stack` closes it."""
    if settings.profile is Profile.AWS:
        from omnigen.adapters.aws.dynamodb import CONFIG, Tables  # noqa: PLC0415  as lazy as all adapters

        client = await clients.open("dynamodb", config=CONFIG)
        return Tables(client, jobs=settings.aws.jobs_table, usage=settings.aws.usage_table)
    from omnigen.adapters.local.sqlite import Database  # noqa: PLC0415

    database = await Database.open(settings.database)
    stack.push_async_callback(database.close)
    return database
