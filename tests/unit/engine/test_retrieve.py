"""Search is exact and says so truthfully: brute force agrees, and a dropped vacancy is noticed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from matcher.domain.eligibility import is_eligible
from matcher.domain.errors import InvalidInput
from matcher.domain.records import Alumnus, Certificate
from matcher.engine.columns import VacancyColumns
from matcher.engine.index import VacancyIndex
from matcher.engine.retrieve import retrieve
from matcher.ingest.datasets import vacancies_of
from tests.unit.engine.strategies import NOW, alumni, vacancy_rows
from tests.world import table


def _scores(n_rows: int, n: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 8, size=(n_rows, n)).astype(np.float32)


@given(vacancy_rows, alumni, st.integers(1, 12), st.integers(0, 99))
def test_retrieve_equals_brute_force(rows: list[dict[str, Any]], alumnus: Alumnus, depth: int, seed: int) -> None:
    vacancies = table("vacancies", rows)
    columns = VacancyColumns.of(vacancies)
    index = VacancyIndex.build(columns)
    scores = _scores(2, len(rows), seed)
    found = retrieve(alumnus, scores, columns=columns, index=index, now=NOW, depth=depth)
    best = np.empty(len(rows), dtype=np.float32)
    best[index.layout] = scores.max(axis=0)
    open_rows = [row for row, v in enumerate(vacancies_of(vacancies)) if is_eligible(alumnus, v, now=NOW)]
    assert sorted(found.scores.tolist(), reverse=True) == sorted((best[row] for row in open_rows), reverse=True)[:depth]
    assert set(found.vacancy_indices.tolist()) <= set(open_rows)
    assert found.scores.tolist() == best[found.vacancy_indices].tolist()


@given(vacancy_rows, alumni)
def test_scored_equals_an_independent_count(rows: list[dict[str, Any]], alumnus: Alumnus) -> None:
    vacancies = table("vacancies", rows)
    columns = VacancyColumns.of(vacancies)
    found = retrieve(alumnus, _scores(1, len(rows), 0), columns=columns, index=VacancyIndex.build(columns), now=NOW)
    independent = sum(is_eligible(alumnus, vacancy, now=NOW) for vacancy in vacancies_of(vacancies))
    assert found.scored == found.eligible == independent


@given(vacancy_rows, vacancy_rows, alumni, st.integers(0, 99))
def test_vacancies_that_came_later_are_searched_exactly_too(
    rows: list[dict[str, Any]], later: list[dict[str, Any]], alumnus: Alumnus, seed: int
) -> None:
    columns = VacancyColumns.of(table("vacancies", rows)).followed_by(VacancyColumns.of(table("vacancies", later)))
    index = VacancyIndex.build(VacancyColumns.of(table("vacancies", rows))).followed_by(len(later))
    scores = _scores(2, len(columns), seed)
    found = retrieve(alumnus, scores, columns=columns, index=index, now=NOW, depth=8)
    best = np.empty(len(columns), dtype=np.float32)
    best[index.layout] = scores.max(axis=0)
    mask = columns.eligible(alumnus, now=NOW)
    assert found.scores.tolist() == sorted(best[mask].tolist(), reverse=True)[:8]
    assert found.scored == found.eligible == mask.sum()


@given(vacancy_rows, alumni, st.data())
def test_a_vacancy_dropped_from_a_block_is_noticed(
    rows: list[dict[str, Any]], alumnus: Alumnus, data: st.DataObject
) -> None:
    vacancies = table("vacancies", rows)
    columns = VacancyColumns.of(vacancies)
    index = VacancyIndex.build(columns)
    eligible = np.flatnonzero(columns.eligible(alumnus, now=NOW)[index.layout])
    assume(len(eligible))
    lost = int(data.draw(st.sampled_from(eligible.tolist())))
    shortened = {
        block: (start, stop - 1) if start <= lost < stop else (start, stop)
        for block, (start, stop) in index.blocks.items()
    }
    last = next(stop for start, stop in index.blocks.values() if start <= lost < stop) - 1
    assume(last in eligible)
    found = retrieve(
        alumnus, _scores(1, len(rows), 0), columns=columns, index=replace(index, blocks=shortened), now=NOW
    )
    assert found.scored == found.eligible - 1


@given(vacancy_rows, alumni, st.randoms(use_true_random=False))
def test_shuffling_the_corpus_changes_nothing(rows: list[dict[str, Any]], alumnus: Alumnus, random: Any) -> None:
    score_of = {row["vacancy_id"]: float(number) for number, row in enumerate(rows)}
    shuffled = random.sample(rows, len(rows))
    answers = []
    for given_rows in (rows, shuffled):
        columns = VacancyColumns.of(table("vacancies", given_rows))
        index = VacancyIndex.build(columns)
        scores = np.array([[score_of[given_rows[row]["vacancy_id"]] for row in index.layout]], dtype=np.float32)
        found = retrieve(alumnus, scores, columns=columns, index=index, now=NOW, depth=5)
        answers.append([given_rows[row]["vacancy_id"] for row in found.vacancy_indices])
    assert answers[0] == answers[1]


def test_retrieve_refuses_nobody_certified() -> None:
    columns = VacancyColumns.of(table("vacancies", [{"vacancy_id": "v", "title": "Kasir"}]))
    nobody = Alumnus("a", certificates=(Certificate(title="Memasak"),))
    with pytest.raises(InvalidInput, match="at least one certificate"):
        retrieve(nobody, np.empty((0, 1), np.float32), columns=columns, index=VacancyIndex.build(columns), now=NOW)
