"""Takes outcome reports and clock windows; gives one state for each person and clock, with the source it rests on.

Where sources contradict each other a written order of trust decides. Nothing is averaged and no rate is computed here.

The order. A register or an employer that says "works" knows it best; an officer has spoken to the person; a survey asks
everybody the same question about the same day; a self-report comes when the person chooses. A register or an employer
that says "not working" knows only that the person is not in its own list, and most work is in no list: it goes last.
Before that, what was seen within the window goes before what is only carried to it (a job not known to have ended is
believed for a while after it was last seen). "No response" is no evidence at all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

import duckdb
import pyarrow as pa

from matcher.domain.errors import InvalidInput
from matcher.measure.corrections import correction_reasons
from matcher.measure.event_tables import Limits, Source, count, open_tables, table_of, write_answer

STATES = ("employed", "self_employed", "not_working", "no_response", "not_asked")

LEVELS: Mapping[tuple[str, bool], int] = MappingProxyType(
    {
        ("administrative", True): 1,
        ("employer", True): 2,
        ("officer", True): 3,
        ("officer", False): 3,
        ("survey", True): 4,
        ("survey", False): 4,
        ("self", True): 5,
        ("self", False): 5,
        ("administrative", False): 6,
        ("employer", False): 7,
    }
)
"""Level of trust, 1 the most, of a source that says ``True`` the person works, or ``False`` does not.

