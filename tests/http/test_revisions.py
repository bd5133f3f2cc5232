"""Retry, edit and regenerate over HTTP: what may be sent, what it would come to, and what is refused."""

from typing import Any

import httpx
import msgspec
import pytest

from omnigen.domain.job import Job, JobStatus
from omnigen.domain.take import TakeStatus
from omnigen.entrypoints.http.edits import SceneEdit, StoryboardEdit
from omnigen.entrypoints.http.requests import SceneBody, StoryboardBody
from tests.builders import a_file, a_take
from tests.http.conftest import Api, bearer, enterprise, problem_of, scenes

BOARD = {"title": "The sea", "scenes": scenes(3), "resolution": "480p", "music": "slow"}


async def _ended(api: Api, *, over: JobStatus = JobStatus.FAILED) -> dict[str, Any]:
    """A job of three scenes that has ended, the first scene's clip being there."""
    answer = await api.client.post("/api/v1/jobs", json={"storyboard": BOARD}, headers=enterprise())
    made: dict[str, Any] = answer.json()
    job: Job = await api.container.jobs().get(made["id"])
    take = a_take(job, 1, id=f"{job.id}.r1.video.first.1", prompt="an older shot", seed=7)
    await api.container.takes().intend(take)
    sent = take.become(TakeStatus.SUBMITTED, at=job.created_at, prediction_id=f"p-{job.id}")
    file = a_file(f"jobs/{job.id}/takes/{take.id}.mp4")
    await api.container.takes().update(sent)
    await api.container.takes().update(sent.become(TakeStatus.STORED, at=job.created_at, file=file))
    await _end(api, job, over)
    return made


async def _end(api: Api, job: Job, over: JobStatus) -> None:
    jobs, at, held = api.container.jobs(), job.created_at, job.revision.reservation
    if over is not JobStatus.SUCCEEDED:
        await jobs.end(job.become(over, at=at, reservation=held.release(0)))
        return
    for step in (JobStatus.GENERATING, JobStatus.COMPOSING):
        job = job.become(step, at=at)
        await jobs.update(job)
    await jobs.end(job.become(over, at=at, reservation=held.settle(0)))


async def _patch(api: Api, job: dict[str, Any], body: Any, **query: Any) -> httpx.Response:
    headers = enterprise() | ({} if "dry_run" in query else {"Idempotency-Key": "edit"})
    return await api.client.patch(
        f"/api/v1/jobs/{job['id']}/storyboard", json=body, params=query, headers=headers
    )


async def test_what_is_left_out_stays_and_what_is_null_goes(api: Api) -> None:
    """As in a merge patch, with scenes as a whole list."""
    job = await _ended(api)
    answer = await _patch(api, job, {"title": "Another", "music": None})
    assert answer.status_code == 202, answer.text
    board = answer.json()["storyboard"]
    assert board == {**job["storyboard"], "title": "Another", "music": None}
    assert (answer.json()["revision"], answer.json()["reason"], answer.json()["title"]) == (
        2,
        "edit",
        "Another",
    )
    assert answer.headers["location"] == f"/api/v1/jobs/{job['id']}"


async def test_scenes_keep_what_they_do_not_mention_when_they_move(api: Api) -> None:
    """From 3, from 1 and a new one: prompts, seeds and lengths are those of the scenes that they are."""
    job = await _ended(api)
    new = {"prompt": "quite new", "duration": 4}
    answer = await _patch(api, job, {"scenes": [{"from": 3}, {"from": 1, "duration": 6}, new]})
    first, second, third = answer.json()["storyboard"]["scenes"]
    old = job["storyboard"]["scenes"]
    assert first == {**old[2], "number": 1}
    assert second == {**old[0], "number": 2, "duration": 6}
    assert (third["prompt"], third["duration"], third["number"]) == ("quite new", 4, 3)


async def test_the_storyboard_that_is_shown_can_be_sent_back(api: Api) -> None:
    """Its numbers say which scenes are meant, in whatever order they come."""
    job = await _ended(api)
    board = job["storyboard"]
    board["scenes"] = board["scenes"][::-1]
    promised = await _patch(api, job, board, dry_run=1)
    assert [s["from"] for s in promised.json()["scenes"]] == [3, 2, 1]
    assert [s["seed"] for s in promised.json()["storyboard"]["scenes"]] == [
        s["seed"] for s in board["scenes"]
    ]


