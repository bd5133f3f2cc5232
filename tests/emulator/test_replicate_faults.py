"""Scripted misfortune of the fake Replicate."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator.replicate.faults import read_rules
from tests.emulator.replicate_stub import PUBLIC, VEO, Fake, fake_replicate


@pytest.fixture
def fake(tmp_path: Path) -> Iterator[Fake]:
    with fake_replicate(tmp_path) as running:
        yield running


def test_the_first_two_fail_then_it_succeeds(fake: Fake) -> None:
    """Answers go attempt by attempt, counted for each prompt apart."""
    fake.fault(answers=[{"action": "fail", "error": "CUDA out of memory"}, {"action": "sensitive"}])
    first, second, third = (fake.create({"prompt": "a"}).json() for _ in range(3))
    assert (first["status"], first["error"]) == ("failed", "CUDA out of memory")
    assert "E005" in second["error"]
    assert (third["status"], third["error"]) == ("succeeded", None)
    assert fake.create({"prompt": "b"}).json()["status"] == "failed"


def test_rules_match_by_model_prompt_and_attempt(fake: Fake) -> None:
    fake.fault(match={"model": "google/*", "prompt": "STORM", "attempt": 2}, action="fail")
    fates = [fake.create({"prompt": "a storm"}).json()["status"] for _ in range(3)]
    other = fake.create({"prompt": "a storm"}, model="bytedance/seedance-2.0").json()["status"]
    assert (fates, other) == (["succeeded", "failed", "succeeded"], "succeeded")


def test_a_rule_can_be_used_up_and_withdrawn(fake: Fake) -> None:
    fake.fault(action="fail", times=1, name="once")
    fates = [fake.create({"prompt": p}).json()["status"] for p in ("a", "b")]
    assert fates == ["failed", "succeeded"]
    listed = fake.http("GET", "/_emulator/faults").json()["faults"]
    assert [(rule["name"], rule["hits"]) for rule in listed] == [("once", 1)]
    fake.fault(action="fail")
    fake.http("DELETE", "/_emulator/faults").raise_for_status()
    assert fake.create({"prompt": "c"}).json()["status"] == "succeeded"


def test_a_dropped_reply_was_charged_all_the_same(fake: Fake) -> None:
    """The connection closes without an answer; the list shows what was accepted."""
    fake.fault(answers=[{"action": "drop_reply"}])
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        fake.create({"prompt": "x"})
    listed = fake.http("GET", "/v1/predictions").json()["results"]
    assert [p["input"] for p in listed] == [{"prompt": "x"}]
    assert fake.charged() == [listed[0]["id"]]


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        ({"action": "throttle", "retry_after": 7}, 429),
        ({"action": "no_credit"}, 402),
        ({"action": "error_5xx"}, 503),
        ({"action": "error_5xx", "status": 500}, 500),
    ],
)
def test_some_faults_refuse_before_anything_is_charged(
    fake: Fake, fault: dict[str, Any], status: int
) -> None:
    fake.fault(answers=[fault])
    answer = fake.create({"prompt": "x"})
    assert answer.status_code == status
    assert answer.headers.get("retry-after") == ("7" if status == 429 else None)
    assert fake.http("GET", "/v1/predictions").json()["results"] == []
    assert fake.create({"prompt": "x"}).status_code == 201


def test_a_dropped_request_was_never_accepted(fake: Fake) -> None:
    fake.fault(answers=[{"action": "drop_request"}])
    with pytest.raises((httpx.RemoteProtocolError, httpx.ReadError)):
        fake.create({"prompt": "x"})
    assert fake.http("GET", "/v1/predictions").json()["results"] == []


def test_a_server_error_may_have_charged(fake: Fake) -> None:
    fake.fault(answers=[{"action": "error_5xx", "accepted": True}])
    assert fake.create({"prompt": "x"}).status_code == 503
    fake.create({"prompt": "x"})
    ledger = fake.http("GET", "/_emulator/ledger").json()
    assert (ledger["accepted"], ledger["charged"]) == (2, 2)
    assert ledger["repeated"] == [[charge["prediction_id"] for charge in ledger["charges"]]]


def test_aborted_costs_nothing(fake: Fake) -> None:
    fake.fault(action="abort")
    assert fake.create({"prompt": "x"}).json()["status"] == "aborted"
    assert fake.charged() == []


@pytest.mark.parametrize("fate", ["fail", "sensitive"])
def test_a_failure_costs_nothing(fake: Fake, fate: str) -> None:
    """It was accepted, and even started; what delivers nothing is not charged, and no repetition either."""
    fake.fault(answers=[{"action": fate}])
    assert [fake.create({"prompt": "x"}).json()["status"] for _ in range(2)] == ["failed", "succeeded"]
    ledger = fake.http("GET", "/_emulator/ledger").json()
    assert (ledger["accepted"], ledger["charged"], ledger["repeated"]) == (2, 1, [])


def test_one_may_never_finish(fake: Fake) -> None:
    fake.fault(action="never_finish")
    p = fake.create({"prompt": "x"}, headers={"Prefer": "wait=1"}).json()
    assert p["status"] == "processing"
    assert fake.http("POST", f"/v1/predictions/{p['id']}/cancel").json()["status"] == "canceled"


def test_slow_takes_its_time(tmp_path: Path) -> None:
    with fake_replicate(tmp_path, seconds=100.0) as fake:
        fake.fault(action="slow", factor=3)
        p = fake.create({"prompt": "x"}, headers={"Prefer": ""}).json()
        fake.advance(299)
        assert fake.http("GET", f"/v1/predictions/{p['id']}").json()["status"] != "succeeded"


def test_outputs_can_be_bad(fake: Fake) -> None:
    """Expired at once, not a video, half a video, far too large."""
    fates = ["expire_output", "garbage_output", "truncated_output", "oversize"]
    fake.fault(match={"prompt": "bad"}, answers=[{"action": fate, "size": 5_000_000_000} for fate in fates])
    expired, garbage, half, huge = (fake.create({"prompt": "bad"}).json()["output"] for _ in fates)
    assert PUBLIC.get(expired).status_code == 404
    assert len(PUBLIC.get(garbage).content) == 65536
    whole = PUBLIC.get(fake.create({"prompt": "bad"}).json()["output"]).content
    assert PUBLIC.get(half).content == whole[: len(whole) // 2]
    assert PUBLIC.head(huge).headers["content-length"] == "5000000000"


def test_a_language_models_answer_can_be_malformed(fake: Fake) -> None:
    fake.fault(answers=[{"action": "garbage_output"}, {"action": "truncated_output"}])
    answers = [
        fake.create({"prompt": "JSON please"}, model="openai/gpt-4o-mini").json()["output"] for _ in range(3)
    ]
    assert len(answers[1]) == len(answers[2]) // 2
    assert "".join(answers[0]).endswith("[[")


def test_a_plan_is_read_at_start_and_survives(tmp_path: Path) -> None:
    """Attempts are remembered over a restart; a file given at start replaces what was in force."""
    plan = tmp_path / "faults.json"
    plan.write_text('{"faults": [{"match": {"model": "google/*"}, "answers": [{"action": "fail"}, "ok"]}]}')
    with fake_replicate(tmp_path, faults_file=plan) as fake:
        assert fake.create({"prompt": "x"}).json()["status"] == "failed"
    with fake_replicate(tmp_path) as fake:
        assert fake.create({"prompt": "x"}).json()["status"] == "succeeded"
        assert fake.create({"prompt": "y"}).json()["status"] == "failed"
    with fake_replicate(tmp_path, faults_file=plan) as fake:
        assert fake.create({"prompt": "x"}).json()["status"] == "failed"


@pytest.mark.parametrize(
    "plan",
    [{"action": "explode"}, {"match": {"colour": "red"}, "action": "fail"}, [3], {"answers": "ok"}, "fail"],
)
def test_a_plan_that_makes_no_sense_is_refused(fake: Fake, plan: Any) -> None:
    with pytest.raises(ValueError, match="not a fault plan"):
        read_rules(plan)
    answer = fake.http("POST", "/_emulator/faults", json=plan)
    assert (answer.status_code, answer.json()["title"]) == (422, "Invalid fault plan")


def test_a_broken_plan_file_stops_the_start(tmp_path: Path) -> None:
    plan = tmp_path / "faults.json"
    plan.write_text("{")
    with pytest.raises(ValueError, match=r"faults\.json"), fake_replicate(tmp_path, faults_file=plan):
        pass


def test_finished_clips_are_handed_out(tmp_path: Path) -> None:
    """With a folder of media nothing is rendered: the nth prediction takes the nth file."""
    shelf = tmp_path / "shelf"
    shelf.mkdir()
    for name in ("a", "b"):
        (shelf / f"{name}.mp4").write_bytes(name.encode())
    with fake_replicate(tmp_path, media_dir=shelf) as fake:
        outputs = [
            PUBLIC.get(fake.create({"prompt": "x"}, model=VEO).json()["output"]).content for _ in range(3)
        ]
        assert sorted(outputs[:2]) == [b"a", b"b"]
        assert outputs[2] == outputs[0]
        still = fake.create({"prompt": "x"}, model="black-forest-labs/flux-2-pro").json()
        assert still["error"].startswith("no .webp file in")
