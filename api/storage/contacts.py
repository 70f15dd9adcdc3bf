"""Takes a session and sealed contacts; gives who a person is and how to reach them. Opens and hashes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from api.refusals import Conflicting
from api.storage.schema.people import contacts
from api.storage.statements import every, first, insert_where_missing


@dataclass(frozen=True, slots=True, repr=False)
class Contact:
    """Name and telephone as `KeyRing.encrypt` sealed them, and the keyed hashes that find the person."""

    alumnus_id: str
    name_sealed: str | None = None
    phone_sealed: str | None = None
    birth_on: date | None = None
    nik_hash: str | None = None
    person_key: str | None = None


def put_contact(session: Session, contact: Contact) -> None:
    """Store a person's contact in place of the one before.

    Raises
    ------
    Conflicting
        When the identity number is another person's.
    """
    if insert_where_missing(session, contacts, asdict(contact)):
        return
    owner = None if contact.nik_hash is None else alumnus_of_nik(session, [contact.nik_hash])
    if owner not in (None, contact.alumnus_id):
        raise Conflicting("identity number: registered already; find the person instead")
    session.execute(update(contacts).where(contacts.c.alumnus_id == contact.alumnus_id).values(**asdict(contact)))


def contact_of(session: Session, alumnus_id: str) -> Contact | None:
    """Return a person's contact. Raises nothing."""
    return first(session, Contact, select(contacts).where(contacts.c.alumnus_id == alumnus_id))


def alumnus_of_nik(session: Session, nik_hashes: Sequence[str]) -> str | None:
    """Return whose identity number has one of `nik_hashes` (the number hashed under each secret). Raises nothing."""
    return session.scalar(select(contacts.c.alumnus_id).where(contacts.c.nik_hash.in_(nik_hashes)))


def contacts_of_key(session: Session, person_keys: Sequence[str], *, limit: int = 20) -> list[Contact]:
    """Return the people with this name and birth date (hashed under each secret), by id. Raises nothing."""
    found = select(contacts).where(contacts.c.person_key.in_(person_keys))
    return every(session, Contact, found.order_by(contacts.c.alumnus_id).limit(limit))
