"""Takes what an officer types about a person; gives masked cards of who that may be, and people registered.

An identity number is hashed as typed and goes no further. Begins no session.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from uuid import uuid4

from sqlalchemy.orm import Session

from api.counter.bodies import EnrolBody, Enrolled, FindBody, PersonCard
from api.refusals import Conflicting
from api.security.accounts import SignedIn, canonical_phone
from api.security.guard import Security
from api.security.keys import KeyRing
from api.security.registration import check_age, open_alumnus_account, person_text, sealed_contact
from api.security.resets import RESET_LIFETIME, issue
from api.storage.accounts import account_of_alumnus
from api.storage.consents import Consent, note_consents
from api.storage.contacts import alumnus_of_nik, contact_of, contacts_of_key, put_contact
from api.storage.finding import alumni_of_certificate
from api.storage.people import add_person, people_of
from api.storage.trail import Access, note_accesses
from matcher.domain.errors import InvalidInput
from matcher.domain.records import Alumnus, Certificate
from matcher.domain.regions import place_name

_NIK_DIGITS = 16


def find(session: Session, keys: KeyRing, officer: SignedIn, sought: FindBody, *, now: datetime) -> list[PersonCard]:
    """Return masked cards of who that may be; each of them finds the look in their trail.

    Raises
    ------
    InvalidInput
        When the identity number has not 16 digits.
    """
    found = _sought(session, keys, sought)
    note_accesses(session, [Access(officer.account_id, officer.role, one, "found", now) for one in found])
    return cards(session, keys, found)


def cards(session: Session, keys: KeyRing, alumnus_ids: Sequence[str]) -> list[PersonCard]:
    """Return a masked card of each person, in this order; who is not here any more has none. Raises nothing."""
    known = people_of(session, list(dict.fromkeys(alumnus_ids)))
    return [_card(session, keys, known[one].alumnus) for one in alumnus_ids if one in known]


def card_of(session: Session, keys: KeyRing, alumnus_id: str) -> PersonCard | None:
    """Return a masked card of one person, or None where there is no such person. Raises nothing."""
    return next(iter(cards(session, keys, [alumnus_id])), None)


def masked(name: str) -> str:
    """Return a name by its first letters, so that nobody learns how long it is. Raises nothing.

    Examples
    --------
    >>> masked("Siti Aminah")
    'S*** A***'
    """
    return " ".join(f"{word[0]}***" for word in name.split())


def enrol(session: Session, security: Security, officer: SignedIn, given: EnrolBody, *, now: datetime) -> Enrolled:
    """Register a person with the consents of a receipt; with a telephone they get an account and a code for a PIN.

    Raises
    ------
    InvalidInput
        When the birth date, the telephone or the identity number is unusable.
    Conflicting
        When somebody of this name and birth date is here, the identity number is another person's, or the telephone
        has as many people as it may.
    """
    check_age(given.birth_on, now.date())
    keys = security.keys
    phone = None if given.phone is None else canonical_phone(given.phone)
    nik = None if given.nik is None else _digits(given.nik)
    if not given.is_another and contacts_of_key(session, _person_hashes(keys, given)):
        raise Conflicting("person: somebody with this name and birth date is here; find them, or say is_another")
    if nik is not None and alumnus_of_nik(session, keys.hashes("nik", nik)):
        raise Conflicting("identity number: registered already; find the person instead")
    alumnus_id = uuid4().hex
    add_person(session, _alumnus(alumnus_id, given))
    put_contact(
        session, sealed_contact(keys, alumnus_id, phone=phone, name=given.name, birth_on=given.birth_on, nik=nik)
    )
    note_receipt(session, officer, alumnus_id, given.consents, receipt_no=given.receipt_no, now=now)
    note_accesses(session, [Access(officer.account_id, officer.role, alumnus_id, "registered", now)])
    if phone is None:
        return Enrolled(alumnus_id=alumnus_id)
    account = open_alumnus_account(session, security, alumnus_id, phone, None, now=now)
    code = issue(session, security, account, now=now, lifetime=RESET_LIFETIME)
    return Enrolled(alumnus_id=alumnus_id, code=code.code, code_expires_at=code.expires_at)


def note_receipt(
    session: Session, officer: SignedIn, alumnus_id: str, purposes: Sequence[str], *, receipt_no: str, now: datetime
) -> None:
    """Note the consents that a person signed on a receipt. Raises nothing."""
    given = [
        Consent(alumnus_id, one, True, now, "counter", receipt_no=receipt_no, by_account_id=officer.account_id)
        for one in dict.fromkeys(purposes)
    ]
    note_consents(session, given)


def _sought(session: Session, keys: KeyRing, sought: FindBody) -> list[str]:
    if sought.certificate_no is not None:
        return alumni_of_certificate(session, sought.certificate_no)
    if sought.nik is not None:
        owner = alumnus_of_nik(session, keys.hashes("nik", _digits(sought.nik)))
        return [] if owner is None else [owner]
    return [one.alumnus_id for one in contacts_of_key(session, _person_hashes(keys, sought))]


def _person_hashes(keys: KeyRing, given: FindBody | EnrolBody) -> tuple[str, ...]:
    if given.name is None or given.birth_on is None:
        return ()
    return keys.hashes("person", person_text(given.name, given.birth_on))


def _digits(nik: str) -> str:
    digits = re.sub(r"\D", "", nik)
    if len(digits) != _NIK_DIGITS:
        raise InvalidInput(f"nik: {len(digits)} digits; an identity number has {_NIK_DIGITS}, read it again")
    return digits


def _card(session: Session, keys: KeyRing, alumnus: Alumnus) -> PersonCard:
    contact = contact_of(session, alumnus.alumnus_id)
    sealed = None if contact is None else contact.name_sealed
    return PersonCard(
        alumnus_id=alumnus.alumnus_id,
        masked_name=None if sealed is None else masked(keys.decrypt(sealed, about=alumnus.alumnus_id)),
        birth_year=alumnus.birth_year,
        place=place_name(alumnus.province_code, alumnus.district_code),
        has_account=account_of_alumnus(session, alumnus.alumnus_id) is not None,
    )


def _alumnus(alumnus_id: str, given: EnrolBody) -> Alumnus:
    return Alumnus(
        alumnus_id,
        given.province_code,
        given.district_code,
        given.education,
        birth_year=given.birth_on.year,
        completed_on=min((one.issued_on for one in given.certificates if one.issued_on), default=None),
        certificates=tuple(Certificate(**one.model_dump()) for one in given.certificates),
    )
