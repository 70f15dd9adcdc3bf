"""Takes what an operator sends; gives imports, the trail, what waits for a decision, and messages. Decides nothing."""

from __future__ import annotations

import json
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, Response

from api.dependencies import CurrentAccount, OpenedSecurity, Reading, Session, WallNow, require
from api.operator.bodies import (
    DecideEmployerBody,
    DecideReviewBody,
    EmployerBody,
    EmployerCard,
    EmployerPage,
    EmployerState,
    ImportAnswer,
    ReviewPage,
    TakeBody,
    TakenMessage,
    TakenMessages,
    TrailEntry,
    TrailPage,
)
from api.operator.imports import ImportedTable, OutcomeSource, import_file
from api.operator.reviewing import add, decide, employers, verify, waiting
from api.operator.upload import FILE_BODY, UploadedFile
from api.repeats import OnceOnly
from api.routes.auth import never_stored
from api.routes.responses import refusals
from api.storage.outbox import take_messages
from api.storage.trail import audit

router = APIRouter(
    prefix="/v1/operator",
    tags=["operator"],
    dependencies=[require("operator"), Depends(never_stored)],
    responses=refusals(401, 403, 404, 409, 422, 429, 503),
)
_PAGE_ROWS = 100


@router.post("/import/{table}", openapi_extra=FILE_BODY)
def import_table(
    table: Annotated[ImportedTable, Path(description="What the file holds")],
    file: UploadedFile,
    session: Session,
    security: OpenedSecurity,
    now: WallNow,
    source: Annotated[OutcomeSource, Query(description="Outcomes only: who tells them")] = "survey",
    accept_rest: Annotated[bool, Query(description="Take the good rows where others are refused")] = False,
) -> ImportAnswer:
    """Import alumni, certificates or outcomes from one file: all of it, or nothing and the reasons row by row."""
    return import_file(session, security.keys, table, file, source=source, accept_rest=accept_rest, now=now)


@router.get("/audit")
def read_trail(
    reading: Reading,
    account_id: Annotated[str | None, Query(max_length=64, description="Of one account only")] = None,
    before: Annotated[int | None, Query(ge=1, le=2**62, description="next_before of the page before")] = None,
) -> TrailPage:
    """Show who looked at whom, the last one first."""
    found = audit(reading, account_id=account_id, before=before, limit=_PAGE_ROWS)
    items = [TrailEntry.model_validate(one, from_attributes=True) for one in found]
    return TrailPage(items=items, next_before=items[-1].access_id if len(items) == _PAGE_ROWS else None)


@router.get("/reviews")
def list_reviews(
    reading: Reading, cursor: Annotated[str | None, Query(max_length=512, description="next_cursor before")] = None
) -> ReviewPage:
    """List the adverts that wait for a decision, appeals among them, the oldest first."""
    return waiting(reading, cursor=cursor)


@router.post("/reviews/{review_id}/decide", status_code=204)
def decide_review(
    review_id: str, body: DecideReviewBody, operator: CurrentAccount, once: OnceOnly, now: WallNow
) -> Response:
    """Clear an advert, which opens it at once, or refuse it with the reason; an employer may appeal once."""
    return once.answer(lambda: decide(once.session, operator, review_id, body, now=now), status=204)


@router.get("/employers")
def list_employers(
    reading: Reading,
    state: Annotated[EmployerState, Query(description="Which ones")] = "unverified",
    after: Annotated[str | None, Query(max_length=128, description="next_after of the page before")] = None,
) -> EmployerPage:
    """List employers in one state of verification."""
    return employers(reading, state, after=after)


@router.post("/employers", status_code=201, response_model=EmployerCard)
def add_employer(body: EmployerBody, once: OnceOnly) -> Response:
    """Add an employer; its accounts are opened at POST /v1/auth/accounts."""
    return once.answer(lambda: add(once.session, body.name))


@router.post("/employers/{employer_id}/decide", response_model=EmployerCard)
def decide_employer(
    employer_id: str, body: DecideEmployerBody, operator: CurrentAccount, once: OnceOnly, now: WallNow
) -> Response:
    """Verify an employer, or refuse it."""
    return once.answer(lambda: verify(once.session, operator, employer_id, body.state, now=now), status=200)


@router.post("/outbox/take")
def take_outbox(body: TakeBody, session: Session, security: OpenedSecurity, now: WallNow) -> TakenMessages:
    """Hand the oldest waiting messages to a sender, opened; no other sender gets the same."""
    items = [
        TakenMessage(
            message_id=one.message_id,
            channel=one.channel,
            template=one.template,
            values=json.loads(security.keys.decrypt(one.payload["sealed"], about=one.message_id)),
            created_at=one.created_at,
        )
        for one in take_messages(session, now=now, limit=body.limit)
    ]
    return TakenMessages(items=items)
