"""People open what they examine and like: the position-based model, with known chances."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.simulate.behaviour import examination
from matcher.simulate.market import simulate
from matcher.simulate.parameters import MarketParameters
from matcher.simulate.policies import AT_RANDOM, ExploringPolicy


@pytest.mark.parametrize("bias", [0.0, 0.8, 2.0])
def test_views_by_position_follow_the_stated_curve_where_slates_are_random(bias: float) -> None:
    parameters = MarketParameters(n_alumni=20_000, counts={"32.73": 1}, position_bias=bias)
    history = simulate(parameters, rng=np.random.default_rng(1), policy=ExploringPolicy(AT_RANDOM, 10, 1.0)).history
    position, did = history.entries.position, history.reactions
    for place in (1, 2, 5, 10):
        at = position == place
        expected = place**-bias * did.attraction[at].mean()
        assert did.is_viewed[at].mean() == pytest.approx(expected, abs=4 * np.sqrt(0.25 / at.sum()))


def test_nothing_is_applied_for_saved_or_hidden_unless_opened_and_only_one_of_them() -> None:
    did = simulate(MarketParameters(), rng=np.random.default_rng(2)).history.reactions
    further = did.is_saved.astype(int) + did.is_hidden + did.is_applied

    assert further.max() == 1 and did.is_viewed[further > 0].all()
    assert (did.applied > did.viewed).all()


def test_better_matches_attract_more_and_all_alike_without_signal() -> None:
    for has_signal in (True, False):
        market = simulate(MarketParameters(has_signal=has_signal), rng=np.random.default_rng(3))
        history = market.history
        course = history.people.course[history.entries.person]
        quality = history.qualities.true[course, history.entries.vacancy]
        if has_signal:
            assert np.corrcoef(quality, history.reactions.attraction)[0, 1] > 0.8
        else:
            assert np.ptp(history.reactions.attraction) == np.ptp(history.reactions.appeal) == 0


def test_the_first_position_is_always_examined() -> None:
    assert examination(np.array([1, 4]), 0.5).tolist() == [1.0, 0.5]
