"""Takes the person in session and a certificate they show; gives it stored, and the courses whose title has some words.

The next slate follows it at once. Changes no certificate that is there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy.orm import Session

from api.counter.bodies import HeldCertificate, ShownCertificate
from api.counter.desk import Desk
from api.live.view import LiveView
from api.pages.texts import JAKARTA
from api.refusals import Conflicting
from api.storage.counter import CounterSession
from api.storage.finding import alumni_of_certificate
from api.storage.people import add_certificates, change_person, person_of
from api.storage.recent_answers import forget_answers
from api.storage.trail import Access, note_accesses
from matcher.domain.errors import InvalidInput, UnknownIdentifier
from matcher.domain.records import Certificate
from matcher.domain.text import normalise


@dataclass(frozen=True, slots=True)
class CourseChoice:
    """A course that a certificate may be of."""

    course_id: str
    title: str
    provider: str | None


def courses_with(view: LiveView, words: str, *, limit: int = 20) -> list[CourseChoice]:
    """Return courses whose title has all of `words`, the shortest title first; none for no words. Raises nothing."""
    sought = normalise(words).split()
    if not sought:
        return []
    rows = view.courses.select(["course_id", "title", "provider"]).to_pylist()
    found = [CourseChoice(**row) for row in rows if _has_all(normalise(row["title"]), sought)]
    return sorted(found, key=lambda one: (len(one.title), one.title, one.course_id))[:limit]


def add_certificate(desk: Desk, visit: CounterSession, shown: ShownCertificate) -> HeldCertificate:
    """Store a certificate of the person in session, and return it as stored.

    Who has no day of completion gets its day of issue; who has one keeps it.

    Raises
    ------
    UnknownIdentifier
        When the person is not here any more.
    InvalidInput
        When course, title or a day cannot be.
    Conflicting
        When the person, or somebody else, has a certificate of this number.
    """
    person = person_of(desk.session, visit.alumnus_id)
    if person is None:
        raise UnknownIdentifier("person: was erased since; end the session")
    held = _titled(desk.artifact, shown)
    _check_days(held, desk.wall_now.astimezone(JAKARTA).date())
    _check_number(desk.session, visit.alumnus_id, shown.certificate_no)
    add_certificates(desk.session, visit.alumnus_id, [held])
    if person.alumnus.completed_on is None and held.issued_on is not None:
        completed = {"completed_on": held.issued_on}
        change_person(desk.session, visit.alumnus_id, completed, version=person.version)
    forget_answers(desk.session, visit.alumnus_id)
    seen = Access(desk.officer.account_id, desk.officer.role, visit.alumnus_id, "certificate_added", desk.wall_now)
    note_accesses(desk.session, [seen])
    return HeldCertificate.model_validate(held, from_attributes=True)


def _has_all(title: str, sought: list[str]) -> bool:
    return all(word in title for word in sought)


def _titled(view: LiveView, shown: ShownCertificate) -> Certificate:
    """Return the certificate under its own title, or under that of its course."""
    held = Certificate(**{"title": "", **shown.model_dump(exclude_none=True)})
    if shown.course_id is None:
        if not held.title:
            raise InvalidInput("course_id: none is given; name a course, or write the title of the certificate")
        return held
    ids = view.courses["course_id"].to_pylist()
    if shown.course_id not in ids:
        raise InvalidInput("course_id: not in the catalogue; take one of its courses, or write the title alone")
    return replace(held, title=held.title or view.courses["title"][ids.index(shown.course_id)].as_py())


def _check_days(held: Certificate, today: date) -> None:
    if held.issued_on is not None and held.issued_on > today:
        raise InvalidInput(f"issued_on: {held.issued_on} lies ahead; write the day on the certificate")
    if held.issued_on is not None and held.expires_on is not None and held.expires_on < held.issued_on:
        raise InvalidInput(f"expires_on.before_issued: {held.expires_on} lies before issued_on; read both days again")


def _check_number(session: Session, alumnus_id: str, certificate_no: str) -> None:
    holders = alumni_of_certificate(session, certificate_no)
    if alumnus_id in holders:
        raise Conflicting("certificate_no.held: the person has this certificate already; nothing is left to add")
    if holders:
        raise Conflicting(
            "certificate_no.taken: somebody else holds a certificate of this number; read it again, "
            "or find that person by it"
        )
