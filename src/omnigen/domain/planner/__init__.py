"""The free planner: a brief becomes a storyboard by rule. No model, no network, no dice: the same in, the same out."""

from omnigen.domain.planner.plan import plan

__all__ = ["plan"]
