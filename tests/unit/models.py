"""Models of all kinds, for tests of the domain."""

from datetime import date
from typing import Any, Final

from omnigen.domain.catalogue import Catalogue, Model, Price, TakeKind, Unit


def a_model(model_id: str = "acme/film", kind: TakeKind = TakeKind.VIDEO, **changes: Any) -> Model:
    """A video model of 4, 6 or 8 seconds at 15 cents each."""
    given: dict[str, Any] = {
        "id": model_id,
        "title": model_id,
        "family": "veo",
        "kind": kind,
        "price": Price(micros=150_000, unit=Unit.SECOND),
        "seconds": (4, 6, 8) if kind is TakeKind.VIDEO else (),
    }
    return Model(**given | changes)


def _by_run(model_id: str, kind: TakeKind) -> Model:
    return a_model(model_id, kind, price=Price(micros=30_000, unit=Unit.RUN))


VEO: Final = a_model("google/veo-3.1-fast")
CATALOGUE: Final = Catalogue(
    dated=date(2026, 11, 1),
    models=(
        VEO,
        _by_run("acme/still", TakeKind.STILL),
        a_model("acme/voice", TakeKind.SPEECH, price=Price(micros=60_000, unit=Unit.THOUSAND_CHARACTERS)),
        _by_run("acme/music", TakeKind.MUSIC),
        _by_run("acme/words", TakeKind.PLAN),
    ),
    default_video=VEO.id,
    default_still="acme/still",
    default_speech="acme/voice",
    default_music="acme/music",
    default_planner="acme/words",
)
