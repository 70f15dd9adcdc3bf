"""Takes a session and the name of one attempt or code; takes it out of the count, or gives it. Counts nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from api.storage.schema.accounts import one_time_codes, sign_in_attempts
from api.storage.sign_ins import OneTimeCode
from api.storage.statements import first


def take_turns(session: Session, buckets: Sequence[str]) -> None:
    """Let transactions that count in one of `buckets` follow one another, so that each sees the one before.

    Notes
    -----
    Raises nothing. SQLite has one writer at a time; PostgreSQL takes a lock a bucket until the transaction ends, always
    in the same order.
    """
    if session.get_bind().dialect.name == "postgresql":
        for bucket in sorted(buckets):
            session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(bucket, 0))))


def withdraw_attempt(session: Session, buckets: Sequence[str], *, at: datetime) -> None:
    """Delete from each of `buckets` the attempt made at the instant `at`. Raises nothing."""
    is_meant = sign_in_attempts.c.bucket.in_(buckets) & (sign_in_attempts.c.at == at)
    session.execute(delete(sign_in_attempts).where(is_meant))


def code_of(session: Session, code_id: str, purpose: str, *, now: datetime) -> OneTimeCode | None:
    """Return the code with this id where it serves `purpose` and can still be used. Raises nothing."""
    table = one_time_codes.c
    is_asked = (table.code_id == code_id) & (table.purpose == purpose) & table.used_at.is_(None)
    return first(session, OneTimeCode, select(one_time_codes).where(is_asked, table.expires_at > now))
