"""Takes a folder of tables and who is in which arm; gives one row a person: arm, stratum, state, what was shown.

Compares nothing. Whoever was assigned stays in their arm, whatever they were shown.
"""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from matcher.domain.errors import InvalidInput
from matcher.domain.holdout import ARMS, Holdout
from matcher.domain.qualifications import EDUCATION_LEVELS, education_rank
from matcher.ingest.datasets import empty_table
from matcher.measure.clocks import open_clocks
from matcher.measure.event_tables import Limits, count, open_tables, table_of, write_answer
from matcher.measure.outcomes import BASES
from matcher.measure.resolve_outcomes import ResolutionReport, write_states

ASSIGNMENT_COLUMNS = ("alumnus_id", "is_held_out", "share_treated")
"""What a table of an assignment must have: string, bool, float64 from 0 to 1."""


@dataclass(frozen=True, slots=True)
class HoldoutPeople:
    """One row a person whose clock is over, and what was left out.

    ``rows``: alumnus_id, is_treated, share, district (int64, -1 unknown), stratum (int64: province and schooling),
    state, is_female, is_disabled, is_returned, schooling (0 to 10), crossed, is_shown. ``n_unassigned`` people are in
    no arm, ``n_unripe`` wait for their clock, ``n_future_impressions`` were shown after ``now``.
    """

    rows: pa.Table
    n_unassigned: int
    n_unripe: int
    n_future_impressions: int
    reports: ResolutionReport


def assigned(data: Path, holdout: Holdout) -> pa.Table:
    """Return the arm of everybody in ``alumni.parquet`` of `data`, as the service deals it.

    Raises
    ------
    InvalidInput
        When the holdout holds nobody out, so that there is nothing to compare.
    MissingFile
        When the alumni are not there.
    """
    if not holdout.is_on:
        raise InvalidInput("holdout 0: nobody is held out; set PADAN_HOLDOUT, or give --assignment")
    with open_tables({"alumni": data / "alumni.parquet"}) as connection:
        people = table_of(connection, "SELECT alumnus_id, district_code FROM alumni")
    ids, places = people["alumnus_id"].to_pylist(), people["district_code"].to_pylist()
    share_of = {code: holdout.share_treated(code) for code in set(places)}
    held_out = [not holdout.is_treated(one, place) for one, place in zip(ids, places, strict=True)]
    columns = [people["alumnus_id"], pa.array(held_out, pa.bool_()), pa.array([share_of[one] for one in places])]
    return pa.table(columns, list(ASSIGNMENT_COLUMNS))


def holdout_people(
    data: Path,
    assignment: pa.Table | Path,
    *,
    clock: str,
    now: datetime,
    base: str = "not_working",
    since: date | None = None,
    limits: Limits | None = None,
) -> HoldoutPeople:
    """Return the people of the experiment with their state at `clock`.

    Parameters
    ----------
    data : Path
        Folder with ``alumni.parquet`` and ``outcomes.parquet``; of ``impressions.parquet``, where it is there, the
        arm that each policy tells is held against the one assigned.
    assignment : pyarrow.Table or Path
        With ``ASSIGNMENT_COLUMNS``, one row a person.
    clock : str
        One of ``CLOCKS``.
    now : datetime
        Aware instant; what is later has not happened.
    base : str
        ``not_working`` at entry, or ``all``.
    since : date, optional
        Day the holdout began: who completed before it was not in it.
    limits : Limits, optional
        Memory and threads.

    Raises
    ------
    InvalidInput
        When the clock or base is unknown, `now` is naive, the assignment lacks a column, is incomplete or repeats a
        person.
    MissingFile
        When a table is not there.
    """
    if base not in BASES:
        raise InvalidInput(f"base '{base}': unknown; choose {' or '.join(BASES)}")
    with tempfile.TemporaryDirectory(prefix="padan-holdout-") as folder:
        scratch = Path(folder)
        alumni = data / "alumni.parquet"
        with open_tables({"alumni": alumni}, scratch=scratch, limits=limits) as connection:
            open_clocks(connection, clock)
            write_answer(connection, "SELECT * FROM clocks", scratch / "clocks.parquet")
        reports = write_states(data / "outcomes.parquet", scratch / "clocks.parquet", scratch, now=now, limits=limits)
        shown = data / "impressions.parquet"
        sources = {
            "alumni": alumni,
            "states": scratch / "states.parquet",
            "assignment": assignment,
            "impressions": shown if shown.is_file() else empty_table("impressions"),
        }
        _check_assignment(assignment)
        with open_tables(sources, scratch=scratch, limits=limits) as connection:
            _refuse_repeats(connection)
            connection.execute(
                f"SET VARIABLE now_us = {round(now.timestamp() * 1_000_000)}; SET VARIABLE base = '{base}'; "
                f"SET VARIABLE since = DATE '{since or date.min:%Y-%m-%d}'"
            )
            connection.execute(_PEOPLE)
            return HoldoutPeople(
                rows=table_of(connection, "SELECT * EXCLUDE (is_ripe) FROM people WHERE share IS NOT NULL AND is_ripe"),
                n_unassigned=count(connection, "SELECT count(*) FROM people WHERE share IS NULL"),
                n_unripe=count(connection, "SELECT count(*) FROM people WHERE share IS NOT NULL AND NOT is_ripe"),
                n_future_impressions=count(connection, f"SELECT count(*) FROM impressions WHERE NOT {_HAPPENED}"),
                reports=reports,
            )


