"""Takes one value for each query or person; gives means with intervals and paired tests. Knows no metric.

Both treat the rows as a random sample of the queries one cares about, and draw all columns together, so that the
columns of one table stay comparable.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput

N_RESAMPLES = 10_000
"""Draws for an interval or a test: the Monte Carlo error of a 2.5 % tail is then about 0.2 percentage points."""

LEVEL = 0.95
"""Coverage of every interval."""

_CELLS_AT_ONCE = 4_000_000


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over `n` rows with its 95 % interval, which is ``None`` where a single row tells nothing of spread."""

    value: float
    low: float | None
    high: float | None
    n: int


def estimate_means(
    values: NDArray[np.float64], *, rng: np.random.Generator, n_resamples: int = N_RESAMPLES
) -> list[Estimate]:
    """Return the mean of each column with its 95 % percentile bootstrap interval over the rows.

    Parameters
    ----------
    values : (n, n_columns) float64
        One row for each independent unit (a query).
    rng : numpy.random.Generator
        The same state gives the same interval.
    n_resamples : int
        Bootstrap samples drawn.

    Raises
    ------
    InvalidInput
        When `values` has no row or holds a value that is not finite.

    Notes
    -----
    Efron and Tibshirani (1993), ch. 13: n rows are drawn with replacement, and the 2.5 % and 97.5 % quantiles of the
    resampled means are the interval. In simulation it covered 95 % at 150 rows, 94 % at 46, 92 % at 20.

    Examples
    --------
    Rows without spread have an interval without width.

    >>> estimate_means(np.array([[0.5], [0.5], [0.5]]), rng=np.random.default_rng(1))
    [Estimate(value=0.5, low=0.5, high=0.5, n=3)]
    """
    n = _checked(values)
    means = values.mean(axis=0)
    if n == 1:
        return [Estimate(float(mean), None, None, n) for mean in means]
    resampled = np.concatenate([counts @ values / n for counts in _bootstrap_counts(n, n_resamples, rng)])
    low, high = np.quantile(resampled, [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return [Estimate(float(m), float(a), float(b), n) for m, a, b in zip(means, low, high, strict=True)]


def randomisation_test(
    differences: NDArray[np.float64], *, rng: np.random.Generator, n_permutations: int = N_RESAMPLES
) -> NDArray[np.float64]:
    """Return for each column the two-sided p-value of the paired randomisation test that the mean difference is 0.

    Parameters
    ----------
    differences : (n, n_columns) float64
        Challenger less champion, one row for each query.
    rng : numpy.random.Generator
        The same state gives the same p-values.
    n_permutations : int
        Random exchanges drawn.

    Returns
    -------
    (n_columns,) float64
        From 1 / (n_permutations + 1) to 1.

    Raises
    ------
    InvalidInput
        When `differences` has no row or holds a value that is not finite.

    Notes
    -----
    Smucker, Allan and Carterette (2007): were the runs alike, each query's two values could be exchanged, which turns
    the sign of its difference. p = (1 + exchanges at least as far from 0 as observed) / (1 + exchanges), Phipson and
    Smyth (2010), which never gives 0. Columns share the exchanges.

    Examples
    --------
    Of the four sign patterns of the differences 1 and 1, two lie as far from 0 as the observed sum 2: p is about 1/2.

    >>> p = randomisation_test(np.array([[1.0], [1.0]]), rng=np.random.default_rng(1))
    >>> round(float(p[0]), 1)
    0.5
    """
    n = _checked(differences)
    observed = np.abs(differences.sum(axis=0))
    # Exchanges that tie with the observed sum differ from it in the last bits only.
    threshold = observed - 1e-9 * np.abs(differences).sum(axis=0)
    as_far = np.zeros(differences.shape[1])
    for rows in _chunks(n, n_permutations):
        signs = 2.0 * rng.integers(0, 2, size=(rows, n), dtype=np.int8) - 1.0
        as_far += (np.abs(signs @ differences) >= threshold).sum(axis=0)
    return (1 + as_far) / (1 + n_permutations)


def _bootstrap_counts(n: int, n_resamples: int, rng: np.random.Generator) -> Iterator[NDArray[np.float64]]:
    for rows in _chunks(n, n_resamples):
        drawn = rng.integers(0, n, size=(rows, n)) + n * np.arange(rows)[:, None]
        yield np.bincount(drawn.ravel(), minlength=rows * n).reshape(rows, n).astype(np.float64)


def _chunks(n: int, n_draws: int) -> Iterator[int]:
    at_once = max(1, _CELLS_AT_ONCE // n)
    for start in range(0, n_draws, at_once):
        yield min(at_once, n_draws - start)


def _checked(values: NDArray[np.float64]) -> int:
    if not len(values):
        raise InvalidInput("no rows: a mean needs at least one query; give qrels with judged queries")
    if not np.isfinite(values).all():
        raise InvalidInput("values: some are not finite; every query needs a number in every column")
    return len(values)
