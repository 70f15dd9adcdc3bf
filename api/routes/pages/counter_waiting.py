"""Takes an officer; gives the calls, questions and corrections that wait in their province, each settled in one press.

Calls the same rooms as ``/v1/counter`` and decides nothing itself.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import HTMLResponse

from api.alumni.events import adverts
from api.counter.bodies import CallbackContact, DecideCorrectionBody
from api.counter.queues import (
    close,
    correction_page,
    decide_correction,
    due_page,
    question_page,
    reply,
    waiting,
    whom_to_call,
)
from api.dependencies import CurrentAccount, OpenedSecurity, ServedArtifact, Session, WallNow, require
from api.pages.counter_forms import CallForm, CorrectionForm, ReplyForm
from api.pages.texts import texts_in
from api.routes.pages.desk import PageDesk, go
from matcher.domain.errors import InvalidInput

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[require("counter")])
Cursor = Annotated[str | None, Query(max_length=512)]
ENDS = {
    "reached": "done", "found_work": "done", "comes_to_counter": "done", "no_answer": "dropped",
    "wrong_number": "dropped", "does_not_want": "dropped", "moved_away": "dropped",
}  # fmt: skip
"""How a call ended -> the state it is closed in."""


@router.get("/loket/panggilan")
def show_calls(
    desk: PageDesk,
    officer: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    now: WallNow,
    cursor: Cursor = None,
) -> HTMLResponse:
    """Show the calls that are due."""
    found = due_page(session, security.keys, officer, until=None, cursor=cursor, now=now)
    return desk.page("counter_calls.html", {**_tabs(session, officer, now), "found": found, "contact": None})


@router.get("/loket/panggilan/{callback_id}")
def show_call(
    callback_id: str,
    desk: PageDesk,
    officer: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    now: WallNow,
) -> HTMLResponse:
    """Show name and telephone for one call; the person's trail tells of it."""
    contact = whom_to_call(session, security.keys, officer, callback_id, now=now)
    return desk.page("counter_call.html", {"contact": _dialled(contact), "callback_id": callback_id, "ends": ENDS})


@router.post("/loket/panggilan")
def close_call(form: Annotated[CallForm, Form()], officer: CurrentAccount, session: Session) -> Response:
    """Close a call with a word."""
    close(session, officer, form.callback_id, ENDS[form.note_code], form.note_code)
    return go("/loket/panggilan?beres=call_closed")


@router.get("/loket/pertanyaan")
def show_questions(
    desk: PageDesk,
    officer: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    view: ServedArtifact,
    now: WallNow,
    cursor: Cursor = None,
) -> HTMLResponse:
    """Show what people ask, objections to the automatic order among it."""
    found = question_page(session, security.keys, officer, cursor=cursor, now=now)
    named = adverts(session, view, [one.vacancy_id for one in found.items if one.vacancy_id])
    titles = {vacancy_id: advert.title for vacancy_id, advert in named.items()}
    return desk.page("counter_questions.html", {**_tabs(session, officer, now), "found": found, "titles": titles})


@router.post("/loket/pertanyaan")
def answer_question(
    form: Annotated[ReplyForm, Form()], officer: CurrentAccount, session: Session, now: WallNow
) -> Response:
    """Answer a question, in words or with one of the answers that stand ready."""
    words = texts_in("id")(f"reply_{form.ready}") if form.ready else form.reply
    if not words:
        raise InvalidInput("reply: is empty; write an answer, or press one that stands ready")
    reply(session, officer, form.question_id, words, now=now)
    return go("/loket/pertanyaan?beres=answered")


@router.get("/loket/perbaikan")
def show_corrections(
    desk: PageDesk,
    officer: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    now: WallNow,
    cursor: Cursor = None,
) -> HTMLResponse:
    """Show what people say is wrong about them."""
    found = correction_page(session, security.keys, officer, cursor=cursor, now=now)
    return desk.page("counter_corrections.html", {**_tabs(session, officer, now), "found": found})


@router.post("/loket/perbaikan")
def settle_correction(
    form: Annotated[CorrectionForm, Form()], officer: CurrentAccount, session: Session, now: WallNow
) -> Response:
    """Settle a correction; what is to be changed is changed in a session with the person."""
    decide_correction(session, officer, form.correction_id, DecideCorrectionBody(state=form.state), now=now)
    return go(f"/loket/perbaikan?beres=correction_{form.state}")


def _tabs(session: Session, officer: CurrentAccount, now: WallNow) -> dict[str, Any]:
    return {"waiting": waiting(session, officer, now=now)}


def _dialled(contact: CallbackContact) -> dict[str, str]:
    return {"name": contact.name, "phone": contact.phone, "href": f"tel:{contact.phone}"}
