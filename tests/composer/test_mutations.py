"""Media files changed by chance, a thousand by default: each is used or refused in words, and nothing else is touched.

A mutation is known by its number: `make test-mutations FIRST=731 MUTATIONS=1` does one again.
"""

import json
import os
from collections import Counter
from pathlib import Path
from typing import Final

import pytest

from tests.fixtures.mutations import mutated, seeds
from tests.fixtures.tracing import Trace, traced

FIRST: Final = int(os.environ.get("OMNIGEN_FIRST", "0"))
COUNT: Final = int(os.environ.get("OMNIGEN_MUTATIONS", "1000"))
TAUGHT: Final = (4292,)
"""Always among them: its fragment says that it has 45 million samples, and the list of them took 1.2 GB."""
MEMORY_MB: Final = 600
"""More than any process that looks into one of them may take: pictures of 4096x2304 are allowed, and some say they are."""
PROGRAMS: Final = {"python", "python3", "sh", "dash", "nice", "setpriv", "true", "ffmpeg", "strace"}


@pytest.mark.system
@pytest.mark.timeout(7200)
def test_each_is_used_or_refused_and_nothing_else_is_touched(tmp_path: Path) -> None:
    """By what is said of each, and by the system calls of all processes."""
    files, work = tmp_path / "files", tmp_path / "work"
    files.mkdir()
    work.mkdir()
    known = seeds(tmp_path / "seeds")
    chosen = {*range(FIRST, FIRST + COUNT), *TAUGHT}
    for number in chosen:
        seed, data = mutated(number, known)
        (files / f"{number:08}-{seed.kind}{Path(seed.name).suffix}").write_bytes(data)
    trace = traced("tests.composer.look_into_all", files, work, calls=tmp_path / "calls", timeout_s=7000)
    _said_in_words(trace)
    assert trace.answer["answers"] == len(chosen)
    assert trace.answer["nurse_survived"]
    assert trace.answer["memory_mb"] < MEMORY_MB
    assert trace.outside(str(work), str(files)) == []
    assert not any(path.startswith(str(files)) for path in trace.written)
    assert {name for name in trace.started if not name.startswith(("python", "ffmpeg"))} <= PROGRAMS
    assert list(work.iterdir()) == [], "something was left behind"


def _said_in_words(trace: Trace) -> None:
    """Every file has an answer; a refusal is one sentence, anything else that can't be used is a defect of ours."""
    told = [json.loads(line) for line in trace.said]
    odd = [one for one in told for said in (one["seen"], one["made"]) if said and not _is_refusal(said)]
    assert not odd, odd[:5]
    used = Counter("used" if one["made"] == "" else "refused" for one in told)
    print(
        f"{used['used']} used, {used['refused']} refused, the slowest took {max(o['seconds'] for o in told):.1f} s"
    )
    if COUNT >= 100:
        assert min(used["used"], used["refused"]) > COUNT // 20, (
            "the mutations are too coarse, or none at all"
        )


def _is_refusal(said: str) -> bool:
    words = said.removeprefix("refused: ")
    return words != said and "\n" not in words and len(words) < 300 and "Traceback" not in words
