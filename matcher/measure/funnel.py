"""Takes judgements, organic events and people; gives how many people came how far, by period and group.

From shown to retained, with the organic apart, which no slate led to. Small cells and what would reveal them are
withheld. Says nothing of who works by other ways.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

import duckdb
import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.measure.attribution import FUNNEL, AttributionRule
from matcher.measure.disclosure import suppress
from matcher.measure.event_tables import Limits, Source, open_tables
from matcher.measure.rates import Rate, wilson_rate

STEPS = ("shown", "viewed", "saved", "applied", "interviewed", "hired", "retained_90d")
"""The steps told; an offer counts as an interview."""

GROUPS = ("sex", "has_disability", "education", "province_code", "is_returned_migrant")
"""What people may be parted by."""

PERIODS: Mapping[str, int] = MappingProxyType({"month": 1, "quarter": 3, "year": 12})
"""Periods by name, in months."""

_LEAST_DEPTHS = (0, *(FUNNEL.index(step) + 1 for step in STEPS[1:]))


@dataclass(frozen=True, slots=True)
class Step:
    """One step: ``n`` people came so far or further; ``rate`` of all shown, ``None`` while their time still runs."""

    name: str
    n: int
    rate: Rate | None


@dataclass(frozen=True, slots=True)
class FunnelRow:
    """One period and group; ``group`` is ``None`` for everybody, the empty text for those not known.

    ``steps`` from ``STEPS`` and ``organic``, people by step without a slate, are ``None`` where withheld.
    """

    begins_on: date
    group: str | None
    steps: tuple[Step, ...] | None
    organic: Mapping[str, int] | None


def count_funnel(
    tables: Mapping[str, Source],
    *,
    now: datetime,
    by: str | None = None,
    period: str = "month",
    rule: AttributionRule | None = None,
    limits: Limits | None = None,
) -> tuple[FunnelRow, ...]:
    """Return the funnel of people, period by period, everybody first and then each group.

    Parameters
    ----------
    tables : mapping of str to (pyarrow.Table or Path)
        ``judgements`` and ``organic`` as ``feedback`` leaves them, and ``alumni`` in home form.
    now : datetime
        Aware instant of the judgements.
    by : str, optional
        One of ``GROUPS``.
    period : str
        One of ``PERIODS``, of the day (UTC) on which the slate was shown, or the organic event happened.
    rule : AttributionRule, optional
        The windows that the judgements were made with.
    limits : Limits, optional
        Memory and threads.

    Raises
    ------
    InvalidInput
        When a table is missing, the group or period is unknown, or `now` is naive.
    MissingFile
        When a file is not there.

    Notes
    -----
    A person counts once a period, with the deepest step of all slates of it, so a step holds whoever came so far or
    further. A rate (Wilson) is told once the window of the step is over for the whole period; the count before. Of one
    period everybody is the sum of the groups; periods share people and do not add up. Withheld as ``disclosure`` says,
    over the people who came exactly to each step; organic people apart in the same way.
    """
    _check(tables, now, by, period)
    with open_tables(tables, limits=limits) as connection:
        connection.execute(_DEEPEST.format(group=f"coalesce({by}::VARCHAR, '')" if by else "''", period=period))
        slates, organic = _counted(connection, "slates"), _counted(connection, "organics")
    ends = {begins_on: _end_of(begins_on, period) for begins_on, _ in (*slates, *organic)}
    windows = _window_days(rule or AttributionRule())
    return tuple(
        row
        for begins_on in sorted(ends)
        for row in _period_rows(
            begins_on,
            ({g: n for (on, g), n in counts.items() if on == begins_on} for counts in (slates, organic)),
            is_over=[ends[begins_on] + timedelta(days=days) <= now.date() for days in windows],
            is_parted=by is not None,
        )
    )


_Counts = dict[str, NDArray[np.int64]]


def _check(tables: Mapping[str, Source], now: datetime, by: str | None, period: str) -> None:
    missing = [name for name in ("judgements", "organic", "alumni") if name not in tables]
    if missing:
        raise InvalidInput(f"tables: {', '.join(missing)} missing; pass judgements, organic and alumni")
    if now.tzinfo is None:
        raise InvalidInput(f"now = {now}: has no time zone; pass an aware instant")
    if by is not None and by not in GROUPS:
        raise InvalidInput(f"funnel by '{by}': unknown; choose from {', '.join(GROUPS)}")
    if period not in PERIODS:
        raise InvalidInput(f"period '{period}': unknown; choose from {', '.join(PERIODS)}")


def _counted(connection: duckdb.DuckDBPyConnection, table: str) -> dict[tuple[date, str], NDArray[np.int64]]:
    """Give by period and group the people whose deepest step is each of ``STEPS``: (n_steps,)."""
    found: dict[tuple[date, str], NDArray[np.int64]] = {}
    rows = connection.execute(f"SELECT begins_on, grp, depth, count(*) FROM {table} GROUP BY ALL ORDER BY ALL")
    for begins_on, group, depth, n in rows.fetchall():
        place = int(np.searchsorted(_LEAST_DEPTHS, depth, side="right")) - 1
        found.setdefault((begins_on, group), np.zeros(len(STEPS), dtype=np.int64))[place] += n
    return found


def _window_days(rule: AttributionRule) -> list[int]:
    """Give the days within which each step may still come."""
    acts, answers = [rule.act_days] * 3, [rule.answer_days] * 2
    return [0, *acts, *answers, rule.retention_days]


def _end_of(begins_on: date, period: str) -> date:
    """Give the first day after the period."""
    months = begins_on.year * 12 + begins_on.month - 1 + PERIODS[period]
    return date(months // 12, months % 12 + 1, 1)


def _period_rows(
    begins_on: date, counts: Iterator[_Counts], *, is_over: list[bool], is_parted: bool
) -> Iterator[FunnelRow]:
    slates, organic = counts
    groups = sorted({*slates, *organic})
    shown, apart = _published(slates, groups), _published(organic, groups)
    names = [None, *groups] if is_parted else [None]
    for name in names:
        exact = shown.get(name)
        outside = apart.get(name)
        yield FunnelRow(
            begins_on,
            name,
            None if exact is None else _steps(exact, is_over),
            None if outside is None else dict(zip(STEPS[1:], map(int, _reached(outside)[1:]), strict=True)),
        )


def _published(counts: _Counts, groups: list[str]) -> dict[str | None, NDArray[np.int64]]:
    """Give the counts that may be shown; ``None`` names everybody."""
    nobody = np.zeros(len(STEPS), dtype=np.int64)
    cells = np.array([counts.get(group, nobody) for group in groups])
    rows = np.vstack([np.ones(len(groups), dtype=bool), np.eye(len(groups), dtype=bool)])
    is_shown = suppress(np.column_stack([cells.sum(axis=1), cells]), rows).is_published
    totals = [cells.sum(axis=0), *cells]
    return {name: n for name, n, shown in zip([None, *groups], totals, is_shown, strict=True) if shown}


def _reached(exact: NDArray[np.int64]) -> NDArray[np.int64]:
    return exact[::-1].cumsum()[::-1]


def _steps(exact: NDArray[np.int64], is_over: list[bool]) -> tuple[Step, ...]:
    reached = _reached(exact)
    return tuple(
        Step(name, int(n), wilson_rate(int(n), int(reached[0])) if over else None)
        for name, n, over in zip(STEPS, reached, is_over, strict=True)
    )


_DEPTHS = " ".join(f"WHEN '{step}' THEN {place}" for place, step in enumerate(FUNNEL, start=1))

_DEEPEST = f"""
CREATE TABLE slates AS
SELECT date_trunc('{{period}}', j.shown_at)::DATE AS begins_on, {{group}} AS grp, j.alumnus_id, max(depth) AS depth
FROM judgements j LEFT JOIN alumni USING (alumnus_id) GROUP BY ALL;
CREATE TABLE organics AS
SELECT date_trunc('{{period}}', o."at")::DATE AS begins_on, {{group}} AS grp, o.alumnus_id,
    max(CASE kind {_DEPTHS} END) AS depth
FROM organic o LEFT JOIN alumni USING (alumnus_id) WHERE kind IN ({", ".join(f"'{step}'" for step in FUNNEL)})
GROUP BY ALL;
"""
