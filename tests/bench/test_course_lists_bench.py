"""The lists of courses over more and more vacancies, from scores to the 50 best of every area and schooling.

Prints processor seconds and bytes; asserts that a vacancy costs no more where there are many of them.
Run: pytest tests/bench/test_course_lists_bench.py -s
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from matcher.domain.regions import provinces
from matcher.engine.columns import VacancyColumns
from matcher.engine.course_lists import AreaPlaces, CourseLists, areas_of
from matcher.engine.index import VacancyIndex
from matcher.ingest.schemas import SCHEMAS

NOW = datetime(2026, 11, 22, tzinfo=UTC)
K, AT_ONCE = 50, 64
LEVELS = [None, "SD", "SMP", "SMA/SMK", "D3", "S1"]
LEVEL_SHARES = [0.30, 0.02, 0.05, 0.40, 0.08, 0.15]


def _areas(n: int) -> dict[tuple[int, bool], AreaPlaces]:
    """Draw vacancies of which few provinces have most."""
    rng = np.random.default_rng(0)
    codes = list(provinces())
    rows = {
        "vacancy_id": [str(number) for number in range(n)],
        "title": ["Juru Las"] * n,
        "province_code": rng.choice(codes, n, p=rng.dirichlet(np.full(len(codes), 0.7))).tolist(),
        "education_min": rng.choice(np.array(LEVELS, dtype=object), n, p=LEVEL_SHARES).tolist(),
        "is_remote": (rng.random(n) < 0.03).tolist(),
    }
    empty = {name: pa.nulls(n, SCHEMAS["vacancies"].field(name).type) for name in SCHEMAS["vacancies"].names}
    table = pa.table({**empty, **rows}).cast(pa.schema([field.with_nullable(True) for field in SCHEMAS["vacancies"]]))
    columns = VacancyColumns.of(table)
    return areas_of(columns, VacancyIndex.build(columns).layout, now=NOW)


def _blocks(n_courses: int, n: int) -> Iterator[NDArray[np.float32]]:
    block = np.random.default_rng(1).standard_normal((AT_ONCE, n), dtype=np.float32)
    for _ in range(0, n_courses, AT_ONCE):
        yield block


def _seconds(n_courses: int, n: int) -> tuple[float, CourseLists]:
    areas, blocks = _areas(n), _blocks(n_courses, n)
    began = time.process_time()
    lists = CourseLists.fit(blocks, areas, k=K)
    return time.process_time() - began, lists


@pytest.mark.parametrize("n", [50_000, 200_000, 500_000, 2_000_000])
def test_lists_cost_is_linear_in_vacancies(n: int) -> None:
    few, _ = _seconds(AT_ONCE, 50_000)
    seconds, lists = _seconds(AT_ONCE, n)
    print(f"\n{n:,} vacancies, {AT_ONCE} courses: {seconds:.2f} s of one processor, {lists.nbytes() / 1e6:.1f} MB")
    assert seconds / n < 1.5 * few / 50_000


def test_lists_of_all_courses() -> None:
    seconds, lists = _seconds(6_016, 200_000)
    print(f"\n6,016 courses x 200,000 vacancies: {seconds:.1f} s of one processor, {lists.nbytes() / 1e6:.0f} MB")
    assert lists.n_rows == 6_016
