"""Takes a session and a vacancy; gives who applied and what was answered, from the events. Opens no name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, distinct, exists, func, select
from sqlalchemy.orm import Session

from api.storage.events import is_corrected
from api.storage.schema.events import TOMBSTONE_PREFIX, interactions
from api.storage.schema.vacancies import vacancies
from api.storage.statements import every

ANSWERS = ("interviewed", "offered", "hired", "rejected", "no_reply")
"""Interactions that answer an application."""

_TABLE = interactions.c


@dataclass(frozen=True, slots=True)
class Applicant:
    """A person who applied; ``answer`` is the last one given, None where the employer is silent."""

    alumnus_id: str
    applied_at: datetime
    answer: str | None = None
    answered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VacancyCount:
    """One line of the report on vacancies: what was posted, when it was filled, and how many were hired."""

    vacancy_id: str
    state: str
    posted_at: datetime | None
    expires_at: datetime | None
    filled_at: datetime | None
    n_applied: int
    n_hired: int


def applicants_of(
    session: Session, vacancy_id: str, *, after: tuple[datetime, str] | None = None, limit: int = 50
) -> list[Applicant]:
    """Return who applied for a vacancy, the first one first; from after ``(applied_at, alumnus_id)`` on.

    Notes
    -----
    Raises nothing. Who was erased is no applicant any more; an event that was corrected does not count.
    """
    applied_at = func.min(_TABLE.at).label("applied_at")
    found = _holding(vacancy_id).where(_TABLE.kind == "applied").group_by(_TABLE.alumnus_id)
    found = found.with_only_columns(_TABLE.alumnus_id, applied_at)
    if after is not None:
        is_later = (applied_at > after[0]) | ((applied_at == after[0]) & (_TABLE.alumnus_id > after[1]))
        found = found.having(is_later)
    page = every(session, Applicant, found.order_by(applied_at, _TABLE.alumnus_id).limit(limit))
    return _answered(session, vacancy_id, page)


def has_applied(session: Session, vacancy_id: str, alumnus_id: str) -> bool:
    """Return whether a person applied for a vacancy, so that its employer may answer them. Raises nothing."""
    found = _holding(vacancy_id).where(_TABLE.kind == "applied", _TABLE.alumnus_id == alumnus_id)
    return session.execute(found.limit(1)).first() is not None


def waiting_counts(session: Session, employer_id: str) -> dict[str, int]:
    """Return how many people wait for an answer of this employer, by vacancy; none stands there with 0.

    Notes
    -----
    Raises nothing. Who told of no reply waits still.
    """
    later = interactions.alias()
    answers = [kind for kind in ANSWERS if kind != "no_reply"]
    is_answered = exists().where(
        later.c.alumnus_id == _TABLE.alumnus_id, later.c.vacancy_id == _TABLE.vacancy_id, later.c.kind.in_(answers),
        ~is_corrected(later),
    )  # fmt: skip
    own = select(vacancies.c.vacancy_id).where(vacancies.c.employer_id == employer_id)
    found = select(_TABLE.vacancy_id, func.count(distinct(_TABLE.alumnus_id))).where(
        _TABLE.vacancy_id.in_(own), _TABLE.kind == "applied", ~is_answered, ~is_corrected(interactions),
        ~_TABLE.alumnus_id.startswith(TOMBSTONE_PREFIX),
    )  # fmt: skip
    return {row[0]: row[1] for row in session.execute(found.group_by(_TABLE.vacancy_id))}


def vacancy_counts(session: Session, employer_id: str, *, since: datetime, until: datetime) -> list[VacancyCount]:
    """Return an employer's vacancies that were shown at some time from `since` to before `until`, counted, by id.

    Notes
    -----
    Raises nothing. The report that Perpres 57/2023 asks for is made of these lines.
    """
    kept = [column for column in vacancies.columns if column.name in VacancyCount.__slots__]
    counts = [_n_people(kind).label(f"n_{kind}") for kind in ("applied", "hired")]
    ended = func.coalesce(vacancies.c.filled_at, vacancies.c.expires_at, until)
    found = select(*kept, *counts).where(
        vacancies.c.employer_id == employer_id,
        vacancies.c.state.in_(("open", "filled", "withdrawn")),
        vacancies.c.posted_at < until,
        ended >= since,
    )
    return every(session, VacancyCount, found.order_by(vacancies.c.vacancy_id))


def _holding(vacancy_id: str) -> Select[Any]:
    is_erased = _TABLE.alumnus_id.startswith(TOMBSTONE_PREFIX)
    return select(interactions).where(_TABLE.vacancy_id == vacancy_id, ~is_erased, ~is_corrected(interactions))


def _n_people(kind: str) -> Any:
    counted = select(func.count(distinct(_TABLE.alumnus_id))).where(
        _TABLE.vacancy_id == vacancies.c.vacancy_id, _TABLE.kind == kind, ~is_corrected(interactions)
    )
    return counted.correlate(vacancies).scalar_subquery()


def _answered(session: Session, vacancy_id: str, page: Sequence[Applicant]) -> list[Applicant]:
    asked = [applicant.alumnus_id for applicant in page]
    found = _holding(vacancy_id).where(_TABLE.kind.in_(ANSWERS), _TABLE.alumnus_id.in_(asked))
    in_time = session.execute(found.order_by(_TABLE.at, _TABLE.interaction_id))
    last = {row.alumnus_id: (row.kind, row.at) for row in in_time}
    return [Applicant(one.alumnus_id, one.applied_at, *last.get(one.alumnus_id, ())) for one in page]
