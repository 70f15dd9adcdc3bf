"""Laws every ranking metric keeps, and the worked examples of the docstrings."""

from __future__ import annotations

import doctest
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.measure import metrics
from matcher.measure.metrics import GAINS, average_precision, ndcg, recall, reciprocal_rank

GRADES = st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0, 3.0]), min_size=1, max_size=25)


def _ndcg(grades: np.ndarray, truth: np.ndarray) -> float:
    return ndcg(grades, truth, k=10)


def _ndcg_exponential(grades: np.ndarray, truth: np.ndarray) -> float:
    return ndcg(grades, truth, k=10, gain="exponential")


def _average_precision(grades: np.ndarray, truth: np.ndarray) -> float:
    return average_precision(grades >= 1, int((truth >= 1).sum()))


def _reciprocal_rank(grades: np.ndarray, _truth: np.ndarray) -> float:
    return reciprocal_rank(grades >= 1)


def _recall(grades: np.ndarray, truth: np.ndarray) -> float:
    return recall(grades >= 1, int((truth >= 1).sum()), k=10)


METRICS = [_ndcg, _ndcg_exponential, _average_precision, _reciprocal_rank, _recall]
every_metric = pytest.mark.parametrize("metric", METRICS)
Metric = Callable[[np.ndarray, np.ndarray], float]


def test_docstring_examples_are_right() -> None:
    tried = doctest.testmod(metrics)
    assert (tried.failed, tried.attempted >= 5) == (0, True)


@every_metric
@given(found=GRADES, lost=GRADES)
def test_metric_lies_between_0_and_1(metric: Metric, found: list[float], lost: list[float]) -> None:
    value = metric(np.array(found), np.array(found + lost))
    assert 0 <= value <= 1 + 1e-12


@every_metric
@given(truth=GRADES.filter(lambda grades: max(grades) >= 1))
def test_perfect_run_scores_1(metric: Metric, truth: list[float]) -> None:
    grades = np.sort(truth)[::-1]
    reachable = min(1.0, 10 / int((grades >= 1).sum())) if metric is _recall else 1.0
    assert metric(grades, np.array(truth)) == pytest.approx(reachable)


@every_metric
@given(found=GRADES, place=st.integers(0, 23))
def test_lifting_a_better_hit_never_lowers(metric: Metric, found: list[float], place: int) -> None:
    truth = np.array(found)
    upper = place % max(1, len(found) - 1)
    lifted = truth.copy()
    lifted[upper : upper + 2] = np.sort(lifted[upper : upper + 2])[::-1]
    assert metric(lifted, truth) >= metric(truth, truth) - 1e-12


@every_metric
@given(found=GRADES, lost=GRADES, tail=st.integers(1, 30))
def test_irrelevant_tail_changes_nothing(metric: Metric, found: list[float], lost: list[float], tail: int) -> None:
    truth = np.array(found + lost)
    with_tail = np.append(found, np.zeros(tail))
    assert metric(with_tail, truth) == pytest.approx(metric(np.array(found), truth))


@every_metric
def test_nothing_found_and_nothing_to_find_score_0(metric: Metric) -> None:
    nothing = np.empty(0)
    assert metric(nothing, np.array([2.0])) == 0
    assert metric(np.zeros(3), np.zeros(3)) == 0
    assert metric(nothing, nothing) == 0


def test_hits_below_k_earn_nothing() -> None:
    grades = np.array([0.0, 0.0, 1.0])
    assert ndcg(grades, np.array([1.0]), k=2) == 0
    assert recall(grades > 0, 1, k=2) == 0
    assert recall(grades > 0, 1, k=3) == 1


def test_exponential_gain_cares_more_for_the_best_grade() -> None:
    truth = np.array([3.0, 1.0])
    wrong_way_round = np.array([1.0, 3.0])
    values = {gain: ndcg(wrong_way_round, truth, k=10, gain=gain) for gain in ("linear", "exponential")}
    assert set(values) == set(GAINS)
    assert values["exponential"] < values["linear"] < 1


def test_average_precision_counts_what_was_not_retrieved() -> None:
    found = np.array([True, False, False, True])
    assert average_precision(found, 2) == pytest.approx((1 + 2 / 4) / 2)
    assert average_precision(found, 4) == pytest.approx((1 + 2 / 4) / 4)


@pytest.mark.parametrize("k", [0, -1])
def test_depth_below_1_is_refused(k: int) -> None:
    with pytest.raises(InvalidInput, match=f"k = {k}"):
        ndcg(np.ones(2), np.ones(2), k=k)
    with pytest.raises(InvalidInput, match="at least 1"):
        recall(np.array([True]), 1, k=k)


@pytest.mark.parametrize(
    ("grades", "gain", "said"),
    [
        ([-1.0, 1.0], "linear", "grades -1 to 1"),
        ([np.nan], "linear", "rescale"),
        ([60.0], "exponential", "takes 0 to 50"),
        ([1.0], "burges", "use one of linear, exponential"),
    ],
)
def test_grades_and_gains_outside_the_range_are_refused(grades: list[float], gain: metrics.Gain, said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        ndcg(np.array([1.0]), np.array(grades), k=10, gain=gain)
