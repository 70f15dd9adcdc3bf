"""Takes the lists of what people hold; gives the k best of several held rows together, and the best without repeats.

Arrays only; knows no person.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.engine.course_lists import NOWHERE, falling


@dataclass(frozen=True, slots=True)
class HeldLists:
    """The lists of h held courses for one reach, all (h, k): ``places``, ``scores``, table ``rows``, target shares."""

    held: NDArray[np.int64]
    n_held: int
    places: NDArray[np.int32]
    scores: NDArray[np.float32]
    rows: NDArray[np.int64]
    shares: NDArray[np.float32]

    def merged(self, held: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the cells of the k best for holders of `held` (p, c), -1 behind the last, and by which row held.

        A vacancy counts by its best row, of equals the first: exact, since what is among the k best of all is
        among the k best of its own row.
        """
        k = self.places.shape[1]
        table_row = np.searchsorted(self.held, held)
        cells = (table_row[:, :, None] * k + np.arange(k)).reshape(len(held), -1)
        places = self.places.ravel()[cells]
        if held.shape[1] > 1:
            order = np.argsort(merge_keys(self.scores.ravel()[cells], places), axis=1, kind="stable")
            places = np.take_along_axis(places, order, axis=1)
            kept = np.argsort(_is_repeat(places), axis=1, kind="stable")[:, :k]
            order = np.take_along_axis(order, kept, axis=1)
            n_kept = (~_is_repeat(places)).sum(axis=1)
            cells, places = np.take_along_axis(cells, order, axis=1), np.take_along_axis(places, kept, axis=1)
            places = np.where(np.arange(k) < n_kept[:, None], places, NOWHERE)
            return np.where(places == NOWHERE, -1, cells), order // k
        return np.where(places == NOWHERE, -1, cells), np.zeros(cells.shape, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class TargetWords:
    """The words of the occupations that courses name, and where the titles of vacancies have them.

    ``has`` bool (h, w + 1), the words of each held course, the last column empty; title t of the vacancies has the
    words ``words[starts[t]:starts[t + 1]]``; ``n_words`` int64 (h,); ``titles`` int64 (n,), the title of each vacancy.
    """

    has: NDArray[np.bool_]
    n_words: NDArray[np.int64]
    words: NDArray[np.int64]
    starts: NDArray[np.int64]
    titles: NDArray[np.int64]

    @classmethod
    def of(cls, titles: Sequence[str], targets: Sequence[frozenset[str]]) -> TargetWords:
        """Return the words of normalised `titles` and of `targets`. Raises nothing."""
        number = {word: place for place, word in enumerate(sorted({word for words in targets for word in words}))}
        has = np.zeros((len(targets), len(number)), dtype=bool)
        for row, words in enumerate(targets):
            has[row, [number[word] for word in words]] = True
        seen: dict[str, int] = {}
        which = np.array([seen.setdefault(title, len(seen)) for title in titles], dtype=np.int64)
        known = [[number[word] for word in set(title.split()) if word in number] for title in seen]
        return cls(
            has,
            np.array([len(words) for words in targets], dtype=np.int64),
            np.array([word for words in known for word in words], dtype=np.int64),
            np.concatenate([[0], np.cumsum([len(words) for words in known])]).astype(np.int64),
            which,
        )

    def shares(self, held: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return which share of the words of each of `held` (h,) the titles of `rows` (h, k) have: float32 (h, k).

        Notes
        -----
        Raises nothing. 0 for a course that names no occupation.
        """
        titles = self.titles[rows].ravel()
        sizes = self.starts[titles + 1] - self.starts[titles]
        pair = np.repeat(np.arange(len(titles)), sizes)
        at = np.repeat(self.starts[titles] - (np.cumsum(sizes) - sizes), sizes) + np.arange(len(pair))
        is_common = self.has[held[pair // rows.shape[1]], self.words[at]]
        common = np.bincount(pair[is_common], minlength=len(titles)).reshape(rows.shape)
        return (common / np.maximum(self.n_words[held], 1)[:, None]).astype(np.float32)


def first_distinct(
    scores: NDArray[np.float32], keys: NDArray[np.int64], n: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return for each row the columns of its `n` best with distinct keys, and which of them there are.

    Parameters
    ----------
    scores : ndarray of float32, shape (p, k)
        Larger is better; k at least `n`.
    keys : ndarray of int64, shape (p, k)
        What is equal is one advert repeated; below 0 where there is nothing.

    Notes
    -----
    Raises nothing. ``slate.order_slate`` for many people at once.
    """
    order = np.argsort(-scores, axis=1, kind="stable")
    ordered = np.take_along_axis(keys, order, axis=1)
    is_left_out = _is_repeat(ordered) | (ordered < 0)
    first = np.argsort(is_left_out, axis=1, kind="stable")[:, :n]
    return np.take_along_axis(order, first, axis=1), ~np.take_along_axis(is_left_out, first, axis=1)


def merge_keys(scores: NDArray[np.float32], places: NDArray[np.int32]) -> NDArray[np.uint64]:
    """Return numbers that order by score, larger first, then by place; ``NOWHERE`` last. Raises nothing."""
    return falling(scores).astype(np.uint64) << np.uint64(32) | places.astype(np.uint32)


def _is_repeat(values: NDArray[np.integer]) -> NDArray[np.bool_]:
    """Return which entries of each row equal one before them."""
    order = np.argsort(values, axis=1, kind="stable")
    ordered = np.take_along_axis(values, order, axis=1)
    is_same = np.zeros(values.shape, dtype=bool)
    is_same[:, 1:] = ordered[:, 1:] == ordered[:, :-1]
    repeats = np.empty(values.shape, dtype=bool)
    np.put_along_axis(repeats, order, is_same, axis=1)
    return repeats
