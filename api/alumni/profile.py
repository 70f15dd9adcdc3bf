"""Takes what a person reads, changes and finds wrong about themselves; gives their profile. Decides no correction."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from api.alumni.bodies import CorrectionBody, CorrectionNote, Profile, ProfileChange
from api.alumni.objection import OBJECTION_FIELD, objects_to_ranking
from api.refusals import NotAllowed
from api.security.keys import KeyRing
from api.storage.contacts import Contact, contact_of
from api.storage.people import Person, change_person
from api.storage.questions import Correction, ask_correction, corrections_of
from api.storage.recent_answers import forget_answers
from matcher.domain.errors import InvalidInput, UnknownIdentifier
from matcher.domain.qualifications import parse_education
from matcher.domain.records import Alumnus
from matcher.domain.regions import parse_district_code, parse_province_code, place_name


def profile(session: Session, keys: KeyRing, person: Person) -> Profile:
    """Return everything that a person reads about themselves, their own name and telephone opened.

    Raises
    ------
    InvalidInput
        When the keys are not those that sealed the contact.
    """
    alumnus = person.alumnus
    own = {field.name: getattr(alumnus, field.name) for field in fields(Alumnus) if field.name in Profile.model_fields}
    name, phone = opened_contact(keys, contact := contact_of(session, alumnus.alumnus_id))
    return Profile.model_validate(
        {
            **{key: list(value) if isinstance(value, tuple) else value for key, value in own.items()},
            "version": person.version,
            "name": name,
            "phone": phone,
            "birth_on": contact.birth_on if contact else None,
            "place": _place(alumnus),
            "objects_to_ranking": objects_to_ranking(session, alumnus.alumnus_id),
        }
    )


def opened_contact(keys: KeyRing, contact: Contact | None) -> tuple[str | None, str | None]:
    """Return name and telephone of a sealed contact.

    Raises
    ------
    InvalidInput
        When the keys are not those that sealed it.
    """
    if contact is None:
        return None, None
    sealed = (contact.name_sealed, contact.phone_sealed)
    name, phone = (None if one is None else keys.decrypt(one, about=contact.alumnus_id) for one in sealed)
    return name, phone


def change(session: Session, person: Person, sent: ProfileChange) -> int:
    """Store what the person changes about themselves; return the version after it. The next slate follows it at once.

    Raises
    ------
    InvalidInput
        When a code, a level of schooling or the pair of province and district is unusable.
    NotAllowed
        When a disability is told without the consent to use it.
    Conflicting
        When another change was faster.
    """
    alumnus = person.alumnus
    changes = _checked(sent.model_dump(exclude_unset=True, exclude={"version"}))
    if changes.get("has_disability") is not None and "disability_use" not in alumnus.consents:
        raise NotAllowed("has_disability: is kept only with the consent disability_use; give that first")
    _check_place({"province_code": alumnus.province_code, "district_code": alumnus.district_code, **changes})
    version = change_person(session, alumnus.alumnus_id, changes, version=sent.version)
    forget_answers(session, alumnus.alumnus_id)
    return version


def correct(session: Session, alumnus_id: str, sent: CorrectionBody, *, now: datetime) -> CorrectionNote:
    """Store what a person says is wrong, for an officer. Raises nothing for a person who is here."""
    asked = Correction(uuid4().hex, alumnus_id, sent.field, sent.told, now)
    ask_correction(session, asked)
    return _note(asked)


def corrections(session: Session, alumnus_id: str) -> list[CorrectionNote]:
    """Return what a person said is wrong, the last one first. Raises nothing."""
    return [_note(one) for one in corrections_of(session, alumnus_id) if one.field != OBJECTION_FIELD]


def _note(asked: Correction) -> CorrectionNote:
    return CorrectionNote(
        correction_id=asked.correction_id, field=asked.field, told=asked.told, state=asked.state, at=asked.at
    )


def _place(alumnus: Alumnus) -> str | None:
    return None if alumnus.province_code is None else place_name(alumnus.province_code, alumnus.district_code)


def _provinces(codes: list[str]) -> list[str]:
    return list(dict.fromkeys(parse_province_code(code) for code in codes))


_PARSERS: Mapping[str, Callable[[Any], object]] = {
    "province_code": parse_province_code,
    "district_code": parse_district_code,
    "education": parse_education,
    "willing_province_codes": _provinces,
}


def _checked(changes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: _in_home_form(name, value) for name, value in changes.items()}


def _in_home_form(name: str, value: Any) -> object:
    if value is None:
        return [] if name.endswith("_codes") else None
    try:
        return _PARSERS.get(name, _same)(value)
    except UnknownIdentifier as problem:
        raise InvalidInput(f"{name}: {problem}") from problem


def _same(value: Any) -> object:
    return value


def _check_place(place: Mapping[str, Any]) -> None:
    province, district = place["province_code"], place["district_code"]
    if district is not None and (province is None or not district.startswith(f"{province}.")):
        raise InvalidInput(
            f"district_code '{district}': not in province '{province}'; send province_code and district_code together"
        )
