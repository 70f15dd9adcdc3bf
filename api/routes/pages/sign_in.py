"""Takes the forms with which people sign in, register and choose a PIN again; gives the pages and the way on.

Decides nothing that ``/v1/auth`` does not decide alike.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Response
from fastapi.responses import HTMLResponse

from api.dependencies import (
    CurrentAccount,
    OpenedSecurity,
    OptionalAccount,
    Reading,
    Session,
    WallNow,
    require,
)
from api.routes.browser import enter, remember_device
from api.routes.pages.desk import OWN_FORM, PageDesk, go
from api.security.accounts import Proven, proven
from api.security.attempts import succeed
from api.security.bodies import ResetForm, SessionForm
from api.security.door import FormAttempt, HashingSlot, RegistrationForm, ResetFormAttempt, TriedForm
from api.security.registration import register, verify
from api.security.resets import FreshSecret, reset
from api.security.roles import ROLES
from api.security.sessions import own_path
from api.storage.sign_ins import end_session

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
_ANYONE = [require("anyone")]
_ANYONES_FORM = [require("anyone"), OWN_FORM]


@router.get("/masuk", dependencies=_ANYONE)
def show_sign_in(desk: PageDesk, goes_on: Annotated[str, Query(alias="next", max_length=512)] = "/") -> HTMLResponse:
    """Show the form for telephone and PIN."""
    return desk.page("sign_in.html", {"next": own_path(goes_on)})


@router.get("/masuk/petugas", dependencies=_ANYONE)
def show_staff_sign_in(
    desk: PageDesk, goes_on: Annotated[str, Query(alias="next", max_length=512)] = "/"
) -> HTMLResponse:
    """Show the form for login and password, for employers and offices."""
    return desk.page("sign_in_staff.html", {"next": own_path(goes_on)})


@router.post("/masuk", dependencies=_ANYONE)
@router.post("/masuk/petugas", dependencies=_ANYONE)
def begin_session(
    form: Annotated[SessionForm, Form()],
    counted: FormAttempt,
    before: OptionalAccount,
    _slot: HashingSlot,
    reading: Reading,
    session: Session,
    security: OpenedSecurity,
    now: WallNow,
) -> Response:
    """Sign in and go on; what does not fit is told on the form."""
    who = proven(reading, security, counted.given)
    answer = enter(session, security, who, before, own_path(form.next), now=now)
    return remember_device(session, security, counted, answer)


@router.post("/keluar", dependencies=[require(*ROLES)])
def leave(account: CurrentAccount, session: Session, security: OpenedSecurity, now: WallNow) -> Response:
    """Sign out and go to the front page."""
    end_session(session, account.session_id, now=now)
    answer = go("/?beres=signed_out")
    for name in ("session", "visit"):
        security.cookies.clear(answer, name)
    return answer


@router.get("/daftar", dependencies=_ANYONE)
def show_registration(desk: PageDesk) -> HTMLResponse:
    """Show the form for a first account."""
    return desk.page("register.html")


@router.post("/daftar", dependencies=_ANYONES_FORM)
def begin_registration(
    given: RegistrationForm, _slot: HashingSlot, session: Session, security: OpenedSecurity, now: WallNow
) -> Response:
    """Send a code to the telephone and ask for it."""
    registration_id, _ = register(session, security, given, now=now)
    return go(f"/daftar/kode?{urlencode({'untuk': registration_id})}")


@router.get("/daftar/kode", dependencies=_ANYONE)
def show_code(desk: PageDesk, meant: Annotated[str, Query(alias="untuk", max_length=256)] = "") -> HTMLResponse:
    """Ask for the code that came to the telephone."""
    return desk.page("register_code.html", {"registration_id": meant})


@router.post("/daftar/kode", dependencies=_ANYONES_FORM)
def finish_registration(
    body: TriedForm, before: OptionalAccount, session: Session, security: OpenedSecurity, now: WallNow
) -> Response:
    """Open the account, signed in, and go to what is known of the person."""
    account = verify(session, security, body.registration_id, body.code, now=now)
    return enter(session, security, Proven(account, account.login), before, "/?beres=registered", now=now)


@router.get("/lupa", dependencies=_ANYONE)
def show_forgotten(desk: PageDesk) -> HTMLResponse:
    """Say that an officer gives a code for another PIN, and take the code."""
    return desk.page("forgotten.html")


@router.post("/lupa", dependencies=_ANYONES_FORM)
def choose_pin(
    form: Annotated[ResetForm, Form()],
    counted: ResetFormAttempt,
    _slot: HashingSlot,
    reading: Reading,
    session: Session,
    security: OpenedSecurity,
    now: WallNow,
) -> Response:
    """Take the code and the fresh PIN; every sign-in of the account ends."""
    given = FreshSecret(counted.given.login, form.code, counted.given.secret)
    reset(reading, session, security, given, now=now)
    succeed(session, counted.attempt)
    return go("/masuk?beres=secret")
