"""Takes a session and invitations; gives them to both sides, and the answer. Opens no name and no contact."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

from sqlalchemy import exists, func, select, update
from sqlalchemy.orm import Session

from api.refusals import Conflicting
from api.storage.schema.casework import invitations
from api.storage.statements import every, first, insert_where_missing, n_rows

INVITATION_OPEN = timedelta(days=14)
"""How long an invitation waits for its answer."""


@dataclass(frozen=True, slots=True)
class Invitation:
    """An employer asks a person to apply; ``state`` is sent, accepted, declined or lapsed."""

    invitation_id: str
    employer_id: str
    vacancy_id: str
    alumnus_id: str
    sent_at: datetime
    state: str = "sent"
    answered_at: datetime | None = None

    def state_at(self, now: datetime) -> str:
        """Return the state at `now`: one that waited its time has lapsed, marked or not. Raises nothing."""
        return "lapsed" if self.state == "sent" and self.sent_at + INVITATION_OPEN <= now else self.state


def send_invitation(session: Session, invitation: Invitation) -> None:
    """Store an invitation.

    Raises
    ------
    Conflicting
        When the employer invited this person for this vacancy before, whatever came of it.
    """
    if not insert_where_missing(session, invitations, asdict(invitation)):
        raise Conflicting("invitation: this person was invited for this vacancy already; wait for the answer")


def invitation_of(session: Session, invitation_id: str) -> Invitation | None:
    """Return one invitation. Raises nothing."""
    return first(session, Invitation, select(invitations).where(invitations.c.invitation_id == invitation_id))


def invitations_of_person(session: Session, alumnus_id: str) -> list[Invitation]:
    """Return a person's invitations, the last one first. Raises nothing."""
    found = select(invitations).where(invitations.c.alumnus_id == alumnus_id)
    return every(session, Invitation, found.order_by(invitations.c.sent_at.desc(), invitations.c.invitation_id))


def invitations_of_employer(
    session: Session, employer_id: str, *, after: str | None = None, limit: int = 50
) -> list[Invitation]:
    """Return an employer's invitations, by id, from after `after` on. Raises nothing."""
    found = select(invitations).where(invitations.c.employer_id == employer_id)
    if after is not None:
        found = found.where(invitations.c.invitation_id > after)
    return every(session, Invitation, found.order_by(invitations.c.invitation_id).limit(limit))


def answer_invitation(session: Session, invitation_id: str, alumnus_id: str, state: str, *, now: datetime) -> None:
    """Store a person's answer, accepted or declined, to an invitation of their own.

    Raises
    ------
    Conflicting
        When it waits for no answer of this person.
    """
    table = invitations.c
    waits = (table.invitation_id == invitation_id) & (table.alumnus_id == alumnus_id) & (table.state == "sent")
    is_young = table.sent_at > now - INVITATION_OPEN
    if not n_rows(session, update(invitations).where(waits, is_young).values(state=state, answered_at=now)):
        raise Conflicting(f"invitation '{invitation_id}': waits for no answer of yours; read your invitations again")


def lapse_invitations(session: Session, *, sent_before: datetime) -> int:
    """Mark the unanswered invitations sent before `sent_before` as lapsed; return how many. Raises nothing."""
    is_old = (invitations.c.state == "sent") & (invitations.c.sent_at < sent_before)
    return n_rows(session, update(invitations).where(is_old).values(state="lapsed"))


def has_accepted(session: Session, employer_id: str, alumnus_id: str) -> bool:
    """Return whether a person accepted an invitation of this employer, who may then see them. Raises nothing."""
    table = invitations.c
    accepted = (table.employer_id == employer_id) & (table.alumnus_id == alumnus_id) & (table.state == "accepted")
    return bool(session.scalar(select(exists().where(accepted))))


def invited_since(
    session: Session, since: datetime, *, employer_id: str | None = None, alumnus_id: str | None = None
) -> list[datetime]:
    """Return when an employer's or a person's invitations were sent after `since`, earliest first. Raises nothing."""
    found = select(invitations.c.sent_at).where(invitations.c.sent_at > since)
    for column, value in ((invitations.c.employer_id, employer_id), (invitations.c.alumnus_id, alumnus_id)):
        found = found if value is None else found.where(column == value)
    return list(session.scalars(found.order_by(invitations.c.sent_at)))


def last_unaccepted(session: Session, employer_id: str, alumnus_id: str) -> datetime | None:
    """Return when this employer last sent the person an invitation they did not accept. Raises nothing."""
    table = invitations.c
    sent = (table.employer_id == employer_id) & (table.alumnus_id == alumnus_id) & (table.state != "accepted")
    return session.scalar(select(func.max(table.sent_at)).where(sent))
