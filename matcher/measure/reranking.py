"""Takes what was shown under one order; gives what another order of the same lists would have earned, with an interval.

For a challenger that changes the order and nothing else: same lists, same exploration. Learns none and runs none.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.measure.cluster_interval import LEVEL, mean_interval, ratio_values
from matcher.measure.logged_slots import codes

LEAST_PEOPLE, LEAST_ESS, LEAST_REWARDS = 30, 100.0, 10.0
"""What a comparison needs: people, effective looks, effective rewards."""


@dataclass(frozen=True, slots=True)
class Reorder:
    """m vacancies as they were shown.

    ``reward`` float64 (m,), ripe. ``looks_now`` and ``looks_then`` float64 (m,): the chance that the vacancy is shown
    and looked at in this slate, over all positions, under the order that ran and under the challenger, the looks of a
    position relative to the first; ``looks_now`` above 0. ``slate`` and ``person`` int64 (m,).

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

    def __post_init__(self) -> None:
        columns = (self.reward, self.looks_now, self.looks_then, self.slate, self.person)
        if len({len(column) for column in columns}) > 1:
            raise InvalidInput("reorder: columns of different lengths; give each one row for every vacancy shown")
        if len(self.reward) and (self.looks_now.min() <= 0 or self.looks_then.min() < 0):
            raise InvalidInput("reorder: a chance of looks below 0, or of 0 for what was shown; compute them again")

    def of(self, rows: NDArray[np.bool_]) -> Reorder:
        """Return the rows of a group. Raises nothing."""
        return Reorder(
            self.reward[rows], self.looks_now[rows], self.looks_then[rows], self.slate[rows], self.person[rows]
        )


@dataclass(frozen=True, slots=True)
class Gain:
    """Reward per slate that the challenger adds to what ran, with its interval at ``level``, and what ran earned.

    All but the sizes are ``None`` where ``refused`` says why.
    """

    value: float | None
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


def reorder_gain(shown: Reorder, *, level: float = LEVEL) -> Gain:
    """Return what the challenger would add per slate.

    Parameters
    ----------
    shown : Reorder
        Of a period that the challenger has not learned from.
    level : float
        Coverage of the interval, above 0 and below 1.

    Notes
    -----
    The position-based estimator (Li, Abbasi-Yadkori, Kveton et al. 2018, "Offline evaluation of ranking policies with
    click models", sec. 5.3): gain = (1 / n_slates) * sum of reward * (looks_then / looks_now - 1). Unbiased where the
    chance of a reward is that of the look times what belongs to person and vacancy. People are independent. Refused
    with too few people, effective looks or rewards. Raises nothing.

    Examples
    --------
    One slate, two vacancies; the challenger gives the one that was hired twice the looks: 1 * (2 - 1) / 1 = 1.
    """
    slates, people = codes(shown.slate), codes(shown.person)
    weight = shown.looks_then / shown.looks_now if len(shown.reward) else shown.reward
    looked = weight * shown.looks_now
    ess = float(weight.sum() ** 2 / (weight**2).sum()) if looked.any() else 0.0
    paid = np.abs(weight * shown.reward)
    n_rewards = float(paid.sum() ** 2 / (paid**2).sum()) if paid.any() else 0.0
    n_slates, n_people = (int(column.max()) + 1 if len(column) else 0 for column in (slates, people))
    why = _refusal(n_people, ess, n_rewards)
    if why:
        return Gain(None, None, None, None, n_slates, n_people, ess, level, why)
    _, first = np.unique(slates, return_index=True)
    counts = np.bincount(people[first], minlength=n_people).astype(np.float64)
    added = np.bincount(people, (weight - 1) * shown.reward, minlength=n_people).astype(np.float64)
    values = ratio_values(added, counts)
    low, high = mean_interval(values, level=level)
    return Gain(float(values.mean()), low, high, float(shown.reward.sum() / n_slates), n_slates, n_people, ess, level)


def _refusal(n_people: int, ess: float, n_rewards: float) -> str | None:
    if n_people < LEAST_PEOPLE:
        return f"{n_people} people, {LEAST_PEOPLE} are the least to compare; wait for more"
    if ess < LEAST_ESS:
        return f"{ess:.0f} effective looks, {LEAST_ESS:.0f} are the least; the two orders rarely agree, log longer"
    if n_rewards < LEAST_REWARDS:
        return f"{n_rewards:.0f} effective rewards, {LEAST_REWARDS:.0f} are the least; log longer"
    return None
