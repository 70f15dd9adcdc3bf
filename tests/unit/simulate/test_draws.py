"""Draws keep their promises: exact quotas, weights respected, nothing repeated before its turn."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import InvalidInput
from matcher.simulate.draws import LeastUsed, between, chance, dealt, pick, pick_some, quotas

WEIGHTS = st.dictionaries(st.text(max_size=3), st.floats(0.01, 1e6), min_size=1, max_size=12)


@given(weights=WEIGHTS, total=st.integers(60, 500), least=st.integers(0, 5))
def test_quotas_sum_to_the_total_and_keep_the_least(weights: dict[str, float], total: int, least: int) -> None:
    counts = quotas(weights, total, least=least)

    assert sum(counts.values()) == total
    assert min(counts.values()) >= least


@given(weights=WEIGHTS, total=st.integers(0, 500))
def test_quotas_are_within_one_of_the_exact_share(weights: dict[str, float], total: int) -> None:
    exact = {key: total * weight / sum(weights.values()) for key, weight in weights.items()}

    assert all(abs(count - exact[key]) < 1 + 1e-9 for key, count in quotas(weights, total).items())


def test_quotas_refuse_too_few_rows() -> None:
    with pytest.raises(InvalidInput, match="5 rows are too few for 2 keys with 3 each"):
        quotas({"a": 1.0, "b": 1.0}, 5, least=3)


@given(weights=WEIGHTS, total=st.integers(0, 100), seed=st.integers(0, 9))
def test_dealing_deals_each_key_its_quota(weights: dict[str, float], total: int, seed: int) -> None:
    keys = dealt(np.random.default_rng(seed), weights, total)

    assert Counter(keys) == Counter(quotas(weights, total))


@given(seed=st.integers(0, 99), low=st.integers(-5, 5), width=st.integers(0, 5))
def test_a_whole_number_lies_between_its_bounds(seed: int, low: int, width: int) -> None:
    rng = np.random.default_rng(seed)

    assert {between(rng, low, low + width) for _ in range(200)} == set(range(low, low + width + 1))


def test_an_option_without_weight_is_never_picked() -> None:
    rng = np.random.default_rng(0)

    assert {pick(rng, "abc", (1, 0, 3)) for _ in range(200)} == {"a", "c"}


def test_chance_follows_its_probability() -> None:
    rng = np.random.default_rng(0)

    assert sum(chance(rng, 0.2) for _ in range(10_000)) == pytest.approx(2_000, abs=150)


@given(seed=st.integers(0, 99), most=st.integers(0, 6))
def test_some_options_come_once_each_and_not_too_many(seed: int, most: int) -> None:
    some = pick_some(np.random.default_rng(seed), "abcd", most)

    assert len(some) == len(set(some)) <= min(most, 4)


@given(seed=st.integers(0, 99), n=st.integers(1, 40))
def test_the_least_used_option_comes_next(seed: int, n: int) -> None:
    rng, titles = np.random.default_rng(seed), LeastUsed[str]()
    uses = Counter(titles.pick(rng, "abcde") for _ in range(n))

    assert max(uses.values()) - min(uses[option] for option in "abcde") <= 1
