"""Takes the features of shortlists; gives slates with the exact chance of every place. Knows no person and no hire.

The market runs any policy: a callable from features to a :class:`Choice`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput

FEATURES = (
    "score",
    "same_occupation",
    "same_district",
    "schooling_spare",
    "freshness",
    "crowding",
)
"""What is known of a (person, vacancy) pair when a slate is made, in the order of the columns.

``score`` is the logged one, a noisy reading of the quality of the match; ``same_occupation`` and ``same_district`` are
0 or 1; ``schooling_spare`` tells by how many tenths of the ladder the person exceeds what is asked, 0 where nothing is;
``freshness`` falls from 1 by a factor e in 30 days; ``crowding`` rises from 0 towards 1 with applicants by opening.
"""

Features = NDArray[np.float32]
Scorer = Callable[[Features], NDArray[np.floating]]
"""Features float32 (..., n_features) to scores (...); larger is better."""


class Choice(NamedTuple):
    """Slates of at most k places chosen from n shortlists.

    ``columns`` int16 (n, k): which entry of the shortlist stands at the position, -1 where the slate is over.
    ``propensities`` float64 (n, k): the chance that the policy puts this entry at this position, 0 where it is over.
    """

    columns: NDArray[np.int16]
    propensities: NDArray[np.float64]


Policy = Callable[[Features, NDArray[np.bool_], np.random.Generator], Choice]
"""Features float32 (n, c, n_features), which entries may be shown bool (n, c), and a generator, to a choice."""


@dataclass(frozen=True, slots=True)
class LinearScore:
    """A scorer that adds up the features by plain weights; features without one weigh nothing.

    Raises
    ------
    InvalidInput
        When a weight names no feature.
    """

    weights: Mapping[str, float]

    def __post_init__(self) -> None:
        unknown = sorted(set(self.weights) - set(FEATURES))
        if unknown:
            raise InvalidInput(f"weight of '{unknown[0]}': no such feature; use {', '.join(FEATURES)}")

    def __call__(self, features: Features) -> NDArray[np.float32]:
        """Return the scores, float32 of the shape of `features` without its last axis.

        Notes
        -----
        Raises nothing.
        """
        return features @ np.array([self.weights.get(name, 0.0) for name in FEATURES], dtype=np.float32)


RANKED_BY_SCORE = LinearScore({"score": 1.0})
"""The starting order: the logged score alone."""

AT_RANDOM = LinearScore({})
"""All entries equal; as a scorer of a policy that always explores it shows the shortlist in random order."""


@dataclass(frozen=True, slots=True)
class ExploringPolicy:
    """Ranks a shortlist by a scorer, and shows a share of the slates in random order instead.

    Parameters
    ----------
    scorer : callable
        Gives the scores.
    length : int
        Places of a slate, k.
    explore : float
        Share of slates whose whole shortlist is shuffled, 0 to 1.

    Notes
    -----
    The chance of the entry of rank r at position p, of a shortlist with h entries that may be shown, is
    ``(1 - explore) [r = p] + explore / h``. Equal scores keep the order of the shortlist.

    Raises
    ------
    InvalidInput
        When `length` is below 1 or `explore` is not from 0 to 1.
    """

    scorer: Scorer
    length: int
    explore: float

    def __post_init__(self) -> None:
        if self.length < 1 or not 0 <= self.explore <= 1:
            raise InvalidInput(f"length {self.length}, explore {self.explore}: give at least 1 and a share from 0 to 1")

    def __call__(self, features: Features, may_show: NDArray[np.bool_], rng: np.random.Generator) -> Choice:
        """Return drawn slates with their propensities; see ``Policy``.

        Notes
        -----
        Raises nothing.
        """
        ranked = self._order(features, may_show)
        order = ranked.copy()
        explores = np.flatnonzero(rng.random(len(order)) < self.explore)
        lots = np.where(may_show[explores], rng.random((len(explores), order.shape[1])), np.inf)
        order[explores] = np.argsort(lots, axis=1)
        columns = order[:, : self.length]
        n_entries = may_show.sum(axis=1, keepdims=True)
        is_shown = np.arange(columns.shape[1]) < n_entries
        chances = self.explore / np.maximum(n_entries, 1) + (1 - self.explore) * (columns == ranked[:, : self.length])
        return Choice(np.where(is_shown, columns, -1).astype(np.int16), np.where(is_shown, chances, 0.0))

    def chances(self, features: Features, may_show: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Return the chance of every entry at every position: float64 (n, c, k), 0 where it may not be shown.

        Parameters
        ----------
        features : ndarray of float32, shape (n, c, n_features)
        may_show : ndarray of bool, shape (n, c)

        Notes
        -----
        Over the positions that a slate has, the chances of one position sum to 1. Raises nothing.
        """
        n_entries = may_show.sum(axis=1)[:, None, None]
        n_positions = min(self.length, may_show.shape[1])
        ranks = np.argsort(self._order(features, may_show), axis=1)[:, :, None]
        positions = np.arange(n_positions)
        chances = self.explore / np.maximum(n_entries, 1) + (1 - self.explore) * (ranks == positions)
        return np.where(may_show[:, :, None] & (positions < n_entries), chances, 0.0)

    def _order(self, features: Features, may_show: NDArray[np.bool_]) -> NDArray[np.int64]:
        scores = np.where(may_show, np.asarray(self.scorer(features), dtype=np.float64), -np.inf)
        return np.argsort(-scores, axis=1, kind="stable")


def choose_by_arm(
    policies: tuple[Policy, Policy],
    is_first: NDArray[np.bool_],
    features: Features,
    may_show: NDArray[np.bool_],
    *,
    rng: np.random.Generator,
) -> Choice:
    """Return slates of which some are chosen by the first policy and the others by the second.

    Parameters
    ----------
    policies : pair of Policy
        Both give slates of the same length.
    is_first : ndarray of bool, shape (n,)
        For whom the first chooses.
    features : ndarray of float32, shape (n, c, n_features)
    may_show : ndarray of bool, shape (n, c)
    rng : numpy.random.Generator

    Raises
    ------
    ValueError
        When the two give slates of different lengths; and whatever a policy raises.
    """
    if is_first.all() or policies[0] is policies[1]:
        return policies[0](features, may_show, rng)
    first, second = (
        policy(features[rows], may_show[rows], rng)
        for policy, rows in zip(policies, (is_first, ~is_first), strict=True)
    )
    columns = np.empty((len(is_first), first.columns.shape[1]), dtype=np.int16)
    propensities = np.empty(columns.shape)
    columns[is_first], columns[~is_first] = first.columns, second.columns
    propensities[is_first], propensities[~is_first] = first.propensities, second.propensities
    return Choice(columns, propensities)
