"""Takes slates as shown; gives who looked at what and who applied, and when. Ranks nothing and hires nobody.

The position-based model: an entry is looked at if its position is examined and the vacancy attracts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.simulate.parameters import MarketParameters
from matcher.simulate.shortlists import Sides

VIEW_WEIGHTS = {"constant": -0.9, "quality": 0.8, "nearness": 0.9}
"""Log odds that an examined entry is opened."""

APPLY_WEIGHTS = {"constant": -2.0, "quality": 0.9, "nearness": 1.2}
"""Log odds that an opened vacancy is applied for."""

MEAN_QUALITY, MEAN_NEARNESS = 0.5, 0.2
"""What everybody sees in every vacancy where the features carry no signal."""

SAVED, HIDDEN = 0.15, 0.03
"""Shares of opened vacancies, not applied for, that are kept and that are put away."""

_APPLIES_AFTER_DAYS = (0.5, 1.0)
_VIEW_DAYS = (0.0005, 0.02)

Reals = NDArray[np.float64]
Flags = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Entries:
    """m slate entries: ``slate``, ``person`` and ``vacancy`` int64, ``position`` int64 from 1, ``day`` float64 on which
    it was shown; all (m,)."""

    slate: NDArray[np.int64]
    person: NDArray[np.int64]
    vacancy: NDArray[np.int64]
    position: NDArray[np.int64]
    day: Reals


@dataclass(frozen=True, slots=True)
class Reactions:
    """What people did with m entries.

    ``attraction`` and ``appeal`` float64 (m,): the true chances to be opened once examined, and to be applied for once
    opened; ``is_viewed``, ``is_saved``, ``is_hidden`` and ``is_applied`` bool (m,); ``viewed`` and ``applied`` float64
    (m,), the days, with a meaning only where it happened.
    """

    attraction: Reals
    appeal: Reals
    is_viewed: Flags
    is_saved: Flags
    is_hidden: Flags
    is_applied: Flags
    viewed: Reals
    applied: Reals


def examination(position: NDArray[np.int64], position_bias: float) -> Reals:
    """Return the chance that a position, from 1, is examined: ``position ** -position_bias``, 1 at the first.

    Notes
    -----
    Raises nothing.

    Examples
    --------
    >>> examination(np.array([1, 2, 4]), 1.0).tolist()
    [1.0, 0.5, 0.25]
    """
    return position.astype(np.float64) ** -position_bias


def react(parameters: MarketParameters, sides: Sides, entries: Entries, *, rng: np.random.Generator) -> Reactions:
    """Return what people do with the entries they are shown.

    Notes
    -----
    ``P(viewed) = examination * attraction``, ``P(applied | viewed) = appeal``; both chances are logistic in the true
    quality of the match and in whether the vacancy lies in the person's district. Raises nothing.
    """
    m = len(entries.slate)
    quality, nearness = seen(parameters, sides, entries.person, entries.vacancy)
    attraction = logistic(_weighted(VIEW_WEIGHTS, quality, nearness))
    appeal = logistic(_weighted(APPLY_WEIGHTS, quality, nearness))
    is_viewed = rng.random(m) < examination(entries.position, parameters.position_bias) * attraction
    lot = rng.random(m)
    is_applied = is_viewed & (lot < appeal)
    rest = is_viewed & ~is_applied
    later = rng.random(m)
    viewed = entries.day + _VIEW_DAYS[0] + _VIEW_DAYS[1] * rng.random(m)
    return Reactions(
        attraction=attraction,
        appeal=appeal,
        is_viewed=is_viewed,
        is_saved=rest & (later < SAVED),
        is_hidden=rest & (later > 1 - HIDDEN),
        is_applied=is_applied,
        viewed=viewed,
        applied=viewed + lognormal_days(*_APPLIES_AFTER_DAYS, m, rng),
    )


def seen(
    parameters: MarketParameters, sides: Sides, person: NDArray[np.int64], vacancy: NDArray[np.int64]
) -> tuple[Reals, Reals]:
    """Return true quality and nearness of pairs as both sides see them, float64 (m,) each.

    Notes
    -----
    Without signal all pairs are alike. Raises nothing.
    """
    if not parameters.has_signal:
        return np.full(len(person), MEAN_QUALITY), np.full(len(person), MEAN_NEARNESS)
    quality = sides.qualities.true[sides.people.course[person], vacancy].astype(np.float64)
    return quality, (sides.people.district[person] == sides.vacancies.district[vacancy]).astype(np.float64)


def logistic(log_odds: Reals) -> Reals:
    """Return the chances of log odds.

    Notes
    -----
    Raises nothing.
    """
    return 1 / (1 + np.exp(-log_odds))


def lognormal_days(median: float, spread: float, n: int, rng: np.random.Generator) -> Reals:
    """Return `n` log-normal delays in days by their median and the standard deviation of their logarithm.

    Notes
    -----
    Raises nothing.
    """
    return median * np.exp(spread * rng.standard_normal(n))


def _weighted(weights: dict[str, float], quality: Reals, nearness: Reals) -> Reals:
    return weights["constant"] + weights["quality"] * quality + weights["nearness"] * nearness
