"""The calendar: months, clocks and seasons, by dates known by heart."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from matcher.simulate.months import CLOCKS, Months


def _months(starts_on: date = date(2025, 1, 1), *, intake: int = 6, at_least: int = 12, swing: float = 0.2) -> Months:
    return Months.of(starts_on, intake_months=intake, at_least=at_least, swing=swing)


@pytest.mark.parametrize(
    ("completed_on", "clock", "first", "last"),
    [
        ("2025-01-01", "2m", "2025-02-16", "2025-03-18"),
        ("2025-03-31", "q2", "2025-07-01", "2025-09-30"),
        ("2025-04-01", "q2", "2025-10-01", "2025-12-31"),
        ("2025-03-31", "q4", "2026-01-01", "2026-03-31"),
        ("2025-06-30", "q4", "2026-04-01", "2026-06-30"),
    ],
)
def test_a_clock_is_the_window_of_the_contract(completed_on: str, clock: str, first: str, last: str) -> None:
    months = _months()
    day = (np.array([completed_on], dtype="datetime64[D]") - np.datetime64("2025-01-01")).astype(np.int64)

    assert [str(months.dates(end)[0]) for end in months.window(clock, day)] == [first, last]


@pytest.mark.parametrize("starts_on", [date(2024, 2, 1), date(2025, 1, 1), date(2025, 12, 1)])
@pytest.mark.parametrize("intake", [1, 6, 24])
def test_the_market_runs_until_the_last_clock_has_closed(starts_on: date, intake: int) -> None:
    months = _months(starts_on, intake=intake, at_least=1)
    last_completed = months.edges[[intake]] - 1

    assert max(months.window(clock, last_completed)[1][0] for clock in CLOCKS) == months.edges[-1] - 1
    assert str(months.dates(months.edges[-1:] - 1)[0]) == months.ends_on.isoformat()


def test_a_market_is_as_long_as_its_slates_are_shown() -> None:
    assert _months(intake=1, at_least=36).n == 36


def test_the_season_is_1_over_a_year_and_highest_in_may() -> None:
    months = _months()

    assert months.season[:12].mean() == pytest.approx(1) and np.argmax(months.season[:12]) == 4
    assert months.season[:12].max() == pytest.approx(1.2)


def test_an_instant_is_the_day_and_its_fraction() -> None:
    assert str(_months().instants(np.array([31.5]))[0]) == "2025-02-01T12:00:00.000000"
