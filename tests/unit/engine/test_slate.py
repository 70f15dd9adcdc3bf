"""A slate shows each advert once, the best first."""

from __future__ import annotations

import doctest

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matcher.engine import slate
from matcher.engine.slate import order_slate

scored = st.lists(st.tuples(st.integers(-9, 9), st.sampled_from("abcde")), max_size=30)


def test_slate_examples_hold() -> None:
    assert doctest.testmod(slate).failed == 0


@given(scored, st.integers(1, 10))
def test_order_slate_keeps_the_best_of_each_repeat(pairs: list[tuple[int, str]], k: int) -> None:
    scores, keys = np.array([s for s, _ in pairs], dtype=np.float32), [key for _, key in pairs]
    chosen = order_slate(scores, keys, k=k).tolist()
    best = {key: max(s for s, other in pairs if other == key) for key in keys}
    assert [scores[place] for place in chosen] == sorted(best.values(), reverse=True)[:k]
    assert len({keys[place] for place in chosen}) == len(chosen)
