"""Takes what a policy logged, slot by slot; gives one checked record for the estimators. Estimates nothing.

A slot is one place of one slate: which vacancy stood there, with which chance, and what came of it. A log without
slates is a log of slates with one slot.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput

_ROUNDING = 1e-6


@dataclass(frozen=True, slots=True)
class LoggedSlots:
    """n logged slots, each with the chance that the logging policy and the target policy give to what stood there.

    Parameters
    ----------
    reward : (n,) float64
        What came of the slot; larger is better. Only ripe slots belong here.
    propensity : (n,) float64
        Chance with which the logging policy showed this vacancy at this position, above 0 up to 1, as logged.
    target : (n,) float64
        Chance with which the target policy would show it there, 0 to 1.
    q_logged : (n,) float64, optional
        Expected reward of what stood there, by a model that has not seen this slot.
    q_target : (n,) float64, optional
        Expected reward of this slot under the target policy, by the same model.
    unsupported : (n,) float64, optional
        Chance that the target policy shows here what the logging policy never would, 0 to 1.
    slate : (n,) of anything sortable, optional
        Which slate the slot belongs to; without it every slot is a slate of its own.
    position : (n,) int64, optional
        Place in the slate, from 1; without it all slots count as one position.
    person : (n,) of anything sortable, optional
        Who saw the slate. People are what intervals take as independent; without it, slates are.

    Raises
    ------
    InvalidInput
        When the arrays differ in length, hold no slot, hold values that are not finite or outside their range, only
        one of `q_logged` and `q_target` is given, or a slate belongs to two people.
    """

    reward: NDArray[np.float64]
    propensity: NDArray[np.float64]
    target: NDArray[np.float64]
    q_logged: NDArray[np.float64] | None = None
    q_target: NDArray[np.float64] | None = None
    unsupported: NDArray[np.float64] | None = None
    slate: NDArray | None = None
    position: NDArray[np.int64] | None = None
    person: NDArray | None = None

    def __post_init__(self) -> None:
        self._check_lengths()
        for name in ("reward", "q_logged", "q_target"):
            _check_range(name, getattr(self, name), -np.inf, np.inf)
        _check_range("propensity", self.propensity, np.nextafter(0, 1), 1 + _ROUNDING)
        for name in ("target", "unsupported"):
            _check_range(name, getattr(self, name), 0.0, 1 + _ROUNDING)
        if (self.q_logged is None) != (self.q_target is None):
            raise InvalidInput("q_logged and q_target: only one is given; a model gives both")
        if self.person is not None and self._has_shared_slate():
            raise InvalidInput("person: a slate belongs to two people; give each slate to the one who saw it")

    @property
    def weights(self) -> NDArray[np.float64]:
        """The (n,) importance weights, target over propensity."""
        return self.target / self.propensity

    @property
    def n_slates(self) -> int:
        """How many slates the slots come from."""
        return len(self.reward) if self.slate is None else len(np.unique(self.slate))

    def clusters(self) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the (n,) 0-based cluster of each slot, and the (n_clusters,) number of slates in each cluster."""
        slates = codes(self.slate) if self.slate is not None else np.arange(len(self.reward))
        clusters = codes(self.person) if self.person is not None else slates
        _, first = np.unique(slates, return_index=True)
        return clusters, np.bincount(clusters[first]).astype(np.float64)

    def places(self) -> NDArray[np.int64]:
        """Return the (n,) 0-based position of each slot, counting only positions that occur."""
        return codes(self.position) if self.position is not None else np.zeros(len(self.reward), dtype=np.int64)

    def _check_lengths(self) -> None:
        lengths = {len(column) for field in fields(self) if (column := getattr(self, field.name)) is not None}
        if len(lengths) > 1 or not min(lengths):
            raise InvalidInput(f"slots: columns of {sorted(lengths)} rows; give every column one row for each slot")

    def _has_shared_slate(self) -> bool:
        clusters, n_slates = self.clusters()
        slates = codes(self.slate) if self.slate is not None else np.arange(len(self.reward))
        pairs = np.unique(np.column_stack([slates, clusters]), axis=0)
        return len(pairs) > n_slates.sum()


def from_distributions(
    reward: NDArray[np.float64],
    action: NDArray[np.int64],
    *,
    logged: NDArray[np.float64],
    target: NDArray[np.float64],
    q_hat: NDArray[np.float64] | None = None,
) -> LoggedSlots:
    """Return the slots of rounds in which the whole distribution of both policies is known.

    Parameters
    ----------
    reward : (n,) float64
        Reward of each round.
    action : (n,) int64
        0-based index of the action taken.
    logged, target : (n, n_actions) float64
        Chance of every action in every round; each row sums to 1.
    q_hat : (n, n_actions) float64, optional
        Expected reward of every action, by a model that has not seen the round.

    Raises
    ------
    InvalidInput
        When a row does not sum to 1, or as :class:`LoggedSlots`.

    Examples
    --------
    The target would show action 2 half of the time; the logging policy never does.

    >>> slots = from_distributions(
    ...     np.array([1.0]), np.array([0]), logged=np.array([[0.5, 0.5, 0.0]]), target=np.array([[0.2, 0.3, 0.5]])
    ... )
    >>> slots.weights.tolist(), slots.unsupported.tolist()
    ([0.4], [0.5])
    """
    for name, chances in (("logged", logged), ("target", target)):
        _check_sums(name, chances)
    rows = np.arange(len(action))
    return LoggedSlots(
        reward=reward,
        propensity=logged[rows, action],
        target=target[rows, action],
        q_logged=None if q_hat is None else q_hat[rows, action],
        q_target=None if q_hat is None else np.sum(target * q_hat, axis=1),
        unsupported=np.sum(np.where(logged > 0, 0.0, target), axis=1),
    )


def codes(column: NDArray) -> NDArray[np.int64]:
    """Return the 0-based code of each value, in the order of the values.

    Notes
    -----
    Raises nothing.
    """
    return np.unique(column, return_inverse=True)[1].astype(np.int64)


def _check_range(name: str, values: NDArray[np.float64] | None, least: float, most: float) -> None:
    if values is None:
        return
    is_wrong = ~(np.isfinite(values) & (values >= least) & (values <= most))
    if is_wrong.any():
        slot = int(np.argmax(is_wrong))
        span = "a finite number" if np.isinf(most) else "above 0 up to 1" if least else "0 to 1"
        raise InvalidInput(f"{name} of slot {slot} is {values[slot]}: give {span}, as it was when the slate was shown")


def _check_sums(name: str, chances: NDArray[np.float64]) -> None:
    sums = chances.sum(axis=1)
    is_wrong = ~(np.abs(sums - 1) <= _ROUNDING)
    if is_wrong.any():
        row = int(np.argmax(is_wrong))
        raise InvalidInput(f"{name} chances of round {row} sum to {sums[row]:g}: give the chance of every action")