def _check_assignment(assignment: pa.Table | Path) -> None:
    if isinstance(assignment, Path) and not assignment.is_file():
        return  # opening it says so
    names = (pq.read_schema(assignment) if isinstance(assignment, Path) else assignment.schema).names
    missing = [name for name in ASSIGNMENT_COLUMNS if name not in names]
    if missing:
        raise InvalidInput.at(
            "assignment", f"column {', '.join(missing)} missing", f"give {', '.join(ASSIGNMENT_COLUMNS)}"
        )


def _refuse_repeats(connection: duckdb.DuckDBPyConnection) -> None:
    wrong = connection.execute(_WRONG).fetchone()
    if wrong:
        raise InvalidInput.at(
            "assignment", f"alumnus '{wrong[0]}' repeats, is incomplete or has a share outside 0 .. 1",
            "give one whole row a person",
        )  # fmt: skip


_RANK = "CASE a.education {} END".format(
    " ".join(f"WHEN '{level}' THEN {education_rank(level)}" for level in EDUCATION_LEVELS)
)

_ARM = "|".join(ARMS)

_HAPPENED = "epoch_us(shown_at) <= getvariable('now_us')"

_WRONG = """
SELECT alumnus_id FROM assignment GROUP BY alumnus_id
HAVING count(*) > 1 OR alumnus_id IS NULL OR bool_or(is_held_out IS NULL OR share_treated IS NULL
    OR share_treated NOT BETWEEN 0 AND 1)
LIMIT 1
"""

_PEOPLE = f"""
CREATE TABLE people AS
WITH seen AS (
    SELECT alumnus_id, regexp_extract(policy, '(^|/arm=)({_ARM})$', 2) AS arm FROM impressions
    WHERE {_HAPPENED}
), arms AS (
    SELECT alumnus_id, bool_or(arm = '{ARMS[0]}') AS saw_plain, bool_or(arm = '{ARMS[1]}') AS saw_ranked
    FROM seen WHERE arm <> '' GROUP BY alumnus_id
)
SELECT a.alumnus_id, NOT g.is_held_out AS is_treated, g.share_treated::DOUBLE AS share,
    coalesce(replace(a.district_code, '.', '')::BIGINT, -1) AS district,
    coalesce(a.province_code::BIGINT, 0) * 16 + coalesce({_RANK}, 15) AS stratum,
    s.state, (a.sex IS NOT DISTINCT FROM 'female')::DOUBLE AS is_female,
    coalesce(a.has_disability, false)::DOUBLE AS is_disabled,
    coalesce(a.is_returned_migrant, false)::DOUBLE AS is_returned,
    coalesce({_RANK}, 2)::DOUBLE AS schooling,
    coalesce(CASE WHEN g.is_held_out THEN saw_ranked ELSE saw_plain END, false) AS crossed,
    m.alumnus_id IS NOT NULL AS is_shown, s.is_ripe
FROM alumni a
JOIN states s ON s.alumnus_id = a.alumnus_id
LEFT JOIN assignment g ON g.alumnus_id = a.alumnus_id
LEFT JOIN arms m ON m.alumnus_id = a.alumnus_id
WHERE a.completed_on BETWEEN getvariable('since') AND make_timestamp(getvariable('now_us'))::DATE
    AND (getvariable('base') = 'all' OR a.employment_at_entry IS NOT DISTINCT FROM 'not_working')
ORDER BY a.alumnus_id
"""
