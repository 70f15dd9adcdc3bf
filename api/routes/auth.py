"""Takes what programs and officers send to ``/v1/auth``; gives sign-ins, codes and accounts. Decides nothing itself."""

from __future__ import annotations

import json

from fastapi import APIRouter, Depends, Response

from api.dependencies import CurrentAccount, OpenedSecurity, Reading, Session, WallNow, require
from api.refusals import NotAllowed
from api.routes.responses import refusals
from api.security.accounts import Proven, Ticket, access_token, proven, sign_in
from api.security.attempts import device_ticket, succeed
from api.security.bodies import (
    AccountAnswer,
    AccountBody,
    AccountChange,
    Outbox,
    PasswordBody,
    RegisterAnswer,
    ResetBody,
    ResetCodeAnswer,
    ResetCodeBody,
    SignInAnswer,
    WaitingMessage,
)
from api.security.door import (
    CountedRegistration,
    CountedTry,
    HashingSlot,
    OwnAttempt,
    RenewedTicket,
    ResetAttempt,
    SignInAttempt,
)
from api.security.guard import Security
from api.security.registration import register, verify
from api.security.resets import FreshSecret, ResetCode, change, hand_over, open_account, open_or_close, reset
from api.security.roles import ROLES
from api.storage.accounts import Account, account_of_alumnus
from api.storage.outbox import waiting_messages
from api.storage.sign_ins import end_session
from matcher.domain.errors import UnknownIdentifier


async def never_stored(response: Response) -> None:
    """Forbid caches to keep an answer. Raises nothing."""
    response.headers["Cache-Control"] = "no-store"


router = APIRouter(prefix="/v1/auth", tags=["sign-in"], dependencies=[Depends(never_stored)])
_ANYONE = [require("anyone")]
_EVERY_ROLE = [require(*ROLES, in_person=True)]


@router.post("/register", status_code=202, responses=refusals(422, 429, 503), dependencies=_ANYONE)
def begin_registration(
    given: CountedRegistration, _slot: HashingSlot, session: Session, security: OpenedSecurity, now: WallNow
) -> RegisterAnswer:
    """Register an alumnus: a code goes to the telephone. The answer is the same for every telephone."""
    registration_id, expires_at = register(session, security, given, now=now)
    return RegisterAnswer(registration_id=registration_id, expires_at=expires_at)


@router.post("/verify", status_code=201, responses=refusals(401, 409, 422, 429, 503), dependencies=_ANYONE)
def finish_registration(body: CountedTry, session: Session, security: OpenedSecurity, now: WallNow) -> SignInAnswer:
    """Open the account with the code that came to the telephone, signed in."""
    account = verify(session, security, body.registration_id, body.code, now=now)
    ticket = sign_in(session, security, Proven(account, account.login), kind="program", now=now)
    return sign_in_answer(security, ticket, access_token(security, ticket, now=now))


@router.post("/token", responses=refusals(401, 422, 429, 503), dependencies=_ANYONE)
def get_token(
    counted: SignInAttempt,
    _slot: HashingSlot,
    reading: Reading,
    session: Session,
    security: OpenedSecurity,
    now: WallNow,
) -> SignInAnswer:
    """Sign a program in: telephone and PIN, or login and password. An unknown login is answered like a wrong secret."""
    who = proven(reading, security, counted.given)
    succeed(session, counted.attempt)
    ticket = sign_in(session, security, who, kind="program", now=now)
    device = device_ticket(security.keys, counted.given.login, counted.place.device)
    return sign_in_answer(security, ticket, access_token(security, ticket, now=now), device=device)


@router.post("/refresh", responses=refusals(401, 422, 429, 503), dependencies=_ANYONE)
def refresh(ticket: RenewedTicket, security: OpenedSecurity, now: WallNow) -> SignInAnswer:
    """Renew a sign-in. A refresh token works once; a second use ends the sign-in."""
    return sign_in_answer(security, ticket, access_token(security, ticket, now=now))


@router.post("/sign-out", status_code=204, responses=refusals(401, 403, 429, 503), dependencies=_EVERY_ROLE)
def sign_out(account: CurrentAccount, session: Session, now: WallNow) -> None:
    """End this sign-in; its tokens are refused from now on."""
    end_session(session, account.session_id, now=now)


