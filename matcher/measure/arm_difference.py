"""Takes one number a person, the arm and a stratum; gives the difference of the arms with its error. Refuses nothing.

Everything here is by intention to treat: the arm is the one assigned. Knows no clock and no file.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import optimize, stats

from matcher.domain.errors import InvalidInput

LEAST_IN_ARM = 10
"""A stratum with fewer people in an arm is joined to its neighbour before the arms are compared within it."""

Values = NDArray[np.float64]
Flags = NDArray[np.bool_]
Codes = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Difference:
    """Treated less held out: ``value`` and its standard ``error``, with the degrees of ``freedom`` of that error.

    ``mean_treated`` and ``mean_held_out`` are over the same mix of strata, so that they differ by ``value``;
    ``n_strata`` were compared.
    """

    value: float
    error: float
    freedom: float
    mean_treated: float
    mean_held_out: float
    n_treated: int
    n_held_out: int
    n_strata: int

    def interval(self, critical: float | None = None) -> tuple[float, float]:
        """Return the ends of the interval: 95 %, or with the `critical` value of a look among several. Raises nothing.

        Notes
        -----
        A critical value is one of the normal distribution; it is carried to Student's t by its tail.
        """
        tail = 0.025 if critical is None else float(stats.norm.sf(critical))
        reach = float(stats.t.isf(tail, self.freedom)) * self.error
        return self.value - reach, self.value + reach


def join_strata(stratum: Codes, is_treated: Flags, *, block: Codes | None = None) -> Codes:
    """Return strata in which both arms have at least ``LEAST_IN_ARM`` people: int64 (n,), -1 where none could be made.

    Parameters
    ----------
    stratum : ndarray of int64, shape (n,)
        From 0; neighbours are most alike.
    is_treated : ndarray of bool, shape (n,)
    block : ndarray of int64, shape (n,), optional
        Strata of different blocks are never joined: people of different shares treated.

    Notes
    -----
    Raises nothing. Strata are joined in order of their number until the arms suffice; what is left over at the end of a
    block joins the stratum before. Arms are counted and no outcome is looked at, so that joining biases nothing.
    """
    blocks = np.zeros(len(stratum), dtype=np.int64) if block is None else block
    keys, places = np.unique(np.stack([blocks, stratum], axis=1), axis=0, return_inverse=True)
    places = places.reshape(-1)
    arms = np.stack([np.bincount(places[is_treated == arm], minlength=len(keys)) for arm in (False, True)], axis=1)
    joined = np.full(len(keys), -1, dtype=np.int64)
    number = 0
    for one in np.unique(keys[:, 0]):
        rows = np.flatnonzero(keys[:, 0] == one)
        number = _join(rows, arms, joined, number)
    return joined[places]


def stratified_difference(outcome: Values, is_treated: Flags, stratum: Codes) -> Difference:
    """Return the difference of the arms' means, each stratum weighted by its people.

    Parameters
    ----------
    outcome : ndarray of float64, shape (n,)
    is_treated : ndarray of bool, shape (n,)
    stratum : ndarray of int64, shape (n,)
        As ``join_strata`` gives them; people at -1 are left out.

    Raises
    ------
    InvalidInput
        When no stratum has two people in each arm, or some stratum has fewer.

    Notes
    -----
    ``sum W_h (m1_h - m0_h)`` with ``W_h = N_h / N``; variance ``sum W_h^2 (s1_h^2 / n1_h + s0_h^2 / n0_h)`` (Neyman
    1923; Imbens and Rubin 2015, ch. 9), which is too wide where effects differ between people, never too narrow;
    degrees of freedom by Satterthwaite (1946).

    Examples
    --------
    1 and 0 of two treated, 0 and 0 of two held out: 0.5, with the error sqrt(0.5 / 2).

    >>> one = stratified_difference(np.array([1.0, 0, 0, 0]), np.array([True, True, False, False]), np.zeros(4, int))
    >>> one.value, one.error, one.freedom
    (0.5, 0.5, 1.0)
    """
    kept = stratum >= 0
    n_strata = int(stratum.max(initial=-1)) + 1
    cell = stratum[kept] * 2 + is_treated[kept]
    counts = np.bincount(cell, minlength=2 * n_strata).reshape(-1, 2)
    if not n_strata or (counts < 2).any():
        raise InvalidInput(f"difference: {n_strata} strata, one with fewer than 2 people in an arm; join them first")
    means = np.bincount(cell, outcome[kept], minlength=2 * n_strata).reshape(-1, 2) / counts
    spread = np.bincount(cell, (outcome[kept] - means.ravel()[cell]) ** 2, minlength=2 * n_strata).reshape(-1, 2)
    weights = counts.sum(axis=1) / counts.sum()
    parts = (weights[:, None] ** 2 * spread / (counts - 1)) / counts
    variance = float(parts.sum())
    narrow = float((parts**2 / (counts - 1)).sum())
    held_out, treated = (float(weights @ means[:, arm]) for arm in (0, 1))
    return Difference(
        treated - held_out, variance**0.5, variance**2 / narrow if narrow else float(counts.sum() - 2),
        treated, held_out, int(counts[:, 1].sum()), int(counts[:, 0].sum()), n_strata,
    )  # fmt: skip


def adjusted_outcome(outcome: Values, is_treated: Flags, covariates: Values, stratum: Codes) -> Values:
    """Return the outcome less what covariates say of it: float64 (n,), to be compared by ``stratified_difference``.

    Parameters
    ----------
    outcome, is_treated, stratum
        As ``stratified_difference``.
    covariates : ndarray of float64, shape (n, p)
        Known before anybody was treated; nothing that treatment can change.

    Notes
    -----
    Lin (2013), within strata as Liu and Yang (2020): each arm has slopes of its own, fitted within strata, and the
    covariates are centred on the stratum's mean over both arms. It biases by less than the error at any sample that has
    strata of ``LEAST_IN_ARM``, and asymptotically never widens the interval. Raises nothing; people at -1 keep theirs.
    """
    kept = np.flatnonzero(stratum >= 0)
    codes = stratum[kept]
    centred = _less_mean(covariates[kept], codes)
    adjusted = outcome.astype(np.float64).copy()
    for arm in (False, True):
        rows = np.flatnonzero(is_treated[kept] == arm)
        within_x = _less_mean(centred[rows], codes[rows])
        within_y = _less_mean(outcome[kept[rows], None], codes[rows])[:, 0]
        slopes = np.linalg.lstsq(within_x, within_y, rcond=None)[0]
        adjusted[kept[rows]] -= centred[rows] @ slopes
    return adjusted


@dataclass(frozen=True, slots=True)
class LeeBounds:
    """Between what the effect on those who answer in either arm lies: ``low`` and ``high``, and the 95 % interval."""

    low: float
    high: float
    interval: tuple[float, float]
    trimmed: float


def lee_bounds(counts: NDArray[np.int64], *, rng: np.random.Generator, n_resamples: int = 2_000) -> LeeBounds | None:
    """Return the bounds of the effect where the arms answer unequally often; ``None`` where an arm is silent.

    Parameters
    ----------
    counts : ndarray of int64, shape (2, 3)
        Of the held out, then of the treated: at work, not at work, silent.
    rng : numpy.random.Generator
        For the error, by resampling people within arms.
    n_resamples : int
        Draws.

    Raises
    ------
    InvalidInput
        When the shape is another or a count is negative.

    Notes
    -----
    Lee (2009): the arm that answers more often is trimmed by ``q = (r_more - r_less) / r_more``, once of those at work
    and once of the others. Assumes that treatment moves answering in one direction only. The interval is that of Imbens
    and Manski (2004).

    Examples
    --------
    Of 100 treated 80 answer and 40 work, of 100 held out 40 answer and 20 work: half is trimmed, -0.5 to 0.5.

    >>> bounds = lee_bounds(np.array([[20, 20, 60], [40, 40, 20]]), rng=np.random.default_rng(1))
    >>> bounds.low, bounds.high, bounds.trimmed
    (-0.5, 0.5, 0.5)
    """
    if counts.shape != (2, 3) or (counts < 0).any():
        raise InvalidInput(f"Lee bounds of {counts.tolist()}: give (at work, not, silent) of both arms, 0 or more")
    if (counts[:, :2].sum(axis=1) == 0).any():
        return None
    low, high, trimmed = (float(end[0]) for end in _lee(counts[None].astype(np.float64)))
    draws = np.stack([rng.multinomial(arm.sum(), arm / arm.sum(), size=n_resamples) for arm in counts], axis=1)
    drawn = draws[(draws[:, :, :2].sum(axis=2) > 0).all(axis=1)].astype(np.float64)
    lows, highs, _ = _lee(drawn)
    error_low, error_high = float(lows.std()), float(highs.std())
    reach = _imbens_manski(high - low, max(error_low, error_high))
    return LeeBounds(low, high, (max(low - reach * error_low, -1), min(high + reach * error_high, 1)), trimmed)


def _join(rows: Codes, arms: Codes, joined: Codes, number: int) -> int:
    """Number the strata at `rows` in `joined` from `number`, and return the next number."""
    first, pending, so_far = number, [], np.zeros(2, dtype=np.int64)
    for row in rows.tolist():
        pending.append(row)
        so_far = so_far + arms[row]
        if (so_far >= LEAST_IN_ARM).all():
            joined[pending] = number
            number, pending, so_far = number + 1, [], np.zeros(2, dtype=np.int64)
    if number > first:
        joined[pending] = number - 1
    return number


def _less_mean(values: Values, codes: Codes) -> Values:
    n = np.maximum(np.bincount(codes), 1)
    return np.stack([column - (np.bincount(codes, column) / n)[codes] for column in values.T], axis=1)


def _lee(counts: Values) -> tuple[Values, Values, Values]:
    """Give low end, high end and share trimmed of (n, 2, 3) counts."""
    answered = counts[:, :, :2].sum(axis=2)
    rate, response = counts[:, :, 0] / answered, answered / counts.sum(axis=2)
    shares = np.maximum(1 - response[:, ::-1] / response, 0)
    ends = [np.clip((rate - shares) / (1 - shares), 0, 1), np.clip(rate / (1 - shares), 0, 1)]
    return ends[0][:, 1] - ends[1][:, 0], ends[1][:, 1] - ends[0][:, 0], shares.max(axis=1)


def _imbens_manski(width: float, error: float) -> float:
    if error == 0:
        return 0.0
    gap = width / error
    found = optimize.root_scalar(lambda c: stats.norm.cdf(c + gap) - stats.norm.cdf(-c) - 0.95, bracket=(1.0, 2.5))
    return float(found.root)
