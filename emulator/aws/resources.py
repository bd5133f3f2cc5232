"""What there is on AWS: infra/resources.json, which Terraform reads too."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[2]


@cache
def resources() -> dict[str, Any]:
    """Tables, buckets, secrets, functions, state machines and schedules, by kind and by the ending of their name."""
    told: dict[str, Any] = json.loads((ROOT / "infra" / "resources.json").read_text(encoding="utf-8"))
    return told
