"""Takes judgements, people, vacancies and courses; gives one row a person, an employer and a course for the audit.

Grades what was shown by qualification alone, or by relevance that somebody judged. Compares nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.domain.qualifications import EDUCATION_LEVELS, UNKNOWN_EDUCATION, education_rank
from matcher.measure.event_tables import table_of
from matcher.measure.resolve_outcomes import open_reports

ATTRIBUTES = ("sex", "has_disability", "education", "province_code", "is_returned_migrant")
"""What people are compared by."""

EMPLOYER_SIZES = (("small", 1), ("medium", 5), ("large", 20))
"""Names of employer sizes and the openings advertised in the period from which they count."""

DEPTH = 10
"""Places of a slate that quality looks at."""

MOST_SLATES = 20_000
"""Slates whose quality is measured; of more, as many are drawn by a hash of their ids."""

RIPE_DAYS = 180
"""Days after completion from which it counts that nothing was found."""

TOP_GRADE = 3
GRADE_SUITABLE = 2
"""Grades: 0 schooling does not suffice, 1 it does, 2 also the kind of work (two digits of the occupation), 3 the very
occupation (four digits) of a course held or of the work wanted. Without any known occupation grade 1 is suitable."""


@dataclass(frozen=True, slots=True)
class AuditTables:
    """What is compared.

    ``people``: a row for everybody who completed, with ``ATTRIBUTES`` and ``n_slates, looks, suitable_looks,
    has_supply, looks_act, n_applied, n_asked, n_hired``. ``quality``: ``alumnus_id, ndcg`` of the slates measured.
    ``employers``: ``size, n_openings, looks, n_applied, n_hired``, a row each; an unnamed employer is one a vacancy.
    ``courses``: a row for each, ``course_id, title, n_people, n_heard, n_found``.
    """

    people: pa.Table
    quality: pa.Table
    employers: pa.Table
    courses: pa.Table


def build_tables(
    connection: duckdb.DuckDBPyConnection, *, since: datetime, now: datetime, examination: NDArray[np.float64]
) -> AuditTables:
    """Return the tables of the audit.

    Parameters
    ----------
    connection : duckdb.DuckDBPyConnection
        With the views ``alumni, vacancies, certificates, courses, outcomes``; ``judgements`` and ``organic`` as
        ``feedback`` leaves them; and ``relevance`` (``course_id, vacancy_id, grade`` 0 to 3), empty if nobody judged.
    since, now : datetime
        The period: slates shown within it; vacancies open within it.
    examination : ndarray of float64, shape (n_positions,)
        Chance that each position is looked at; later positions count as the last.

    Raises
    ------
    InvalidInput
        When a grade of ``relevance`` is none of 0, 1, 2, 3.
    """
    _set_period(connection, since, now)
    connection.register(
        "examination", pa.table({"position": np.arange(1, len(examination) + 1), "chance": examination})
    )
    _check_relevance(connection)
    connection.execute("CREATE VIEW clocks AS SELECT alumnus_id FROM alumni")
    open_reports(connection, now=now)
    for statement in (_RANK, _TRADE, _PLACE, _ADVERT, _ADVERT_PLACE, _RELEVANCE, _ENTRY):
        connection.execute(statement)
    return AuditTables(
        people=table_of(connection, _PEOPLE),
        quality=_quality(connection),
        employers=table_of(connection, _EMPLOYERS),
        courses=table_of(connection, _COURSES),
    )


def ideal_gain(n_by_grade: NDArray[np.int64], *, depth: int = DEPTH) -> NDArray[np.float64]:
    """Return the discounted gain of the best list of `depth` places.

    Parameters
    ----------
    n_by_grade : ndarray of int64, shape (n, 3)
        How many vacancies there are of grade 3, 2 and 1.
    depth : int
        Places that count.

    Notes
    -----
    Linear gain over ``log2(position + 1)``, as ``metrics.ndcg``. Raises nothing.

    Examples
    --------
    One vacancy of grade 3 and one of grade 1: 3 / 1 + 1 / 1.585.

    >>> ideal_gain(np.array([[1, 0, 1]])).round(3).tolist()
    [3.631]
    """
    discounts = np.concatenate([[0.0], np.cumsum(1 / np.log2(np.arange(2, depth + 2)))])
    reached = discounts[np.minimum(np.cumsum(n_by_grade, axis=1), depth)]
    return np.diff(reached, axis=1, prepend=0.0) @ np.arange(TOP_GRADE, 0, -1, dtype=np.float64)


def _set_period(connection: duckdb.DuckDBPyConnection, since: datetime, now: datetime) -> None:
    for name, instant in (("since", since), ("until", now)):
        connection.execute(f"SET VARIABLE {name}_us = {round(instant.timestamp() * 1_000_000)}")
    connection.execute(f"SET VARIABLE today = DATE '{now:%Y-%m-%d}'")


def _check_relevance(connection: duckdb.DuckDBPyConnection) -> None:
    wrong = connection.execute(
        "SELECT course_id, vacancy_id, grade FROM relevance WHERE grade IS NULL OR grade NOT IN (0, 1, 2, 3) LIMIT 1"
    ).fetchone()
    if wrong:
        raise InvalidInput(
            f"relevance of course '{wrong[0]}' and vacancy '{wrong[1]}' is {wrong[2]}: give 0, 1, 2 or 3"
        )


def _quality(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Give nDCG of slates: what was shown against the best that was open to the person that day."""
    connection.execute(_SLATE)
    rows = connection.sql(_BEST).fetchnumpy()
    best = ideal_gain(np.column_stack([rows[f"n_{grade}"] for grade in (3, 2, 1)]).astype(np.int64))
    gain = np.asarray(rows["gain"], dtype=np.float64)
    # what was shown may be better than what the tables hold open: a vacancy closed in between
    is_judged = best > 0
    ndcg = np.minimum(gain[is_judged] / best[is_judged], 1.0)
    return pa.table({"alumnus_id": pa.array(rows["alumnus_id"][is_judged], pa.string()), "ndcg": ndcg})


