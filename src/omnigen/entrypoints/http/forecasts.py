"""What an edit would come to, as a dry run shows it."""

from typing import Annotated

from msgspec import Meta

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.timeline import seconds_of
from omnigen.entrypoints.http.requests import StoryboardBody
from omnigen.entrypoints.http.views import EstimateView
from omnigen.entrypoints.http.wire import View
from omnigen.usecases.forecast import Forecast, SceneForecast
from omnigen.usecases.prospects import Outlook, TakeProspect


class TakeForecastView(View, frozen=True):
    """A take that is needed."""

    kind: TakeKind
    outlook: Annotated[
        Outlook,
        Meta(
            description="`kept`, `new`, or `perhaps` where a narration that isn't spoken yet may lengthen it."
        ),
    ]
    take: Annotated[str, Meta(description="Id of the one that is there.")] | None

    @classmethod
    def of(cls, prospect: TakeProspect) -> "TakeForecastView":
        """A take with what becomes of it."""
        take = prospect.take.id if prospect.take is not None else None
        return cls(kind=prospect.kind, outlook=prospect.outlook, take=take)


class SceneForecastView(View, frozen=True, rename={"source": "from"}):
    """What becomes of a scene."""

    number: int
    source: Annotated[int, Meta(description="Number that it has now.")] | None
    duration: Annotated[float, Meta(description="Seconds, so far as its narration has been spoken.")]
    takes: list[TakeForecastView]
    why: Annotated[
        list[str],
        Meta(
            description="What has it generated anew: the names of what was changed; or `added`; `rejected`, "
            "where its clip was no good; `missing`, where there is none."
        ),
    ]
    segment: Annotated[Outlook, Meta(description="Whether its part of the programme is rendered anew.")]
    placeholder: bool

    @classmethod
    def of(cls, scene: SceneForecast, rate: int) -> "SceneForecastView":
        """A scene with what becomes of it."""
        return cls(
            number=scene.number,
            source=scene.source,
            duration=seconds_of(scene.prospect.frames, rate),
            takes=[TakeForecastView.of(take) for take in scene.prospect.takes],
            why=list(scene.why),
            segment=scene.segment,
            placeholder=scene.prospect.placeholder,
        )


class ForecastView(View, frozen=True):
    """What an edit would come to; the edit itself then does just that."""

    storyboard: StoryboardBody
    duration: Annotated[float, Meta(description="Seconds of the video, so far as it is known.")]
    scenes: list[SceneForecastView]
    music: TakeForecastView | None
    sound: Annotated[Outlook, Meta(description="Whether the sound is mixed anew.")]
    estimate: Annotated[EstimateView, Meta(description="Of what isn't there yet.")]

    @classmethod
    def of(cls, forecast: Forecast, rate: int) -> "ForecastView":
        """A forecast in seconds and dollars."""
        stretched = forecast.storyboard.stretched(s.prospect.frames for s in forecast.scenes)
        return cls(
            storyboard=StoryboardBody.of(forecast.storyboard, rate),
            duration=seconds_of(stretched.frames, rate),
            scenes=[SceneForecastView.of(scene, rate) for scene in forecast.scenes],
            music=TakeForecastView.of(forecast.music) if forecast.music else None,
            sound=forecast.sound,
            estimate=EstimateView.of(forecast.price),
        )
