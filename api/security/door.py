"""Takes an attempt to get in; gives it counted and, where its login is under attack, after a wait. Looks at no secret.

The count is committed here, in a transaction of its own: whatever the attempt comes to, it was made.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Form, Request

from api.database import Database
from api.dependencies import (
    CurrentAccount,
    OpenedDatabase,
    OpenedSecurity,
    OptionalAccount,
    RequestPlace,
    ServedProcess,
    WallNow,
    locked_account,
)
from api.refusals import NotSignedIn
from api.security.accounts import Credentials, Ticket, canonical_login, canonical_phone, renewed
from api.security.attempts import Attempt, Place, charge
from api.security.bodies import (
    RefreshBody,
    RegisterBody,
    RegisterForm,
    ResetBody,
    ResetForm,
    SessionForm,
    SignInBody,
    VerifyBody,
    VerifyForm,
)
from api.security.guard import Security
from api.security.registration import Registration, charge_registration, charge_try
from api.security.sessions import check_own_page


@dataclass(frozen=True, slots=True)
class Counted:
    """What somebody tries to sign in with, and the attempt as it was counted."""

    given: Credentials
    attempt: Attempt
    place: Place


@dataclass(frozen=True, slots=True)
class LockedScreen:
    """Whose screen is locked, and the attempt to open it as it was counted."""

    account_id: str
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Door:
    """What counting needs; the same for every form of attempt."""

    database: Database
    security: Security
    place: Place
    now: datetime

    def count(self, login: str) -> Attempt:
        """Return the attempt on `login`, counted and committed.

        Raises
        ------
        TooMany
            As `api.security.attempts.charge`.
        """
        with self.database.session.begin() as session:
            return charge(session, self.security.keys, login, self.place, now=self.now)


def _door(database: OpenedDatabase, security: OpenedSecurity, place: RequestPlace, now: WallNow) -> Door:
    return Door(database, security, place, now)


OpenDoor = Annotated[Door, Depends(_door)]


def _sign_in_counted(body: SignInBody, door: OpenDoor) -> Counted:
    return _counted(body, door)


def _form_counted(
    request: Request, form: Annotated[SessionForm, Form()], account: OptionalAccount, door: OpenDoor
) -> Counted:
    binding = door.security.cookies.read(request, "form")
    if account is not None and account.is_browser:
        binding = account.session_id
    check_own_page(door.security.keys, request, binding=binding, given=form.csrf_token)
    return _counted(form, door)


def _counted(body: SignInBody, door: Door) -> Counted:
    login = canonical_phone(body.phone) if body.phone is not None else canonical_login(body.login or "")
    given = Credentials(login, body.pin or body.password or "", body.birth_on)
    return Counted(given, door.count(login), door.place)


def _reset_counted(body: ResetBody, door: OpenDoor) -> Counted:
    login = canonical_phone(body.phone) if body.phone is not None else canonical_login(body.login or "")
    return Counted(Credentials(login, body.secret), door.count(login), door.place)


def _own_counted(account: CurrentAccount, door: OpenDoor) -> Attempt:
    return door.count(f"account {account.account_id}")


def _locked_counted(request: Request, _account: OptionalAccount, door: OpenDoor) -> LockedScreen:
    account_id = locked_account(request)
    if account_id is None:
        raise NotSignedIn("screen: none is locked here; sign in at /masuk/petugas")
    return LockedScreen(account_id, door.count(f"account {account_id}"))


def _registration_counted(body: RegisterBody, door: OpenDoor) -> Registration:
    phone = canonical_phone(body.phone)
    given = Registration(phone, body.pin, body.name, body.birth_on, tuple(body.consents))
    with door.database.session.begin() as session:
        charge_registration(session, door.security.keys, given, door.place, now=door.now)
    return given


def _try_counted(body: VerifyBody, door: OpenDoor) -> VerifyBody:
    with door.database.session.begin() as session:
        charge_try(session, door.security.keys, body.registration_id, now=door.now)
    return body


def _registration_form_counted(form: Annotated[RegisterForm, Form()], door: OpenDoor) -> Registration:
    return _registration_counted(form, door)


def _try_form_counted(form: Annotated[VerifyForm, Form()], door: OpenDoor) -> VerifyBody:
    return _try_counted(form, door)


def _reset_form_counted(form: Annotated[ResetForm, Form()], door: OpenDoor) -> Counted:
    return _reset_counted(form, door)


def _renewed(body: RefreshBody, door: OpenDoor) -> Ticket:
    # Committed although it may be refused: a copied token ends its sign-in.
    with door.database.session.begin() as session:
        ticket = renewed(session, door.security, body.refresh_token, now=door.now)
    if ticket is None:
        raise NotSignedIn("refresh token: used, ended or unknown; sign in again at POST /v1/auth/token")
    return ticket


async def _sign_in_waited(counted: Annotated[Counted, Depends(_sign_in_counted)], serving: ServedProcess) -> Counted:
    await serving.sleep(counted.attempt.wait_seconds)
    return counted


async def _form_waited(counted: Annotated[Counted, Depends(_form_counted)], serving: ServedProcess) -> Counted:
    await serving.sleep(counted.attempt.wait_seconds)
    return counted


async def _reset_waited(counted: Annotated[Counted, Depends(_reset_counted)], serving: ServedProcess) -> Counted:
    await serving.sleep(counted.attempt.wait_seconds)
    return counted


async def _reset_form_waited(
    counted: Annotated[Counted, Depends(_reset_form_counted)], serving: ServedProcess
) -> Counted:
    await serving.sleep(counted.attempt.wait_seconds)
    return counted


async def _slot() -> AsyncIterator[None]:
    yield


HashingSlot = Annotated[None, Depends(_slot, scope="function", max_concurrency=4)]
"""A place among the few that hash at the same time: each takes 19 MiB and a processor. Ask for it after any wait."""

SignInAttempt = Annotated[Counted, Depends(_sign_in_waited)]
FormAttempt = Annotated[Counted, Depends(_form_waited)]
ResetAttempt = Annotated[Counted, Depends(_reset_waited)]
UnlockAttempt = Annotated[LockedScreen, Depends(_locked_counted)]
OwnAttempt = Annotated[Attempt, Depends(_own_counted)]
CountedRegistration = Annotated[Registration, Depends(_registration_counted)]
RenewedTicket = Annotated[Ticket, Depends(_renewed)]
CountedTry = Annotated[VerifyBody, Depends(_try_counted)]

RegistrationForm = Annotated[Registration, Depends(_registration_form_counted)]
TriedForm = Annotated[VerifyBody, Depends(_try_form_counted)]
ResetFormAttempt = Annotated[Counted, Depends(_reset_form_waited)]
"""The same from the form of a page, whose route checks that the page is our own before anything is counted."""
