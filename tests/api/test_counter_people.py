"""At the counter a person is found, registered and served on their behalf, and can see that they were."""

from __future__ import annotations

import logging

import pytest
from sqlalchemy import text

from api.storage.contacts import contact_of
from api.storage.people import person_of
from tests.api.counter_scene import PERSON, Counter, counter_of
from tests.api.databases import database_url, empty_database_url, migrated_url, postgresql_url
from tests.api.security.conftest import House, house, opened

__all__ = ["database_url", "empty_database_url", "house", "migrated_url", "opened", "postgresql_url"]

NIK = "3204 0145 0394 0007"


@pytest.fixture
def counter(house: House) -> Counter:
    """An officer at work."""
    return counter_of(house)


def whole_database(house: House) -> str:
    """Return every cell of every table as text."""
    with house.database.reading() as reading:
        bind = reading.get_bind()
        is_sqlite = bind.dialect.name == "sqlite"
        names = reading.scalars(
            text(
                "SELECT name FROM sqlite_master WHERE type = 'table'"
                if is_sqlite
                else "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            )
        )
        return "\n".join(str(row) for name in list(names) for row in reading.execute(text(f'SELECT * FROM "{name}"')))


def test_a_person_without_a_telephone_is_registered_and_found_three_ways(counter: Counter) -> None:
    alumnus_id = counter.enrol(nik=NIK)
    ways = [
        {"certificate_no": "PRA-77"},
        {"name": "siti  AMINAH", "birth_on": "1994-03-05"},
        {"nik": NIK.replace(" ", "")},
    ]
    for way in ways:
        [card] = counter.post("find", way).json()["items"]
        assert card == {
            "alumnus_id": alumnus_id,
            "masked_name": "S*** A***",
            "birth_year": 1994,
            "place": card["place"],
            "has_account": False,
        }
    assert "Bandung" in card["place"]
    assert counter.acts(alumnus_id) == ["registered", "found", "found", "found"]


def test_nobody_is_found_by_what_nobody_has(counter: Counter) -> None:
    counter.enrol()
    for way in (
        {"certificate_no": "PRA-78"},
        {"certificate_no": "' OR 1=1 --"},
        {"name": "Siti Aminah", "birth_on": "1994-03-06"},
        {"nik": NIK},
    ):
        assert counter.post("find", way).json() == {"items": []}


@pytest.mark.parametrize(
    "way",
    [
        {},
        {"name": "Siti Aminah"},
        {"nik": "12"},
        {"nik": "32040145039400071"},
        {"nik": NIK, "certificate_no": "PRA-77"},
        {"certificate_no": "PRA-77", "sex": "female"},
        {"certificate_no": "x" * 500},
    ],
)
def test_a_search_that_is_none_is_refused(counter: Counter, way: dict[str, str]) -> None:
    answer = counter.post("find", way)
    assert answer.status_code == 422
    assert NIK not in answer.text


def test_the_identity_number_and_the_name_stand_nowhere_in_the_clear(
    counter: Counter, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        counter.enrol(nik=NIK, phone="0812 7777 1234")
        counter.post("find", {"nik": NIK}, **{"Idempotency-Key": "sebuah-kunci"})
    stored = whole_database(counter.house) + caplog.text + str([vars(one) for one in caplog.records])
    for secret in (NIK, NIK.replace(" ", ""), "Aminah", "81277771234"):
        assert secret not in stored


def test_an_identity_number_belongs_to_one_person(counter: Counter) -> None:
    counter.enrol(nik=NIK)
    answer = counter.post("people", {**PERSON, "name": "Wati Lestari", "nik": NIK})
    assert answer.status_code == 409
    with counter.house.database.reading() as reading:
        assert reading.scalar(text("SELECT count(*) FROM people")) == 1


def test_somebody_of_the_same_name_and_birth_date_is_registered_only_when_said(counter: Counter) -> None:
    counter.enrol()
    assert counter.post("people", PERSON).status_code == 409
    counter.enrol(is_another=True)


def test_what_is_stored_of_a_registration(counter: Counter) -> None:
    alumnus_id = counter.enrol()
    with counter.house.database.reading() as reading:
        person, contact = person_of(reading, alumnus_id), contact_of(reading, alumnus_id)
        receipts = reading.execute(text("SELECT purpose, via, receipt_no FROM consents ORDER BY purpose")).all()
    assert person is not None and contact is not None and contact.phone_sealed is None
    held = person.alumnus
    assert (held.education, held.birth_year, held.consents) == ("SMA", 1994, ("contact", "recommend"))
    assert [one.certificate_no for one in held.certificates] == ["PRA-77"]
    assert [tuple(row) for row in receipts] == [
        ("contact", "counter", "KWT/0001"),
        ("recommend", "counter", "KWT/0001"),
    ]


@pytest.mark.parametrize(
    "changes",
    [
        {"receipt_no": ""},
        {"consents": ["everything"]},
        {"province_code": "99"},
        {"district_code": "33.74"},
        {"education": "sarjana muda sekali"},
        {"birth_on": "2020-01-01"},
        {"phone": "12"},
        {"role": "operator"},
        {"certificates": [{"title": "x" * 300}]},
    ],
)
def test_a_registration_that_cannot_be_is_refused_whole(counter: Counter, changes: dict[str, object]) -> None:
    assert counter.post("people", {**PERSON, **changes}).status_code == 422
    with counter.house.database.reading() as reading:
        assert reading.scalar(text("SELECT count(*) FROM people")) == 0


def test_a_telephone_gives_an_account_whose_pin_the_person_chooses(counter: Counter) -> None:
    answer = counter.post("people", {**PERSON, "phone": "0812 7777 1234"}).json()
    chosen = {"phone": "0812 7777 1234", "code": answer["code"], "secret": "205846"}
    assert counter.house.sign_in("0812 7777 1234", "205846").status_code == 401
    assert counter.house.post("reset", chosen).status_code == 204
    signed_in = counter.house.sign_in("0812 7777 1234", "205846")
    assert signed_in.json()["account"]["alumnus_id"] == answer["alumnus_id"]


def test_a_repeated_registration_gives_the_first_answer_and_another_body_is_refused(counter: Counter) -> None:
    key = {"Idempotency-Key": "daftar-siti-1"}
    body = {**PERSON, "phone": "0812 7777 1234"}
    first, again = counter.post("people", body, **key), counter.post("people", body, **key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert first.json()["code"] not in whole_database(counter.house)
    assert counter.post("people", {**body, "name": "Wati Lestari"}, **key).status_code == 409


def test_an_officer_acts_for_a_person_until_the_session_ends(counter: Counter) -> None:
    alumnus_id = counter.enrol()
    visit = counter.begin(alumnus_id)
    assert visit["person"]["masked_name"] == "S*** A***"
    on_behalf = counter.house.at(**counter.house.bearer(visit))
    at_counter = on_behalf.post("/v1/counter/find", json={"certificate_no": "PRA-77"})
    assert (at_counter.status_code, at_counter.json()["detail"][:13]) == (403, "role alumnus:")
    assert on_behalf.post("/v1/auth/password", json={"current": "493817", "secret": "205846"}).status_code == 403
    assert counter.post(f"sessions/{visit['session_id']}/end").status_code == 204
    assert on_behalf.get("/v1/auth/session").status_code == 401
    assert counter.post(f"sessions/{visit['session_id']}/end").status_code == 404
    assert counter.acts(alumnus_id) == ["registered", "counter_session"]


def test_a_session_ends_by_itself_after_a_working_day(counter: Counter) -> None:
    visit = counter.begin(counter.enrol(), "KWT/2")
    counter.house.clock.pass_by(hours=8)
    assert counter.get("sheet", session_id=visit["session_id"]).status_code in {401, 404}


def test_a_receipt_serves_one_visit_and_gives_its_next_token_while_it_lasts(counter: Counter) -> None:
    siti = counter.enrol()
    wati = counter.enrol(name="Wati Lestari")
    visit, again = counter.begin(siti, "KWT/3"), counter.begin(siti, "KWT/3")
    assert visit["session_id"] == again["session_id"]
    assert counter.post("sessions", {"alumnus_id": wati, "receipt_no": "KWT/3"}).status_code == 409
    other = counter_of(counter.house)
    assert other.post("sessions", {"alumnus_id": siti, "receipt_no": "KWT/3"}).status_code == 409
    assert other.post(f"sessions/{visit['session_id']}/end").status_code == 404
    counter.post(f"sessions/{visit['session_id']}/end")
    assert counter.post("sessions", {"alumnus_id": siti, "receipt_no": "KWT/3"}).status_code == 409


def test_nobody_is_served_who_is_not_here(counter: Counter) -> None:
    for unknown in ("a-nobody", "../people", "' OR 1=1 --"):
        answer = counter.post("sessions", {"alumnus_id": unknown, "receipt_no": "KWT/4"})
        assert answer.status_code == 404
