"""Takes counts of people asked, answering and at work; gives rates with intervals, bounds and a weighted estimate.

Knows no cohort and no clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from statsmodels.stats.proportion import proportion_confint

from matcher.domain.errors import InvalidInput

GOAL = 0.30
"""Share at work that the programme is held against."""

LEAST_ANSWERS = 10
"""A stratum with fewer answers is joined to its neighbour before anybody is weighted by it."""


@dataclass(frozen=True, slots=True)
class Rate:
    """A share in 0 .. 1 with its 95 % interval; ``n`` is how many people it speaks of (effective, if weighted)."""

    value: float
    low: float
    high: float
    n: float


@dataclass(frozen=True, slots=True)
class WeightedRate:
    """A rate for all people, answering or not, and how many strata it rests on of how many given."""

    rate: Rate
    n_strata: int
    n_strata_given: int


def wilson_rate(n_at_work: float, n: float) -> Rate | None:
    """Return `n_at_work` of `n` with the interval of Wilson (1927) at 95 %; ``None`` where `n` is 0.

    Raises
    ------
    InvalidInput
        When `n_at_work` is not within 0 .. `n`.

    Examples
    --------
    Three of ten: 0.3, and by hand (0.3 + 1.96^2/20 -+ 1.96 sqrt(0.021 + 1.96^2/400)) / (1 + 1.96^2/10) = 0.108, 0.603.
    """
    if not 0 <= n_at_work <= n:
        raise InvalidInput(f"rate: {n_at_work:g} at work of {n:g} people is impossible; count the same people")
    if n == 0:
        return None
    low, high = _wilson_ends(np.array(n_at_work), np.array(n)).tolist()
    return Rate(n_at_work / n, low, high, n)


def silence_bounds(n_at_work: int, n_answered: int, n_all: int) -> tuple[float, float] | None:
    """Return the share at work among all if nobody, and if everybody, who did not answer works; ``None`` for nobody.

    Raises
    ------
    InvalidInput
        When the counts are not 0 <= `n_at_work` <= `n_answered` <= `n_all`.

    Notes
    -----
    Manski (1990): without any assumption on who keeps silent nothing narrower can be said.

    Examples
    --------
    20 at work of 60 answers, 100 asked: between 0.20 and 0.60.
    """
    if not 0 <= n_at_work <= n_answered <= n_all:
        raise InvalidInput(f"bounds: {n_at_work} at work, {n_answered} answers, {n_all} people do not fit together")
    return (n_at_work / n_all, (n_at_work + n_all - n_answered) / n_all) if n_all else None


def weighted_rate(
    n_all: NDArray[np.int64], n_answered: NDArray[np.int64], n_at_work: NDArray[np.int64]
) -> WeightedRate | None:
    """Return the share at work among all people, each stratum weighted by its people; ``None`` where nobody answered.

    Parameters
    ----------
    n_all, n_answered, n_at_work : ndarray of int64, shape (n_strata,)
        People, answers and people at work in each stratum; neighbours are the strata most alike.

    Raises
    ------
    InvalidInput
        When the counts of a stratum are not 0 <= at work <= answered <= all.

    Notes
    -----
    Assumes that within a stratum those who keep silent work as often as those who answer. Where silence depends on work
    itself it is wrong by an amount that no data show: only ``silence_bounds`` hold then.

    Post-stratification: ``sum W_h x_h / n_h`` with ``W_h = N_h / N``. A stratum with fewer than ``LEAST_ANSWERS``
    answers joins the next one, the last the one before. Variance ``sum W_h^2 p_h (1 - p_h) / n_h`` with
    ``p_h = (x_h + 1) / (n_h + 2)``, so that no stratum is certain of itself; the interval is Wilson's with the
    effective sample size ``p (1 - p) / variance`` (Korn and Graubard 1998), never more than the answers.
    """
    return weighted_rates([np.stack([n_all, n_answered, n_at_work])])[0]


def weighted_rates(groups: Sequence[NDArray[np.int64]]) -> list[WeightedRate | None]:
    """Return ``weighted_rate`` of each group, the intervals of all made in one call.

    Parameters
    ----------
    groups : sequence of ndarray of int64, shape (3, n_strata)
        People, answers and people at work in each stratum of a group.

    Raises
    ------
    InvalidInput
        As ``weighted_rate``.
    """
    estimates = [_estimate(strata.astype(np.int64)) for strata in groups]
    known = np.array([(one.value, one.n_effective) for one in estimates if one]).reshape(-1, 2)
    ends = iter(_wilson_ends(known[:, 0] * known[:, 1], known[:, 1]).tolist())
    return [one and one.with_interval(*next(ends)) for one in estimates]


def against_goal(rate: Rate, goal: float = GOAL) -> str:
    """Return ``above``, ``below`` or ``undecided``: where the whole interval lies. Raises nothing."""
    if rate.low > goal:
        return "above"
    return "below" if rate.high < goal else "undecided"


def _wilson_ends(n_at_work: NDArray[Any], n: NDArray[Any]) -> NDArray[np.float64]:
    """Return both ends of the interval of each count: (..., 2)."""
    low, high = (np.asarray(end, dtype=np.float64) for end in proportion_confint(n_at_work, n, method="wilson"))
    return np.stack([low, high], axis=-1)


class _Estimate(NamedTuple):
    """A weighted share without its interval."""

    value: float
    n_effective: float
    n_strata: int
    n_strata_given: int

    def with_interval(self, low: float, high: float) -> WeightedRate:
        rate = Rate(self.value, low, high, self.n_effective)
        return WeightedRate(rate, self.n_strata, self.n_strata_given)


def _estimate(strata: NDArray[np.int64]) -> _Estimate | None:
    if (strata[1:] > strata[:-1]).any() or (strata < 0).any():
        raise InvalidInput("weighting: a stratum has more answers than people, or more at work than answers")
    if strata[1].sum() == 0:
        return None
    people, answers, at_work = _collapsed(strata)
    weights = people / people.sum()
    smooth = (at_work + 1) / (answers + 2)
    centre = float(weights @ smooth)
    variance = float(np.sum(weights**2 * smooth * (1 - smooth) / answers))
    n_effective = min(centre * (1 - centre) / variance, float(answers.sum()))
    value = min(float(weights @ (at_work / answers)), 1.0)
    return _Estimate(value, n_effective, len(people), strata.shape[1])


def _collapsed(strata: NDArray[np.int64]) -> NDArray[np.int64]:
    """Join thin strata: (3, n) -> (3, fewer), each with at least one answer."""
    joined: list[NDArray[np.int64]] = []
    pending = np.zeros(3, dtype=np.int64)
    for stratum in strata.T:
        pending = pending + stratum
        if pending[1] >= LEAST_ANSWERS:
            joined.append(pending)
            pending = np.zeros(3, dtype=np.int64)
    if pending.any() and joined:
        joined[-1] = joined[-1] + pending
    return np.array(joined or [pending]).T