On one level the report last seen decides.
"""

WEAK_FROM = 6
"""Levels from here on only say that the person is in no list; any other evidence goes before them."""

CARRY_DAYS = 92
"""How many days a job that is not known to have ended is believed after it was last seen: one quarter."""


@dataclass(frozen=True, slots=True)
class ResolutionReport:
    """The account of every report read: used for some clock, speaking for none, or set aside and why."""

    n_reports: int
    n_used: int
    n_beside: int
    n_contradicted: int
    set_aside: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Resolution:
    """States and the reports set aside, with their account.

    ``states`` has one row for each row of the clocks, in the order of person and clock: ``alumnus_id, clock``;
    ``state``, one of ``STATES``; ``also_self_employed``, true where an employed person runs a business too; ``source``
    and ``seen_on`` of the report it rests on; ``is_carried``, true where the job was last seen before the window;
    ``is_contradicted``, true where somebody who would know says the opposite; ``n_employers`` named by the evidence;
    ``n_reports`` that speak for this clock; ``is_ripe``, whether the window is over. An unripe state is what is known
    so far: never count its silence.
    """

    states: pa.Table
    set_aside: pa.Table
    report: ResolutionReport


def resolve_outcomes(outcomes: Source, clocks: Source, *, now: datetime, carry_days: int = CARRY_DAYS) -> Resolution:
    """Return the state of every person at every clock, held in memory.

    Parameters
    ----------
    outcomes : pyarrow.Table or Path
        Reports in home form.
    clocks : pyarrow.Table or Path
        ``alumnus_id`` and ``clock`` (string), ``from_on`` and ``to_on`` (date, both within the window); one row for
        each person and clock. Whoever has none is not known.
    now : datetime
        Aware instant; what was seen or asked after it has not happened.
    carry_days : int
        How many days a job that is not known to have ended is believed after it was last seen.

    Raises
    ------
    InvalidInput
        When `now` is naive, `carry_days` is negative, a column is missing, a clock repeats for a person or ends before
        it begins. No content of a report raises.
    MissingFile
        When a file is not there.

    Notes
    -----
    A report of work speaks for the days from its start to its end; without a start, for the day it was seen; without an
    end, for sure to the day it was seen and carried `carry_days` further, though not beyond an end that another report
    gives for the same job (same person and kind, and the same employer or the same start). "Not working" speaks for the
    day it was seen. Seen is ``observed_on``, else the UTC day of ``asked_at``, else ``started_on``.
    """
    with open_tables({"outcomes": outcomes, "clocks": clocks}) as connection:
        _prepare(connection, now, carry_days)
        return Resolution(
            states=table_of(connection, f"{_STATES} ORDER BY alumnus_id, clock"),
            set_aside=table_of(connection, f"{_SET_ASIDE} ORDER BY reason, outcome_id"),
            report=_report(connection),
        )


def write_states(
    outcomes: Path, clocks: Path, to: Path, *, now: datetime, limits: Limits | None = None
) -> ResolutionReport:
    """Write ``states.parquet`` and ``outcomes_set_aside.parquet`` into the folder `to`, and return the account.

    Parameters
    ----------
    outcomes, clocks, now
        As for :func:`resolve_outcomes`.
    to : Path
        Made if it is missing.
    limits : Limits, optional
        Memory and threads.

    Raises
    ------
    InvalidInput, MissingFile
        As :func:`resolve_outcomes`.
    OSError
        When `to` cannot be written.
    """
    to.mkdir(parents=True, exist_ok=True)
    with open_tables({"outcomes": outcomes, "clocks": clocks}, scratch=to, limits=limits) as connection:
        _prepare(connection, now, CARRY_DAYS)
        write_answer(connection, f"{_STATES} ORDER BY alumnus_id, clock", to / "states.parquet")
        write_answer(connection, _SET_ASIDE, to / "outcomes_set_aside.parquet")
        return _report(connection)


def open_reports(connection: duckdb.DuckDBPyConnection, *, now: datetime) -> None:
    """Give `connection`, which knows ``outcomes`` and ``clocks``, the table ``report``: what is sound and what is not.

    Raises
    ------
    InvalidInput
        When `now` is naive.

    Notes
    -----
    A row for each report with ``seen_on``, the day it speaks of, and ``reason``, why it is set aside, else null. Only
    ``alumnus_id`` of ``clocks`` is read: whoever is not there is not known.
    """
    if now.tzinfo is None:
        raise InvalidInput(f"now = {now}: has no time zone; pass an aware instant")
    connection.execute(f"SET VARIABLE now_us = {round(now.timestamp() * 1_000_000)}")
    connection.execute(_TRUST)
    connection.execute(_REPORT)
    _set_corrected_aside(connection)


def _prepare(connection: duckdb.DuckDBPyConnection, now: datetime, carry_days: int) -> None:
    if carry_days < 0:
        raise InvalidInput(f"carry_days = {carry_days}: a job cannot be believed for less than 0 days")
    _check_clocks(connection)
    open_reports(connection, now=now)
    connection.execute(f"SET VARIABLE carry_days = {carry_days}")
    for statement in (_SPELL, _EVIDENCE, _BEST):
        connection.execute(statement)


def _check_clocks(connection: duckdb.DuckDBPyConnection) -> None:
    columns = {row[0] for row in connection.execute("DESCRIBE clocks").fetchall()}
    missing = sorted({"alumnus_id", "clock", "from_on", "to_on"} - columns)
    if missing:
        raise InvalidInput(f"clocks: column {', '.join(missing)} missing; pass alumnus_id, clock, from_on and to_on")
    wrong = connection.execute(_WRONG_CLOCK).fetchone()
    if wrong:
        raise InvalidInput(
            f"clocks: '{wrong[1]}' of alumnus '{wrong[0]}' repeats, is incomplete or ends before it begins; "
            "pass one whole window for each person and clock"
        )


def _set_corrected_aside(connection: duckdb.DuckDBPyConnection) -> None:
    linked = connection.sql(_LINKED).to_arrow_table()
    ids, corrects, persons = (
        pa.concat_arrays([pa.array([], pa.string()), *linked[name].chunks])
        for name in ("outcome_id", "corrects_id", "alumnus_id")
    )
    reasons = pa.array(correction_reasons(ids, corrects, persons).tolist(), pa.string())
    connection.register("corrected", pa.table({"line": linked["line"], "reason": reasons}))
    connection.execute(
        "UPDATE report SET reason = corrected.reason FROM corrected "
        "WHERE report.line = corrected.line AND corrected.reason IS NOT NULL"
    )
    connection.unregister("corrected")


def _report(connection: duckdb.DuckDBPyConnection) -> ResolutionReport:
    n_sound = count(connection, "SELECT count(*) FROM report WHERE reason IS NULL")
    n_used = count(connection, "SELECT count(DISTINCT line) FROM evidence")
    reasons = connection.execute(
        "SELECT reason, count(*) FROM report WHERE reason IS NOT NULL GROUP BY reason ORDER BY reason"
    ).fetchall()
    return ResolutionReport(
        n_reports=count(connection, "SELECT count(*) FROM report"),
        n_used=n_used,
        n_beside=n_sound - n_used,
        n_contradicted=count(connection, f"SELECT count(*) FROM ({_STATES}) WHERE is_contradicted"),
        set_aside=dict(reasons),
    )


_WRONG_CLOCK = """
SELECT alumnus_id, clock FROM clocks
GROUP BY alumnus_id, clock
HAVING count(*) > 1 OR alumnus_id IS NULL OR clock IS NULL
    OR bool_or(from_on IS NULL OR to_on IS NULL OR to_on < from_on)
