"""Keys of objects are made of our own ids and hashes: nothing that a user has written is part of one."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from attrs import evolve

from tests.builders import a_scene, a_storyboard
from tests.contract.harness import FAMILIES
from tests.fakes.world import ADA
from tests.http.conftest import enterprise
from tests.security.house import BRIEF, OWNER, WISH, House, a_house, an_upload

WORDS = "../../Evil\\..%2e%2f?x=1#y&z;'\" ${jndi} <b>\u202e"
"""What a user may write into any text."""
HEX = "[0-9a-f]{8,64}"
OWN = re.compile(
    rf"jobs/job_\w+/(takes/[\w.:-]+|(inputs|segments|cards|sounds|stems|videos|previews)/[\w/-]*{HEX})(\.\w{{2,5}})?"
    rf"|uploads/upl_\w+|quarantine/upl_\w+|(animatics|previews)/[\w/-]*{HEX}(\.\w{{2,5}})?"
)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(FAMILIES["memory"], tmp_path) as made:
        yield made


async def test_no_word_of_a_user_is_in_a_key(house: House) -> None:
    """Of a film, its parts, its drawings and its uploads, whatever title, prompt, narration and user are called."""
    world, client = house.world, house.client
    upload = await an_upload(world, client)
    scenes = (a_scene(1, prompt=WORDS, narration=WORDS, reference=upload), a_scene(2, prompt=WORDS))
    board = evolve(a_storyboard(2), title=WORDS, scenes=scenes)
    film = (await world.walked(await world.begun(board))).id
    caller = enterprise(OWNER)
    told: dict[str, Any] = {"brief": {**BRIEF, "prompt": f"a lighthouse {WORDS}", "title": WORDS}}
    for path, body in (("storyboards/animatic", told), (f"jobs/{film}/preview", None)):
        answer = await client.post(f"/api/v1/{path}", json=body, headers=caller)
        assert answer.status_code == 200, answer.text
    await an_upload(world, client)
    keys = world.object_keys()
    assert {key.partition("/")[0] for key in keys} == {
        "jobs",
        "uploads",
        "quarantine",
        "animatics",
        "previews",
    }
    for key in keys:
        assert OWN.fullmatch(key), key
        assert "evil" not in key.lower()


async def test_a_user_of_any_name_has_a_folder_of_his_own(house: House) -> None:
    """Drawings lie by their owner, under a name that is made of a hash."""
    for who in ("../ada", "ada/..", "a" * 100, "ADA", "ada "):
        answer = await house.client.post("/api/v1/storyboards/animatic", json=WISH, headers=enterprise(who))
        assert answer.status_code == 200, answer.text
    folders = {key.split("/")[1] for key in house.world.object_keys() if key.startswith("animatics/")}
    assert all(re.fullmatch(r"[\w-]+", folder) for folder in folders), folders


async def test_a_link_leads_to_the_jobs_own_objects(house: House) -> None:
    """Every address that an owner is given is of this very job; none is of an upload, or of quarantine."""
    job = await house.client.get(f"/api/v1/jobs/{house.jobs['film']}", headers=enterprise(OWNER))
    export = await house.client.get(f"/api/v1/jobs/{house.jobs['film']}/export", headers=enterprise(OWNER))
    links = set(_links(job.json())) | set(_links(export.json()))
    assert len(links) >= 5
    for link in links:
        assert unquote(urlsplit(link).path).lstrip("/").startswith(f"jobs/{house.jobs['film']}/"), link


def _links(value: Any) -> list[str]:
    match value:
        case dict():
            return [link for inner in value.values() for link in _links(inner)]
        case list():
            return [link for inner in value for link in _links(inner)]
        case str() if "://" in value:
            return [value]
    return []


async def test_a_download_is_named_by_letters_alone(house: House) -> None:
    """Of a title only what every system takes for a name is left."""
    board = evolve(a_storyboard(2), title=WORDS)
    film = (await house.world.walked(await house.world.begun(board, caller=ADA))).id
    answer = await house.client.get(f"/api/v1/jobs/{film}/video?download=1", headers=enterprise(OWNER))
    name = unquote(answer.headers["location"]).rpartition("&as=")[2]
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,60}\.mp4", name), name
    assert "\r" not in answer.headers["location"]
