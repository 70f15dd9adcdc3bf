"""Time to a first job and its retention, by hand and against a market whose truth is known."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from matcher.domain.errors import InvalidInput
from matcher.measure.time_to_work import Retention, WorkCurve, follow_to_work, work_curve
from tests.unit.measure.coverage import is_as_stated
from tests.world import table

NOW = datetime(2026, 12, 1, tzinfo=UTC)
DONE = date(2026, 1, 1)


def after(days: int) -> date:
    """Return the day that many days after completion."""
    return DONE + timedelta(days=days)


def followed(*reports: dict[str, Any]) -> tuple[WorkCurve, Retention]:
    """Return what is known of Ani, Budi and Citra, who completed on one day without work."""
    alumni = [
        {"alumnus_id": name, "completed_on": DONE, "employment_at_entry": "not_working"}
        for name in ("ani", "budi", "citra")
    ]
    rows = [{"outcome_id": f"o{number}", "source": "survey"} | report for number, report in enumerate(reports)]
    return follow_to_work(table("alumni", alumni), table("outcomes", rows), now=NOW)


def works(who: str, *, seen: int, **more: Any) -> dict[str, Any]:
    """Return a report of a job."""
    return {"alumnus_id": who, "kind": "employed", "observed_on": after(seen), **more}


def test_curve_by_hand() -> None:
    curve = work_curve(np.array([10, 15, 20]), np.array([True, False, True]))
    share = dict(zip(curve.day.tolist(), curve.share.tolist(), strict=True))
    assert (share[10], share[15], share[20]) == pytest.approx((1 / 3, 1 / 3, 1))
    assert (curve.n_people, curve.n_found, curve.median_days) == (3, 2, 20)


def test_nobody_heard_of_gives_no_curve() -> None:
    curve = work_curve(np.zeros(4, dtype=np.int64), np.zeros(4, dtype=bool))
    assert (len(curve.day), curve.median_days, curve.n_people, curve.n_unheard) == (0, None, 0, 4)


def test_negative_days_are_refused() -> None:
    with pytest.raises(InvalidInput, match="negative"):
        work_curve(np.array([-1]), np.array([True]))


def test_people_are_followed_to_work_or_to_the_last_day_without() -> None:
    curve, _ = followed(
        works("ani", seen=60, started_on=after(40)),
        {"alumnus_id": "budi", "kind": "not_working", "observed_on": after(50)},
        {"alumnus_id": "dedi", "kind": "employed", "observed_on": after(5)},
    )
    assert (curve.n_people, curve.n_found, curve.n_unheard) == (2, 1, 1)
    assert curve.share[curve.day == 40].tolist() == [0.5]


def test_first_job_is_kept_left_or_not_known() -> None:
    _, retention = followed(
        works("ani", seen=30, started_on=after(20), employer_id="e1"),
        works("ani", seen=130, employer_id="e1"),
        works("budi", seen=60, started_on=after(20), ended_on=after(50), employer_id="e2"),
        works("citra", seen=60, started_on=after(20), employer_id="e1"),
    )
    assert (retention.n_kept, retention.n_left, retention.n_unknown) == (1, 1, 1)
    assert retention.bounds == pytest.approx((1 / 3, 2 / 3))
    assert retention.rate is not None and retention.rate.value == 0.5


def test_young_job_is_not_judged() -> None:
    _, retention = followed(works("ani", seen=320, started_on=after(310), employer_id="e1"))
    assert (retention, retention.rate, retention.bounds) == (Retention(0, 0, 0), None, None)


def test_band_covers_as_stated(runs: int) -> None:
    """Work comes exponentially, people are lost sight of at even chance; the truth by day 60 is known."""
    rng, truth = np.random.default_rng(8), 1 - np.exp(-60 / 100)
    n_covered = 0
    for _ in range(runs):
        work, last = np.ceil(rng.exponential(100, 300)), rng.integers(20, 200, 300)
        curve = work_curve(np.minimum(work, last).astype(np.int64), work <= last)
        place = np.searchsorted(curve.day, 60, side="right") - 1
        n_covered += bool(curve.low[place] <= truth <= curve.high[place])
    assert is_as_stated(n_covered, runs)


def test_curve_misses_where_people_fall_silent_because_they_found_work(runs: int) -> None:
    rng, truth = np.random.default_rng(9), 1 - np.exp(-60 / 100)
    n_missed = 0
    for _ in range(runs // 10):
        work = np.ceil(rng.exponential(100, 300))
        has_found = (work <= 120) & (rng.random(300) < 0.4)
        curve = work_curve(np.minimum(work, 120).astype(np.int64), has_found)
        n_missed += bool(curve.high[np.searchsorted(curve.day, 60, side="right") - 1] < truth)
    assert n_missed > 0.9 * (runs // 10)
