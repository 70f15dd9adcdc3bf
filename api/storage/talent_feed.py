"""Takes a session and who changed; gives the feed by which every worker keeps up who may be found. Holds no profile.

A change is noted at once and announced with the commit, so that the turn of the feed is held for that moment only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, event, func, insert, select
from sqlalchemy.orm import Session

from api.storage.schema.people import consents, people, talent_changes
from api.storage.statements import every

_TURN = 7_262_328
"""PostgreSQL advisory lock of the feed."""

_NOTED = "padan_people_changed"
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class TalentChange:
    """Somebody changed, or was erased where ``alumnus_id`` is null; ``seq`` is the place in the feed."""

    seq: int
    alumnus_id: str | None


def note_changed(session: Session, alumnus_ids: Iterable[str | None]) -> None:
    """Tell every worker that these people are to be read again, from the commit on; null that somebody was erased.

    Notes
    -----
    Raises nothing. PostgreSQL numbers rows when they are written and shows them when they are committed, so those who
    announce take turns, as in `api.storage.vacancy_feed`; here at the very end, when nothing else is waited for.
    """
    noted = session.info.setdefault(_NOTED, set())
    noted.update(alumnus_ids)
    for name, follow in (("before_commit", _announce), ("after_rollback", _forget)):
        if not event.contains(session, name, follow):
            event.listen(session, name, follow)


def last_talent_change(session: Session) -> int:
    """Return the number of the last change; 0 before the first. Raises nothing."""
    return session.scalar(select(func.max(talent_changes.c.seq))) or 0


def talent_changes_after(session: Session, seq: int, *, limit: int = 1000) -> list[TalentChange]:
    """Return the changes after number `seq`, in order. Raises nothing."""
    found = select(talent_changes.c.seq, talent_changes.c.alumnus_id).where(talent_changes.c.seq > seq)
    return every(session, TalentChange, found.order_by(talent_changes.c.seq).limit(limit))


def changed_since(session: Session, since: datetime) -> list[str]:
    """Return who changed, or said yes or no to being found, since `since`, by id. Raises nothing."""
    changed = select(talent_changes.c.alumnus_id).where(
        talent_changes.c.at >= since, talent_changes.c.alumnus_id.is_not(None)
    )
    agreed = select(consents.c.alumnus_id).where(consents.c.purpose == "discoverable", consents.c.at >= since)
    return sorted(set(session.scalars(changed.union(agreed))))


def still_here(session: Session, alumnus_ids: Sequence[str]) -> set[str]:
    """Return those of `alumnus_ids` who are stored. Raises nothing."""
    found: set[str] = set()
    for start in range(0, len(alumnus_ids), _AT_ONCE):
        asked = people.c.alumnus_id.in_(alumnus_ids[start : start + _AT_ONCE])
        found.update(session.scalars(select(people.c.alumnus_id).where(asked)))
    return found


def _announce(session: Session) -> None:
    noted = session.info.get(_NOTED)
    if not noted or session.in_nested_transaction():
        return
    ids = sorted(noted, key=lambda one: one or "")
    noted.clear()
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_TURN)))
    # the last change of a person is enough; a place in the feed is never used twice
    session.execute(delete(talent_changes).where(talent_changes.c.alumnus_id.in_([one for one in ids if one])))
    session.execute(insert(talent_changes).values(at=func.now()), [{"alumnus_id": one} for one in ids])


def _forget(session: Session) -> None:
    session.info.get(_NOTED, set()).clear()
