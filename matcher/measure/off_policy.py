"""Takes logged slots; gives what another policy would have earned per slate, with an interval, or a refusal.

Five estimators over one record, from the one that believes only the log to the one that believes only a model. At the
level of slates they follow the item-position model: what comes of a slot depends on who sees it, what stands there and
where, not on its neighbours. They fit no model and learn no policy.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.measure.cluster_interval import mean_interval, ratio_values
from matcher.measure.logged_slots import LoggedSlots
from matcher.measure.off_policy_refusal import Floors, Refused, Weighting, reason_to_refuse, weighting_of


@dataclass(frozen=True, slots=True)
class OffPolicyEstimate:
    """Expected reward per slate (`n` slates) under the target policy, with its 95 % interval.

    ``n_clusters`` are the people (or slates) taken as independent. ``shrinkage`` is the lambda of DRos, infinite where
    it equals DR, and ``None`` elsewhere.
    """

    value: float
    low: float
    high: float
    n: int
    estimator: str
    n_clusters: int
    weighting: Weighting
    shrinkage: float | None = None


Answer = OffPolicyEstimate | Refused


def ips(slots: LoggedSlots, *, floors: Floors | None = None, as_gain: bool = False) -> Answer:
    """Return the estimate by inverse propensity scoring: rewards weighted by target over propensity.

    Parameters
    ----------
    slots : LoggedSlots
        What was logged; with slates, this is the item-position estimator (IIPS).
    floors : Floors, optional
        What the log must offer; the default where left out.
    as_gain : bool
        Whether to estimate the gain over what was logged, slate by slate, instead of the value itself.

    Returns
    -------
    OffPolicyEstimate or Refused
        Refused where support is missing, the effective sizes are below the floors, or the weights do not average 1.

    Notes
    -----
    V = (1 / n_slates) * sum over slots of w * r (Horvitz and Thompson 1952; slates: Li, Abbasi-Yadkori, Kveton et al.
    2018). Unbiased where the propensities are those of the log and cover the target. Raises nothing.

    Examples
    --------
    Two rounds, weights 1/2 and 3/2, rewards 1 and 1: (1/2 + 3/2) / 2 = 1.

    >>> slots = LoggedSlots(np.ones(2), np.array([0.5, 0.5]), np.array([0.25, 0.75]))
    >>> ips(slots, floors=Floors(ess=1, rewards=1)).value
    1.0
    """
    return _weighted("ips", slots, slots.weights * slots.reward, floors, as_gain)


def snips(slots: LoggedSlots, *, floors: Floors | None = None, as_gain: bool = False) -> Answer:
    """Return the self-normalised estimate: at each position the weights are scaled to average 1.

    Parameters
    ----------
    slots, floors, as_gain
        As for :func:`ips`.

    Notes
    -----
    V = sum over positions of (n_p / n_slates) * sum(w * r) / sum(w) (Swaminathan and Joachims 2015). Its bias falls
    with 1 / n; a reward shifted by a constant shifts it by that constant. The interval is that of its linear part.
    Raises nothing.

    Examples
    --------
    Weights 1/2 and 3/2, rewards 1 and 0: (1/2) / (1/2 + 3/2) = 1/4.

    >>> slots = LoggedSlots(np.array([1.0, 0.0]), np.array([0.5, 0.5]), np.array([0.25, 0.75]))
    >>> snips(slots, floors=Floors(ess=1, rewards=1)).value
    0.25
    """
    return _weighted("snips", slots, _self_normalised(slots), floors, as_gain)


def dm(slots: LoggedSlots, *, as_gain: bool = False) -> Answer:
    """Return the estimate of the direct method: what the model expects under the target policy.

    Parameters
    ----------
    slots, as_gain
        As for :func:`ips`; with ``q_logged`` and ``q_target``.

    Raises
    ------
    InvalidInput
        When no model is given.

    Notes
    -----
    V = (1 / n_slates) * sum over slots of q_target. It needs no propensity, and so is refused only for a single
    person; its interval tells only how the slates of the log vary, and nothing of the error of the model.

    Examples
    --------
    >>> model = {"q_logged": np.array([0.1, 0.1]), "q_target": np.array([0.2, 0.4])}
    >>> round(dm(LoggedSlots(np.zeros(2), np.ones(2), np.ones(2), **model)).value, 2)
    0.3
    """
    _, q_target = _model(slots)
    return _estimate("dm", slots, q_target, weighting_of(slots), as_gain)


def dr(slots: LoggedSlots, *, floors: Floors | None = None, as_gain: bool = False) -> Answer:
    """Return the doubly robust estimate: the model, corrected by its weighted errors on what was logged.

    Parameters
    ----------
    slots, floors, as_gain
        As for :func:`ips`; with ``q_logged`` and ``q_target``.

    Raises
    ------
    InvalidInput
        When no model is given.

    Notes
    -----
    V = (1 / n_slates) * sum over slots of q_target + w * (r - q_logged) (Dudík, Langford and Li 2011). Right where
    either the propensities or the model are.

    Examples
    --------
    The model expects 0.4 under the target and 0.5 of what was shown; both slots earned 1, at weights 1/2 and 3/2:
    ((0.4 + 1/2 * 1/2) + (0.4 + 3/2 * 1/2)) / 2 = 0.9.

    >>> model = {"q_logged": np.array([0.5, 0.5]), "q_target": np.array([0.4, 0.4])}
    >>> slots = LoggedSlots(np.ones(2), np.array([0.5, 0.5]), np.array([0.25, 0.75]), **model)
    >>> round(dr(slots, floors=Floors(ess=1, rewards=1)).value, 4)
    0.9
    """
    q_logged, q_target = _model(slots)
    return _weighted("dr", slots, q_target + slots.weights * (slots.reward - q_logged), floors, as_gain)


def dros(
    slots: LoggedSlots, *, floors: Floors | None = None, as_gain: bool = False, shrinkage: float | None = None
) -> Answer:
    """Return the doubly robust estimate with optimistic shrinkage: large weights are shrunk, the model fills in.

    Parameters
    ----------
    slots, floors, as_gain
        As for :func:`dr`.
    shrinkage : float, optional
        Lambda, 0 (the direct method) to infinity (DR); chosen from the log where left out.

    Raises
    ------
    InvalidInput
        When no model is given or `shrinkage` is negative.

    Notes
    -----
    Su, Dimakopoulou, Krishnamurthy and Dudík (2020): DR with w replaced by lambda * w / (w^2 + lambda). Lambda is the
    one of 40, DR and the direct method among them, with the least estimated mean squared error, variance + bias^2, the
    bias being the mean of (w - shrunk w) * (r - q_logged): their rule with the bias estimated directly. A smaller
    error is all that shrinking buys: how biased it is can be known only as well as DR is, so the interval is
    that of DR, stretched to hold the interval of the shrunk estimate. It covers at least as often as it says.

    Examples
    --------
    With lambda = 3/4 the weights 1/2 and 3/2 of the example of :func:`dr` both shrink to 3/8: 0.4 + 3/8 * 1/2.

    >>> model = {"q_logged": np.array([0.5, 0.5]), "q_target": np.array([0.4, 0.4])}
    >>> slots = LoggedSlots(np.ones(2), np.array([0.5, 0.5]), np.array([0.25, 0.75]), **model)
    >>> round(dros(slots, floors=Floors(ess=1, rewards=1), shrinkage=0.75).value, 4)
    0.5875
    """
    if shrinkage is not None and not shrinkage >= 0:
        raise InvalidInput(f"shrinkage = {shrinkage}: lambda is 0 or more; leave it out to have it chosen")
    q_logged, q_target = _model(slots)
    weights, errors = slots.weights, slots.reward - q_logged
    units = _Units(slots, as_gain)
    choices = []
    for each in [shrinkage] if shrinkage is not None else _candidates(weights):
        lost = (weights - _shrunk(weights, each)) * errors
        bias = float(units.sums(lost).mean())
        choices.append((_variance(units.values(q_target + weights * errors - lost)) + bias**2, -each))
    chosen = -min(choices)[1]
    answer = _weighted("dros", slots, q_target + _shrunk(weights, chosen) * errors, floors, as_gain)
    plain = dr(slots, floors=floors, as_gain=as_gain)
    if isinstance(answer, Refused) or isinstance(plain, Refused):
        return answer
    low, high = min(answer.low, plain.low), max(answer.high, plain.high)
    return replace(answer, low=low, high=high, shrinkage=chosen)


ESTIMATORS: Mapping[str, Callable[..., Answer]] = MappingProxyType(
    {"ips": ips, "snips": snips, "dm": dm, "dr": dr, "dros": dros}
)


def _weighted(
    name: str, slots: LoggedSlots, terms: NDArray[np.float64], floors: Floors | None, as_gain: bool
) -> Answer:
    weighting = weighting_of(slots)
    reason = reason_to_refuse(slots, weighting, floors or Floors())
    return Refused(name, reason, weighting) if reason else _estimate(name, slots, terms, weighting, as_gain)


class _Units:
    """The people (or slates) that an interval takes as independent, and how slots add up to them."""

    def __init__(self, slots: LoggedSlots, as_gain: bool) -> None:
        self._clusters, self._n_slates = slots.clusters()
        self._deduction = slots.reward if as_gain else 0.0

    def sums(self, terms: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give the sum of `terms` in each cluster, in units of one slate."""
        return np.bincount(self._clusters, weights=terms) / self._n_slates.mean()

    def values(self, terms: NDArray[np.float64]) -> NDArray[np.float64]:
        """Give one number for each cluster, whose mean is the estimate per slate."""
        sums = np.bincount(self._clusters, terms - self._deduction).astype(np.float64)
        return ratio_values(sums, self._n_slates)


