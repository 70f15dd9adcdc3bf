"""Takes a session and what a certificate or a register says of somebody; gives who that may be. Notes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.storage.schema.people import certificates, contacts, people

_AT_ONCE = 1000


def alumni_of_certificate(session: Session, certificate_no: str, *, limit: int = 20) -> list[str]:
    """Return who holds a certificate with this number, by id. Raises nothing."""
    found = select(certificates.c.alumnus_id).where(certificates.c.certificate_no == certificate_no)
    return list(session.scalars(found.distinct().order_by(certificates.c.alumnus_id).limit(limit)))


def alumni_by_certificate(session: Session, numbers: Sequence[str]) -> dict[str, dict[str, int | None]]:
    """Return who holds each of the certificate `numbers`: number -> id -> birth year. Raises nothing."""
    holders: dict[str, dict[str, int | None]] = {}
    for start in range(0, len(numbers), _AT_ONCE):
        found = (
            select(certificates.c.certificate_no, people.c.alumnus_id, people.c.birth_year)
            .join(people)
            .where(certificates.c.certificate_no.in_(numbers[start : start + _AT_ONCE]))
        )
        for row in session.execute(found):
            holders.setdefault(row.certificate_no, {})[row.alumnus_id] = row.birth_year
    return holders


def alumni_by_nik(session: Session, nik_hashes: Sequence[str]) -> dict[str, str]:
    """Return whose identity number has each of `nik_hashes`: hash -> id. Raises nothing."""
    owners: dict[str, str] = {}
    for start in range(0, len(nik_hashes), _AT_ONCE):
        found = select(contacts.c.nik_hash, contacts.c.alumnus_id)
        asked = found.where(contacts.c.nik_hash.in_(nik_hashes[start : start + _AT_ONCE]))
        owners |= {row.nik_hash: row.alumnus_id for row in session.execute(asked)}
    return owners


def known_alumni(session: Session, alumnus_ids: Sequence[str]) -> set[str]:
    """Return those of `alumnus_ids` that are stored. Raises nothing."""
    known: set[str] = set()
    for start in range(0, len(alumnus_ids), _AT_ONCE):
        asked = select(people.c.alumnus_id).where(people.c.alumnus_id.in_(alumnus_ids[start : start + _AT_ONCE]))
        known |= set(session.scalars(asked))
    return known
