"""Takes a session and doubtful adverts; gives the officers' queue, decisions and appeals. Finds no doubt itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from api.refusals import Conflicting
from api.storage.schema.vacancies import advert_reviews
from api.storage.statements import every, first, n_rows


@dataclass(frozen=True, slots=True)
class AdvertReview:
    """An advert in doubt: ``flags`` hold phrase, rule and remedy; ``state`` is open, cleared, refused or appealed."""

    review_id: str
    vacancy_id: str
    flags: list[dict[str, Any]]
    opened_at: datetime
    state: str = "open"
    decided_by: str | None = None
    decided_at: datetime | None = None
    note: str | None = None
    appeal_text: str | None = None
    appealed_at: datetime | None = None


def open_review(session: Session, review: AdvertReview) -> None:
    """Put an advert into the queue.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the id is taken or the vacancy was not posted here: a fault of the caller.
    """
    session.execute(insert(advert_reviews).values(**asdict(review)))


def review_of(session: Session, review_id: str) -> AdvertReview | None:
    """Return one review. Raises nothing."""
    return first(session, AdvertReview, select(advert_reviews).where(advert_reviews.c.review_id == review_id))


def reviews_of_vacancy(session: Session, vacancy_id: str) -> list[AdvertReview]:
    """Return every review of a vacancy, the last one first. Raises nothing."""
    table = advert_reviews.c
    found = select(advert_reviews).where(table.vacancy_id == vacancy_id)
    return every(session, AdvertReview, found.order_by(table.opened_at.desc(), table.review_id))


def waiting_reviews(
    session: Session, *, after: tuple[datetime, str] | None = None, limit: int = 50
) -> list[AdvertReview]:
    """Return what waits for a decision, appeals among it, the oldest first; from after ``(opened_at, review_id)`` on.

    Notes
    -----
    Raises nothing.
    """
    table = advert_reviews.c
    found = select(advert_reviews).where(table.state.in_(("open", "appealed")))
    if after is not None:
        found = found.where(
            (table.opened_at > after[0]) | ((table.opened_at == after[0]) & (table.review_id > after[1]))
        )
    return every(session, AdvertReview, found.order_by(table.opened_at, table.review_id).limit(limit))


def decide_review(
    session: Session, review_id: str, state: str, *, by: str, now: datetime, note: str | None = None
) -> None:
    """Store an officer's decision, cleared or refused, about a review that waits.

    Raises
    ------
    Conflicting
        When it does not wait for one.
    """
    waits = (advert_reviews.c.review_id == review_id) & advert_reviews.c.state.in_(("open", "appealed"))
    decided = {"state": state, "decided_by": by, "decided_at": now, "note": note}
    if not n_rows(session, update(advert_reviews).where(waits).values(**decided)):
        raise Conflicting(f"review '{review_id}': waits for no decision; read the queue again")


def appeal_review(session: Session, review_id: str, text: str, *, now: datetime) -> None:
    """Store an employer's appeal against a refusal; each refusal is appealed once.

    Raises
    ------
    Conflicting
        When the review is not refused, or was appealed before.
    """
    table = advert_reviews.c
    is_refused = (table.review_id == review_id) & (table.state == "refused") & table.appealed_at.is_(None)
    appealed = {"state": "appealed", "appeal_text": text, "appealed_at": now}
    if not n_rows(session, update(advert_reviews).where(is_refused).values(**appealed)):
        raise Conflicting(f"review '{review_id}': is not refused, or was appealed already; ask the office")
