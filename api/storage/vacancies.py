"""Takes a session and vacancies; gives those posted here, each change announced to the workers. Judges no advert."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Row, select, update
from sqlalchemy.orm import Session

from api.refusals import Conflicting
from api.storage.schema.vacancies import vacancies
from api.storage.statements import insert_where_missing, known_cells, n_rows
from api.storage.vacancy_feed import announce, take_turn
from matcher.domain.errors import UnknownIdentifier
from matcher.domain.records import Vacancy

_BESIDE = ("vacancy_id", "employer_id", "province_code", "posted_at", "expires_at", "filled_at")
_IN_RECORD = tuple(field.name for field in fields(Vacancy) if field.name not in _BESIDE)


@dataclass(frozen=True, slots=True)
class PostedVacancy:
    """A vacancy as stored; ``state`` is draft, in_review, open, withdrawn or filled, ``version`` counts its changes."""

    vacancy: Vacancy
    state: str
    version: int

    def state_at(self, now: datetime) -> str:
        """Return the state at `now`: an open vacancy whose last day has passed is ``expired``. Raises nothing."""
        ends = self.vacancy.expires_at
        return "expired" if self.state == "open" and ends is not None and ends <= now else self.state


def post_vacancy(session: Session, vacancy: Vacancy, *, state: str, now: datetime) -> None:
    """Store a vacancy; an open one is announced. Its employer must be stored.

    Raises
    ------
    Conflicting
        When the id is taken.
    """
    take_turn(session)
    if not insert_where_missing(session, vacancies, _row(vacancy) | {"state": state}):
        raise Conflicting(f"vacancy '{vacancy.vacancy_id}': is here already; edit it instead")
    _tell(session, vacancy.vacancy_id, None, state, now=now)


def edit_vacancy(session: Session, vacancy: Vacancy, *, state: str, version: int, now: datetime) -> int:
    """Store a vacancy in place of its version `version`, announce it, and return the version after it.

    Raises
    ------
    UnknownIdentifier
        When there is no such vacancy.
    Conflicting
        When another change was faster.
    """
    take_turn(session)
    before = _before(session, vacancy.vacancy_id)
    is_asked = (vacancies.c.vacancy_id == vacancy.vacancy_id) & (vacancies.c.version == version)
    values = _row(vacancy) | {"state": state, "version": version + 1}
    if not n_rows(session, update(vacancies).where(is_asked).values(**values)):
        raise Conflicting(f"version {version}: the vacancy was changed since; read it again, then edit")
    _tell(session, vacancy.vacancy_id, before, state, now=now)
    return version + 1


def set_vacancy_state(session: Session, vacancy_id: str, state: str, *, now: datetime) -> None:
    """Open, withdraw, fill or hold back a vacancy, and announce it; ``filled`` notes the instant.

    Raises
    ------
    UnknownIdentifier
        When there is no such vacancy.
    """
    take_turn(session)
    before = _before(session, vacancy_id)
    if before == state:
        return
    values = {"state": state, "filled_at": now if state == "filled" else None, "version": vacancies.c.version + 1}
    session.execute(update(vacancies).where(vacancies.c.vacancy_id == vacancy_id).values(**values))
    _tell(session, vacancy_id, before, state, now=now)


def vacancy_of(session: Session, vacancy_id: str) -> PostedVacancy | None:
    """Return a vacancy posted here. Raises nothing."""
    return vacancies_of(session, [vacancy_id]).get(vacancy_id)


def vacancies_of(session: Session, vacancy_ids: Sequence[str]) -> dict[str, PostedVacancy]:
    """Return those of `vacancy_ids` that were posted here, by id. Raises nothing."""
    found = select(vacancies).where(vacancies.c.vacancy_id.in_(vacancy_ids))
    return {posted.vacancy.vacancy_id: posted for posted in _posted(session.execute(found))}


def vacancies_of_employer(
    session: Session, employer_id: str, *, after: str | None = None, limit: int = 50
) -> list[PostedVacancy]:
    """Return an employer's vacancies in any state, by id, from after `after` on. Raises nothing."""
    found = select(vacancies).where(vacancies.c.employer_id == employer_id)
    if after is not None:
        found = found.where(vacancies.c.vacancy_id > after)
    return list(_posted(session.execute(found.order_by(vacancies.c.vacancy_id).limit(limit))))


def open_vacancies(session: Session, *, now: datetime) -> Iterator[Vacancy]:
    """Yield the open vacancies that have not expired, by id, a thousand in memory at a time. Raises nothing."""
    ends = vacancies.c.expires_at
    # Not coalesce, which no index serves: all that ever expired would be read at each start.
    found = (
        select(vacancies)
        .where(vacancies.c.state == "open", ends.is_(None) | (ends >= now))
        .order_by(vacancies.c.vacancy_id)
    )
    rows = session.execute(found, execution_options={"yield_per": 1000})
    return (posted.vacancy for posted in _posted(rows) if posted.state_at(now) == "open")


def _posted(rows: Iterable[Row]) -> Iterator[PostedVacancy]:
    for row in rows:
        yield PostedVacancy(_vacancy(row), row.state, row.version)


def _before(session: Session, vacancy_id: str) -> str:
    state = session.scalar(select(vacancies.c.state).where(vacancies.c.vacancy_id == vacancy_id).with_for_update())
    if state is None:
        raise UnknownIdentifier(f"vacancy '{vacancy_id}': was not posted here; check the id")
    return state


def _tell(session: Session, vacancy_id: str, before: str | None, after: str, *, now: datetime) -> None:
    """Announce what people can see of a change: what was hidden and stays hidden is told to nobody."""
    if after == "open":
        announce(session, vacancy_id, "edited" if before == "open" else "posted", now=now)
    elif before == "open":
        announce(session, vacancy_id, "filled" if after == "filled" else "withdrawn", now=now)


def _row(vacancy: Vacancy) -> dict[str, Any]:
    record = {name: getattr(vacancy, name) for name in _IN_RECORD}
    return {name: getattr(vacancy, name) for name in _BESIDE} | {"record": record}


def _vacancy(row: Row[Any]) -> Vacancy:
    cells = {name: row._mapping[name] for name in _BESIDE} | row.record
    return Vacancy(**known_cells(cells))
