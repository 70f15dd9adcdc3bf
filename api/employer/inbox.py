"""Takes an employer and a vacancy; gives who applied, stores one-tap answers and hires, and tells the report.

Opens a name only where the person agreed to contact or accepted an invitation, and notes each look in their trail.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from api.employer.bodies import (
    AnswerNote,
    ApplicantCard,
    ApplicantPage,
    HeldCertificate,
    HireBody,
    PersonCard,
    ReportAnswer,
)
from api.employer.posting import own_employer, own_vacancy
from api.page_cursor import next_cursor, read_cursor
from api.pages.texts import JAKARTA
from api.refusals import Conflicting
from api.security.accounts import SignedIn
from api.security.keys import KeyRing
from api.storage.applicants import Applicant, applicants_of, has_applied, vacancy_counts
from api.storage.contacts import contact_of
from api.storage.events import append_interactions, append_outcomes, interactions_of_person, outcomes_of_person
from api.storage.invitations import has_accepted
from api.storage.people import people_of
from api.storage.presence import hold_person
from api.storage.trail import Access, note_accesses
from api.storage.vacancies import vacancies_of
from matcher.domain.errors import InvalidInput, UnknownIdentifier
from matcher.domain.records import Alumnus, Interaction, Outcome
from matcher.domain.vacancy_report import REPORT_COLUMNS, vacancy_report

RETAINED = timedelta(days=90)
LONGEST_REPORT = timedelta(days=400)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def card(alumnus: Alumnus, pseudonym: str) -> PersonCard:
    """Return what any employer may see of a person. Raises nothing."""
    held = [
        HeldCertificate(title=it.title, evidence=it.evidence, expires_on=it.expires_on) for it in alumnus.certificates
    ]
    return PersonCard(
        pseudonym=pseudonym, certificates=held, education=alumnus.education, field_of_study=alumnus.field_of_study,
        province_code=alumnus.province_code, district_code=alumnus.district_code,
    )  # fmt: skip


def opened_contact(session: Session, keys: KeyRing, alumnus_id: str) -> tuple[str | None, str | None]:
    """Return name and telephone of a person, opened; whether that is allowed is the caller's question.

    Raises
    ------
    InvalidInput
        When the keys are not those of this database.
    """
    contact = contact_of(session, alumnus_id)
    if contact is None:
        return None, None
    name, phone = (
        None if sealed is None else keys.decrypt(sealed, about=alumnus_id)
        for sealed in (contact.name_sealed, contact.phone_sealed)
    )
    return name, phone


def note_looks(session: Session, account: SignedIn, looked: Iterable[tuple[str, str]], *, now: datetime) -> None:
    """Append to the trail of each person what the employer saw of them: pairs of id and act. Raises nothing."""
    note_accesses(session, [Access(account.account_id, account.role, whom, act, now) for whom, act in looked])


def inbox(
    session: Session,
    keys: KeyRing,
    account: SignedIn,
    vacancy_id: str,
    *,
    cursor: str | None,
    limit: int,
    now: datetime,
) -> ApplicantPage:
    """Return who applied for an own vacancy, the first one first.

    Raises
    ------
    UnknownIdentifier
        When the vacancy is none of this employer's.
    InvalidInput
        When the cursor is none that this list gave.
    NotAllowed
        When the account acts for no employer.
    """
    employer_id = own_employer(session, account).employer_id
    own_vacancy(session, employer_id, vacancy_id)
    after = None if cursor is None else _after(keys, employer_id, cursor)
    found = applicants_of(session, vacancy_id, after=after, limit=limit)
    people = people_of(session, [one.alumnus_id for one in found])
    items, looked = [], []
    for one in found:
        if one.alumnus_id in people:
            shown = _applicant(session, keys, employer_id, one, people[one.alumnus_id].alumnus)
            items.append(shown)
            looked.append((one.alumnus_id, "applicant" if shown.name is None else "applicant contact"))
    note_looks(session, account, looked, now=now)
    last = found[-1] if len(found) == limit else None
    return ApplicantPage(items=items, next_cursor=_cursor(keys, employer_id, last))


def _cursor(keys: KeyRing, employer_id: str, last: Applicant | None) -> str | None:
    """Return the cursor after a person, who stands in it under their pseudonym: it must not tell an id."""
    if last is None:
        return None
    return next_cursor((last.applied_at, keys.pseudonym(last.alumnus_id, audience=employer_id)))


def _after(keys: KeyRing, employer_id: str, cursor: str) -> tuple[datetime, str]:
    at, pseudonym = read_cursor(cursor, datetime.fromisoformat)
    alumnus_id = keys.alumnus_of(pseudonym, audience=employer_id)
    if alumnus_id is None or at.tzinfo is None:
        raise InvalidInput("cursor: not one this list gave; use next_cursor of the page before, or none")
    return at, alumnus_id


def _applicant(session: Session, keys: KeyRing, employer_id: str, one: Applicant, alumnus: Alumnus) -> ApplicantCard:
    may_contact = "contact" in alumnus.consents or has_accepted(session, employer_id, one.alumnus_id)
    name, phone = opened_contact(session, keys, one.alumnus_id) if may_contact else (None, None)
    shown = card(alumnus, keys.pseudonym(one.alumnus_id, audience=employer_id))
    return ApplicantCard(
        **shown.model_dump(), applied_at=one.applied_at, answer=one.answer, answered_at=one.answered_at, name=name,
        phone=phone,
    )  # fmt: skip


def answer(
    session: Session, keys: KeyRing, account: SignedIn, vacancy_id: str, pseudonym: str, *, kind: str, now: datetime
) -> AnswerNote:
    """Return an answer to an applicant, stored as an event; a hire is an outcome as well.

    Raises
    ------
    UnknownIdentifier
        When the vacancy is none of this employer's, or nobody of that name applied for it.
    NotAllowed
        When the account acts for no employer.
    """
    employer_id = own_employer(session, account).employer_id
    own_vacancy(session, employer_id, vacancy_id)
    alumnus_id = _known(session, keys, employer_id, vacancy_id, pseudonym, is_invited_enough=False)
    _append(session, alumnus_id, vacancy_id, kind, now)
    if kind == "hired":
        _employed(session, alumnus_id, vacancy_id, employer_id, None, now)
    return AnswerNote(pseudonym=pseudonym, kind=kind, at=now)


def hire(session: Session, keys: KeyRing, account: SignedIn, sent: HireBody, *, now: datetime) -> AnswerNote:
    """Return a hire as stored, or that somebody hired is still there after 90 days.

    Raises
    ------
    UnknownIdentifier
        When the vacancy is none of this employer's, or nobody of that name applied or accepted an invitation.
    Conflicting
        When somebody is told to have stayed 90 days whose hire is unknown or younger.
    InvalidInput
        When the first day of work lies further ahead than a year.
    NotAllowed
        When the account acts for no employer.
    """
    employer_id = own_employer(session, account).employer_id
    own_vacancy(session, employer_id, sent.vacancy_id)
    alumnus_id = _known(session, keys, employer_id, sent.vacancy_id, sent.pseudonym, is_invited_enough=True)
    today = now.astimezone(JAKARTA).date()
    if sent.started_on is not None and sent.started_on > today + timedelta(days=366):
        raise InvalidInput(f"started_on {sent.started_on}: more than a year ahead; check the day")
    if sent.kind == "retained_90d":
        _check_retained(session, alumnus_id, sent.vacancy_id, employer_id, today)
    else:
        _employed(session, alumnus_id, sent.vacancy_id, employer_id, sent.started_on, now)
    _append(session, alumnus_id, sent.vacancy_id, sent.kind, now)
    return AnswerNote(pseudonym=sent.pseudonym, kind=sent.kind, at=now)


def report(session: Session, account: SignedIn, *, since: datetime, until: datetime, now: datetime) -> ReportAnswer:
    """Return the report for the ministry of the employer's vacancies shown from `since` to before `until`.

    Raises
    ------
    InvalidInput
        When the time asked about is empty or longer than 400 days.
    NotAllowed
        When the account acts for no employer.
    """
    if not since < until <= since + LONGEST_REPORT:
        raise InvalidInput("since, until: not in order or more than 400 days apart; ask for a shorter time")
    employer_id = own_employer(session, account).employer_id
    counted = vacancy_counts(session, employer_id, since=since, until=until)
    posted = vacancies_of(session, [one.vacancy_id for one in counted])
    adverts = [posted[one.vacancy_id].vacancy for one in counted]
    rows = vacancy_report(adverts, now=now, n_hired={one.vacancy_id: one.n_hired for one in counted if one.n_hired})
    return ReportAnswer(since=since, until=until, rows=[dict(row) for row in rows])


def as_csv(told: ReportAnswer) -> str:
    """Return the report as CSV; no cell is read as a formula by a spreadsheet. Raises nothing."""
    written = io.StringIO()
    writer = csv.writer(written)
    writer.writerow(REPORT_COLUMNS)
    writer.writerows([_harmless(row[name]) for name in REPORT_COLUMNS] for row in told.rows)
    return written.getvalue()


def _harmless(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _known(
    session: Session, keys: KeyRing, employer_id: str, vacancy_id: str, pseudonym: str, *, is_invited_enough: bool
) -> str:
    alumnus_id = keys.alumnus_of(pseudonym, audience=employer_id)
    is_known = alumnus_id is not None and (
        has_applied(session, vacancy_id, alumnus_id)
        or (is_invited_enough and has_accepted(session, employer_id, alumnus_id))
    )
    if alumnus_id is None or not is_known or not hold_person(session, alumnus_id):
        raise UnknownIdentifier("pseudonym: nobody who applied to you goes by it; read the applicants again")
    return alumnus_id


def _append(session: Session, alumnus_id: str, vacancy_id: str, kind: str, now: datetime) -> None:
    """Store an event of the vacancy; its cause is the slate in which the person found it, where that is known."""
    applied = interactions_of_person(session, alumnus_id, kinds=["applied"])
    causes = [one.impression_id for one in applied if one.vacancy_id == vacancy_id and one.impression_id]
    event = Interaction(
        interaction_id=uuid4().hex, alumnus_id=alumnus_id, vacancy_id=vacancy_id, kind=kind, at=now,
        impression_id=causes[0] if causes else None, source="employer",
    )  # fmt: skip
    append_interactions(session, [event], now=now)


def _employed(
    session: Session, alumnus_id: str, vacancy_id: str, employer_id: str, started_on: date | None, now: datetime
) -> None:
    told = Outcome(
        outcome_id=uuid4().hex, alumnus_id=alumnus_id, kind="employed", source="employer",
        observed_on=now.astimezone(JAKARTA).date(), started_on=started_on, employer_id=employer_id,
        vacancy_id=vacancy_id,
    )  # fmt: skip
    append_outcomes(session, [told], now=now)


def _check_retained(session: Session, alumnus_id: str, vacancy_id: str, employer_id: str, today: date) -> None:
    began = [
        one.started_on or one.observed_on
        for one in outcomes_of_person(session, alumnus_id)
        if (one.source, one.employer_id, one.vacancy_id) == ("employer", employer_id, vacancy_id)
    ]
    if not any(day is not None and day + RETAINED <= today for day in began):
        raise Conflicting("retained_90d: you told of no hire that is 90 days old; tell of the hire first")
