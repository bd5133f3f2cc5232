"""Only fresh deliveries that Replicate signed are believed; all else is Unauthenticated, and nothing else."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from omnigen.adapters.replicate.webhooks import verify
from omnigen.domain.errors import Unauthenticated

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + base64.b64encode(b"another secret, another key").decode()
ID = "msg_p5jXN8AQM9LWM0D4loKWxJek"
AT = datetime.fromtimestamp(1614265330, UTC)
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
HEADERS = {"webhook-id": ID, "webhook-timestamp": "1614265330", "webhook-signature": SIGNATURE}


def test_the_published_vector() -> None:
    """The example of the specification is accepted, whatever the case of its headers' names."""
    assert verify(HEADERS, BODY, SECRET, now=AT) == ID
    assert verify({name.title(): value for name, value in HEADERS.items()}, BODY, SECRET, now=AT) == ID


def test_one_good_signature_is_enough() -> None:
    """While Replicate rotates its secret there are several; other versions are skipped."""
    signatures = f"v1a,ZWQyNTUxOQ== v1,{base64.b64encode(bytes(32)).decode()} {SIGNATURE}"
    assert verify(HEADERS | {"webhook-signature": signatures}, BODY, SECRET, now=AT) == ID


def test_while_we_rotate_ours() -> None:
    """Either of two secrets will do."""
    assert verify(HEADERS, BODY, f"{OTHER} {SECRET}", now=AT) == ID


@pytest.mark.parametrize("seconds", [-300, 0, 300])
def test_fresh(seconds: int) -> None:
    """Five minutes to either side are allowed."""
    assert verify(HEADERS, BODY, SECRET, now=AT + timedelta(seconds=seconds)) == ID


@pytest.mark.parametrize("seconds", [-301, 301, 10**9])
def test_stale_or_early(seconds: int) -> None:
    """Nothing older or earlier is."""
    with pytest.raises(Unauthenticated, match="old or early"):
        verify(HEADERS, BODY, SECRET, now=AT + timedelta(seconds=seconds))


@pytest.mark.parametrize("secret", [OTHER, "", "whsec_", "whsec_***", "g" * 5])
def test_another_secret(secret: str) -> None:
    """Neither a foreign secret nor a missing or malformed one of ours lets anything in."""
    with pytest.raises(Unauthenticated):
        verify(HEADERS, BODY, secret, now=AT)


def test_an_empty_secret_is_nobodys() -> None:
    """What is signed with the empty key is refused where no secret is set."""
    signed = hmac.new(b"", f"{ID}.1614265330.".encode() + BODY, hashlib.sha256).digest()
    headers = HEADERS | {"webhook-signature": f"v1,{base64.b64encode(signed).decode()}"}
    for secret in ("", "whsec_"):
        with pytest.raises(Unauthenticated):
            verify(headers, BODY, secret, now=AT)


@pytest.mark.parametrize(
    "body", [b"", b'{"test":2432232314}', BODY + b"\n", BODY[:-1], b"\xff\xfe", b'{"test": 2432232315}']
)
def test_another_body(body: bytes) -> None:
    """The signature is over the very bytes: serialised anew they are others."""
    with pytest.raises(Unauthenticated):
        verify(HEADERS, body, SECRET, now=AT)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("webhook-id", "msg_other"),
        ("webhook-timestamp", "1614265331"),
        ("webhook-timestamp", "1614265330.0"),
        ("webhook-timestamp", " 1614265330"),
        ("webhook-timestamp", "+1614265330"),
        ("webhook-timestamp", "nan"),
        ("webhook-timestamp", "9" * 400),
        ("webhook-timestamp", "-1"),
        ("webhook-timestamp", "١٦١٤٢٦٥٣٣٠"),
        ("webhook-signature", "v1"),
        ("webhook-signature", "v1,"),
        ("webhook-signature", "v1,not base64!"),
        ("webhook-signature", SIGNATURE.removeprefix("v1,")),
        ("webhook-signature", SIGNATURE.replace("v1", "v2")),
        ("webhook-signature", SIGNATURE[:-1]),
        ("webhook-signature", "v1,é"),
        ("webhook-signature", f"{SIGNATURE} " * 1000),
    ],
)
def test_another_header(name: str, value: str) -> None:
    """Each header is signed or checked; a malformed one is refused like a forged one."""
    with pytest.raises(Unauthenticated):
        verify(HEADERS | {name: value}, BODY, SECRET, now=AT)


@pytest.mark.parametrize("name", list(HEADERS))
def test_a_missing_header(name: str) -> None:
    """All three are needed."""
    with pytest.raises(Unauthenticated, match=name):
        verify({k: v for k, v in HEADERS.items() if k != name}, BODY, SECRET, now=AT)


@given(
    headers=st.dictionaries(st.sampled_from(list(HEADERS)) | st.text(max_size=5), st.text(max_size=40)),
    body=st.binary(max_size=40),
    secret=st.text(max_size=40),
)
def test_nothing_random_gets_in(headers: dict[str, str], body: bytes, secret: str) -> None:
    """Whatever arrives, the only error is Unauthenticated."""
    with pytest.raises(Unauthenticated):
        verify(headers, body, secret, now=AT)
