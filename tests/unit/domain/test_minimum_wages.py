"""The minimum wage of a province: never of a later year, always told with its own, and as the reference states it."""

from __future__ import annotations

import csv
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import UnknownIdentifier
from matcher.domain.minimum_wages import FIRST_YEAR, LAST_YEAR, MinimumWage, least_pay_idr_month, minimum_wage_of
from matcher.domain.records import Vacancy
from matcher.domain.regions import provinces


def test_wage_is_the_one_of_the_year() -> None:
    wage = least_pay_idr_month("31", date(2023, 7, 1))
    assert wage == MinimumWage("31", 2023, 4_901_798) and wage.is_of_year(date(2023, 12, 31))


def test_a_later_day_gets_the_last_known_wage_with_its_year() -> None:
    wage = least_pay_idr_month("31", date(2026, 11, 22))
    assert wage is not None and wage.year == LAST_YEAR and not wage.is_of_year(date(2026, 11, 22))


@pytest.mark.parametrize(("province", "on"), [("32", date(2019, 12, 31)), ("94", date(2023, 12, 31))])
def test_a_day_before_the_first_known_wage_has_none(province: str, on: date) -> None:
    assert least_pay_idr_month(province, on) is None


def test_a_province_founded_later_has_its_first_own_wage() -> None:
    assert least_pay_idr_month("94", date(2024, 1, 1)) == MinimumWage("94", 2024, 4_024_270)


def test_an_unknown_province_is_refused() -> None:
    with pytest.raises(UnknownIdentifier, match="'99'"):
        least_pay_idr_month("99", date(2024, 1, 1))


@given(st.sampled_from(sorted(provinces())), st.dates(date(2015, 1, 1), date(2040, 1, 1)))
def test_a_wage_is_never_of_a_later_year_and_never_falls(province: str, on: date) -> None:
    wage = least_pay_idr_month(province, on)
    later = least_pay_idr_month(province, date(on.year + 1, 1, 1))
    if wage is not None:
        assert FIRST_YEAR <= wage.year <= on.year
        assert later is not None and later.idr_month >= wage.idr_month


NOW = datetime(2026, 11, 22, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    ("vacancy", "year"),
    [
        (Vacancy("v", "Kasir", province_code="31", posted_at=datetime(2022, 5, 1, tzinfo=UTC)), 2022),
        (Vacancy("v", "Kasir", province_code="31", posted_at=datetime(2021, 12, 31, 18, tzinfo=UTC)), 2022),
        (Vacancy("v", "Kasir", province_code="31"), 2024),
        (Vacancy("v", "Kasir"), None),
        (Vacancy("v", "Kasir", province_code="31", is_abroad=True), None),
    ],
)
def test_a_vacancy_is_held_against_the_year_it_was_posted(vacancy: Vacancy, year: int | None) -> None:
    wage = minimum_wage_of(vacancy, now=NOW)
    assert (wage and wage.year) == year


@pytest.mark.shared
def test_wages_are_those_of_the_reference(shared_folder: Path) -> None:
    path = shared_folder / "data" / "reference" / "ump_by_province_2020_2024.csv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    for row in rows:
        wage = least_pay_idr_month(row["province_code"], date(int(row["year"]), 6, 1))
        assert wage == MinimumWage(row["province_code"], int(row["year"]), int(row["ump_idr"]))
    missing = [
        (province, year)
        for province in provinces()
        for year in range(FIRST_YEAR, LAST_YEAR + 1)
        if (wage := least_pay_idr_month(province, date(year, 6, 1))) is None or wage.year != year
    ]
    assert len(rows) + len(missing) == 190
