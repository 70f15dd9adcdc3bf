"""Policies: propensities are the chances with which entries stand where they stand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.simulate.policies import (
    AT_RANDOM,
    FEATURES,
    RANKED_BY_SCORE,
    ExploringPolicy,
    Features,
    LinearScore,
    choose_by_arm,
)

RNG = np.random.default_rng(5)


def _features(n: int, c: int, rng: np.random.Generator = RNG) -> Features:
    return rng.standard_normal((n, c, len(FEATURES))).astype(np.float32)


@given(
    c=st.integers(1, 8), k=st.integers(1, 8), explore=st.sampled_from([0.0, 0.1, 0.5, 1.0]), seed=st.integers(0, 10_000)
)
def test_the_chances_of_a_position_sum_to_1_and_the_logged_one_is_among_them(
    c: int, k: int, explore: float, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    features, may_show = _features(4, c, rng), rng.random((4, c)) < 0.7
    policy = ExploringPolicy(RANKED_BY_SCORE, k, explore)
    chances, choice = policy.chances(features, may_show), policy(features, may_show, rng)

    n_places = np.minimum(may_show.sum(axis=1), k)
    expected = (np.arange(chances.shape[2]) < n_places[:, None]).astype(float)
    np.testing.assert_allclose(chances.sum(axis=1), expected, atol=1e-12)
    slate, place = np.nonzero(choice.columns >= 0)
    np.testing.assert_allclose(
        choice.propensities[slate, place], chances[slate, choice.columns[slate, place], place], atol=1e-12
    )
    assert may_show[slate, choice.columns[slate, place]].all()
    assert ((choice.columns >= 0).sum(axis=1) == n_places).all()


def test_propensities_match_frequencies() -> None:
    one, may_show = _features(1, 6), np.array([[True, True, False, True, True, True]])
    policy = ExploringPolicy(RANKED_BY_SCORE, 3, 0.4)
    n = 200_000
    choice = policy(np.repeat(one, n, axis=0), np.repeat(may_show, n, axis=0), np.random.default_rng(6))

    found = np.stack([np.bincount(choice.columns[:, place], minlength=6) / n for place in range(3)], axis=1)
    chances = policy.chances(one, may_show)[0]
    assert np.abs(found - chances).max() < 4 * np.sqrt(0.25 / n)


def test_no_entry_stands_in_a_slate_twice() -> None:
    columns = ExploringPolicy(AT_RANDOM, 6, 1.0)(_features(500, 6), np.ones((500, 6), dtype=bool), RNG).columns

    assert (np.sort(columns, axis=1) == np.arange(6)).all()


def test_without_exploration_the_order_is_that_of_the_scores() -> None:
    features = _features(50, 7)
    choice = ExploringPolicy(LinearScore({"score": -2.0}), 7, 0.0)(features, np.ones((50, 7), dtype=bool), RNG)

    assert (choice.columns == np.argsort(features[:, :, 0], axis=1)).all() and (choice.propensities == 1).all()


def test_plain_weights_add_up_the_features() -> None:
    features = _features(3, 2)
    scores = LinearScore({"score": 2.0, "crowding": -1.0})(features)

    expected = 2 * features[..., FEATURES.index("score")] - features[..., FEATURES.index("crowding")]
    np.testing.assert_allclose(scores, expected, rtol=1e-5)


def test_each_arm_is_ordered_by_its_own_policy() -> None:
    features, may_show = _features(40, 5), np.ones((40, 5), dtype=bool)
    up, down = (ExploringPolicy(LinearScore({"score": sign}), 3, 0.0) for sign in (1.0, -1.0))
    is_first = np.arange(40) % 3 == 0
    choice = choose_by_arm((up, down), is_first, features, may_show, rng=RNG)

    assert (choice.columns[is_first] == up(features, may_show, RNG).columns[is_first]).all()
    assert (choice.columns[~is_first] == down(features, may_show, RNG).columns[~is_first]).all()


def test_an_unknown_feature_or_share_is_refused() -> None:
    with pytest.raises(InvalidInput, match="'age': no such feature"):
        LinearScore({"age": 1.0})
    with pytest.raises(InvalidInput, match=r"explore 1\.2"):
        ExploringPolicy(AT_RANDOM, 3, 1.2)
