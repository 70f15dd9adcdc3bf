"""What another order of the same lists would have earned, and whether it may replace the one that ran."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from matcher.domain.errors import InvalidInput
from matcher.measure.promotion import decide, decision_record
from matcher.measure.reranking import Reorder, reorder_gain
from tests.unit.measure.coverage import is_as_stated, is_at_least_as_stated


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
    open_to_all = np.zeros(2 * n_slates, dtype=bool)
    return Reorder(reward, np.full(2 * n_slates, 0.75), then, slate, slate, np.arange(2 * n_slates), open_to_all)


def truth(worth: float = 0.3) -> float:
    """Reward a slate that the challenger adds: the better one is looked at always instead of three times in four."""
    return 0.25 * worth - 0.25 * 0.1


def test_interval_covers_the_true_gain_as_often_as_it_says(runs: int) -> None:
    rng = np.random.default_rng(5)
    gains = [reorder_gain(world(400, rng=rng)) for _ in range(runs)]
    covered = sum(one.low <= truth() <= one.high for one in gains if one.low is not None and one.high is not None)
    assert is_as_stated(covered, runs)


def test_wrong_looks_visibly_miss(runs: int) -> None:
    rng = np.random.default_rng(6)
    shown = [world(400, rng=rng) for _ in range(runs)]
    gains = [reorder_gain(replace(one, looks_now=np.full(len(one.reward), 1.0))) for one in shown]
    covered = sum(one.low <= truth() <= one.high for one in gains if one.low is not None and one.high is not None)
    assert covered / runs < 0.5


N_VACANCIES, N_EACH = 60, 8
"""Vacancies of a market with competition, and how many people are shown each of them."""


def contest(n_openings: int, *, is_challenger: bool, rng: np.random.Generator) -> Reorder:
    """Sixty good vacancies beside sixty idle ones, eight people each; a look at a good one is worth .3 of a hire.

    The champion puts the good one first half of the time, the challenger always; whoever comes first is hired.
    """
    vacancy = np.repeat(np.arange(N_VACANCIES), N_EACH)
    is_first = is_challenger | (rng.random(len(vacancy)) < 0.5)
    suits = rng.random(len(vacancy)) < np.where(is_first, 1.0, 0.5) * 0.3
    order = np.cumsum(suits.reshape(N_VACANCIES, N_EACH), axis=1).ravel()
    hired = suits & (order <= n_openings)
    is_full = np.repeat(hired.reshape(N_VACANCIES, N_EACH).sum(axis=1) >= n_openings, N_EACH)
    n = len(vacancy)
    looks_then, idle = np.tile([1.0, 0.5], n), np.zeros(n, dtype=bool)
    slate = np.repeat(np.arange(n), 2)
    columns = [(hired.astype(float), np.zeros(n)), (vacancy, vacancy + N_VACANCIES), (is_full, idle)]
    reward, shown, full = (np.column_stack(pair).ravel() for pair in columns)
    return Reorder(reward, np.full(2 * n, 0.75), looks_then, slate, slate, shown, full)


def contest_truth(n_openings: int) -> float:
    """Hires a slate that the challenger adds, by the binomial law of the suited people of a vacancy."""
    suited = np.arange(N_EACH + 1)
    gains = [np.minimum(suited, n_openings) @ stats.binom.pmf(suited, N_EACH, chance) for chance in (0.3, 0.225)]
    return float(gains[0] - gains[1]) / N_EACH


@pytest.mark.parametrize("n_openings", [1, 2, 4])
def test_interval_holds_the_gain_where_people_compete_for_openings(n_openings: int, runs: int) -> None:
    rng, truth = np.random.default_rng(11), contest_truth(n_openings)
    gains = [reorder_gain(contest(n_openings, is_challenger=False, rng=rng)) for _ in range(runs)]
    held = sum(one.low <= truth <= one.high for one in gains if one.low is not None and one.high is not None)
    assert is_at_least_as_stated(held, runs)


def test_slates_taken_alone_miss_the_gain_where_openings_are_few(runs: int) -> None:
    rng, truth = np.random.default_rng(12), contest_truth(1)
    shown = [contest(1, is_challenger=False, rng=rng).without_limits() for _ in range(runs)]
    gains = [reorder_gain(one) for one in shown]
    held = sum(one.low <= truth <= one.high for one in gains if one.low is not None and one.high is not None)
    assert not is_at_least_as_stated(held, runs)


def test_challenger_that_runs_brings_what_the_law_says() -> None:
    rng = np.random.default_rng(13)
    means = [
        np.mean([contest(2, is_challenger=runs, rng=rng).reward.sum() for _ in range(300)]) / (N_VACANCIES * N_EACH)
        for runs in (True, False)
    ]
    assert means[0] - means[1] == pytest.approx(contest_truth(2), abs=0.005)


def test_rewards_that_vary_by_vacancy_widen_the_interval() -> None:
    shown = world(1_000, rng=np.random.default_rng(14))
    lucky = replace(shown, vacancy=(shown.looks_then > shown.looks_now).astype(np.int64))
    alone, shared = reorder_gain(shown), reorder_gain(lucky)
    assert alone.value == shared.value and alone.low is not None and shared.low is not None
    assert shared.low < alone.low


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
        Reorder(np.ones(1), np.zeros(1), np.ones(1), *[np.zeros(1, np.int64)] * 3, is_full=np.zeros(1, bool))


def test_clear_gain_is_promoted_unless_a_group_loses() -> None:
    shown = world(6_000, rng=np.random.default_rng(9))
    loses = shown.slate % 5 == 0
    hurt = replace(shown, looks_then=np.where(loses, 1.5 - shown.looks_then, shown.looks_then))
    group = np.where(loses, "SD", "SMA")
    assert decide(shown, {"education": group}).is_promoted
    refused = decide(hurt, {"education": group})
    assert refused.gain.is_clear and refused.reasons[0].startswith("education SD loses")


def test_group_of_few_rewards_is_listed_and_blocks_nothing() -> None:
    shown = world(6_000, rng=np.random.default_rng(9))
    is_small = shown.slate < 60
    hurt = replace(shown, looks_then=np.where(is_small, 1.5 - shown.looks_then, shown.looks_then))
    decision = decide(hurt, {"education": np.where(is_small, "SD", "SMA")})
    assert decision.is_promoted and "effective rewards" in str(decision.groups["education"]["SD"].refused)


def test_no_gain_is_not_promoted_and_says_so() -> None:
    record = decision_record(decide(world(2_000, rng=np.random.default_rng(10), worth=0.1), {}))
    assert not record["is_promoted"] and "does not clear 0" in record["reasons"][0]
