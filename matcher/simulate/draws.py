"""Takes a random generator and options; gives weighted draws, exact quotas and decks. Knows no labour market."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from typing import Generic, TypeVar

import numpy as np

from matcher.domain.errors import InvalidInput

T = TypeVar("T")
Key = TypeVar("Key", bound=Hashable)


def chance(rng: np.random.Generator, probability: float) -> bool:
    """Return ``True`` with this probability.

    Notes
    -----
    Raises nothing.
    """
    return bool(rng.random() < probability)


def between(rng: np.random.Generator, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`, both included.

    Raises
    ------
    ValueError
        When `low` is above `high`.
    """
    return int(rng.integers(low, high + 1))


def pick(rng: np.random.Generator, options: Sequence[T], weights: Sequence[float] | None = None) -> T:
    """Return one of `options`, each as likely as its weight, or as any other where no weights are given.

    Raises
    ------
    ValueError
        When there is no option, or no weight above 0.
    """
    if weights is None:
        return options[int(rng.integers(len(options)))]
    shares = np.asarray(weights, dtype=np.float64)
    return options[int(rng.choice(len(options), p=shares / shares.sum()))]


def pick_some(rng: np.random.Generator, options: Sequence[T], most: int) -> list[T]:
    """Return from none to `most` of `options`, none twice, in random order.

    Notes
    -----
    Raises nothing.
    """
    order = rng.permutation(len(options))[: between(rng, 0, most)]
    return [options[int(index)] for index in order]


def quotas(weights: Mapping[Key, float], total: int, *, least: int = 0) -> dict[Key, int]:
    """Return how many of `total` each key gets: `least` first, the rest by weight, rounded by largest remainder.

    Raises
    ------
    InvalidInput
        When `total` is below ``least * len(weights)``.

    Notes
    -----
    Hamilton's method; equal remainders go to the earlier key. The counts sum to `total`.

    Examples
    --------
    >>> quotas({"a": 1.0, "b": 2.0}, 10, least=1)
    {'a': 4, 'b': 6}
    """
    rest = total - least * len(weights)
    if rest < 0:
        raise InvalidInput(f"{total} rows are too few for {len(weights)} keys with {least} each; ask for more")
    shares = {key: rest * weight / sum(weights.values()) for key, weight in weights.items()}
    counts = {key: least + int(share) for key, share in shares.items()}
    by_remainder = sorted(weights, key=lambda key: int(shares[key]) - shares[key])
    for key in by_remainder[: total - sum(counts.values())]:
        counts[key] += 1
    return counts


def dealt(rng: np.random.Generator, weights: Mapping[Key, float], total: int) -> list[Key]:
    """Return `total` keys in random order, each as often as its quota says.

    Raises
    ------
    InvalidInput
        As ``quotas``.
    """
    keys = [key for key, count in quotas(weights, total).items() for _ in range(count)]
    return [keys[int(index)] for index in rng.permutation(len(keys))]


class LeastUsed(Generic[Key]):
    """Picks among options the one picked least so far, ties by lot, so that no text comes back before the others."""

    def __init__(self) -> None:
        self._uses: Counter[Key] = Counter()

    def pick(self, rng: np.random.Generator, options: Sequence[Key]) -> Key:
        """Return one of `options` and remember it.

        Raises
        ------
        ValueError
            When there is no option.
        """
        fewest = min(self._uses[option] for option in options)
        chosen = pick(rng, [option for option in options if self._uses[option] == fewest])
        self._uses[chosen] += 1
        return chosen
