"""Takes a session and what people ask and put right; gives the queues of the officers. Answers nothing itself."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from api.refusals import Conflicting
from api.storage.schema.casework import officer_questions
from api.storage.schema.people import corrections, people
from api.storage.statements import every, first, n_rows

_CORRECTIONS_OF = (
    select(corrections)
    .where(corrections.c.alumnus_id == bindparam("alumnus_id"))
    .order_by(corrections.c.at.desc(), corrections.c.correction_id)
)


@dataclass(frozen=True, slots=True)
class OfficerQuestion:
    """What a person asks an officer, about a vacancy or in words; ``state`` is open or answered."""

    question_id: str
    alumnus_id: str
    asked_at: datetime
    vacancy_id: str | None = None
    text: str | None = None
    state: str = "open"
    answered_at: datetime | None = None
    answered_by: str | None = None
    reply: str | None = None


@dataclass(frozen=True, slots=True)
class Correction:
    """What a person says is wrong: the ``field``, what they told instead; ``state`` is open, done or refused."""

    correction_id: str
    alumnus_id: str
    field: str
    told: str
    at: datetime
    state: str = "open"


def ask_officer(session: Session, question: OfficerQuestion) -> None:
    """Store a question.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the id is taken or there is no such person: a fault of the caller.
    """
    session.execute(insert(officer_questions).values(**asdict(question)))


def questions_of(session: Session, alumnus_id: str) -> list[OfficerQuestion]:
    """Return a person's questions, the last one first. Raises nothing."""
    table = officer_questions.c
    found = select(officer_questions).where(table.alumnus_id == alumnus_id)
    return every(session, OfficerQuestion, found.order_by(table.asked_at.desc(), table.question_id))


def open_questions(
    session: Session,
    *,
    province_code: str | None = None,
    after: tuple[datetime, str] | None = None,
    limit: int = 50,
) -> list[OfficerQuestion]:
    """Return what waits for an officer, in one province or all, the oldest first; from after ``(asked_at, id)`` on.

    Notes
    -----
    Raises nothing.
    """
    table = officer_questions.c
    found = select(officer_questions).where(table.state == "open")
    if province_code is not None:
        found = found.join(people).where(people.c.province_code == province_code)
    if after is not None:
        found = found.where(
            (table.asked_at > after[0]) | ((table.asked_at == after[0]) & (table.question_id > after[1]))
        )
    return every(session, OfficerQuestion, found.order_by(table.asked_at, table.question_id).limit(limit))


def answer_question(session: Session, question_id: str, reply: str, *, by: str, now: datetime) -> None:
    """Store an officer's reply.

    Raises
    ------
    Conflicting
        When the question is not open.
    """
    is_open = (officer_questions.c.question_id == question_id) & (officer_questions.c.state == "open")
    answered = {"state": "answered", "reply": reply, "answered_by": by, "answered_at": now}
    if not n_rows(session, update(officer_questions).where(is_open).values(**answered)):
        raise Conflicting(f"question '{question_id}': is not open; read the questions again")


def ask_correction(session: Session, correction: Correction) -> None:
    """Store what a person says is wrong.

    Raises
    ------
    sqlalchemy.exc.IntegrityError
        When the id is taken or there is no such person: a fault of the caller.
    """
    session.execute(insert(corrections).values(**asdict(correction)))


def corrections_of(session: Session, alumnus_id: str) -> list[Correction]:
    """Return what a person said is wrong, the last one first. Raises nothing."""
    return every(session, Correction, _CORRECTIONS_OF, alumnus_id=alumnus_id)


def open_corrections(
    session: Session, *, province_code: str | None = None, after: str | None = None, limit: int = 50
) -> list[Correction]:
    """Return what waits for an officer, in one province or all, by id, from after `after` on. Raises nothing."""
    found = select(corrections).where(corrections.c.state == "open")
    if province_code is not None:
        found = found.join(people).where(people.c.province_code == province_code)
    if after is not None:
        found = found.where(corrections.c.correction_id > after)
    return every(session, Correction, found.order_by(corrections.c.correction_id).limit(limit))


def question_of(session: Session, question_id: str) -> OfficerQuestion | None:
    """Return one question, open or answered. Raises nothing."""
    return first(
        session, OfficerQuestion, select(officer_questions).where(officer_questions.c.question_id == question_id)
    )


def correction_of(session: Session, correction_id: str) -> Correction | None:
    """Return one correction, in any state. Raises nothing."""
    return first(session, Correction, select(corrections).where(corrections.c.correction_id == correction_id))


def close_correction(session: Session, correction_id: str, state: str) -> None:
    """Mark a correction done or refused.

    Raises
    ------
    Conflicting
        When it is not open.
    """
    is_open = (corrections.c.correction_id == correction_id) & (corrections.c.state == "open")
    if not n_rows(session, update(corrections).where(is_open).values(state=state)):
        raise Conflicting(f"correction '{correction_id}': is not open; read the corrections again")
