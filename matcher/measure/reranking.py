"""Takes what was shown under one order; gives what another order of the same lists would have earned, with an interval.

For a challenger that changes the order and nothing else: same lists, same exploration. People compete for openings, so
what one more application brings is bounded from both sides. Learns none and runs none.
"""

from __future__ import annotations

from dataclasses import dataclass, fields, replace

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.measure.cluster_interval import LEVEL, mean_interval, ratio_values, two_way_stretch
from matcher.measure.logged_slots import codes

LEAST_PEOPLE, LEAST_ESS, LEAST_REWARDS = 30, 100.0, 10.0
"""What a comparison needs: people, effective looks, effective rewards."""


@dataclass(frozen=True, slots=True)
class Reorder:
    """m vacancies as they were shown.

    ``reward`` float64 (m,), ripe. ``looks_now`` and ``looks_then`` float64 (m,): the chance that the vacancy is shown
    and looked at in this slate, over all positions, under the order that ran and under the challenger, the looks of a
    position relative to the first; ``looks_now`` above 0. ``slate``, ``person`` and ``vacancy`` int64 (m,). ``is_full``
    bool (m,): whether all openings of the vacancy were taken in the end, by whomever.

    Raises
    ------
    InvalidInput
        When the columns differ in length or a chance is out of range.
    """

    reward: NDArray[np.float64]
    looks_now: NDArray[np.float64]
    looks_then: NDArray[np.float64]
    slate: NDArray[np.int64]
    person: NDArray[np.int64]
    vacancy: NDArray[np.int64]
    is_full: NDArray[np.bool_]

    def __post_init__(self) -> None:
        if len({len(getattr(self, each.name)) for each in fields(self)}) > 1:
            raise InvalidInput("reorder: columns of different lengths; give each one row for every vacancy shown")
        if len(self.reward) and (self.looks_now.min() <= 0 or self.looks_then.min() < 0):
            raise InvalidInput("reorder: a chance of looks below 0, or of 0 for what was shown; compute them again")

    def of(self, rows: NDArray[np.bool_]) -> Reorder:
        """Return the rows of a group. Raises nothing."""
        return Reorder(**{each.name: getattr(self, each.name)[rows] for each in fields(self)})

    def without_limits(self) -> Reorder:
        """Return the same as if no vacancy had ever been full. Raises nothing."""
        return replace(self, is_full=np.zeros(len(self.is_full), dtype=bool))


@dataclass(frozen=True, slots=True)
class Gain:
    """Reward per slate that the challenger adds to what ran, with its interval at ``level``, and what ran earned.

    ``value`` takes full vacancies for full under either order; ``if_never_full`` is the same where no vacancy fills.
    ``low`` and ``high`` are the outermost ends of both intervals.
    All but the sizes are ``None`` where ``refused`` says why.
    """

    value: float | None
    if_never_full: float | None
    low: float | None
    high: float | None
    logged: float | None
    n_slates: int
    n_people: int
    ess: float
    level: float = LEVEL
    refused: str | None = None

    @property
    def is_clear(self) -> bool:
        """Whether the whole interval is above 0."""
        return self.low is not None and self.low > 0

    @property
    def is_loss(self) -> bool:
        """Whether the whole interval is below 0."""
        return self.high is not None and self.high < 0


def reorder_gain(shown: Reorder, *, level: float = LEVEL, least_rewards: float = LEAST_REWARDS) -> Gain:
    """Return what the challenger would add per slate.

    Parameters
    ----------
    shown : Reorder
        Of a period that the challenger has not learned from.
    level : float
        Coverage of the interval, above 0 and below 1.
    least_rewards : float
        Effective rewards below which there is no estimate.

    Notes
    -----
    The position-based estimator (Li, Abbasi-Yadkori, Kveton et al. 2018, "Offline evaluation of ranking policies with
    click models", sec. 5.3): gain = (1 / n_slates) * sum of reward * (looks_then / looks_now - 1). Unbiased where the
    chance of a reward is that of the look times what belongs to person and vacancy, and nobody is in another's way.

    Openings are limited, so that does not hold: one more good application brings a hire only where a place would have
    stayed empty. If X qualified people apply for C places, X Poisson with mean m, then d E[min(C, X)] / dm = P(X < C).
    So ``value`` counts rewards at vacancies that stayed open and takes those of full ones as earned by either order:
    a little too low, since a vacancy that just filled might have had room; ``if_never_full`` counts all: too high.

    People are the clusters of the interval, stretched where rewards by vacancy vary more (``two_way_stretch``).
    Refused with too few people, effective looks or rewards. Raises nothing.

    Examples
    --------
    One slate, two vacancies; the challenger gives the one that was hired twice the looks: 1 * (2 - 1) / 1 = 1, and 0 if
    its only place is taken.
    """
    why = _refusal(shown, least_rewards)
    slates, people = codes(shown.slate), codes(shown.person)
    n_slates, n_people = (int(column.max()) + 1 if len(column) else 0 for column in (slates, people))
    ess = _effective(shown.looks_then)
    if why:
        return Gain(None, None, None, None, None, n_slates, n_people, ess, level, why)
    value, *inner = _estimate(shown, level)
    never_full, *outer = _estimate(shown.without_limits(), level)
    low, high = min(inner[0], outer[0]), max(inner[1], outer[1])
    logged = float(shown.reward.sum() / n_slates)
    return Gain(value, never_full, low, high, logged, n_slates, n_people, ess, level)


def _estimate(shown: Reorder, level: float) -> tuple[float, float, float]:
    """Give the gain by slate and its interval; full vacancies gain nothing and lose nothing."""
    slates, people = codes(shown.slate), codes(shown.person)
    added = (shown.looks_then / shown.looks_now - 1) * shown.reward * ~shown.is_full
    _, first, of_slate = np.unique(slates, return_index=True, return_counts=True)
    counts = np.bincount(people[first]).astype(np.float64)
    values = ratio_values(np.bincount(people, added).astype(np.float64), counts)
    value = float(values.mean())
    low, high = mean_interval(values, level=level)
    stretch = two_way_stretch(added - value / of_slate[slates], people, codes(shown.vacancy))
    return value, value - stretch * (value - low), value + stretch * (high - value)


def _effective(weights: NDArray[np.float64]) -> float:
    return float(weights.sum() ** 2 / (weights**2).sum()) if weights.any() else 0.0


def _refusal(shown: Reorder, least_rewards: float) -> str | None:
    n_people, ess = len(np.unique(shown.person)), _effective(shown.looks_then)
    n_rewards = _effective(shown.looks_then / shown.looks_now * shown.reward) if n_people else 0.0
    if n_people < LEAST_PEOPLE:
        return f"{n_people} people, {LEAST_PEOPLE} are the least to compare; wait for more"
    if ess < LEAST_ESS:
        return f"{ess:.0f} effective looks, {LEAST_ESS:.0f} are the least; the two orders rarely agree, log longer"
    if n_rewards < least_rewards:
        return f"{n_rewards:.0f} effective rewards, {least_rewards:.0f} are the least; log longer"
    return None
