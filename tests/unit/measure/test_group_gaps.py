"""Figures of groups: by hand, by coverage over seeded runs, and where people are not independent."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.measure.group_gaps import UNKNOWN, compare_groups, control_false_alarms, q_values
from matcher.measure.parity import measure_parity
from tests.unit.measure.coverage import is_as_stated, share_interval

TRUE_RATE, TRUE_GAP = 0.2, 0.05


def _drawn(rng: np.random.Generator, *, village_sd: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Draw 400 people of two groups who apply 1 to 4 times; people differ, and villages do where told."""
    group = np.repeat(["a", "b"], 200)
    counts = rng.integers(1, 5, size=400).astype(float)
    village = rng.normal(0, village_sd, size=20)[np.arange(400) // 20] if village_sd else np.zeros(400)
    person = rng.uniform(-0.1, 0.1, size=400)
    chance = np.clip(TRUE_RATE + TRUE_GAP * (group == "a") + person + village, 0, 1)
    return group, rng.binomial(counts.astype(int), chance).astype(float), counts


def _n_covered(runs: int, *, village_sd: float = 0.0) -> tuple[int, int]:
    n_rate = n_gap = 0
    for seed in range(runs):
        one, other = compare_groups(*_drawn(np.random.default_rng(seed), village_sd=village_sd))
        assert other.low is not None and other.high is not None and one.gap_low is not None and one.gap_high is not None
        n_rate += other.low <= TRUE_RATE <= other.high
        n_gap += one.gap_low <= TRUE_GAP <= one.gap_high
    return n_rate, n_gap


def test_intervals_hold_the_truth_as_often_as_stated(runs: int) -> None:
    n_rate, n_gap = _n_covered(runs)
    assert is_as_stated(n_rate, runs) and is_as_stated(n_gap, runs)


def test_people_who_share_a_village_break_the_intervals(runs: int) -> None:
    n_rate, n_gap = _n_covered(runs, village_sd=0.1)
    assert share_interval(n_rate, runs)[1] < 0.9 and share_interval(n_gap, runs)[1] < 0.9


def test_false_alarms_stay_within_the_share_where_no_group_differs(runs: int) -> None:
    """With no gap at all, any alarm is false: at most 5 % of runs may raise one."""
    n_alarmed = 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        families = [
            compare_groups(rng.choice(["a", "b", "c"], 150), rng.poisson(1.0, 150).astype(float), np.ones(150))
            for _ in range(8)
        ]
        n_alarmed += any(one.is_gap for family in control_false_alarms(families) for one in family)
    assert share_interval(n_alarmed, runs)[0] <= 0.05


def test_without_control_most_runs_would_raise_an_alarm() -> None:
    rng = np.random.default_rng(0)
    families = [
        [
            compare_groups(rng.choice(["a", "b", "c"], 150), rng.poisson(1.0, 150).astype(float), np.ones(150))
            for _ in range(8)
        ]
        for _ in range(40)
    ]
    uncontrolled = [
        any(one.p_value is not None and one.p_value < 0.05 for table in run for one in table) for run in families
    ]
    assert np.mean(uncontrolled) > 0.3


def test_gap_and_its_alarm_by_hand() -> None:
    group = np.repeat(["f", "m"], 12)
    women, men = compare_groups(group, np.repeat([1.0, 2.0], 12), np.ones(24))
    assert (women.value, men.value, women.gap, women.p_value) == (1.0, 2.0, -1.0, 0.0)
    (judged,) = control_false_alarms([(women, men)])
    assert [one.is_gap for one in judged] == [True, True]


def test_group_in_which_nothing_happened_has_an_upper_end() -> None:
    first, _ = compare_groups(np.repeat(["a", "b"], 20), np.repeat([0.0, 1.0], 20), np.ones(40))
    assert (first.low, first.high) == (0.0, pytest.approx(3.689 / 20, abs=1e-4))


def test_unknown_and_thin_groups_are_shown_and_not_compared() -> None:
    group = np.array([UNKNOWN] * 20 + ["a"] * 20 + ["b"] * 4)
    unknown, plenty, thin = compare_groups(group, np.arange(44.0), np.ones(44))
    assert unknown.low is not None and unknown.p_value is None and plenty.p_value is None
    assert (thin.n, thin.low, thin.p_value) == (4, None, None)


def test_people_without_a_denominator_say_nothing() -> None:
    counts = np.array([1.0, 1.0, 0.0])
    (figure,) = compare_groups(np.array(["a", "a", "a"]), np.array([1.0, 0.0, 0.0]), counts)
    assert (figure.n, figure.value) == (2, 0.5)
    (empty,) = compare_groups(np.array(["a"]), np.zeros(1), np.zeros(1))
    assert (empty.n, empty.value) == (0, None)


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=1, max_size=30))
def test_q_values_never_lie_below_their_p_value_and_keep_the_order(numbers: list[float]) -> None:
    p_values = np.array(numbers)
    adjusted = q_values(p_values)
    assert (adjusted >= p_values - 1e-12).all() and (adjusted <= 1).all()
    assert (np.diff(adjusted[np.argsort(p_values)]) >= -1e-12).all()


@pytest.mark.parametrize(
    ("sums", "counts", "said"),
    [
        ([1.0], [1.0, 1.0], "one row a person"),
        ([-1.0, 1.0], [1.0, 1.0], "negative"),
        ([np.nan, 1.0], [1.0, 1.0], "finite"),
    ],
)
def test_bad_columns_are_refused(sums: list[float], counts: list[float], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        compare_groups(np.array(["a", "b"]), np.array(sums), np.array(counts))


def test_parity_by_hand() -> None:
    """Of four women two are served, three could be; both men are: 0.5 apart, 2/3 against 1 of those who could be."""
    group = np.array(["f"] * 4 + ["m"] * 2)
    served = np.array([True, True, False, False, True, True])
    found = measure_parity(group, served, np.array([True, True, True, False, True, True]))
    assert found is not None
    assert (found.selection_difference, found.selection_ratio) == (0.5, 0.5)
    assert found.opportunity_difference == pytest.approx(1 / 3)


def test_parity_of_one_group_or_of_nobody_served_is_not_made_up() -> None:
    no, group = np.zeros(2, dtype=bool), np.array(["f", "m"])
    assert measure_parity(np.array(["f", "f"]), no, no) is None
    found = measure_parity(group, no, no)
    assert found is not None and (found.selection_ratio, found.opportunity_difference) == (None, None)
    with pytest.raises(InvalidInput, match="one a person"):
        measure_parity(group, no, np.zeros(3, dtype=bool))
