"""Whether the things that a request needs can be reached."""

from attrs import frozen

from omnigen.domain.errors import OmniGenError
from omnigen.ports.assets import Assets
from omnigen.ports.clock import Clock
from omnigen.ports.jobs import Jobs


@frozen(kw_only=True)
class CheckReady:
    """Ask each dependency something that costs nothing."""

    jobs: Jobs
    assets: Assets
    clock: Clock

    async def __call__(self) -> dict[str, bool]:
        """Name of each dependency, and whether it answered."""
        return {"jobs": await self._jobs(), "assets": await self._assets()}

    async def _jobs(self) -> bool:
        try:
            await self.jobs.undriven(at=self.clock.now(), limit=1)
        except OmniGenError:
            return False
        return True

    async def _assets(self) -> bool:
        try:
            await self.assets.head("health/none")
        except OmniGenError:
            return False
        return True
