"""Takes whom an employer wants to invite; gives the invitation sent, and what came of those sent before.

A name is opened only after the person accepted. Who declined looks like who has not answered: nobody learns of a no.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from api.employer.bodies import InvitationBody, InvitationCard, InvitationPage, InvitedCard
from api.employer.inbox import card, note_looks, opened_contact
from api.employer.posting import own_employer, own_vacancy
from api.refusals import Conflicting, TooMany
from api.security.accounts import SignedIn
from api.security.keys import KeyRing
from api.storage.attempts import take_turns
from api.storage.consents import consenting
from api.storage.invitations import (
    INVITATION_OPEN,
    Invitation,
    invitation_of,
    invitations_of_employer,
    invited_since,
    last_unaccepted,
    send_invitation,
)
from api.storage.people import people_of
from api.storage.presence import hold_person
from matcher.domain.errors import UnknownIdentifier

PAGE_ROWS = 50
EMPLOYER_WINDOW = timedelta(days=1)
MOST_OF_AN_EMPLOYER = 30
"""Invitations that a verified employer sends within `EMPLOYER_WINDOW`; an unverified one sends none."""

PERSON_WINDOW = timedelta(days=7)
MOST_TO_A_PERSON = 5
"""Invitations that reach one person within `PERSON_WINDOW`, of all employers together."""

NOT_AGAIN = timedelta(days=365)
"""How long an employer does not invite somebody again who did not accept, whether they declined or kept silent."""


def invite(
    session: Session, keys: KeyRing, account: SignedIn, sent: InvitationBody, *, now: datetime, world_now: datetime
) -> InvitationCard:
    """Return an invitation sent for an own open vacancy, to somebody who agrees to be found at this moment.

    Raises
    ------
    NotAllowed
        When the employer is not verified.
    UnknownIdentifier
        When the vacancy is none of this employer's, or nobody of that name agrees to be found.
    Conflicting
        When the vacancy is not open, or the person was invited before and may not be again.
    TooMany
        When the employer sent, or the person got, as many as may be.
    """
    employer_id = own_employer(session, account, verified=True).employer_id
    if own_vacancy(session, employer_id, sent.vacancy_id).state_at(world_now) != "open":
        raise Conflicting(f"vacancy '{sent.vacancy_id}': is not open; invite for one that people can apply for")
    alumnus_id = keys.alumnus_of(sent.pseudonym, audience=employer_id)
    buckets = [f"invitations of {employer_id}", f"invitations to {alumnus_id}"]
    take_turns(session, buckets)
    if alumnus_id is None or not _may_be_found(session, alumnus_id):
        raise UnknownIdentifier("pseudonym: nobody who agrees to be found goes by it; search again")
    _check_not_again(session, employer_id, alumnus_id, now)
    _check_counts(session, employer_id, alumnus_id, now)
    invitation = Invitation(uuid4().hex, employer_id, sent.vacancy_id, alumnus_id, now)
    send_invitation(session, invitation)
    note_looks(session, account, [(alumnus_id, "invited")], now=now)
    return _card(keys, invitation, now)


def sent_invitations(
    session: Session, keys: KeyRing, account: SignedIn, *, after: str | None, now: datetime
) -> InvitationPage:
    """Return a page of the employer's invitations, by id; nothing of a person but the pseudonym.

    Raises
    ------
    NotAllowed
        When the account acts for no employer.
    """
    employer_id = own_employer(session, account).employer_id
    found = invitations_of_employer(session, employer_id, after=after, limit=PAGE_ROWS)
    last = found[-1].invitation_id if len(found) == PAGE_ROWS else None
    return InvitationPage(items=[_card(keys, one, now) for one in found], next_after=last)


def invited(session: Session, keys: KeyRing, account: SignedIn, invitation_id: str, *, now: datetime) -> InvitedCard:
    """Return one invitation; from the acceptance on with certificates, name and telephone, which the person is told.

    Raises
    ------
    UnknownIdentifier
        When this employer sent no such invitation.
    NotAllowed
        When the account acts for no employer.
    """
    employer_id = own_employer(session, account).employer_id
    found = invitation_of(session, invitation_id)
    if found is None or found.employer_id != employer_id:
        raise UnknownIdentifier(f"invitation '{invitation_id}': none of yours; list your invitations for the ids")
    shown = _card(keys, found, now)
    person = people_of(session, [found.alumnus_id]).get(found.alumnus_id)
    if shown.state != "accepted" or person is None:
        return InvitedCard(**shown.model_dump())
    name, phone = opened_contact(session, keys, found.alumnus_id)
    note_looks(session, account, [(found.alumnus_id, "contact")], now=now)
    return InvitedCard(**shown.model_dump(), person=card(person.alumnus, shown.pseudonym), name=name, phone=phone)


def _may_be_found(session: Session, alumnus_id: str) -> bool:
    return hold_person(session, alumnus_id) and bool(consenting(session, "discoverable", [alumnus_id]))


def _check_not_again(session: Session, employer_id: str, alumnus_id: str, now: datetime) -> None:
    """Refuse alike whether the person declined or was silent, so that the refusal tells nothing."""
    before = last_unaccepted(session, employer_id, alumnus_id)
    if before is not None and before + NOT_AGAIN > now:
        raise Conflicting(
            f"pseudonym: you invited this person before without an acceptance; wait {NOT_AGAIN.days} days from then"
        )


def _check_counts(session: Session, employer_id: str, alumnus_id: str, now: datetime) -> None:
    of_employer = invited_since(session, now - EMPLOYER_WINDOW, employer_id=employer_id)
    if len(of_employer) >= MOST_OF_AN_EMPLOYER:
        wait = of_employer[-MOST_OF_AN_EMPLOYER] + EMPLOYER_WINDOW - now
        told = f"invitations: {MOST_OF_AN_EMPLOYER} a day are sent already; go on tomorrow"
        raise TooMany(told, retry_after_seconds=wait.total_seconds())
    if len(invited_since(session, now - PERSON_WINDOW, alumnus_id=alumnus_id)) >= MOST_TO_A_PERSON:
        # A whole day: the instant itself would tell when other employers invited.
        told = "pseudonym: this person got as many invitations as one may get in a week; invite them later"
        raise TooMany(told, retry_after_seconds=timedelta(days=1).total_seconds())


def _card(keys: KeyRing, one: Invitation, now: datetime) -> InvitationCard:
    lapses_at = one.sent_at + INVITATION_OPEN
    state = one.state if one.state == "accepted" else "lapsed" if lapses_at <= now else "sent"
    return InvitationCard(
        invitation_id=one.invitation_id,
        vacancy_id=one.vacancy_id,
        pseudonym=keys.pseudonym(one.alumnus_id, audience=one.employer_id),
        state=state,
        sent_at=one.sent_at,
        lapses_at=lapses_at,
        accepted_at=one.answered_at if state == "accepted" else None,
    )
