"""Takes the first day of a market and how long it runs; gives its months and clocks in days. Draws nothing.

A day is a number: 0 is the first day of the market, and what lies before it is below 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.typing import NDArray

Days = NDArray[np.int64]

CLOCKS = ("2m", "q2", "q4")
TWO_MONTHS_DAYS = (46, 76)
"""First and last day of the clock of two months, counted from completion."""

TOP_MONTH = 5
"""The month of the year in which most is advertised and found."""


@dataclass(frozen=True, slots=True)
class Months:
    """The calendar of a market.

    ``edges`` int64 (n + 1,): the first day of each of its n months, and the day after the last. ``season`` float64
    (n,): the factor on adverts and job finding, 1 on average over a year.
    """

    starts_on: date
    edges: Days
    season: NDArray[np.float64]

    @classmethod
    def of(cls, starts_on: date, *, intake_months: int, at_least: int, swing: float) -> Months:
        """Return the calendar until the last clock of the last person has closed, of `at_least` so many months.

        Notes
        -----
        Raises nothing for a first day of a month.
        """
        first = np.datetime64(starts_on, "M")
        last_quarter = (_month_number(first) + intake_months - 1) // 3
        n = max(int(3 * (last_quarter + 5) - _month_number(first)), at_least)
        numbers = np.arange(n + 1)
        edges = (first + numbers).astype("datetime64[D]").astype(np.int64)
        of_year = (_month_number(first) + numbers[:-1]) % 12 + 1
        season = 1 + swing * np.cos(2 * np.pi * (of_year - TOP_MONTH) / 12)
        return cls(starts_on, edges - edges[0], season)

    @property
    def n(self) -> int:
        """How many months the market runs."""
        return len(self.season)

    @property
    def ends_on(self) -> date:
        """The last day of the market."""
        return self.starts_on + timedelta(days=int(self.edges[-1]) - 1)

    def dates(self, days: Days) -> NDArray[np.datetime64]:
        """Return the dates of day numbers, datetime64[D] of the same shape.

        Notes
        -----
        Raises nothing.
        """
        return np.datetime64(self.starts_on, "D") + days

    def instants(self, days: NDArray[np.float64]) -> NDArray[np.datetime64]:
        """Return the instants of day numbers with fractions, in UTC to the second: datetime64[us], same shape.

        Notes
        -----
        Raises nothing.
        """
        seconds = np.floor(days * 86_400).astype(np.int64)
        return np.datetime64(self.starts_on, "us") + seconds * np.int64(1_000_000)

    def window(self, clock: str, completed: Days) -> tuple[Days, Days]:
        """Return the first and last day of a clock of ``CLOCKS`` for people by the day they completed, int64 each.

        Notes
        -----
        Two months are the days 46 to 76 after completion; q2 and q4 the second and fourth calendar quarter after that
        of completion. Raises nothing for a known clock.
        """
        if clock == "2m":
            return completed + TWO_MONTHS_DAYS[0], completed + TWO_MONTHS_DAYS[1]
        quarters = _month_number(self.dates(completed).astype("datetime64[M]")) // 3 + int(clock[1])
        return self._first_day(quarters), self._first_day(quarters + 1) - 1

    def _first_day(self, quarters: Days) -> Days:
        months = (quarters * 3).astype("datetime64[M]")
        return (months.astype("datetime64[D]") - np.datetime64(self.starts_on, "D")).astype(np.int64)


def _month_number(months: NDArray[np.datetime64] | np.datetime64) -> Days:
    """Count months from January 1970, so that a quarter is a number divided by 3."""
    return np.asarray(months.astype(np.int64))