_LEVELS = " ".join(f"WHEN '{level}' THEN {education_rank(level)}" for level in EDUCATION_LEVELS)

_RANK = f"CREATE MACRO rank_of(level) AS CASE level {_LEVELS} END"

_TRADE = (
    """
CREATE TABLE trade AS
SELECT DISTINCT alumnus_id, code[:4] AS code FROM (
    SELECT alumnus_id, occupation_code AS code FROM certificates JOIN courses USING (course_id)
    UNION ALL SELECT alumnus_id, unnest(wanted_occupation_codes) FROM alumni
) WHERE length(code) >= 2;
CREATE TABLE person AS
SELECT a.alumnus_id, rank_of(coalesce(education, '"""
    + UNKNOWN_EDUCATION
    + """')) AS held, t.codes, t.kinds
FROM alumni a LEFT JOIN (
    SELECT alumnus_id, list(DISTINCT code) AS codes, list(DISTINCT code[:2]) AS kinds FROM trade GROUP BY alumnus_id
) t USING (alumnus_id)
"""
)

_PLACE = """
CREATE TABLE place AS
SELECT DISTINCT alumnus_id, place FROM (
    SELECT alumnus_id, province_code AS place FROM alumni
    UNION ALL SELECT alumnus_id, unnest(willing_province_codes) FROM alumni
    UNION ALL SELECT alumnus_id, 'remote' FROM alumni WHERE accepts_remote IS DISTINCT FROM false
    UNION ALL SELECT alumnus_id, p FROM alumni, (SELECT DISTINCT province_code AS p FROM vacancies)
        WHERE province_code IS NULL
) WHERE place IS NOT NULL
"""

_ADVERT = f"""
CREATE TABLE advert AS
SELECT vacancy_id, employer_id, occupation_code[:4] AS code, occupation_code[:2] AS kind,
    coalesce(rank_of(education_min), 0) AS asked, coalesce(n_openings, 1) AS n_openings,
    CASE WHEN is_remote THEN 'remote' ELSE province_code END AS place,
    coalesce(epoch_us(posted_at), 0) AS from_us,
    least(coalesce(epoch_us(expires_at), {2**62}), coalesce(epoch_us(filled_at), {2**62})) AS to_us
FROM vacancies
"""

