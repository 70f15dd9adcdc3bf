"""Takes what an employer says of an advert held back; gives the doubts, and the appeal. Decides nothing itself."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from api.dependencies import CurrentAccount, Reading, WallNow, require
from api.operator.bodies import AppealBody, OwnReviews
from api.operator.reviewing import appeal, own_reviews
from api.repeats import OnceOnly
from api.routes.auth import never_stored
from api.routes.responses import refusals

router = APIRouter(
    prefix="/v1/employer/reviews",
    tags=["employer"],
    dependencies=[require("employer"), Depends(never_stored)],
    responses=refusals(401, 403, 404, 409, 422, 429, 503),
)


@router.get("")
def list_own_reviews(
    vacancy_id: Annotated[str, Query(max_length=200, description="One of the own vacancies")],
    employer: CurrentAccount,
    reading: Reading,
) -> OwnReviews:
    """List the reviews of an own vacancy: each doubtful phrase with its rule, and what was decided, the last first."""
    return own_reviews(reading, employer, vacancy_id)


@router.post("/{review_id}/appeal", status_code=204)
def appeal_refusal(
    review_id: str, body: AppealBody, employer: CurrentAccount, once: OnceOnly, now: WallNow
) -> Response:
    """Appeal against a refusal, once; the advert waits in the queue again."""
    return once.answer(lambda: appeal(once.session, employer, review_id, body.text, now=now), status=204)
