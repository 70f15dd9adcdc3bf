"""Takes what a person cost and the net effect; gives the cost of each job that would not be there without us.

Estimates no effect. Also the open unemployment that stands beside a rate, from a table of the statistics office.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from matcher.domain.errors import InvalidInput, MatcherError
from matcher.domain.regions import parse_province_code
from matcher.ingest.delimited import read_delimited
from matcher.ingest.values import real, whole


@dataclass(frozen=True, slots=True)
class NetCost:
    """Rupiah for each net job: ``value`` and its ends; ``None`` is no end: the effect may be nothing or harm."""

    value: float | None
    low: float | None
    high: float | None


def cost_per_net_job(cost_idr_person: float, effect: tuple[float, float, float]) -> NetCost:
    """Return what a net job costs.

    Parameters
    ----------
    cost_idr_person : float
        Rupiah spent on each person, above 0; on everybody who was treated, not only on those who found work.
    effect : (value, low, high)
        What treatment adds to the share at work, -1 to 1, with its interval.

    Raises
    ------
    InvalidInput
        When the cost is not above 0 or the effect is no interval within -1 to 1.

    Notes
    -----
    Cost over effect, end by end (Fieller's set where the effect is surely positive). Where the low end is 0 or below,
    no sum is sure to buy a job, and there is no high end; where even the high end is, there is no figure at all.

    Examples
    --------
    3.5 million a person and 5 percentage points [2, 7]: 70 million a job, between 50 and 175.

    >>> cost = cost_per_net_job(3_500_000, (0.05, 0.02, 0.07))
    >>> [round(one / 1e6) for one in (cost.value, cost.low, cost.high) if one]
    [70, 50, 175]
    """
    value, low, high = effect
    if not -1 <= low <= value <= high <= 1:
        raise InvalidInput(f"effect {value:g} [{low:g}, {high:g}]: give value, low and high end as shares, low first")
    if not cost_idr_person > 0:
        raise InvalidInput(f"cost {cost_idr_person:g} rupiah a person: give a sum above 0")
    cost, dearest, cheapest = (cost_idr_person / one if one > 0 else None for one in (value, low, high))
    return NetCost(cost, cheapest, dearest)


@dataclass(frozen=True, slots=True)
class Unemployment:
    """Open unemployment of one province in percent, and the year of the survey."""

    percent: float
    year: int


def read_unemployment(path: Path, *, now: datetime) -> Mapping[str, Unemployment]:
    """Return the latest open unemployment of each province by `now`.

    Parameters
    ----------
    path : Path
        CSV with ``province_code`` (Kemendagri), ``year`` and ``tpt_percent``, as the statistics office (BPS, Sakernas)
        publishes it.
    now : datetime
        Later years do not count.

    Raises
    ------
    InvalidInput
        When the file, a column or a row cannot be read, with its number.
    """
    if not path.is_file():
        raise InvalidInput(f"{path}: no such file; name a CSV with province_code, year and tpt_percent")
    latest: dict[str, Unemployment] = {}
    for row in read_delimited(path).rows:
        try:
            code, found = _unemployment(row.cells)
        except MatcherError as problem:
            raise InvalidInput(f"{path}, row {row.number}: {problem}") from None
        if found.year <= now.year and (code not in latest or found.year > latest[code].year):
            latest[code] = found
    return latest


def _unemployment(cells: Mapping[str, object]) -> tuple[str, Unemployment]:
    missing = [name for name in ("province_code", "year", "tpt_percent") if not cells.get(name)]
    if missing:
        raise InvalidInput(f"column '{missing[0]}': missing or empty; fill province_code, year and tpt_percent")
    percent = real(cells["tpt_percent"])
    if not 0 <= percent <= 100:
        raise InvalidInput(f"tpt_percent {percent:g}: give percent, 0 to 100")
    return parse_province_code(str(cells["province_code"]).strip()), Unemployment(percent, whole(cells["year"]))
