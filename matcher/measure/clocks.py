"""Takes the day on which people completed their first course; gives the days in which their work is asked about.

Says nothing about anybody's work.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

import duckdb

from matcher.domain.errors import InvalidInput

TWO_MONTHS_DAYS = (46, 76)
"""First and last day of the clock of the PMO, counted from the day of completion."""

QUARTERS_AFTER: Mapping[str, int] = MappingProxyType({"q2": 2, "q4": 4})
"""Which calendar quarter after the quarter of completion a clock is; the practice of WIOA in the United States."""

CLOCKS = ("2m", *QUARTERS_AFTER)


def clock_window(clock: str, completed_on: date) -> tuple[date, date]:
    """Return the first and the last day of `clock`, both within it.

    Raises
    ------
    InvalidInput
        When no clock has that name.

    Examples
    --------
    Who completed on 15 January 2026 is asked from 2 March to 1 April; quarter 2 after it is July to September 2026.

    >>> clock_window("q2", date(2026, 1, 15))
    (datetime.date(2026, 7, 1), datetime.date(2026, 9, 30))
    """
    require_clock(clock)
    if clock == "2m":
        first, last = (completed_on + timedelta(days=days) for days in TWO_MONTHS_DAYS)
        return first, last
    quarter = completed_on.year * 4 + (completed_on.month - 1) // 3 + QUARTERS_AFTER[clock]
    return _first_day(quarter), _first_day(quarter + 1) - timedelta(days=1)


def is_ripe(clock: str, completed_on: date, *, as_of: date) -> bool:
    """Return whether the window is over on the day `as_of`, so that silence may be counted.

    Raises
    ------
    InvalidInput
        When no clock has that name.
    """
    return clock_window(clock, completed_on)[1] < as_of


def require_clock(clock: str) -> None:
    """Refuse a name that is no clock.

    Raises
    ------
    InvalidInput
        When no clock has that name.
    """
    if clock not in CLOCKS:
        raise InvalidInput(f"clock '{clock}': unknown; choose one of {', '.join(CLOCKS)}")


def open_clocks(connection: duckdb.DuckDBPyConnection, clock: str) -> None:
    """Give `connection`, which knows the view ``alumni``, the view ``clocks``: a window for everybody who completed.

    Raises
    ------
    InvalidInput
        When no clock has that name.

    Notes
    -----
    Columns: ``alumnus_id, clock, from_on, to_on``, the rows that ``resolve_outcomes`` takes. Whoever has no
    ``completed_on`` has no row.
    """
    require_clock(clock)
    first, last = _BOUNDS[clock]
    connection.execute(
        f"CREATE VIEW clocks AS SELECT alumnus_id, '{clock}' AS clock, ({first})::DATE AS from_on, "
        f"({last})::DATE AS to_on FROM alumni WHERE completed_on IS NOT NULL"
    )


def _first_day(quarter: int) -> date:
    return date(quarter // 4, quarter % 4 * 3 + 1, 1)


def _quarter_bounds(n: int) -> tuple[str, str]:
    begin = "date_trunc('quarter', completed_on)"
    return f"{begin} + INTERVAL {3 * n} MONTH", f"{begin} + INTERVAL {3 * n + 3} MONTH - INTERVAL 1 DAY"


_BOUNDS = {
    "2m": (f"completed_on + {TWO_MONTHS_DAYS[0]}", f"completed_on + {TWO_MONTHS_DAYS[1]}"),
    **{clock: _quarter_bounds(n) for clock, n in QUARTERS_AFTER.items()},
}