async def test_a_scene_that_comes_first_comes_in_by_a_cut(api: Api) -> None:
    """What it came in by is dropped where nobody asked for it; where somebody did, it is refused."""
    job = await _ended(api)
    fade = {"type": "fade", "duration": 0.5}
    await _patch(api, job, {"scenes": [{"from": 1}, {"from": 2, "transition": fade}]})
    await _end(api, await api.container.jobs().get(job["id"]), JobStatus.FAILED)
    turned = await _patch(api, job, {"scenes": [{"from": 2}, {"from": 1}]}, dry_run=1)
    assert turned.json()["storyboard"]["scenes"][0]["transition"]["type"] == "cut"
    refused = await _patch(api, job, {"scenes": [{"from": 2, "transition": fade}, {"from": 1}]}, dry_run=1)
    assert problem_of(refused, 422)["field"] == "scenes[1].transition"


async def test_a_dry_run_answers_what_would_be_made_and_stores_nothing(api: Api) -> None:
    """No key is asked for; the job stays as it was."""
    job = await _ended(api)
    answer = await _patch(
        api, job, {"scenes": [{"from": 1, "take": f"{job['id']}.r1.video.first.1"}, {"from": 2}]}, dry_run=1
    )
    assert answer.status_code == 200, answer.text
    told = answer.json()
    assert [(s["from"], s["why"], [t["outlook"] for t in s["takes"]]) for s in told["scenes"]] == [
        (1, [], ["kept"]),
        (2, ["missing"], ["new"]),
    ]
    assert told["music"]["outlook"] == "new"
    assert told["storyboard"]["scenes"][0]["prompt"] == "an older shot"
    assert {(line["kind"], line["scene"]) for line in told["estimate"]["lines"]} == {
        ("video", 2),
        ("music", None),
    }
    shown = (await api.client.get(f"/api/v1/jobs/{job['id']}", headers=enterprise())).json()
    assert shown["revision"] == 1


async def test_dry_runs_are_no_spending_requests(api: Api) -> None:
    """They count as reads; an edit counts against the tier."""
    job = await _ended(api)
    told = await _patch(api, job, {"title": "Another"}, dry_run=1)
    done = await _patch(api, job, {"title": "Another"})
    assert told.headers["ratelimit-policy"].startswith('"general"')
    assert done.headers["ratelimit-policy"].startswith('"spending"')


async def test_the_same_key_gives_the_original_answer_to_the_letter(api: Api) -> None:
    """P6; another body under the same key is refused."""
    job = await _ended(api)
    first = await _patch(api, job, {"title": "Another"})
    again = await _patch(api, job, {"title": "Another"})
    assert (again.status_code, again.content) == (202, first.content)
    assert again.headers["idempotent-replayed"] == "true"
    other = await _patch(api, job, {"title": "A third"})
    assert problem_of(other, 422)["code"] == "idempotency_key_reused"


async def test_earlier_takes_are_shown_with_their_scene_wherever_it_stands(api: Api) -> None:
    """With seed, prompt, cost, a link to look at them, and whether they are in use."""
    job = await _ended(api)
    await _patch(api, job, {"scenes": [{"from": 2}, {"from": 1}]})
    shown = (await api.client.get(f"/api/v1/jobs/{job['id']}", headers=enterprise())).json()
    assert [len(s["takes"]) for s in shown["scenes"]] == [0, 1]
    (take,) = shown["scenes"][1]["takes"]
    assert (take["seed"], take["prompt"], take["in_use"]) == (7, "an older shot", False)
    assert take["clip_url"]


async def test_an_earlier_revision_can_be_looked_at(api: Api) -> None:
    """As it ended, with its own title and storyboard."""
    job = await _ended(api)
    await _patch(api, job, {"title": "Another", "scenes": [{"from": 1}]})
    address = f"/api/v1/jobs/{job['id']}"
    old = (await api.client.get(f"{address}?revision=1", headers=enterprise())).json()
    assert (old["revision"], old["status"], old["title"], len(old["scenes"])) == (1, "failed", "The sea", 3)
    assert (await api.client.get(address, headers=enterprise())).json()["revision"] == 2
    absent = problem_of(await api.client.get(f"{address}?revision=3", headers=enterprise()), 404)
    assert "has no revision 3; 1 to 2 are there" in absent["detail"]
    problem_of(await api.client.get(f"{address}?revision=1", headers=bearer("eve")), 404)