_ADVERT_PLACE = """
CREATE TABLE offered AS SELECT place, kind, min(asked) AS asked FROM advert
WHERE from_us <= getvariable('until_us') AND to_us >= getvariable('since_us') GROUP BY ALL;
CREATE TABLE supplied AS
SELECT DISTINCT p.alumnus_id FROM person p JOIN place USING (alumnus_id) JOIN offered o USING (place)
WHERE o.asked <= p.held AND (p.kinds IS NULL OR list_contains(p.kinds, o.kind))
"""

_RELEVANCE = """
CREATE TABLE judged AS
SELECT alumnus_id, vacancy_id, max(grade) AS grade FROM relevance JOIN certificates USING (course_id) GROUP BY ALL;
CREATE MACRO is_judged() AS (SELECT count(*) > 0 FROM relevance);
CREATE MACRO grade_of(held, asked, codes, kinds, code, kind) AS CASE WHEN asked > held THEN 0
    WHEN list_contains(codes, code) THEN 3 WHEN list_contains(kinds, kind) THEN 2 ELSE 1 END
"""

_ENTRY = f"""
CREATE TABLE looked AS
SELECT j.*, x.chance, grade_of(p.held, coalesce(v.asked, 0), p.codes, p.kinds, v.code, v.kind) AS fit, p.kinds,
    v.employer_id
FROM judgements j JOIN person p USING (alumnus_id) LEFT JOIN advert v USING (vacancy_id)
JOIN examination x ON x.position = least(j.position, (SELECT max(position) FROM examination))
WHERE epoch_us(j.shown_at) BETWEEN getvariable('since_us') AND getvariable('until_us');
CREATE MACRO is_suitable(fit, kinds) AS fit >= CASE WHEN kinds IS NULL THEN 1 ELSE {GRADE_SUITABLE} END
"""

_PEOPLE = """
WITH seen AS (
    SELECT alumnus_id, count(DISTINCT impression_id) AS n_slates, sum(chance) AS looks,
        sum(chance) FILTER (is_suitable(fit, kinds)) AS suitable_looks,
        sum(chance) FILTER (is_ripe_for_act) AS looks_act,
        count(*) FILTER (is_ripe_for_act AND applied_at IS NOT NULL) AS n_applied,
        count(*) FILTER (is_ripe_for_answer AND (applied_at IS NOT NULL OR hired_at IS NOT NULL)) AS n_asked,
        count(*) FILTER (is_ripe_for_answer AND hired_at IS NOT NULL) AS n_hired
    FROM looked GROUP BY alumnus_id
)
SELECT a.alumnus_id, coalesce(sex, '') AS sex, coalesce(has_disability::VARCHAR, '') AS has_disability,
    coalesce(education, '') AS education, coalesce(province_code, '') AS province_code,
    coalesce(is_returned_migrant::VARCHAR, '') AS is_returned_migrant, coalesce(n_slates, 0) AS n_slates,
    coalesce(looks, 0)::DOUBLE AS looks, coalesce(suitable_looks, 0)::DOUBLE AS suitable_looks,
    supplied.alumnus_id IS NOT NULL AS has_supply, coalesce(looks_act, 0)::DOUBLE AS looks_act,
    coalesce(n_applied, 0) AS n_applied, coalesce(n_asked, 0) AS n_asked, coalesce(n_hired, 0) AS n_hired
FROM alumni a LEFT JOIN seen USING (alumnus_id) LEFT JOIN supplied USING (alumnus_id)
WHERE coalesce(a.completed_on <= getvariable('today'), true)
ORDER BY a.alumnus_id
"""

