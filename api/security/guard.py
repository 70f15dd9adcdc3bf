"""Takes the settings; gives what guards the service, opened once: keys, passwords, tokens, cookies, rates.

Decides about no request.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from datetime import timedelta

from api.security.keys import KeyRing, open_ring
from api.security.limits import RateLimit
from api.security.openid import Client
from api.security.passwords import Passwords
from api.security.sessions import Cookies
from api.security.tokens import Tokens
from api.settings import Settings

_BURST_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Security:
    """Everything secret of one process, and how long what it gives out lives; ``openid`` is None without an issuer."""

    keys: KeyRing
    passwords: Passwords
    tokens: Tokens
    cookies: Cookies
    refresh_lifetime: timedelta
    session_lifetime: timedelta
    lock_after: timedelta
    openid: Client | None
    shows_outbox: bool


@dataclass(frozen=True, slots=True)
class Rates:
    """How many requests a minute are heard of one account, and of one address without a sign-in."""

    account: RateLimit
    address: RateLimit


def open_security(settings: Settings) -> Security:
    """Return what guards the service, with the keys of the folder that `settings` name; a missing folder is made.

    Raises
    ------
    InvalidInput
        When a key or the issuer's address is unusable.
    MissingFile
        When the key folder lacks its keys.
    """
    keys = open_ring(settings.keys)
    return Security(
        keys=keys,
        passwords=Passwords(keys),
        tokens=Tokens(keys, settings.public_url, timedelta(minutes=settings.token_minutes)),
        cookies=Cookies(is_https=settings.public_url.startswith("https:")),
        refresh_lifetime=timedelta(days=settings.refresh_days),
        session_lifetime=timedelta(hours=settings.session_hours),
        lock_after=timedelta(minutes=settings.lock_minutes),
        openid=_client(settings),
        shows_outbox=settings.show_outbox,
    )


def open_rates(settings: Settings) -> Rates:
    """Return the request rates that `settings` allow. Raises nothing."""
    return Rates(_rate(settings.requests_per_minute_account), _rate(settings.requests_per_minute_address))


def _rate(per_minute: int) -> RateLimit:
    return RateLimit(per_minute, max(per_minute * _BURST_SECONDS // 60, 20), seconds_now=time.monotonic)


def _client(settings: Settings) -> Client | None:
    if settings.openid_issuer is None:
        return None
    secret = settings.openid_client_secret
    return Client(
        issuer=settings.openid_issuer,
        client_id=settings.openid_client_id,
        secret=secret.get_secret_value() if secret else None,
        redirect_uri=f"{settings.public_url}/v1/auth/openid/callback",
    )