ORDER BY ALL LIMIT 1
"""

_TRUST = "CREATE TABLE trust AS SELECT * FROM (VALUES {}) AS t(source, works, level)".format(
    ", ".join(f"('{source}', {works}, {level})" for (source, works), level in LEVELS.items())
)

_REPORT = """
CREATE TABLE report AS
WITH read AS (
    SELECT row_number() OVER () AS line, *, coalesce(observed_on, asked_at::DATE, started_on) AS seen_on FROM outcomes
), known AS (SELECT DISTINCT alumnus_id FROM clocks)
SELECT r.* EXCLUDE (asked_at), asked_at::DATE AS asked_on, CASE
    WHEN r.outcome_id IS NULL OR r.alumnus_id IS NULL OR kind IS NULL THEN 'incomplete'
    WHEN row_number() OVER (PARTITION BY r.outcome_id ORDER BY seen_on, kind, source, started_on, ended_on) > 1
        THEN 'duplicate_id'
    WHEN kind NOT IN ('employed', 'self_employed', 'not_working', 'no_response') THEN 'unknown_kind'
    WHEN kind <> 'no_response' AND (source IS NULL OR source NOT IN (SELECT source FROM trust)) THEN 'unknown_source'
    WHEN known.alumnus_id IS NULL THEN 'unknown_alumnus'
    WHEN seen_on IS NULL THEN 'undated'
    WHEN ended_on < started_on THEN 'ends_before_start'
    WHEN epoch_us(asked_at) > getvariable('now_us') OR observed_on > make_timestamp(getvariable('now_us'))::DATE
        THEN 'future' END AS reason
FROM read r LEFT JOIN known ON known.alumnus_id = r.alumnus_id
"""

_LINKED = """
WITH sound AS (SELECT * FROM report WHERE reason IS NULL OR reason NOT IN ('incomplete', 'duplicate_id'))
SELECT line, outcome_id, corrects_id, alumnus_id FROM sound
WHERE corrects_id IS NOT NULL OR outcome_id IN (SELECT corrects_id FROM sound WHERE corrects_id IS NOT NULL)
ORDER BY coalesce(asked_on, seen_on), outcome_id
"""

# `sure_until` is the last day for which the report itself vouches, `carried_until` the last for which it is believed.
_SPELL = """
CREATE TABLE spell AS
WITH work AS (
    SELECT line, alumnus_id, kind, source, employer_id, started_on, ended_on, seen_on,
        coalesce(started_on, least(seen_on, ended_on)) AS begins_on
    FROM report WHERE reason IS NULL AND kind IN ('employed', 'self_employed')
), known_end AS (
    SELECT o.line, min(e.ended_on) AS ends_on
    FROM work o JOIN work e ON e.alumnus_id = o.alumnus_id AND e.kind = o.kind
        AND (e.employer_id = o.employer_id OR e.started_on = o.started_on)
    WHERE o.ended_on IS NULL AND e.ended_on >= o.begins_on
    GROUP BY o.line
)
SELECT w.* EXCLUDE (started_on, ended_on),
    coalesce(w.ended_on, w.seen_on) AS sure_until,
    coalesce(w.ended_on, least(k.ends_on, greatest(w.seen_on, w.begins_on) + getvariable('carry_days')::INTEGER))
        AS carried_until
