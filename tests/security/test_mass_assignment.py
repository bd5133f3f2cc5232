"""Mass assignment: what isn't a client's to set is refused by its name, in every object of every body."""

from collections.abc import AsyncIterator, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import attrs
import msgspec
import pytest
from litestar import Litestar

from omnigen.domain.errors import Invalid
from omnigen.domain.job import Job, Revision
from omnigen.domain.quota import Reservation
from omnigen.domain.storyboard import Brief, Scene, Soundtrack, Storyboard, Watermark
from omnigen.domain.take import Take
from omnigen.entrypoints.http.app import create_app
from omnigen.entrypoints.http.decoding import decode
from omnigen.entrypoints.http.docs import document_of
from omnigen.ports.identity import Caller
from omnigen.ports.uploads import Upload
from tests.contract.harness import FAMILIES
from tests.http.conftest import bearer, enterprise, problem_of
from tests.security.house import BRIEF, OWNER, SCENE, House, a_house, settings_at

MARK = {"image": "upl_1"}
FADE = {"type": "fade", "duration": 0.5}
BOARD = {"scenes": [SCENE, {**SCENE, "transition": FADE}], "watermark": MARK}
WISHES = [
    {"storyboard": BOARD},
    {"brief": {**BRIEF, "watermark": MARK}},
]
BODIES: dict[str, list[dict[str, Any]]] = {
    "submit_job": WISHES,
    "draw_animatic": WISHES,
    "plan_wish": WISHES,
    "price_storyboard": [BOARD],
    "draft_storyboard": [{**BRIEF, "watermark": MARK}],
    "request_upload": [{"content_type": "image/png", "size": 9}],
    "retry_job": [{"placeholders": True}],
    "regenerate_scene": [{"seed": 1}],
    "edit_storyboard": [{"scenes": [{"from": 1}, {"from": 2, "transition": FADE}], "watermark": MARK}],
}
"""Of each operation bodies that have every object that one may have."""
OURS = (Job, Revision, Reservation, Take, Upload, Storyboard, Scene, Brief, Watermark, Soundtrack, Caller)
COVETED = {
    "user", "user_id", "sub", "role", "is_admin", "admin", "scope", "groups", "price", "at_most", "charged", "paid",
    "held", "quota", "credits", "leg", "key", "job", "prediction", "webhook", "sha256", "file", "clip_url", "_owner",
    "__class__", "__init__", "__struct_fields__", "constructor", "prototype", "$ref", "owner.id", "owner[]", "",
}  # fmt: skip
"""Names that others have wanted to set, besides those that our own nouns keep."""
ASKED = ("owner", "status", "price", "cost", "tier", "id")
"""Those of them that are tried over HTTP, on every object."""

Place = tuple[str | int, ...]


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(FAMILIES["memory"], tmp_path) as made:
        yield made


def _server() -> Litestar:
    return create_app(settings_at(Path("unused")), None)  # type: ignore[arg-type]


def _document() -> dict[str, Any]:
    told: dict[str, Any] = msgspec.json.decode(document_of(_server()))
    return told


def _described(document: dict[str, Any]) -> dict[str, Any]:
    """Schemas of all bodies, by their operations."""
    return {
        told["operationId"]: told["requestBody"]["content"]["application/json"]["schema"]
        for item in document["paths"].values()
        for told in item.values()
        if "requestBody" in told
    }


def _models() -> dict[str, Any]:
    """What bodies are decoded into, by their operations."""
    handlers = [handler for route in _server().routes for handler in getattr(route, "route_handlers", ())]
    found = {handler.handler_name: handler.parsed_data_field for handler in handlers}
    return {name: field.annotation for name, field in found.items() if field is not None}


def _objects(value: Any, at: Place = ()) -> Iterator[Place]:
    """Places of all objects in a body."""
    if isinstance(value, dict):
        yield at
        for name, inner in value.items():
            yield from _objects(inner, (*at, name))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _objects(inner, (*at, index))


def _with(body: Any, place: Place, name: str, value: Any) -> Any:
    changed = deepcopy(body)
    inner = changed
    for step in place:
        inner = inner[step]
    inner[name] = value
    return changed


def _field(place: Place, name: str) -> str:
    """As errors name it: scenes are counted from 1."""
    told = "".join(f"[{step + 1}]" if isinstance(step, int) else f".{step}" for step in place)
    return f"{told}.{name}".lstrip(".")


