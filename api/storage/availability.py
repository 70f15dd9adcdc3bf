"""Takes a session and people; gives what each said of looking for work, and until when each looks for none.

Decides no rule: that is `matcher.domain.availability`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.storage.events import is_corrected
from api.storage.schema.events import outcomes
from api.storage.schema.people import availabilities
from api.storage.statements import every, upsert
from api.storage.talent_feed import note_changed
from matcher.domain.availability import Statement, busy_until
from matcher.domain.records import Outcome


@dataclass(frozen=True, slots=True)
class Availability:
    """What a person said last of looking for work."""

    alumnus_id: str
    is_looking: bool
    at: datetime


def set_availability(session: Session, alumnus_id: str, is_looking: bool, *, now: datetime) -> None:
    """Store what a person says of looking for work, in place of what they said before.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When there is no such person: a fault of the caller.
    """
    upsert(session, availabilities, {"alumnus_id": alumnus_id, "is_looking": is_looking, "at": now})
    note_changed(session, [alumnus_id])


def availability_of(session: Session, alumnus_id: str) -> Availability | None:
    """Return what a person said last; None who said nothing. Raises nothing."""
    return _said(session, [alumnus_id]).get(alumnus_id)


def busy_people(session: Session, alumnus_ids: Sequence[str]) -> dict[str, date]:
    """Return the last day on which each of `alumnus_ids` looks for no work; who looks is left out. Raises nothing."""
    said = _said(session, alumnus_ids)
    told: defaultdict[str, list[Outcome]] = defaultdict(list)
    found = select(outcomes).where(outcomes.c.alumnus_id.in_(alumnus_ids), ~is_corrected(outcomes))
    for row in session.execute(found):
        told[row.alumnus_id].append(Outcome(**row._mapping))
    until = {key: busy_until(_statement(said.get(key)), told[key]) for key in alumnus_ids}
    return {key: day for key, day in until.items() if day is not None}


def _said(session: Session, alumnus_ids: Sequence[str]) -> dict[str, Availability]:
    found = select(availabilities).where(availabilities.c.alumnus_id.in_(alumnus_ids))
    return {one.alumnus_id: one for one in every(session, Availability, found)}


def _statement(said: Availability | None) -> Statement | None:
    return None if said is None else Statement(said.is_looking, said.at.date())
