"""Takes what an officer at a counter sends; gives people found and served, and what waits. Decides nothing itself."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from api.counter.bodies import (
    BeginBody,
    CallbackAdded,
    CallbackBody,
    CallbackContact,
    CallbackPage,
    CloseBody,
    CorrectionPage,
    CounterVisit,
    DecideCorrectionBody,
    EnrolBody,
    Enrolled,
    FindBody,
    Found,
    HeldCertificate,
    PackBody,
    QuestionPage,
    ReplyBody,
    SealedPack,
    ShownCertificate,
    SyncAnswer,
    SyncBody,
)
from api.counter.certificates import add_certificate
from api.counter.desk import OpenDesk
from api.counter.offline_pack import packed, synced
from api.counter.people import enrol, find
from api.counter.queues import (
    close,
    correction_page,
    decide_correction,
    due_page,
    put_on_list,
    question_page,
    reply,
    whom_to_call,
)
from api.counter.sheet import printed, short_message
from api.counter.visits import begin, end, open_visit
from api.dependencies import CurrentAccount, OpenedSecurity, PageLanguage, Session, WallNow, require
from api.pages.rendering import page
from api.repeats import OnceOnly
from api.routes.auth import never_stored
from api.routes.responses import refusals

router = APIRouter(
    prefix="/v1/counter",
    tags=["counter"],
    dependencies=[require("counter"), Depends(never_stored)],
    responses=refusals(401, 403, 404, 409, 422, 429, 503),
)
Cursor = Annotated[str | None, Query(max_length=512, description="next_cursor of the page before")]


@router.post("/find")
def find_person(
    body: FindBody, officer: CurrentAccount, session: Session, security: OpenedSecurity, now: WallNow
) -> Found:
    """Find a person by certificate number, by name and birth date, or by identity number (hashed, never kept)."""
    return Found(items=find(session, security.keys, officer, body, now=now))


@router.post("/people", status_code=201, response_model=Enrolled)
def register_person(
    body: EnrolBody, officer: CurrentAccount, once: OnceOnly, security: OpenedSecurity, now: WallNow
) -> Response:
    """Register a person with a consent receipt; a telephone gives them an account and a code for a PIN."""
    return once.answer(lambda: enrol(once.session, security, officer, body, now=now))


@router.post("/sessions", status_code=201)
def begin_session(
    body: BeginBody, officer: CurrentAccount, session: Session, security: OpenedSecurity, now: WallNow
) -> CounterVisit:
    """Act on behalf of a person who signed a receipt; the same receipt gives the next token of an open session."""
    return begin(session, security, officer, body, now=now)


@router.post("/sessions/{session_id}/end", status_code=204)
def end_session(session_id: str, officer: CurrentAccount, session: Session, now: WallNow) -> None:
    """End a session, at once for its tokens."""
    end(session, officer, session_id, now=now)


@router.post("/sessions/{session_id}/certificates", status_code=201, response_model=HeldCertificate)
def add_a_certificate(session_id: str, body: ShownCertificate, desk: OpenDesk, once: OnceOnly) -> Response:
    """Add a certificate that the person in session shows; a number that is here already is refused."""
    visit = open_visit(desk.session, desk.officer, session_id, now=desk.wall_now)
    return once.answer(lambda: add_certificate(desk, visit, body), alumnus_id=visit.alumnus_id)


@router.get("/sheet", response_class=HTMLResponse)
def print_sheet(
    request: Request,
    desk: OpenDesk,
    session_id: Annotated[str, Query(max_length=64, description="The counter session")],
    lang: PageLanguage,
    form: Annotated[Literal["a4", "slip", "text"], Query(description="A4 page, 80 mm slip, or text to send")] = "a4",
) -> Response:
    """Give ten vacancies of the person in session as a page to print, a slip, or a text of 480 characters at most."""
    sheet = printed(desk, session_id, lang)
    if form == "text":
        return PlainTextResponse(short_message(sheet), headers={"Content-Language": lang, "Cache-Control": "no-store"})
    return page(request, "sheet.html" if form == "a4" else "slip.html", lang, context={"sheet": sheet})


@router.post("/callbacks", status_code=201, response_model=CallbackAdded)
def add_callback(body: CallbackBody, officer: CurrentAccount, once: OnceOnly) -> Response:
    """Put a person who agreed to be contacted on the call-back list."""
    return once.answer(
        lambda: CallbackAdded(callback_id=put_on_list(once.session, officer, body)), alumnus_id=body.alumnus_id
    )


@router.get("/callbacks")
def list_callbacks(
    officer: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    now: WallNow,
    until: Annotated[date | None, Query(description="Last day; none is today")] = None,
    cursor: Cursor = None,
) -> CallbackPage:
    """List the calls that are due in the own province, masked, by day."""
    return due_page(session, security.keys, officer, until=until, cursor=cursor, now=now)


@router.get("/callbacks/{callback_id}/contact")
def show_contact(
    callback_id: str, officer: CurrentAccount, session: Session, security: OpenedSecurity, now: WallNow
) -> CallbackContact:
    """Show name and telephone for one call that is due; the person's trail tells of it."""
    return whom_to_call(session, security.keys, officer, callback_id, now=now)


@router.post("/callbacks/{callback_id}/close", status_code=204)
def close_callback(callback_id: str, body: CloseBody, officer: CurrentAccount, once: OnceOnly) -> Response:
    """Close a call with a word of a closed list."""
    return once.answer(lambda: close(once.session, officer, callback_id, body.state, body.note_code), status=204)


@router.get("/questions")
def list_questions(
    officer: CurrentAccount, session: Session, security: OpenedSecurity, now: WallNow, cursor: Cursor = None
) -> QuestionPage:
    """List what people of the own province ask, the oldest first."""
    return question_page(session, security.keys, officer, cursor=cursor, now=now)


@router.post("/questions/{question_id}/answer", status_code=204)
def answer_question(
    question_id: str, body: ReplyBody, officer: CurrentAccount, once: OnceOnly, now: WallNow
) -> Response:
    """Answer a question; the person reads it among their questions."""
    return once.answer(lambda: reply(once.session, officer, question_id, body.reply, now=now), status=204)


@router.get("/corrections")
def list_corrections(
    officer: CurrentAccount, session: Session, security: OpenedSecurity, now: WallNow, cursor: Cursor = None
) -> CorrectionPage:
    """List what people of the own province say is wrong about them."""
    return correction_page(session, security.keys, officer, cursor=cursor, now=now)


@router.post("/corrections/{correction_id}/decide", status_code=204)
def settle_correction(
    correction_id: str, body: DecideCorrectionBody, officer: CurrentAccount, once: OnceOnly, now: WallNow
) -> Response:
    """Settle a correction, with what was changed after looking at the papers, or refuse it."""
    return once.answer(lambda: decide_correction(once.session, officer, correction_id, body, now=now), status=204)


@router.post("/offline-pack")
def make_pack(body: PackBody, desk: OpenDesk) -> SealedPack:
    """Give a district's vacancies and due calls, encrypted under a passphrase, for days without a network."""
    return packed(desk, body)


@router.post("/offline-sync")
def take_in(body: SyncBody, desk: OpenDesk) -> SyncAnswer:
    """Take in what was noted offline, each event once and with its own time; refusals are told one by one."""
    return synced(desk, body)
