"""Rates by hand, the laws that bind them, and how often their intervals hold the truth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.measure.rates import Rate, against_goal, silence_bounds, weighted_rate, wilson_rate
from tests.unit.measure.coverage import is_as_stated, is_at_least_as_stated

PEOPLE = np.array([400, 300, 200, 100])
AT_WORK = np.array([0.15, 0.25, 0.40, 0.60])
ANSWERS = np.array([0.3, 0.5, 0.7, 0.9])


@st.composite
def strata(draw: st.DrawFn) -> np.ndarray:
    """People, answers and people at work of up to eight strata: int64 (3, n_strata)."""
    columns = []
    for people in draw(st.lists(st.integers(0, 60), min_size=1, max_size=8)):
        answers = draw(st.integers(0, people))
        columns.append((people, answers, draw(st.integers(0, answers))))
    return np.array(columns).T


def test_wilson_by_hand() -> None:
    rate = wilson_rate(3, 10)
    assert rate is not None
    assert (rate.value, rate.n) == (0.3, 10)
    assert (rate.low, rate.high) == pytest.approx((0.1078, 0.6032), abs=1e-4)


def test_nobody_gives_no_rate() -> None:
    empty = np.zeros(2, dtype=np.int64)
    assert wilson_rate(0, 0) is None
    assert silence_bounds(0, 0, 0) is None
    assert weighted_rate(np.array([5, 5]), empty, empty) is None


def test_silence_is_bounded_by_nobody_and_everybody_working() -> None:
    assert silence_bounds(20, 60, 100) == (0.2, 0.6)
    assert silence_bounds(0, 0, 100) == (0.0, 1.0)


def test_weighting_by_hand() -> None:
    """90 of 100 answer and 45 work; 10 of 100 answer and 1 works: (0.5 + 0.1) / 2, not 46 of 100."""
    answer = weighted_rate(np.array([100, 100]), np.array([90, 10]), np.array([45, 1]))
    assert answer is not None
    assert answer.rate.value == pytest.approx(0.3)
    assert answer.rate.low < 0.3 < answer.rate.high
    assert answer.rate.n < 60


def test_thin_stratum_joins_its_neighbour() -> None:
    answer = weighted_rate(np.array([100, 50, 50]), np.array([50, 9, 0]), np.array([20, 9, 0]))
    assert answer is not None
    assert (answer.n_strata, answer.n_strata_given) == (1, 3)
    assert answer.rate.value == pytest.approx(29 / 59)


@given(strata())
def test_weighted_estimate_lies_within_the_bounds(counts: np.ndarray) -> None:
    answer = weighted_rate(*counts)
    bounds = silence_bounds(*(int(total) for total in counts[::-1].sum(axis=1)))
    if answer is None:
        assert counts[1].sum() == 0
        return
    assert bounds is not None
    assert bounds[0] - 1e-12 <= answer.rate.value <= bounds[1] + 1e-12
    assert 0 <= answer.rate.low <= answer.rate.value + 1e-12 <= answer.rate.high + 2e-12


@given(strata())
def test_bounds_contain_every_rate_the_silent_could_make(counts: np.ndarray) -> None:
    people, answered, at_work = (int(total) for total in counts.sum(axis=1))
    bounds = silence_bounds(at_work, answered, people)
    if bounds is None:
        assert people == 0
        return
    assert all(bounds[0] <= (at_work + silent) / people <= bounds[1] for silent in range(people - answered + 1))


def test_full_answers_make_weighted_and_plain_rate_one() -> None:
    answer = weighted_rate(PEOPLE, PEOPLE, np.array([100, 90, 80, 30]))
    assert answer is not None
    assert answer.rate.value == pytest.approx(0.3)


@pytest.mark.parametrize(
    ("low", "high", "said"), [(0.31, 0.4, "above"), (0.2, 0.29, "below"), (0.29, 0.31, "undecided")]
)
def test_goal_is_met_only_by_the_whole_interval(low: float, high: float, said: str) -> None:
    assert against_goal(Rate((low + high) / 2, low, high, 100)) == said


def test_impossible_counts_are_refused() -> None:
    with pytest.raises(InvalidInput, match="impossible"):
        wilson_rate(5, 4)
    with pytest.raises(InvalidInput, match="do not fit"):
        silence_bounds(1, 3, 2)
    with pytest.raises(InvalidInput, match="more answers than people"):
        weighted_rate(np.array([1]), np.array([2]), np.array([0]))


def _drawn(rng: np.random.Generator, *, silence_knows_work: bool = False) -> np.ndarray:
    """Draw who works, then who answers, in each stratum: int64 (3, n_strata)."""
    at_work = rng.binomial(PEOPLE, AT_WORK)
    gap = np.where(silence_knows_work, 0.2, 0.0)
    told = rng.binomial(at_work, np.minimum(ANSWERS + gap, 1.0))
    idle = rng.binomial(PEOPLE - at_work, np.maximum(ANSWERS - gap, 0.0))
    return np.stack([PEOPLE, told + idle, told])


def test_wilson_covers_as_stated(runs: int) -> None:
    rng = np.random.default_rng(5)
    rates = [wilson_rate(int(x), 400) for x in rng.binomial(400, 0.3, size=runs)]
    assert is_as_stated(sum(rate is not None and rate.low <= 0.3 <= rate.high for rate in rates), runs)


def test_weighted_interval_covers_where_silence_depends_on_the_stratum(runs: int) -> None:
    rng, truth = np.random.default_rng(6), float(PEOPLE @ AT_WORK / PEOPLE.sum())
    answers = [weighted_rate(*_drawn(rng)) for _ in range(runs)]
    assert is_at_least_as_stated(sum(a is not None and a.rate.low <= truth <= a.rate.high for a in answers), runs)


def test_plain_rate_misses_where_silence_depends_on_the_stratum(runs: int) -> None:
    rng, truth = np.random.default_rng(6), float(PEOPLE @ AT_WORK / PEOPLE.sum())
    totals = [_drawn(rng).sum(axis=1) for _ in range(runs)]
    rates = [wilson_rate(int(total[2]), int(total[1])) for total in totals]
    assert sum(rate is not None and rate.low <= truth <= rate.high for rate in rates) < runs / 2


def test_weighted_estimate_misses_and_bounds_hold_where_silence_depends_on_work(runs: int) -> None:
    """Those at work answer more often within every stratum: no weighting mends that."""
    rng, truth = np.random.default_rng(7), float(PEOPLE @ AT_WORK / PEOPLE.sum())
    drawn = [_drawn(rng, silence_knows_work=True) for _ in range(runs)]
    answers = [weighted_rate(*counts) for counts in drawn]
    bounds = [silence_bounds(*(int(total) for total in counts[::-1].sum(axis=1))) for counts in drawn]
    assert sum(a is not None and a.rate.low > truth for a in answers) > 0.9 * runs
    assert all(pair is not None and pair[0] <= truth <= pair[1] for pair in bounds)
