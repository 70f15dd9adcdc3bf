"""Takes pairs of texts; gives the order in which they are trained on: batches of one source, near pairs together.

It trains nothing; it looks at words and at an earlier model's vectors alone.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import InvalidInput
from matcher.engine.lexical import LexicalIndex
from matcher.engine.training_pairs import Pair


@dataclass(frozen=True, slots=True)
class Source:
    """How one source of pairs is used: its share of the steps, its batch, and how long its texts may be."""

    share: float
    batch: int = 128
    max_tokens: int = 24
    neighbours: int = 1


def plan_steps(
    sources: Mapping[str, Source], sizes: Mapping[str, int], *, n_steps: int, rng: random.Random
) -> list[str]:
    """Return the source of every step, in proportion to the shares, in random order.

    Raises
    ------
    InvalidInput
        When no source has two pairs.
    """
    used = {name: source.share for name, source in sources.items() if sizes.get(name, 0) > 1}
    if not used:
        raise InvalidInput(f"no pairs for any of {sorted(sources)}; give material with at least two pairs")
    total = sum(used.values())
    steps = [name for name, share in used.items() for _ in range(math.ceil(n_steps * share / total))]
    rng.shuffle(steps)
    return steps[:n_steps]


def mine_neighbours(
    pairs: Sequence[Pair], vectors: NDArray[np.float32] | None = None, *, k: int = 16, skip: int = 0
) -> list[list[int]]:
    """Return for each pair the indices of pairs of other groups whose right text is nearest to its left text.

    Parameters
    ----------
    pairs : sequence of Pair
        Of one source.
    vectors : float32 (n_pairs, dimension), optional
        Unit rows of the right texts and, with them, of the left texts stacked below: (2 n_pairs, dimension). With
        them nearness is the cosine of an earlier model, without them BM25.
    k : int
        How many neighbours at most.
    skip : int
        How many of the nearest are passed over because they may mean the same work.

    Notes
    -----
    Raises nothing.
    """
    n = len(pairs)
    groups = np.unique([pair.group for pair in pairs], return_inverse=True)[1]
    lexical = LexicalIndex().fit([pair.right for pair in pairs]) if vectors is None else None
    found: list[list[int]] = []
    width = min(n, 4 * k + skip)
    for start in range(0, n, 512):
        stop = min(n, start + 512)
        if lexical is not None:
            scores = lexical.scores([pair.left for pair in pairs[start:stop]])
        else:
            held = cast(NDArray[np.float32], vectors)
            scores = held[n + start : n + stop] @ held[:n].T
        near = np.argpartition(-scores, width - 1, axis=1)[:, :width]
        near = np.take_along_axis(near, np.argsort(-np.take_along_axis(scores, near, axis=1), axis=1), axis=1)
        for row, candidates in enumerate(near.tolist()):
            others = [c for c in candidates if groups[c] != groups[start + row] and scores[row, c] > 0]
            found.append(others[skip : skip + k])
    return found


def batches(
    n_pairs: int, source: Source, hard: Sequence[Sequence[int]] | None, rng: random.Random
) -> Iterator[list[int]]:
    """Yield batches of pair indices for ever: each pass takes every pair once, neighbours beside each other.

    Notes
    -----
    Raises nothing. What is left over at the end of a pass, less than a batch, waits for the next pass.
    """
    size = min(source.batch, n_pairs)
    while True:
        order = rng.sample(range(n_pairs), n_pairs)
        if hard is not None and source.neighbours > 1:
            order = beside_neighbours(order, hard, source.neighbours, rng)
        for start in range(0, n_pairs - size + 1, size):
            yield order[start : start + size]


def beside_neighbours(
    order: Sequence[int], hard: Sequence[Sequence[int]], together: int, rng: random.Random
) -> list[int]:
    """Return `order` rearranged so that each index is followed by up to ``together - 1`` unused neighbours of it.

    Notes
    -----
    Raises nothing; the result holds the same indices.
    """
    used: set[int] = set()
    placed: list[int] = []
    for index in order:
        if index in used:
            continue
        free = [other for other in hard[index] if other not in used and other != index]
        group = [index, *rng.sample(free, min(together - 1, len(free)))]
        used.update(group)
        placed += group
    return placed
