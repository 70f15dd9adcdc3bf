"""Takes logins and secrets; gives who that is, signed in, and accounts opened, reset and closed.

Hashing happens before the first write: on SQLite a session that has written holds the only write lock.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import uuid4

from lokal import parse_phone
from sqlalchemy.orm import Session

from api.refusals import NotSignedIn, SignInFailed
from api.security.guard import Security
from api.security.tokens import Claims
from api.storage import accounts, sign_ins
from api.storage.accounts import Account
from api.storage.contacts import contact_of
from api.storage.counter import CounterSession, counter_session_by_id, counter_session_of
from api.storage.sign_ins import RefreshSession
from matcher.domain.errors import InvalidInput

COUNTER_SESSION_LIFETIME = timedelta(hours=8)
"""A counter session that nobody ended is over after a working day."""

_USE_NOTED_EVERY = timedelta(seconds=15)
"""So that not every request of an officer writes."""

_DOES_NOT_FIT = "login and secret: do not fit, or the account is closed; try again, or have it reset at a counter"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What somebody signs in with: a canonical login, a PIN or password, and where two share both, a birth date."""

    login: str
    secret: str = field(repr=False)
    birth_on: date | None = None


@dataclass(frozen=True, slots=True)
class Proven:
    """An account whose secret was right; ``login`` and ``fresh_hash`` replace what is stored in an outdated way."""

    account: Account
    login: str = field(repr=False)
    fresh_hash: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """Who a valid request comes from.

    ``role`` is "alumnus" while an officer acts for one in a counter session; ``alumnus_id`` is then that person's and
    ``account_id`` the officer's. ``is_browser`` says that a cookie brought it.
    """

    account_id: str
    role: str
    session_id: str
    login: str = field(repr=False)
    alumnus_id: str | None = None
    employer_id: str | None = None
    province_code: str | None = None
    receipt_no: str | None = None
    is_browser: bool = False

    @property
    def is_in_person(self) -> bool:
        """Whether the account's own holder acts, and no officer for them."""
        return self.receipt_no is None


@dataclass(frozen=True, slots=True)
class Screen:
    """What the cookies of a browser come to: who is signed in, or whose screen is locked.

    A screen at a counter locks when nobody used it for a while, and when its sign-in is over; ``locked_account_id`` is
    the officer's then. ``is_used_until`` is set where the use is to be noted: the sign-in ends at that instant.
    """

    account: SignedIn | None = None
    locked_account_id: str | None = None
    is_used_until: datetime | None = None


NOBODY = Screen()


@dataclass(frozen=True, slots=True)
class Ticket:
    """A sign-in just made: its id, and the opaque text that renews it (a refresh token or the cookie)."""

    account: Account
    session_id: str
    text: str = field(repr=False)


def canonical_phone(text: str) -> str:
    """Return an Indonesian telephone number as ``+62...``.

    Raises
    ------
    InvalidInput
        When it is no such number. The message does not repeat it.
    """
    parsed = parse_phone(text)
    if not parsed.valid or not parsed.e164:
        raise InvalidInput("phone: not an Indonesian telephone number; write it as 0812 0000 0000")
    return parsed.e164


def canonical_login(text: str) -> str:
    """Return the user name of an officer or employer as it is compared.

    Raises
    ------
    InvalidInput
        When it is empty, too long, or a telephone number: those are for alumni.
    """
    login = text.strip().casefold()
    if not 3 <= len(login) <= 128 or parse_phone(login).valid:
        raise InvalidInput("login: 3 to 128 letters and no telephone number; choose another")
    return login


def proven(reading: Session, security: Security, given: Credentials) -> Proven:
    """Return the account that `given` sign in to.

    Raises
    ------
    InvalidInput
        When two people of one telephone have the same PIN and no birth date says who it is.
    SignInFailed
        When nothing fits: the same answer, after the same work, for an unknown login and a wrong secret.
    """
    logins = security.keys.hashes("login", given.login)
    found = {one.account_id: one for one in accounts.accounts_of_login(reading, logins) if one.is_active}
    stored = {name: one.secret_hash for name, one in found.items() if one.secret_hash is not None}
    fitting = security.passwords.fitting(given.secret, stored, login=logins[0])
    meant = _meant(reading, [found[name] for name in fitting], given.birth_on)
    return Proven(meant, logins[0], fitting[meant.account_id])


