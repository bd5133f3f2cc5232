"""The stand-in for a language model, asked the way that the paid planner asks."""

import json

import pytest

from emulator.replicate.planner import answer
from omnigen.adapters.replicate.catalogue import load_catalogue
from omnigen.domain.catalogue import TakeKind
from omnigen.domain.planner.llm import instructions, read_plan
from omnigen.domain.storyboard import Brief


@pytest.mark.parametrize("seconds", [5, 12, 15, 60, 120])
@pytest.mark.parametrize("narration", [True, False])
def test_its_plan_can_be_used(seconds: int, narration: bool) -> None:
    """Its answer follows the schema of the question, and becomes a storyboard of the brief's length."""
    video = load_catalogue().default(TakeKind.VIDEO)
    brief = Brief(
        prompt="A fox in a snowy forest at dawn, it finds a bell, then it runs home",
        frames=seconds * 24,
        model=video.id,
        narration=narration,
    )
    system, prompt = instructions(brief, video, rate=24)
    told = "".join(answer({"system_prompt": system, "prompt": prompt}))
    storyboard = read_plan(told, brief, video, rate=24)
    assert storyboard.frames == brief.frames
    assert "fox" in storyboard.scenes[0].prompt.lower()
    assert set(json.loads(told)) == {"title", "scenes", "music"}
