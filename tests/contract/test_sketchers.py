"""The composer's Lambda draws and plans what this process would; where it fails, it says when to come again."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from attrs import evolve, frozen

from emulator.aws.functions import create_functions
from emulator.aws.resources import HERE, account_of, resources
from omnigen.adapters.aws.clients import AioClients
from omnigen.adapters.aws.composer_function import ComposerFunction
from omnigen.adapters.aws.lambda_planner import LambdaPlanner
from omnigen.adapters.aws.lambda_sketcher import LambdaSketcher
from omnigen.adapters.aws.s3 import S3Assets
from omnigen.adapters.ffmpeg.build import FfmpegBuild
from omnigen.adapters.ffmpeg.composer import FfmpegComposer
from omnigen.adapters.memory.assets import MemoryAssets
from omnigen.domain.captions import Cue
from omnigen.domain.errors import TooLarge, Transient
from omnigen.domain.sketch import Sketch, sketched
from omnigen.ports.sketcher import ANIMATICS, PREVIEWS
from omnigen.settings import Settings
from omnigen.usecases.draw_sketch import DrawSketch
from omnigen.usecases.outline_programme import OutlineProgramme
from omnigen.usecases.policy import Policy
from tests.adapters.odd_server import answer, saying
from tests.builders import a_storyboard
from tests.fixtures.clips import ClipShelf, frames_of, numbers
from tests.fixtures.cloud import Cloud

BUCKET = HERE.bucket("assets")
pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]


def a_sketch(**changes: object) -> Sketch:
    sketch = sketched(a_storyboard(2), rate=24, longest=192)
    return evolve(sketch, cues=(Cue(start=3, frames=20, text="Hello"),), **changes)


@frozen
class Far:
    """What asks a function, and the store that the two share."""

    sketcher: LambdaSketcher
    planner: LambdaPlanner
    assets: S3Assets


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def far(cloud: Cloud) -> AsyncIterator[Far]:
    environment = cloud.environment(
        OMNIGEN_S3_ENDPOINT=cloud.url,
        OMNIGEN_ASSETS_BUCKET=BUCKET,
        OMNIGEN_JOBS_TABLE="none",
        OMNIGEN_USAGE_TABLE="none",
        OMNIGEN_COMPOSER_FUNCTION=f"{HERE.prefix}composer",
        OMNIGEN_DATA_DIR="/tmp/omnigen-sketched",
    )
    settings = Settings.from_environment(environment)
    async with AioClients(settings.aws) as clients:
        await (await clients.open("s3")).create_bucket(Bucket=BUCKET)
        client, iam = await clients.open("lambda"), await clients.open("iam")
        composer = account_of(resources()).functions["composer"]
        await create_functions(client, iam, [composer], environment)
        assets = await S3Assets.open(settings.assets, clients)
        yield Far(LambdaSketcher(settings.aws, clients), LambdaPlanner(settings.aws, clients), assets)


@pytest.fixture
def near(tmp_path: Path) -> FfmpegComposer:
    return FfmpegComposer(FfmpegBuild.find(), tmp_path / "work", 2)


async def test_it_draws_the_same(far: Far, near: FfmpegComposer) -> None:
    """Byte for byte, under the same key; asked again it is found."""
    folder = f"{ANIMATICS}abc"
    drawn = await far.sketcher(a_sketch(), folder)
    here = await DrawSketch(assets=MemoryAssets(), find_composer=lambda: near)(a_sketch(), folder)
    assert drawn == here
    assert await far.assets.head(drawn.key) == drawn
    assert await far.sketcher(a_sketch(), folder) == drawn


async def test_it_shows_clips_and_says_which_it_cannot(
    far: Far, tmp_path_factory: pytest.TempPathFactory, tmp_path: Path
) -> None:
    """A clip is in the sketch; a playlist that calls itself one becomes a card, and nothing opens it."""
    shelf = ClipShelf(tmp_path_factory.mktemp("clips"))
    good = shelf.numbered(1, 130)
    bad = tmp_path / "bad.mp4"
    bad.write_bytes(b"#EXTM3U\nfile:///etc/passwd\n")
    files = [
        await far.assets.put(f"jobs/j/takes/{path.name}", path, content_type="video/mp4")
        for path in (good, bad)
    ]
    sketch = a_sketch()
    shots = tuple(evolve(s, clip=f) for s, f in zip(sketch.shots, files, strict=True))
    drawn = await far.sketcher(evolve(sketch, shots=shots), f"{PREVIEWS}j")
    await far.assets.fetch(drawn.key, tmp_path / "s.mp4")
    pictures = frames_of(tmp_path / "s.mp4")
    assert len(pictures) == sketch.frames
    assert numbers(pictures[10]) == (1, 10)
    assert pictures[-1][:20].mean() > 150, "the card has its label"
    kept = [found.key async for found in far.assets.list(f"{PREVIEWS}j/clips/")]
    assert len(kept) == 1


async def test_it_plans_the_same(far: Far, near: FfmpegComposer) -> None:
    """Every segment, every command."""
    here = OutlineProgramme(
        jobs=None,  # type: ignore[arg-type]  # a storyboard has none
        assets=MemoryAssets(),
        find_composer=lambda: near,
        policy=Policy(),
    )
    assert await far.planner.of_storyboard(a_storyboard(3)) == await here.of_storyboard(a_storyboard(3))


@pytest.mark.parametrize("said", [b"", b"oops", b"[]", b"{}", b'{"file": {}}', b'{"plan": {}}'])
async def test_nonsense_is_asked_again(said: bytes) -> None:
    """An answer that is none says when to come again, to a user too."""
    async with (
        saying(lambda _: answer(200, said)) as server,
        AioClients(Cloud(server.url).settings) as clients,
    ):
        settings = Cloud(server.url).settings
        with pytest.raises(Transient) as drawing:
            await LambdaSketcher(settings, clients)(a_sketch(), f"{ANIMATICS}abc")
        assert drawing.value.retry_after
        with pytest.raises(Transient):
            await LambdaPlanner(settings, clients).of_storyboard(a_storyboard(1))


async def test_more_than_lambda_takes_is_not_sent() -> None:
    """AWS would refuse it, and its stand-in would not."""
    async with saying(b"") as server, AioClients(Cloud(server.url).settings) as clients:
        composer = ComposerFunction(Cloud(server.url).settings, clients, seconds=5, code="not_sent")
        with pytest.raises(TooLarge, match="at most 6000000"):
            await composer.ask({"step": "x" * 6_000_000})
