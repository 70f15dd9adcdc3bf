"""Takes the sources of a recipe; gives the order in which their pairs are trained on: batches of one source each.

It sees numbers of pairs, never a text, and trains nothing.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from matcher.domain.errors import InvalidInput


@dataclass(frozen=True, slots=True)
class Source:
    """How one source is used: its share of the steps, its batch, how long its texts may be.

    Of a graded course `vacancies` are drawn at each step; pairs know no such number.
    """

    share: float
    batch: int = 128
    max_tokens: int = 24
    vacancies: int = 16


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


def batches(n_pairs: int, source: Source, rng: random.Random) -> Iterator[list[int]]:
    """Yield batches of pair indices for ever: each pass takes every pair once, in an order of its own.

    Notes
    -----
    Raises nothing. What is left over at the end of a pass, less than a batch, waits for the next pass.
    """
    size = min(source.batch, n_pairs)
    while True:
        order = rng.sample(range(n_pairs), n_pairs)
        for start in range(0, n_pairs - size + 1, size):
            yield order[start : start + size]
