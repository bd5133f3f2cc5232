"""The catalogue of models, with limits and prices."""

from datetime import date

from litestar import get

from omnigen.domain.catalogue import Catalogue, Model, TakeKind, Unit
from omnigen.domain.storyboard import AspectRatio, Resolution
from omnigen.entrypoints.http.facade import AppDep
from omnigen.entrypoints.http.responses import guarded
from omnigen.entrypoints.http.wire import Money, View


class PriceView(View, frozen=True):
    """What one unit costs."""

    amount: Money
    unit: Unit


class ModelView(View, frozen=True):
    """A model and what it can make."""

    id: str
    title: str
    kind: TakeKind
    default: bool
    """Taken for its kind where none is named."""
    price: PriceView
    clip_seconds: list[int]
    """Lengths of clip that it can make; empty where length is not chosen."""
    aspect_ratios: list[AspectRatio]
    resolutions: list[Resolution]
    takes_reference: bool
    sound: bool
    max_prompt: int
    typical_seconds: int
    """Usual time to make one."""

    @classmethod
    def of(cls, model: Model, catalogue: Catalogue) -> "ModelView":
        """A model as clients choose by."""
        return cls(
            id=model.id,
            title=model.title,
            kind=model.kind,
            default=catalogue.default(model.kind) is model,
            price=PriceView(amount=Money.of(model.price.micros), unit=model.price.unit),
            clip_seconds=list(model.seconds),
            aspect_ratios=list(model.aspect_ratios),
            resolutions=list(model.resolutions),
            takes_reference=model.takes_reference,
            sound=model.sound,
            max_prompt=model.max_prompt,
            typical_seconds=model.run_seconds,
        )


class CatalogueView(View, frozen=True):
    """All models."""

    dated: date
    """Day on which the prices were read."""
    models: list[ModelView]


@get("/models", responses=guarded(), tags=["models"])
async def list_models(app: AppDep) -> CatalogueView:
    """Models to choose from, with their limits and prices."""
    known = app.catalogue
    return CatalogueView(dated=known.dated, models=[ModelView.of(model, known) for model in known.models])


HANDLERS = [list_models]