async def test_another_take_is_asked_for(api: Api) -> None:
    """The scene gets another seed; the others keep theirs."""
    job = await _ended(api)
    answer = await api.client.post(
        f"/api/v1/jobs/{job['id']}/scenes/2/regenerate", headers=enterprise() | {"Idempotency-Key": "r"}
    )
    assert answer.status_code == 202, answer.text
    before, after = job["scenes"], answer.json()["scenes"]
    assert [a["seed"] == b["seed"] for a, b in zip(after, before, strict=True)] == [True, False, True]
    assert answer.json()["reason"] == "regenerate"


async def test_a_retry_may_put_cards_in_place_of_what_failed(api: Api) -> None:
    """Only of scenes that failed; here none did, so that none becomes one."""
    job = await _ended(api)
    answer = await api.client.post(
        f"/api/v1/jobs/{job['id']}/retry",
        json={"placeholders": True},
        headers=enterprise() | {"Idempotency-Key": "r"},
    )
    assert answer.status_code == 202, answer.text
    assert [s["placeholder"] for s in answer.json()["scenes"]] == [False] * 3


SCENE: dict[str, Any] = {"from": 1}
WRONG: list[tuple[Any, str | None, str]] = [
    ([], None, "the body is a list of 0; an object is allowed"),
    ({"scene": []}, "scene", "'scene' is not known here; allowed are scenes, title"),
    ({"scenes": []}, "scenes", "scenes is a list of 0; a list of 1 to 40 is allowed"),
    ({"scenes": None}, "scenes", "scenes is null; a list of 1 to 40 is allowed"),
    ({"scenes": [{"from": 4}]}, "scenes[1].from", "from is 4; scenes 1 to 3 are there"),
    ({"scenes": [{"number": 4}]}, "scenes[1].number", "number is 4; scenes 1 to 3 are there"),
    ({"scenes": [{"from": 0}]}, "scenes[1].from", "from is 0; a whole number from 1 to 40 is allowed"),
    ({"scenes": [{"from": "1"}]}, "scenes[1].from", 'from is "1"'),
    ({"scenes": [{"from": 2, "number": 3}]}, "scenes[1].number", "number is 3; 1 is allowed here"),
    ({"scenes": [SCENE, {}]}, "scenes[2].prompt", "prompt is missing; a scene without from is new"),
    ({"scenes": [SCENE, {"prompt": "new"}]}, "scenes[2].duration", "duration is missing"),
    ({"scenes": [SCENE | {"prompt": ""}]}, "scenes[1].prompt", "prompt has 0 characters"),
    ({"scenes": [SCENE | {"prompt": None}]}, "scenes[1].prompt", "prompt is null; text is allowed"),
    ({"scenes": [SCENE | {"duration": 61}]}, "scenes[1].duration", "between 1 and 60 s is allowed"),
    ({"scenes": [SCENE | {"duration": 30}]}, "scenes[1].duration", "makes clips of at most 8 s"),
    ({"scenes": [SCENE | {"seed": -1}]}, "scenes[1].seed", "seed is -1"),
    ({"scenes": [SCENE | {"seed": None}]}, "scenes[1].seed", "seed is null"),
    ({"scenes": [SCENE | {"placeholder": 1}]}, "scenes[1].placeholder", "true or false is allowed"),
    (
        {"scenes": [SCENE | {"take": "x"}]},
        "scenes[1].take",
        "take is 'x'; a finished clip of this job is allowed",
    ),
    ({"scenes": [SCENE | {"take": "x", "seed": 1}]}, "scenes[1].seed", "seed is given beside take"),
    ({"scenes": [SCENE | {"transition": {"type": "burn"}}]}, "scenes[1].transition.type", "one of cut"),
    (
        {"scenes": [{"from": 1, "reference_image": "u"}]},
        "scenes[1].reference_image",
        "there is no such upload",
    ),
    ({"scenes": [{"from": 1, "duration": 4}]}, "scenes", "the scenes make 4 s"),
    ({"resolution": "8k"}, "resolution", "one of 480p, 720p, 1080p"),
    ({"resolution": None}, "resolution", "resolution is null"),
    ({"model": "acme/none"}, "model", "allowed are"),
    ({"title": "t" * 121}, "title", "title has 121 characters"),
    ({"captions": "loud"}, "captions", "one of off, sidecar, burned"),
    ({"caption_style": "comic"}, "caption_style", "one of outline, boxed, large"),
    ({"max_cost": -1}, "max_cost", "dollars from 0 to 1000000"),
    ({"max_cost": "0.01", "title": "x"}, "max_cost", "this may cost"),
]


