"""Takes clicks on vacancies shown at several positions; gives how often each position is looked at beside the first.

Intervention harvesting: exploration shows the same vacancy of the same query now here, now there, and what changes is
only the place. No slate is shuffled for it, and no relevance is learned.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.measure.logged_slots import codes
from matcher.measure.resampling import LEVEL

MIN_QUERIES = 30
"""Fewest queries that link two positions, each with a vacancy seen at both: queries are what is resampled."""

MIN_CLICKS = 10
"""Fewest clicks at a position, among the pairs that link it, for an interval."""

_MOST_BLOCKS = 1_000
_STEPS = 60
_CLOSE = 1e-8


@dataclass(frozen=True, slots=True)
class Examination:
    """Chance that `position` is looked at, relative to position 1, with its 95 % interval.

    All three are ``None`` where `refused` says why. ``n_pairs`` counts the (query, vacancy) pairs seen both here and at
    another position, ``n_clicks`` the clicks on them here.
    """

    position: int
    value: float | None
    low: float | None
    high: float | None
    n_pairs: int
    n_clicks: int
    refused: str | None = None


@dataclass(frozen=True, slots=True)
class _Harvest:
    """Per block of queries the (K, K) clicks at k among pairs also seen at k', balanced; and what links positions."""

    clicks: NDArray[np.float64]
    n_queries: NDArray[np.int64]
    n_seen: NDArray[np.int64]
    n_clicked: NDArray[np.int64]


def estimate_examination(
    query: NDArray,
    vacancy: NDArray,
    position: NDArray[np.int64],
    is_clicked: NDArray[np.bool_],
    *,
    rng: np.random.Generator,
    n_resamples: int = 1_000,
) -> tuple[Examination, ...]:
    """Return the relative examination of every position that occurs, in the order of positions.

    Parameters
    ----------
    query, vacancy : (n,) of anything sortable
        Whose slate it was (a person, or a group of people who are shown the same list), and what stood there.
    position : (n,) int64
        Where it stood, from 1.
    is_clicked : (n,) bool
        Whether it was opened.
    rng : numpy.random.Generator
        The same state gives the same intervals.
    n_resamples : int
        Bootstrap samples of queries.

    Raises
    ------
    InvalidInput
        When the columns differ in length, are empty, or a position is below 1.

    Notes
    -----
    After Agarwal, Zaitsev, Wang, Li, Najork and Joachims (2019), all pairs of positions. A (query, vacancy) pair seen
    n times at k and m times at k' with a and b clicks adds a * m / (n + m) to k and b * n / (n + m) to k' (the weights
    of Mantel and Haenszel 1959), whose means are in the proportion of the examinations, whatever the relevance. The
    examinations that fit all position pairs are those of Bradley and Terry (1952), found by Newton's method. The
    interval is the percentile bootstrap over queries, in at most 1,000 random blocks of them.

    It holds where the place within a pair is chance: not where the same query grows more interested with time. A
    position that fewer than ``MIN_QUERIES`` queries link to the first, directly or by others, or that has fewer than
    ``MIN_CLICKS`` clicks, is refused.
    """
    _check(query, vacancy, position, is_clicked)
    places = codes(position)
    harvest = _harvest(codes(query), _pair_codes(query, vacancy), places, is_clicked, rng)
    shown = np.unique(position)
    is_linked = _linked(harvest, shown)
    kept = np.flatnonzero(is_linked)
    values, lows, highs = _intervals(harvest.clicks[:, kept][:, :, kept], rng, n_resamples)
    answers = []
    for place, number in enumerate(shown):
        counts = (int(harvest.n_seen[place]), int(harvest.n_clicked[place]))
        if is_linked[place]:
            at = int(np.searchsorted(kept, place))
            answers.append(Examination(int(number), float(values[at]), float(lows[at]), float(highs[at]), *counts))
        else:
            answers.append(Examination(int(number), None, None, None, *counts, refused=_reason(*counts)))
    return tuple(answers)


def _check(query: NDArray, vacancy: NDArray, position: NDArray[np.int64], is_clicked: NDArray[np.bool_]) -> None:
    lengths = {len(query), len(vacancy), len(position), len(is_clicked)}
    if len(lengths) > 1 or not len(query):
        raise InvalidInput(f"columns of {sorted(lengths)} rows: give each one row for every vacancy shown")
    if position.min() < 1:
        raise InvalidInput(f"position {position.min()}: positions count from 1; pass the place as it was shown")


def _pair_codes(query: NDArray, vacancy: NDArray) -> NDArray[np.int64]:
    vacancies = codes(vacancy)
    return codes(codes(query) * (vacancies.max() + 1) + vacancies)


