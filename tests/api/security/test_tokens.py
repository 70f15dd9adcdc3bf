"""Access tokens: only this service's own, unchanged and in time, are read."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from api.refusals import NotSignedIn
from api.security.keys import KeyRing, fresh_ring
from api.security.tokens import Claims, Tokens

NOW = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
RING = KeyRing({"first": bytes(range(32))}, "first")
TOKENS = Tokens(RING, "https://padan.example", timedelta(minutes=15))
SAID = Claims("acc-1", 3, "s-1")


def body(**changes: Any) -> dict[str, Any]:
    """Return the content of a valid token, changed."""
    at = int(NOW.timestamp())
    said = {"iss": TOKENS.issuer, "aud": "padan", "sub": "acc-1", "iat": at, "exp": at + 900, "epoch": 3}
    said |= {"sid": "s-1", **changes}
    return {name: value for name, value in said.items() if value is not None}


def signed(claims: dict[str, Any], *, key: bytes | None = None, **header: Any) -> str:
    """Return a token with a right signature over whatever it says."""
    whole = {"alg": "HS256", "kid": "first", "typ": "at+jwt", **header}
    return jwt.encode(whole, claims, OctKey.import_key(key or RING.signing()["first"]), [whole["alg"]])


def part(content: dict[str, Any]) -> str:
    """Return one part of a token."""
    return base64.urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


def test_what_was_signed_is_read() -> None:
    token = TOKENS.sign(Claims("acc-1", 3, "s-1", "c-9"), now=NOW)
    assert TOKENS.read(token, now=NOW) == Claims("acc-1", 3, "s-1", "c-9")
    assert TOKENS.read(signed(body()), now=NOW) == SAID


def test_a_token_lives_as_long_as_it_says() -> None:
    token = TOKENS.sign(SAID, now=NOW)
    assert TOKENS.read(token, now=NOW + timedelta(minutes=14, seconds=59)) == SAID
    with pytest.raises(NotSignedIn):
        TOKENS.read(token, now=NOW + timedelta(minutes=15, seconds=1))


def test_two_tokens_of_one_sign_in_differ() -> None:
    assert TOKENS.sign(SAID, now=NOW) != TOKENS.sign(SAID, now=NOW)


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.example"},
        {"iss": None},
        {"aud": "padan-browser"},
        {"aud": ["other"]},
        {"aud": None},
        {"exp": None},
        {"exp": "soon"},
        {"exp": int(NOW.timestamp()) - 1},
        {"iat": int(NOW.timestamp()) + 60},
        {"nbf": int(NOW.timestamp()) + 60},
        {"sub": None},
        {"epoch": None},
        {"epoch": "x"},
        {"sid": None},
    ],
    ids=str,
)
def test_a_well_signed_token_that_says_something_else_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(NotSignedIn):
        TOKENS.read(signed(body(**changes)), now=NOW)


def test_a_token_of_another_key_of_the_same_name_is_refused() -> None:
    with pytest.raises(NotSignedIn):
        TOKENS.read(signed(body(), key=fresh_ring().signing()["first"]), now=NOW)


@pytest.mark.parametrize("header", [{"kid": "second"}, {"kid": None}, {"typ": "JWT"}, {"typ": None}], ids=str)
def test_a_token_with_another_header_is_refused(header: dict[str, Any]) -> None:
    whole = {"alg": "HS256", "kid": "first", "typ": "at+jwt", **header}
    kept = {name: value for name, value in whole.items() if value is not None}
    token = jwt.encode(kept, body(), OctKey.import_key(RING.signing()["first"]), ["HS256"])
    with pytest.raises(NotSignedIn):
        TOKENS.read(token, now=NOW)


@pytest.mark.parametrize("alg", ["none", "None", "NONE", ""])
def test_a_token_without_signature_is_refused(alg: str) -> None:
    header = part({"alg": alg, "kid": "first", "typ": "at+jwt"})
    for signature in ("", "AAAA"):
        with pytest.raises(NotSignedIn):
            TOKENS.read(f"{header}.{part(body())}.{signature}", now=NOW)


def test_a_token_of_another_algorithm_is_refused() -> None:
    header = {"alg": "RS256", "kid": "first", "typ": "at+jwt"}
    with pytest.raises(NotSignedIn):
        TOKENS.read(jwt.encode(header, body(), RSAKey.generate_key(2048), ["RS256"]), now=NOW)
    longer = signed(body(), alg="HS512", key=RING.signing()["first"] * 2)
    with pytest.raises(NotSignedIn):
        TOKENS.read(longer, now=NOW)


@given(st.data())
def test_a_token_with_any_letter_changed_is_refused(data: st.DataObject) -> None:
    token = signed(body(jti="one"))
    # The last letter of a part carries bits that stand for nothing, so it is left out.
    places = [place for place, letter in enumerate(token[:-1]) if letter != "." and token[place + 1] != "."]
    place = data.draw(st.sampled_from(places))
    letter = data.draw(st.sampled_from([one for one in "AZaz09-_" if one != token[place]]))
    with pytest.raises(NotSignedIn):
        TOKENS.read(token[:place] + letter + token[place + 1 :], now=NOW)


@given(st.text(max_size=3000))
def test_any_text_is_refused_as_a_token(text: str) -> None:
    with pytest.raises(NotSignedIn):
        TOKENS.read(text, now=NOW)


def test_rotation_keeps_old_tokens_until_the_old_secret_leaves() -> None:
    old = TOKENS.sign(SAID, now=NOW)
    both = KeyRing({**RING.secrets, **fresh_ring("second").secrets}, "second")
    rotated = Tokens(both, TOKENS.issuer, TOKENS.lifetime)
    assert rotated.read(old, now=NOW) == rotated.read(rotated.sign(SAID, now=NOW), now=NOW) == SAID
    left = Tokens(KeyRing({"second": both.secrets["second"]}, "second"), TOKENS.issuer, TOKENS.lifetime)
    with pytest.raises(NotSignedIn):
        left.read(old, now=NOW)
