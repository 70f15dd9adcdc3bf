"""Takes the tables of vacancies, alumni, certificates and courses; gives openings against certified alumni by
occupation and district.

Counts only: it knows no score, matches nobody, and suppresses no small cell - what leaves the programme office must.
"""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import duckdb
import pyarrow as pa

from matcher.domain.qualifications import require_zone


def demand_gap(
    vacancies: pa.Table, alumni: pa.Table, certificates: pa.Table, courses: pa.Table, *, now: datetime
) -> pa.Table:
    """Return open places and certified people by occupation and district, the widest gap first.

    Parameters
    ----------
    vacancies, alumni, certificates, courses : pyarrow.Table
        In home form.
    now : datetime
        Aware instant that decides which vacancies are open and which certificates have lapsed.

    Returns
    -------
    pyarrow.Table
        One row per occupation and district with either side: ``occupation_code`` (KBJI 2014, four digits) or, where it
        is unknown, ``category`` in the source's own words; ``province_code`` and ``district_code``; ``n_openings``
        people wanted, ``n_alumni`` people certified, ``gap`` = ``n_openings - n_alumni``, all int64. Equal gaps stand
        in order of the codes, null last.

    Raises
    ------
    InvalidInput
        When `now` has no time zone.

    Notes
    -----
    A vacancy that does not say how many are wanted counts one. A person counts once an occupation, at home, with any
    course certificate of it that has not lapsed; a certificate gained elsewhere has no occupation. Portals and course
    catalogues name categories differently, so only gaps with an ``occupation_code`` compare the two sides.

    Examples
    --------
    Two adverts for three cooks and one who does not say, in a district where two people hold a cook's certificate:
    ``n_openings`` 4, ``n_alumni`` 2, ``gap`` 2.
    """
    require_zone(now)
    today = now.astimezone(_WESTERN_TIME).date()
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'; SET threads = 1")
        tables = {"vacancies": vacancies, "alumni": alumni, "certificates": certificates, "courses": courses}
        for name, table in tables.items():
            connection.register(name, table)
        connection.execute(_FOUR_DIGITS)
        return connection.sql(_QUERY, params={"now": now, "today": today}).to_arrow_table()


_WESTERN_TIME = timezone(timedelta(hours=7))  # the last day of a certificate ends there, as the domain says
_FOUR_DIGITS = "CREATE TEMP MACRO four_digits(code) AS CASE WHEN regexp_matches(code, '^[0-9]{4}') THEN code[:4] END"
_QUERY = """
WITH demand AS (
    SELECT four_digits(occupation_code) AS occupation_code,
           CASE WHEN four_digits(occupation_code) IS NULL THEN category END AS category,
           province_code, district_code,
           sum(coalesce(n_openings, 1))::BIGINT AS n_openings
    FROM vacancies
    WHERE coalesce(posted_at <= $now, true) AND coalesce(expires_at >= $now, true) AND coalesce(filled_at > $now, true)
    GROUP BY ALL
), supply AS (
    SELECT four_digits(occupation_code) AS occupation_code,
           CASE WHEN four_digits(occupation_code) IS NULL THEN category END AS category,
           province_code, district_code,
           count(DISTINCT alumnus_id) AS n_alumni
    FROM certificates JOIN alumni USING (alumnus_id) LEFT JOIN courses USING (course_id)
    WHERE coalesce(expires_on >= $today, true)
    GROUP BY ALL
)
SELECT coalesce(d.occupation_code, s.occupation_code) AS occupation_code,
       coalesce(d.category, s.category) AS category,
       coalesce(d.province_code, s.province_code) AS province_code,
       coalesce(d.district_code, s.district_code) AS district_code,
       coalesce(n_openings, 0) AS n_openings,
       coalesce(n_alumni, 0) AS n_alumni,
       coalesce(n_openings, 0) - coalesce(n_alumni, 0) AS gap
FROM demand AS d FULL JOIN supply AS s
  ON d.occupation_code IS NOT DISTINCT FROM s.occupation_code AND d.category IS NOT DISTINCT FROM s.category
 AND d.province_code IS NOT DISTINCT FROM s.province_code AND d.district_code IS NOT DISTINCT FROM s.district_code
ORDER BY gap DESC, occupation_code NULLS LAST, category NULLS LAST, province_code NULLS LAST, district_code NULLS LAST
"""
