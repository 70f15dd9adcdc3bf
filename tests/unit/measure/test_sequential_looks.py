"""Looking often: the bounds of the tables, and errors that stay at 5 % over all looks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from matcher.domain.errors import InvalidInput
from matcher.measure.sequential_looks import critical_values, plan_people
from tests.unit.measure.coverage import is_at_least_as_stated

FIVE = [0.2, 0.4, 0.6, 0.8, 1.0]


def test_five_even_looks_are_those_of_the_printed_tables() -> None:
    assert critical_values(FIVE) == pytest.approx([4.8769, 3.3569, 2.6803, 2.2898, 2.0310], abs=2e-3)


def test_one_look_at_the_end_is_the_usual_test() -> None:
    assert critical_values([1.0]) == pytest.approx([1.959964], abs=1e-5)


@settings(max_examples=15, deadline=None)
@given(st.sets(st.integers(1, 20), min_size=1, max_size=6))
def test_no_look_is_cheaper_than_the_usual_test(twentieths: set[int]) -> None:
    assert min(critical_values([one / 20 for one in sorted(twentieths)])) >= 1.9599


@pytest.mark.parametrize("looks", [[], [0.0, 1.0], [0.5, 0.4], [0.5, 0.5], [1.2], [float("nan")]])
def test_looks_that_do_not_rise_are_refused(looks: list[float]) -> None:
    with pytest.raises(InvalidInput, match="rising fractions"):
        critical_values(looks)


def n_never_declared(critical: list[float], *, runs: int) -> int:
    """Count runs without any effect in which no look declares one: scores grow by independent steps."""
    rng = np.random.default_rng(7)
    statistics = rng.normal(size=(runs, len(critical))).cumsum(axis=1) / np.sqrt(np.arange(1, len(critical) + 1))
    return int((np.abs(statistics) < critical).all(axis=1).sum())


def test_five_looks_err_at_five_percent_together(runs: int) -> None:
    assert is_at_least_as_stated(n_never_declared(critical_values(FIVE), runs=runs), runs)


def test_twenty_looks_at_the_usual_test_err_more(runs: int) -> None:
    usual = [float(stats.norm.isf(0.025))] * 20
    assert not is_at_least_as_stated(n_never_declared(usual, runs=runs), runs)


def test_plan_by_hand_counts_response_and_months() -> None:
    plan = plan_people(0.30, 0.01, share_held_out=0.5, response_rate=0.5, people_a_month=10_000)
    assert plan.n_answering == pytest.approx(66_560, rel=0.002)
    assert plan.n_people == 2 * plan.n_answering and plan.months == plan.n_people / 10_000


def test_planned_people_see_the_effect_four_times_of_five(runs: int) -> None:
    plan, rng = plan_people(0.30, 0.05, share_held_out=0.2), np.random.default_rng(8)
    n = np.array([0.2, 0.8]) * plan.n_answering
    shares = rng.binomial(n.astype(int), [0.30, 0.35], size=(runs, 2)) / n
    error = np.sqrt((shares * (1 - shares) / n).sum(axis=1))
    seen = int((np.abs(shares[:, 1] - shares[:, 0]) > 1.96 * error).sum())
    interval = stats.binomtest(seen, runs).proportion_ci(0.999, "exact")
    assert interval.low <= 0.8 <= interval.high


@pytest.mark.parametrize(
    "wrong", [{"baseline": 0.0}, {"effect": 0.0}, {"effect": 0.8}, {"share_held_out": 1.0}, {"response_rate": 0.0}]
)
def test_impossible_plans_are_refused(wrong: dict[str, float]) -> None:
    given_values = {"baseline": 0.3, "effect": 0.01, "share_held_out": 0.1} | wrong
    with pytest.raises(InvalidInput, match="out of range"):
        plan_people(given_values.pop("baseline"), given_values.pop("effect"), **given_values)
