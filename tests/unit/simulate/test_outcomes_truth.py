"""The truth at the clocks, of spells small enough to read."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matcher.simulate.experiment import Effect
from matcher.simulate.history import EMPLOYED, SELF_EMPLOYED, Spells, taken
from matcher.simulate.market import simulate
from matcher.simulate.outcomes_truth import clock_truths, days_to_first_work, draw_asked
from matcher.simulate.parameters import MarketParameters

MARKET = simulate(MarketParameters(n_alumni=1_000), rng=np.random.default_rng(1))
FOUR = taken(MARKET.history.people, np.arange(4))
PEOPLE = replace(FOUR, completed=np.zeros(4, dtype=np.int64))
# person 0 works from day 40 to 60, 1 runs a business from 50 on, 2 held a job until day 10, 3 has a job from day 300
SPELLS = Spells(
    person=np.array([0, 1, 2, 3]),
    kind=np.array([EMPLOYED, SELF_EMPLOYED, EMPLOYED, EMPLOYED], dtype=np.int8),
    started=np.array([40, 50, -90, 300]),
    ended=np.array([60, 900, 10, 310]),
    application=np.full(4, -1),
    is_earlier=np.array([False, False, True, False]),
)
NONE = np.zeros(4, dtype=bool)


def _effect(needs_treatment: np.ndarray = NONE, is_real: np.ndarray = ~NONE) -> Effect:
    return Effect(needs_treatment, NONE, NONE, is_real)


def test_the_state_is_that_of_the_day_asked_and_the_window_sees_more() -> None:
    asked = {"2m": np.array([60, 61, 61, 61]), "q4": np.array([364, 364, 364, 364])}
    truths = clock_truths(PEOPLE, SPELLS, _effect(), asked, MARKET.months)

    assert truths["2m"].state.tolist() == [1, 2, 0, 0] and truths["2m"].worked.tolist() == [True, True, False, False]
    assert truths["q4"].state.tolist() == [0, 2, 0, 0]


def test_a_job_that_needs_treatment_is_missing_in_the_holdout() -> None:
    lost = np.array([True, False, False, False])
    truth = clock_truths(PEOPLE, SPELLS, _effect(lost, ~lost), {"2m": np.full(4, 55)}, MARKET.months)["2m"]

    assert (truth.if_treated[0], truth.if_held_out[0], truth.state[0]) == (1, 0, 0)
    assert truth.if_treated[1] == truth.if_held_out[1] == 2


def test_days_to_the_first_work_are_0_for_who_works_and_missing_for_who_never_does() -> None:
    days = days_to_first_work(PEOPLE, SPELLS, np.array([True, True, True, False]))

    np.testing.assert_array_equal(days, [40, 50, 0, np.nan])


def test_everybody_is_asked_within_the_window_and_on_all_its_days() -> None:
    people, months = MARKET.history.people, MARKET.months
    asked = draw_asked(people, months, rng=np.random.default_rng(2))
    for clock, day in asked.items():
        first, last = months.window(clock, people.completed)
        assert (first <= day).all() and (day <= last).all()
    assert len(set((asked["2m"] - people.completed).tolist())) == 31


def test_self_employment_is_told_apart() -> None:
    states = MARKET.known.clocks["q4"].state

    assert {0, 1, 2} == set(states.tolist()) and 0.05 < (states == 2).mean() < 0.4
    assert (states > 0).mean() == pytest.approx(0.6, abs=0.15)
