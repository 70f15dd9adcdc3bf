"""Takes an officer; gives the calls, questions and corrections that wait in their province, and settles them.

Every person shown is masked, and finds the look in their trail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from api.counter.bodies import (
    CallbackBody,
    CallbackCard,
    CallbackContact,
    CallbackPage,
    CorrectionCard,
    CorrectionPage,
    DecideCorrectionBody,
    PersonCard,
    QuestionCard,
    QuestionPage,
)
from api.counter.people import cards
from api.page_cursor import instant, next_cursor, read_cursor
from api.pages.texts import JAKARTA
from api.refusals import Conflicting, NotAllowed
from api.security.accounts import SignedIn
from api.security.keys import KeyRing
from api.storage.consents import consenting
from api.storage.contacts import contact_of
from api.storage.counter import Callback, add_callback, callback_of, close_callback, due_callbacks
from api.storage.people import Person, change_person, person_of
from api.storage.questions import (
    answer_question,
    close_correction,
    correction_of,
    open_corrections,
    open_questions,
    question_of,
)
from api.storage.trail import Access, note_accesses
from matcher.domain.errors import InvalidInput, UnknownIdentifier

PAGE_ROWS = 50


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many calls, questions and corrections wait; a full page counts as one page."""

    calls: int
    questions: int
    corrections: int


def waiting(session: Session, officer: SignedIn, *, now: datetime) -> Waiting:
    """Return how much waits in the officer's province. Raises nothing."""
    where, today = officer.province_code, now.astimezone(JAKARTA).date()
    return Waiting(
        len(due_callbacks(session, until=today, province_code=where, limit=PAGE_ROWS)),
        len(open_questions(session, province_code=where, limit=PAGE_ROWS)),
        len(open_corrections(session, province_code=where, limit=PAGE_ROWS)),
    )


def put_on_list(session: Session, officer: SignedIn, given: CallbackBody) -> str:
    """Return the id of a call put on the list.

    Raises
    ------
    UnknownIdentifier
        When there is no such person in the officer's province.
    NotAllowed
        When the person did not agree to be contacted.
    """
    _person_here(session, officer, given.alumnus_id)
    _check_contact(session, given.alumnus_id)
    callback_id = uuid4().hex
    add_callback(session, Callback(callback_id, given.alumnus_id, given.due_on))
    return callback_id


def due_page(
    session: Session, keys: KeyRing, officer: SignedIn, *, until: date | None, cursor: str | None, now: datetime
) -> CallbackPage:
    """Return the calls due up to `until` (None: today in Jakarta), by day; `cursor` is that of the page before.

    Raises
    ------
    InvalidInput
        When the cursor is none that this list gave.
    """
    after = None
    if cursor is not None:
        day, callback_id = read_cursor(cursor, date.fromisoformat)
        after = (day, callback_id)
    until = until or now.astimezone(JAKARTA).date()
    found = due_callbacks(session, until=until, province_code=officer.province_code, after=after, limit=PAGE_ROWS)
    people = _shown(session, keys, officer, [one.alumnus_id for one in found], act="callback_list", now=now)
    items = [
        CallbackCard(callback_id=one.callback_id, due_on=one.due_on, person=people[one.alumnus_id]) for one in found
    ]
    last = (found[-1].due_on, found[-1].callback_id) if len(found) == PAGE_ROWS else None
    return CallbackPage(items=items, next_cursor=next_cursor(last))


def whom_to_call(
    session: Session, keys: KeyRing, officer: SignedIn, callback_id: str, *, now: datetime
) -> CallbackContact:
    """Return name and telephone for one call that is due; the person's trail tells of it.

    Raises
    ------
    UnknownIdentifier
        When no such call is due in the officer's province, or the person has no telephone.
    NotAllowed
        When the person does not agree to be contacted any more.
    """
    due = _due(session, officer, callback_id)
    _check_contact(session, due.alumnus_id)
    contact = contact_of(session, due.alumnus_id)
    if contact is None or contact.phone_sealed is None or contact.name_sealed is None:
        raise UnknownIdentifier(f"callback '{callback_id}': this person gave no telephone; wait until they come")
    note_accesses(session, [Access(officer.account_id, officer.role, due.alumnus_id, "contact", now)])
    return CallbackContact(
        name=keys.decrypt(contact.name_sealed, about=due.alumnus_id),
        phone=keys.decrypt(contact.phone_sealed, about=due.alumnus_id),
    )


def close(session: Session, officer: SignedIn, callback_id: str, state: str, note_code: str) -> None:
    """Mark a call done or dropped, with a word of the closed list.

    Raises
    ------
    UnknownIdentifier
        When there is no such call in the officer's province.
    Conflicting
        When it is closed already.
    """
    known = callback_of(session, callback_id)
    if known is None:
        raise _no_callback(callback_id)
    _person_here(session, officer, known.alumnus_id)
    if not close_callback(session, callback_id, state, note_code=note_code):
        raise Conflicting(f"callback '{callback_id}': is closed already; read the list again")


