"""Takes the file of a cohort and the courses; gives the share at work by course, drawn towards provider and occupation.

Withholds what the outcomes by course withhold and uses nothing else, so it tells nothing that they do not. Says what
became of takers, not what the course did for them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.ingest.datasets import whole_or_nothing
from matcher.measure.event_tables import Limits, Source, open_tables
from matcher.measure.outcomes import Cohort, OutcomeTable, count_outcomes
from matcher.measure.rates import Rate
from matcher.measure.shrinkage import Pool, Shrunk, shrink_shares

COLUMNS = pa.schema(
    [("course_id", pa.string()), ("value", pa.float64()), ("low", pa.float64()), ("high", pa.float64()),
     ("n", pa.int64())]
)  # fmt: skip
"""The columns of the table written: all but the course is null where withheld or unknown."""


@dataclass(frozen=True, slots=True)
class CourseValue:
    """One course: takers heard of, those at work, and the share drawn towards its kin; ``None`` where withheld.

    ``prior_mean`` is what provider and occupation alone would make one expect.
    """

    course_id: str
    n_at_work: int | None = None
    n_answered: int | None = None
    value: Rate | None = None
    prior_mean: float | None = None


@dataclass(frozen=True, slots=True)
class CourseValues:
    """All courses of the cohort, those whose lower end is highest first, unknown and withheld ones last.

    ``concentration`` is how many answers the prior is worth, and the spreads are of the logit; ``None`` where too few
    courses are shown to tell.
    """

    clock: str
    base: str
    courses: tuple[CourseValue, ...]
    concentration: float | None
    provider_sd: float | None
    occupation_sd: float | None


def value_courses(
    cohort: Source, courses: Source, *, clock: str, base: str = "not_working", limits: Limits | None = None
) -> CourseValues:
    """Return the value of every course that somebody in `cohort` took first.

    Parameters
    ----------
    cohort : pyarrow.Table or Path
        As ``write_cohort`` leaves it.
    courses : pyarrow.Table or Path
        Courses in home form; provider and occupation are read.
    clock, base, limits
        As for ``count_outcomes``.

    Raises
    ------
    InvalidInput
        When the base is unknown, a course repeats, or a table lacks a column.
    MissingFile
        When a file is not there.

    Notes
    -----
    A person counts for the course completed first, among those who answered. Estimated by ``shrink_shares`` from the
    rows that ``count_outcomes`` by course shows and, where it shows the total, what they leave of it: so whoever knows
    those outcomes learns no more from these figures. Courses without a provider, or an occupation, are one group.
    Fewer than ``LEAST_UNITS`` courses with answers have no value.
    """
    table = count_outcomes(cohort, ("course_id",), clock=clock, base=base, limits=limits)
    rows = [row for row in table.cohorts[1:] if row.where["course_id"] is not None]
    shown = [row for row in rows if row.figures and row.figures.n_answered]
    shrunk = shrink_shares(*_counts(shown), _groups(shown, courses), pool=_pool(table))
    told = {_id(row): _untold(row) for row in rows} | _valued(shown, shrunk)
    ordered = sorted(told.values(), key=lambda one: (-one.value.low if one.value else 1.0, one.course_id))
    sds = shrunk.group_sds if shrunk else (None, None)
    return CourseValues(clock, base, tuple(ordered), shrunk and shrunk.concentration, *sds)


def write_course_values(values: CourseValues, to: Path) -> Path:
    """Write the Parquet file `to` with the columns ``COLUMNS``, a row a course, and return it.

    Raises
    ------
    OSError
        When `to` cannot be written.
    """
    rates = [one.value for one in values.courses]
    columns = {
        "course_id": [one.course_id for one in values.courses],
        **{name: [rate and getattr(rate, name) for rate in rates] for name in ("value", "low", "high")},
        "n": [rate and int(rate.n) for rate in rates],
    }
    with whole_or_nothing(to) as draft:
        pq.write_table(pa.table(columns, schema=COLUMNS), draft)
    return to


def _counts(shown: Sequence[Cohort]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    pairs = [(row.figures.n_at_work, row.figures.n_answered) for row in shown if row.figures]
    counts = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return counts[:, 0], counts[:, 1]


def _groups(shown: Sequence[Cohort], courses: Source) -> list[NDArray[np.intp]]:
    """Give the number of the provider and of the occupation of each course shown."""
    with open_tables({"courses": courses}) as connection:
        rows = connection.execute("SELECT course_id, provider, occupation_code FROM courses").fetchall()
    known = {course_id: (provider, occupation) for course_id, provider, occupation in rows}
    if len(known) < len(rows):
        raise InvalidInput(f"courses: {len(rows) - len(known)} ids stand twice; ingest the table again")
    named = [known.get(_id(row), (None, None)) for row in shown]
    return [_numbered([one[kind] or "" for one in named]) for kind in (0, 1)]


def _numbered(names: list[str]) -> NDArray[np.intp]:
    return np.unique(np.array(names, dtype=str), return_inverse=True)[1].astype(np.intp)


def _pool(table: OutcomeTable) -> Pool | None:
    """Give what the shown rows leave of the total: anybody can subtract as much."""
    total, rows = table.total.figures, table.cohorts[1:]
    n_hidden = sum(row.figures is None for row in rows)
    if total is None or not n_hidden:
        return None
    shown = [row.figures for row in rows if row.figures]
    n = total.n_answered - sum(one.n_answered for one in shown)
    return Pool(total.n_at_work - sum(one.n_at_work for one in shown), n, n_hidden) if n else None


def _valued(shown: Sequence[Cohort], shrunk: Shrunk | None) -> dict[str, CourseValue]:
    if shrunk is None:
        return {}
    ends = zip(shrunk.values.tolist(), shrunk.lows.tolist(), shrunk.highs.tolist(), strict=True)
    found, n = (counts.tolist() for counts in _counts(shown))
    return {
        _id(row): CourseValue(_id(row), found[place], n[place], Rate(*rate, n[place]), float(shrunk.prior_means[place]))
        for place, (row, rate) in enumerate(zip(shown, ends, strict=True))
    }


def _untold(row: Cohort) -> CourseValue:
    if row.figures is None:
        return CourseValue(_id(row))
    return CourseValue(_id(row), row.figures.n_at_work, row.figures.n_answered)


def _id(row: Cohort) -> str:
    return str(row.where["course_id"])
