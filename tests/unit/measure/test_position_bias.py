"""Examination is found whatever the relevance, and refused where too little was swapped."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.domain.errors import InvalidInput
from matcher.measure.position_bias import Examination, estimate_examination
from tests.unit.measure.coverage import is_as_stated

TRUE = np.array([1.0, 0.6, 0.3])


def _clicks(seed: int, *, n_queries: int = 150, swaps: float = 0.5, interest: float = 0.0) -> tuple[np.ndarray, ...]:
    """Draw six slates of three vacancies for each query, the best first; with a chance of `swaps` two change places.

    With `interest` the swap comes only in the later slates, when the query clicks more.
    """
    rng = np.random.default_rng(seed)
    rows = np.arange(n_queries)
    relevance = rng.beta(3, 3, (n_queries, 3))
    ranked = np.argsort(-relevance, axis=1)
    columns = []
    for turn in range(6):
        order = ranked.copy()
        is_swapped = rng.random(n_queries) < (swaps if not interest else float(turn >= 3))
        first, second = rng.permuted(np.tile(np.arange(3), (n_queries, 1)), axis=1)[:, :2].T
        order[rows, first] = np.where(is_swapped, ranked[rows, second], ranked[rows, first])
        order[rows, second] = np.where(is_swapped, ranked[rows, first], ranked[rows, second])
        chance = np.take_along_axis(relevance, order, axis=1) * TRUE
        is_clicked = rng.random(chance.shape) < chance * (1 if turn < 3 else 1 + interest)
        columns.append((np.repeat(rows, 3), order.ravel(), np.tile([1, 2, 3], n_queries), is_clicked.ravel()))
    return tuple(np.concatenate(column) for column in zip(*columns, strict=True))


def _estimate(columns: tuple[np.ndarray, ...], seed: int = 0, n_resamples: int = 300) -> tuple[Examination, ...]:
    return estimate_examination(*columns, rng=np.random.default_rng(seed), n_resamples=n_resamples)


def test_examination_is_found_where_clicks_alone_mislead() -> None:
    query, vacancy, position, is_clicked = _clicks(1, n_queries=4_000)
    found = _estimate((query, vacancy, position, is_clicked))
    naive = is_clicked[position == 3].mean() / is_clicked[position == 1].mean()
    assert [each.value for each in found] == pytest.approx(TRUE, abs=0.04)
    assert naive < 0.25


def test_interval_covers_the_truth_as_often_as_it_says(runs: int) -> None:
    found = [_estimate(_clicks(seed), seed) for seed in range(runs)]
    for place in (1, 2):
        n_covered = sum(each[place].low <= TRUE[place] <= each[place].high for each in found)
        assert is_as_stated(n_covered, runs)


def test_interest_that_grows_while_vacancies_move_misses() -> None:
    found = [_estimate(_clicks(seed, n_queries=600, interest=0.6), seed) for seed in range(20)]
    assert sum(each[2].low <= TRUE[2] <= each[2].high for each in found) <= 10


def test_slates_that_never_explore_are_refused() -> None:
    found = _estimate(_clicks(2, swaps=0.0))
    assert all(each.value is None and "let more slates explore" in str(each.refused) for each in found)
    assert [each.n_pairs for each in found] == [0, 0, 0]


def test_few_swaps_are_refused() -> None:
    found = _estimate(_clicks(3, n_queries=20))
    assert [each.position for each in found if each.refused] == [1, 2, 3]


def test_position_is_linked_by_others() -> None:
    n = 200
    query = np.repeat(np.arange(2 * n), 2)
    position = np.concatenate([np.tile([1, 2], n), np.tile([2, 3], n)])
    is_clicked = np.arange(4 * n) % 2 == 0
    is_clicked[np.flatnonzero(~is_clicked)[::2]] = True
    found = _estimate((query, np.zeros(4 * n), position, is_clicked))
    assert [each.value for each in found] == pytest.approx([1, 0.5, 0.25], abs=1e-6)


def test_position_1_never_shown_leaves_nothing_to_compare_with() -> None:
    query, vacancy, position, is_clicked = _clicks(4)
    found = _estimate((query, vacancy, position + 1, is_clicked))
    assert [each.value for each in found] == [None, None, None]


def test_same_seed_gives_the_same_answer() -> None:
    assert _estimate(_clicks(5), seed=1) == _estimate(_clicks(5), seed=1)


def test_more_queries_than_blocks_give_the_same_value() -> None:
    columns = _clicks(6, n_queries=1_500)
    values = [[each.value for each in _estimate(columns, seed, n_resamples=50)] for seed in (1, 2)]
    assert values[0] == pytest.approx(values[1])


@pytest.mark.parametrize("position", [np.array([0, 1]), np.array([1]), np.array([], dtype=int)])
def test_columns_that_cannot_be_are_refused(position: np.ndarray) -> None:
    n = len(position) if len(position) != 1 else 2
    with pytest.raises(InvalidInput):
        _estimate((np.zeros(n), np.zeros(n), position, np.ones(n, dtype=bool)))
