"""Takes a session and who looked at whom; gives the trail, for the person and for an auditor. Changes no row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from api.storage.schema.people import accesses
from api.storage.statements import every


@dataclass(frozen=True, slots=True)
class Access:
    """One look or act: which account in which role, at whom, ``act`` a word such as sheet, contact or export."""

    account_id: str
    role: str
    alumnus_id: str
    act: str
    at: datetime


@dataclass(frozen=True, slots=True)
class NotedAccess(Access):
    """An access with its place in the trail, from which the next page is asked."""

    access_id: int


def note_accesses(session: Session, noted: Sequence[Access]) -> None:
    """Append to the trail. Raises nothing."""
    if noted:
        session.execute(insert(accesses), [asdict(one) for one in noted])


def accesses_of(session: Session, alumnus_id: str, *, before: int | None = None, limit: int = 50) -> list[NotedAccess]:
    """Return who looked at a person, the last one first, from before the place `before` on. Raises nothing."""
    found = select(accesses).where(accesses.c.alumnus_id == alumnus_id)
    if before is not None:
        found = found.where(accesses.c.access_id < before)
    return every(session, NotedAccess, found.order_by(accesses.c.access_id.desc()).limit(limit))


def audit(
    session: Session, *, account_id: str | None = None, before: int | None = None, limit: int = 50
) -> list[NotedAccess]:
    """Return the trail of one account, or of all, the last one first, from before `before` on. Raises nothing."""
    found = select(accesses)
    if account_id is not None:
        found = found.where(accesses.c.account_id == account_id)
    if before is not None:
        found = found.where(accesses.c.access_id < before)
    return every(session, NotedAccess, found.order_by(accesses.c.access_id.desc()).limit(limit))
