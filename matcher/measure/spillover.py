"""Takes people with arm, district and the district's share treated; gives what treatment does also to those beside.

Needs a design in which shares were dealt to districts by lot. Knows no file.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import stats

LEAST_DISTRICTS = 5
"""Fewest districts of a share whose spread can be told."""


@dataclass(frozen=True, slots=True)
class Contrast:
    """One effect of two-stage randomisation: ``kind`` direct, indirect, total or overall; 95 % interval.

    It compares districts of which ``share`` is treated with districts of which ``against`` is (the same for direct).
    """

    kind: str
    share: float
    against: float
    value: float
    low: float
    high: float
    n_districts: int


@dataclass(frozen=True, slots=True)
class Spillover:
    """All contrasts, and how many districts of each share they rest on; no contrast where districts are too few."""

    contrasts: tuple[Contrast, ...]
    n_districts: dict[float, int]


def spillover(
    outcome: NDArray[np.float64], is_treated: NDArray[np.bool_], district: NDArray[np.int64], share: NDArray[np.float64]
) -> Spillover:
    """Return direct, indirect, total and overall effects between the shares treated.

    Parameters
    ----------
    outcome : ndarray of float64, shape (n,)
    is_treated : ndarray of bool, shape (n,)
    district : ndarray of int64, shape (n,)
        From 0.
    share : ndarray of float64, shape (n,)
        Share treated of the person's district.

    Notes
    -----
    Hudgens and Halloran (2008), section 3, each district counting once: direct ``Y(1; a) - Y(0; a)``, indirect
    ``Y(0; a) - Y(0; b)``, total ``Y(1; a) - Y(0; b)``, overall ``Y(a) - Y(b)`` for shares a > b. Variance from the
    spread between districts, with Welch's degrees of freedom: at least the true one in expectation. An effect wants
    ``LEAST_DISTRICTS`` districts of each share that have the arms it speaks of. Raises nothing.

    Examples
    --------
    Where 90 % are treated nobody held out works, where 10 % are half of them do: what the treated take away is -0.5.
    """
    means = _district_means(outcome, is_treated, district, share)
    levels = sorted({share for share, *_ in means}, reverse=True)
    by_share = {level: np.array([row[1:] for row in means if row[0] == level]) for level in levels}
    contrasts = []
    for place, level in enumerate(levels):
        held_out, treated, everybody = by_share[level].T
        contrasts.append(_contrast("direct", level, level, treated - held_out, None))
        for lower in levels[place + 1 :]:
            other_held_out, _, other_everybody = by_share[lower].T
            contrasts.append(_contrast("indirect", level, lower, held_out, other_held_out))
            contrasts.append(_contrast("total", level, lower, treated, other_held_out))
            contrasts.append(_contrast("overall", level, lower, everybody, other_everybody))
    told = tuple(one for one in contrasts if one is not None)
    return Spillover(told, {level: len(rows) for level, rows in by_share.items()})


def _district_means(
    outcome: NDArray[np.float64], is_treated: NDArray[np.bool_], district: NDArray[np.int64], share: NDArray[np.float64]
) -> list[tuple[float, float, float, float]]:
    """Give share, mean of the held out, of the treated (NaN where there is none) and of all, of every district."""
    places, first, index = np.unique(district, return_index=True, return_inverse=True)
    counts = np.bincount(index * 2 + is_treated, minlength=2 * len(places)).reshape(-1, 2)
    sums = np.bincount(index * 2 + is_treated, outcome, minlength=2 * len(places)).reshape(-1, 2)
    arms = np.where(counts > 0, sums / np.maximum(counts, 1), np.nan)
    everybody = sums.sum(axis=1) / counts.sum(axis=1)
    return list(zip(share[first].tolist(), *arms.T.tolist(), everybody.tolist(), strict=True))


def _contrast(
    kind: str, share: float, against: float, ours: NDArray[np.float64], others: NDArray[np.float64] | None
) -> Contrast | None:
    sides = [side[np.isfinite(side)] for side in (ours, others) if side is not None]
    if min(len(side) for side in sides) < LEAST_DISTRICTS:
        return None
    value = float(sides[0].mean() - (sides[1].mean() if len(sides) == 2 else 0.0))
    parts = np.array([side.var(ddof=1) / len(side) for side in sides])
    freedom = parts.sum() ** 2 / (parts**2 / [len(side) - 1 for side in sides]).sum() if parts.any() else 1.0
    reach = float(stats.t.isf(0.025, freedom)) * float(parts.sum()) ** 0.5
    return Contrast(kind, share, against, value, value - reach, value + reach, sum(len(side) for side in sides))
