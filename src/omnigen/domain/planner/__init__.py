"""From brief to storyboard. `plan` is free and works by rule: no model, no network, no dice.

`instructions` and `read_plan` are the two ends of the paid planner, a language model.
"""

from omnigen.domain.planner.llm import instructions, plan_schema, read_plan
from omnigen.domain.planner.plan import plan

__all__ = ["instructions", "plan", "plan_schema", "read_plan"]
