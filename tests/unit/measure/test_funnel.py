"""The funnel: counted by hand, bounded by laws, and held against a market whose hires are known."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.measure.feedback import judge
from matcher.measure.funnel import STEPS, FunnelRow, Step, count_funnel
from matcher.simulate.market import simulate
from matcher.simulate.parameters import MarketParameters
from tests.unit.measure.coverage import is_as_stated, share_interval
from tests.world import table

NOW = datetime(2027, 6, 1, tzinfo=UTC)
INSTANT = pa.timestamp("us", tz="UTC")


def _funnel(
    *people: tuple[int, str, int], now: datetime = NOW, organic: int = 0, **options: Any
) -> tuple[FunnelRow, ...]:
    """Count people of March 2026: so many, of a sex, whose slates led so deep; and organic applicants."""
    drawn = [(sex, depth) for n, sex, depth in people for _ in range(n)]
    ids = [f"a-{number}" for number in range(len(drawn) + organic)]
    sexes = [sex for sex, _ in drawn] + ["male"] * organic
    shown_at = pa.array([datetime(2026, 3, 5, tzinfo=UTC)] * len(drawn), INSTANT)
    tables = {
        "judgements": pa.table(
            {"alumnus_id": pa.array(ids[: len(drawn)], pa.string()), "shown_at": shown_at,
             "depth": pa.array([depth for _, depth in drawn], pa.int8())}
        ),
        "organic": pa.table(
            {"alumnus_id": pa.array(ids[len(drawn) :], pa.string()),
             "kind": pa.array(["applied"] * organic, pa.string()),
             "at": pa.array([datetime(2026, 3, 6, tzinfo=UTC)] * organic, INSTANT)}
        ),
        "alumni": table("alumni", [{"alumnus_id": one, "sex": sex} for one, sex in zip(ids, sexes, strict=True)]),
    }  # fmt: skip
    return count_funnel(tables, now=now, **options)


def _steps(row: FunnelRow) -> dict[str, Step]:
    assert row.steps is not None
    return {step.name: step for step in row.steps}


def test_steps_hold_whoever_came_so_far_or_further() -> None:
    """Of 100 shown, 40 viewed only, 20 applied, 10 were hired (an offer is an interview)."""
    (row,) = _funnel((30, "male", 0), (40, "male", 1), (20, "female", 3), (10, "female", 6))
    steps = _steps(row)
    assert [steps[name].n for name in STEPS] == [100, 70, 30, 30, 10, 10, 0]
    assert steps["applied"].rate is not None and steps["applied"].rate.value == 0.3


def test_rates_wait_until_the_window_of_the_step_is_over() -> None:
    steps = _steps(_funnel((50, "male", 0), (50, "male", 6), now=datetime(2026, 6, 1, tzinfo=UTC))[0])
    assert [steps[name].rate is not None for name in STEPS] == [True, True, True, True, False, False, False]
    assert steps["hired"].n == 50


def test_organic_people_stand_apart() -> None:
    (row,) = _funnel((50, "male", 0), organic=20)
    assert row.organic == {"viewed": 20, "saved": 20, "applied": 20, "interviewed": 0, "hired": 0, "retained_90d": 0}
    assert _steps(row)["applied"].n == 0


def test_groups_add_up_and_a_small_one_takes_a_neighbour_along() -> None:
    everybody, women, men = _funnel((40, "female", 0), (60, "male", 0), by="sex")
    assert (_steps(everybody)["shown"].n, _steps(women)["shown"].n, _steps(men)["shown"].n) == (100, 40, 60)
    everybody, women, men = _funnel((40, "female", 0), (3, "female", 6), (60, "male", 0), by="sex")
    assert everybody.steps is None and women.steps is None
    assert everybody.begins_on == date(2026, 3, 1)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 30), min_size=16, max_size=16))
def test_no_small_difference_between_steps_is_shown(numbers: list[int]) -> None:
    groups = [
        (n, sex, depth)
        for n, (sex, depth) in zip(numbers, ((s, d) for s in ("male", "female") for d in range(8)), strict=True)
    ]
    for row in _funnel(*groups, by="sex") if any(numbers) else ():
        if row.steps is not None:
            exact = -np.diff([step.n for step in row.steps] + [0])
            assert all(n == 0 or n >= 10 for n in exact)


def test_nobody_shown_gives_no_row() -> None:
    assert _funnel() == ()


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"by": "umur"}, "funnel by 'umur'"),
        ({"period": "minggu"}, "period 'minggu'"),
        ({"now": datetime(2026, 1, 1)}, "time zone"),
    ],
)
def test_wrong_question_is_refused(options: dict[str, Any], said: str) -> None:
    with pytest.raises(InvalidInput, match=said):
        _funnel((20, "male", 0), **options)


def test_missing_table_is_named() -> None:
    with pytest.raises(InvalidInput, match="judgements, organic"):
        count_funnel({"alumni": table("alumni", [])}, now=NOW)


def test_market_is_counted_as_it_happened() -> None:
    market = simulate(MarketParameters(n_alumni=3_000), rng=np.random.default_rng(3))
    feedback = judge(market.tables, now=NOW)
    tables = {"judgements": feedback.judgements, "organic": feedback.organic, "alumni": market.tables["alumni"]}
    rows = count_funnel(tables, now=NOW, period="year")
    history = market.history
    hired = history.answers.is_hired & (history.applications.entry >= 0)
    entries = history.applications.entry[hired]
    people = np.unique(history.slates.person[history.entries.slate[entries]])
    assert sum(_steps(row)["hired"].n for row in rows if row.steps) == len(people) > 50


def test_rate_of_a_step_holds_the_truth_as_often_as_stated(runs: int) -> None:
    """Of 500 people each is hired with chance 0.1, whatever the others do."""
    assert is_as_stated(_n_covered(runs, spread=0.0), runs)


def test_people_who_share_their_luck_break_the_rate(runs: int) -> None:
    """One employer hires many or none: the chance of all varies with the month."""
    assert share_interval(_n_covered(runs, spread=0.05), runs)[1] < 0.9


def _n_covered(runs: int, *, spread: float) -> int:
    n_covered = 0
    for seed in range(runs):
        rng = np.random.default_rng(seed)
        rate = _steps(_funnel_of_hired(int(rng.binomial(500, 0.1 + rng.uniform(-spread, spread)))))["hired"].rate
        assert rate is not None
        n_covered += rate.low <= 0.1 <= rate.high
    return n_covered


_ROWS: dict[int, FunnelRow] = {}


def _funnel_of_hired(n_hired: int) -> FunnelRow:
    """Count 500 people of whom so many are hired, each number once."""
    if n_hired not in _ROWS:
        (_ROWS[n_hired],) = _funnel((500 - n_hired, "male", 0), (n_hired, "male", 6))
    return _ROWS[n_hired]
