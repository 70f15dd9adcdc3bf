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


@given(vacancy_rows, alumni)
def test_eligible_equals_the_domain_rule(rows: list[dict[str, Any]], alumnus: Alumnus) -> None:
    vacancies = table("vacancies", rows)
    mask = VacancyColumns.of(vacancies).eligible(alumnus, now=NOW)
    assert mask.tolist() == [is_eligible(alumnus, vacancy, now=NOW) for vacancy in vacancies_of(vacancies)]
