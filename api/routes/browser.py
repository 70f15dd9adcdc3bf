"""Takes what a browser sends to sign in and out; gives cookies and redirects. Draws no page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import RedirectResponse

from api.dependencies import (
    CurrentAccount,
    OpenedSecurity,
    OptionalAccount,
    Reading,
    Session,
    WallNow,
    require,
)
from api.refusals import NotAllowed, NotSignedIn
from api.routes.auth import account_answer, never_stored
from api.routes.responses import refusals
from api.security.accounts import Proven, SignedIn, Ticket, proven, sign_in
from api.security.attempts import device_ticket, succeed
from api.security.bodies import OpenIdStart, SessionAnswer, SessionForm
from api.security.door import Counted, FormAttempt, HashingSlot
from api.security.guard import Security
from api.security.openid import PENDING_LIFETIME, Client, begin, finish, seal, unseal
from api.security.roles import ROLES
from api.security.sessions import DEVICE_LIFETIME, csrf_token, fresh_binding, own_path
from api.storage.accounts import account_of, account_of_subject, link_subject
from api.storage.sign_ins import end_session
from matcher.domain.errors import UnknownIdentifier

router = APIRouter(prefix="/v1/auth", tags=["sign-in"], dependencies=[Depends(never_stored)])
_ANYONE = [require("anyone")]
_STAFF = [require("employer", "counter", "pmo", "operator", in_person=True)]


@router.get("/session", responses=refusals(401, 429, 503), dependencies=_ANYONE)
def show_session(
    request: Request, response: Response, account: OptionalAccount, reading: Reading, security: OpenedSecurity
) -> SessionAnswer:
    """Say who is signed in in this browser, and give the token that its forms and scripts send back."""
    token = form_proof(request, response, security, account.session_id if account and account.is_browser else None)
    found = account_of(reading, account.account_id) if account else None
    return SessionAnswer(csrf_token=token, account=account_answer(found) if found else None)


@router.post("/session", status_code=303, responses=refusals(401, 403, 422, 429, 503), dependencies=_ANYONE)
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
    """Sign a browser in, in place of whoever was, and go on to ``next``."""
    who = proven(reading, security, counted.given)
    answer = enter(session, security, who, before, own_path(form.next), now=now)
    return remember_device(session, security, counted, answer)


@router.post(
    "/session/end",
    status_code=303,
    responses=refusals(401, 403, 429, 503),
    dependencies=[require(*ROLES, in_person=True)],
)
def finish_session(account: CurrentAccount, session: Session, security: OpenedSecurity, now: WallNow) -> Response:
    """Sign a browser out and go to the front page."""
    end_session(session, account.session_id, now=now)
    answer = _redirect("/")
    security.cookies.clear(answer, "session")
    return answer


@router.get("/openid/start", status_code=303, responses=refusals(404, 429, 503), dependencies=_ANYONE)
def start_openid(security: OpenedSecurity, now: WallNow) -> Response:
    """Go to the OpenID Connect issuer to sign in there."""
    address, pending = begin(_client(security), now=now)
    answer = _redirect(address)
    security.cookies.set(answer, "openid", seal(pending, security.keys), lifetime=PENDING_LIFETIME)
    return answer


@router.post("/openid/link", responses=refusals(401, 403, 404, 429, 503), dependencies=_STAFF)
def link_openid(response: Response, account: CurrentAccount, security: OpenedSecurity, now: WallNow) -> OpenIdStart:
    """Begin to link the own account to whoever signs in at the issuer next, in this browser."""
    if not account.is_browser:
        raise NotAllowed("link: needs the session of a browser; sign in at POST /v1/auth/session")
    address, pending = begin(_client(security), now=now, links_account_id=account.account_id)
    security.cookies.set(response, "openid", seal(pending, security.keys), lifetime=PENDING_LIFETIME)
    return OpenIdStart(address=address)


@router.get(
    "/openid/callback", status_code=303, responses=refusals(401, 403, 404, 409, 422, 429, 503), dependencies=_ANYONE
)
def finish_openid(
    request: Request,
    account: OptionalAccount,
    session: Session,
    security: OpenedSecurity,
    now: WallNow,
    code: Annotated[str, Query(max_length=2048)] = "",
    state: Annotated[str, Query(max_length=256)] = "",
) -> Response:
    """Come back from the issuer: sign in to the account that was linked before, or link it. None is ever created."""
    pending = unseal(security.cookies.read(request, "openid") or "", security.keys)
    subject = finish(_client(security), pending, code=code, state=state, now=now)
    hashes = security.keys.hashes("subject", f"{subject.issuer}\n{subject.subject}")
    answer = _redirect("/")
    security.cookies.clear(answer, "openid")
    if pending.links_account_id is not None:
        if account is None or account.account_id != pending.links_account_id:
            raise NotSignedIn("link: the account that began it is not signed in any more; sign in and begin again")
        link_subject(session, account.account_id, subject.issuer, hashes[0], now=now)
        return answer
    found = account_of_subject(session, subject.issuer, hashes)
    if found is None or not found.is_active:
        raise NotAllowed("OpenID Connect: linked to no open account; sign in with login and password, then link it")
    return _with_session(
        answer, security, sign_in(session, security, Proven(found, found.login), kind="browser", now=now)
    )


def enter(
    session: Session, security: Security, who: Proven, before: SignedIn | None, address: str, *, now: datetime
) -> Response:
    """Return the way on to `address` for a browser that is signed in from now on, in place of whoever was.

    Notes
    -----
    Raises nothing.
    """
    if before is not None and before.is_browser:
        end_session(session, before.session_id, now=now)
    return _with_session(_redirect(address), security, sign_in(session, security, who, kind="browser", now=now))


def remember_device(session: Session, security: Security, counted: Counted, answer: Response) -> Response:
    """Return `answer` with the ticket of a device that signed in; the attempt counts no more. Raises nothing."""
    succeed(session, counted.attempt)
    device = device_ticket(security.keys, counted.given.login, counted.place.device)
    security.cookies.set(answer, "device", device, lifetime=DEVICE_LIFETIME)
    return answer


def form_proof(request: Request, response: Response, security: Security, session_id: str | None) -> str:
    """Return the token for a form of this browser; before a session it is bound to a cookie, set where it is missing.

    Notes
    -----
    Raises nothing.
    """
    binding = session_id or security.cookies.read(request, "form")
    if binding is None:
        binding = fresh_binding()
        security.cookies.set(response, "form", binding)
    return csrf_token(security.keys, binding)


def _client(security: Security) -> Client:
    if security.openid is None:
        raise UnknownIdentifier("OpenID Connect: no issuer is configured; set PADAN_OPENID_ISSUER")
    return security.openid


def _with_session(answer: Response, security: Security, ticket: Ticket) -> Response:
    security.cookies.set(answer, "session", ticket.text, lifetime=security.session_lifetime)
    return answer


def _redirect(address: str) -> Response:
    return RedirectResponse(address, status_code=303, headers={"Cache-Control": "no-store"})
