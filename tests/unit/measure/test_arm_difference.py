"""Arms compared: by hand, by law, over seeded runs, and where the lot does not hold."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matcher.domain.errors import InvalidInput
from matcher.measure.arm_difference import (
    LEAST_IN_ARM,
    Difference,
    adjusted_outcome,
    join_strata,
    lee_bounds,
    stratified_difference,
)
from tests.unit.measure.coverage import is_as_stated, is_at_least_as_stated

N = 400


def test_two_strata_by_hand() -> None:
    """Differences 1/2 and 0 of 4 and 12 people: 1/8; variance (1/4)^2 (1/4) + (3/4)^2 * 2 * (1/36)."""
    outcome = np.array([1, 0, 0, 0] + [1, 0, 0, 0, 0, 0] * 2, dtype=float)
    is_treated = np.array([True, True, False, False] + [True] * 6 + [False] * 6)
    one = stratified_difference(outcome, is_treated, np.repeat([0, 1], [4, 12]))
    assert one.value == pytest.approx(1 / 8)
    assert one.error**2 == pytest.approx(1 / 64 + 9 / 16 * 2 / 36)
    assert (one.n_treated, one.n_held_out, one.n_strata) == (8, 8, 2)


def test_strata_without_both_arms_are_not_compared() -> None:
    with pytest.raises(InvalidInput, match="fewer than 2"):
        stratified_difference(np.ones(3), np.array([True, True, False]), np.zeros(3, dtype=np.int64))


@given(
    arrays(np.int64, 300, elements=st.integers(0, 12)),
    arrays(np.bool_, 300),
    arrays(np.int64, 300, elements=st.integers(0, 2)),
)
def test_joined_strata_have_both_arms_and_stay_in_their_block(
    stratum: np.ndarray, is_treated: np.ndarray, block: np.ndarray
) -> None:
    joined = join_strata(stratum, is_treated, block=block)
    for number in range(joined.max() + 1):
        inside = joined == number
        assert is_treated[inside].sum() >= LEAST_IN_ARM <= (~is_treated)[inside].sum()
        assert len(np.unique(block[inside])) == 1
    for one in np.unique(block):
        arms = is_treated[block == one]
        assert (joined[block == one] >= 0).all() == (arms.sum() >= LEAST_IN_ARM <= (~arms).sum())


@given(arrays(np.float64, 80, elements=st.floats(0, 1)), st.floats(-1, 1))
def test_a_shift_of_one_arm_is_found_whole(outcome: np.ndarray, shift: float) -> None:
    is_treated, stratum = np.arange(80) % 2 == 0, np.arange(80) // 40
    before = stratified_difference(outcome, is_treated, stratum)
    after = stratified_difference(outcome + shift * is_treated, is_treated, stratum)
    assert after.value - before.value == pytest.approx(shift, abs=1e-9)


def drawn(rng: np.random.Generator, *, is_lot: bool = True) -> tuple[np.ndarray, ...]:
    """Outcome, arm, stratum and a covariate of people; by hand the likelier to work are treated."""
    stratum = rng.integers(0, 4, N)
    covariate = rng.normal(size=N)
    chance = 1 / (1 + np.exp(1 - 0.3 * stratum - 0.8 * covariate))
    is_treated = rng.random(N) < (0.5 if is_lot else chance)
    lot = rng.random(N)
    return (lot < np.clip(chance + 0.1 * is_treated, 0, 1)).astype(float), is_treated, stratum, covariate, chance


def estimated(rng: np.random.Generator, *, is_lot: bool = True) -> tuple[Difference, Difference, float]:
    outcome, is_treated, stratum, covariate, chance = drawn(rng, is_lot=is_lot)
    joined = join_strata(stratum, is_treated)
    adjusted = adjusted_outcome(outcome, is_treated, covariate[:, None], joined)
    truth = float(np.mean(np.clip(chance + 0.1, 0, 1) - chance))
    return (
        stratified_difference(outcome, is_treated, joined),
        stratified_difference(adjusted, is_treated, joined),
        truth,
    )


def test_intervals_hold_the_effect_and_adjusting_narrows_them(runs: int) -> None:
    answers = [estimated(np.random.default_rng(seed)) for seed in range(runs)]
    for place in (0, 1):
        covered = sum(one[place].interval()[0] <= one[2] <= one[place].interval()[1] for one in answers)
        assert is_as_stated(covered, runs)
    assert np.mean([one[1].error for one in answers]) < 0.97 * np.mean([one[0].error for one in answers])


def test_arms_chosen_by_hand_miss_the_effect(runs: int) -> None:
    answers = [estimated(np.random.default_rng(seed), is_lot=False) for seed in range(runs)]
    covered = sum(one[0].interval()[0] <= one[2] <= one[0].interval()[1] for one in answers)
    assert not is_at_least_as_stated(covered, runs)


def answering(rng: np.random.Generator, *, is_monotone: bool = True) -> np.ndarray:
    """Counts of arms whose held-out members answer less often when they work; effect on who always answers is 0.1."""
    kinds = rng.multinomial(2_000, [0.5, 0.2, 0.3], size=2)  # always answers, answers if treated, never
    treated_chance = (0.4, 0.9)
    at_work = rng.binomial(kinds[1, 0], treated_chance[0]) + rng.binomial(kinds[1, 1], treated_chance[1])
    answered = kinds[1, 0] + kinds[1, 1]
    held_out = rng.binomial(kinds[0, 0], 0.3)
    if not is_monotone:
        # others answer only if held out, and all of them work
        held_out, kinds[0, 0], kinds[0, 2] = held_out + kinds[0, 2], kinds[0, 0] + kinds[0, 2], 0
    return np.array([
        [held_out, kinds[0, 0] - held_out, 2_000 - kinds[0, 0]], [at_work, answered - at_work, 2_000 - answered]
    ])  # fmt: skip


def test_lee_interval_holds_the_effect_on_those_who_always_answer(runs: int) -> None:
    rng = np.random.default_rng(5)
    bounds = [lee_bounds(answering(rng), rng=rng, n_resamples=200) for _ in range(runs)]
    covered = sum(one is not None and one.interval[0] <= 0.1 <= one.interval[1] for one in bounds)
    assert is_at_least_as_stated(covered, runs)


def test_lee_bounds_miss_where_treatment_silences_some_and_moves_others_to_answer(runs: int) -> None:
    rng = np.random.default_rng(6)
    bounds = [lee_bounds(answering(rng, is_monotone=False), rng=rng, n_resamples=200) for _ in range(runs)]
    covered = sum(one is not None and one.interval[0] <= 0.1 <= one.interval[1] for one in bounds)
    assert not is_at_least_as_stated(covered, runs)


def test_lee_bounds_need_answers_and_sound_counts() -> None:
    rng = np.random.default_rng(1)
    assert lee_bounds(np.array([[0, 0, 5], [1, 1, 1]]), rng=rng) is None
    with pytest.raises(InvalidInput):
        lee_bounds(np.array([[1, -1, 5], [1, 1, 1]]), rng=rng)


@given(arrays(np.int64, (2, 3), elements=st.integers(1, 500)))
def test_lee_bounds_stay_in_order_and_within_reach(counts: np.ndarray) -> None:
    one = lee_bounds(counts, rng=np.random.default_rng(1), n_resamples=50)
    assert one is not None and -1 <= one.interval[0] <= one.low + 1e-9
    assert one.low <= one.high + 1e-9 and one.high <= one.interval[1] + 1e-9 <= 1 + 1e-6
