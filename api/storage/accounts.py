"""Takes a session and an account; gives accounts found, changed, and their tokens revoked. Hashes nothing itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from api.refusals import Conflicting
from api.storage.schema.accounts import accounts, openid_subjects, refresh_sessions
from api.storage.statements import every, first, insert_where_missing
from matcher.domain.errors import UnknownIdentifier

_BY_ID = select(accounts).where(accounts.c.account_id == bindparam("account_id"))


@dataclass(frozen=True, slots=True)
class Account:
    """One row of the account table; ``role`` is alumnus, employer, counter, pmo or operator."""

    account_id: str
    role: str
    login: str = field(repr=False)
    secret_hash: str | None = field(repr=False)
    created_at: datetime
    token_epoch: int = 0
    alumnus_id: str | None = None
    employer_id: str | None = None
    province_code: str | None = None
    is_active: bool = True


def add_account(session: Session, account: Account) -> None:
    """Store a new account.

    Raises
    ------
    Conflicting
        When the id is taken, the login is (of an account that is no alumnus), or the alumnus has an account.
    """
    if not insert_where_missing(session, accounts, asdict(account)):
        raise Conflicting("account: this login, or this person, has an account already; sign in, or reset it")


def account_of(session: Session, account_id: str) -> Account | None:
    """Return the account with this id, active or not. Raises nothing."""
    return first(session, Account, _BY_ID, account_id=account_id)


def account_of_alumnus(session: Session, alumnus_id: str) -> Account | None:
    """Return the account of this person. Raises nothing."""
    return first(session, Account, select(accounts).where(accounts.c.alumnus_id == alumnus_id))


def accounts_of_login(session: Session, logins: Sequence[str]) -> list[Account]:
    """Return the accounts with one of `logins` (the same login hashed under each secret), the oldest first.

    Notes
    -----
    Raises nothing. More than one only for alumni who share a telephone.
    """
    found = select(accounts).where(accounts.c.login.in_(logins))
    return every(session, Account, found.order_by(accounts.c.created_at, accounts.c.account_id))


def has_accounts(session: Session) -> bool:
    """Return whether anybody has an account. Raises nothing."""
    return session.execute(select(accounts.c.account_id).limit(1)).first() is not None


def accounts_of_employer(session: Session, employer_id: str) -> list[Account]:
    """Return the accounts that act for this employer, by id. Raises nothing."""
    found = select(accounts).where(accounts.c.employer_id == employer_id)
    return every(session, Account, found.order_by(accounts.c.account_id))


def change_secret(session: Session, account_id: str, secret_hash: str, *, now: datetime) -> None:
    """Store another PIN or password; every token and every sign-in of the account ends.

    Raises
    ------
    UnknownIdentifier
        When there is no such account.
    """
    _change(session, account_id, secret_hash=secret_hash)
    revoke(session, account_id, now=now)


def rehash_secret(session: Session, account_id: str, secret_hash: str) -> None:
    """Store the same PIN or password hashed anew; nothing ends.

    Raises
    ------
    UnknownIdentifier
        When there is no such account.
    """
    _change(session, account_id, secret_hash=secret_hash)


def change_login(session: Session, account_id: str, login: str) -> None:
    """Store another login: another telephone, or the same one hashed under another key.

    Raises
    ------
    UnknownIdentifier
        When there is no such account.
    """
    _change(session, account_id, login=login)


def set_active(session: Session, account_id: str, is_active: bool, *, now: datetime) -> None:
    """Let an account sign in again, or no more; closing it ends every token and every sign-in.

    Raises
    ------
    UnknownIdentifier
        When there is no such account.
    """
    _change(session, account_id, is_active=is_active)
    if not is_active:
        revoke(session, account_id, now=now)


def revoke(session: Session, account_id: str, *, now: datetime) -> None:
    """End every token and every sign-in of an account.

    Raises
    ------
    UnknownIdentifier
        When there is no such account.
    """
    _change(session, account_id, token_epoch=accounts.c.token_epoch + 1)
    still_open = (refresh_sessions.c.account_id == account_id) & refresh_sessions.c.ended_at.is_(None)
    session.execute(update(refresh_sessions).where(still_open).values(ended_at=now))


def link_subject(session: Session, account_id: str, issuer: str, subject_hash: str, *, now: datetime) -> None:
    """Let an OpenID Connect subject sign in to an account.

    Raises
    ------
    Conflicting
        When the subject signs in to an account already.
    """
    values = {"issuer": issuer, "subject_hash": subject_hash, "account_id": account_id, "linked_at": now}
    if not insert_where_missing(session, openid_subjects, values):
        raise Conflicting("OpenID Connect subject: belongs to an account already; unlink it there first")


def account_of_subject(session: Session, issuer: str, subject_hashes: Sequence[str]) -> Account | None:
    """Return the account that a subject (hashed under each secret) of `issuer` signs in to. Raises nothing."""
    found = select(accounts).join(openid_subjects, openid_subjects.c.account_id == accounts.c.account_id)
    is_asked = (openid_subjects.c.issuer == issuer) & openid_subjects.c.subject_hash.in_(subject_hashes)
    return first(session, Account, found.where(is_asked))


def _change(session: Session, account_id: str, **values: Any) -> None:
    changed = update(accounts).where(accounts.c.account_id == account_id).values(**values)
    if session.execute(changed.returning(accounts.c.account_id)).first() is None:
        raise UnknownIdentifier(f"account '{account_id}': not here; check the id")
