"""People who sign in on the pages: written into the database of a running server, as a counter would enrol them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime
from uuid import uuid4

from api.opening import opened_database, opened_security
from api.security.accounts import canonical_phone
from api.security.registration import open_alumnus_account, sealed_contact
from api.security.roles import Role
from api.settings import Settings
from api.storage.accounts import Account, add_account
from api.storage.consents import Consent, note_consents
from api.storage.contacts import put_contact
from api.storage.people import add_certificates, add_person
from matcher.domain.records import Alumnus, Certificate

PIN = "493817"
OFFICER, PASSWORD = "petugas.bandung", "empat kata biasa saja"  # pragma: allowlist secret
"""An officer at the counter of Jawa Barat; the password is that of everybody who works with us."""

OFFICE = "kantor.program"
"""Somebody of the programme office."""

COOK, GUARD = "0812 1111 2222", "0812 3333 4444"
"""Telephones of a cook in Kota Bandung, and of a guard in Papua Pegunungan for whom little is open."""


def enrol(settings: Settings, phone: str, certificate: Certificate, place: Sequence[str], education: str) -> None:
    """Open an account of somebody who agreed to recommendations."""
    database = opened_database(settings)
    security, now, alumnus_id = opened_security(settings, database), datetime.now(UTC), uuid4().hex
    number = canonical_phone(phone)
    secret_hash = security.passwords.hash(PIN, login=security.keys.hashed("login", number))
    person = Alumnus(alumnus_id, place[0], place[1], education=education, birth_year=1994)
    with database.session.begin() as session:
        add_person(session, person)
        put_contact(
            session,
            sealed_contact(security.keys, alumnus_id, phone=number, name="Sari Dewi", birth_on=date(1994, 3, 5)),
        )
        note_consents(session, [Consent(alumnus_id, "recommend", True, now, "web")])
        add_certificates(session, alumnus_id, [certificate])
        open_alumnus_account(session, security, alumnus_id, number, secret_hash, now=now)
    database.close()


def open_staff(settings: Settings, role: Role, name: str, province_code: str | None = None) -> None:
    """Open the account of somebody who works with us, the password chosen."""
    database = opened_database(settings)
    security, now = opened_security(settings, database), datetime.now(UTC)
    account_id = uuid4().hex
    login = security.keys.hashed("login", name)
    secret_hash = security.passwords.hash(PASSWORD, login=login)
    with database.session.begin() as session:
        add_account(session, Account(account_id, role, login, secret_hash, now, province_code=province_code))
    database.close()
