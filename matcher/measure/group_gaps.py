"""Takes one number a person and the group of each; gives every group's figure, its gap to all others, and what stands.

Intervals take people as independent, not their slates or applications. Knows no table and no attribute.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy import stats
from statsmodels.stats.multitest import multipletests

from matcher.domain.errors import InvalidInput
from matcher.measure.cluster_interval import mean_interval, ratio_values
from matcher.measure.resampling import LEVEL

FALSE_SHARE = 0.05
"""Share of false alarms among the gaps that are called one, on average (Benjamini and Hochberg)."""

LEAST_CLUSTERS = 10
"""Fewest people of a group for an interval or a comparison."""

UNKNOWN = ""
"""The group of those of whom it is not told: shown, and never compared."""


@dataclass(frozen=True, slots=True)
class GroupFigure:
    """One group's ratio with its 95 % interval, and how far it lies above everybody else of a known group.

    ``n`` people have a denominator. ``low`` to ``p_value`` are ``None`` where fewer than ``LEAST_CLUSTERS`` do, here
    or among the others; ``is_gap`` is set by ``control_false_alarms``.
    """

    group: str
    n: int
    value: float | None
    low: float | None = None
    high: float | None = None
    gap: float | None = None
    gap_low: float | None = None
    gap_high: float | None = None
    p_value: float | None = None
    q_value: float | None = None
    is_gap: bool = False


def compare_groups(
    group: NDArray[np.str_], sums: NDArray[np.float64], counts: NDArray[np.float64]
) -> tuple[GroupFigure, ...]:
    """Return the figure of every group that occurs, in the order of their names.

    Parameters
    ----------
    group : (n,) str
        The group of each person (or employer); ``UNKNOWN`` where it is not told.
    sums, counts : (n,) float64
        What each adds to numerator and denominator; 0 or more. A denominator of 0 says nothing.

    Raises
    ------
    InvalidInput
        When the columns differ in length, or a number is negative or not finite.

    Notes
    -----
    The ratio of sums with the delta method over people (``cluster_interval``). A group in which nothing varies and
    nothing happened has the exact upper end of Poisson, ``-log(0.025) / sum of counts``. The gap to all others of known
    group has Welch's interval and p-value, with the delta method on both sides.

    Examples
    --------
    Twelve women who applied once each and twelve men who applied twice: the women lie 1 below.

    >>> group = np.repeat(["f", "m"], 12)
    >>> [figure.gap for figure in compare_groups(group, np.repeat([1.0, 2.0], 12), np.ones(24))]
    [-1.0, 1.0]
    """
    _check(group, sums, counts)
    has_any = counts > 0
    return tuple(
        _figure(str(name), group == name, (group != name) & (group != UNKNOWN), has_any, (sums, counts))
        for name in np.unique(group)
    )


def control_false_alarms(
    families: Sequence[tuple[GroupFigure, ...]], *, share: float = FALSE_SHARE
) -> list[tuple[GroupFigure, ...]]:
    """Return the figures with ``q_value`` and ``is_gap``, judged over all comparisons of all `families` together.

    Raises
    ------
    InvalidInput
        When `share` is not within 0 .. 1.

    Notes
    -----
    By ``q_values``. It holds for independent tests and for those that lean the same way, as the two sides of one
    comparison do.
    """
    if not 0 < share < 1:
        raise InvalidInput(f"share = {share}: give the share of false alarms borne, above 0 and below 1; 0.05 is usual")
    p_values = [one.p_value for family in families for one in family if one.p_value is not None]
    told = iter(q_values(np.array(p_values)).tolist())
    return [tuple(_judged(one, told, share) for one in family) for family in families]


def q_values(p_values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the least share of false alarms at which each comparison is called a gap: float64 (n,), 0 to 1.

    Notes
    -----
    Benjamini and Hochberg (1995), by statsmodels. Raises nothing.

    Examples
    --------
    Of three comparisons the second p-value counts 3 / 2 times.

    >>> q_values(np.array([0.01, 0.02, 0.5])).round(3).tolist()
    [0.03, 0.03, 0.5]
    """
    if not len(p_values):
        return np.zeros(0)
    return np.asarray(multipletests(p_values, method="fdr_bh")[1], dtype=np.float64)


def _judged(one: GroupFigure, told: Iterator[float], share: float) -> GroupFigure:
    if one.p_value is None:
        return one
    q_value = next(told)
    return replace(one, q_value=q_value, is_gap=q_value <= share)


def _check(group: NDArray[np.str_], sums: NDArray[np.float64], counts: NDArray[np.float64]) -> None:
    if not len(group) == len(sums) == len(counts):
        raise InvalidInput(
            f"groups: columns of {len(group)}, {len(sums)} and {len(counts)} rows; give one row a person"
        )
    for name, column in (("sums", sums), ("counts", counts)):
        if not np.isfinite(column).all() or (column < 0).any():
            raise InvalidInput(f"groups: {name} holds a number that is negative or not finite; count again")


def _figure(
    name: str,
    inside: NDArray[np.bool_],
    others: NDArray[np.bool_],
    has_any: NDArray[np.bool_],
    columns: tuple[NDArray[np.float64], NDArray[np.float64]],
) -> GroupFigure:
    ours, theirs = ((columns[0][rows & has_any], columns[1][rows & has_any]) for rows in (inside, others))
    n = len(ours[0])
    if n == 0:
        return GroupFigure(name, 0, None)
    figure = GroupFigure(name, n, float(ours[0].sum() / ours[1].sum()))
    if n < LEAST_CLUSTERS:
        return figure
    low, high = _interval(*ours)
    figure = replace(figure, low=low, high=high)
    if name == UNKNOWN or len(theirs[0]) < LEAST_CLUSTERS:
        return figure
    gap, gap_low, gap_high, p_value = _welch(ratio_values(*ours), ratio_values(*theirs))
    return replace(figure, gap=gap, gap_low=gap_low, gap_high=gap_high, p_value=p_value)


def _interval(sums: NDArray[np.float64], counts: NDArray[np.float64]) -> tuple[float, float]:
    if not sums.any():
        return 0.0, float(-np.log((1 - LEVEL) / 2) / counts.sum())
    low, high = mean_interval(ratio_values(sums, counts))
    return max(low, 0.0), high


def _welch(ours: NDArray[np.float64], theirs: NDArray[np.float64]) -> tuple[float, float, float, float]:
    gap = float(ours.mean() - theirs.mean())
    errors = [float(side.var(ddof=1)) / len(side) for side in (ours, theirs)]
    error = sum(errors) ** 0.5
    if error <= 1e-12 * max(1.0, abs(gap)):
        return gap, gap, gap, float(abs(gap) <= 1e-12)
    freedom = sum(errors) ** 2 / sum(
        part**2 / (len(side) - 1) for part, side in zip(errors, (ours, theirs), strict=True)
    )
    reach = float(stats.t.ppf((1 + LEVEL) / 2, freedom)) * error
    return gap, gap - reach, gap + reach, float(2 * stats.t.sf(abs(gap) / error, freedom))
