"""What an operator imports: all of a file or nothing, each refusal told, nobody erased brought back."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from sqlalchemy import text

from api.security.registration import sealed_contact
from api.storage.consents import Consent, note_consents
from api.storage.contacts import put_contact
from api.storage.erasure import Erasure, erase_person
from api.storage.events import outcomes_of_person
from api.storage.people import add_person, person_of
from matcher.domain.records import Alumnus, Certificate
from tests.api.databases import database_url, empty_database_url, migrated_url, postgresql_url
from tests.api.security.conftest import House, house, opened

__all__ = ["database_url", "empty_database_url", "house", "migrated_url", "opened", "postgresql_url"]

NIK = "3204014503940007"
ALUMNI = "alumnus_id,province_code,education,birth_year,consents\na-1,32,SMA,1990,recommend\na-2,33,SMP,1991,\n"
OUTCOMES = "alumnus_id,nik,certificate_no,birth_year,kind,observed_on,started_on\n"


@pytest.fixture
def headers(house: House) -> dict[str, str]:
    """What an operator's program sends."""
    return house.bearer(house.officer("operator"))


def sent(house: House, headers: dict[str, str], table: str, content: str | bytes, **query: Any) -> dict[str, Any]:
    """Import a file; return the answer."""
    answer = house.at().post(f"/v1/operator/import/{table}", content=content, headers=headers, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def counted(house: House, table: str) -> int:
    """Return how many rows a table has."""
    with house.database.reading() as reading:
        return reading.scalar(text(f"SELECT count(*) FROM {table}")) or 0


def settle(house: House) -> None:
    """Store Siti and Budi, who share a certificate number by mistake, and Wati."""
    with house.database.session.begin() as session:
        for name, year, number in (("a-siti", 1994, "PRA-1"), ("a-budi", 1994, "PRA-1"), ("a-wati", 1990, "PRA-2")):
            add_person(
                session,
                Alumnus(name, "32", birth_year=year, certificates=(Certificate("Menjahit", certificate_no=number),)),
            )
        keys = house.security.keys
        born = date(1994, 3, 5)
        put_contact(session, sealed_contact(keys, "a-siti", phone=None, name="Siti", birth_on=born, nik=NIK))


def test_people_enter_once_and_keep_what_they_have_here(house: House, headers: dict[str, str]) -> None:
    first = sent(house, headers, "alumni", ALUMNI)
    assert (first["rows"], first["entered"], first["refused"]) == (2, 2, 0)
    papers = "alumnus_id,title,certificate_no\na-1,Menjahit pakaian,PRA-7\n"
    assert sent(house, headers, "certificates", papers)["entered"] == 1
    assert sent(house, headers, "certificates", papers)["repeated"] == 1
    now = house.clock()
    with house.database.session.begin() as session:
        note_consents(session, [Consent("a-1", "recommend", False, now, "web")])
    changed = sent(house, headers, "alumni", ALUMNI.replace("SMA", "S1"))
    assert (changed["entered"], changed["repeated"]) == (1, 1)
    with house.database.reading() as reading:
        person = person_of(reading, "a-1")
    assert person is not None
    held = person.alumnus
    assert (held.education, held.consents, len(held.certificates)) == ("S1", (), 1)


def test_a_refused_row_keeps_the_file_out_unless_the_rest_is_wanted(house: House, headers: dict[str, str]) -> None:
    broken = ALUMNI + "a-3,99,SMA,1990,\na-1,32,SMA,1990,\n"
    answer = sent(house, headers, "alumni", broken)
    assert (answer["entered"], answer["refused"], [one["row"] for one in answer["problems"]]) == (0, 2, [3, 4])
    assert counted(house, "people") == 0
    assert sent(house, headers, "alumni", broken, accept_rest=True)["entered"] == 2
    assert counted(house, "people") == 2


def test_certificates_of_strangers_are_refused(house: House, headers: dict[str, str]) -> None:
    answer = sent(house, headers, "certificates", "alumnus_id,title\na-9,Menjahit\n")
    assert (answer["entered"], answer["refused"]) == (0, 1)
    assert "a-9" in answer["problems"][0]["reason"]


def test_who_was_erased_does_not_come_back(house: House, headers: dict[str, str]) -> None:
    sent(house, headers, "alumni", ALUMNI)
    now = house.clock()
    with house.database.session.begin() as session:
        erase_person(session, "a-1", Erasure(house.security.keys.hashed("erasure", "a-1"), now))
    assert sent(house, headers, "alumni", ALUMNI, accept_rest=True)["refused"] == 1
    with house.database.reading() as reading:
        assert person_of(reading, "a-1") is None


def test_outcomes_find_their_people_by_three_rules_and_the_rest_is_counted(
    house: House, headers: dict[str, str]
) -> None:
    settle(house)
    rows = [
        "a-wati,,,,bekerja,2026-11-01,2026-10-01",
        f",{NIK},,,wirausaha,2026-11-01,",
        ",,PRA-2,1990,tidak bekerja,2026-11-02,",
        ",,PRA-1,1994,employed,2026-11-01,",
        ",,PRA-2,1991,employed,2026-11-01,",
        "a-nobody,,,,employed,2026-11-01,",
    ]
    file = OUTCOMES + "\n".join(rows)
    answer = sent(house, headers, "outcomes", file)
    assert answer["matched"] == {"alumnus_id": 1, "nik": 1, "certificate_no": 1}
    assert (answer["entered"], answer["unmatched"], answer["ambiguous"], answer["refused"]) == (3, 2, 1, 0)
    assert [one["row"] for one in answer["problems"]] == [4, 5, 6]
    again = sent(house, headers, "outcomes", file)
    assert (again["entered"], again["repeated"]) == (0, 3)
    with house.database.reading() as reading:
        [siti] = outcomes_of_person(reading, "a-siti")
        assert len(outcomes_of_person(reading, "a-wati")) == 2
        assert NIK not in str(reading.execute(text("SELECT * FROM outcomes")).all())
    assert (siti.kind, siti.source, siti.observed_on) == ("self_employed", "survey", date(2026, 11, 1))


@pytest.mark.parametrize(
    "row",
    [
        "a-wati,,,,promoted,2026-11-01,",
        "a-wati,,,,,2026-11-01,",
        "a-wati,,,,employed,2030-01-01,",
        "a-wati,,,,employed,yesterday,",
        "a-wati,,,nineteen,employed,2026-11-01,",
    ],
)
def test_an_outcome_that_cannot_be_keeps_the_file_out(house: House, headers: dict[str, str], row: str) -> None:
    settle(house)
    file = f"{OUTCOMES}a-wati,,,,employed,2026-11-01,\n{row}\n"
    answer = sent(house, headers, "outcomes", file)
    assert (answer["entered"], answer["refused"], answer["problems"][0]["row"]) == (0, 1, 2)
    assert counted(house, "outcomes") == 0
    assert sent(house, headers, "outcomes", file, accept_rest=True)["entered"] == 1


def test_outcomes_come_as_json_lines_too_with_their_source(house: House, headers: dict[str, str]) -> None:
    settle(house)
    line = json.dumps({"alumnus_id": "a-wati", "kind": "employed", "asked_at": "2026-11-01"})
    assert sent(house, headers, "outcomes", line, format="jsonl", source="administrative")["entered"] == 1
    with house.database.reading() as reading:
        [told] = outcomes_of_person(reading, "a-wati")
    assert told.source == "administrative"


@pytest.mark.parametrize(
    ("table", "content", "query"),
    [
        ("people", "x", {}),
        ("..%2Falumni", "x", {}),
        ("courses", "course_id,title\nc-1,Menjahit\n", {}),
        ("alumni", "", {}),
        ("alumni", b"\xff\xfe\x00\x01", {"format": "xlsx"}),
        ("alumni", "name\nSiti\n", {}),
        ("outcomes", "alumnus_id\na-1\n", {}),
        ("outcomes", "x", {"format": "parquet"}),
        ("alumni", ALUMNI, {"format": "exe"}),
        ("outcomes", OUTCOMES, {"source": "self"}),
    ],
)
def test_a_file_that_is_none_is_refused(
    house: House, headers: dict[str, str], table: str, content: str | bytes, query: dict[str, str]
) -> None:
    answer = house.at().post(f"/v1/operator/import/{table}", content=content, headers=headers, params=query)
    assert answer.status_code in {404, 422}, answer.text
    assert "/tmp" not in answer.text


def test_an_oversized_file_is_refused_before_it_is_read(house: House, headers: dict[str, str]) -> None:
    content = b"alumnus_id\n" + b"a" * (20 * 2**20)
    answer = house.at().post("/v1/operator/import/alumni", content=content, headers=headers)
    assert (answer.status_code, "MiB" in answer.text) == (413, True)
