"""Takes what an operator decides about adverts and employers; gives the queues, and what follows of each decision.

Finds no doubt itself.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from api.operator.bodies import (
    DecideReviewBody,
    EmployerCard,
    EmployerPage,
    OwnReview,
    OwnReviews,
    ReviewCard,
    ReviewPage,
)
from api.page_cursor import instant, next_cursor, read_cursor
from api.security.accounts import SignedIn
from api.storage.employers import Employer, add_employer, decide_employer, employer_of, employers_in
from api.storage.reviews import (
    AdvertReview,
    appeal_review,
    decide_review,
    review_of,
    reviews_of_vacancy,
    waiting_reviews,
)
from api.storage.vacancies import PostedVacancy, set_vacancy_state, vacancies_of, vacancy_of
from matcher.domain.errors import UnknownIdentifier

PAGE_ROWS = 50


def waiting(session: Session, *, cursor: str | None) -> ReviewPage:
    """Return the adverts that wait for a decision, appeals among them, the oldest first.

    Raises
    ------
    InvalidInput
        When the cursor is none that this list gave.
    """
    after = None
    if cursor is not None:
        at, review_id = read_cursor(cursor, instant)
        after = (at, review_id)
    found = waiting_reviews(session, after=after, limit=PAGE_ROWS)
    adverts = vacancies_of(session, [one.vacancy_id for one in found])
    last = (found[-1].opened_at, found[-1].review_id) if len(found) == PAGE_ROWS else None
    items = [_card(one, adverts.get(one.vacancy_id)) for one in found]
    return ReviewPage(items=items, next_cursor=next_cursor(last))


def decide(session: Session, operator: SignedIn, review_id: str, given: DecideReviewBody, *, now: datetime) -> None:
    """Decide about an advert: cleared it opens at once; refused it goes back to its employer as a draft.

    Raises
    ------
    UnknownIdentifier
        When there is no such review.
    Conflicting
        When it waits for no decision.
    """
    review = review_of(session, review_id)
    if review is None:
        raise UnknownIdentifier(f"review '{review_id}': not here; read the queue again")
    decide_review(session, review_id, given.state, by=operator.account_id, now=now, note=given.note)
    posted = vacancy_of(session, review.vacancy_id)
    is_waiting = posted is not None and posted.state in {"in_review", "open"}
    if given.state == "refused" and is_waiting:
        set_vacancy_state(session, review.vacancy_id, "draft", now=now)
    # What its employer withdrew or filled meanwhile stays so; a refused advert waits as a draft for its appeal.
    was_refused = review.state == "appealed" and posted is not None and posted.state == "draft"
    if given.state == "cleared" and (is_waiting or was_refused):
        set_vacancy_state(session, review.vacancy_id, "open", now=now)


def own_reviews(session: Session, employer: SignedIn, vacancy_id: str) -> OwnReviews:
    """Return the reviews of an employer's own vacancy, the last one first.

    Raises
    ------
    UnknownIdentifier
        When it has no such vacancy.
    """
    _check_own(session, employer, vacancy_id)
    found = reviews_of_vacancy(session, vacancy_id)
    return OwnReviews(items=[OwnReview.model_validate(one, from_attributes=True) for one in found])


def appeal(session: Session, employer: SignedIn, review_id: str, text: str, *, now: datetime) -> None:
    """Put a refusal of an own advert into the queue again.

    Raises
    ------
    UnknownIdentifier
        When it has no such review.
    Conflicting
        When the review is not refused, or was appealed before.
    """
    review = review_of(session, review_id)
    if review is None:
        raise UnknownIdentifier("vacancy: none of yours has this id, or this review; check the id")
    _check_own(session, employer, review.vacancy_id)
    appeal_review(session, review_id, text, now=now)


def add(session: Session, name: str) -> EmployerCard:
    """Return an employer added unverified. Raises nothing."""
    employer = Employer(uuid4().hex, name)
    add_employer(session, employer)
    return _employer(employer)


def employers(session: Session, state: str, *, after: str | None) -> EmployerPage:
    """Return the employers in a state, by id. Raises nothing."""
    found = employers_in(session, state, after=after, limit=PAGE_ROWS)
    last = found[-1].employer_id if len(found) == PAGE_ROWS else None
    return EmployerPage(items=[_employer(one) for one in found], next_after=last)


def verify(session: Session, operator: SignedIn, employer_id: str, state: str, *, now: datetime) -> EmployerCard:
    """Return an employer after the operator's decision.

    Raises
    ------
    UnknownIdentifier
        When there is no such employer.
    """
    decide_employer(session, employer_id, state, by=operator.account_id, now=now)
    decided = employer_of(session, employer_id)
    if decided is None:
        raise UnknownIdentifier(f"employer '{employer_id}': not here; check the id")
    return _employer(decided)


def _check_own(session: Session, employer: SignedIn, vacancy_id: str) -> None:
    posted = vacancy_of(session, vacancy_id)
    if posted is None or posted.vacancy.employer_id != employer.employer_id:
        raise UnknownIdentifier("vacancy: none of yours has this id, or this review; check the id")


def _card(review: AdvertReview, posted: PostedVacancy | None) -> ReviewCard:
    vacancy = None if posted is None else posted.vacancy
    return ReviewCard(
        review_id=review.review_id,
        vacancy_id=review.vacancy_id,
        title=vacancy and vacancy.title,
        employer=vacancy and vacancy.employer,
        description=vacancy and vacancy.description,
        vacancy_state=posted and posted.state,
        flags=review.flags,
        state=review.state,
        opened_at=review.opened_at,
        note=review.note,
        appeal_text=review.appeal_text,
        appealed_at=review.appealed_at,
    )


def _employer(employer: Employer) -> EmployerCard:
    return EmployerCard.model_validate(employer, from_attributes=True)
