"""Takes a folder of tables in home form; gives one narrow Parquet file with a row for everybody who completed.

A row holds what cohorts are formed by and the state at one clock. Computes no rate.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import duckdb

from matcher.domain.qualifications import EDUCATION_LEVELS
from matcher.ingest.datasets import empty_table
from matcher.measure.clocks import open_clocks
from matcher.measure.event_tables import Limits, Source, count, open_tables, write_answer
from matcher.measure.resolve_outcomes import ResolutionReport, write_states

COHORT_COLUMNS = (
    "wave",
    "province_code",
    "district_code",
    "course_id",
    "provider",
    "sex",
    "has_disability",
    "education",
    "is_returned_migrant",
    "employment_at_entry",
)
"""What a table of outcomes can be split by."""


_ENTRIES = ("not_working", "employee", "self_employed")


def _place_in(values: tuple[str, ...], column: str) -> str:
    listed = ", ".join(f"'{value}'" for value in values)
    return f"coalesce(list_position([{listed}], {column}), 0)"


STRATUM = (
    f"({_place_in(EDUCATION_LEVELS, 'education')} * 12 + {_place_in(('female', 'male'), 'sex')} * 4 "
    f"+ {_place_in(_ENTRIES, 'employment_at_entry')})::USMALLINT"
)
"""SQL of the stratum that silence is weighted by: schooling, sex and work at entry in one small number.

Strata next to each other are alike. One number is counted over everybody in less than half the time of three texts.
"""

IS_IDLE_AT_ENTRY = "stratum % 4 = 1"
"""SQL that is true where the person was not working at entry."""

KINDS = ("unripe", "employed", "self_employed", "not_working", "silent")
"""What a cell counts people as: clock still running, else the state, no answer and not asked being silent."""

SOURCES = ("survey", "self", "officer", "administrative", "employer")

CELL = f"""({STRATUM} * 8 + CASE WHEN NOT is_ripe THEN 0 WHEN state IN ('no_response', 'not_asked') THEN 4
    ELSE {_place_in(KINDS, "state")} - 1 END)::USMALLINT"""
"""SQL of stratum and kind (place in ``KINDS``) in one small number: the one column that is counted over everybody."""

TOLD = f"""CASE WHEN is_ripe AND source IS NOT NULL
    THEN {_place_in(SOURCES, "source")} * 2 + coalesce(employment_at_entry = 'not_working', false)::INT + 2 ELSE 0
    END::UTINYINT"""
"""SQL of the source, 1 more than its place in ``SOURCES`` (1 if unknown), times 2; odd where not working at entry.

0 where the clock still runs or nobody told.
"""


@dataclass(frozen=True, slots=True)
class CohortFile:
    """What went into the file: people known, people who completed by ``now``, and the account of the reports."""

    n_alumni: int
    n_completed: int
    reports: ResolutionReport


def write_cohort(data: Path, to: Path, *, clock: str, now: datetime, limits: Limits | None = None) -> CohortFile:
    """Write the Parquet file `to` with the state at `clock` of everybody in `data` who completed.

    Parameters
    ----------
    data : Path
        Folder with ``alumni.parquet`` and ``outcomes.parquet``; ``certificates.parquet`` and ``courses.parquet`` are
        read where they are there, else course and provider stay null.
    to : Path
        File to write, all of it or nothing; its folder exists.
    clock : str
        One of ``CLOCKS``.
    now : datetime
        Aware instant; windows that end later are not ripe.
    limits : Limits, optional
        Memory and threads.

    Raises
    ------
    InvalidInput
        When the clock is unknown, `now` is naive or a table is not in home form.
    MissingFile
        When alumni or outcomes are not there.
    OSError
        When `to` cannot be written.

    Notes
    -----
    Columns: ``COHORT_COLUMNS`` (string), ``state``, ``source``, ``is_ripe``, and the numbers that are counted:
    ``cell`` (``CELL``) and ``told`` (``TOLD``). The course
    of a person is that of the certificate issued first, which is what ``completed_on`` counts from; so everybody counts
    once and courses add up. Whoever completed after `now` is not in the file.
    """
    with tempfile.TemporaryDirectory(prefix=".cohort-", dir=to.parent) as folder:
        scratch = Path(folder)
        clocks = scratch / "clocks.parquet"
        with open_tables({"alumni": data / "alumni.parquet"}, scratch=scratch, limits=limits) as connection:
            open_clocks(connection, clock)
            write_answer(connection, "SELECT * FROM clocks", clocks)
        reports = write_states(data / "outcomes.parquet", clocks, scratch, now=now, limits=limits)
        sources = _sources(data) | {"states": scratch / "states.parquet"}
        with open_tables(sources, scratch=scratch, limits=limits) as connection:
            connection.execute(f"SET VARIABLE today = DATE '{now:%Y-%m-%d}'")
            write_answer(connection, _COHORT, to)
            return _account(connection, reports)


def _sources(data: Path) -> dict[str, Source]:
    given: dict[str, Source] = {"alumni": data / "alumni.parquet"}
    for name in ("certificates", "courses"):
        path = data / f"{name}.parquet"
        given[name] = path if path.is_file() else empty_table(name)
    return given


def _account(connection: duckdb.DuckDBPyConnection, reports: ResolutionReport) -> CohortFile:
    return CohortFile(
        n_alumni=count(connection, "SELECT count(*) FROM alumni"),
        n_completed=count(connection, "SELECT count(*) FROM alumni WHERE completed_on <= getvariable('today')"),
        reports=reports,
    )


_COHORT = f"""
WITH first_course AS (
    SELECT alumnus_id, arg_min(course_id, (coalesce(issued_on, DATE '9999-12-31'), course_id)) AS course_id
    FROM certificates WHERE course_id IS NOT NULL GROUP BY alumnus_id
)
SELECT a.wave, a.province_code, a.district_code, f.course_id, c.provider, a.sex,
    a.has_disability::VARCHAR AS has_disability, a.education, a.is_returned_migrant::VARCHAR AS is_returned_migrant,
    a.employment_at_entry, s.state, s.source, s.is_ripe,
    {CELL} AS cell, {TOLD} AS told
FROM alumni a
JOIN states s ON s.alumnus_id = a.alumnus_id
LEFT JOIN first_course f ON f.alumnus_id = a.alumnus_id
LEFT JOIN courses c ON c.course_id = f.course_id
WHERE a.completed_on <= getvariable('today')
"""
