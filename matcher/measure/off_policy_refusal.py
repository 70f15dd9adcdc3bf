"""Takes logged slots; says why a log cannot carry an estimate by weighting, or nothing. Estimates nothing itself.

Wrong data raises when the slots are made. This room is for right data that know too little of the target policy:
that is an answer, not an error, and it stands beside the estimates that can be given.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from matcher.domain.errors import InvalidInput
from matcher.measure.cluster_interval import mean_interval, ratio_values
from matcher.measure.logged_slots import LoggedSlots

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class Floors:
    """What a log must offer before it is weighted.

    ``ess`` is the least effective number of slots, ``rewards`` the least effective number of rewards, ``unsupported``
    the largest mean chance of what the logging policy never shows, and ``confidence`` how sure one must be that the
    mean weight is not 1, where it belongs.
    """

    ess: float = 50.0
    rewards: float = 3.0
    unsupported: float = 1e-6
    confidence: float = 0.9999

    def __post_init__(self) -> None:
        if min(self.ess, self.rewards, self.unsupported) < 0 or not 0 < self.confidence <= 1:
            raise InvalidInput(f"{self}: a floor is 0 or more, and the confidence above 0 up to 1")


@dataclass(frozen=True, slots=True)
class Weighting:
    """How far the log stretches: effective sizes, and the largest and the mean weight (1 where all is well)."""

    ess: float
    effective_rewards: float
    max_weight: float
    mean_weight: float


@dataclass(frozen=True, slots=True)
class Refused:
    """Why `estimator` gives no number for this log."""

    estimator: str
    reason: str
    weighting: Weighting


def weighting_of(slots: LoggedSlots) -> Weighting:
    """Return how far `slots` stretch towards the target policy.

    Notes
    -----
    Kish (1965): ESS = (sum of weights)^2 / sum of squared weights; the effective number of rewards is the same of
    weight times reward. Raises nothing; where all weights are 0 so are the sizes.

    Examples
    --------
    Weights 1 and 3 are worth 16 / 10 equal ones; only the second slot had a reward.

    >>> weighting_of(LoggedSlots(np.array([0.0, 1.0]), np.array([0.5, 0.25]), np.array([0.5, 0.75])))
    Weighting(ess=1.6, effective_rewards=1.0, max_weight=3.0, mean_weight=2.0)
    """
    weights = slots.weights
    return Weighting(
        ess=_effective_size(weights),
        effective_rewards=_effective_size(np.abs(weights * slots.reward)),
        max_weight=float(weights.max()),
        mean_weight=float(weights.mean()),
    )


def reason_to_refuse(slots: LoggedSlots, weighting: Weighting, floors: Floors) -> str | None:
    """Return why `slots` cannot be weighted to the target policy, ``None`` where they can.

    Notes
    -----
    Besides the floors, the mean weight is held against 1: over everything that the logging policy may show, the target
    chances sum to 1, so a mean weight far from 1 betrays missing support or wrong propensities (Li et al. 2015 call it
    the control variate). Raises nothing.
    """
    missing = 0.0 if slots.unsupported is None else float(slots.unsupported.mean())
    if missing > floors.unsupported:
        return (
            f"support is missing: {missing:.2%} of what the target policy shows, the logging policy never does; "
            "let it explore there, or keep the target policy to what was explored"
        )
    if weighting.ess < floors.ess:
        return (
            f"effective sample size {weighting.ess:.1f} is below {floors.ess:g}: the two policies rarely agree; "
            "log longer, or judge a policy nearer to the logged one"
        )
    if weighting.effective_rewards < floors.rewards:
        return (
            f"{weighting.effective_rewards:.1f} effective rewards are fewer than {floors.rewards:g}: no interval can "
            "be trusted; log longer, or judge an earlier step of the funnel"
        )
    low, high = _mean_weight_interval(slots, floors.confidence)
    if not low - _ROUNDING <= 1 <= high + _ROUNDING:
        return (
            f"mean weight {weighting.mean_weight:.3f} is not 1 (surely {low:.3f} to {high:.3f}): propensities are "
            "wrong or support is missing; check what the logging policy wrote"
        )
    return None


def _effective_size(sizes: np.ndarray) -> float:
    squares = float(np.sum(sizes**2))
    return float(np.sum(sizes)) ** 2 / squares if squares else 0.0


def _mean_weight_interval(slots: LoggedSlots, confidence: float) -> tuple[float, float]:
    clusters, _ = slots.clusters()
    values = ratio_values(
        np.bincount(clusters, slots.weights).astype(np.float64), np.bincount(clusters).astype(np.float64)
    )
    return mean_interval(values, level=confidence) if len(values) > 1 else (-np.inf, np.inf)
