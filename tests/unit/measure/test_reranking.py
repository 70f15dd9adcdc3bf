"""What another order of the same lists would have earned, and whether it may replace the one that ran."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matcher.domain.errors import InvalidInput
from matcher.measure.promotion import decide, decision_record
from matcher.measure.reranking import Reorder, reorder_gain


def world(n_slates: int, *, rng: np.random.Generator, worth: float = 0.3) -> Reorder:
    """Slates of two places, the second looked at half as often; the better vacancy stands first half of the time.

    The challenger always puts it first: it earns worth * (1 + .05 / .3 * ...), as `truth` says.
    """
    is_good_first = rng.random(n_slates) < 0.5
    position = np.tile([0, 1], n_slates)
    is_good = np.column_stack([is_good_first, ~is_good_first]).ravel()
    looks = np.where(position == 0, 1.0, 0.5)
    reward = (rng.random(2 * n_slates) < looks * np.where(is_good, worth, 0.1)).astype(float)
    then = np.where(is_good, 1.0, 0.5)
    slate = np.repeat(np.arange(n_slates), 2)
    return Reorder(reward, np.full(2 * n_slates, 0.75), then, slate, slate)


def truth(worth: float = 0.3) -> float:
    """Reward a slate that the challenger adds: the better one is looked at always instead of three times in four."""
    return 0.25 * worth - 0.25 * 0.1


def test_interval_covers_the_true_gain_as_often_as_it_says(runs: int) -> None:
    rng = np.random.default_rng(5)
    gains = [reorder_gain(world(400, rng=rng)) for _ in range(runs)]
    covered = sum(one.low <= truth() <= one.high for one in gains if one.low is not None and one.high is not None)
    assert 0.90 <= covered / runs <= 0.99


def test_wrong_looks_visibly_miss(runs: int) -> None:
    rng = np.random.default_rng(6)
    shown = [world(400, rng=rng) for _ in range(runs)]
    gains = [reorder_gain(replace(one, looks_now=np.full(len(one.reward), 1.0))) for one in shown]
    covered = sum(one.low <= truth() <= one.high for one in gains if one.low is not None and one.high is not None)
    assert covered / runs < 0.5


def test_same_order_gains_nothing() -> None:
    shown = world(500, rng=np.random.default_rng(7))
    gain = reorder_gain(replace(shown, looks_then=shown.looks_now))
    assert (gain.value, gain.is_clear, gain.is_loss) == (0.0, False, False)


@pytest.mark.parametrize("n_slates", [0, 5])
def test_too_little_is_refused_with_the_reason(n_slates: int) -> None:
    gain = reorder_gain(world(n_slates, rng=np.random.default_rng(8)))
    assert gain.value is None and "people" in str(gain.refused)


def test_chance_of_nothing_for_what_was_shown_is_refused() -> None:
    with pytest.raises(InvalidInput, match="chance of looks"):
        Reorder(np.ones(1), np.zeros(1), np.ones(1), np.zeros(1, int), np.zeros(1, int))


def test_clear_gain_is_promoted_unless_a_group_loses() -> None:
    shown = world(6_000, rng=np.random.default_rng(9))
    loses = shown.slate % 5 == 0
    hurt = replace(shown, looks_then=np.where(loses, 1.5 - shown.looks_then, shown.looks_then))
    group = np.where(loses, "SD", "SMA")
    assert decide(shown, {"education": group}).is_promoted
    refused = decide(hurt, {"education": group})
    assert refused.gain.is_clear and refused.reasons[0].startswith("education SD loses")


def test_no_gain_is_not_promoted_and_says_so() -> None:
    record = decision_record(decide(world(2_000, rng=np.random.default_rng(10), worth=0.1), {}))
    assert not record["is_promoted"] and "does not clear 0" in record["reasons"][0]
