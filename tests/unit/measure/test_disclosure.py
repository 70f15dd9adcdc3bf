"""What is withheld stays hidden: the attacker has every published sum, of two months, and linear programming."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.measure.disclosure import suppress
from matcher.measure.disclosure_attack import (
    LEAST_PEOPLE,
    Publication,
    exchange_width,
    reachable_range,
    reachable_width,
)


def margins(*sizes: int) -> np.ndarray:
    """Return the rows of a full table: each cell, each margin, the total; bool (n_rows, n_cells)."""
    cells = np.array(list(itertools.product(*map(range, sizes))))
    choices = itertools.product(*([None, *range(size)] for size in sizes))
    return np.array(
        [np.all([cells[:, axis] == pick for axis, pick in enumerate(choice) if pick is not None] or
                [np.ones(len(cells), bool)], axis=0) for choice in choices]
    )  # fmt: skip


ROWS = margins(3, 4)


@st.composite
def tables(draw: st.DrawFn) -> np.ndarray:
    """Twelve cells of people: all, working, not working."""
    working = draw(st.lists(st.integers(0, 40), min_size=12, max_size=12))
    idle = draw(st.lists(st.integers(0, 40), min_size=12, max_size=12))
    silent = draw(st.lists(st.integers(0, 40), min_size=12, max_size=12))
    return np.column_stack([np.array(working) + idle + silent, working, idle])


def _worked_out(months: list[Publication]) -> list[tuple[int, int, int]]:
    return [
        (number, int(row), int(kind))
        for number, month in enumerate(months)
        for row, kind in np.argwhere(month.small())
        if reachable_width(months, int(row), int(kind), month=number) < LEAST_PEOPLE
    ]


@settings(max_examples=25, deadline=None)
@given(tables())
def test_no_small_count_is_shown_or_can_be_worked_out(counts: np.ndarray) -> None:
    kept = suppress(counts, ROWS)
    totals = ROWS.astype(int) @ counts
    shown = totals[kept.is_published]
    assert not ((shown > 0) & (shown < LEAST_PEOPLE)).any()
    assert _worked_out([Publication(counts, ROWS, kept.is_published)]) == []


@settings(max_examples=12, deadline=None)
@given(tables(), tables())
def test_two_months_together_give_nothing_away(first: np.ndarray, added: np.ndarray) -> None:
    january = Publication(first, ROWS, suppress(first, ROWS).is_published)
    february = first + added // 8
    kept = suppress(february, ROWS, before=[january])
    assert _worked_out([january, Publication(february, ROWS, kept.is_published)]) == []


def test_a_month_alone_may_be_safe_and_two_together_not() -> None:
    """Nine and thirty hide each other in January; February, where both are large, would bound them from above."""
    rows = margins(2)
    january = Publication(np.array([[9], [30]]), rows, np.array([True, False, False]))
    february = np.array([[12], [31]])
    alone = Publication(february, rows, suppress(february, rows).is_published)
    assert alone.is_published.all()
    assert _worked_out([january, alone]) == [(0, 1, 0)]
    assert not suppress(february, rows, before=[january]).is_published.all()


def test_one_small_cell_takes_a_neighbour_with_it() -> None:
    counts = np.array([[4], [30], [50]])
    kept = suppress(counts, margins(3))
    assert kept.is_published.tolist() == [True, False, False, True]
    assert kept.is_complementary.tolist() == [False, False, True, False]


def test_without_the_neighbour_subtraction_finds_it() -> None:
    month = Publication(np.array([[4], [30], [50]]), margins(3), np.array([True, False, True, True]))
    assert reachable_range([month], 1, 0) == pytest.approx((4, 4))


def test_a_part_that_is_small_hides_its_row() -> None:
    counts = np.array([[100, 3, 90], [100, 40, 50], [100, 50, 40]])
    assert suppress(counts, margins(3)).is_small.tolist() == [False, True, False, False]


def test_nothing_small_withholds_nothing() -> None:
    counts = np.array([[30], [0], [50]])
    assert suppress(counts, margins(3)).is_published.all()


@pytest.mark.parametrize(
    ("counts", "least", "said"),
    [([[-1]], 10, "negative"), ([[5, 6]], 10, "exceed"), ([[5]], 1, "protects nobody")],
)
def test_bad_tables_are_refused(counts: list[list[int]], least: int, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        suppress(np.array(counts), margins(1), least=least)


def test_members_of_another_table_are_refused() -> None:
    with pytest.raises(InvalidInput, match="do not fit"):
        suppress(np.array([[5], [6]]), margins(3))


@settings(max_examples=20, deadline=None)
@given(tables(), tables(), st.lists(st.booleans(), min_size=len(ROWS), max_size=len(ROWS)), st.integers(0, 19))
def test_trading_people_never_promises_more_than_linear_programming_finds(
    first: np.ndarray, added: np.ndarray, shown: list[bool], row: int
) -> None:
    months = [Publication(counts, ROWS, np.array(shown)) for counts in (first, first + added // 8)]
    for month in (0, 1):
        promised = exchange_width(months, row, 1, month=month)
        assert promised <= reachable_width(months, row, 1, month=month) + 1e-6


def test_five_hundred_districts_are_judged_within_seconds() -> None:
    rng = np.random.default_rng(3)
    people = rng.geometric(1 / 300, size=514)
    working = rng.binomial(people, 0.3)
    counts = np.column_stack([people, working, people - working])
    rows = margins(514)
    began = time.perf_counter()
    kept = suppress(counts, rows)
    assert time.perf_counter() - began < 5
    assert kept.is_published.mean() > 0.9
    assert kept.is_small.sum() > 10
