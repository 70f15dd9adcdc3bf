"""Takes who forgot a secret, or wants another; gives a code from an officer's hands, and for the code a fresh secret.

A telephone is shared by a family, so no code that opens an existing account is ever sent to one: an officer who has
seen the person hands it over, and the person is told.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from api.refusals import Conflicting, NotAllowed, SignInFailed
from api.security.accounts import SignedIn, canonical_login
from api.security.guard import Security
from api.security.passwords import checked_password, checked_pin
from api.security.registration import digits, tell
from api.security.roles import Role
from api.storage import accounts
from api.storage.accounts import Account
from api.storage.contacts import contact_of
from api.storage.employers import employer_of
from api.storage.sign_ins import OneTimeCode, add_code, codes_of, use_code
from api.storage.trail import Access, note_accesses
from matcher.domain.errors import InvalidInput, UnknownIdentifier

RESET_LIFETIME = timedelta(minutes=30)
INVITE_LIFETIME = timedelta(days=7)
"""How long the first code of a fresh account of an officer or employer is taken."""

RESET_DIGITS = 10
_WRONG_CODE = "code: wrong, used or too old; ask for another where you got it"


@dataclass(frozen=True, slots=True)
class ResetCode:
    """What an officer hands over: the code, and until when it is taken."""

    account_id: str
    code: str = field(repr=False)
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class FreshSecret:
    """What a person sends back: canonical login, code, and the PIN or password they choose."""

    login: str = field(repr=False)
    code: str = field(repr=False)
    secret: str = field(repr=False)


def hand_over(session: Session, security: Security, officer: SignedIn, account_id: str, *, now: datetime) -> ResetCode:
    """Return a code with which the holder of an account chooses a fresh secret; the person's trail and telephone tell.

    Raises
    ------
    UnknownIdentifier
        When there is no such open account.
    NotAllowed
        When it is not this officer's to reset: counters reset alumni, operators everybody else.
    """
    account = accounts.account_of(session, account_id)
    if account is None or not account.is_active:
        raise UnknownIdentifier(f"account '{account_id}': not here, or closed; check the id")
    if (account.role == "alumnus") is not (officer.role == "counter"):
        raise NotAllowed(f"account of {account.role}: not reset by {officer.role}; counters reset alumni only")
    if account.alumnus_id is not None:
        note_accesses(session, [Access(officer.account_id, officer.role, account.alumnus_id, "reset_code", now)])
        _tell_holder(session, security, account.alumnus_id, "reset_code_given", now=now)
    return issue(session, security, account, now=now, lifetime=RESET_LIFETIME)


def issue(session: Session, security: Security, account: Account, *, now: datetime, lifetime: timedelta) -> ResetCode:
    """Return a stored code for `account`, whoever asks: the caller has checked that. Raises nothing."""
    code_id, code = secrets.token_urlsafe(24), digits(RESET_DIGITS)
    add_code(
        session,
        OneTimeCode(
            code_id=code_id,
            login=account.login,
            purpose="reset",
            code_hash=security.keys.hashed("code", f"{code_id} {code}"),
            created_at=now,
            expires_at=now + lifetime,
            alumnus_id=account.alumnus_id,
            details={"account_id": account.account_id},
        ),
    )
    return ResetCode(account.account_id, code, now + lifetime)


def reset(reading: Session, session: Session, security: Security, given: FreshSecret, *, now: datetime) -> None:
    """Store the secret that the holder chose; every earlier sign-in of the account ends.

    Raises
    ------
    SignInFailed
        When the code is wrong, used or too old, or the login unknown.
    InvalidInput
        When the secret may not be used. The code then still works.
    """
    keys = security.keys
    logins = keys.hashes("login", given.login)
    matching = [
        code
        for code in codes_of(reading, logins, "reset", now=now)
        if keys.is_hash("code", f"{code.code_id} {given.code}", code.code_hash)
    ]
    account = accounts.account_of(reading, (matching[0].details or {})["account_id"]) if matching else None
    if account is None or not account.is_active:
        raise SignInFailed(_WRONG_CODE)
    secret_hash = _checked_hash(reading, security, account, given.secret, login=given.login)
    if not use_code(session, matching[0].code_id, now=now):
        raise SignInFailed(_WRONG_CODE)
    accounts.change_secret(session, account.account_id, secret_hash, now=now)
    if account.alumnus_id is not None:
        _tell_holder(session, security, account.alumnus_id, "secret_changed", now=now)


def change(
    reading: Session, session: Session, security: Security, who: SignedIn, *, current: str, fresh: str, now: datetime
) -> None:
    """Store another secret in place of `current`; every sign-in of the account ends.

    Raises
    ------
    SignInFailed
        When `current` is not the secret.
    InvalidInput
        When `fresh` may not be used.
    """
    account = accounts.account_of(reading, who.account_id)
    if account is None or account.secret_hash is None:
        raise SignInFailed("current: this account has no secret of its own; sign in where you did")
    stored = {account.account_id: account.secret_hash}
    if not security.passwords.fitting(current, stored, login=account.login):
        raise SignInFailed("current: is not the secret of this account; try again, or have it reset")
    secret_hash = _checked_hash(reading, security, account, fresh, login="")
    accounts.change_secret(session, account.account_id, secret_hash, now=now)


def open_account(
    session: Session,
    security: Security,
    role: Role,
    login: str,
    *,
    now: datetime,
    employer_id: str | None = None,
    province_code: str | None = None,
) -> ResetCode:
    """Store an account of an officer or employer, and return the code with which its holder chooses a password.

    Raises
    ------
    InvalidInput
        When the login is unusable, the role and the employer do not go together or the employer is unknown, or the
        role is that of alumni, who register themselves.
    Conflicting
        When the login is taken.
    """
    if role == "alumnus" or (role == "employer") is (employer_id is None):
        raise InvalidInput(
            f"role '{role}': employers carry an employer_id, others none, and alumni register themselves"
        )
    if employer_id is not None and employer_of(session, employer_id) is None:
        raise InvalidInput(f"employer_id '{employer_id}': no such employer; add the employer first")
    account = Account(
        uuid4().hex, role, security.keys.hashed("login", canonical_login(login)), None, now,
        employer_id=employer_id, province_code=province_code,
    )  # fmt: skip
    accounts.add_account(session, account)
    return issue(session, security, account, now=now, lifetime=INVITE_LIFETIME)


def open_or_close(session: Session, operator: SignedIn, account_id: str, is_active: bool, *, now: datetime) -> None:
    """Close an account, at once for every token and browser, or open it again; an alumnus finds it in their trail.

    Raises
    ------
    Conflicting
        When it is the operator's own.
    UnknownIdentifier
        When there is no such account.
    """
    if account_id == operator.account_id:
        raise Conflicting("account: is your own; let another operator close it")
    accounts.set_active(session, account_id, is_active, now=now)
    account = accounts.account_of(session, account_id)
    if account is not None and account.alumnus_id is not None:
        act = "account_opened" if is_active else "account_closed"
        note_accesses(session, [Access(operator.account_id, operator.role, account.alumnus_id, act, now)])


def _checked_hash(reading: Session, security: Security, account: Account, secret: str, *, login: str) -> str:
    if account.role == "alumnus":
        contact = contact_of(reading, account.alumnus_id or "")
        checked_pin(secret, birth_on=contact.birth_on if contact else None)
    else:
        checked_password(secret, login=login)
    return security.passwords.hash(secret, login=account.login)


def _tell_holder(session: Session, security: Security, alumnus_id: str, template: str, *, now: datetime) -> None:
    contact = contact_of(session, alumnus_id)
    if contact is not None and contact.phone_sealed is not None:
        phone = security.keys.decrypt(contact.phone_sealed, about=alumnus_id)
        tell(session, security.keys, phone, template, {}, now=now, alumnus_id=alumnus_id)
