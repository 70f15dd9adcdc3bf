"""Registering: a telephone proven by its code, nothing told about anybody, and people who share one."""

from __future__ import annotations

import json
from datetime import date, timedelta

from api.security.registration import Registration, person_text, register, sealed_contact, verify
from api.storage.consents import consents_of
from api.storage.contacts import contact_of, put_contact
from api.storage.people import add_person, person_of
from api.storage.sign_ins import codes_of
from matcher.domain.records import Alumnus
from tests.api.security.conftest import PHONE, PIN, House

BODY = {"phone": PHONE, "pin": PIN, "name": "Ibu Sari", "birth_on": "1994-03-05"}


def test_registering_stores_the_person_sealed_with_the_consents_given(house: House) -> None:
    account = house.register(consents=["recommend", "contact"])["account"]
    assert account["role"] == "alumnus"
    with house.database.reading() as reading:
        contact = contact_of(reading, account["alumnus_id"])
        person = person_of(reading, account["alumnus_id"])
        assert consents_of(reading, [account["alumnus_id"]])[account["alumnus_id"]] == ("contact", "recommend")
    assert contact is not None and person is not None and person.alumnus.birth_year == 1994
    assert house.security.keys.decrypt(contact.name_sealed or "", about=account["alumnus_id"]) == "Ibu Sari"
    assert house.security.keys.decrypt(contact.phone_sealed or "", about=account["alumnus_id"]) == "+6281234567890"


def test_a_known_and_an_unknown_telephone_are_answered_alike(house: House) -> None:
    house.register()
    answers = [
        house.post("register", {**BODY, "phone": phone}, address="192.0.2.1") for phone in (PHONE, "081300001111")
    ]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert [set(answer.json()) for answer in answers] == [{"registration_id", "expires_at"}] * 2
    assert len({len(answer.json()["registration_id"]) for answer in answers}) == 1


def test_until_the_code_comes_back_nothing_of_the_person_is_readable(house: House) -> None:
    house.post("register", BODY)
    with house.database.reading() as reading:
        [stored] = codes_of(
            reading, house.security.keys.hashes("login", "+6281234567890"), "register", now=house.clock()
        )
    told = json.dumps([stored.details, stored.code_hash, stored.login])
    assert not any(word in told for word in ("Sari", "81234567890", PIN, "1994"))


def test_an_unusable_registration_is_refused_and_sends_nothing(house: House) -> None:
    changes: list[dict[str, object]] = [
        {"pin": "123456"}, {"pin": "050394"}, {"phone": "12"}, {"phone": "+1 202 555 0100"}, {"birth_on": "2024-01-01"},
        {"birth_on": "1890-01-01"}, {"birth_on": "kemarin"}, {"name": " "}, {"name": "x" * 121},
        {"consents": ["everything"]}, {"role": "operator"}, {"alumnus_id": "a-cook"}, {"name": "Sari\x00"},
    ]  # fmt: skip
    answers = [house.post("register", {**BODY, **change}).status_code for change in changes]
    assert answers == [422] * len(changes) and house.messages() == []


def test_a_code_opens_one_account_once(house: House) -> None:
    registration_id = house.post("register", BODY).json()["registration_id"]
    given = {"registration_id": registration_id, "code": house.messages()[0][1]["code"]}
    answers = [house.post("verify", given).status_code for _ in range(2)]
    assert answers == [201, 401]


def test_a_code_ends_after_a_quarter_of_an_hour(house: House) -> None:
    registration_id = house.post("register", BODY).json()["registration_id"]
    house.clock.pass_by(minutes=16)
    given = {"registration_id": registration_id, "code": house.messages()[0][1]["code"]}
    assert house.post("verify", given).status_code == 401


def test_a_code_of_another_registration_opens_nothing(house: House) -> None:
    first = house.post("register", BODY).json()["registration_id"]
    house.post("register", {**BODY, "phone": "081300001111"})
    second_code = house.messages()[1][1]["code"]
    assert house.post("verify", {"registration_id": first, "code": second_code}).status_code == 401


def test_five_wrong_codes_end_a_registration_even_for_the_right_one(house: House) -> None:
    registration_id = house.post("register", BODY).json()["registration_id"]
    code = house.messages()[0][1]["code"]
    wrong = [f"{(int(code) + n) % 1_000_000:06d}" for n in range(1, 6)]
    answers = [
        house.post("verify", {"registration_id": registration_id, "code": one}, address=f"203.0.113.{n}").status_code
        for n, one in enumerate([*wrong, code])
    ]
    assert answers == [401] * 5 + [429]


