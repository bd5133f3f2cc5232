"""What Schemathesis' own process is told besides its configuration."""

from typing import Any

import schemathesis


@schemathesis.hook
def before_call(context: Any, case: Any, kwargs: dict[str, Any]) -> None:
    """Redirects lead to the object store: the answer under test is the redirect itself."""
    kwargs["allow_redirects"] = False
    told = case.meta
    if told is not None and told.phase.name.value == "stateful" and told.generation.mode.is_positive:
        _make_feasible(case.body)


def _make_feasible(body: Any) -> None:
    """Wishes that models can fulfil, which no schema tells: a sequence of requests is to have jobs to go on with."""
    if not isinstance(body, dict):
        return
    body.pop("max_cost", None)
    for wish in (body, body.get("brief"), body.get("storyboard")):
        if isinstance(wish, dict):
            for name in ("model", "watermark", "voice"):
                wish.pop(name, None)
            for scene in wish.get("scenes", ()):
                for name in ("number", "reference_image", "transition", "take", "from"):
                    scene.pop(name, None)
                scene |= {"duration": 5, "prompt": "the sea under a low sky"}
    if isinstance(body.get("brief"), dict):
        body["brief"] |= {"duration": 15, "prompt": "a lighthouse at dusk, a storm rolls in", "title": None}
