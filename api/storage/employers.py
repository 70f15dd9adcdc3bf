"""Takes a session and employers; gives them found, and their verification decided. Knows no vacancy."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.refusals import Conflicting
from api.storage.schema.vacancies import employers
from api.storage.statements import every, first, insert_where_missing, n_rows
from matcher.domain.errors import UnknownIdentifier


@dataclass(frozen=True, slots=True)
class Employer:
    """An employer with an account; ``state`` is unverified, verified or refused."""

    employer_id: str
    name: str
    state: str = "unverified"
    decided_by: str | None = None
    decided_at: datetime | None = None


def add_employer(session: Session, employer: Employer) -> None:
    """Store an employer.

    Raises
    ------
    Conflicting
        When the id is taken.
    """
    if not insert_where_missing(session, employers, asdict(employer)):
        raise Conflicting(f"employer '{employer.employer_id}': is here already; ask an operator to join it")


def employer_of(session: Session, employer_id: str) -> Employer | None:
    """Return an employer. Raises nothing."""
    return first(session, Employer, select(employers).where(employers.c.employer_id == employer_id))


def employers_in(session: Session, state: str, *, after: str | None = None, limit: int = 50) -> list[Employer]:
    """Return the employers in a state, by id, from after `after` on. Raises nothing."""
    found = select(employers).where(employers.c.state == state)
    if after is not None:
        found = found.where(employers.c.employer_id > after)
    return every(session, Employer, found.order_by(employers.c.employer_id).limit(limit))


def decide_employer(session: Session, employer_id: str, state: str, *, by: str, now: datetime) -> None:
    """Store what an operator decided about an employer.

    Raises
    ------
    UnknownIdentifier
        When there is no such employer.
    """
    decided = update(employers).where(employers.c.employer_id == employer_id)
    if not n_rows(session, decided.values(state=state, decided_by=by, decided_at=now)):
        raise UnknownIdentifier(f"employer '{employer_id}': not here; check the id")
