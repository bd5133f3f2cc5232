"""The catalogue: a model is found by its id and kind, and says what clip covers a scene."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Invalid
from tests.unit.models import CATALOGUE, VEO, a_model


@pytest.mark.parametrize("kind", TakeKind)
def test_every_kind_has_a_default(kind: TakeKind) -> None:
    """The default is of the kind that was asked for."""
    assert CATALOGUE.default(kind).kind is kind


def test_an_unknown_model_is_named_with_those_that_there_are() -> None:
    """The message helps, the field points."""
    with pytest.raises(Invalid, match=r"'acme/none'.*google/veo-3\.1-fast") as error:
        CATALOGUE.find("acme/none", TakeKind.VIDEO)
    assert error.value.field == "model"


def test_a_model_of_another_kind_is_not_found() -> None:
    """A voice makes no video."""
    with pytest.raises(Invalid):
        CATALOGUE.find("acme/voice", TakeKind.VIDEO)


@given(st.integers(1, 8 * 60), st.integers(12, 60))
def test_the_shortest_clip_that_covers_a_scene_is_paid(frames: int, rate: int) -> None:
    """It covers the frames, and no shorter one does; beyond the longest, it is the longest."""
    seconds = VEO.clip_seconds(frames, rate)
    covering = [s for s in VEO.seconds if s * rate >= frames]
    assert seconds == (min(covering) if covering else VEO.longest)


def test_the_longest_is_the_last() -> None:
    """Lengths ascend."""
    assert a_model(seconds=(5, 10)).longest == 10
