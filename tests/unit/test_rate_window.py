"""What may have been counted for one more to be allowed is exactly what the judge would allow."""

from hypothesis import given
from hypothesis import strategies as st

from omnigen.adapters.rate_window import judge, room_for
from tests.builders import later


@given(
    previous=st.integers(0, 50),
    limit=st.integers(0, 40),
    window=st.sampled_from([1, 7, 60, 3600]),
    seconds=st.floats(0, 7200, allow_nan=False),
)
def test_the_room_is_where_the_judge_s_mind_changes(
    previous: int, limit: int, window: int, seconds: float
) -> None:
    at = later(seconds)
    room = room_for(previous, limit=limit, window=window, at=at)
    for counted in range(limit + 2):
        state = judge(previous, counted, limit=limit, window=window, at=at)
        assert state.allowed is (counted <= room)
