"""Takes what stands beside a rate of outcomes; gives it as lines in Bahasa Indonesia and as plain records.

Time to a first job, retention, open unemployment, cost of a net job; each only where it was asked for. Small counts are
withheld. Computes no figure.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from matcher.domain.regions import provinces
from matcher.measure.disclosure_attack import LEAST_PEOPLE
from matcher.measure.net_cost import NetCost, Unemployment
from matcher.measure.outcome_words import number
from matcher.measure.time_to_work import Retention, WorkCurve

CURVE_DAYS = (30, 60, 90, 180, 365)
"""Days after completion at which the curve is told."""


@dataclass(frozen=True, slots=True)
class Beside:
    """What was asked for beside the rate; ``None`` or empty where it was not."""

    curve: WorkCurve | None
    retention: Retention | None
    unemployment: Mapping[str, Unemployment]
    cost: NetCost | None


def beside_lines(beside: Beside) -> Iterator[str]:
    """Yield a sentence or a few for each figure. Raises nothing."""
    if beside.curve is not None:
        yield from _curve_lines(beside.curve)
    if beside.retention is not None:
        yield _retention_line(beside.retention)
    for code, one in sorted(beside.unemployment.items()):
        percent = number(one.percent, decimals=2)
        yield f"Pengangguran terbuka {provinces()[code].name} {percent} % (BPS, Sakernas {one.year})."
    if beside.cost is not None:
        yield _cost_line(beside.cost)


def beside_records(beside: Beside) -> dict[str, Any]:
    """Return the same as plain records; what was not asked for has no key. Raises nothing."""
    told: dict[str, Any] = {}
    if beside.curve is not None:
        told["time_to_work"] = _curve_record(beside.curve)
    if beside.retention is not None:
        told["retention_90d"] = _retention_record(beside.retention)
    if beside.unemployment:
        told["unemployment"] = {code: asdict(one) for code, one in sorted(beside.unemployment.items())}
    if beside.cost is not None:
        told["cost_per_net_job_idr"] = asdict(beside.cost)
    return told


def _is_small(*counts: int) -> bool:
    return any(0 < count < LEAST_PEOPLE for count in counts)


def _points(curve: WorkCurve) -> Iterator[tuple[int, float, float, float]]:
    """Give day, share and band at the days told, up to the last day anybody was followed to."""
    for day in CURVE_DAYS:
        place = int(np.searchsorted(curve.day, day, side="right")) - 1
        if place >= 0 and day <= curve.day[-1]:
            yield day, float(curve.share[place]), float(curve.low[place]), float(curve.high[place])


def _is_curve_hidden(curve: WorkCurve) -> bool:
    return _is_small(curve.n_people, curve.n_found, curve.n_people - curve.n_found, curve.n_unheard)


def _curve_lines(curve: WorkCurve) -> Iterator[str]:
    if _is_curve_hidden(curve):
        yield "Waktu sampai bekerja: disembunyikan, ada hitungan 1-9."
        return
    yield (
        f"Waktu sampai bekerja pertama: {number(curve.n_people)} orang diikuti, {number(curve.n_found)} mendapat "
        f"kerja; {number(curve.n_unheard)} tanpa kabar tidak ikut dihitung."
    )
    for day, share, low, high in _points(curve):
        ends = f"{number(100 * low, decimals=1)}; {number(100 * high, decimals=1)}"
        yield f"  {day:>4} hari: {number(100 * share, decimals=1)} % [{ends}]"
    median = "belum tercapai" if curve.median_days is None else f"{number(curve.median_days)} hari"
    yield f"  separuh bekerja setelah: {median}"


def _curve_record(curve: WorkCurve) -> dict[str, Any]:
    if _is_curve_hidden(curve):
        return {"is_suppressed": True}
    points = [dict(zip(("days", "share", "low", "high"), point, strict=True)) for point in _points(curve)]
    counts = {name: getattr(curve, name) for name in ("n_people", "n_found", "n_unheard", "median_days")}
    return {"is_suppressed": False, **counts, "points": points}


def _is_retention_hidden(kept: Retention) -> bool:
    return _is_small(kept.n_kept, kept.n_left, kept.n_unknown)


def _retention_line(kept: Retention) -> str:
    if _is_retention_hidden(kept):
        return "Bertahan 90 hari: disembunyikan, ada hitungan 1-9."
    if kept.rate is None or kept.bounds is None:
        return f"Bertahan 90 hari: tidak ada angka, {number(kept.n_unknown)} pekerjaan tanpa kabar."
    rate, ends = kept.rate, [number(100 * end, decimals=1) for end in kept.bounds]
    interval = f"{number(100 * rate.low, decimals=1)}; {number(100 * rate.high, decimals=1)}"
    return (
        f"Bertahan 90 hari pada pemberi kerja yang sama: {number(100 * rate.value, decimals=1)} % [{interval}] dari "
        f"{number(rate.n)} yang diketahui; batas {ends[0]}-{ends[1]} % ({number(kept.n_unknown)} tidak diketahui)."
    )


def _retention_record(kept: Retention) -> dict[str, Any]:
    if _is_retention_hidden(kept):
        return {"is_suppressed": True}
    rate = asdict(kept.rate) if kept.rate else None
    return {"is_suppressed": False, **asdict(kept), "rate": rate, "bounds": kept.bounds}


def _cost_line(cost: NetCost) -> str:
    if cost.low is None:
        return "Biaya per pekerjaan bersih: tidak ada angka, dampak bersih tidak di atas nol."
    high = "tanpa batas atas" if cost.high is None else f"Rp {number(cost.high)}"
    value = "-" if cost.value is None else f"Rp {number(cost.value)}"
    return f"Biaya per pekerjaan bersih: {value} [Rp {number(cost.low)}; {high}]."