class _Told:
    """The schemas of the document, found by their place in a body."""

    def __init__(self, document: dict[str, Any]) -> None:
        self._schemas = document["components"]["schemas"]

    def at(self, schema: dict[str, Any], place: Place) -> tuple[str, dict[str, Any]]:
        """Name and schema of the object at a place."""
        name, found = self._plain(schema)
        for step in place:
            name, found = self._plain(found["items"] if isinstance(step, int) else found["properties"][step])
        return name, found

    def _plain(self, schema: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        name = ""
        while not {"properties", "items"} & schema.keys():
            if "$ref" in schema:
                name = schema["$ref"].rpartition("/")[2]
                schema = self._schemas[name]
            else:
                [schema] = [kind for kind in schema["oneOf"] if kind != {"type": "null"}]
        return name, schema

    def under(self, schema: Any) -> set[str]:
        """Names of all object schemas that one leads to."""
        found, left = set[str](), [schema]
        while left:
            match left.pop():
                case {"$ref": str(ref)} if (name := ref.rpartition("/")[2]) not in found:
                    found.add(name)
                    left.append(self._schemas[name])
                case dict() as inner:
                    left.extend(inner.values())
                case list() as inner:
                    left.extend(inner)
        return {name for name in found if self._schemas[name]["type"] == "object"}


def test_every_object_of_every_body_is_tried_and_closed() -> None:
    """What a body may hold is in one of the bodies above, and the document says of each object that it takes no more."""
    document = _document()
    told, described = _Told(document), _described(document)
    assert described.keys() == BODIES.keys() == _models().keys()
    for operation, schema in described.items():
        found = [told.at(schema, place) for body in BODIES[operation] for place in _objects(body)]
        assert {name for name, _ in found} == told.under(schema), operation
        for name, found_schema in found:
            assert found_schema["additionalProperties"] is False, name


@pytest.mark.parametrize("operation", BODIES)
def test_nothing_of_ours_can_be_set(operation: str) -> None:
    """No field of our own nouns but those that are announced, and no other that somebody might covet."""
    document = _document()
    told, schema, model = _Told(document), _described(document)[operation], _models()[operation]
    names = COVETED | {field.name for noun in OURS for field in attrs.fields(noun)}
    tried = 0
    for body in BODIES[operation]:
        decode(msgspec.json.encode(body), model)  # as it is, it is right
        for place in _objects(body):
            for name in names - told.at(schema, place)[1]["properties"].keys():
                for value in (None, "eve"):
                    with pytest.raises(Invalid) as refused:
                        decode(msgspec.json.encode(_with(body, place, name, value)), model)
                    assert refused.value.field == _field(place, name)
                    tried += 1
    assert tried > 150


async def test_whoever_tries_is_told_so_and_nothing_is_written(house: House) -> None:
    """Over HTTP, on a job that would allow the change: 422 with the field's name, and all is as it was."""
    job_of = {"retry_job": "failed", "regenerate_scene": "film", "edit_storyboard": "film"}
    before = await house.belongings()
    for operation in house.operations:
        for body in BODIES.get(operation.id, ()):
            path = operation.at(house.jobs[job_of.get(operation.id, "film")])
            for place in _objects(body):
                for name in ASKED:
                    answer = await house.client.request(
                        operation.method,
                        path,
                        json=_with(body, place, name, "eve"),
                        headers=enterprise(OWNER) | {"Idempotency-Key": "mine"},
                    )
                    problem = problem_of(answer, 422)
                    assert problem["field"] == _field(place, name), (operation.id, problem)
    assert await house.belongings() == before


async def test_a_field_that_comes_twice_is_not_two_opinions(house: House) -> None:
    """The last one counts, for the check as for the use: no second reader may see another value."""
    body = b'{"storyboard": {"scenes": [{"prompt": "the sea", "duration": 5}]}, "max_cost": "900", "max_cost": "0.01"}'
    headers = enterprise(OWNER) | {"Content-Type": "application/json"}
    answer = await house.client.post("/api/v1/jobs", content=body, headers=headers)
    problem_of(answer, 422)
    unknown = b'{"content_type": "image/png", "size": 9, "owner": "eve", "owner": "ada"}'
    problem = problem_of(await house.client.post("/api/v1/uploads", content=unknown, headers=headers), 422)
    assert problem["field"] == "owner"


@pytest.mark.parametrize("claim", ["tier", "custom:tier", "groups", "roles", "quota", "admin"])
async def test_a_tier_is_what_the_groups_of_a_token_say(house: House, claim: str) -> None:
    """No other claim makes one an enterprise, though it be signed."""
    usage = await house.client.get("/api/v1/usage", headers=bearer("eve", **{claim: ["enterprise"]}))
    assert usage.json()["tier"] == "free"
