"""Uploads: their owner's alone, written one version after the other (P8)."""

import asyncio
from collections.abc import Awaitable

import pytest
from attrs import evolve

from omnigen.domain.errors import Conflict, NotFound
from omnigen.ports.uploads import UPLOAD_KEPT, UploadStatus
from tests.builders import a_file, an_upload, later
from tests.contract.harness import Stores


async def _wins(write: Awaitable[None]) -> bool:
    try:
        await write
    except Conflict:
        return False
    return True


async def test_an_upload_goes_its_way(stores: Stores, others: Stores) -> None:
    """Awaited, then admitted with its file."""
    upload = an_upload()
    await stores.uploads.add(upload)
    assert await others.uploads.get(upload.id, owner="ada") == upload
    admitted = evolve(upload, status=UploadStatus.ADMITTED, file=a_file("inputs/1.png"), version=2)
    await others.uploads.update(admitted)
    assert await stores.uploads.get(upload.id, owner="ada") == admitted


async def test_a_foreign_upload_is_as_absent_as_one_that_never_was(stores: Stores) -> None:
    """Neither read nor written, nor told apart."""
    await stores.uploads.add(an_upload())
    for call in (
        stores.uploads.get("upload_1", owner="eve"),
        stores.uploads.get("upload_2", owner="ada"),
        stores.uploads.update(an_upload(owner="eve", version=2)),
        stores.uploads.update(an_upload("upload_2", version=2)),
    ):
        with pytest.raises(NotFound):
            await call
    assert (await stores.uploads.get("upload_1", owner="ada")).version == 1


async def test_an_id_is_expected_once(stores: Stores) -> None:
    """A second upload of the same id, even another owner's, changes nothing."""
    await stores.uploads.add(an_upload())
    for owner in ("ada", "eve"):
        with pytest.raises(Conflict):
            await stores.uploads.add(an_upload(owner=owner, size=5))
    assert await stores.uploads.get("upload_1", owner="ada") == an_upload()


@pytest.mark.parametrize("family", ["memory", "sqlite"], indirect=True)
async def test_what_has_expired_goes_when_the_next_one_is_expected(stores: Stores) -> None:
    """DynamoDB removes it by itself, within days."""
    await stores.uploads.add(an_upload())
    await stores.uploads.add(an_upload("upload_2", created_at=later(1)))
    await stores.uploads.add(an_upload("upload_3", created_at=later(UPLOAD_KEPT.total_seconds())))
    assert (await stores.uploads.get("upload_2", owner="ada")).version == 1
    with pytest.raises(NotFound):
        await stores.uploads.get("upload_1", owner="ada")


async def test_of_parallel_updates_one_wins(stores: Stores, others: Stores) -> None:
    """Admitting and refusing at once: one of them."""
    await stores.uploads.add(an_upload())
    sides = (stores, others)
    changed = [an_upload(version=2, error=f"e{n}") for n in range(8)]
    won = await asyncio.gather(*(_wins(sides[n % 2].uploads.update(changed[n])) for n in range(8)))
    assert won.count(True) == 1
    assert await stores.uploads.get("upload_1", owner="ada") == changed[won.index(True)]
    assert not await _wins(stores.uploads.update(an_upload(version=4)))
