"""Takes one number for each cluster; gives the interval of their mean, fit for skewed ones. Draws no sample.

Rewards here are rare and weighted, so their means lean to one side; a symmetric interval then misses mostly below.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from matcher.domain.errors import InvalidInput
from matcher.measure.resampling import LEVEL


def mean_interval(values: NDArray[np.float64], *, level: float = LEVEL) -> tuple[float, float]:
    """Return the low and high end of the interval of the mean of `values`, 95 % unless told.

    Parameters
    ----------
    values : (n,) float64
        One number for each independent cluster, at least two.
    level : float
        Coverage, above 0 up to 1; at 1 the ends are infinite.

    Raises
    ------
    InvalidInput
        When there are fewer than two values, one is not finite, or `level` is outside its range.

    Notes
    -----
    Hall (1992), "On the removal of skewness by transformation": the studentised mean T is transformed to
    T + kT^2/3 + k^2 T^3/27 + k/6 with k = skewness / sqrt(n), which has almost no skew left; the quantiles of Student's
    t with n - 1 degrees of freedom are carried back by the inverse. Without spread both ends are the mean.

    Examples
    --------
    Without skew it is the interval of Student: 1.5 -+ 3.182 * 0.5774 / 2.

    >>> low, high = mean_interval(np.array([1.0, 1.0, 2.0, 2.0]))
    >>> round(low, 3), round(high, 3)
    (0.581, 2.419)
    """
    n = len(values)
    if n < 2 or not np.isfinite(values).all():
        raise InvalidInput(f"{n} values, all finite: {np.isfinite(values).all()}; an interval needs two finite ones")
    if not 0 < level <= 1:
        raise InvalidInput(f"level = {level}: a coverage lies above 0 and up to 1; 0.95 is usual")
    mean, spread = float(values.mean()), float(values.std(ddof=1))
    if spread <= 1e-12 * max(1.0, abs(mean)):
        return mean, mean
    skew = float(np.mean(((values - mean) / spread) ** 3)) / n**0.5
    t = float(stats.t.ppf((1 + level) / 2, n - 1))
    error = spread / n**0.5
    return mean - error * _unskewed(t, skew), mean - error * _unskewed(-t, skew)


def ratio_values(sums: NDArray[np.float64], counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return one number for each cluster, whose mean is sum of `sums` / sum of `counts` and whose spread is its error.

    Parameters
    ----------
    sums, counts : (n,) float64
        What each cluster adds to numerator and denominator; the counts are above 0.

    Notes
    -----
    The linear part of a ratio (Cochran 1977, ch. 6): R + (sum - R * count) / mean count. Raises nothing.

    Examples
    --------
    Three slates of two people earned 1 + 2: the mean is 1 per slate.

    >>> ratio_values(np.array([1.0, 2.0]), np.array([2.0, 1.0])).tolist()
    [0.33333333333333337, 1.6666666666666665]
    """
    ratio = sums.sum() / counts.sum()
    return ratio + (sums - ratio * counts) / counts.mean()


def two_way_stretch(errors: NDArray[np.float64], one: NDArray[np.int64], other: NDArray[np.int64]) -> float:
    """Return by how much an interval over clusters of `one` has to be stretched for clusters of `other`, at least 1.

    Parameters
    ----------
    errors : (m,) float64
        What each row adds to the error of an estimate; they sum to about 0.
    one, other : (m,) int64
        The clusters of each row, numbered from 0.

    Notes
    -----
    Cameron, Gelbach and Miller (2011), "Robust inference with multiway clustering": the variance is that over `one`,
    plus that over `other`, less that over pairs of both. Raises nothing.

    Examples
    --------
    Four rows of four people, at two vacancies that share their luck: the variance is 4 + 8 - 4.

    >>> two_way_stretch(np.array([1.0, 1.0, -1.0, -1.0]), np.arange(4), np.array([0, 0, 1, 1])) ** 2
    2.0000000000000004
    """
    pair = np.unique(one * (other.max(initial=0) + 1) + other, return_inverse=True)[1]
    over_one, over_other, over_pairs = (float((np.bincount(by, errors) ** 2).sum()) for by in (one, other, pair))
    return max(1.0, (over_one + over_other - over_pairs) / over_one) ** 0.5 if over_one > 0 else 1.0


def _unskewed(t: float, skew: float) -> float:
    """Give the studentised mean that the transformation carries to `t`."""
    if abs(skew) < 1e-6:
        return t
    return float(3 / skew * (np.cbrt(1 + skew * (t - skew / 6)) - 1))
