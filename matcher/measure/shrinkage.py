"""Takes successes and trials of many units that belong to groups; gives each unit's share, drawn towards its groups.

A unit of few trials stays near its kin, one of many near its own share. Knows no course and withholds nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import cho_factor, cho_solve
from scipy.optimize import minimize
from scipy.sparse import csr_array, hstack
from scipy.special import digamma, expit, gammaln, logit, zeta
from scipy.stats import beta

from matcher.domain.errors import InvalidInput

LEAST_UNITS = 5
"""Fewer units with trials tell nothing of how units differ; nothing is estimated of them."""

_Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Pool:
    """Units known only together: their successes and trials, and how many they are."""

    n_found: int
    n: int
    n_units: int


@dataclass(frozen=True, slots=True)
class Shrunk:
    """The share of each unit, 0 .. 1, float64 (n_units,), with its 95 % interval and what it is drawn towards.

    ``concentration`` is the trials that the prior is worth; ``group_sds`` how far groups of each kind differ (logit).
    """

    values: _Numbers
    lows: _Numbers
    highs: _Numbers
    prior_means: _Numbers
    concentration: float
    group_sds: tuple[float, ...]


def shrink_shares(
    n_found: NDArray[np.int64], n: NDArray[np.int64], groups: Sequence[NDArray[np.intp]], *, pool: Pool | None = None
) -> Shrunk | None:
    """Return the share of each unit drawn towards its groups; ``None`` where fewer than ``LEAST_UNITS`` have trials.

    Parameters
    ----------
    n_found, n : ndarray of int64, shape (n_units,)
        Successes of trials.
    groups : sequence of ndarray of intp, shape (n_units,) each
        The number of each unit's group, from 0, one array a kind of group.
    pool : Pool, optional
        Further units of which only the sum is known; it tells of the overall mean alone.

    Raises
    ------
    InvalidInput
        When successes are not within 0 .. trials, or shapes disagree.

    Notes
    -----
    ``x_i ~ BetaBinomial(n_i, M m_i, M (1 - m_i))`` with ``logit m_i = b + sum of the effects of its groups``, the
    effects of each kind normal around 0 (Williams 1982; Lee and Nelder 1996). ``M`` and the spread of each kind
    maximise the likelihood with effects and ``b`` integrated out by Laplace, times each spread and ``(M + 1)^(-1/2)``,
    which keeps them off 0, where few units would be taken for equal (Chung et al. 2013). Empirical Bayes (Efron and
    Morris 1975): the posterior has mean ``(M E[m_i] + x_i) / (M + n_i)``; its variance adds that of ``m_i`` (Kass and
    Steffey 1989), and the interval is that of the Beta with this mean and variance. 95 % is promised of units drawn as
    the model says, not of each unit: one wholly unlike its kin is missed (Morris 1983).

    A pool of K units with N trials varies like one unit with ``(N - 1) / (M' + 1) = (N / K - 1) / (M + 1)``.
    """
    _check(n_found, n, groups)
    if np.count_nonzero(n) < LEAST_UNITS:
        return None
    model = _Model.of(n_found, n, groups, pool)
    start = np.array([*[np.log(0.3)] * len(groups), logit(1 / 21)])
    bounds = [_SD_ENDS] * len(groups) + [_SPREAD_ENDS]
    best = minimize(model.loss, start, method="L-BFGS-B", bounds=bounds, options={"eps": 1e-3, "ftol": 1e-6})
    mode = model.mode(best.x)
    variances = model.variances(mode)
    etas = (model.design @ mode.effects)[: len(n)]
    means, mean_variances = _moments(etas, variances[: len(n)])
    values, lows, highs = posterior_shares(
        n_found, n, prior_means=means, prior_variances=mean_variances, concentration=mode.concentration
    )
    sds = tuple(float(sd) for sd in np.exp(best.x[:-1]))
    return Shrunk(values, lows, highs, means, mode.concentration, sds)


def posterior_shares(
    n_found: NDArray[np.int64],
    n: NDArray[np.int64],
    *,
    prior_means: _Numbers,
    prior_variances: _Numbers | float,
    concentration: float,
) -> tuple[_Numbers, _Numbers, _Numbers]:
    """Return value, low and high of units whose prior is known: float64 (n_units,) each, within 0 .. 1.

    Parameters
    ----------
    n_found, n : ndarray of int64, shape (n_units,)
        Successes of trials.
    prior_means, prior_variances : ndarray of float64, shape (n_units,)
        What each unit is drawn towards, within 0 .. 1, and how unsure that is.
    concentration : float
        Trials that the prior is worth, above 0.

    Notes
    -----
    Raises nothing.

    Examples
    --------
    Prior mean 0.3 worth 20 trials: 3 of 3 give (6 + 3) / 23 = 0.391, 60 of 100 give (6 + 60) / 120 = 0.55.
    """
    total = concentration + n
    values = (concentration * prior_means + n_found) / total
    drawn = (concentration / total) ** 2 * prior_variances
    # E[v (1 - v)] over the prior's own spread, then the spread of the mean itself
    variances = (values * (1 - values) - drawn) / (total + 1) + drawn
    size = values * (1 - values) / variances - 1
    ends = beta.ppf([[0.025], [0.975]], values * size, (1 - values) * size)
    return values, ends[0], ends[1]


_SD_ENDS = (np.log(0.01), np.log(3.0))
_SPREAD_ENDS = (float(logit(1e-4)), float(logit(0.8)))
_MOST_STEPS = 50
_NODES, _WEIGHTS = np.polynomial.hermite_e.hermegauss(15)


@dataclass(frozen=True, slots=True)
class _Mode:
    effects: _Numbers
    hessian: tuple[_Numbers, bool]
    log_likelihood: float
    concentration: float


@dataclass(slots=True)
class _Model:
    """Counts and the design: one column for the mean, one a group."""

    n_found: _Numbers
    n: _Numbers
    design: csr_array
    kinds: NDArray[np.intp]
    pool: Pool | None
    effects: _Numbers

    @classmethod
    def of(
        cls, n_found: NDArray[np.int64], n: NDArray[np.int64], groups: Sequence[NDArray[np.intp]], pool: Pool | None
    ) -> _Model:
        n_pools = 1 if pool else 0
        found = np.append(n_found, [pool.n_found] if pool else []).astype(np.float64)
        trials = np.append(n, [pool.n] if pool else []).astype(np.float64)
        columns = [csr_array(np.ones((len(n) + n_pools, 1)))]
        sizes = [1]
        for group in groups:
            size = int(group.max()) + 1
            ones = (np.ones(len(n)), (np.arange(len(n)), group))
            columns.append(csr_array(ones, shape=(len(n) + n_pools, size)))
            sizes.append(size)
        kinds = np.repeat(np.arange(len(sizes)) - 1, sizes)
        effects = np.zeros(len(kinds))
        effects[0] = logit((found.sum() + 1) / (trials.sum() + 2))
        return cls(found, trials, csr_array(hstack(columns)), kinds, pool, effects)

    def loss(self, hyper: _Numbers) -> float:
        """Give the negative log of the likelihood with mean and effects integrated out, spreads kept off 0."""
        mode = self.mode(hyper)
        self.effects = mode.effects
        log_determinant = 2 * np.log(np.diag(mode.hessian[0])).sum()
        counts = np.bincount(self.kinds + 1)[1:]
        avoid = hyper[:-1].sum() + np.log(expit(hyper[-1])) / 2
        return float(counts @ hyper[:-1] + log_determinant / 2 - mode.log_likelihood - avoid)

    def mode(self, hyper: _Numbers) -> _Mode:
        """Give the effects most likely under `hyper`: log of the spreads, logit of 1 / (M + 1)."""
        concentration = float(1 / expit(hyper[-1]) - 1)
        each = self._concentrations(concentration)
        penalty = np.append(0.0, np.exp(-2 * hyper[:-1]))[self.kinds + 1]
        effects, height = self.effects, self._height(self.effects, each, penalty)
        for _ in range(_MOST_STEPS):
            gradient, hessian = self._slopes(effects, each, penalty)
            step = cho_solve(hessian, gradient)
            effects, height, rise = self._climb(effects, step, height, each, penalty)
            if rise < 1e-7 * (1 + abs(height)):
                break
        return _Mode(effects, self._slopes(effects, each, penalty)[1], height, concentration)

    def variances(self, mode: _Mode) -> _Numbers:
        """Give the variance of each row's logit: (n_rows,)."""
        inverse = cho_solve(mode.hessian, np.eye(len(mode.effects)))
        return np.asarray(self.design.multiply(self.design @ inverse).sum(axis=1)).ravel()

    def _concentrations(self, concentration: float) -> _Numbers:
        each = np.full(len(self.n), concentration)
        if self.pool:
            extra = max(self.pool.n / self.pool.n_units - 1, 1e-9)
            each[-1] = (concentration + 1) * max(self.pool.n - 1, 1e-9) / extra - 1
        return each

    def _height(self, effects: _Numbers, each: _Numbers, penalty: _Numbers) -> float:
        a, b = _parts(self.design @ effects, each)
        x, y = self.n_found, self.n - self.n_found
        terms = gammaln(a + x) - gammaln(a) + gammaln(b + y) - gammaln(b) - gammaln(each + self.n) + gammaln(each)
        return float(terms.sum() - penalty @ effects**2 / 2)

    def _slopes(self, effects: _Numbers, each: _Numbers, penalty: _Numbers) -> tuple[_Numbers, tuple[_Numbers, bool]]:
        a, b = _parts(self.design @ effects, each)
        x, y = self.n_found, self.n - self.n_found
        inner = a * b / each
        slope = inner * (digamma(a + x) - digamma(a) - digamma(b + y) + digamma(b))
        # without the term whose mean is 0: so it is never negative, and its inverse is a variance
        bend = inner**2 * (zeta(2, a) - zeta(2, a + x) + zeta(2, b) - zeta(2, b + y))
        hessian = (self.design.T @ (self.design * bend[:, None])).toarray() + np.diag(penalty)
        return self.design.T @ slope - penalty * effects, cho_factor(hessian, lower=True)

    def _climb(
        self, effects: _Numbers, step: _Numbers, height: float, each: _Numbers, penalty: _Numbers
    ) -> tuple[_Numbers, float, float]:
        for shorter in range(12):
            tried = effects + step / 2**shorter
            reached = self._height(tried, each, penalty)
            if reached > height:
                return tried, reached, reached - height
        return effects, height, 0.0


def _parts(etas: _Numbers, each: _Numbers) -> tuple[_Numbers, _Numbers]:
    means = expit(np.clip(etas, -15, 15))
    return each * means, each * (1 - means)


def _moments(etas: _Numbers, variances: _Numbers) -> tuple[_Numbers, _Numbers]:
    """Give mean and variance of the share whose logit is normal: (n,) each."""
    weights = _WEIGHTS / _WEIGHTS.sum()
    shares = expit(etas[:, None] + np.sqrt(variances)[:, None] * _NODES)
    means = shares @ weights
    return means, (shares - means[:, None]) ** 2 @ weights


def _check(n_found: NDArray[np.int64], n: NDArray[np.int64], groups: Sequence[NDArray[np.intp]]) -> None:
    if n_found.shape != n.shape or any(group.shape != n.shape for group in groups):
        raise InvalidInput("shrinkage: successes, trials and groups are of different length; give one each a unit")
    if (n_found < 0).any() or (n_found > n).any():
        raise InvalidInput("shrinkage: a unit has more successes than trials, or fewer than none; count again")
