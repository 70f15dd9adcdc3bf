"""Takes the person in session; gives what leaves the counter on paper or as a message: vacancies, and the receipt.

Prints and sends nothing itself.
"""

from __future__ import annotations

from typing import Annotated, Literal
from urllib.parse import quote

from fastapi import APIRouter, Query
from fastapi.responses import HTMLResponse

from api.alumni.privacy import consents
from api.counter.desk import OpenDesk
from api.counter.people import card_of
from api.counter.sheet import printed, short_message
from api.dependencies import OpenedSecurity, Session, WallNow, require
from api.refusals import NotAllowed
from api.routes.pages.counter_people import PURPOSES, OpenVisit
from api.routes.pages.desk import PageDesk
from matcher.domain.errors import InvalidInput

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[require("counter")])
_TEMPLATES = {"a4": "sheet.html", "struk": "slip.html"}


@router.get("/loket/cetak")
def show_papers(desk: PageDesk, at_counter: OpenDesk, visit: OpenVisit) -> HTMLResponse:
    """Show the ways to print the ten vacancies, and the same as a short text to send."""
    try:
        sheet = printed(at_counter, visit.session_id, desk.language)
    except (NotAllowed, InvalidInput) as refusal:
        why = "paper_no_certificate" if isinstance(refusal, InvalidInput) else "paper_no_consent"
        return desk.page("counter_papers.html", {"why": why, "text": "", "encoded": "", "n_vacancies": 0})
    text = short_message(sheet)
    context = {"why": "", "text": text, "encoded": quote(text, safe=""), "n_vacancies": len(sheet.vacancies)}
    return desk.page("counter_papers.html", context)


@router.get("/loket/lembar")
def show_sheet(
    desk: PageDesk,
    at_counter: OpenDesk,
    visit: OpenVisit,
    bentuk: Annotated[Literal["a4", "struk"], Query()] = "a4",
) -> HTMLResponse:
    """Show the ten vacancies as a page of A4 or a slip of 80 mm, ready to print."""
    sheet = printed(at_counter, visit.session_id, desk.language)
    return desk.page(_TEMPLATES[bentuk], {"sheet": sheet, "back": "/loket/cetak"})


@router.get("/loket/kuitansi")
def show_receipt(
    desk: PageDesk,
    now: WallNow,
    nomor: Annotated[str, Query(max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9./-]{3,39}$")],
) -> HTMLResponse:
    """Show a blank receipt with its number: the person ticks and signs it before anything is done for them."""
    context = {"number": nomor, "on": now, "person": None, "agreed": (), "purposes": PURPOSES, "back": "/loket"}
    return desk.page("receipt.html", context)


@router.get("/loket/orang/kuitansi")
def show_own_receipt(
    desk: PageDesk,
    visit: OpenVisit,
    session: Session,
    security: OpenedSecurity,
) -> HTMLResponse:
    """Show the receipt of the session that is open, with what the person agrees to now, to take home."""
    person = card_of(session, security.keys, visit.alumnus_id)
    agreed = consents(session, visit.alumnus_id).given
    context = {"number": visit.receipt_no, "on": visit.begun_at, "person": person, "agreed": agreed}
    return desk.page("receipt.html", {**context, "purposes": PURPOSES, "back": "/loket/orang"})
