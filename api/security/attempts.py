"""Takes who tries to get in and from where; gives whether they are heard, with the attempt counted beforehand.

The rules are in `api.security.limits`. An attempt is counted before its secret is looked at, so that many at once
gain nothing; one that turns out well is taken back.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv6Address, ip_address
from secrets import token_urlsafe

from sqlalchemy.orm import Session

from api.refusals import TooMany
from api.security.keys import KeyRing
from api.security.limits import BRAKE_WINDOW, CODE_WINDOW, Failures, Verdict, seconds_until_heard, verdict
from api.storage.attempts import take_turns, withdraw_attempt
from api.storage.sign_ins import attempts_of, note_attempts

KNOWN_FOR = timedelta(days=30)
"""How long an address counts as known after a sign-in from it; no row is needed for longer."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a request comes from: its network address, and the device ticket of an earlier sign-in, if any."""

    address: str
    device: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """A counted attempt: in which buckets, when, how long its answer waits, and what becomes known if it is right."""

    buckets: tuple[str, ...]
    at: datetime
    wait_seconds: float
    known_address: str


def charge(session: Session, keys: KeyRing, login: str, place: Place, *, now: datetime) -> Attempt:
    """Return the attempt to sign in to `login` (canonical), counted.

    Raises
    ------
    TooMany
        When this pair of login and place, or this address, has failed too often lately.
    """
    device_id = device_of(keys, place.device, login)
    own = _bucket(keys, "device" if device_id else "pair", login, device_id or place.address)
    of_login, of_address = _bucket(keys, "login", login), _bucket(keys, "address", place.address)
    known_address = _bucket(keys, "known", login, place.address)
    take_turns(session, [own])
    earlier = attempts_of(session, [own, of_login, of_address], since=now - BRAKE_WINDOW)
    is_known_address = bool(attempts_of(session, [known_address], since=now - KNOWN_FOR)[known_address])
    failures = Failures(earlier[own], earlier[of_login], earlier[of_address], device_id is not None, is_known_address)
    told = _heard(verdict(failures, now=now))
    buckets = [own]
    if device_id is None:
        buckets += [of_address] if is_known_address else [of_address, of_login]
    note_attempts(session, buckets, at=now)
    return Attempt(tuple(buckets), now, told.wait_seconds, known_address)


def succeed(session: Session, attempt: Attempt) -> None:
    """Take the attempt back and remember its address as one the person signs in from. Raises nothing."""
    withdraw_attempt(session, attempt.buckets, at=attempt.at)
    note_attempts(session, [attempt.known_address], at=attempt.at)


def charge_code(session: Session, keys: KeyRing, counts: Sequence[tuple[str, str, int]], *, now: datetime) -> None:
    """Count one use of each of `counts`: kind, name, and how many are heard within `CODE_WINDOW`.

    Raises
    ------
    TooMany
        When one of them is used up; then none is counted.
    """
    buckets = [_bucket(keys, kind, name) for kind, name, _ in counts]
    take_turns(session, buckets)
    earlier = attempts_of(session, buckets, since=now - CODE_WINDOW)
    for bucket, (_, _, most) in zip(buckets, counts, strict=True):
        _heard(Verdict(refused_seconds=seconds_until_heard(earlier[bucket], most, CODE_WINDOW, now=now)))
    note_attempts(session, buckets, at=now)


def device_ticket(keys: KeyRing, login: str, device: str | None = None) -> str:
    """Return the proof that this device signed in to `login`; a valid `device` stays as it is. Raises nothing."""
    device_id = device_of(keys, device, login) or token_urlsafe(12)
    return f"{device_id}.{keys.hashed('device', f'{device_id} {login}')}"


def device_of(keys: KeyRing, ticket: str | None, login: str) -> str | None:
    """Return the id of the device that `ticket` proves for `login`; None without a valid proof. Raises nothing."""
    device_id, _, proof = (ticket or "").partition(".")
    return device_id if device_id and keys.is_hash("device", f"{device_id} {login}", proof) else None


def network_address(host: str) -> str:
    """Return the address that limits count: IPv6 by its first 64 bits, all of which one household has.

    Notes
    -----
    Raises nothing: what is no address counts under its own name.
    """
    try:
        address = ip_address(host)
    except ValueError:
        return host
    if isinstance(address, IPv6Address):
        return str(address.ipv4_mapped or IPv6Address(int(address) >> 64 << 64))
    return str(address)


def _heard(told: Verdict) -> Verdict:
    if told.refused_seconds:
        raise TooMany(
            "attempts: too many that failed; wait, or ask at a counter for another PIN",
            retry_after_seconds=told.refused_seconds,
        )
    return told


def _bucket(keys: KeyRing, kind: str, *names: str) -> str:
    return keys.hashed("bucket", "\n".join((kind, *names)))
