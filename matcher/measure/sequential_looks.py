"""Takes how much is known at each look; gives how far from 0 an estimate must be so that looking often errs no more.

Looks at no data. Also tells how many people and months an effect needs to be seen.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from scipy import stats
from statsmodels.stats.power import NormalIndPower
from statsmodels.stats.proportion import proportion_effectsize

from matcher.domain.errors import InvalidInput

LEVEL = 0.05
POWER = 0.8
MOST_LOOKS = 60

_GRID = 801
_REACH = 8.0


def critical_values(fractions: Sequence[float], *, level: float = LEVEL) -> list[float]:
    """Return for each look the critical value of a normal statistic, two-sided, so that all looks err at `level`.

    Parameters
    ----------
    fractions : sequence of float
        Of the planned information, known at each look: rising, above 0 up to 1. Equals the people whose outcome is
        known over the people planned.
    level : float
        Chance of any look declaring an effect where there is none.

    Raises
    ------
    InvalidInput
        When there is no look, there are more than 60, they do not rise, or leave the range.

    Notes
    -----
    Lan and DeMets (1983), with their spending function of the kind of O'Brien and Fleming (1979), in each tail
    ``2 - 2 Phi(z / sqrt(t))`` with z the upper quarter of `level`. The chance of first crossing at a look is integrated
    over the score of the looks before (Armitage, McPherson and Rowe 1969) by the rule of Simpson. The estimate with
    this many errors to either side is the repeated confidence interval of Jennison and Turnbull (1989). Looks may be
    chosen by the calendar, not by what the figures say.

    Examples
    --------
    Five even looks, as the tables print them (Reboussin and others 2000: 4.8769, 3.3569, 2.6803, 2.2898, 2.0310).

    >>> [round(one, 2) for one in critical_values([0.2, 0.4, 0.6, 0.8, 1.0])]
    [4.88, 3.36, 2.68, 2.29, 2.03]
    """
    _check(fractions, level)
    spent = [4 * float(stats.norm.sf(stats.norm.isf(level / 4) / math.sqrt(t))) for t in fractions]
    values: list[float] = []
    points, density = np.zeros(1), np.ones(1)
    before = 0.0
    for t, used, used_before in zip(fractions, spent, [0.0, *spent[:-1]], strict=True):
        step = math.sqrt(t - before)
        edge = _edge(points, density, step, (used - used_before) / 2)
        values.append(edge / math.sqrt(t))
        points, density = _inside(points, density, step, edge)
        before = t
    return values


@dataclass(frozen=True, slots=True)
class Plan:
    """What a planned holdout needs: people answering in both arms, people who complete, and months."""

    n_answering: int
    n_people: int
    months: float | None


def plan_people(
    baseline: float,
    effect: float,
    *,
    share_held_out: float,
    response_rate: float = 1.0,
    people_a_month: float | None = None,
    power: float = POWER,
) -> Plan:
    """Return how many people an effect needs to be told from none, and how many months they take to complete.

    Parameters
    ----------
    baseline : float
        Share at work of the held out, above 0 and below 1.
    effect : float
        Smallest difference worth seeing, as a share: 0.01 is one percentage point; not 0.
    share_held_out, response_rate : float
        Above 0; the first below 1, the second up to 1.
    people_a_month : float, optional
        How many complete in a month; without it no months are told.
    power : float
        Chance of seeing an effect of this size.

    Raises
    ------
    InvalidInput
        When a value is out of range.

    Notes
    -----
    Two-sided test at 5 % of two shares by the arcsine difference (Cohen 1988), as statsmodels solves it, without the
    gain of strata and covariates. Looking five times on the way costs 3 % more people with the bounds used here
    (Jennison and Turnbull 2000, table 2.4); months count completions: the clock adds its own.

    Examples
    --------
    30 % against 31 %, half and half: h = 0.0217, and 2 (1.96 + 0.842)^2 / h^2 = 33,280 an arm.

    >>> round(plan_people(0.30, 0.01, share_held_out=0.5).n_answering / 2, -2)
    33300.0
    """
    shares = {"baseline": baseline, "baseline + effect": baseline + effect, "share_held_out": share_held_out}
    wrong = [f"{name} = {value}" for name, value in shares.items() if not 0 < value < 1]
    if wrong or effect == 0 or not 0 < response_rate <= 1 or not 0 < power < 1:
        raise InvalidInput(
            f"plan: {', '.join(wrong) or 'effect, response or power'} out of range; give shares within 0 .. 1, no 0"
        )
    size = abs(float(proportion_effectsize(baseline + effect, baseline)))
    ratio = (1 - share_held_out) / share_held_out
    held_out = NormalIndPower().solve_power(effect_size=size, alpha=LEVEL, power=power, ratio=ratio)
    n_answering = math.ceil(float(np.asarray(held_out).item()) / share_held_out)
    n_people = math.ceil(n_answering / response_rate)
    return Plan(n_answering, n_people, n_people / people_a_month if people_a_month else None)


def _check(fractions: Sequence[float], level: float) -> None:
    is_rising = all(a < b for a, b in pairwise([0.0, *fractions]))
    if not fractions or len(fractions) > MOST_LOOKS or not is_rising or fractions[-1] > 1 or not 0 < level < 1:
        raise InvalidInput(
            f"looks at {list(fractions)}: give 1 to {MOST_LOOKS} rising fractions above 0 up to 1 of what was planned"
        )


def _edge(points: np.ndarray, density: np.ndarray, step: float, tail: float) -> float:
    """Give the score that one more step first surpasses with the chance `tail`, by halving."""
    low, high = 0.0, float(points[-1]) + _REACH * 2
    for _ in range(60):
        middle = (low + high) / 2
        if float(density @ stats.norm.sf((middle - points) / step)) > tail:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _inside(points: np.ndarray, density: np.ndarray, step: float, edge: float) -> tuple[np.ndarray, np.ndarray]:
    """Give the scores that cross no edge after one more step, as points with weights."""
    reach = min(edge, _REACH)
    after = np.linspace(-reach, reach, _GRID)
    simpson = np.ones(_GRID)
    simpson[1:-1:2], simpson[2:-1:2] = 4, 2
    simpson *= (after[1] - after[0]) / 3
    heights = np.exp(-0.5 * ((after[:, None] - points) / step) ** 2) @ density / (step * math.sqrt(2 * math.pi))
    return after, heights * simpson
