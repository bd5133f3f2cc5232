"""A small catalogue: a model that films from words alone, one that animates a still, and one of every other kind."""

from datetime import date
from typing import Final

from omnigen.domain.catalogue import Catalogue, Model, Price, TakeKind, Unit
from omnigen.domain.storyboard import AspectRatio, Resolution

FILM: Final = "google/veo-3.1-fast"
ANIMATED: Final = "wan-video/wan-2.7-i2v"


def _model(
    model_id: str, kind: TakeKind, micros: int, unit: Unit = Unit.RUN, *, still: bool = False
) -> Model:
    return Model(
        id=model_id,
        title=model_id,
        family="any",
        kind=kind,
        price=Price(micros=micros, unit=unit),
        seconds=(4, 6, 8) if kind is TakeKind.VIDEO else (),
        aspect_ratios=tuple(AspectRatio),
        resolutions=tuple(Resolution),
        first_frame_required=still,
        takes_reference=kind is TakeKind.VIDEO,
    )


CATALOGUE: Final = Catalogue(
    dated=date(2026, 11, 1),
    models=(
        _model(FILM, TakeKind.VIDEO, 100_000, Unit.SECOND),
        _model(ANIMATED, TakeKind.VIDEO, 100_000, Unit.SECOND, still=True),
        _model("some/still", TakeKind.STILL, 30_000),
        _model("some/voice", TakeKind.SPEECH, 100_000, Unit.THOUSAND_CHARACTERS),
        _model("some/music", TakeKind.MUSIC, 40_000),
        _model("some/words", TakeKind.PLAN, 20_000),
    ),
    default_video=FILM,
    default_still="some/still",
    default_speech="some/voice",
    default_music="some/music",
    default_planner="some/words",
)
