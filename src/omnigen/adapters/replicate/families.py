"""Which dialect each family of models speaks. A new family is one module and one line here."""

from collections.abc import Mapping
from typing import Final

from omnigen.adapters.replicate.dialect import Dialect
from omnigen.adapters.replicate.diffusion import diffusion
from omnigen.adapters.replicate.flux import flux
from omnigen.adapters.replicate.kling import kling
from omnigen.adapters.replicate.llm import llm
from omnigen.adapters.replicate.music import music
from omnigen.adapters.replicate.runway import runway
from omnigen.adapters.replicate.seedance import seedance
from omnigen.adapters.replicate.speech import speech
from omnigen.adapters.replicate.veo import veo
from omnigen.adapters.replicate.wan import wan

FAMILIES: Final[Mapping[str, Dialect]] = {
    "veo": veo,
    "seedance": seedance,
    "kling": kling,
    "wan": wan,
    "runway": runway,
    "flux": flux,
    "diffusion": diffusion,
    "speech": speech,
    "music": music,
    "llm": llm,
}
