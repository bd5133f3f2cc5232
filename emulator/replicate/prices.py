"""What OmniGen's own price table says that a prediction costs: the ledger's money."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from emulator.replicate.catalogue import MODELS
from emulator.replicate.orders import order_of
from emulator.replicate.records import prompt_of
from omnigen.adapters.replicate.catalogue import load_catalogue
from omnigen.domain.catalogue import Micros
from omnigen.domain.errors import OmniGenError
from omnigen.domain.pricing import price_of


class Prices:
    """A price table by model. Raises ValueError where its file can't be read."""

    def __init__(self, file: Path | None) -> None:
        try:
            self._priced = {model.id: model for model in load_catalogue(file).models}
        except OmniGenError as wrong:
            raise ValueError(str(wrong)) from wrong

    def of(self, model: str, given: Mapping[str, Any]) -> Micros | None:
        """Micro-dollars of one prediction with this input; None for a model that the table doesn't list."""
        priced = self._priced.get(model)
        if priced is None:
            return None
        seconds = round(order_of(MODELS[model], given, {}, 0).seconds) if priced.seconds else 0
        return price_of(priced, seconds=seconds, characters=len(prompt_of(dict(given))))
