"""Ids, dates and names are what they stand for, null where there is nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.ingest.schemas import WORDS
from matcher.simulate.arrow_columns import days, ids, in_home_form, instants, named
from matcher.simulate.months import Months

MONTHS = Months.of(date(2025, 1, 1), intake_months=1, at_least=1, swing=0.0)


@given(st.lists(st.integers(0, 999_999_999)))
def test_an_id_is_its_number(numbers: list[int]) -> None:
    column = ids("a", np.array(numbers, dtype=np.int64))
    column.validate(full=True)

    assert column.to_pylist() == [f"a-{number:09d}" for number in numbers]


def test_what_is_not_there_is_null() -> None:
    there = np.array([True, False])

    assert ids("v", np.array([7, -1]), is_there=there).to_pylist() == ["v-000000007", None]
    assert days(np.array([31, 0]), MONTHS, is_there=there).to_pylist() == [date(2025, 2, 1), None]
    told = instants(np.array([0.5, np.nan]), MONTHS, is_there=there).to_pylist()
    assert told == [datetime(2025, 1, 1, 12, tzinfo=UTC), None]


def test_codes_become_names_and_lists() -> None:
    assert named(np.array([1, -1, 0]), ["a", None]).to_pylist() == [None, None, "a"]
    assert named(np.array([1, 0]), [[], ["x"]], WORDS).to_pylist() == [["x"], []]


def test_a_column_not_given_is_null_and_one_of_another_length_refused() -> None:
    table = in_home_form("licences", {"alumnus_id": ["a"], "kind": ["SIM A"]}, 1)

    assert table.to_pylist() == [{"alumnus_id": "a", "kind": "SIM A", "class": None, "expires_on": None}]
    with pytest.raises(pa.ArrowInvalid):
        in_home_form("licences", {"alumnus_id": ["a", "b"], "kind": ["SIM A"]}, 1).validate()
