"""Takes a configured OpenID Connect issuer; gives the address to sign in at, and from its answer a verified subject.

Authorisation code with PKCE (RFC 7636), nonce and state; endpoints and keys come from the issuer's discovery document.
Creates no account and knows none: whom a subject belongs to is asked elsewhere.
"""

from __future__ import annotations

import hmac
import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.common.security import generate_token
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from api.refusals import IssuerUnavailable, NotSignedIn
from api.security.keys import KeyRing
from matcher.domain.errors import InvalidInput

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
"""Signatures an ID token may have: never none, never a shared secret."""

PENDING_LIFETIME = timedelta(minutes=10)
_LEEWAY_SECONDS = 60
_TIMEOUT_SECONDS = 5
_SEALED_FOR = "openid"


@dataclass(frozen=True, slots=True)
class Client:
    """This service at the issuer; ``secret`` is None for a public client, ``redirect_uri`` our callback.

    Raises
    ------
    InvalidInput
        When the issuer's address is neither https nor on this machine.
    """

    issuer: str
    client_id: str
    secret: str | None
    redirect_uri: str

    def __post_init__(self) -> None:
        if not _is_safe(self.issuer):
            raise InvalidInput(f"PADAN_OPENID_ISSUER '{self.issuer}': not https; give the issuer's https address")


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in under way, kept sealed in a cookie of the browser; ``links_account_id`` when it is to link that one."""

    state: str
    nonce: str
    verifier: str
    expires_at: float
    links_account_id: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the issuer vouches for: its address and its lasting name for the person."""

    issuer: str
    subject: str


def begin(client: Client, *, now: datetime, links_account_id: str | None = None) -> tuple[str, Pending]:
    """Return the address to send the browser to, and what must come back with it.

    Raises
    ------
    IssuerUnavailable
        When the issuer can not be reached or describes itself wrongly.
    """
    verifier, nonce = generate_token(64), generate_token(32)
    session = _session(client)
    address, state = session.create_authorization_url(
        _discovered(client, session)["authorization_endpoint"], nonce=nonce, code_verifier=verifier
    )
    expires_at = (now + PENDING_LIFETIME).timestamp()
    return address, Pending(state, nonce, verifier, expires_at, links_account_id)


def finish(client: Client, pending: Pending, *, code: str, state: str, now: datetime) -> Subject:
    """Return whom the issuer vouches for in exchange for `code`.

    Raises
    ------
    IssuerUnavailable
        When the issuer can not be reached or answers what is no answer.
    NotSignedIn
        When `state` is another sign-in's, the code is refused, or the ID token is not valid for this sign-in.
    """
    if not hmac.compare_digest(state.encode(), pending.state.encode()) or now.timestamp() >= pending.expires_at:
        raise NotSignedIn("state: of another sign-in or too old; start again at GET /v1/auth/openid/start")
    session = _session(client)
    discovered = _discovered(client, session)
    try:
        answer = session.fetch_token(discovered["token_endpoint"], code=code, code_verifier=pending.verifier)
    except requests.RequestException:
        raise _unavailable(client) from None
    except AuthlibBaseError:
        raise NotSignedIn("code: refused by the issuer; start again at GET /v1/auth/openid/start") from None
    keys = _fetched(client, session, discovered["jwks_uri"])
    return _verified(client, str(answer.get("id_token", "")), keys, nonce=pending.nonce, now=now)


def seal(pending: Pending, keys: KeyRing) -> str:
    """Return `pending` for the cookie: the browser can neither read nor change it. Raises nothing."""
    return keys.encrypt(json.dumps(asdict(pending)), about=_SEALED_FOR)


def unseal(sealed: str, keys: KeyRing) -> Pending:
    """Return what `seal` sealed.

    Raises
    ------
    NotSignedIn
        When it was changed or made by another key.
    """
    try:
        return Pending(**json.loads(keys.decrypt(sealed, about=_SEALED_FOR)))
    except InvalidInput:
        raise NotSignedIn("sign-in: none under way; start again at GET /v1/auth/openid/start") from None


def _session(client: Client) -> OAuth2Session:
    return OAuth2Session(
        client.client_id,
        client.secret,
        scope="openid",
        redirect_uri=client.redirect_uri,
        code_challenge_method="S256",
        token_endpoint_auth_method="client_secret_basic" if client.secret else "none",
        default_timeout=_TIMEOUT_SECONDS,
    )


def _discovered(client: Client, session: OAuth2Session) -> dict[str, str]:
    """Return the issuer's own description; one that names another issuer is a mix-up (RFC 8414, 3.3)."""
    found = _fetched(client, session, f"{client.issuer.rstrip('/')}/.well-known/openid-configuration")
    endpoints = [found.get(name) for name in ("authorization_endpoint", "token_endpoint", "jwks_uri")]
    if found.get("issuer") != client.issuer or not all(isinstance(one, str) and _is_safe(one) for one in endpoints):
        raise _unavailable(client)
    return found


def _fetched(client: Client, session: OAuth2Session, address: str) -> dict[str, Any]:
    try:
        answer = session.request("GET", address, withhold_token=True, allow_redirects=False, timeout=_TIMEOUT_SECONDS)
        answer.raise_for_status()
        found = answer.json()
    except (requests.RequestException, ValueError):
        raise _unavailable(client) from None
    if not isinstance(found, dict):
        raise _unavailable(client)
    return found


def _verified(client: Client, id_token: str, keys: dict[str, Any], *, nonce: str, now: datetime) -> Subject:
    registry = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=_LEEWAY_SECONDS,
        iss={"essential": True, "value": client.issuer},
        aud={"essential": True, "value": client.client_id},
        exp={"essential": True},
        iat={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        claims = jwt.decode(id_token, KeySet.import_key_set(keys), ALGORITHMS).claims  # type: ignore[arg-type]
        registry.validate(claims)
        is_for_several = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if is_for_several else client.client_id) != client.client_id:
            raise ValueError("authorised for another client")
    except (JoseError, ValueError, KeyError, TypeError):
        raise NotSignedIn("ID token: not valid for this sign-in; start again at GET /v1/auth/openid/start") from None
    return Subject(client.issuer, str(claims["sub"]))


def _is_safe(address: str) -> bool:
    parts = urlsplit(address)
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(parts.hostname or ""))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _unavailable(client: Client) -> IssuerUnavailable:
    return IssuerUnavailable(f"OpenID issuer {client.issuer}: no usable answer; sign in with login and password")
