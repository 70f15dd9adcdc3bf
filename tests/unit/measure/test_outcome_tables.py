"""Several tables of the same people at once: what one withholds, another must not give away."""

from __future__ import annotations

from itertools import product

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.measure.cohort_files import CELL, COHORT_COLUMNS, TOLD
from matcher.measure.disclosure_attack import LEAST_PEOPLE, Publication, reachable_width
from matcher.measure.outcomes import OutcomeTable, count_outcome_tables, count_outcomes

COLUMNS = ("province_code", "sex", "education")
VALUES = (("31", "32", "33"), ("female", "male"), ("SD", "SMA", "S1"))
CELLS = list(product(*VALUES))
STATES = ("employed", "not_working", "no_response")
BYS = (("province_code", "sex"), ("sex", "education"))


def _cohort(numbers: np.ndarray) -> pa.Table:
    """Give people not working at entry: `numbers` (n_cells, 3) of those at work, not working and silent."""
    rows = [
        dict.fromkeys(COHORT_COLUMNS) | dict(zip(COLUMNS, cell, strict=True)) | {"state": state}
        for cell, counts in zip(CELLS, numbers, strict=True)
        for state, n in zip(STATES, counts, strict=True)
        for _ in range(n)
    ]
    names = (*COHORT_COLUMNS, "state")
    people = pa.table({name: pa.array([row[name] for row in rows], pa.string()) for name in names})
    with duckdb.connect() as connection:
        connection.register("people", people)
        return connection.sql(
            f"""WITH p AS (SELECT * REPLACE ('not_working' AS employment_at_entry), 'self' AS source, true AS is_ripe
            FROM people) SELECT *, {CELL} AS cell, {TOLD} AS told FROM p"""
        ).to_arrow_table()


def _publication(numbers: np.ndarray, tables: tuple[OutcomeTable, ...]) -> Publication:
    """Give all that the tables show, over the finest cells, to an attacker."""
    wheres = [cohort for table in tables for cohort in table.cohorts]
    members = [
        [
            all(dict(zip(COLUMNS, cell, strict=True))[name] == value for name, value in row.where.items())
            for cell in CELLS
        ]
        for row in wheres
    ]
    counts = np.column_stack([numbers.sum(axis=1), numbers])
    return Publication(counts, np.array(members), np.array([row.figures is not None for row in wheres]))


def _n_found_out(shown: Publication) -> int:
    return sum(reachable_width([shown], int(row), int(kind)) < LEAST_PEOPLE for row, kind in np.argwhere(shown.small()))


NUMBERS = st.lists(st.integers(0, 40), min_size=len(CELLS) * 3, max_size=len(CELLS) * 3)


@settings(max_examples=10, deadline=None)
@given(NUMBERS)
def test_nothing_withheld_can_be_worked_out_from_all_tables_together(drawn: list[int]) -> None:
    numbers = np.array(drawn).reshape(len(CELLS), 3)
    tables = count_outcome_tables(_cohort(numbers), BYS, clock="2m")
    shown = _publication(numbers, tables)
    assert not (shown.small() & shown.is_published[:, None]).any()
    assert _n_found_out(shown) == 0


def test_tables_withheld_one_by_one_give_each_other_away() -> None:
    """The full table hides one cell among partners; the two tables of pairs then hold each sum with one unknown."""
    numbers = np.random.default_rng(0).integers(20, 60, size=(len(CELLS), 3))
    numbers[:3] = [[4, 30, 30], [150, 150, 150], [150, 150, 150]]
    cohort, bys = _cohort(numbers), (COLUMNS, *BYS)
    apart = tuple(count_outcomes(cohort, by, clock="2m") for by in bys)
    assert _n_found_out(_publication(numbers, apart)) == 1
    together = count_outcome_tables(cohort, bys, clock="2m")
    assert _n_found_out(_publication(numbers, together)) == 0


def test_margin_that_tables_share_is_shown_in_all_or_in_none() -> None:
    numbers = np.random.default_rng(1).integers(0, 40, size=(len(CELLS), 3))
    first, second = count_outcome_tables(_cohort(numbers), BYS, clock="2m")
    by_sex = [
        {cohort.where["sex"]: cohort.figures for cohort in table.cohorts if list(cohort.where) == ["sex"]}
        for table in (first, second)
    ]
    assert by_sex[0] == by_sex[1] and len(by_sex[0]) == 2


def test_one_table_alone_is_what_it_was() -> None:
    numbers = np.random.default_rng(2).integers(0, 60, size=(len(CELLS), 3))
    cohort = _cohort(numbers)
    assert count_outcome_tables(cohort, [("sex",)], clock="2m") == (count_outcomes(cohort, ("sex",), clock="2m"),)
    with pytest.raises(InvalidInput, match="no table asked for"):
        count_outcome_tables(cohort, [], clock="2m")
