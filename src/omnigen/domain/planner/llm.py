"""Placeholder until the reader of language models' plans lands: refuses every plan, so the free planner steps in."""

from omnigen.domain.catalogue import Model
from omnigen.domain.errors import Rejected
from omnigen.domain.storyboard import Brief, Storyboard


def instructions(brief: Brief, video: Model, *, rate: int) -> tuple[str, str]:
    """System text and prompt."""
    return "", brief.prompt


def read_plan(answer: str, brief: Brief, video: Model, *, rate: int) -> Storyboard:
    """Refuse."""
    raise Rejected("not there yet")