@router.post("/password", status_code=204, responses=refusals(401, 403, 422, 429, 503), dependencies=_EVERY_ROLE)
def change_secret(
    body: PasswordBody,
    account: CurrentAccount,
    attempt: OwnAttempt,
    _slot: HashingSlot,
    reading: Reading,
    session: Session,
    security: OpenedSecurity,
    now: WallNow,
) -> None:
    """Change the own PIN or password; every sign-in of the account ends, this one too."""
    change(reading, session, security, account, current=body.current, fresh=body.secret, now=now)
    succeed(session, attempt)


@router.post(
    "/reset-codes",
    status_code=201,
    responses=refusals(401, 403, 404, 422, 429, 503),
    dependencies=[require("counter", "operator", in_person=True)],
)
def give_reset_code(
    body: ResetCodeBody, officer: CurrentAccount, session: Session, security: OpenedSecurity, now: WallNow
) -> ResetCodeAnswer:
    """Give a code to hand over to a person who was seen: counters to alumni, operators to officers and employers."""
    found = account_of_alumnus(session, body.alumnus_id) if body.alumnus_id is not None else None
    account_id = found.account_id if found is not None else body.account_id
    if account_id is None:
        raise UnknownIdentifier(f"alumnus '{body.alumnus_id}': has no account; open one at a counter")
    return _reset_code_answer(hand_over(session, security, officer, account_id, now=now))


@router.post("/reset", status_code=204, responses=refusals(401, 422, 429, 503), dependencies=_ANYONE)
def choose_secret(
    body: ResetBody,
    counted: ResetAttempt,
    _slot: HashingSlot,
    reading: Reading,
    session: Session,
    security: OpenedSecurity,
    now: WallNow,
) -> None:
    """Choose a PIN or password with the code of an officer; every sign-in of the account ends."""
    given = FreshSecret(counted.given.login, body.code, body.secret)
    reset(reading, session, security, given, now=now)
    succeed(session, counted.attempt)


@router.post(
    "/accounts",
    status_code=201,
    responses=refusals(401, 403, 409, 422, 429, 503),
    dependencies=[require("operator")],
)
def add_account(body: AccountBody, session: Session, security: OpenedSecurity, now: WallNow) -> ResetCodeAnswer:
    """Open an account of an officer or employer; its holder chooses a password with the code at POST /v1/auth/reset."""
    code = open_account(
        session,
        security,
        body.role,
        body.login,
        now=now,
        employer_id=body.employer_id,
        province_code=body.province_code,
    )
    return _reset_code_answer(code)


@router.patch(
    "/accounts/{account_id}",
    status_code=204,
    responses=refusals(401, 403, 404, 409, 422, 429, 503),
    dependencies=[require("operator")],
)
def open_or_close_account(
    account_id: str, body: AccountChange, operator: CurrentAccount, session: Session, now: WallNow
) -> None:
    """Close an account, at once for every token and browser, or open it again."""
    open_or_close(session, operator, account_id, body.is_active, now=now)


@router.get("/outbox", responses=refusals(401, 403, 429, 503), dependencies=[require("operator")])
def read_outbox(reading: Reading, security: OpenedSecurity) -> Outbox:
    """Show the messages that wait for a sender, codes included: only where PADAN_SHOW_OUTBOX allows it."""
    if not security.shows_outbox:
        raise NotAllowed("outbox: holds people's codes, and is shown only with PADAN_SHOW_OUTBOX=true")
    items = [
        WaitingMessage(
            created_at=one.created_at,
            channel=one.channel,
            template=one.template,
            values=json.loads(security.keys.decrypt(one.payload["sealed"], about=one.message_id)),
        )
        for one in waiting_messages(reading)
    ]
    return Outbox(items=items)


def sign_in_answer(security: Security, ticket: Ticket, token: str, *, device: str | None = None) -> SignInAnswer:
    """Return what a program is given. Raises nothing."""
    return SignInAnswer(
        access_token=token,
        expires_in=int(security.tokens.lifetime.total_seconds()),
        refresh_token=ticket.text,
        device_token=device,
        account=account_answer(ticket.account),
    )


def account_answer(account: Account) -> AccountAnswer:
    """Return what an account's holder sees of it. Raises nothing."""
    return AccountAnswer(
        account_id=account.account_id,
        role=account.role,
        alumnus_id=account.alumnus_id,
        employer_id=account.employer_id,
        province_code=account.province_code,
    )


def _reset_code_answer(code: ResetCode) -> ResetCodeAnswer:
    return ResetCodeAnswer(account_id=code.account_id, code=code.code, expires_at=code.expires_at)
