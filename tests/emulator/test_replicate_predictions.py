"""Predictions of the fake Replicate, seen through the real client and through plain HTTP."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from replicate.exceptions import ReplicateError

from tests.emulator.replicate_stub import AUTH, PUBLIC, VEO, Fake, fake_replicate


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[Fake]:
    with fake_replicate(tmp_path) as running:
        yield running


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Fake]:
    """Generations that last until the clock is moved."""
    with fake_replicate(tmp_path, seconds=1000.0) as running:
        yield running


def test_the_real_client_makes_a_video(fake: Fake) -> None:
    """Create, wait and download with replicate 1.0, unchanged."""
    client = fake.client()
    p = client.predictions.create(model=VEO, input={"prompt": "a lighthouse", "duration": 4, "seed": 7})
    assert p.status == "starting"
    client.poll_interval = 0.01
    p.wait()
    assert (p.status, p.error, p.model) == ("succeeded", None, VEO)
    assert isinstance(p.output, str)
    assert PUBLIC.get(p.output).content.startswith(b"video a lighthouse 7 4.0")
    assert p.progress is not None
    assert (p.progress.percentage, p.progress.current, p.progress.total) == (1.0, 50, 50)
    assert p.metrics is not None
    assert p.metrics["predict_time"] >= 0


async def test_the_real_client_works_asynchronously(fake: Fake) -> None:
    """The calls that the adapter makes: create, get, list."""
    client = fake.client()
    p = await client.predictions.async_create(model=VEO, input={"prompt": "a fox"})
    found = await client.predictions.async_get(p.id)
    listed = await client.predictions.async_list()
    assert [found.id, listed.results[0].id] == [p.id, p.id]
    assert listed.results[0].input == {"prompt": "a fox"}


def test_a_version_is_run_by_its_id_or_its_name(fake: Fake) -> None:
    client = fake.client()
    version = client.models.get("google/veo-3.1").latest_version
    assert version is not None
    by_id = client.predictions.create(version=version, input={"prompt": "x"})
    by_name = client.predictions.create(version="google/veo-3.1", input={"prompt": "x"})
    assert (by_id.model, by_id.version) == ("google/veo-3.1", version.id)
    assert (by_name.model, by_name.version) == ("google/veo-3.1", "hidden")
    path = f"/v1/models/google/veo-3.1/versions/{version.id}/predictions"
    assert fake.http("POST", path, json={"input": {"prompt": "x"}}).status_code == 201


def test_run_gives_the_output(fake: Fake) -> None:
    """replicate.run() of a language model joins its tokens."""
    answer = fake.client().run("openai/gpt-4o-mini", input={"prompt": "hello"})
    assert "storyboard" in "".join(answer)


def test_a_prediction_shows_everything_the_real_one_does(fake: Fake) -> None:
    shown = fake.create({"prompt": "a fox"}).json()
    assert re.fullmatch("[0-9a-z]{26}", shown["id"])
    assert set(shown) == {
        "id", "model", "version", "input", "logs", "output", "data_removed", "error", "source", "status",
        "created_at", "started_at", "completed_at", "metrics", "urls",
    }  # fmt: skip
    assert shown["urls"]["get"] == f"{fake.url}/v1/predictions/{shown['id']}"
    assert set(shown["urls"]) == {"get", "cancel", "web"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z", shown["created_at"])
    assert shown["source"] == "api"


def test_prefer_wait_holds_the_answer_back(fake: Fake) -> None:
    done = fake.create({"prompt": "x"}, headers={"Prefer": "wait=5"})
    assert (done.status_code, done.json()["status"]) == (201, "succeeded")
    assert done.headers["preference-applied"] == "wait=5"
    at_once = fake.create({"prompt": "x"}, headers={"Prefer": ""})
    assert at_once.json()["status"] == "starting"
    assert at_once.json()["output"] is None


@pytest.mark.parametrize("prefer", ["wait=0", "wait=61", "wait=soon"])
def test_an_impossible_wait_is_refused(fake: Fake, prefer: str) -> None:
    assert fake.create({"prompt": "x"}, headers={"Prefer": prefer}).status_code == 422
    assert fake.charged() == []


def test_progress_goes_by_the_clock(slow: Fake) -> None:
    """starting, then processing with a bar in the logs, then succeeded."""
    p = slow.create({"prompt": "x"}, headers={"Prefer": ""}).json()
    assert slow.charged() == []
    slow.advance(410)
    half = _until(slow, p["id"], "processing")
    assert " 40%|████      | 20/50" in half["logs"]
    slow.advance(700)
    assert _until(slow, p["id"], "succeeded")["logs"].count("100%") == 1


def test_cancelled_in_time_costs_nothing(slow: Fake) -> None:
    """Before it has started: aborted, not charged. Afterwards: canceled, charged."""
    early = slow.create({"prompt": "x"}, headers={"Prefer": ""}).json()
    assert slow.http("POST", f"/v1/predictions/{early['id']}/cancel").json()["status"] == "aborted"
    late = slow.create({"prompt": "x"}, headers={"Prefer": ""}).json()
    slow.advance(10)
    _until(slow, late["id"], "processing")
    canceled = slow.client().predictions.cancel(late["id"])
    assert canceled.status == "canceled"
    assert slow.charged() == [late["id"]]
    again = slow.http("POST", f"/v1/predictions/{late['id']}/cancel").json()
    assert again == slow.http("GET", f"/v1/predictions/{late['id']}").json()


def test_cancel_after_sets_a_deadline(slow: Fake) -> None:
    p = slow.create({"prompt": "x"}, headers={"Prefer": "", "Cancel-After": "1m30s"}).json()
    slow.advance(60)
    _until(slow, p["id"], "processing")
    slow.advance(40)
    assert _until(slow, p["id"], "canceled")["output"] is None


@pytest.mark.parametrize("span", ["4s", "soon", "-5", "1.5h", ""])
def test_a_deadline_must_be_a_duration(fake: Fake, span: str) -> None:
    assert fake.create({"prompt": "x"}, headers={"Cancel-After": span}).status_code == 422


def test_a_prediction_runs_for_half_an_hour_at_most(tmp_path: Path) -> None:
    with fake_replicate(tmp_path, seconds=5000.0) as fake:
        p = fake.create({"prompt": "x"}, headers={"Prefer": ""}).json()
        fake.advance(10)
        _until(fake, p["id"], "processing")
        fake.advance(1800)
        assert "30 minutes" in _until(fake, p["id"], "failed")["error"]


def test_data_is_removed_after_an_hour(fake: Fake) -> None:
    p = fake.create({"prompt": "a secret"}).json()
    assert PUBLIC.get(p["output"]).status_code == 200
    fake.advance(3601)
    later = fake.http("GET", f"/v1/predictions/{p['id']}").json()
    assert (later["data_removed"], later["input"], later["output"]) == (True, {}, None)
    assert PUBLIC.get(p["output"]).status_code == 404


def test_outputs_are_served_in_ranges(fake: Fake) -> None:
    """Public, with type and length, whole or in part, also for HEAD."""
    url = fake.create({"prompt": "x"}).json()["output"]
    whole, head = PUBLIC.get(url), PUBLIC.head(url)
    part = PUBLIC.get(url, headers={"Range": "bytes=2-5"})
    assert (head.headers["content-type"], head.headers["accept-ranges"]) == ("video/mp4", "bytes")
    assert int(head.headers["content-length"]) == len(whole.content)
    assert (part.status_code, part.content) == (206, whole.content[2:6])
    assert part.headers["content-range"] == f"bytes 2-5/{len(whole.content)}"
    assert PUBLIC.get(url, headers={"Range": "bytes=9999999-"}).status_code == 416
    assert PUBLIC.get(url + "x").status_code == 404


def test_the_list_is_paged_newest_first(fake: Fake) -> None:
    """A hundred a page; `next` and `previous` lead through all of them, by the real client."""
    bodies = ({"prompt": f"scene {n}"} for n in range(120))
    with ThreadPoolExecutor(8) as pool, httpx.Client(headers=AUTH) as http:
        url = f"{fake.url}/v1/models/{VEO}/predictions"
        list(pool.map(lambda given: http.post(url, json={"input": given}), bodies))
    client = fake.client()
    first = client.predictions.list()
    assert first.next is not None
    second = client.predictions.list(first.next)
    assert (len(first.results), len(second.results), first.previous, second.next) == (100, 20, None, None)
    times = [p.created_at or "" for p in [*first.results, *second.results]]
    assert times == sorted(times, reverse=True)
    assert second.previous is not None
    back = client.predictions.list(second.previous)
    assert [p.id for p in back.results] == [p.id for p in first.results]


def test_the_list_is_filtered_by_time(fake: Fake) -> None:
    early = fake.create({"prompt": "x"}).json()
    fake.advance(100)
    late = fake.create({"prompt": "x"}).json()
    after = fake.http("GET", "/v1/predictions", params={"created_after": late["created_at"]}).json()
    before = fake.http("GET", "/v1/predictions", params={"created_before": early["created_at"]}).json()
    assert [p["id"] for p in after["results"]] == [late["id"]]
    assert [p["id"] for p in before["results"]] == [early["id"]]
    for wrong in ({"created_after": "yesterday"}, {"cursor": "x"}, {"cursor": "bnVsbA=="}):
        assert fake.http("GET", "/v1/predictions", params=wrong).status_code == 400


def test_nothing_is_lost_when_it_restarts(tmp_path: Path) -> None:
    """Finished predictions stay, running ones go on, the ledger counts each once, the secret is the same."""
    with fake_replicate(tmp_path, seconds=1000.0) as fake:
        done = fake.create({"prompt": "done"}, headers={"Prefer": ""}).json()
        fake.advance(1001)
        _until(fake, done["id"], "succeeded")
        running = fake.create({"prompt": "running"}, headers={"Prefer": ""}).json()
        fake.advance(10)
        _until(fake, running["id"], "processing")
        secret = fake.http("GET", "/v1/webhooks/default/secret").json()
    with fake_replicate(tmp_path, seconds=1000.0) as fake:
        assert fake.http("GET", f"/v1/predictions/{done['id']}").json()["status"] == "succeeded"
        assert fake.http("GET", f"/v1/predictions/{running['id']}").json()["status"] == "processing"
        fake.advance(1000)
        _until(fake, running["id"], "succeeded")
        assert fake.charged() == [done["id"], running["id"]]
        assert fake.http("GET", "/v1/webhooks/default/secret").json() == secret


def test_a_missing_prediction_is_a_404(fake: Fake) -> None:
    with pytest.raises(ReplicateError) as raised:
        fake.client().predictions.get("nothing")
    assert (raised.value.status, raised.value.detail) == (404, "The requested resource could not be found.")


def _until(fake: Fake, prediction_id: str, status: str) -> dict[str, Any]:
    """The prediction once it has come so far: its task needs a turn after the clock has moved."""
    for _ in range(500):
        p: dict[str, Any] = fake.http("GET", f"/v1/predictions/{prediction_id}").json()
        if p["status"] == status:
            return p
    raise AssertionError(f"{p['status']}, not {status}")