def _meant(reading: Session, fitting: list[Account], birth_on: date | None) -> Account:
    if len(fitting) > 1 and birth_on is None:
        raise InvalidInput("birth_on: two people use this telephone and this PIN; give the date of birth too")
    if len(fitting) > 1:
        contacts = {one.account_id: contact_of(reading, one.alumnus_id or "") for one in fitting}
        fitting = [one for one in fitting if (c := contacts[one.account_id]) is not None and c.birth_on == birth_on]
    if len(fitting) != 1:
        raise SignInFailed(_DOES_NOT_FIT)
    return fitting[0]


def proven_again(reading: Session, security: Security, account_id: str, secret: str) -> Proven:
    """Return the account of a locked screen, its secret given once more.

    Raises
    ------
    SignInFailed
        When the secret is another, or the account is closed.
    """
    account = accounts.account_of(reading, account_id)
    if account is None or not account.is_active or account.secret_hash is None:
        raise SignInFailed(f"password: {_DOES_NOT_FIT}")
    fitting = security.passwords.fitting(secret, {account_id: account.secret_hash}, login=account.login)
    if account_id not in fitting:
        raise SignInFailed(f"password: {_DOES_NOT_FIT}")
    return Proven(account, account.login, fitting[account_id])


def sign_in(
    session: Session, security: Security, who: Proven, *, kind: Literal["program", "browser"], now: datetime
) -> Ticket:
    """Return a sign-in to a proven account, stored; what was hashed in an older way is stored anew. Raises nothing."""
    account, keys = who.account, security.keys
    if who.fresh_hash is not None:
        accounts.rehash_secret(session, account.account_id, who.fresh_hash)
    if who.login != account.login:
        accounts.change_login(session, account.account_id, who.login)
    lifetime = security.refresh_lifetime if kind == "program" else security.session_lifetime
    session_id, secret = uuid4().hex, secrets.token_urlsafe(32)
    stored = RefreshSession(
        session_id, account.account_id, kind, keys.hashed("ticket", secret), now, now, expires_at=now + lifetime
    )
    sign_ins.add_session(session, stored)
    return Ticket(account, session_id, f"{session_id}.{secret}")


def access_token(security: Security, ticket: Ticket, *, now: datetime) -> str:
    """Return a short-lived token of this sign-in. Raises nothing."""
    claims = Claims(ticket.account.account_id, ticket.account.token_epoch, ticket.session_id)
    return security.tokens.sign(claims, now=now)


def renewed(session: Session, security: Security, text: str, *, now: datetime) -> Ticket | None:
    """Return the sign-in of a refresh token with the next token, or None where it does not renew anything.

    A token that was replaced already was copied: then the sign-in ends, for the thief and for the owner.

    Notes
    -----
    Raises nothing, so that the end of a stolen sign-in is kept.
    """
    session_id, _, secret = text.partition(".")
    stored = sign_ins.session_of(session, session_id)
    if stored is None or not is_open(stored, "program", now=now):
        return None
    if not security.keys.is_hash("ticket", secret, stored.secret_hash):
        if stored.earlier_hash is not None and security.keys.is_hash("ticket", secret, stored.earlier_hash):
            sign_ins.end_session(session, session_id, now=now)
        return None
    account = accounts.account_of(session, stored.account_id)
    fresh = secrets.token_urlsafe(32)
    is_first = sign_ins.rotate_session(
        session,
        session_id,
        security.keys.hashed("ticket", fresh),
        replaces=stored.secret_hash,
        now=now,
        expires_at=now + security.refresh_lifetime,
    )
    if account is None or not account.is_active or not is_first:
        return None
    return Ticket(account, session_id, f"{session_id}.{fresh}")


