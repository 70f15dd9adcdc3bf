"""Takes judgements, organic events and vacancies; gives the vacancies with no opening left. Estimates nothing."""

from __future__ import annotations

from datetime import datetime

import pyarrow as pa

from matcher.measure.event_tables import open_tables

_FULL = """
WITH hires AS (
    SELECT vacancy_id, alumnus_id FROM judgements WHERE depth >= 6
    UNION SELECT vacancy_id, alumnus_id FROM organic WHERE kind IN ('hired', 'retained_90d')
), counted AS (SELECT vacancy_id, count(*) AS n FROM hires GROUP BY vacancy_id)
SELECT v.vacancy_id FROM vacancies v LEFT JOIN counted c USING (vacancy_id)
WHERE v.filled_at <= $now OR c.n >= coalesce(v.n_openings, 1)
"""


def full_vacancies(judgements: pa.Table, organic: pa.Table, vacancies: pa.Table, *, now: datetime) -> frozenset[str]:
    """Return the ids of the vacancies that are full at `now`.

    Parameters
    ----------
    judgements, organic : pyarrow.Table
        As ``feedback.judge`` gives them.
    vacancies : pyarrow.Table
        In home form.
    now : datetime
        Aware instant.

    Notes
    -----
    Full is what was reported as filled, or where as many people were hired as there are openings, through a slate or
    not. Where the number of openings is not known it counts as one. Raises nothing.
    """
    tables = {"judgements": judgements, "organic": organic, "vacancies": vacancies}
    with open_tables(tables) as connection:
        return frozenset(row[0] for row in connection.execute(_FULL, {"now": now}).fetchall())
