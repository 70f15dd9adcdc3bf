"""Takes the grades of one query's hits in rank order; gives ranking metrics from 0 to 1. Draws no interval.

Every function judges one query; :mod:`matcher.measure.evaluate` averages over queries. A query that holds nothing to
find scores 0 and stays in the mean, as in ranx and in trec_eval: dropping it would let a figure rise by losing truth.
A list shorter than k is not padded: what was not retrieved earns nothing.
"""

from __future__ import annotations

from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput

Gain = Literal["linear", "exponential"]
"""How a grade becomes a gain: the grade itself, or 2 to its power, less 1."""

GAINS: tuple[str, ...] = get_args(Gain)

LARGEST_EXPONENT = 50.0
"""The largest grade with an exponential gain: above it, 2 to the grade drowns every other gain in rounding."""


def ndcg(grades: NDArray[np.float64], judged: NDArray[np.float64], *, k: int, gain: Gain = "linear") -> float:
    """Return the normalised discounted cumulative gain of the first `k` hits, 0 to 1, larger is better.

    Parameters
    ----------
    grades : (n_hits,) float64
        Grade of each hit in rank order, 0 where nobody judged it; each at least 0.
    judged : (n_judged,) float64
        Grade of every judged document of the query, in any order; the ideal list is made of these.
    k : int
        How many hits count, at least 1.
    gain : {"linear", "exponential"}
        "linear" is the grade (Järvelin and Kekäläinen 2002), "exponential" is 2^grade - 1 (Burges et al. 2005).

    Raises
    ------
    InvalidInput
        When `k` is below 1, `gain` is unknown, a grade is negative or (exponential) above ``LARGEST_EXPONENT``.

    Notes
    -----
    DCG@k = sum over ranks r = 1..k of gain(r) / log2(r + 1), divided by the DCG@k of the judged grades in falling
    order. Nothing judged above 0 gives 0. Rank 1 is discounted by log2(2) = 1.

    Examples
    --------
    Three hits graded 1, 0, 2; the query has the grades 2 and 1. DCG = 1/1 + 2/2 = 2; ideal = 2/1 + 1/1.585 = 2.631.

    >>> round(ndcg(np.array([1.0, 0.0, 2.0]), np.array([1.0, 2.0]), k=10), 4)
    0.7602

    Exponential gains are 1 and 3: DCG = 1/1 + 3/2 = 2.5; ideal = 3/1 + 1/1.585 = 3.631.

    >>> round(ndcg(np.array([1.0, 0.0, 2.0]), np.array([1.0, 2.0]), k=10, gain="exponential"), 4)
    0.6885
    """
    ideal = _dcg(np.sort(judged)[::-1][: _depth(k)], gain)
    return _dcg(grades[:k], gain) / ideal if ideal else 0.0


def average_precision(is_relevant: NDArray[np.bool_], n_relevant: int) -> float:
    """Return the average precision of a ranked list, 0 to 1, larger is better; its mean over queries is MAP.

    Parameters
    ----------
    is_relevant : (n_hits,) bool
        Whether each hit is relevant, in rank order.
    n_relevant : int
        Number of relevant documents of the query, retrieved or not; at least the number in `is_relevant`.

    Notes
    -----
    AP = (1 / n_relevant) * sum over relevant hits of precision at their rank (Buckley and Voorhees 2000), over the
    whole list. No relevant document gives 0. Raises nothing.

    Examples
    --------
    Relevant hits at ranks 1 and 3 of three relevant documents: (1/1 + 2/3 + 0) / 3.

    >>> round(average_precision(np.array([True, False, True]), 3), 4)
    0.5556
    """
    if not n_relevant:
        return 0.0
    ranks = np.flatnonzero(is_relevant) + 1
    return float(np.sum(np.arange(1, len(ranks) + 1) / ranks)) / n_relevant


def reciprocal_rank(is_relevant: NDArray[np.bool_]) -> float:
    """Return 1 / rank of the first relevant hit, 0 where there is none; its mean over queries is MRR.

    Parameters
    ----------
    is_relevant : (n_hits,) bool
        Whether each hit is relevant, in rank order.

    Notes
    -----
    After Voorhees (1999), over the whole list. Raises nothing.

    Examples
    --------
    The first relevant hit stands at rank 2.

    >>> reciprocal_rank(np.array([False, True, True]))
    0.5
    """
    ranks = np.flatnonzero(is_relevant) + 1
    return 1.0 / float(ranks[0]) if len(ranks) else 0.0


def recall(is_relevant: NDArray[np.bool_], n_relevant: int, *, k: int) -> float:
    """Return the share of the relevant documents found in the first `k` hits, 0 to 1, larger is better.

    Parameters
    ----------
    is_relevant : (n_hits,) bool
        Whether each hit is relevant, in rank order.
    n_relevant : int
        Number of relevant documents of the query, retrieved or not; at least the number in `is_relevant`.
    k : int
        How many hits count, at least 1.

    Raises
    ------
    InvalidInput
        When `k` is below 1.

    Notes
    -----
    The denominator is `n_relevant`, also where it exceeds `k`. No relevant document gives 0.

    Examples
    --------
    Two of the four relevant documents stand in the first three hits.

    >>> recall(np.array([True, False, True, True]), 4, k=3)
    0.5
    """
    found = int(np.count_nonzero(is_relevant[: _depth(k)]))
    return found / n_relevant if n_relevant else 0.0


def _dcg(grades: NDArray[np.float64], gain: Gain) -> float:
    return float(np.sum(_gains(grades, gain) / np.log2(np.arange(2, len(grades) + 2))))


def _gains(grades: NDArray[np.float64], gain: Gain) -> NDArray[np.float64]:
    if gain not in GAINS:
        raise InvalidInput(f"gain '{gain}': not known; use one of {', '.join(GAINS)}")
    largest = LARGEST_EXPONENT if gain == "exponential" else np.inf
    if len(grades) and not 0 <= np.min(grades) <= np.max(grades) <= largest:
        span = f"{np.min(grades):g} to {np.max(grades):g}"
        raise InvalidInput(f"grades {span}: {gain} gain takes 0 to {largest:g}; rescale them or choose another gain")
    return np.exp2(grades) - 1 if gain == "exponential" else grades


def _depth(k: int) -> int:
    if k < 1:
        raise InvalidInput(f"k = {k}: a list is judged to a depth of at least 1; pass 10 for the first page")
    return k
