"""Takes a session; gives who wants short messages and what they were told last. Composes and sends nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from api.storage.schema.events import impression_entries, impressions
from api.storage.schema.people import message_wishes
from api.storage.schema.vacancies import vacancy_changes
from api.storage.statements import every, upsert


@dataclass(frozen=True, slots=True)
class MessageWish:
    """That somebody wants messages over ``channel``, sms or whatsapp.

    Ends of vacancies were told up to ``looked_at``; vacancies were sent last at ``told_at``.
    """

    alumnus_id: str
    channel: str
    looked_at: datetime
    told_at: datetime | None = None


def keep_wish(session: Session, wish: MessageWish) -> None:
    """Store a wish in place of the one before.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When there is no such person or channel: a fault of the caller.
    """
    upsert(session, message_wishes, asdict(wish))


def note_told(session: Session, wish: MessageWish) -> None:
    """Store what was told and when; a wish that ended meanwhile stays ended. Raises nothing."""
    theirs = message_wishes.c.alumnus_id == wish.alumnus_id
    session.execute(update(message_wishes).where(theirs).values(looked_at=wish.looked_at, told_at=wish.told_at))


def end_wish(session: Session, alumnus_id: str) -> None:
    """Forget that somebody wanted messages. Raises nothing."""
    session.execute(delete(message_wishes).where(message_wishes.c.alumnus_id == alumnus_id))


def wish_of(session: Session, alumnus_id: str) -> MessageWish | None:
    """Return what a person wants to be told, None who wants nothing. Raises nothing."""
    found = select(message_wishes).where(message_wishes.c.alumnus_id == alumnus_id)
    return next(iter(every(session, MessageWish, found)), None)


def wishes_after(session: Session, alumnus_id: str, *, limit: int) -> list[MessageWish]:
    """Return the next wishes in the order of ids, those behind `alumnus_id`. Raises nothing."""
    found = select(message_wishes).where(message_wishes.c.alumnus_id > alumnus_id)
    return every(session, MessageWish, found.order_by(message_wishes.c.alumnus_id).limit(limit))


def shown_to(session: Session, alumnus_id: str) -> set[str]:
    """Return the vacancies that a person was ever shown, by id. Raises nothing."""
    found = (
        select(impression_entries.c.vacancy_id)
        .join(impressions, impressions.c.impression_id == impression_entries.c.impression_id)
        .where(impressions.c.alumnus_id == alumnus_id)
    )
    return set(session.scalars(found))


def closed_since(session: Session, vacancy_ids: Sequence[str], since: datetime) -> set[str]:
    """Return which of `vacancy_ids` somebody filled or withdrew after `since`. Raises nothing."""
    found = select(vacancy_changes.c.vacancy_id).where(
        vacancy_changes.c.vacancy_id.in_(vacancy_ids),
        vacancy_changes.c.kind.in_(("filled", "withdrawn")),
        vacancy_changes.c.at > since,
    )
    return set(session.scalars(found))
