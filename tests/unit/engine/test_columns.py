"""The vectorised eligibility is the domain's, row for row."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from matcher.domain.eligibility import is_eligible
from matcher.domain.records import Alumnus
from matcher.engine.columns import VacancyColumns
from matcher.ingest.datasets import vacancies_of
from tests.unit.engine.strategies import NOW, alumni, vacancy_rows
from tests.world import table


@given(vacancy_rows, vacancy_rows, alumni)
def test_columns_that_follow_are_those_of_one_table(
    rows: list[dict[str, Any]], later: list[dict[str, Any]], alumnus: Alumnus
) -> None:
    first, second = (VacancyColumns.of(table("vacancies", given_rows)) for given_rows in (rows, later))
    together = VacancyColumns.of(table("vacancies", rows + later))
    mask = first.followed_by(second).eligible(alumnus, now=NOW)
    assert mask.tolist() == together.eligible(alumnus, now=NOW).tolist()


@given(vacancy_rows, alumni)
def test_a_closed_row_is_open_to_nobody(rows: list[dict[str, Any]], alumnus: Alumnus) -> None:
    columns = VacancyColumns.of(table("vacancies", rows))
    mask = columns.closed([0]).eligible(alumnus, now=NOW)
    assert not mask[0] and mask[1:].tolist() == columns.eligible(alumnus, now=NOW)[1:].tolist()


@given(vacancy_rows, alumni)
def test_eligible_equals_the_domain_rule(rows: list[dict[str, Any]], alumnus: Alumnus) -> None:
    vacancies = table("vacancies", rows)
    mask = VacancyColumns.of(vacancies).eligible(alumnus, now=NOW)
    assert mask.tolist() == [is_eligible(alumnus, vacancy, now=NOW) for vacancy in vacancies_of(vacancies)]
