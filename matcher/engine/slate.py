"""Takes scored vacancies; gives the order shown, repeats collapsed. Draws nothing at random and explains nothing."""

from __future__ import annotations

from collections.abc import Hashable, Sequence

import numpy as np
from numpy.typing import NDArray


def order_slate(scores: NDArray[np.float32], repeat_keys: Sequence[Hashable], *, k: int) -> NDArray[np.int64]:
    """Return the places of the first `k` distinct items, best first: int64 (<= k,).

    Parameters
    ----------
    scores : ndarray of float32, shape (n,)
        Larger is better.
    repeat_keys : sequence of hashable, length n
        Items with the same key are one advert repeated (same title, same employer); only the best stays.
    k : int
        Length of the slate; fewer come back when fewer are distinct.

    Notes
    -----
    Raises nothing. Ties keep the order they came in.

    Examples
    --------
    >>> order_slate(np.array([0.2, 0.9, 0.8], dtype=np.float32), ["a", "b", "b"], k=2).tolist()
    [1, 0]
    """
    chosen: list[int] = []
    seen: set[Hashable] = set()
    for place in np.argsort(-scores, kind="stable").tolist():
        if len(chosen) == k:
            break
        if repeat_keys[place] not in seen:
            seen.add(repeat_keys[place])
            chosen.append(place)
    return np.array(chosen, dtype=np.int64)
