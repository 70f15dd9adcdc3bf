"""Openings against certified people: small enough to count by hand, and equal to a count row by row."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.eligibility import is_eligible
from matcher.domain.errors import InvalidInput
from matcher.domain.qualifications import is_current
from matcher.domain.records import Alumnus
from matcher.ingest.datasets import vacancies_of
from matcher.measure.demand_gap import demand_gap
from tests.world import NOW, table, world_tables

Row = dict[str, Any]
COURSES = [
    {"course_id": "c-cook", "title": "Memasak", "occupation_code": "5120", "category": "Boga"},
    {"course_id": "c-chef", "title": "Memimpin dapur", "occupation_code": "512001", "category": "Boga"},
    {"course_id": "c-sew", "title": "Menjahit", "category": "Garmen"},
    {"course_id": "c-broad", "title": "Melayani", "occupation_code": "51", "category": "Jasa"},
]
_CITY = {"province_code": "32", "district_code": "32.73"}
_moments = st.none() | st.integers(-2, 2).map(lambda days: NOW + timedelta(days=days))
_places = st.sampled_from((_CITY, {"province_code": "33"}, {}))


def _gap(vacancies: list[Row], alumni: list[Row], certificates: list[Row], now: datetime = NOW) -> list[Row]:
    given_tables = (table(name, rows) for name, rows in zip(("vacancies", "alumni", "certificates", "courses"),
                    (vacancies, alumni, certificates, COURSES), strict=True))  # fmt: skip
    return demand_gap(*given_tables, now=now).to_pylist()


def test_two_adverts_for_cooks_against_two_cooks() -> None:
    vacancies = [
        {"vacancy_id": "v1", "title": "Juru Masak", "occupation_code": "5120", "n_openings": 3, **_CITY},
        {"vacancy_id": "v2", "title": "Juru Masak", "occupation_code": "5120.01", **_CITY},
    ]
    alumni = [{"alumnus_id": name, **_CITY} for name in ("a1", "a2")]
    held = [("a1", "c-cook"), ("a1", "c-chef"), ("a2", "c-chef")]
    certificates = [{"alumnus_id": who, "course_id": course, "title": "x"} for who, course in held]
    assert _gap(vacancies, alumni, certificates) == [
        {"occupation_code": "5120", "category": None, **_CITY, "n_openings": 4, "n_alumni": 2, "gap": 2}
    ]


def test_a_lapsed_certificate_and_a_filled_vacancy_count_nothing() -> None:
    vacancies = [{"vacancy_id": "v", "title": "Juru Masak", "filled_at": NOW}]
    lapsed = {"alumnus_id": "a", "course_id": "c-cook", "title": "x", "expires_on": date(2026, 11, 21)}
    assert _gap(vacancies, [{"alumnus_id": "a"}], [lapsed]) == []


def test_the_last_day_of_a_certificate_ends_in_jakarta() -> None:
    held = [{"alumnus_id": "a", "course_id": "c-cook", "title": "x", "expires_on": date(2026, 11, 22)}]
    counts = [len(_gap([], [{"alumnus_id": "a"}], held, datetime(2026, 11, 22, hour, tzinfo=UTC))) for hour in (16, 17)]
    assert counts == [1, 0]


def test_the_world_lacks_a_guard_nowhere() -> None:
    tables = world_tables()
    found = demand_gap(*(tables[name] for name in ("vacancies", "alumni", "certificates", "courses")), now=NOW)
    assert sum(found["n_openings"].to_pylist()) == 7
    guards = [row for row in found.to_pylist() if row["district_code"] == "91.71"]
    assert [(row["category"], row["n_openings"], row["n_alumni"]) for row in guards] == [
        (None, 1, 0),
        ("Keamanan", 0, 1),
    ]


def _key(row: Row) -> tuple[object, ...]:
    code = row.get("occupation_code")
    four = code[:4] if code and code[:4].isdigit() and len(code) >= 4 else None
    return four, None if four else row.get("category")


@settings(max_examples=50)
@given(st.data())
def test_counts_equal_a_count_row_by_row(data: st.DataObject) -> None:
    jobs = st.fixed_dictionaries(
        {"title": st.just("Kerja"), "occupation_code": st.sampled_from((None, "5120", "5120.01", "51")),
         "category": st.sampled_from((None, "Boga", "Garmen")), "n_openings": st.none() | st.integers(1, 5),
         "posted_at": _moments, "expires_at": _moments, "filled_at": _moments}
    )  # fmt: skip
    courses = st.sampled_from(("c-cook", "c-chef", "c-sew", "c-broad", "c-unknown", None))
    drawn = data.draw(st.lists(st.tuples(jobs, _places), max_size=8))
    homes = data.draw(st.lists(_places, max_size=6))
    days = st.none() | st.integers(-1, 1).map(lambda days: date(2026, 11, 22) + timedelta(days=days))
    held = data.draw(st.lists(st.tuples(st.integers(0, 7), courses, days), max_size=12))
    vacancies = [{"vacancy_id": f"v{number}"} | job | place for number, (job, place) in enumerate(drawn)]
    alumni = [{"alumnus_id": f"a{number}", **home} for number, home in enumerate(homes)]
    certificates = [{"alumnus_id": f"a{w}", "course_id": c, "title": "x", "expires_on": day} for w, c, day in held]

    openings: Counter[tuple[object, ...]] = Counter()
    anybody = Alumnus("a", education="S3")
    for row, record in zip(vacancies, vacancies_of(table("vacancies", vacancies)), strict=True):
        if is_eligible(anybody, record, now=NOW):
            openings[*_key(row), row.get("province_code"), row.get("district_code")] += row["n_openings"] or 1
    people: defaultdict[tuple[object, ...], set[str]] = defaultdict(set)
    known = {course["course_id"]: course for course in COURSES}
    for paper in certificates:
        person = next((one for one in alumni if one["alumnus_id"] == paper["alumnus_id"]), None)
        if person is not None and is_current(paper["expires_on"], NOW):
            place = (person.get("province_code"), person.get("district_code"))
            people[*_key(known.get(paper["course_id"], {})), *place].add(paper["alumnus_id"])

    names = ("occupation_code", "category", "province_code", "district_code")
    found = _gap(vacancies, alumni, certificates)
    assert {tuple(row[name] for name in names): (row["n_openings"], row["n_alumni"]) for row in found} == {
        key: (openings[key], len(people[key])) for key in openings.keys() | people.keys()
    }
    assert [row["gap"] for row in found] == sorted((row["n_openings"] - row["n_alumni"] for row in found), reverse=True)


def test_an_instant_without_zone_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no time zone"):
        _gap([], [], [], datetime(2026, 11, 22))
