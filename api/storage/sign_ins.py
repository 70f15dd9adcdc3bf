"""Takes a session and what happened at the door; gives renewable sign-ins, attempts counted, and one-time codes.

Decides about no limit and compares no secret.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from api.storage.schema.accounts import one_time_codes, refresh_sessions, sign_in_attempts
from api.storage.statements import every, first, n_rows

_BY_ID = select(refresh_sessions).where(refresh_sessions.c.session_id == bindparam("session_id"))


@dataclass(frozen=True, slots=True)
class RefreshSession:
    """A sign-in that can be renewed; ``kind`` is program or browser, ``earlier_hash`` the secret before this one."""

    session_id: str
    account_id: str
    kind: str
    secret_hash: str = field(repr=False)
    created_at: datetime
    used_at: datetime
    expires_at: datetime
    earlier_hash: str | None = field(default=None, repr=False)
    ended_at: datetime | None = None
    user_agent_class: str | None = None


@dataclass(frozen=True, slots=True)
class OneTimeCode:
    """A code sent to a telephone; ``login`` is the keyed hash of its number, ``details`` what the code confirms."""

    code_id: str
    login: str = field(repr=False)
    purpose: str
    code_hash: str = field(repr=False)
    created_at: datetime
    expires_at: datetime
    alumnus_id: str | None = None
    details: dict[str, Any] | None = field(default=None, repr=False)
    used_at: datetime | None = None


def add_session(session: Session, signed_in: RefreshSession) -> None:
    """Store a sign-in.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the id is taken or there is no such account: a fault of the caller.
    """
    session.execute(insert(refresh_sessions).values(**asdict(signed_in)))


def session_of(session: Session, session_id: str) -> RefreshSession | None:
    """Return the sign-in with this id, ended or not. Raises nothing."""
    return first(session, RefreshSession, _BY_ID, session_id=session_id)


def sessions_of(session: Session, account_id: str) -> list[RefreshSession]:
    """Return every sign-in of an account, the last one first. Raises nothing."""
    found = select(refresh_sessions).where(refresh_sessions.c.account_id == account_id)
    return every(session, RefreshSession, found.order_by(refresh_sessions.c.created_at.desc()))


def rotate_session(
    session: Session, session_id: str, secret_hash: str, *, replaces: str, now: datetime, expires_at: datetime
) -> bool:
    """Give a sign-in another secret in place of `replaces`; False where another request was faster or it has ended.

    Notes
    -----
    Raises nothing. Of two requests with the same secret exactly one gets True.
    """
    table = refresh_sessions.c
    is_current = (table.session_id == session_id) & (table.secret_hash == replaces) & table.ended_at.is_(None)
    return bool(
        n_rows(
            session,
            update(refresh_sessions)
            .where(is_current)
            .values(secret_hash=secret_hash, earlier_hash=replaces, used_at=now, expires_at=expires_at),
        )
    )


def touch_session(session: Session, session_id: str, *, now: datetime, expires_at: datetime) -> None:
    """Note that a sign-in was used and lives until `expires_at`; one that has ended stays so. Raises nothing."""
    is_open = (refresh_sessions.c.session_id == session_id) & refresh_sessions.c.ended_at.is_(None)
    session.execute(update(refresh_sessions).where(is_open).values(used_at=now, expires_at=expires_at))


def end_session(session: Session, session_id: str, *, now: datetime) -> None:
    """End a sign-in; one that has ended keeps its first end. Raises nothing."""
    is_open = (refresh_sessions.c.session_id == session_id) & refresh_sessions.c.ended_at.is_(None)
    session.execute(update(refresh_sessions).where(is_open).values(ended_at=now))


def note_attempts(session: Session, buckets: Iterable[str], *, at: datetime) -> None:
    """Count one attempt in each of `buckets`. Raises nothing."""
    rows = [{"bucket": bucket, "at": at} for bucket in buckets]
    if rows:
        session.execute(insert(sign_in_attempts), rows)


def attempts_of(session: Session, buckets: Sequence[str], *, since: datetime) -> dict[str, list[datetime]]:
    """Return for each of `buckets` when attempts were made from `since` on, the oldest first. Raises nothing."""
    found = select(sign_in_attempts).where(sign_in_attempts.c.bucket.in_(buckets), sign_in_attempts.c.at >= since)
    attempts: dict[str, list[datetime]] = {bucket: [] for bucket in buckets}
    for row in session.execute(found.order_by(sign_in_attempts.c.at)):
        attempts[row.bucket].append(row.at)
    return attempts


def forget_attempts(session: Session, buckets: Sequence[str]) -> None:
    """Count from nothing again in `buckets`. Raises nothing."""
    session.execute(delete(sign_in_attempts).where(sign_in_attempts.c.bucket.in_(buckets)))


def add_code(session: Session, code: OneTimeCode) -> None:
    """Store a code that was sent.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the id is taken: a fault of the caller.
    """
    session.execute(insert(one_time_codes).values(**asdict(code)))


def codes_of(session: Session, logins: Sequence[str], purpose: str, *, now: datetime) -> list[OneTimeCode]:
    """Return the codes of a number (hashed under each secret) that can still be used, the last one first.

    Notes
    -----
    Raises nothing.
    """
    table = one_time_codes.c
    found = select(one_time_codes).where(
        table.login.in_(logins), table.purpose == purpose, table.used_at.is_(None), table.expires_at > now
    )
    return every(session, OneTimeCode, found.order_by(table.created_at.desc(), table.code_id))


def use_code(session: Session, code_id: str, *, now: datetime) -> bool:
    """Use a code up; False where it was used already. Of two requests exactly one gets True. Raises nothing."""
    is_unused = (one_time_codes.c.code_id == code_id) & one_time_codes.c.used_at.is_(None)
    return bool(n_rows(session, update(one_time_codes).where(is_unused).values(used_at=now)))


def prune_sign_ins(session: Session, *, before: datetime) -> int:
    """Delete attempts made, codes expired and sign-ins over before `before`; return how many. Raises nothing."""
    is_over = (refresh_sessions.c.ended_at < before) | (refresh_sessions.c.expires_at < before)
    return sum(
        n_rows(session, statement)
        for statement in (
            delete(sign_in_attempts).where(sign_in_attempts.c.at < before),
            delete(one_time_codes).where(one_time_codes.c.expires_at < before),
            delete(refresh_sessions).where(is_over),
        )
    )