FROM work w LEFT JOIN known_end k USING (line)
"""

_EVIDENCE = f"""
CREATE TABLE evidence AS
SELECT c.alumnus_id, c.clock, s.line, s.kind, s.source, s.employer_id, s.seen_on, t.level,
    NOT (s.begins_on <= s.sure_until AND s.sure_until >= c.from_on) AS is_carried, false AS is_weak
FROM spell s JOIN clocks c USING (alumnus_id) JOIN trust t ON t.source = s.source AND t.works
WHERE s.begins_on <= c.to_on AND greatest(s.sure_until, s.carried_until) >= c.from_on
UNION ALL
SELECT c.alumnus_id, c.clock, r.line, r.kind, r.source, NULL, r.seen_on, t.level, false, t.level >= {WEAK_FROM}
FROM report r JOIN clocks c USING (alumnus_id) JOIN trust t ON t.source = r.source AND NOT t.works
WHERE r.reason IS NULL AND r.kind = 'not_working' AND r.seen_on BETWEEN c.from_on AND c.to_on
UNION ALL
SELECT c.alumnus_id, c.clock, r.line, r.kind, NULL, NULL, r.seen_on, NULL, NULL, NULL
FROM report r JOIN clocks c USING (alumnus_id)
WHERE r.reason IS NULL AND r.kind = 'no_response' AND r.seen_on BETWEEN c.from_on AND c.to_on
"""

# The least struct of a kind is its best report; its fields stand in the order in which they decide.
_BEST = """
CREATE TABLE best AS
WITH keyed AS (
    SELECT *, CASE WHEN level IS NOT NULL THEN {'is_weak': is_weak, 'is_carried': is_carried, 'level': level,
        'age': -epoch(seen_on)::BIGINT, 'is_idle': kind = 'not_working', 'source': source, 'seen_on': seen_on
    } END AS key
    FROM evidence
)
SELECT alumnus_id, clock, count(*) AS n_reports, min(key) AS top,
    min(key) FILTER (kind = 'employed') AS job, min(key) FILTER (kind = 'self_employed') AS business,
    min(key) FILTER (kind = 'not_working') AS idle,
    count(DISTINCT employer_id) FILTER (kind = 'employed') AS n_employers
FROM keyed GROUP BY alumnus_id, clock
"""

# A job and a business do not contradict each other: once the best report says that the person works, both hold.
_STATES = """
WITH judged AS (
    SELECT c.alumnus_id, c.clock, c.to_on, b.* EXCLUDE (alumnus_id, clock),
        NOT top.is_idle AND job IS NOT NULL AS has_job, NOT top.is_idle AND business IS NOT NULL AS has_business
    FROM clocks c LEFT JOIN best b ON b.alumnus_id = c.alumnus_id AND b.clock = c.clock
), chosen AS (
    SELECT *, CASE WHEN has_job THEN job WHEN has_business THEN business ELSE idle END AS report FROM judged
)
SELECT alumnus_id, clock, CASE WHEN n_reports IS NULL THEN 'not_asked' WHEN top IS NULL THEN 'no_response'
        WHEN has_job THEN 'employed' WHEN has_business THEN 'self_employed' ELSE 'not_working' END AS state,
    coalesce(has_job AND has_business, false) AS also_self_employed,
    report.source AS source, report.seen_on AS seen_on, coalesce(report.is_carried, false) AS is_carried,
    coalesce(NOT idle.is_weak AND (job IS NOT NULL OR business IS NOT NULL), false) AS is_contradicted,
    coalesce(n_employers, 0) AS n_employers, coalesce(n_reports, 0) AS n_reports,
    to_on < make_timestamp(getvariable('now_us'))::DATE AS is_ripe
FROM chosen
"""

_SET_ASIDE = "SELECT * EXCLUDE (line, seen_on) FROM report WHERE reason IS NOT NULL"
