"""Idempotency keys and fingerprints of requests and of takes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnigen.domain.catalogue import TakeKind
from omnigen.domain.errors import Invalid
from omnigen.domain.idempotency import check_key, request_fingerprint
from omnigen.domain.take import fingerprint
from tests.builders import a_brief, a_job, a_record

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
TAKE: dict[str, Any] = {
    "kind": TakeKind.VIDEO, "model": "a/model", "version": None, "prompt": "p", "seed": 1,
    "settings": {"seconds": 6, "sound": True}, "inputs": ("hash",),
}  # fmt: skip


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=255))
def test_visible_ascii_is_a_key(key: str) -> None:
    """Up to 255 of them."""
    assert check_key(key) == key


@pytest.mark.parametrize("key", ["", "x" * 256, "with space", "línea", "a\n", "\x00", "key\t"])
def test_anything_else_is_no_key(key: str) -> None:
    """Empty, too long, spaces, control characters and other scripts."""
    with pytest.raises(Invalid) as error:
        check_key(key)
    assert error.value.field == "Idempotency-Key"
    with pytest.raises(Invalid):
        a_record(a_job(), key)


@given(st.dictionaries(st.text(max_size=8), JSON, max_size=5))
def test_the_order_of_fields_means_nothing(body: dict[str, Any]) -> None:
    """Equal requests are equal however they were spelt."""
    assert request_fingerprint(body) == request_fingerprint(dict(reversed(body.items())))


@given(JSON, JSON)
def test_different_requests_differ(one: Any, two: Any) -> None:
    """Where the JSON differs, so does the fingerprint."""
    assert one == two or request_fingerprint(one) != request_fingerprint(two)


def test_parts_are_not_run_together() -> None:
    """("ab", "c") isn't ("a", "bc")."""
    assert request_fingerprint("ab", "c") != request_fingerprint("a", "bc")


def test_nouns_can_be_fingerprinted() -> None:
    """A brief is what it says: another title is another brief."""
    assert request_fingerprint(a_brief()) == request_fingerprint(a_brief())
    assert request_fingerprint(a_brief()) != request_fingerprint(a_brief(title="Another"))


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("kind", TakeKind.STILL), ("model", "b/model"), ("version", "v2"), ("prompt", "q"), ("seed", 2),
        ("seed", None), ("settings", {"seconds": 8, "sound": True}), ("inputs", ("other",)), ("inputs", ()),
    ],
)  # fmt: skip
def test_all_that_decides_a_take_is_in_its_fingerprint(field: str, other: Any) -> None:
    """Whatever would make another clip makes another fingerprint."""
    assert fingerprint(**TAKE) != fingerprint(**TAKE | {field: other})


def test_the_order_of_settings_means_nothing() -> None:
    """Nor whether they came as this or that mapping."""
    turned = dict(reversed(TAKE["settings"].items()))
    assert fingerprint(**TAKE) == fingerprint(**TAKE | {"settings": turned})