_SLATE = f"""
CREATE TABLE slate AS
SELECT l.alumnus_id, l.impression_id, any_value(epoch_us(l.shown_at)) AS shown_us,
    sum(CASE WHEN l.position <= {DEPTH}
        THEN CASE WHEN is_judged() THEN CASE WHEN fit = 0 THEN 0 ELSE coalesce(j.grade, 0) END ELSE fit END
            / log2(l.position + 1) ELSE 0 END) AS gain
FROM looked l LEFT JOIN judged j USING (alumnus_id, vacancy_id)
GROUP BY l.alumnus_id, l.impression_id ORDER BY hash(l.impression_id), l.impression_id LIMIT {MOST_SLATES}
"""

_BEST = """
WITH open_then AS (
    SELECT s.impression_id, CASE WHEN NOT is_judged() THEN grade_of(p.held, v.asked, p.codes, p.kinds, v.code, v.kind)
        WHEN v.asked <= p.held THEN coalesce(j.grade, 0) ELSE 0 END AS grade
    FROM slate s JOIN person p USING (alumnus_id) JOIN place USING (alumnus_id) JOIN advert v USING (place)
    LEFT JOIN judged j ON j.alumnus_id = s.alumnus_id AND j.vacancy_id = v.vacancy_id
    WHERE v.from_us <= s.shown_us AND v.to_us >= s.shown_us
)
SELECT s.alumnus_id, s.gain, count(*) FILTER (grade = 3) AS n_3, count(*) FILTER (grade = 2) AS n_2,
    count(*) FILTER (grade = 1) AS n_1
FROM slate s LEFT JOIN open_then USING (impression_id)
GROUP BY s.impression_id, s.alumnus_id, s.gain ORDER BY s.impression_id
"""

_SIZE = "CASE {} END".format(
    " ".join(f"WHEN openings >= {least} THEN '{name}'" for name, least in reversed(EMPLOYER_SIZES))
)

_EMPLOYERS = f"""
WITH seen AS (
    SELECT vacancy_id, sum(chance) AS looks, count(*) FILTER (applied_at IS NOT NULL) AS n_applied,
        count(*) FILTER (hired_at IS NOT NULL) AS n_hired
    FROM looked GROUP BY vacancy_id
), one AS (
    SELECT coalesce(employer_id, 'vacancy ' || vacancy_id) AS employer, employer_id IS NULL AS is_unnamed,
        sum(n_openings) AS openings, coalesce(sum(looks), 0)::DOUBLE AS looks,
        coalesce(sum(n_applied), 0)::BIGINT AS n_applied, coalesce(sum(n_hired), 0)::BIGINT AS n_hired
    FROM advert LEFT JOIN seen USING (vacancy_id)
    WHERE from_us <= getvariable('until_us') AND to_us >= getvariable('since_us')
    GROUP BY ALL
)
SELECT CASE WHEN is_unnamed THEN '' ELSE {_SIZE} END AS size, openings::BIGINT AS n_openings, looks, n_applied, n_hired
FROM one ORDER BY employer
"""

_COURSES = f"""
WITH found AS (
    SELECT alumnus_id, bool_or(is_work) AS is_work FROM (
        SELECT alumnus_id, true AS is_work FROM judgements WHERE hired_at IS NOT NULL
        UNION ALL SELECT alumnus_id, true FROM organic WHERE kind IN ('hired', 'retained_90d')
        UNION ALL SELECT alumnus_id, kind <> 'not_working' FROM report WHERE reason IS NULL AND kind <> 'no_response'
    ) GROUP BY alumnus_id
)
SELECT course_id, any_value(courses.title) AS title, count(*) AS n_people, count(found.alumnus_id) AS n_heard,
    count(*) FILTER (is_work) AS n_found
FROM (SELECT DISTINCT alumnus_id, course_id FROM certificates WHERE course_id IS NOT NULL)
JOIN alumni a USING (alumnus_id) LEFT JOIN courses USING (course_id) LEFT JOIN found USING (alumnus_id)
WHERE a.completed_on <= getvariable('today') - {RIPE_DAYS} AND a.employment_at_entry = 'not_working'
GROUP BY course_id ORDER BY course_id
"""
