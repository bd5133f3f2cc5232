"""An FFmpeg that crashes under a real job: what the user is told and pays, and what a retry does."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.processes import until
from tests.e2e.stage import brief_of, takes_of
from tests.faults.gate import Passage, Verdict
from tests.faults.ground import Ground, grounds

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]


@pytest.fixture
def ground(tmp_path: Path) -> Iterator[Ground]:
    with grounds(tmp_path, scenes=1) as ground:
        ground.start("api", "worker")
        assert ground.ready("api")
        assert ground.ready("worker")
        yield ground


def crashing(passage: Passage) -> Verdict:
    """FFmpeg, whenever it is about to write a piece of the picture."""
    encodes = passage.call == "write" and passage.to.endswith("/segment.mp4")
    return signal.SIGSEGV if encodes and passage.pid != passage.main else None


async def test_it_crashes_whenever_it_encodes(ground: Ground, tmp_path: Path) -> None:
    """Failed with the scene at fault, the video given back, what the model has made paid, the folder gone. A decoder
    crashes on damaged clips, so that a retry has the clip made anew: the books say so."""
    ground.processes["worker"].keeper = crashing
    job_id = ground.submit(ground.storyboard()).json()["id"]
    failed = ground.end(job_id)
    assert failed["status"] == "failed", brief_of(failed)
    error = failed["error"]
    assert (error["code"], error["scene"]) == ("clip_rejected", 1), error
    assert "scene 1" in error["message"]
    [take] = takes_of(failed)
    spent = take["cost"]["micros"]
    assert spent == failed["cost"]["micros"] == error["charged"]["micros"] > 0
    month = ground.user.month()
    assert (month["held_videos"], month["settled_videos"]) == (0, 0)
    assert (month["held"]["micros"], month["settled"]["micros"]) == (0, spent)
    until(lambda: not ground.left_in_the_work_folder(), "the work folder is empty")
    await ground.check_promises()

    ground.processes["worker"].keeper = lambda _: None
    again = ground.user.ask("POST", f"/jobs/{job_id}/retry", headers={"Idempotency-Key": "retry"})
    assert again.status_code == 202, again.text
    made = ground.end(job_id)
    assert made["status"] == "succeeded", brief_of(made)
    assert ground.user.month()["settled"]["micros"] == sum(take["cost"]["micros"] for take in takes_of(made))
    ground.check_video(made, tmp_path)
    await ground.check_promises()
