"""Takes a session and what a person agreed to; gives what holds now and how it came about. Changes no earlier row."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, func, insert, select
from sqlalchemy.orm import Session

from api.storage.schema.people import consents
from api.storage.statements import every
from api.storage.talent_feed import note_changed


@dataclass(frozen=True, slots=True)
class Consent:
    """One yes or no to one purpose; ``via`` is web, counter or import, ``receipt_no`` what a counter gave for it."""

    alumnus_id: str
    purpose: str
    is_given: bool
    at: datetime
    via: str
    receipt_no: str | None = None
    by_account_id: str | None = None


def note_consents(session: Session, given: Sequence[Consent]) -> None:
    """Append what people agreed to or took back; it holds from the commit on.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When a purpose is none of the five, or there is no such person: a fault of the caller.
    """
    if given:
        session.execute(insert(consents), [asdict(one) for one in given])
        note_changed(session, {one.alumnus_id for one in given if one.purpose == "discoverable"})


def consents_of(session: Session, alumnus_ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the purposes that each of `alumnus_ids` agrees to now, sorted; a stranger has none. Raises nothing."""
    agreed: defaultdict[str, list[str]] = defaultdict(list)
    for row in session.execute(_AGREED, {"alumnus_ids": alumnus_ids}):
        agreed[row.alumnus_id].append(row.purpose)
    return {alumnus_id: tuple(agreed[alumnus_id]) for alumnus_id in alumnus_ids}


def consenting(session: Session, purpose: str, alumnus_ids: Sequence[str]) -> set[str]:
    """Return those of `alumnus_ids` who agree to `purpose` now. Raises nothing."""
    return set(session.scalars(_AGREED_TO, {"purpose": purpose, "alumnus_ids": alumnus_ids}))


def consent_history(session: Session, alumnus_id: str) -> list[Consent]:
    """Return every yes and no of a person, the last one first. Raises nothing."""
    columns = [column for column in consents.columns if column.name != "seq"]
    found = select(*columns).where(consents.c.alumnus_id == alumnus_id)
    return every(session, Consent, found.order_by(consents.c.seq.desc()))


def latest_consents() -> Select[tuple[int]]:
    """Return the statement of the last row of each person and purpose, as ``seq``. Raises nothing."""
    return select(func.max(consents.c.seq).label("seq")).group_by(consents.c.alumnus_id, consents.c.purpose)


def _agreed(*wanted: ColumnElement[Any], is_asked: ColumnElement[bool]) -> Select[Any]:
    latest = latest_consents().where(is_asked).subquery()
    return select(*wanted).join(latest, consents.c.seq == latest.c.seq).where(consents.c.is_given)


_OF_THESE = consents.c.alumnus_id.in_(bindparam("alumnus_ids", expanding=True))
_AGREED = _agreed(consents.c.alumnus_id, consents.c.purpose, is_asked=_OF_THESE).order_by(consents.c.purpose)
_AGREED_TO = _agreed(consents.c.alumnus_id, is_asked=_OF_THESE & (consents.c.purpose == bindparam("purpose")))