@pytest.mark.parametrize(("body", "field", "said"), WRONG, ids=lambda value: str(value)[:48])
@pytest.mark.parametrize("query", [{}, {"dry_run": 1}], ids=["edit", "dry"])
async def test_a_wrong_edit_is_refused_by_name(
    api: Api, body: Any, field: str | None, said: str, query: dict[str, Any]
) -> None:
    """Every field, with its value and what is allowed; a dry run refuses what the edit would refuse."""
    job = await _ended(api)
    problem = problem_of(await _patch(api, job, body, **query), 422)
    assert (problem.get("field"), said in problem["detail"]) == (field, True), problem


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({"seed": -1}, "seed", "a whole number from 0"),
        ({"seed": "7"}, "seed", 'seed is "7"'),
        ({"take": "x"}, "take", "a finished clip of this job is allowed"),
        ({"take": "x", "seed": 1}, "take", "seed and take are both given"),
        ({"scene": 1}, "scene", "'scene' is not known here; allowed are seed, take, max_cost"),
        ({"max_cost": "0.01"}, "max_cost", "this may cost"),
    ],
    ids=str,
)
async def test_a_wrong_wish_for_another_take_is_refused_by_name(
    api: Api, body: Any, field: str, said: str
) -> None:
    """The body is named as it was sent."""
    job = await _ended(api)
    answer = await api.client.post(
        f"/api/v1/jobs/{job['id']}/scenes/1/regenerate",
        json=body,
        headers=enterprise() | {"Idempotency-Key": "r"},
    )
    problem = problem_of(answer, 422)
    assert (problem["field"].rpartition(".")[2], said in problem["detail"]) == (field, True), problem


@pytest.mark.parametrize(
    ("number", "status"), [("0", 404), ("4", 404), ("-1", 404), ("x", 404), ("9" * 30, 404)]
)
async def test_scenes_that_are_not_there_are_not_found(api: Api, number: str, status: int) -> None:
    """Whatever stands in the address."""
    job = await _ended(api)
    answer = await api.client.post(
        f"/api/v1/jobs/{job['id']}/scenes/{number}/regenerate",
        headers=enterprise() | {"Idempotency-Key": "r"},
    )
    problem_of(answer, status)


async def test_revisions_need_a_key_and_a_job_of_ones_own_that_has_ended(api: Api) -> None:
    """422 without a key, 409 while it runs, 404 for anybody else."""
    running = (await api.client.post("/api/v1/jobs", json={"storyboard": BOARD}, headers=enterprise())).json()
    job = await _ended(api)
    for method, path in (("PATCH", "storyboard"), ("POST", "scenes/1/regenerate")):
        ask, address = api.client.request, f"/api/v1/jobs/{job['id']}/{path}"
        keyless = await ask(method, address, json={}, headers=enterprise())
        assert problem_of(keyless, 422)["field"] == "Idempotency-Key"
        key = {"Idempotency-Key": "k"}
        foreign = await ask(method, address, json={}, headers=bearer("eve") | key)
        absent = await ask(method, f"/api/v1/jobs/job_x/{path}", json={}, headers=bearer("eve") | key)
        assert problem_of(foreign, 404)["code"] == problem_of(absent, 404)["code"]
        early = await ask(method, f"/api/v1/jobs/{running['id']}/{path}", json={}, headers=enterprise() | key)
        assert problem_of(early, 409)["code"] == "job_queued"


async def test_an_edit_that_changes_nothing_is_refused_for_a_finished_video(api: Api) -> None:
    """The same video would be made again; a failed job may be tried again that way."""
    job = await _ended(api, over=JobStatus.SUCCEEDED)
    assert problem_of(await _patch(api, job, {}), 422)["code"] == "nothing_changed"
    failed = await _ended(api)
    assert (await _patch(api, failed, {})).status_code == 202


def test_whatever_a_storyboard_has_can_be_edited() -> None:
    """A field that storyboards get must be one of edits, too."""
    for shown, edited in ((SceneBody, SceneEdit), (StoryboardBody, StoryboardEdit)):
        names = {field.name for field in msgspec.structs.fields(shown)}
        assert names <= {field.name for field in msgspec.structs.fields(edited)}
