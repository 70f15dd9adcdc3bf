"""The loop in a market whose truth is known: hires teach to raise hires, and from noise nothing is promoted.

Two markets in an ordinary run, twenty under the soak profile; docs/learning.md has their figures.
"""

from __future__ import annotations

import numpy as np
from hypothesis import settings

from matcher.measure.cluster_interval import mean_interval
from matcher.measure.promotion import decide
from matcher.measure.reranking import reorder_gain
from tests.unit.scripts.learning_market import log_market, true_gain

MOST_ABOVE = 2.0
"""How far above the truth the estimate may lie on average: it takes every slate alone (docs/learning.md)."""


def _seeds() -> range:
    return range(20 if settings.get_current_profile_name() == "soak" else 2)


def test_learned_order_raises_hires_where_it_runs_as_the_estimate_said() -> None:
    truths, told, misses, promoted = [], [], 0, 0
    for seed in _seeds():
        market = log_market(40_000, seed)
        ranker = market.learned()
        shown = market.reorder(ranker)
        gain, truth = reorder_gain(shown), true_gain(market, ranker, seed)
        assert gain.value is not None and gain.low is not None and gain.high is not None
        truths.append(truth)
        told.append(gain.value)
        misses += not gain.low <= truth <= gain.high
        promoted += decide(shown, {}).is_promoted
    low, high = mean_interval(np.array(truths))
    print(f"\nhires a slate added: told {np.mean(told):.5f}, true {np.mean(truths):.5f} [{low:.5f}, {high:.5f}]")
    print(f"{misses} of {len(truths)} intervals miss the truth, {promoted} promoted")
    assert min(truths) > 0 and (len(truths) < 20 or low > 0)
    assert promoted >= len(truths) / 2
    assert 1 / MOST_ABOVE < np.mean(told) / np.mean(truths) < MOST_ABOVE


def test_nothing_is_promoted_where_nothing_matters() -> None:
    decisions = []
    for seed in _seeds():
        market = log_market(20_000, seed, has_signal=False)
        decisions.append(decide(market.reorder(market.learned()), {}))
    assert [one.is_promoted for one in decisions] == [False] * len(decisions)