def is_open(stored: RefreshSession, kind: str, *, now: datetime) -> bool:
    """Return whether a stored sign-in of this kind still holds. Raises nothing."""
    return stored.kind == kind and stored.ended_at is None and now < stored.expires_at


def of_token(reading: Session, security: Security, token: str, *, now: datetime) -> SignedIn:
    """Return who an access token belongs to, checked against the accounts as they are now.

    Raises
    ------
    NotSignedIn
        When the token is not valid, its sign-in has ended, or the account is closed, erased or of a later epoch.
    """
    claims = security.tokens.read(token, now=now)
    stored = sign_ins.session_of(reading, claims.session_id)
    if stored is None or not is_open(stored, stored.kind, now=now) or stored.account_id != claims.account_id:
        raise NotSignedIn("sign-in: has ended; sign in again at POST /v1/auth/token")
    account = accounts.account_of(reading, claims.account_id)
    if account is None or not account.is_active or account.token_epoch != claims.token_epoch:
        raise NotSignedIn("sign-in: revoked; sign in again at POST /v1/auth/token")
    signed_in = _signed_in(account, stored.session_id, is_browser=False)
    return signed_in if claims.receipt_no is None else _on_behalf(reading, signed_in, claims.receipt_no, now=now)


def of_cookie(reading: Session, security: Security, text: str, *, now: datetime, visit_id: str | None = None) -> Screen:
    """Return what a browser's cookies come to; `visit_id` names the counter session an officer acts in here.

    Notes
    -----
    Raises nothing. A counter session that is over, or not this officer's, leaves the officer as themselves.
    """
    session_id, _, secret = text.partition(".")
    stored = sign_ins.session_of(reading, session_id)
    if stored is None or stored.kind != "browser" or not security.keys.is_hash("ticket", secret, stored.secret_hash):
        return NOBODY
    account = accounts.account_of(reading, stored.account_id)
    if account is None or not account.is_active:
        return NOBODY
    is_shared = account.role == "counter"
    if not is_open(stored, "browser", now=now) or (is_shared and now >= stored.used_at + security.lock_after):
        return Screen(locked_account_id=account.account_id) if is_shared else NOBODY
    signed_in = _signed_in(account, session_id, is_browser=True)
    is_noted = is_shared and now >= stored.used_at + _USE_NOTED_EVERY
    acting = signed_in if visit_id is None else _in_visit(reading, signed_in, visit_id, now=now)
    return Screen(acting, is_used_until=stored.expires_at if is_noted else None)


def _in_visit(reading: Session, officer: SignedIn, visit_id: str, *, now: datetime) -> SignedIn:
    begun = counter_session_by_id(reading, visit_id)
    if begun is None or not _is_theirs(begun, officer, now=now):
        return officer
    return replace(officer, role="alumnus", alumnus_id=begun.alumnus_id, receipt_no=begun.receipt_no)


def _on_behalf(reading: Session, officer: SignedIn, receipt_no: str, *, now: datetime) -> SignedIn:
    """Return the officer in the place of the alumnus, while their counter session is open."""
    begun = counter_session_of(reading, receipt_no)
    if begun is None or not _is_theirs(begun, officer, now=now):
        raise NotSignedIn("counter session: has ended; begin another at POST /v1/counter/sessions")
    return replace(officer, role="alumnus", alumnus_id=begun.alumnus_id, receipt_no=receipt_no)


def _is_theirs(begun: CounterSession, officer: SignedIn, *, now: datetime) -> bool:
    is_officers = officer.role == "counter" and begun.account_id == officer.account_id
    return is_officers and begun.ended_at is None and now < begun.begun_at + COUNTER_SESSION_LIFETIME


def _signed_in(account: Account, session_id: str, *, is_browser: bool) -> SignedIn:
    return SignedIn(
        account_id=account.account_id,
        role=account.role,
        session_id=session_id,
        login=account.login,
        alumnus_id=account.alumnus_id,
        employer_id=account.employer_id,
        province_code=account.province_code,
        is_browser=is_browser,
    )
