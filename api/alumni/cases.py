"""Takes invitations and questions of a person; gives both sides' state, and who learns what. Opens no contact."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Literal
from uuid import uuid4

from sqlalchemy.orm import Session

from api.alumni.bodies import InvitationNote, QuestionBody, QuestionNote, Told
from api.alumni.events import adverts
from api.alumni.oneself import told
from api.live.view import LiveView
from api.pages.texts import LANGUAGES, texts_in
from api.storage.employers import Employer, employer_of
from api.storage.invitations import Invitation, answer_invitation, invitation_of, invitations_of_person
from api.storage.questions import OfficerQuestion, ask_officer, questions_of
from matcher.domain.errors import UnknownIdentifier
from matcher.domain.records import Vacancy

_REVEALED = ["name", "phone"]


def invitations(session: Session, view: LiveView, alumnus_id: str, *, now: datetime) -> list[InvitationNote]:
    """Return a person's invitations, the last one first, each with what the employer learns. Raises nothing."""
    return _notes(session, view, invitations_of_person(session, alumnus_id), now)


def answer(
    session: Session,
    view: LiveView,
    alumnus_id: str,
    invitation_id: str,
    state: Literal["accepted", "declined"],
    *,
    now: datetime,
) -> InvitationNote:
    """Store a person's answer; from an acceptance on this employer reads their name and telephone, and no other does.

    Raises
    ------
    UnknownIdentifier
        When they have no such invitation.
    Conflicting
        When it waits for no answer.
    """
    found = invitation_of(session, invitation_id)
    if found is None or found.alumnus_id != alumnus_id:
        raise UnknownIdentifier(f"invitation '{invitation_id}': none of yours; read your invitations again")
    answer_invitation(session, invitation_id, alumnus_id, state, now=now)
    answered = invitation_of(session, invitation_id)
    return _notes(session, view, [answered or found], now)[0]


def ask(session: Session, alumnus_id: str, sent: QuestionBody, *, now: datetime) -> QuestionNote:
    """Store a question to an officer. Raises nothing for a person who is here."""
    asked = OfficerQuestion(uuid4().hex, alumnus_id, now, sent.vacancy_id, sent.text)
    ask_officer(session, asked)
    return _question(asked)


def questions(session: Session, alumnus_id: str) -> list[QuestionNote]:
    """Return what a person asked, with the replies, the last one first. Raises nothing."""
    return [_question(one) for one in questions_of(session, alumnus_id)]


def _question(asked: OfficerQuestion) -> QuestionNote:
    return QuestionNote(
        question_id=asked.question_id, asked_at=asked.asked_at, vacancy_id=asked.vacancy_id, text=asked.text,
        state=asked.state, answered_at=asked.answered_at, reply=asked.reply,
    )  # fmt: skip


def _notes(session: Session, view: LiveView, found: Sequence[Invitation], now: datetime) -> list[InvitationNote]:
    known = adverts(session, view, [one.vacancy_id for one in found])
    as_now = [replace(one, state=one.state_at(now)) for one in found]
    return [_note(one, employer_of(session, one.employer_id), known.get(one.vacancy_id)) for one in as_now]


def _note(one: Invitation, employer: Employer | None, vacancy: Vacancy | None) -> InvitationNote:
    unnamed = told("an_employer")
    texts: Told = {
        language: texts_in(language)(_TOLD[one.state], employer=employer.name if employer else unnamed[language])
        for language in LANGUAGES
    }
    return InvitationNote(
        invitation_id=one.invitation_id,
        employer=None if employer is None else employer.name,
        is_verified=employer is not None and employer.state == "verified",
        vacancy_id=one.vacancy_id,
        vacancy=vacancy,
        sent_at=one.sent_at,
        state=one.state,
        answered_at=one.answered_at,
        reveals=_REVEALED if one.state in {"sent", "accepted"} else [],
        told=texts,
    )


_TOLD = {
    "sent": "invitation_will_reveal",
    "accepted": "invitation_revealed",
    "declined": "invitation_untold",
    "lapsed": "invitation_untold",
}