def _estimate(name: str, slots: LoggedSlots, terms: NDArray[np.float64], weighting: Weighting, as_gain: bool) -> Answer:
    values = _Units(slots, as_gain).values(terms)
    if len(values) < 2:
        return Refused(name, "one person or slate tells nothing of spread; log more of them", weighting)
    low, high = mean_interval(values)
    return OffPolicyEstimate(float(values.mean()), low, high, slots.n_slates, name, len(values), weighting)


def _variance(values: NDArray[np.float64]) -> float:
    return float(values.var(ddof=1)) / len(values) if len(values) > 1 else 0.0


def _self_normalised(slots: LoggedSlots) -> NDArray[np.float64]:
    """Give the linear part of the self-normalised estimate: its sum over slots is that estimate, times the slates."""
    places, weights = slots.places(), slots.weights
    sums = np.bincount(places, weights)
    sums = np.where(sums > 0, sums, 1.0)
    means = np.bincount(places, weights * slots.reward) / sums
    scale = np.bincount(places) / sums
    return means[places] + scale[places] * weights * (slots.reward - means[places])


def _model(slots: LoggedSlots) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    if slots.q_logged is None or slots.q_target is None:
        raise InvalidInput("q_logged and q_target are not given: this estimator needs a model; use ips or snips")
    return slots.q_logged, slots.q_target


def _candidates(weights: NDArray[np.float64]) -> list[float]:
    squares = weights[weights > 0] ** 2
    if not len(squares):
        return [np.inf]
    return [0.0, *np.geomspace(squares.min() / 100, squares.max() * 100, 38), np.inf]


def _shrunk(weights: NDArray[np.float64], shrinkage: float) -> NDArray[np.float64]:
    if np.isinf(shrinkage):
        return weights
    return shrinkage * weights / np.maximum(weights**2 + shrinkage, np.finfo(float).tiny)
