"""Takes a person's rights over their data; gives consents with their history, the trail, the export and the erasure.

What is sealed is opened here for its owner alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from api.alumni.bodies import AccessNote, ConsentNote, Consents
from api.alumni.oneself import alumnus_id_of, channel_of, told
from api.alumni.profile import opened_contact
from api.database import Database
from api.refusals import NotSignedIn, SignInFailed
from api.security.accounts import SignedIn
from api.security.guard import Security
from api.security.keys import KeyRing
from api.storage.accounts import account_of
from api.storage.consents import Consent, consent_history, consents_of, note_consents
from api.storage.contacts import contact_of
from api.storage.employers import employer_of
from api.storage.erasure import Erasure, erase_person
from api.storage.people import change_person, person_of
from api.storage.personal_export import rows_about
from api.storage.presence import hold_person
from api.storage.recent_answers import forget_answers
from api.storage.trail import NotedAccess, accesses_of
from api.upkeep.erasure_list import append_erasure, scrub
from matcher.domain.regions import place_name


def consents(session: Session, alumnus_id: str) -> Consents:
    """Return what a person agrees to now, and how that came about. Raises nothing."""
    history = [
        ConsentNote(purpose=one.purpose, is_given=one.is_given, at=one.at, via=one.via, receipt_no=one.receipt_no)
        for one in consent_history(session, alumnus_id)
    ]
    return Consents(given=list(consents_of(session, [alumnus_id])[alumnus_id]), history=history)


def consent(session: Session, account: SignedIn, purpose: str, is_given: bool, *, now: datetime) -> Consents:
    """Store a yes or a no, in force from the commit on; return what holds then. A no takes with it what it allowed.

    Raises
    ------
    NotSignedIn
        When the person was erased meanwhile.
    """
    alumnus_id = alumnus_id_of(account)
    if not hold_person(session, alumnus_id):
        raise NotSignedIn("sign-in: of somebody who is not here any more")
    by = None if account.is_in_person else account.account_id
    note = Consent(alumnus_id, purpose, is_given, now, channel_of(account), account.receipt_no, by)
    note_consents(session, [note])
    forget_answers(session, alumnus_id)
    if purpose == "disability_use" and not is_given:
        _forget_disability(session, alumnus_id)
    return consents(session, alumnus_id)


def _forget_disability(session: Session, alumnus_id: str) -> None:
    person = person_of(session, alumnus_id)
    if person is not None and person.alumnus.has_disability is not None:
        change_person(session, alumnus_id, {"has_disability": None}, version=person.version)


def trail(session: Session, alumnus_id: str, *, before: int | None, limit: int) -> list[tuple[int, AccessNote]]:
    """Return who looked at a person and why, by role and organisation, each with its place in the trail.

    Notes
    -----
    Raises nothing. No officer is named: the programme answers for them.
    """
    found = accesses_of(session, alumnus_id, before=before, limit=limit)
    return [(one.access_id, _access_note(session, one)) for one in found]


def _access_note(session: Session, noted: NotedAccess) -> AccessNote:
    organisation = _organisation(session, noted)
    return AccessNote(role=noted.role, organisation=organisation, at=noted.at, act=noted.act, why=_why(noted.act))


def _organisation(session: Session, noted: NotedAccess) -> str | None:
    account = account_of(session, noted.account_id)
    if account is not None and account.employer_id is not None:
        employer = employer_of(session, account.employer_id)
        return employer.name if employer else None
    name = _OFFICES.get(noted.role)
    if name is None:
        return None
    place = "" if account is None or account.province_code is None else f" {place_name(account.province_code)}"
    return told(name)["id"] + place


_OFFICES: Mapping[str, str] = {"counter": "role_counter", "pmo": "role_pmo", "operator": "role_operator"}
_WHY: Mapping[str, str] = {
    "reset_code": "trail_reset_code",
    "account_opened": "trail_account",
    "account_closed": "trail_account",
    "contact": "trail_contact",
    "sheet": "trail_sheet",
    "found": "trail_find",
    "registered": "trail_registered",
    "certificate_added": "trail_certificate_added",
    "counter_session": "trail_counter_session",
    "callback_list": "trail_waiting",
    "question_list": "trail_waiting",
    "correction_list": "trail_waiting",
    "offline_pack": "trail_offline_pack",
    "question_answered": "trail_question_answered",
    "applicant": "trail_applicant",
    "applicant contact": "trail_contact",
    "talent search": "trail_talent_search",
    "invited": "trail_invited",
}


def _why(act: str) -> dict[Any, str]:
    if act.startswith("counter "):
        return told("trail_counter_read" if act.startswith("counter GET") else "trail_counter_wrote")
    return told("trail_offline" if act.startswith("offline_") and act not in _WHY else _WHY.get(act, "trail_other"))


_SEALED = frozenset({"name_sealed", "phone_sealed", "sealed", "details", "payload"})
_OTHERS = ("account_id", "by_account_id", "answered_by")
_EXPLAINED = {
    "people": "What is known of you",
    "contacts": "How you are reached",
    "impressions": "Lists of vacancies that you were shown",
    "impression_entries": "The vacancies of each list; propensity is the chance of each to stand where it stood",
    "interactions": "What you did with vacancies",
    "hidden_reasons": "Why you put vacancies aside",
    "outcomes": "What is known of your work",
    "consents": "Every yes and no, the last one of a purpose holds",
    "accesses": "Who looked at you or acted for you",
    "outbox": "Messages to you; their words are not kept in the clear",
}


def export(session: Session, keys: KeyRing, account: SignedIn, *, now: datetime) -> dict[str, Any]:
    """Return everything stored about a person, by table, with their name and telephone in the clear.

    Nothing of it is kept. Ids of officers' accounts are left out; the trail tells role and organisation.

    Raises
    ------
    InvalidInput
        When the keys are not those that sealed the contact.
    """
    alumnus_id = alumnus_id_of(account)
    name, phone = opened_contact(keys, contact_of(session, alumnus_id))
    tables = {
        table: [_plain_row(row, alumnus_id) for row in rows] for table, rows in rows_about(session, alumnus_id).items()
    }
    for row in tables["contacts"]:
        row |= {"name": name, "phone": phone}
    tables["accesses"] = [one.model_dump() for _, one in trail(session, alumnus_id, before=None, limit=_EVERY_ACCESS)]
    return {"alumnus_id": alumnus_id, "name": name, "made_at": now, "explained": _EXPLAINED, "tables": tables}


_EVERY_ACCESS = 1_000_000


def _plain_row(row: Mapping[str, Any], alumnus_id: str) -> dict[str, Any]:
    of_account = row.get("alumnus_id") == alumnus_id and "role" in row
    return {name: cell for name, cell in row.items() if name not in _SEALED and (of_account or name not in _OTHERS)}


@dataclass(frozen=True, slots=True)
class Eraser:
    """What an erasure reaches: the database, the keys, and the list outside the database."""

    database: Database
    security: Security
    erasures: Path

    def erase(self, account: SignedIn, pin: str, *, now: datetime) -> None:
        """Erase the person whose PIN it is, at once and everywhere; nothing brings them back.

        The list outside the database is written first: if the rest fails, the person asks again, and a backup of
        before forgets them all the same. What deleted rows left is then dropped from a SQLite file. In PostgreSQL
        no query reaches it; freeing it among millions of rows is the work of `padan tidy` within the hour.

        Raises
        ------
        SignInFailed
            When the PIN is wrong. The answer takes the work of a right one.
        InvalidInput
            When the list cannot be written.
        """
        alumnus_id = alumnus_id_of(account)
        self._check(account, pin)
        erasure = Erasure(self.security.keys.hashed("erasure", alumnus_id), now)
        with self.database.session.begin() as session:
            hold_person(session, alumnus_id, to_erase=True)
            append_erasure(self.erasures, erasure)
            erase_person(session, alumnus_id, erasure)
        if self.database.is_sqlite:
            scrub(self.database)

    def _check(self, account: SignedIn, pin: str) -> None:
        with self.database.reading() as reading:
            stored = account_of(reading, account.account_id)
        if stored is None or stored.secret_hash is None:
            raise SignInFailed("pin: this account has none; ask at a counter")
        if not self.security.passwords.fitting(pin, {stored.account_id: stored.secret_hash}, login=stored.login):
            raise SignInFailed("pin: is not the one of this account; nothing was erased; try again")
