"""Windows counted from the day of completion; the same in Python and in SQL."""

from __future__ import annotations

from datetime import date

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.measure.clocks import CLOCKS, clock_window, is_ripe, open_clocks

DAYS = st.dates(date(2019, 1, 1), date(2031, 12, 31))


@pytest.mark.parametrize(
    ("clock", "completed", "first", "last"),
    [
        ("2m", date(2026, 1, 15), date(2026, 3, 2), date(2026, 4, 1)),
        ("q2", date(2026, 1, 1), date(2026, 7, 1), date(2026, 9, 30)),
        ("q2", date(2026, 12, 31), date(2027, 4, 1), date(2027, 6, 30)),
        ("q4", date(2026, 2, 28), date(2027, 1, 1), date(2027, 3, 31)),
    ],
)
def test_window_counts_from_completion(clock: str, completed: date, first: date, last: date) -> None:
    assert clock_window(clock, completed) == (first, last)


def test_window_is_ripe_the_day_after_its_last() -> None:
    completed = date(2026, 1, 15)
    assert not is_ripe("2m", completed, as_of=date(2026, 4, 1))
    assert is_ripe("2m", completed, as_of=date(2026, 4, 2))


def test_unknown_clock_is_refused() -> None:
    with pytest.raises(InvalidInput, match="clock 'q3': unknown; choose one of 2m, q2, q4"):
        clock_window("q3", date(2026, 1, 1))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.none() | DAYS, min_size=1, max_size=20), st.sampled_from(CLOCKS))
def test_sql_gives_the_same_windows(days: list[date | None], clock: str) -> None:
    ids = [f"a-{number}" for number in range(len(days))]
    with duckdb.connect() as connection:
        connection.register("alumni", pa.table({"alumnus_id": ids, "completed_on": pa.array(days, pa.date32())}))
        open_clocks(connection, clock)
        rows = dict(connection.execute("SELECT alumnus_id, (from_on, to_on) FROM clocks").fetchall())
    expected = {name: clock_window(clock, day) for name, day in zip(ids, days, strict=True) if day}
    assert {name: tuple(pair) for name, pair in rows.items()} == expected
