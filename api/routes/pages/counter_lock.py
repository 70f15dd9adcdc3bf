"""Takes what the screen of a counter tells; gives the locked screen, opens it, and keeps one in use open.

Whether a screen is locked is decided where every request is heard.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from api.dependencies import CurrentAccount, OpenedSecurity, Reading, Session, WallNow, locked_account, require
from api.routes.browser import enter
from api.routes.pages.desk import OWN_FORM, PageDesk, go
from api.security.accounts import proven_again
from api.security.attempts import succeed
from api.security.bodies import Password
from api.security.door import HashingSlot, UnlockAttempt
from api.security.sessions import own_path
from api.storage.sign_ins import end_session

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
GoesOn = Annotated[str, Query(alias="next", max_length=512)]


@router.get("/loket/terkunci", dependencies=[require("anyone")], response_model=None)
def show_locked(desk: PageDesk, goes_on: GoesOn = "/loket") -> Response:
    """Show the locked screen and nothing of anybody; one that is open goes on, and where none is, to the door."""
    path = own_path(goes_on)
    if desk.frame.role is not None:
        return go(path)
    if locked_account(desk.request) is None:
        return go(f"/masuk/petugas?{urlencode({'next': path})}")
    return desk.page("locked.html", {"next": path})


@router.post("/loket/terkunci", dependencies=[require("anyone"), OWN_FORM])
def unlock(
    request: Request,
    screen: UnlockAttempt,
    _slot: HashingSlot,
    reading: Reading,
    session: Session,
    security: OpenedSecurity,
    now: WallNow,
    password: Annotated[Password, Form()],
    goes_on: GoesOn = "/loket",
) -> Response:
    """Open the screen again with the officer's password; an open visit goes on."""
    who = proven_again(reading, security, screen.account_id, password)
    succeed(session, screen.attempt)
    # The locked sign-in was proven by its ticket before anything was counted: what replaces it ends it.
    end_session(session, (security.cookies.read(request, "session") or "").partition(".")[0], now=now)
    return enter(session, security, who, None, own_path(goes_on), now=now)


@router.post("/loket/kunci", dependencies=[require("counter")])
def lock(account: CurrentAccount, session: Session, now: WallNow, goes_on: GoesOn = "/loket") -> Response:
    """Lock the screen: the sign-in ends, a visit stays open for the officer who comes back."""
    end_session(session, account.session_id, now=now)
    return go(f"/loket/terkunci?{urlencode({'next': own_path(goes_on)})}")


@router.post("/loket/masih", dependencies=[require("counter")], status_code=204)
def stay() -> None:
    """Hear that the screen is in use; who asks is noted as using it."""