def test_codes_to_one_telephone_and_from_one_address_are_bounded(house: House) -> None:
    to_one = [house.post("register", BODY).status_code for _ in range(4)]
    assert to_one == [202] * 3 + [429]
    elsewhere = [house.post("register", BODY, address=f"203.0.113.{n}").status_code for n in range(9)]
    assert elsewhere == [202] * 7 + [429] * 2
    others = [house.post("register", {**BODY, "phone": f"0813 0000 1{n:03d}"}).status_code for n in range(19)]
    assert others == [202] * 17 + [429] * 2


def test_codes_may_be_asked_again_an_hour_later(house: House) -> None:
    for _ in range(4):
        answer = house.post("register", BODY)
    assert answer.status_code == 429 and 0 < int(answer.headers["retry-after"]) <= 3600
    house.clock.pass_by(seconds=int(answer.headers["retry-after"]) + 1)
    assert house.post("register", BODY).status_code == 202


def test_a_family_shares_a_telephone_and_the_pin_tells_who_signs_in(house: House) -> None:
    sari = house.register(name="Ibu Sari", pin="493817")["account"]["account_id"]
    budi = house.register(name="Pak Budi", pin="205846", birth_on="1990-07-19")["account"]["account_id"]
    told = [house.sign_in(pin=pin).json()["account"]["account_id"] for pin in ("493817", "205846")]
    assert told == [sari, budi] and sari != budi


def test_two_people_of_one_telephone_and_one_pin_are_told_apart_by_birth_date(house: House) -> None:
    sari = house.register(name="Ibu Sari")["account"]["account_id"]
    house.register(name="Pak Budi", birth_on="1990-07-19")
    assert house.sign_in().status_code == 422
    body = {"phone": PHONE, "pin": PIN}
    told = house.post("token", {**body, "birth_on": "1994-03-05"}).json()["account"]["account_id"]
    assert told == sari
    assert house.post("token", {**body, "birth_on": "1994-03-06"}).status_code == 401


def test_a_telephone_serves_at_most_eight_people(house: House) -> None:
    for number in range(8):
        house.register(name=f"Orang {number}")
        house.clock.pass_by(hours=1)
    begun = house.post("register", {**BODY, "name": "Orang Kesembilan"})
    given = {"registration_id": begun.json()["registration_id"], "code": house.messages()[-1][1]["code"]}
    assert house.post("verify", given).status_code == 409


def test_the_same_person_does_not_register_twice(house: House) -> None:
    house.register()
    begun = house.post("register", {**BODY, "name": "ibu  SARI.", "pin": "205846"})
    given = {"registration_id": begun.json()["registration_id"], "code": house.messages()[-1][1]["code"]}
    answer = house.post("verify", given)
    assert answer.status_code == 409 and "PIN reset" in answer.json()["detail"]


def imported(house: House, alumnus_id: str, phone: str) -> None:
    """Store a person as an import brings them."""
    with house.database.session.begin() as session:
        add_person(session, Alumnus(alumnus_id, education="SMK"))
        born = date(1994, 3, 5)
        put_contact(
            session, sealed_contact(house.security.keys, alumnus_id, phone=phone, name="IBU SARI", birth_on=born)
        )


def test_a_person_whom_an_import_brought_keeps_their_certificates_by_registering(house: House) -> None:
    imported(house, "a-17", "+6281234567890")
    assert house.register()["account"]["alumnus_id"] == "a-17"


def test_nobody_takes_over_a_person_of_another_telephone(house: House) -> None:
    imported(house, "a-17", "+6281300001111")
    assert house.register()["account"]["alumnus_id"] != "a-17"


def test_names_are_compared_by_their_letters() -> None:
    born = date(1994, 3, 5)
    assert person_text(" Ibu  SARI, S.Pd. ", born) == person_text("ibu sari s pd", born) == "ibu sari s pd 1994-03-05"
    assert person_text("Ibu Sari", born) != person_text("Ibu Sari", born + timedelta(days=1))


def test_of_two_verifications_at_once_one_opens_the_account(house: House) -> None:
    given = Registration("+6281234567890", PIN, "Ibu Sari", date(1994, 3, 5))
    with house.database.session.begin() as session:
        registration_id, _ = register(session, house.security, given, now=house.clock())
    code = house.messages()[0][1]["code"]
    with house.database.session.begin() as session:
        account = verify(session, house.security, registration_id, code, now=house.clock())
    assert account.role == "alumnus"
    assert house.post("verify", {"registration_id": registration_id, "code": code}).status_code == 401
