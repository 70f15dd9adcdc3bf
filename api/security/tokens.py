"""Takes who signed in; gives a short-lived signed token, and from a token who that was. Asks no database.

A token is a JWT (RFC 7519) signed with HS256 by the active key; ``kid`` names the key. Whether the account still
exists and its epoch still holds is the caller's question.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey

from api.refusals import NotSignedIn
from api.security.keys import KeyRing

ALGORITHM = "HS256"
AUDIENCE = "padan"
_MAX_LETTERS = 2048


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says: the account, its epoch when it was signed, the sign-in it belongs to.

    ``receipt_no`` names the counter session in which an officer acts for an alumnus; elsewhere None.
    """

    account_id: str
    token_epoch: int
    session_id: str
    receipt_no: str | None = None


@dataclass(frozen=True, slots=True)
class Tokens:
    """Signs and reads tokens; ``lifetime`` counts from the instant of signing, ``issuer`` is the service's address."""

    keys: KeyRing
    issuer: str
    lifetime: timedelta

    def sign(self, claims: Claims, *, now: datetime, lifetime: timedelta | None = None) -> str:
        """Return the token for `claims`, valid from `now` for `lifetime` (default: the usual). Raises nothing."""
        issued_at = int(now.timestamp())
        body: dict[str, Any] = {
            "iss": self.issuer,
            "aud": AUDIENCE,
            "sub": claims.account_id,
            "iat": issued_at,
            "exp": issued_at + int((lifetime or self.lifetime).total_seconds()),
            "jti": uuid4().hex,
            "epoch": claims.token_epoch,
            "sid": claims.session_id,
        }
        if claims.receipt_no is not None:
            body["receipt"] = claims.receipt_no
        header = {"alg": ALGORITHM, "kid": self.keys.active, "typ": "at+jwt"}
        return jwt.encode(header, body, OctKey.import_key(self.keys.signing()[self.keys.active]), [ALGORITHM])

    def read(self, token: str, *, now: datetime) -> Claims:
        """Return what `token` says.

        Raises
        ------
        NotSignedIn
            When it is no token of this service: another algorithm, key, issuer or audience, changed, expired, or
            from the future.
        """
        try:
            if len(token) > _MAX_LETTERS:
                raise ValueError
            read = jwt.decode(token, self._key_set(), [ALGORITHM])
            _registry(self.issuer, now).validate(read.claims)
            return _claims(read.header, read.claims)
        except (JoseError, ValueError, KeyError, TypeError):
            raise NotSignedIn("access token: not valid or no longer; sign in again at POST /v1/auth/token") from None

    def _key_set(self) -> KeySet:
        return KeySet([OctKey.import_key(key, {"kid": name}) for name, key in self.keys.signing().items()])


def _registry(issuer: str, now: datetime) -> jwt.JWTClaimsRegistry:
    return jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        iss={"essential": True, "value": issuer},
        aud={"essential": True, "value": AUDIENCE},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
    )


def _claims(header: dict[str, Any], body: dict[str, Any]) -> Claims:
    # Without a kid joserfc would try a key of its choice: the name must be said.
    if "kid" not in header or header.get("typ") != "at+jwt":
        raise ValueError("no token of this service")
    return Claims(str(body["sub"]), int(body["epoch"]), str(body["sid"]), body.get("receipt"))
