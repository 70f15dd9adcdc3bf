"""Takes an officer, a person and a receipt; gives a session in which the officer acts for the person, and its end.

The calls made in it are those of alumni; none is made here.
"""

from __future__ import annotations

from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from api.counter.bodies import BeginBody, CounterVisit, PersonCard
from api.counter.people import card_of, note_receipt
from api.refusals import Conflicting, NotSignedIn
from api.security.accounts import COUNTER_SESSION_LIFETIME, SignedIn
from api.security.guard import Security
from api.security.keys import KeyRing
from api.security.tokens import Claims
from api.storage.accounts import account_of
from api.storage.counter import (
    CounterSession,
    begin_counter_session,
    counter_session_by_id,
    counter_session_of,
    end_counter_session,
)
from api.storage.trail import Access, note_accesses
from matcher.domain.errors import UnknownIdentifier


def begin(session: Session, security: Security, officer: SignedIn, given: BeginBody, *, now: datetime) -> CounterVisit:
    """Return a session on behalf of a person; the receipt of one that is still open gives its next token.

    Raises
    ------
    UnknownIdentifier
        When there is no such person.
    Conflicting
        When the receipt was used before, by another officer, for another person or in a session that is over.
    """
    person = card_of(session, security.keys, given.alumnus_id)
    if person is None:
        raise UnknownIdentifier(f"alumnus '{given.alumnus_id}': not here; find the person, or register them")
    begun = counter_session_of(session, given.receipt_no)
    if begun is None:
        begun = _begun(session, officer, given, now=now)
    elif begun.alumnus_id != given.alumnus_id or not is_open(begun, officer, now=now):
        raise Conflicting(f"receipt_no: '{given.receipt_no}' was used before; write a new one for each visit")
    return CounterVisit(
        session_id=begun.session_id,
        access_token=_token(session, security, officer, begun, now=now),
        expires_in=int(security.tokens.lifetime.total_seconds()),
        ends_at=begun.begun_at + COUNTER_SESSION_LIFETIME,
        person=person,
    )


def open_visit(session: Session, officer: SignedIn, session_id: str, *, now: datetime) -> CounterSession:
    """Return an officer's own session that is still open.

    Raises
    ------
    UnknownIdentifier
        When it is not theirs, over, or there is no such session.
    """
    begun = counter_session_by_id(session, session_id)
    if begun is None or not is_open(begun, officer, now=now):
        raise UnknownIdentifier("counter session: not open; begin one at POST /v1/counter/sessions")
    return begun


def served(session: Session, keys: KeyRing, officer: SignedIn, session_id: str, *, now: datetime) -> PersonCard | None:
    """Return a masked card of whom an officer serves in a session of theirs; None where it is over. Raises nothing."""
    begun = counter_session_by_id(session, session_id)
    return card_of(session, keys, begun.alumnus_id) if begun is not None and is_open(begun, officer, now=now) else None


def end(session: Session, officer: SignedIn, session_id: str, *, now: datetime) -> None:
    """End an officer's own session, at once for its tokens.

    Raises
    ------
    UnknownIdentifier
        As `open_visit`.
    """
    open_visit(session, officer, session_id, now=now)
    end_counter_session(session, session_id, officer.account_id, now=now)


def is_open(begun: CounterSession, officer: SignedIn, *, now: datetime) -> bool:
    """Return whether a session is this officer's and not over. Raises nothing."""
    in_time = now < begun.begun_at + COUNTER_SESSION_LIFETIME
    return begun.account_id == officer.account_id and begun.ended_at is None and in_time


def _begun(session: Session, officer: SignedIn, given: BeginBody, *, now: datetime) -> CounterSession:
    begun = CounterSession(uuid4().hex, officer.account_id, given.alumnus_id, given.receipt_no, now)
    begin_counter_session(session, begun)
    note_receipt(session, officer, given.alumnus_id, given.consents, receipt_no=given.receipt_no, now=now)
    note_accesses(session, [Access(officer.account_id, officer.role, given.alumnus_id, "counter_session", now)])
    return begun


def _token(
    session: Session, security: Security, officer: SignedIn, begun: CounterSession, *, now: datetime
) -> str:  # fmt: skip
    account = account_of(session, officer.account_id)
    if account is None:
        raise NotSignedIn("account: not here any more; sign in again")
    claims = Claims(officer.account_id, account.token_epoch, officer.session_id, receipt_no=begun.receipt_no)
    return security.tokens.sign(claims, now=now)