def question_page(
    session: Session, keys: KeyRing, officer: SignedIn, *, cursor: str | None, now: datetime
) -> QuestionPage:
    """Return the questions that wait, the oldest first.

    Raises
    ------
    InvalidInput
        When the cursor is none that this list gave.
    """
    after = None
    if cursor is not None:
        at, question_id = read_cursor(cursor, instant)
        after = (at, question_id)
    found = open_questions(session, province_code=officer.province_code, after=after, limit=PAGE_ROWS)
    people = _shown(session, keys, officer, [one.alumnus_id for one in found], act="question_list", now=now)
    items = [
        QuestionCard(
            question_id=one.question_id,
            asked_at=one.asked_at,
            vacancy_id=one.vacancy_id,
            text=one.text,
            person=people[one.alumnus_id],
        )
        for one in found
    ]
    last = (found[-1].asked_at, found[-1].question_id) if len(found) == PAGE_ROWS else None
    return QuestionPage(items=items, next_cursor=next_cursor(last))


def reply(session: Session, officer: SignedIn, question_id: str, text: str, *, now: datetime) -> None:
    """Answer a question.

    Raises
    ------
    UnknownIdentifier
        When there is no such question in the officer's province.
    Conflicting
        When it is answered already.
    """
    asked = question_of(session, question_id)
    if asked is None:
        raise UnknownIdentifier(f"question '{question_id}': not here; read the questions again")
    _person_here(session, officer, asked.alumnus_id)
    answer_question(session, question_id, text, by=officer.account_id, now=now)
    note_accesses(session, [Access(officer.account_id, officer.role, asked.alumnus_id, "question_answered", now)])


def correction_page(
    session: Session, keys: KeyRing, officer: SignedIn, *, cursor: str | None, now: datetime
) -> CorrectionPage:
    """Return the corrections that wait, by id.

    Raises
    ------
    InvalidInput
        When the cursor is none that this list gave.
    """
    after = None if cursor is None else read_cursor(cursor, str)[1]
    found = open_corrections(session, province_code=officer.province_code, after=after, limit=PAGE_ROWS)
    people = _shown(session, keys, officer, [one.alumnus_id for one in found], act="correction_list", now=now)
    items = [
        CorrectionCard(
            correction_id=one.correction_id, field=one.field, told=one.told, at=one.at, person=people[one.alumnus_id]
        )
        for one in found
    ]
    last = ("id", found[-1].correction_id) if len(found) == PAGE_ROWS else None
    return CorrectionPage(items=items, next_cursor=next_cursor(last))


def decide_correction(
    session: Session, officer: SignedIn, correction_id: str, given: DecideCorrectionBody, *, now: datetime
) -> None:
    """Settle a correction; what the officer changes holds at once.

    Raises
    ------
    UnknownIdentifier
        When there is no such correction in the officer's province.
    Conflicting
        When it is settled already, or the person was changed at the same moment.
    InvalidInput
        When the district lies in another province.
    """
    asked = correction_of(session, correction_id)
    if asked is None:
        raise UnknownIdentifier(f"correction '{correction_id}': not here; read the corrections again")
    person = _person_here(session, officer, asked.alumnus_id)
    close_correction(session, correction_id, given.state)
    changes = given.changes.model_dump(exclude_none=True) if given.changes is not None else {}
    if changes:
        _check_place(person, changes)
        change_person(session, asked.alumnus_id, changes, version=person.version)
    act = f"correction_{given.state}"
    note_accesses(session, [Access(officer.account_id, officer.role, asked.alumnus_id, act, now)])


def _check_place(person: Person, changes: dict[str, str | None]) -> None:
    """Keep province and district one place; a fresh province alone forgets the district of the one before."""
    province = changes.get("province_code", person.alumnus.province_code)
    district = changes.get("district_code")
    if district is not None and district[:2] != province:
        raise InvalidInput(f"district_code {district}: lies outside province {province}; change both")
    if district is None and (person.alumnus.district_code or "")[:2] != province:
        changes["district_code"] = None


def _due(session: Session, officer: SignedIn, callback_id: str) -> Callback:
    known = callback_of(session, callback_id)
    if known is None or known.state != "due":
        raise _no_callback(callback_id)
    _person_here(session, officer, known.alumnus_id)
    return known


def _no_callback(callback_id: str) -> UnknownIdentifier:
    return UnknownIdentifier(f"callback '{callback_id}': not on the list; read the list again")


def _person_here(session: Session, officer: SignedIn, alumnus_id: str) -> Person:
    """Return a person of the officer's province; one of another province is answered like an unknown one."""
    person = person_of(session, alumnus_id)
    if person is None or officer.province_code not in {None, person.alumnus.province_code}:
        raise UnknownIdentifier("person: not here, or of another province; find the person again")
    return person


def _check_contact(session: Session, alumnus_id: str) -> None:
    if not consenting(session, "contact", [alumnus_id]):
        raise NotAllowed("person: did not agree to be contacted; ask them, and note the consent with its receipt")


def _shown(
    session: Session, keys: KeyRing, officer: SignedIn, alumnus_ids: Sequence[str], *, act: str, now: datetime
) -> dict[str, PersonCard]:
    people = {one.alumnus_id: one for one in cards(session, keys, list(dict.fromkeys(alumnus_ids)))}
    note_accesses(session, [Access(officer.account_id, officer.role, one, act, now) for one in people])
    return people
