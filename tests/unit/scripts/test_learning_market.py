"""The loop in a market whose truth is known: hires teach to raise hires, and from noise nothing is promoted.

Two markets in an ordinary run, twenty under the soak profile; docs/learning.md has their figures.
"""

from __future__ import annotations

import numpy as np
from hypothesis import settings

from matcher.measure.cluster_interval import mean_interval
from matcher.measure.promotion import decide
from matcher.measure.reranking import reorder_gain
from tests.unit.measure.coverage import is_at_least_as_stated
from tests.unit.scripts.learning_market import log_market, true_gain

IS_SOAK = settings.get_current_profile_name() == "soak"
SEEDS, N_LOTS = (range(200, 220), 4) if IS_SOAK else (range(2), 1)


def test_learned_order_raises_hires_where_it_runs_as_the_estimate_said() -> None:
    truths, told, n_held, n_promoted = [], [], 0, 0
    for seed in SEEDS:
        market = log_market(40_000, seed)
        ranker = market.learned()
        shown, truth = market.reorder(ranker), true_gain(market, ranker, n_lots=N_LOTS)
        gain, decision = reorder_gain(shown), decide(shown, market.groups())
        assert gain.value is not None and gain.low is not None and gain.high is not None
        truths.append(truth)
        told.append((gain.value, gain.if_never_full))
        n_held += gain.low <= truth <= gain.high
        n_promoted += decision.is_promoted
        print(
            f"\n{seed}: {gain.value:.5f} [{gain.low:.5f}, {gain.high:.5f}] told, {gain.if_never_full:.5f} if never full"
        )
        print(f"   {truth:.5f} came; {decision.reasons or 'promoted'}")
    low, high = mean_interval(np.array(truths))
    print(f"told {np.mean(told, axis=0).round(5)}, came {np.mean(truths):.5f} [{low:.5f}, {high:.5f}], "
          f"held {n_held} and promoted {n_promoted} of {len(truths)}")  # fmt: skip
    assert low > 0 if IS_SOAK else np.mean(truths) > 0
    assert is_at_least_as_stated(n_held, len(truths))
    assert n_promoted >= len(truths) / 2


def test_nothing_is_promoted_where_nothing_matters() -> None:
    decisions = []
    for seed in SEEDS:
        market = log_market(20_000, seed, has_signal=False)
        decisions.append(decide(market.reorder(market.learned()), {}))
    assert [one.is_promoted for one in decisions] == [False] * len(decisions)
