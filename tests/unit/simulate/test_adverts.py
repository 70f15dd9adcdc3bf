"""Drawn vacancies and courses: every province has work, low schooling included, and no row contradicts itself."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime

import numpy as np
import pytest

from matcher.domain.errors import InvalidInput
from matcher.domain.regions import districts, provinces
from matcher.simulate.adverts import FOR_ALL_PER_PROVINCE, LEAST_PER_PROVINCE, Row, draw_courses, draw_vacancies
from matcher.simulate.content import occupations

NOW = datetime(2026, 11, 22, tzinfo=UTC)


@pytest.fixture(scope="module")
def courses() -> list[Row]:
    return draw_courses(np.random.default_rng(3))


@pytest.fixture(scope="module", params=[3, 4])
def vacancies(request: pytest.FixtureRequest) -> list[Row]:
    return draw_vacancies(np.random.default_rng(request.param), 500, now=NOW)


def test_every_course_is_in_the_catalogue_once(courses: list[Row]) -> None:
    titles = [course.title for one in occupations() for course in one.courses]

    assert [row["title"] for row in courses][: len(titles)] == titles
    assert len({row["course_id"] for row in courses}) == len({row["title"] for row in courses}) == len(courses)


def test_courses_have_a_length_and_a_price(courses: list[Row]) -> None:
    assert all(row["hours"] >= 15 and row["price_idr"] >= 200_000 for row in courses)


def test_the_number_asked_for_is_drawn_with_ids_of_their_own(vacancies: list[Row]) -> None:
    assert len({row["vacancy_id"] for row in vacancies}) == len(vacancies) == 500


def test_every_province_has_work_for_primary_school_without_papers(vacancies: list[Row]) -> None:
    open_to_all = Counter(
        row["province_code"]
        for row in vacancies
        if row["education_min"] in (None, "none", "SD")
        and not row["required_certificates"]
        and row["filled_at"] is None
        and (row["expires_at"] is None or row["expires_at"] > NOW)
    )

    # A remote advert may lose its province once it is drawn.
    assert min(open_to_all[code] for code in provinces()) >= FOR_ALL_PER_PROVINCE - 1


def test_a_vacancy_lies_in_its_province_and_only_a_remote_one_in_none(vacancies: list[Row]) -> None:
    placed = [row for row in vacancies if row["district_code"]]

    assert all(districts()[row["district_code"]].province_code == row["province_code"] for row in placed)
    assert all(row["is_remote"] for row in vacancies if row["province_code"] is None)


def test_dates_and_pay_are_in_order(vacancies: list[Row]) -> None:
    for row in vacancies:
        posted_at, expires_at, filled_at = row["posted_at"], row["expires_at"], row["filled_at"]
        assert not (posted_at and expires_at) or posted_at < expires_at
        assert filled_at is None or filled_at <= NOW
        assert (row["salary_max_idr_month"] or 10**9) >= (row["salary_min_idr_month"] or 0)


def test_some_have_lapsed_some_are_filled_some_name_no_day(vacancies: list[Row]) -> None:
    n_lapsed = sum(row["expires_at"] is not None and row["expires_at"] < NOW for row in vacancies)
    n_filled = sum(row["filled_at"] is not None for row in vacancies)
    n_dateless = sum(row["posted_at"] is None for row in vacancies)

    assert 10 <= n_lapsed <= 80 and 5 <= n_filled <= 60 and 20 <= n_dateless <= 100


def test_an_internship_is_for_graduates(vacancies: list[Row]) -> None:
    internships = [row for row in vacancies if row["is_internship"]]

    assert internships
    assert all(row["education_min"] in ("D3", "S1") for row in internships)
    assert all(row["employment_type"] == "internship" for row in internships)


def test_nobody_can_be_reached_by_accident(vacancies: list[Row]) -> None:
    for row in vacancies:
        if row["apply_how"] == "phone":
            assert row["apply_at"] is None or re.fullmatch(r"0000-0000-\d{4}", row["apply_at"])
        if row["apply_how"] == "link":
            assert row["apply_at"] == f"https://lamar.example/{row['vacancy_id']}"
        assert row["url"] in (None, f"https://lowongan.example/{row['vacancy_id']}")


def test_employers_advertise_more_than_once_under_one_name(vacancies: list[Row]) -> None:
    names = {row["employer_id"]: row["employer"] for row in vacancies if row["employer_id"]}
    advertised = Counter(row["employer_id"] for row in vacancies if row["employer_id"])

    assert all(names[row["employer_id"]] == row["employer"] for row in vacancies if row["employer_id"])
    assert max(advertised.values()) >= 3


def test_too_few_vacancies_for_the_provinces_are_refused() -> None:
    with pytest.raises(InvalidInput, match="too few"):
        draw_vacancies(np.random.default_rng(0), 38 * LEAST_PER_PROVINCE - 1, now=NOW)
