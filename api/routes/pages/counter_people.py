"""Takes what an officer types about a person in a browser; gives people found, registered, served, and let go.

Calls the same rooms as ``/v1/counter`` and decides nothing itself. What finds a person is posted and never repeated.
"""

from __future__ import annotations

import secrets
import string
from datetime import date, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.alumni.privacy import consents, trail
from api.counter.bodies import CallbackBody
from api.counter.people import card_of, enrol, find
from api.counter.queues import put_on_list, waiting
from api.counter.visits import begin, end, open_visit
from api.dependencies import CurrentAccount, OpenedSecurity, Session, WallNow, require
from api.pages.counter_forms import BeginForm, EnrolForm, FindForm
from api.pages.schooling import schooling_choices
from api.pages.texts import JAKARTA, texts_in
from api.refusals import Conflicting
from api.routes.pages.desk import PageDesk, go
from api.security.accounts import COUNTER_SESSION_LIFETIME, SignedIn
from api.security.resets import hand_over
from api.storage.accounts import account_of_alumnus
from api.storage.counter import CounterSession
from api.storage.trail import Access, note_accesses
from matcher.domain.errors import UnknownIdentifier
from matcher.domain.regions import districts, provinces

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[require("counter")])
PURPOSES = ("recommend", "contact", "discoverable", "research", "disability_use")
_LETTERS = "".join(sorted({*string.digits, *string.ascii_uppercase} - {*"01IO"}))


def _visit(
    request: Request, officer: CurrentAccount, session: Session, security: OpenedSecurity, now: WallNow
) -> CounterSession:
    return open_visit(session, officer, security.cookies.read(request, "visit") or "", now=now)


OpenVisit = Annotated[CounterSession, Depends(_visit)]
"""The counter session of this browser; 404 where none is open."""


@router.get("/loket")
def show_desk(desk: PageDesk, officer: CurrentAccount, session: Session, now: WallNow) -> HTMLResponse:
    """Show the ways to find a person, and how many wait."""
    return desk.page("counter.html", {"waiting": waiting(session, officer, now=now)})


@router.post("/loket")
def find_person(
    form: Annotated[FindForm, Form()],
    desk: PageDesk,
    officer: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    now: WallNow,
) -> HTMLResponse:
    """Show masked cards of who that may be; what was typed stands nowhere in the answer."""
    return desk.page("counter_found.html", {"people": find(session, security.keys, officer, form, now=now)})


@router.get("/loket/mulai")
def show_receipt_form(
    desk: PageDesk,
    officer: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    now: WallNow,
    orang: Annotated[str, Query(max_length=64)] = "",
) -> HTMLResponse:
    """Ask for the receipt that the person signs before an officer acts for them."""
    person = card_of(session, security.keys, orang)
    if person is None:
        raise UnknownIdentifier("person: not here; find them at the desk")
    note_accesses(session, [Access(officer.account_id, officer.role, orang, "found", now)])
    return desk.page("counter_begin.html", {"person": person, "purposes": PURPOSES, "receipt_no": fresh_receipt(now)})


@router.post("/loket/mulai")
def begin_visit(
    form: Annotated[BeginForm, Form()],
    officer: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    now: WallNow,
) -> Response:
    """Act for the person from now on in this browser, and go to their vacancies."""
    visit = begin(session, security, officer, form, now=now)
    answer = go("/loket/orang")
    security.cookies.set(answer, "visit", visit.session_id, lifetime=COUNTER_SESSION_LIFETIME)
    return answer


@router.get("/loket/daftar")
def show_enrolment(
    desk: PageDesk, officer: CurrentAccount, now: WallNow, provinsi: Annotated[str, Query(max_length=8)] = ""
) -> HTMLResponse:
    """Show the form to register a person who lives in one province: `provinsi`, or the officer's own."""
    chosen = provinsi if provinsi in provinces() else officer.province_code or ""
    context = {
        "province": chosen,
        "provinces": [(code, one.name) for code, one in provinces().items()],
        "districts": districts_of(chosen),
        "levels": schooling_choices(texts_in(desk.language)),
        "purposes": PURPOSES,
        "receipt_no": fresh_receipt(now),
    }
    return desk.page("counter_enrol.html", context)


@router.post("/loket/daftar")
def enrol_person(
    form: Annotated[EnrolForm, Form()],
    desk: PageDesk,
    officer: CurrentAccount,
    session: Session,
    security: OpenedSecurity,
    now: WallNow,
) -> HTMLResponse:
    """Register a person, and show once the code with which they choose a PIN."""
    enrolled = enrol(session, security, officer, form.body(), now=now)
    return desk.page("counter_enrolled.html", {"enrolled": enrolled, "receipt_no": form.receipt_no})


@router.get("/loket/orang")
def show_person(
    desk: PageDesk, visit: OpenVisit, session: Session, security: OpenedSecurity, now: WallNow
) -> HTMLResponse:
    """Show what an officer may do for the person in session, and the trail of it."""
    done = [note for _, note in trail(session, visit.alumnus_id, before=None, limit=50) if note.at >= visit.begun_at]
    context = {
        "person": card_of(session, security.keys, visit.alumnus_id),
        "trail": done[:20],
        "today": _today(now).isoformat(),
        "agreed": consents(session, visit.alumnus_id).given,
    }
    return desk.page("counter_person.html", context)


@router.post("/loket/orang")
def call_back(visit: OpenVisit, officer: CurrentAccount, session: Session, due_on: Annotated[date, Form()]) -> Response:
    """Put the person in session on the call-back list."""
    put_on_list(session, officer, CallbackBody(alumnus_id=visit.alumnus_id, due_on=due_on))
    return go("/loket/orang?beres=call_listed")


@router.get("/loket/orang/pin")
def go_back() -> Response:
    """Go to the person's page, where the form for a code stands."""
    return go("/loket/orang")


@router.post("/loket/orang/pin")
def give_code(
    desk: PageDesk, visit: OpenVisit, officer: CurrentAccount, session: Session, security: OpenedSecurity, now: WallNow
) -> HTMLResponse:
    """Show once a code with which the person in session chooses another PIN."""
    account = account_of_alumnus(session, visit.alumnus_id)
    if account is None:
        raise Conflicting("person: has no account; register a telephone first")
    return desk.page("counter_code.html", {"given": hand_over(session, security, officer, account.account_id, now=now)})


@router.post("/loket/selesai")
def end_visit(
    request: Request, officer: CurrentAccount, session: Session, security: OpenedSecurity, now: WallNow
) -> Response:
    """End the session and forget it in this browser; one that is over already is forgotten too."""
    visit_id = security.cookies.read(request, "visit")
    answer = go("/loket?beres=visit_ended")
    security.cookies.clear(answer, "visit")
    if visit_id is not None:
        _end_where_open(session, officer, visit_id, now=now)
    return answer


def fresh_receipt(now: datetime) -> str:
    """Return the number of a receipt that nobody has used. Raises nothing."""
    return f"L{_today(now):%y%m%d}-{''.join(secrets.choice(_LETTERS) for _ in range(8))}"


def districts_of(province_code: str) -> list[tuple[str, str]]:
    """Return code and name of the districts of a province. Raises nothing."""
    return [(code, one.name) for code, one in districts().items() if code[:2] == province_code]


def _end_where_open(session: Session, officer: SignedIn, visit_id: str, *, now: datetime) -> None:
    try:
        end(session, officer, visit_id, now=now)
    except UnknownIdentifier:
        return


def _today(now: datetime) -> date:
    return now.astimezone(JAKARTA).date()
