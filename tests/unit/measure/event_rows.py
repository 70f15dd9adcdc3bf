"""Slates and events in a few words: `slate("A", day=0, shows="v1 v2")`, `event("hired", "v1", day=30)`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

import pyarrow as pa

from matcher.measure.attribution import AttributionRule
from matcher.measure.feedback import Feedback, judge
from tests.world import table

START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = START + timedelta(days=100)
RULE = AttributionRule(act_days=10, answer_days=60, retention_days=150)

Rows = list[dict[str, Any]]


def day(number: float) -> datetime:
    """Return the instant `number` days after the start."""
    return START + timedelta(days=number)


def slate(impression_id: str, *, on: float, shows: str, alumnus_id: str = "ani") -> tuple[dict[str, Any], Rows]:
    """Return one impression with an entry for each vacancy of `shows`."""
    impression = {"impression_id": impression_id, "shown_at": day(on), "alumnus_id": alumnus_id, "policy": "p-1"}
    entries = [
        {"impression_id": impression_id, "vacancy_id": vacancy_id, "position": place, "propensity": 0.5}
        for place, vacancy_id in enumerate(shows.split(), start=1)
    ]
    return impression, entries


_NUMBERS = count(1)


def event(kind: str, vacancy_id: str, *, on: float, by: str | None = None, **more: Any) -> dict[str, Any]:
    """Return one interaction of Ani that names the slate `by`, or none."""
    row = {"kind": kind, "vacancy_id": vacancy_id, "at": day(on), "impression_id": by, "alumnus_id": "ani"}
    return {"interaction_id": f"i-{next(_NUMBERS)}", **row, **more}


def judged(
    slates: list[tuple[dict[str, Any], Rows]], events: Rows, *, now: datetime = NOW, **tables: pa.Table
) -> Feedback:
    """Return the feedback of `slates` and `events` under ``RULE``."""
    given = {
        "impressions": table("impressions", [impression for impression, _ in slates]),
        "impression_entries": table("impression_entries", [entry for _, entries in slates for entry in entries]),
        "interactions": table("interactions", events),
    }
    return judge({**given, **tables}, now=now, rule=RULE)


def depths(feedback: Feedback) -> dict[str, int]:
    """Return the depth of every vacancy shown that went anywhere, by ``slate/vacancy``."""
    rows = feedback.judgements.to_pylist()
    return {f"{row['impression_id']}/{row['vacancy_id']}": row["depth"] for row in rows if row["depth"]}


def reasons(feedback: Feedback) -> dict[str, int]:
    """Return how many rows were set aside for each reason."""
    return {part.reason: part.n for part in feedback.report.set_aside}
