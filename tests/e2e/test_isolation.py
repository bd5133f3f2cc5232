"""Two users of one installation: neither sees anything of the other's, and a new one has the free tier's limits."""

from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from tests.e2e.stage import CHEAP_MODEL, Job, Stage, User, brief_of, newcomer, shelf_of_clips, staged

pytestmark = pytest.mark.xdist_group("isolation")

BRIEF: dict[str, Any] = {
    "prompt": "A lighthouse at dusk, a storm rolls in",
    "duration": 5,
    "resolution": "480p",
    "model": CHEAP_MODEL,
    "music": False,
}
ABSENT = "job_01m83j00000000000000000000"
ROUTES = (
    ("GET", "", {}),
    ("GET", "/events", {}),
    ("GET", "/video", {}),
    ("POST", "/cancel", {}),
    ("POST", "/retry", {"headers": {"Idempotency-Key": "other"}}),
    ("DELETE", "", {}),
    ("POST", "/restore", {}),
)


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    folder = tmp_path_factory.mktemp("isolation")
    shelf = shelf_of_clips(folder / "media", scenes=2)
    with staged(folder / "data", "--replicate-media", str(shelf), "--replicate-seconds", "600") as stage:
        yield stage


@pytest.fixture
def other(stage: Stage) -> Iterator[User]:
    """Somebody else."""
    with newcomer(stage) as user:
        yield user


def test_nobody_sees_anothers_jobs(stage: Stage, other: User) -> None:
    """On every route a foreign job and one that was never there get the same answer, and nothing happens to it."""
    running = stage.demo.submit({"brief": BRIEF})
    finished = finished_job(stage)
    for job in (running, finished):
        for method, path, request in ROUTES:
            foreign = other.ask(method, f"/jobs/{job['id']}{path}", **request)
            absent = other.ask(method, f"/jobs/{ABSENT}{path}", **request)
            assert foreign.status_code == absent.status_code == 404, (method, path, foreign.text)
            assert told(foreign, job["id"]) == told(absent, ABSENT)
    assert other.get("/jobs") == {"jobs": [], "cursor": None}
    first_page = stage.demo.get("/jobs?limit=1")
    stolen = other.ask("GET", "/jobs", params={"cursor": first_page["cursor"]})
    assert (stolen.status_code, stolen.json()["field"]) == (422, "cursor"), stolen.text
    assert other.month()["held"]["micros"] == other.month()["settled"]["micros"] == 0
    assert stage.demo.ask("GET", f"/jobs/{finished['id']}/video").status_code == 302
    seen = {job["id"]: job["status"] for job in stage.demo.get("/jobs")["jobs"]}
    assert seen[finished["id"]] == "succeeded"
    assert seen[running["id"]] in ("queued", "generating", "composing", "succeeded")


def test_nobody_uses_anothers_upload(stage: Stage, other: User) -> None:
    """A scene can't start from a picture that somebody else has brought."""
    asked = {"content_type": "image/png", "size": 1000}
    upload = stage.demo.ask("POST", "/uploads", json=asked).json()
    scene = {"prompt": "From this picture", "duration": 5}
    answers = []
    for reference in (upload["id"], "upl_01m83j00000000000000000000"):
        storyboard = {"model": CHEAP_MODEL, "scenes": [{**scene, "reference_image": reference}]}
        answers.append((other.ask("POST", "/jobs", json={"storyboard": storyboard}), reference))
    (foreign, _), (absent, _) = answers
    assert foreign.status_code == absent.status_code != 202, foreign.text
    assert told(*answers[0]) == told(*answers[1])
    assert other.get("/jobs")["jobs"] == []


def test_a_newcomer_has_the_free_tiers_limits(stage: Stage, other: User) -> None:
    """Length, jobs at once and requests a minute; what was refused holds nothing."""
    usage = other.get("/usage")
    assert usage["tier"] == "free"
    assert usage["limits"]["videos"] == 10
    too_long = other.ask("POST", "/jobs", json={"brief": {**BRIEF, "duration": 61}})
    assert (too_long.status_code, too_long.json()["code"]) == (429, "quota_duration"), too_long.text
    accepted = [other.submit({"brief": BRIEF}) for _ in range(usage["limits"]["concurrent"])]
    one_more = other.ask("POST", "/jobs", json={"brief": BRIEF})
    assert (one_more.status_code, one_more.json()["code"]) == (429, "quota_concurrent"), one_more.text
    held = sum(job["estimate"]["at_most"]["micros"] for job in accepted)
    assert other.month()["held_videos"] == len(accepted)
    assert other.month()["held"]["micros"] == held
    answers = [other.ask("POST", "/jobs", json={"brief": BRIEF}) for _ in range(10)]
    refused = answers[-1]
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.headers["ratelimit-policy"] == '"spending";q=10;w=60'
    assert refused.json()["code"] == "rate_limited"
    assert other.get("/usage")["active"] == len(accepted), "reading has a limit of its own"


def finished_job(stage: Stage) -> Job:
    """A job of the demo user that has ended well: the provider's clock is put forward until it has."""
    job = stage.demo.submit({"brief": BRIEF})

    def accepted(job: Job) -> bool:
        takes = [take for scene in job["scenes"] for take in scene["takes"]]
        return bool(takes) and all(take["status"] == "submitted" for take in takes)

    stage.demo.wait(job["id"], accepted)
    stage.advance(700)
    job = stage.demo.wait(job["id"])
    assert job["status"] == "succeeded", brief_of(job)
    return job


def told(answer: httpx.Response, name: str) -> dict[str, Any]:
    """A problem without what is bound to differ: the id that was asked for, and the request's own."""
    problem = {key: str(value).replace(name, "...") for key, value in answer.json().items()}
    problem.pop("request_id", None)
    return problem
