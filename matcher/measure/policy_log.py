"""Takes the impressions; gives which policies have run, when, on how many slates and people, and how much explores.

Judges none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcher.measure.event_tables import Source, open_tables, table_of


def count_policies(tables: Mapping[str, Source]) -> list[dict[str, Any]]:
    """Return one record a policy, the one that ran last first.

    Parameters
    ----------
    tables : mapping of str to (pyarrow.Table or Path)
        ``impressions`` and ``impression_entries`` in home form.

    Returns
    -------
    list of dict
        ``policy``; ``first_on`` and ``last_on`` (ISO dates, UTC); ``n_slates``, ``n_people``; ``n_entries`` and
        ``share_with_propensity`` of them, 0 to 1, ``None`` without entries: only those can judge another policy;
        ``share_explored``, of entries shown with a chance below one; ``mean_eligible`` vacancies a slate.

    Raises
    ------
    InvalidInput
        When a table lacks a column.
    MissingFile
        When a file is not there.
    """
    with open_tables(tables) as connection:
        return table_of(connection, _QUERY).to_pylist()


_QUERY = """
WITH entries AS (
    SELECT impression_id, count(*) AS n, count(propensity) AS n_known,
           count(*) FILTER (propensity < 1 - 1e-9) AS n_chance
    FROM impression_entries GROUP BY ALL
)
SELECT policy,
       strftime(min(shown_at), '%Y-%m-%d') AS first_on,
       strftime(max(shown_at), '%Y-%m-%d') AS last_on,
       count(*) AS n_slates,
       count(DISTINCT alumnus_id) AS n_people,
       coalesce(sum(n), 0)::BIGINT AS n_entries,
       sum(n_known) / nullif(sum(n), 0) AS share_with_propensity,
       sum(n_chance) / nullif(sum(n), 0) AS share_explored,
       avg(eligible) AS mean_eligible
FROM impressions LEFT JOIN entries USING (impression_id)
GROUP BY policy
ORDER BY max(shown_at) DESC, policy
"""
