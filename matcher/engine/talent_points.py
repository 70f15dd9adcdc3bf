"""Takes the scores of a vacancy with the courses and what people hold; gives the points that rank them.

The stated score of talent search, in whole points, so that equal is equal everywhere. Orders nobody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.engine.held_certificates import HeldCertificates, group_parts, standings_of

BEST_FIT = 10_000
"""Points of the course that fits best; the middle one of all courses has 0, a worse one fewer, -20,000 at least."""

STANDING_POINTS = np.array([0, 400, 800, 1_200])
"""Points of a certificate that has lapsed, was attended, was passed, proves competence."""

QUARTER_POINTS, RECENT_QUARTERS = 20, 20
"""Points of each quarter that a certificate is younger than the second number of them."""

SECOND_SHARE = 8
"""One of so many points of a second course is added."""

NEAR_POINTS, NEAR_KM = 800, 200.0
"""Points of living in the district of the work; they fall evenly to none at this distance."""


@dataclass(frozen=True, slots=True)
class PersonPoints:
    """What n people have, place of work apart: all (n,).

    ``points`` int64, `NEVER` where no certificate counts; of the best certificate ``rows`` int64 and ``standings``
    int64.
    """

    points: NDArray[np.int64]
    rows: NDArray[np.int64]
    standings: NDArray[np.int64]


NEVER = -(1 << 23)
"""Points of whoever holds no certificate that counts."""


def fit_points(scores: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the fit of every course from its score, float32 (n_rows,), larger is better: int64 (n_rows,).

    Notes
    -----
    Raises nothing. ``10,000 (score - median) / (best - median)``, rounded; 0 everywhere when all scores are equal.
    """
    if not len(scores):
        return np.empty(0, dtype=np.int64)
    exact = scores.astype(np.float64)
    middle = np.median(exact)
    spread = exact.max() - middle
    if spread <= 0:
        return np.where(exact < middle, _WORST_FIT, 0).astype(np.int64)
    return np.rint(np.maximum(BEST_FIT * (exact - middle) / spread, _WORST_FIT)).astype(np.int64)


def near_points(distances_km: NDArray[np.floating]) -> NDArray[np.int64]:
    """Return the points of living so far away, infinity where that is unknown: int64 (n,). Raises nothing."""
    return np.rint(NEAR_POINTS * np.maximum(1.0 - distances_km.astype(np.float64) / NEAR_KM, 0.0)).astype(np.int64)


def group_points(groups: NDArray[np.uint32], fits: NDArray[np.int64], *, quarter: int) -> NDArray[np.int64]:
    """Return what a certificate of each group is worth while it has not lapsed, in `quarter`: int64 (g,).

    Notes
    -----
    Raises nothing. ``groups`` are numbered as ``HeldCertificates`` does.
    """
    rows, quarters = group_parts(groups)
    return fits[rows] + STANDING_POINTS[standings_of(groups)] + _recent(quarters, quarter)


def at_most(points: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the most points of whoever's best certificate is worth so many, place of work apart.

    Notes
    -----
    Raises nothing. Another certificate is worth no more, standing and recency never take away, so the fit of its course
    is no higher than that, nor than ``BEST_FIT``.
    """
    return points + _second(np.minimum(points, BEST_FIT))


def row_at_most(fits: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the most points of whoever's best certificate is of a course of this fit, place of work apart.

    Notes
    -----
    Raises nothing.
    """
    return at_most(fits + STANDING_POINTS[-1] + QUARTER_POINTS * RECENT_QUARTERS)


def person_points(
    held: HeldCertificates,
    people: NDArray[np.integer],
    fits: NDArray[np.int64],
    *,
    days: tuple[int, int],
    least_standing: int,
) -> PersonPoints:
    """Return the points of `people` on the day and in the quarter `days`.

    Parameters
    ----------
    held : HeldCertificates
    people : ndarray of unsigned integers, shape (n,)
    fits : ndarray of int64, shape (n_rows,)
        As ``fit_points`` gives them.
    days : tuple of int
        As ``papers.day_number`` and ``held_certificates.quarter_number``.
    least_standing : int
        Certificates that stand lower do not count; 0 to 3.

    Notes
    -----
    Raises nothing. Of the certificates that count, the one whose fit, standing and recency add up to most is the best;
    of equals the one that fits better. The best fit among their other courses adds an eighth, where it is above 0.
    """
    if not len(people):
        return PersonPoints(*(np.empty(0, dtype=np.int64) for _ in range(3)))
    numbers, begins = held.of_people(people)
    rows, standings = held.score_rows[numbers].astype(np.int64), held.standings(numbers, today=days[0])
    own = fits[rows]
    recent = _recent(held.quarters[numbers].astype(np.int64), days[1])
    counts = standings >= least_standing
    keys = np.where(counts, _packed(own + STANDING_POINTS[standings] + recent, own, rows, standings), _packed_never())
    best = np.maximum.reduceat(keys, begins)
    points, best_rows, best_standings = _unpacked(best)
    of_person = np.repeat(np.arange(len(people)), np.diff(np.append(begins, len(numbers))))
    others = np.where(counts & (rows != best_rows[of_person]), own, 0)
    return PersonPoints(points + _second(np.maximum.reduceat(others, begins)), best_rows, best_standings)


_WORST_FIT = -20_000
_ROWS, _FITS = 1 << 20, 1 << 17


def _recent(quarters: NDArray[np.int64], quarter: int) -> NDArray[np.int64]:
    return QUARTER_POINTS * np.maximum(RECENT_QUARTERS - np.maximum(quarter - quarters, 0), 0)


def _second(fits: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.maximum(fits, 0) // SECOND_SHARE


def _packed(
    points: NDArray[np.int64], fits: NDArray[np.int64], rows: NDArray[np.int64], standings: NDArray[np.uint8]
) -> NDArray[np.int64]:
    """Return one number a certificate that orders them: by points, then fit, then the lower row."""
    return (((points - NEVER) * _FITS + fits - _WORST_FIT) * _ROWS + _ROWS - 1 - rows) * 4 + standings


def _packed_never() -> int:
    return (_ROWS - 1) * 4


def _unpacked(packed: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    rest, rows = np.divmod(packed >> 2, _ROWS)
    return rest // _FITS + NEVER, _ROWS - 1 - rows, packed & 3
