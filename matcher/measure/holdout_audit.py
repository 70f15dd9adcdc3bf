"""Takes who was assigned and who was shown what; says whether the lot was kept, or why no effect can be told.

An answer, not an error: a broken experiment gives no figure. Looks at no outcome.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray
from scipy import stats

LEAST_P = 0.001
"""Below it the split is not the lot's: the level usual for a mismatch of the sample ratio (Fabijan et al. 2019)."""

MOST_CROSSING = 0.01
"""Largest share of the people shown anything that may have been shown the other arm's order."""

REFUSALS: Mapping[str, str] = MappingProxyType(
    {
        "nobody": "nobody completed whose clock is over; wait, or give another clock or date",
        "one_arm_empty": "an arm has nobody; a difference needs people held out and people treated",
        "nobody_answered": "nobody of an arm answered; a difference needs answers from both",
        "too_few": "no stratum has 10 people of each arm who answered; wait for more people",
        "ratio_mismatch": "more or fewer people are in an arm than the lot can explain; find where they were lost",
        "strata_unbalanced": "the arms are split otherwise than by lot in some strata; find who changed the assignment",
        "exposure_crossed": "too many people were shown the order of the other arm; find which channel did not ask",
    }
)
"""Why no effect is told, and what to do."""


@dataclass(frozen=True, slots=True)
class Balance:
    """How a covariate is spread: mean of each arm, their difference in standard deviations; none of an empty arm."""

    name: str
    mean_treated: float | None
    mean_held_out: float | None
    standardised: float | None


@dataclass(frozen=True, slots=True)
class Audit:
    """What the audit found.

    ``ratio_p`` is of the whole split and ``strata_p`` of that within strata; ``crossed`` is the share of `n_shown`
    people who were shown anything of the other arm, ``None`` where nobody's arm was logged.
    """

    n_treated: int
    n_held_out: int
    expected_treated: float
    ratio_p: float
    strata_p: float
    n_shown: int
    crossed: float | None
    balance: tuple[Balance, ...]

    @property
    def refusals(self) -> tuple[str, ...]:
        """Which of ``REFUSALS`` hold; none where the lot was kept."""
        found = {
            "nobody": not self.n_treated and not self.n_held_out,
            "one_arm_empty": bool(self.n_treated) != bool(self.n_held_out),
            "ratio_mismatch": self.ratio_p < LEAST_P,
            "strata_unbalanced": self.strata_p < LEAST_P,
            "exposure_crossed": self.crossed is not None and self.crossed > MOST_CROSSING,
        }
        return tuple(name for name, holds in found.items() if holds)


def audit(
    is_treated: NDArray[np.bool_],
    share: NDArray[np.float64],
    stratum: NDArray[np.int64],
    covariates: Mapping[str, NDArray[np.float64]],
    *,
    crossed: NDArray[np.bool_],
    is_shown: NDArray[np.bool_],
) -> Audit:
    """Return whether the assignment was kept.

    Parameters
    ----------
    is_treated : ndarray of bool, shape (n,)
        The arm assigned to everybody, whether or not they answered.
    share : ndarray of float64, shape (n,)
        Chance of being treated.
    stratum : ndarray of int64, shape (n,)
        From 0; those at -1 are in no stratum.
    covariates : mapping of str to ndarray of float64, shape (n,)
        Known before treatment.
    crossed, is_shown : ndarray of bool, shape (n,)
        Whether the person was shown a slate of the other arm, and any slate that tells its arm.

    Notes
    -----
    ``ratio_p``: number treated against its expectation, variance ``sum s (1 - s)``, two-sided. ``strata_p``: the sum of
    the squares of the same by stratum against chi-square, a stratum counting from a variance of 2. A lot drawn evenly
    within strata varies less than this and passes more easily. Raises nothing.
    """
    expected, variance = share.sum(), (share * (1 - share)).sum()
    n_shown = int(is_shown.sum())
    return Audit(
        n_treated=int(is_treated.sum()),
        n_held_out=int((~is_treated).sum()),
        expected_treated=float(expected),
        ratio_p=_two_sided(float(is_treated.sum() - expected), float(variance)),
        strata_p=_strata_p(is_treated, share, stratum),
        n_shown=n_shown,
        crossed=float((crossed & is_shown).sum() / n_shown) if n_shown else None,
        balance=tuple(_balance(name, values, is_treated) for name, values in covariates.items()),
    )


def _two_sided(distance: float, variance: float) -> float:
    if variance == 0:
        return 1.0 if abs(distance) < 1e-6 else 0.0
    return float(2 * stats.norm.sf(max(abs(distance) - 0.5, 0) / variance**0.5))


def _strata_p(is_treated: NDArray[np.bool_], share: NDArray[np.float64], stratum: NDArray[np.int64]) -> float:
    kept = stratum >= 0
    distance = np.bincount(stratum[kept], is_treated[kept] - share[kept])
    variance = np.bincount(stratum[kept], (share * (1 - share))[kept])
    counts = variance >= 2
    return float(stats.chi2.sf((distance[counts] ** 2 / variance[counts]).sum(), max(int(counts.sum()), 1)))


def _balance(name: str, values: NDArray[np.float64], is_treated: NDArray[np.bool_]) -> Balance:
    sides = [values[is_treated], values[~is_treated]]
    if not all(len(side) for side in sides):
        return Balance(name, None, None, None)
    means = [float(side.mean()) for side in sides]
    spread = float(np.mean([side.var() for side in sides])) ** 0.5
    return Balance(name, means[0], means[1], (means[0] - means[1]) / spread if spread else 0.0)
