"""Takes a session and the answer to a person's question; gives it again to a reload. Ranks nothing."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from api.storage.schema.events import recent_answers
from api.storage.statements import first, n_rows, upsert

_RECENT = select(recent_answers).where(
    recent_answers.c.alumnus_id == bindparam("alumnus_id"),
    recent_answers.c.request_hash == bindparam("request_hash"),
    recent_answers.c.shown_at >= bindparam("since"),
)


@dataclass(frozen=True, slots=True)
class RecentAnswer:
    """What a person was shown: ``request_hash`` says to which question, ``impression_id`` under which impression."""

    alumnus_id: str
    request_hash: str
    impression_id: str
    shown_at: datetime
    answer: dict[str, Any]


def keep_answer(session: Session, answered: RecentAnswer) -> None:
    """Store the answer in place of the one before. Its impression must be stored. Raises nothing of its own."""
    # Not asdict: that copies the whole answer, cell by cell.
    upsert(session, recent_answers, {one.name: getattr(answered, one.name) for one in fields(answered)})


def recent_answer(session: Session, alumnus_id: str, request_hash: str, *, since: datetime) -> RecentAnswer | None:
    """Return the last answer to this question of a person, if it was shown at `since` or later. Raises nothing."""
    return first(session, RecentAnswer, _RECENT, alumnus_id=alumnus_id, request_hash=request_hash, since=since)


def forget_answers(session: Session, alumnus_id: str) -> None:
    """Forget what a person was shown, because they or their consents changed. Raises nothing."""
    session.execute(delete(recent_answers).where(recent_answers.c.alumnus_id == alumnus_id))


def prune_answers(session: Session, *, before: datetime) -> int:
    """Forget the answers shown before `before`; return how many. Raises nothing."""
    return n_rows(session, delete(recent_answers).where(recent_answers.c.shown_at < before))
