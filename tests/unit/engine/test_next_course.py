"""The courses to take next: counts equal brute force, and never count what is open already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matcher.domain.eligibility import is_eligible
from matcher.domain.errors import InvalidInput
from matcher.domain.records import Alumnus, Certificate, Vacancy
from matcher.engine.arrivals import Arrivals
from matcher.engine.artifacts import Artifact
from matcher.engine.columns import VacancyColumns
from matcher.engine.features import RankingFacts
from matcher.engine.index import VacancyIndex
from matcher.engine.next_course import GOOD_SCORE, CourseAdviser, CourseReach
from matcher.engine.occupation_evidence import Occupations
from matcher.engine.rank import LinearRanker
from matcher.engine.recommend import Recommender, ScoreRows
from matcher.ingest.datasets import vacancies_of
from tests.unit.engine.strategies import NOW, alumni, vacancy_rows
from tests.world import NOW as WORLD_NOW
from tests.world import table

N_COURSES = 5


def _no_occupations(titles: Sequence[str]) -> Occupations:
    return Occupations.unknown(len(titles))


def _no_titles(titles: Sequence[str]) -> np.ndarray:
    raise AssertionError(f"{titles}: every certificate here is of a course")


@st.composite
def _advisers(draw: st.DrawFn) -> CourseAdviser:
    vacancies = table("vacancies", draw(vacancy_rows))
    columns = VacancyColumns.of(vacancies)
    index = VacancyIndex.build(columns)
    drawn = draw(arrays(np.int8, (N_COURSES, len(columns)), elements=st.integers(-2, 2)))
    row_of = {f"c{row}": row for row in range(N_COURSES)}
    rows = ScoreRows(drawn.astype(np.float32), row_of, _no_titles, Occupations.unknown(N_COURSES), _no_occupations)
    engine = Recommender(vacancies, columns, RankingFacts.of(vacancies), index, rows, LinearRanker(), policy="p")
    return CourseAdviser([f"c{row}" for row in range(N_COURSES)], CourseReach.of(rows.values), engine)


def _by_brute_force(adviser: CourseAdviser, alumnus: Alumnus) -> dict[str, list[str]]:
    """Course -> every vacancy it opens, in no order; vacancy by vacancy, from the records."""
    opened: dict[str, list[str]] = {}
    adverts = vacancies_of(adviser.engine.vacancies)
    for place, row in enumerate(adviser.engine.index.layout.tolist()):
        fits = adviser.engine.scores.values[:, place] >= GOOD_SCORE
        has_it = any(fits[int((c.course_id or "c0")[1:])] for c in alumnus.certificates)
        if is_eligible(alumnus, adverts[row], now=NOW) and not has_it:
            for course in np.flatnonzero(fits):
                opened.setdefault(f"c{course}", []).append(adverts[row].vacancy_id)
    return opened


@given(_advisers(), alumni, st.sets(st.integers(0, N_COURSES - 1), max_size=2), st.integers(1, 6))
def test_next_courses_equal_brute_force(adviser: CourseAdviser, alumnus: Alumnus, taken: set[int], n: int) -> None:
    held = tuple(Certificate(f"Kursus {row}", course_id=f"c{row}") for row in taken)
    person = replace(alumnus, certificates=held)
    opened = _by_brute_force(adviser, person)
    found = adviser.next_courses(person, n=n, n_examples=99, now=NOW)
    wanted = sorted(opened, key=lambda course: (-len(opened[course]), course))[:n]
    assert [(one.course_id, one.n_opened) for one in found] == [(course, len(opened[course])) for course in wanted]
    assert all(sorted(one.vacancy_ids) == sorted(opened[one.course_id]) for one in found)
    assert not {one.course_id for one in found} & {f"c{row}" for row in taken}


@given(st.integers(1, 300), st.integers(0, 99))
def test_counts_equal_a_matrix_product(n_vacancies: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    scores, wanted = rng.normal(size=(70, n_vacancies)).astype(np.float32), rng.random(n_vacancies) < 0.4
    reach = CourseReach.of(scores, least_score=0.3)
    assert reach.counts(wanted).tolist() == ((scores >= 0.3) @ wanted.astype(np.int64)).tolist()


def test_a_vacancy_posted_later_counts_and_one_withdrawn_does_not(world: Artifact) -> None:
    later = Vacancy("v-late", "Penjahit Pakaian", province_code="32", posted_at=WORLD_NOW)
    arrived = Arrivals.of(world).changed(posted=[later], closed=["v-sew"])
    adviser = replace(world.course_adviser, engine=arrived.recommender)
    advised = {one.course_id: one for one in adviser.next_courses(world.alumnus("a-cook"), now=WORLD_NOW)}
    assert (advised["c-sew"].n_opened, advised["c-sew"].vacancy_ids) == (1, ("v-late",))


def test_examples_are_the_best_fitting(world: Artifact) -> None:
    (first, *_) = world.course_adviser.next_courses(
        Alumnus("a", province_code="32", education="SMA"), n_examples=1, now=WORLD_NOW
    )
    assert (first.course_id, first.vacancy_ids) == ("c-cook", ("v-cook-city",))


def test_a_cook_is_not_sent_to_learn_cooking(world: Artifact) -> None:
    advised = {one.course_id: one for one in world.course_adviser.next_courses(world.alumnus("a-cook"), now=WORLD_NOW)}
    assert "c-cook" not in advised
    assert (advised["c-sew"].n_opened, advised["c-sew"].vacancy_ids) == (1, ("v-sew",))


def test_before_any_advert_no_course_opens_anything(world: Artifact) -> None:
    cook = replace(world.alumnus("a-cook"), province_code="33", willing_province_codes=(), accepts_remote=False)
    assert world.course_adviser.next_courses(cook, now=WORLD_NOW - timedelta(days=400)) == []


def test_no_course_asked_for_is_refused(world: Artifact) -> None:
    with pytest.raises(InvalidInput, match="at least one"):
        world.course_adviser.next_courses(world.alumnus("a-cook"), n=0, now=WORLD_NOW)
