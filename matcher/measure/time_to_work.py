"""Takes people and reports; gives how long it takes to a first job, and how many keep it for 90 days.

Says nothing about whom the programme helped.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import duckdb
import numpy as np
from lifelines import KaplanMeierFitter
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.measure.event_tables import Limits, Source, open_tables
from matcher.measure.rates import Rate, silence_bounds, wilson_rate
from matcher.measure.resolve_outcomes import open_reports

RETENTION_DAYS = 90


@dataclass(frozen=True, slots=True)
class WorkCurve:
    """Share that has found a first job or business by each day after completion.

    ``day`` int64 (n,), rising; ``share``, ``low``, ``high`` float64 (n,) with its 95 % band. ``median_days`` is
    ``None`` where half have not been seen to find work. ``n_people`` are followed, ``n_found`` of them found work,
    ``n_unheard`` were never heard of and are in no figure.
    """

    day: NDArray[np.int64]
    share: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    median_days: float | None
    n_people: int
    n_found: int
    n_unheard: int


@dataclass(frozen=True, slots=True)
class Retention:
    """First jobs that are old enough to judge: kept for 90 days, left before, and not known."""

    n_kept: int
    n_left: int
    n_unknown: int

    @property
    def rate(self) -> Rate | None:
        """Share kept of those known; ``None`` where none is."""
        return wilson_rate(self.n_kept, self.n_kept + self.n_left)

    @property
    def bounds(self) -> tuple[float, float] | None:
        """Share kept of all, if none and if every one not known was kept."""
        known = self.n_kept + self.n_left
        return silence_bounds(self.n_kept, known, known + self.n_unknown)


def work_curve(days: NDArray[np.int64], has_found: NDArray[np.bool_]) -> WorkCurve:
    """Return the share that has found work by day, of people followed for different times.

    Parameters
    ----------
    days : ndarray of int64, shape (n_people,)
        Days from completion to the first work, else to the last day the person was known not to work; 0 or more.
        Who was followed for 0 days without work was never heard of.
    has_found : ndarray of bool, shape (n_people,)
        Whether ``days`` ends with work.

    Raises
    ------
    InvalidInput
        When shapes differ or a number of days is negative.

    Notes
    -----
    One minus Kaplan and Meier (1958), the band from Greenwood's variance on the log-log scale (lifelines). Assumes that
    whoever was last heard of early finds work like those followed longer; where people stop answering because they
    found work, or only those who did are reported, the curve is wrong by what no data show.

    Examples
    --------
    Work after 10 and 20 days, one followed without work to day 15: 1/3 by day 10, 1 - 2/3 * 0 = 1 by day 20.
    """
    if days.shape != has_found.shape or (days < 0).any():
        raise InvalidInput("time to work: days and found differ in shape, or a number of days is negative")
    is_followed = has_found | (days > 0)
    n_unheard = int((~is_followed).sum())
    if not is_followed.any():
        empty = np.zeros(0)
        return WorkCurve(np.zeros(0, dtype=np.int64), empty, empty, empty, None, 0, 0, n_unheard)
    fitter = KaplanMeierFitter().fit(days[is_followed], has_found[is_followed])
    band = np.nan_to_num(fitter.confidence_interval_cumulative_density_.to_numpy(dtype=np.float64))
    median = float(fitter.median_survival_time_)
    return WorkCurve(
        day=fitter.cumulative_density_.index.to_numpy().astype(np.int64),
        share=fitter.cumulative_density_.to_numpy(dtype=np.float64)[:, 0],
        low=band.min(axis=1),
        high=band.max(axis=1),
        median_days=median if np.isfinite(median) else None,
        n_people=int(is_followed.sum()),
        n_found=int(has_found.sum()),
        n_unheard=n_unheard,
    )


def follow_to_work(
    alumni: Source, outcomes: Source, *, now: datetime, limits: Limits | None = None
) -> tuple[WorkCurve, Retention]:
    """Return time to first work and retention of those who were not working at entry.

    Parameters
    ----------
    alumni, outcomes : pyarrow.Table or Path
        In home form.
    now : datetime
        Aware instant; what was seen after it has not happened.
    limits : Limits, optional
        Memory and threads.

    Raises
    ------
    InvalidInput, MissingFile
        As ``open_tables``; when `now` is naive.

    Notes
    -----
    Work begins on ``started_on``, else on the day it was seen, and not before completion. A job is one person with one
    employer (or one start, where no employer is named), the first one counts; it is kept when it was seen or ended on
    day 90 or later, left when it ended before, not known otherwise. A business is in the curve and not in retention.
    """
    with open_tables({"alumni": alumni, "outcomes": outcomes}, limits=limits) as connection:
        connection.execute(_CLOCKS)
        open_reports(connection, now=now)
        followed = connection.sql(_FOLLOWED).fetchnumpy()
        return work_curve(followed["days"].astype(np.int64), followed["has_found"].astype(bool)), _retention(
            connection, now
        )


def _retention(connection: duckdb.DuckDBPyConnection, now: datetime) -> Retention:
    connection.execute(f"SET VARIABLE today = DATE '{now:%Y-%m-%d}'")
    row = connection.execute(_RETENTION).fetchone() or (0, 0, 0)
    return Retention(*(int(n) for n in row))


_CLOCKS = """
CREATE VIEW clocks AS SELECT alumnus_id, completed_on FROM alumni
WHERE completed_on IS NOT NULL AND employment_at_entry = 'not_working'
"""

_FOLLOWED = """
WITH seen AS (
    SELECT alumnus_id,
        min(coalesce(started_on, seen_on)) FILTER (kind IN ('employed', 'self_employed')) AS found_on,
        max(seen_on) FILTER (kind = 'not_working') AS idle_on
    FROM report WHERE reason IS NULL GROUP BY alumnus_id
)
SELECT found_on IS NOT NULL AS has_found,
    greatest(coalesce(found_on, idle_on, completed_on) - completed_on, 0)::BIGINT AS days
FROM clocks LEFT JOIN seen USING (alumnus_id)
"""

_RETENTION = f"""
WITH job AS (
    SELECT alumnus_id, min(coalesce(started_on, seen_on)) AS began_on, min(ended_on) AS left_on,
        max(seen_on) AS seen_on
    FROM report WHERE reason IS NULL AND kind = 'employed'
    GROUP BY alumnus_id, coalesce(employer_id, started_on::VARCHAR)
), first_job AS (
    SELECT job.* FROM job JOIN clocks USING (alumnus_id) WHERE began_on >= completed_on
    QUALIFY row_number() OVER (PARTITION BY alumnus_id ORDER BY began_on, left_on, job.seen_on) = 1
), judged AS (
    SELECT CASE WHEN left_on IS NOT NULL THEN left_on >= began_on + {RETENTION_DAYS}
        WHEN seen_on >= began_on + {RETENTION_DAYS} THEN true END AS is_kept
    FROM first_job WHERE began_on + {RETENTION_DAYS} <= getvariable('today')
)
SELECT count(*) FILTER (is_kept), count(*) FILTER (NOT is_kept), count(*) FILTER (is_kept IS NULL) FROM judged
"""
