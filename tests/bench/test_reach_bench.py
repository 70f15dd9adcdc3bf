"""What one question costs before any score is looked at: the mask of what is open to a person, over more vacancies.

It grows with the whole table, not with what the person may reach. Prints processor time; asserts
that it grows no faster than the table, with room for caches.
"""

from __future__ import annotations

import time
from datetime import UTC, datetime

import numpy as np

from matcher.domain.records import Alumnus
from matcher.engine.columns import VacancyColumns
from matcher.engine.index import VacancyIndex

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SIZES = (10_000, 100_000, 1_000_000)
ROUNDS = 20


def _columns(n: int) -> VacancyColumns:
    rng, far = np.random.default_rng(0), np.iinfo(np.int64).max
    provinces, ranks = rng.integers(1, 39, n, dtype=np.int8), rng.integers(0, 8, n, dtype=np.int8)
    return VacancyColumns(provinces, np.zeros(n, bool), ranks, np.full(n, -far), np.full(n, far), {})


def test_mask_costs_as_much_as_the_table_is_long() -> None:
    person = Alumnus("a", province_code="17", education="SMA")
    spent = {}
    for n in SIZES:
        columns = _columns(n)
        layout = VacancyIndex.build(columns).layout
        worked = time.process_time()
        for _ in range(ROUNDS):
            columns.eligible(person, now=NOW)[layout]
        spent[n] = (time.process_time() - worked) / ROUNDS
    print("\nprocessor ms a question:", {f"{n:,}": f"{1e3 * taken:.2f}" for n, taken in spent.items()})
    assert spent[SIZES[-1]] <= 40 * spent[SIZES[-2]]
