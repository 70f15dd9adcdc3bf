"""Intervals cover the truth about as often as they say, and the test rejects about as often as it says."""

from __future__ import annotations

import doctest

import numpy as np
import pytest

from matcher.domain.errors import InvalidInput
from matcher.measure import resampling
from matcher.measure.resampling import estimate_means, randomisation_test


def test_docstring_examples_are_right() -> None:
    tried = doctest.testmod(resampling)
    assert (tried.failed, tried.attempted >= 3) == (0, True)


def test_interval_covers_the_truth_about_95_times_in_100() -> None:
    rng = np.random.default_rng(20)
    a, b = 2.0, 3.0
    samples = rng.beta(a, b, size=(60, 400))
    estimates = estimate_means(samples, rng=rng, n_resamples=1_000)
    covered = np.mean([e.low < a / (a + b) < e.high for e in estimates])
    assert 0.91 <= covered <= 0.98


def test_p_values_are_uniform_where_the_runs_are_alike() -> None:
    rng = np.random.default_rng(21)
    differences = rng.exponential(size=(30, 1_000)) - rng.exponential(size=(30, 1_000))
    p = randomisation_test(differences, rng=rng, n_permutations=500)
    for level in (0.05, 0.25, 0.5, 0.75):
        assert np.mean(p <= level) == pytest.approx(level, abs=4 * np.sqrt(level * (1 - level) / 1_000))


def test_p_value_is_that_of_all_exchanges() -> None:
    differences = np.array([[0.3], [0.2], [0.4], [-0.1]])
    signs = np.array(np.meshgrid(*[[-1, 1]] * 4)).reshape(4, -1)
    exact = np.mean(np.abs(differences[:, 0] @ signs) >= 0.8 - 1e-12)
    p = randomisation_test(differences, rng=np.random.default_rng(22))
    assert p[0] == pytest.approx(exact, abs=0.02)


def test_interval_is_that_of_normal_theory_for_many_rows() -> None:
    values = np.random.default_rng(23).normal(0.4, 0.1, size=(2_000, 1))
    (estimate,) = estimate_means(values, rng=np.random.default_rng(24), n_resamples=4_000)
    half = 1.96 * values.std() / np.sqrt(len(values))
    assert estimate.value == pytest.approx(values.mean())
    assert (estimate.low, estimate.high) == pytest.approx((values.mean() - half, values.mean() + half), abs=0.1 * half)


def test_same_seed_gives_the_same_answer() -> None:
    values = np.random.default_rng(27).normal(size=(40, 2))
    first, again, other = (np.random.default_rng(seed) for seed in (1, 1, 2))
    assert estimate_means(values, rng=first) == estimate_means(values, rng=again)
    assert (randomisation_test(values, rng=first) == randomisation_test(values, rng=again)).all()
    assert estimate_means(values, rng=first) != estimate_means(values, rng=other)


def test_equal_runs_have_p_1_and_unequal_ones_never_p_0() -> None:
    differences = np.column_stack([np.zeros(50), np.full(50, 0.2)])
    p = randomisation_test(differences, rng=np.random.default_rng(28), n_permutations=99)
    assert p.tolist() == [1.0, 0.01]


def test_one_row_has_no_interval() -> None:
    (estimate,) = estimate_means(np.array([[0.4]]), rng=np.random.default_rng(29))
    assert (estimate.value, estimate.low, estimate.high, estimate.n) == (0.4, None, None, 1)


@pytest.mark.parametrize("values", [np.empty((0, 2)), np.array([[1.0], [np.nan]])])
def test_nothing_and_nan_are_refused(values: np.ndarray) -> None:
    for estimate in (estimate_means, randomisation_test):
        with pytest.raises(InvalidInput):
            estimate(values, rng=np.random.default_rng(30))
