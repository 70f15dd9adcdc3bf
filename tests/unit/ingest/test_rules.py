"""What cells of one row say about each other: places, schooling, majors, employers."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.ingest.rules import SETTLE, employer_id_of, sort_cells
from matcher.ingest.schemas import SCHEMAS


def _vacancy(**cells: Any) -> dict[str, Any]:
    return dict.fromkeys(SCHEMAS["vacancies"].names) | cells


def test_schooling_from_text_is_a_hint_and_other_schooling_a_minimum() -> None:
    guessed = sort_cells("vacancies", {"education_level": "S1", "education_source": "Text"}, {})
    stated = sort_cells("vacancies", {"education_level": "S1", "education_source": "field"}, {})
    assert (guessed, stated) == ({"education_hint": "S1"}, {"education_min": "S1"})
    assert sort_cells("alumni", {"education_level": "SMA"}, {}) == {"education": "SMA"}


def test_majors_among_the_skills_are_fields_of_study() -> None:
    spelled = {"skills": "keahlian"}
    assert sort_cells("vacancies", {"skills": "Program studi: Gizi; Tata Boga"}, spelled) == {
        "fields_of_study": ["Gizi", " Tata Boga"]
    }
    assert spelled["fields_of_study"] == "keahlian"


def test_majors_join_those_already_stated() -> None:
    cells = {"skills": "program studi: Gizi", "fields_of_study": "Kimia;Biologi"}
    assert sort_cells("vacancies", cells, {"skills": "skills"}) == {"fields_of_study": ["Kimia", "Biologi", "Gizi"]}


def test_a_code_is_not_overwritten_by_a_name() -> None:
    cells = {"province_code": "32", "province": "Bali"}
    assert sort_cells("vacancies", cells, {})["province_code"] == "32"


def test_the_district_gives_the_province() -> None:
    row = _vacancy(district_code="32.73")
    assert SETTLE["vacancies"](row) == []
    assert (row["province_code"], row["district_code"]) == ("32", "32.73")


def test_the_district_wins_over_the_province_and_is_flagged() -> None:
    row = _vacancy(district_code="32.73", province_code="33")
    assert SETTLE["vacancies"](row) == ["district 32.73 lies in province 32, not 33; the district wins"]
    assert (row["province_code"], row["district_code"]) == ("32", "32.73")


def test_a_district_name_outside_the_province_wins_too() -> None:
    row = _vacancy(district_code="Kota Semarang", province_code="32")
    assert SETTLE["vacancies"](row) == ["district 33.74 lies in province 33, not 32; the district wins"]


def test_an_ambiguous_district_is_read_as_the_city_and_flagged() -> None:
    row = _vacancy(district_code="Bandung", province_code="32")
    assert SETTLE["vacancies"](row) == ["'Bandung' is read as 32.73, one of 32.73, 32.04"]


def test_a_name_that_is_no_district_leaves_the_province_alone() -> None:
    row = _vacancy(district_code="Negeri Dongeng", province_code="32")
    assert SETTLE["vacancies"](row) == ["'Negeri Dongeng' names no single district; the province alone is kept"]
    assert (row["province_code"], row["district_code"]) == ("32", None)


def test_a_province_in_the_place_of_a_district_is_taken_as_the_province() -> None:
    row = _vacancy(district_code="Jawa Barat")
    assert SETTLE["vacancies"](row) == []
    assert (row["province_code"], row["district_code"]) == ("32", None)


def test_an_unknown_district_without_province_is_refused() -> None:
    with pytest.raises(InvalidInput, match="'Negeri Dongeng' is unknown; write its Kemendagri code"):
        SETTLE["vacancies"](_vacancy(district_code="Negeri Dongeng"))


@pytest.mark.parametrize("name", [None, "", "Perusahaan Rahasia", "CONFIDENTIAL", "Private Advertiser", "PT. Rahasia"])
def test_an_anonymous_employer_has_no_id(name: str | None) -> None:
    assert employer_id_of(name) is None


def test_an_employer_whose_name_holds_such_a_word_has_an_id() -> None:
    assert employer_id_of("PT Rahasia Dapur Ibu") is not None


@pytest.mark.parametrize("name", ["PT. Dapur Senja, Tbk", "dapur senja", "DAPUR  SENJA (Persero)"])
def test_an_employer_keeps_its_id_through_spellings(name: str) -> None:
    assert employer_id_of(name) == employer_id_of("PT Dapur Senja")


def test_another_form_of_company_is_another_employer() -> None:
    assert employer_id_of("CV Dapur Senja") != employer_id_of("PT Dapur Senja")


def test_a_stated_employer_id_is_kept() -> None:
    row = _vacancy(employer="PT Dapur Senja", employer_id="E-9")
    SETTLE["vacancies"](row)
    assert row["employer_id"] == "E-9"


@given(st.text())
def test_any_name_gives_an_id_of_one_shape_or_none(name: str) -> None:
    found = employer_id_of(name)
    assert found is None or (found.startswith("e:") and len(found) == 14)


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        ("vacancies", "salary_min_idr_month", "salary_max_idr_month"),
        ("vacancies", "posted_at", "expires_at"),
        ("certificates", "issued_on", "expires_on"),
    ],
)
def test_a_low_above_its_high_is_refused(table: str, low: str, high: str) -> None:
    row = dict.fromkeys(SCHEMAS[table].names) | {low: 2, high: 1}
    with pytest.raises(InvalidInput, match=f"column '{low}': 2 is above {high} 1; correct one of them"):
        SETTLE[table](row)
