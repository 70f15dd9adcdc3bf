"""Takes what a person writes to register; gives a code to their telephone, and for the code an account.

Until the telephone is proven nothing about the person is stored in the clear, and no answer says whether a number is
known. An officer at a counter opens accounts with the same functions.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import uuid4

from sqlalchemy.orm import Session

from api.refusals import Conflicting, SignInFailed
from api.security.attempts import Place, charge_code
from api.security.guard import Security
from api.security.keys import KeyRing
from api.security.limits import (
    MOST_CODES_OF_A_LOGIN,
    MOST_CODES_OF_A_PAIR,
    MOST_CODES_OF_AN_ADDRESS,
    MOST_TRIES_OF_A_CODE,
)
from api.security.passwords import checked_pin
from api.storage.accounts import Account, account_of_alumnus, accounts_of_login, add_account
from api.storage.attempts import code_of
from api.storage.consents import Consent, note_consents
from api.storage.contacts import Contact, contacts_of_key, put_contact
from api.storage.outbox import Message, put_message
from api.storage.people import add_person
from api.storage.sign_ins import OneTimeCode, add_code, use_code
from matcher.domain.errors import InvalidInput
from matcher.domain.records import Alumnus

CODE_LIFETIME = timedelta(minutes=15)
CODE_DIGITS = 6
MOST_PEOPLE_OF_A_TELEPHONE = 8
_WRONG_CODE = "code: wrong, used or too old; ask for another at POST /v1/auth/register"


@dataclass(frozen=True, slots=True)
class Registration:
    """What an alumnus registers with; ``phone`` is canonical, ``consents`` the purposes agreed to."""

    phone: str = field(repr=False)
    pin: str = field(repr=False)
    name: str = field(repr=False)
    birth_on: date
    consents: tuple[str, ...] = ()


def charge_registration(session: Session, keys: KeyRing, given: Registration, place: Place, *, now: datetime) -> None:
    """Check what a person registers with, and count the code that it asks for.

    Raises
    ------
    InvalidInput
        When the PIN is too easy, or the birth date not one of a person of 15 to 100 years.
    TooMany
        When too many codes went to this telephone or were asked from this address.
    """
    checked_pin(given.pin, birth_on=given.birth_on)
    check_age(given.birth_on, now.date())
    counts = [
        ("code pair", f"{given.phone} {place.address}", MOST_CODES_OF_A_PAIR),
        ("code login", given.phone, MOST_CODES_OF_A_LOGIN),
        ("code address", place.address, MOST_CODES_OF_AN_ADDRESS),
    ]
    charge_code(session, keys, counts, now=now)


def register(session: Session, security: Security, given: Registration, *, now: datetime) -> tuple[str, datetime]:
    """Send a code to the telephone; return the id of the registration and until when the code is taken.

    Notes
    -----
    Raises nothing: `charge_registration` came before.
    """
    keys = security.keys
    secret_hash = security.passwords.hash(given.pin, login=keys.hashed("login", given.phone))
    code_id, code = secrets.token_urlsafe(24), digits(CODE_DIGITS)
    details = {
        "phone": given.phone, "name": given.name, "birth_on": given.birth_on.isoformat(),
        "consents": given.consents, "secret_hash": secret_hash,
    }  # fmt: skip
    add_code(
        session,
        OneTimeCode(
            code_id=code_id,
            login=keys.hashed("login", given.phone),
            purpose="register",
            code_hash=keys.hashed("code", f"{code_id} {code}"),
            created_at=now,
            expires_at=now + CODE_LIFETIME,
            details={"sealed": keys.encrypt(json.dumps(details), about=code_id)},
        ),
    )
    tell(session, keys, given.phone, "register_code", {"code": code}, now=now)
    return code_id, now + CODE_LIFETIME


def charge_try(session: Session, keys: KeyRing, registration_id: str, *, now: datetime) -> None:
    """Count one try of a code. Only who registered knows the id, so nobody else can use the tries up.

    Raises
    ------
    TooMany
        When the tries of this registration are used up.
    """
    charge_code(session, keys, [("try", registration_id, MOST_TRIES_OF_A_CODE)], now=now)


def verify(session: Session, security: Security, registration_id: str, code: str, *, now: datetime) -> Account:
    """Return the account that the code of this registration opens.

    A person whom an import brought, with this name, birth date and telephone, becomes the account's; otherwise a
    person is added.

    Raises
    ------
    SignInFailed
        When the code is wrong, used or too old, or there is no such registration.
    Conflicting
        When this person has an account already, or the telephone as many people as it may.
    """
    keys = security.keys
    stored = code_of(session, registration_id, "register", now=now)
    if stored is None or not keys.is_hash("code", f"{registration_id} {code}", stored.code_hash):
        raise SignInFailed(_WRONG_CODE)
    if not use_code(session, registration_id, now=now):
        raise SignInFailed(_WRONG_CODE)
    details = json.loads(keys.decrypt((stored.details or {})["sealed"], about=registration_id))
    birth_on = date.fromisoformat(details["birth_on"])
    alumnus_id = _known_person(session, keys, details["phone"], details["name"], birth_on)
    if alumnus_id is None:
        alumnus_id = uuid4().hex
        add_person(session, Alumnus(alumnus_id, birth_year=birth_on.year))
        put_contact(
            session, sealed_contact(keys, alumnus_id, phone=details["phone"], name=details["name"], birth_on=birth_on)
        )
    note_consents(session, [Consent(alumnus_id, purpose, True, now, "web") for purpose in details["consents"]])
    return open_alumnus_account(session, security, alumnus_id, details["phone"], details["secret_hash"], now=now)


def open_alumnus_account(
    session: Session, security: Security, alumnus_id: str, phone: str, secret_hash: str | None, *, now: datetime
) -> Account:
    """Return a stored account of an alumnus; `phone` is canonical. Without a hash it waits for a code and a PIN.

    Raises
    ------
    Conflicting
        When the person has an account already, or the telephone as many people as it may.
    """
    logins = security.keys.hashes("login", phone)
    if len(accounts_of_login(session, logins)) >= MOST_PEOPLE_OF_A_TELEPHONE:
        raise Conflicting(f"phone: {MOST_PEOPLE_OF_A_TELEPHONE} people use it already; use another number")
    account = Account(uuid4().hex, "alumnus", logins[0], secret_hash, now, alumnus_id=alumnus_id)
    add_account(session, account)
    return account


def sealed_contact(
    keys: KeyRing, alumnus_id: str, *, phone: str | None, name: str, birth_on: date, nik: str | None = None
) -> Contact:
    """Return a contact as it is stored: name and telephone encrypted, the identity number hashed. Raises nothing."""
    return Contact(
        alumnus_id=alumnus_id,
        name_sealed=keys.encrypt(name, about=alumnus_id),
        phone_sealed=None if phone is None else keys.encrypt(phone, about=alumnus_id),
        birth_on=birth_on,
        nik_hash=None if nik is None else keys.hashed("nik", nik),
        person_key=keys.hashed("person", person_text(name, birth_on)),
    )


def person_text(name: str, birth_on: date) -> str:
    """Return name and birth date as they are hashed to find a person: case, blanks and signs do not count.

    Notes
    -----
    Raises nothing.
    """
    letters = "".join(letter if letter.isalnum() else " " for letter in name.casefold())
    return f"{' '.join(letters.split())} {birth_on.isoformat()}"


def tell(
    session: Session,
    keys: KeyRing,
    phone: str,
    template: str,
    values: dict[str, str],
    *,
    now: datetime,
    alumnus_id: str | None = None,
) -> None:
    """Store a message to a telephone for the sender to take, its content encrypted. Raises nothing."""
    message_id = uuid4().hex
    sealed = keys.encrypt(json.dumps({"to": phone, **values}), about=message_id)
    put_message(session, Message(message_id, "sms", template, {"sealed": sealed}, now, alumnus_id=alumnus_id))


def digits(n_digits: int) -> str:
    """Return a random code. Raises nothing."""
    return f"{secrets.randbelow(10**n_digits):0{n_digits}d}"


def check_age(birth_on: date, today: date) -> None:
    """Return when somebody born then may have an account.

    Raises
    ------
    InvalidInput
        When they would be younger than 15 or older than 100.
    """
    if not 15 <= today.year - birth_on.year <= 100:
        raise InvalidInput(f"birth_on: {birth_on.year} is no birth year of somebody of 15 to 100; write YYYY-MM-DD")


def _known_person(session: Session, keys: KeyRing, phone: str, name: str, birth_on: date) -> str | None:
    """Return whom an import brought with the same name, birth date and telephone, and no account yet."""
    found = contacts_of_key(session, keys.hashes("person", person_text(name, birth_on)))
    same = [
        one.alumnus_id
        for one in found
        if one.phone_sealed is not None and keys.decrypt(one.phone_sealed, about=one.alumnus_id) == phone
    ]
    if any(account_of_alumnus(session, alumnus_id) for alumnus_id in same):
        raise Conflicting("registration: this person has an account on this telephone; sign in, or have the PIN reset")
    return same[0] if len(same) == 1 else None
