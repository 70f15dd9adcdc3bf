"""Effects on those beside the treated: by hand, over seeded runs, and missed where shares follow the place."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.measure.spillover import LEAST_DISTRICTS, Contrast, spillover
from tests.unit.measure.coverage import is_as_stated, is_at_least_as_stated

TRUTH = {"direct": 0.1, "indirect": -0.2, "total": -0.1, "overall": -0.1 * 0.9 - 0.2 * 0.1 - 0.1 * 0.1}
"""Being treated adds 0.1; living where 90 and not 10 % are treated takes 0.2 from everybody."""


def found(contrasts: tuple[Contrast, ...], kind: str) -> Contrast:
    return next(one for one in contrasts if one.kind == kind and one.share == 0.9)


def test_contrasts_by_hand() -> None:
    """Ten districts of two people: where 9 of 10 are treated only the treated work, where 1 of 10 everybody does."""
    share = np.repeat([0.9, 0.1], 2 * LEAST_DISTRICTS)
    is_treated = np.tile([True, False], 2 * LEAST_DISTRICTS)
    answer = spillover((is_treated | (share < 0.5)).astype(float), is_treated, np.repeat(np.arange(10), 2), share)
    told = {(one.kind, one.share): one.value for one in answer.contrasts}
    assert told == {
        ("direct", 0.9): 1.0, ("direct", 0.1): 0.0, ("indirect", 0.9): -1.0, ("total", 0.9): 0.0, ("overall", 0.9): -0.5
    }  # fmt: skip


def test_too_few_districts_give_no_contrast() -> None:
    share = np.repeat([0.9, 0.1], 8)
    answer = spillover(np.ones(16), np.arange(16) % 2 == 0, np.repeat(np.arange(8), 2), share)
    assert answer.contrasts == () and answer.n_districts == {0.9: 4, 0.1: 4}


def drawn(rng: np.random.Generator, *, is_lot: bool = True) -> tuple[Contrast, ...]:
    """Effects of 60 districts of 60 people; without a lot the poorest districts get the large share."""
    level = rng.normal(0.5, 0.05, 60)
    share_of = rng.permutation(np.repeat([0.9, 0.1], 30))
    if not is_lot:
        share_of = np.where(level < np.median(level), 0.9, 0.1)
    district = np.repeat(np.arange(60), 60)
    share = share_of[district]
    is_treated = rng.random(len(district)) < share
    chance = level[district] + 0.1 * is_treated - 0.2 * (share > 0.5)
    return spillover((rng.random(len(district)) < chance).astype(float), is_treated, district, share).contrasts


@pytest.mark.parametrize("kind", ["direct", "indirect", "total"])
def test_intervals_hold_the_effects(kind: str, runs: int) -> None:
    answers = [found(drawn(np.random.default_rng(seed)), kind) for seed in range(runs)]
    assert is_as_stated(sum(one.low <= TRUTH[kind] <= one.high for one in answers), runs)


def test_shares_given_by_need_miss_the_effect(runs: int) -> None:
    answers = [found(drawn(np.random.default_rng(seed), is_lot=False), "indirect") for seed in range(runs)]
    assert not is_at_least_as_stated(sum(one.low <= TRUTH["indirect"] <= one.high for one in answers), runs)