def _harvest(
    queries: NDArray[np.int64],
    pairs: NDArray[np.int64],
    places: NDArray[np.int64],
    is_clicked: NDArray[np.bool_],
    rng: np.random.Generator,
) -> _Harvest:
    n_places = int(places.max()) + 1
    cells = pairs * n_places + places
    n_pairs = int(pairs.max()) + 1
    shown = np.bincount(cells, minlength=n_pairs * n_places).reshape(n_pairs, n_places)
    clicked = np.bincount(cells[is_clicked], minlength=n_pairs * n_places).reshape(n_pairs, n_places)
    _, first = np.unique(pairs, return_index=True)
    swapped = np.count_nonzero(shown, axis=1) > 1
    shown, clicked, owners = shown[swapped], clicked[swapped], queries[first][swapped]
    is_seen = shown > 0
    return _Harvest(
        clicks=_balanced_clicks(shown, clicked, _blocks(owners, rng)),
        n_queries=_linking_queries(is_seen, owners),
        n_seen=is_seen.sum(axis=0),
        n_clicked=clicked.sum(axis=0),
    )


def _linking_queries(is_seen: NDArray[np.bool_], owners: NDArray[np.int64]) -> NDArray[np.int64]:
    """Count for every two positions the queries with a vacancy seen at both."""
    n_places = is_seen.shape[1]
    both = (is_seen[:, here] & is_seen[:, there] for here in range(n_places) for there in range(n_places))
    counts = [len(np.unique(owners[rows])) for rows in both]
    return np.array(counts).reshape(n_places, n_places)


def _blocks(owners: NDArray[np.int64], rng: np.random.Generator) -> NDArray[np.int64]:
    """Give the block of each row: one for each query, or a random one of the most where there are more queries."""
    kept = codes(owners)
    n_queries = int(kept.max()) + 1 if len(kept) else 0
    return rng.permutation(n_queries)[kept] % _MOST_BLOCKS


def _balanced_clicks(
    shown: NDArray[np.int64], clicked: NDArray[np.int64], blocks: NDArray[np.int64]
) -> NDArray[np.float64]:
    n_places = shown.shape[1]
    n_blocks = int(blocks.max()) + 1 if len(blocks) else 1
    clicks = np.zeros((n_blocks, n_places, n_places))
    for here in range(n_places):
        for there in range(n_places):
            both = shown[:, here] + shown[:, there]
            share = np.divide(shown[:, there], both, out=np.zeros(len(both)), where=(shown[:, here] > 0) & (both > 0))
            if here != there:
                clicks[:, here, there] = np.bincount(blocks, clicked[:, here] * share, minlength=n_blocks)
    return clicks


def _linked(harvest: _Harvest, shown: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which positions hang together with position 1; none do where it never occurs or has too few clicks."""
    is_usable = harvest.n_clicked >= MIN_CLICKS
    links = (harvest.n_queries >= MIN_QUERIES) & is_usable & is_usable[:, None]
    np.fill_diagonal(links, False)
    is_linked = np.zeros(len(shown), dtype=bool)
    is_linked[0] = shown[0] == 1 and bool(links[0].any())
    for _ in shown:
        is_linked |= links[is_linked].any(axis=0)
    return is_linked


def _intervals(
    clicks: NDArray[np.float64], rng: np.random.Generator, n_resamples: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    n_blocks, n_places, _ = clicks.shape
    values = _examinations(clicks.sum(axis=0)[None])[0]
    draws = rng.multinomial(n_blocks, np.full(n_blocks, 1 / n_blocks), size=n_resamples).astype(np.float64)
    resampled = (draws @ clicks.reshape(n_blocks, -1)).reshape(n_resamples, n_places, n_places)
    low, high = np.quantile(_examinations(resampled), [(1 - LEVEL) / 2, (1 + LEVEL) / 2], axis=0)
    return values, low, high


def _examinations(clicks: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the (m, K) Bradley-Terry strengths of m tables of (K, K) clicks, the first strength 1."""
    m, n_places, _ = clicks.shape
    wins, totals = clicks.sum(axis=2), clicks + clicks.transpose(0, 2, 1)
    logs = np.zeros((m, n_places))
    ridge = 1e-9 * np.eye(max(0, n_places - 1))
    for _ in range(_STEPS if n_places > 1 else 0):
        share = 1 / (1 + np.exp(logs[:, None, :] - logs[:, :, None]))
        gradient = wins - np.sum(totals * share, axis=2)
        weights = totals * share * (1 - share)
        curvature = np.einsum("mk,kl->mkl", weights.sum(axis=2), np.eye(n_places)) - weights
        step = np.linalg.solve(curvature[:, 1:, 1:] + ridge, gradient[:, 1:, None])[..., 0]
        logs[:, 1:] = np.clip(logs[:, 1:] + np.clip(step, -1, 1), -20, 20)
        if np.max(np.abs(step)) < _CLOSE:
            break
    return np.exp(logs)


def _reason(n_pairs: int, n_clicks: int) -> str:
    return (
        f"{n_pairs} pairs were also seen elsewhere and clicked {n_clicks} times here: too few to link this position to "
        f"the first (at least {MIN_QUERIES} queries and {MIN_CLICKS} clicks); let more slates explore"
    )
