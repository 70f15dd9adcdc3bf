"""Shares drawn towards their groups: by hand, as laws, and against worlds whose truth is known."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import expit

from matcher.domain.errors import InvalidInput
from matcher.measure.shrinkage import LEAST_UNITS, Pool, Shrunk, posterior_shares, shrink_shares
from tests.unit.measure.coverage import is_as_stated, share_interval

_N_UNITS, _N_PROVIDERS, _N_OCCUPATIONS = 40, 6, 8


def _drawn(seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[np.ndarray]]:
    """Draw units as the model says: true shares, successes, trials, groups."""
    rng = np.random.default_rng(seed)
    provider, occupation = rng.integers(_N_PROVIDERS, size=_N_UNITS), rng.integers(_N_OCCUPATIONS, size=_N_UNITS)
    means = expit(-0.8 + rng.normal(0, 0.4, _N_PROVIDERS)[provider] + rng.normal(0, 0.5, _N_OCCUPATIONS)[occupation])
    shares = rng.beta(25 * means, 25 * (1 - means))
    n = rng.geometric(1 / 30, _N_UNITS)
    return shares, rng.binomial(n, shares), n, [provider, occupation]


def _shrunk(n_found: np.ndarray, n: np.ndarray, groups: list[np.ndarray], pool: Pool | None = None) -> Shrunk:
    found = shrink_shares(n_found, n, groups, pool=pool)
    assert found is not None
    return found


def test_posterior_share_equals_the_hand_calculation() -> None:
    """20 trials at 0.3: (6 + 3) / 23 and (6 + 60) / 120; the second is Beta(66, 54), 0.461 to 0.638 by tables."""
    values, lows, highs = posterior_shares(
        np.array([3, 60]), np.array([3, 100]), prior_means=np.array([0.3, 0.3]), prior_variances=0.0, concentration=20.0
    )
    assert values == pytest.approx([9 / 23, 66 / 120])
    assert [lows[1], highs[1]] == pytest.approx([0.461, 0.638], abs=1e-3)


def test_three_of_three_does_not_lead() -> None:
    n_found = np.array([3, 160, 55, 62, 70, 45, 30, 66])
    n = np.array([3, 200, 200, 200, 200, 200, 100, 220])
    found = _shrunk(n_found, n, [np.zeros(8, dtype=np.intp), np.arange(8) % 2])
    assert np.argmax(n_found / n) == 0 and np.argmax(found.lows) == np.argmax(found.values) == 1
    assert found.highs[0] - found.lows[0] > 2 * (found.highs[1] - found.lows[1])


@given(
    n=st.integers(1, 10_000),
    share=st.floats(0, 1),
    mean=st.floats(0.02, 0.98),
    spread=st.floats(0, 0.9),
    concentration=st.floats(0.5, 5_000),
)
def test_posterior_lies_between_share_and_prior_grows_with_successes_and_narrows(
    n: int, share: float, mean: float, spread: float, concentration: float
) -> None:
    x = round(share * n)
    found = np.array([x, min(x + 1, n), 4 * x])
    values, lows, highs = posterior_shares(
        found,
        np.array([n, n, 4 * n]),
        prior_means=np.full(3, mean),
        prior_variances=spread * mean * (1 - mean),
        concentration=concentration,
    )
    assert min(mean, x / n) - 1e-12 <= values[0] <= max(mean, x / n) + 1e-12
    assert values[1] > values[0] or x == n
    assert ((lows >= 0) & (highs <= 1) & (lows < highs)).all()


@given(tens=st.integers(1, 200), tenths=st.integers(1, 9), concentration=st.floats(1, 1_000))
def test_more_data_of_the_same_share_is_narrower(tens: int, tenths: int, concentration: float) -> None:
    n = np.array([10 * tens, 40 * tens])
    _, lows, highs = posterior_shares(
        n // 10 * tenths,
        n,
        prior_means=np.full(2, tenths / 10),
        prior_variances=0.001,
        concentration=concentration,
    )
    assert highs[1] - lows[1] < highs[0] - lows[0]


@settings(max_examples=15)
@given(seed=st.integers(0, 10_000))
def test_shrunk_values_lie_between_share_and_prior_in_whatever_order(seed: int) -> None:
    _, n_found, n, groups = _drawn(seed)
    found = _shrunk(n_found, n, groups)
    ends = np.sort([found.prior_means, n_found / n], axis=0)
    assert ((ends[0] - 1e-9 <= found.values) & (found.values <= ends[1] + 1e-9)).all()
    order = np.random.default_rng(seed).permutation(_N_UNITS)
    other = _shrunk(n_found[order], n[order], [group[order] for group in groups])
    assert other.values == pytest.approx(found.values[order], abs=0.005)


def test_interval_covers_the_share_of_a_unit_as_often_as_stated(runs: int) -> None:
    n_covered = 0
    for seed in range(runs):
        shares, n_found, n, groups = _drawn(seed)
        found, one = _shrunk(n_found, n, groups), seed % _N_UNITS
        n_covered += found.lows[one] <= shares[one] <= found.highs[one]
    assert is_as_stated(n_covered, runs), share_interval(n_covered, runs)


def test_unit_wholly_unlike_its_kin_is_visibly_missed() -> None:
    """Nothing in the counts of others tells of a unit at 0.9 among kin near 0.3: twelve answers are not enough."""
    n_covered, n_runs = 0, 25
    for seed in range(n_runs):
        _, n_found, n, groups = _drawn(seed)
        n[0], n_found[0] = 12, np.random.default_rng(seed).binomial(12, 0.9)
        n_covered += _shrunk(n_found, n, groups).highs[0] >= 0.9
    assert share_interval(n_covered, n_runs)[1] < 0.95


def test_pool_pulls_the_prior_to_those_known_only_together() -> None:
    n_found, n = np.array([14, 13, 12, 15, 14, 13]), np.full(6, 20)
    few, many = (_shrunk(n_found, n, [], pool) for pool in (Pool(3, 10, 1), Pool(300, 1_000, 60)))
    alone = _shrunk(n_found, n, [])
    assert many.prior_means[0] < few.prior_means[0] < alone.prior_means[0]


def test_nothing_is_estimated_of_too_few_units() -> None:
    n = np.array([9] * (LEAST_UNITS - 1) + [0])
    assert shrink_shares(n // 3, n, [np.zeros(LEAST_UNITS, dtype=np.intp)]) is None


@pytest.mark.parametrize("share", [0, 1])
def test_units_all_alike_at_an_end_have_an_inner_value(share: int) -> None:
    n = np.full(8, 50)
    found = _shrunk(n * share, n, [np.arange(8) % 3])
    assert (np.abs(found.values - share) < 0.05).all() and ((found.values > 0) & (found.values < 1)).all()


@pytest.mark.parametrize(("n_found", "group"), [([7, 1], [0, 0]), ([-1, 1], [0, 0]), ([1, 1], [0])])
def test_impossible_counts_are_refused(n_found: list[int], group: list[int]) -> None:
    with pytest.raises(InvalidInput, match="shrinkage"):
        shrink_shares(np.array(n_found), np.array([5, 5]), [np.array(group)])
