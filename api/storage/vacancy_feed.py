"""Takes a session and what happened to a vacancy; gives the feed that every worker polls. Keeps no vacancy itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from api.storage.schema.vacancies import vacancy_changes
from api.storage.statements import every

_TURN = 7_262_327
"""PostgreSQL advisory lock of the feed."""


@dataclass(frozen=True, slots=True)
class VacancyChange:
    """One change; ``kind`` is posted, edited, withdrawn or filled, ``seq`` its place in the feed."""

    seq: int
    vacancy_id: str
    kind: str
    at: datetime


def take_turn(session: Session) -> None:
    """Wait until every other change to a vacancy is committed or given up; call it before the first write of one.

    Notes
    -----
    Raises nothing. PostgreSQL numbers rows when they are written and shows them when they are committed: without turns
    a worker that has read number 8 would never see a number 7 that was committed later. SQLite has one writer anyway.
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_TURN)))


def announce(session: Session, vacancy_id: str, kind: str, *, now: datetime) -> None:
    """Tell every worker what happened to a vacancy posted here or of the artifact, from the commit on.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When `kind` is none of the four: a fault of the caller.
    """
    take_turn(session)
    session.execute(insert(vacancy_changes).values(vacancy_id=vacancy_id, kind=kind, at=now))


def last_change(session: Session) -> int:
    """Return the number of the last change; 0 before the first. Raises nothing."""
    return session.scalar(select(func.max(vacancy_changes.c.seq))) or 0


def changes_after(session: Session, seq: int, *, limit: int = 1000) -> list[VacancyChange]:
    """Return the changes after number `seq`, in order. Raises nothing."""
    found = select(vacancy_changes).where(vacancy_changes.c.seq > seq)
    return every(session, VacancyChange, found.order_by(vacancy_changes.c.seq).limit(limit))


def closings(session: Session) -> list[VacancyChange]:
    """Return the last change of each vacancy that was filled or withdrawn and not opened again, in order.

    Notes
    -----
    Raises nothing.
    """
    latest = select(func.max(vacancy_changes.c.seq)).group_by(vacancy_changes.c.vacancy_id)
    found = select(vacancy_changes).where(
        vacancy_changes.c.seq.in_(latest), vacancy_changes.c.kind.in_(("filled", "withdrawn"))
    )
    return every(session, VacancyChange, found.order_by(vacancy_changes.c.seq))
