"""The order of training: every pair once a pass, sources by their share."""

from __future__ import annotations

import random

import pytest

from matcher.domain.errors import InvalidInput
from matcher.engine.training_batches import Source, batches, plan_steps


def test_a_pass_takes_every_pair_once() -> None:
    feed = batches(6, Source(1.0, batch=2), random.Random(0))
    assert sorted(index for _ in range(3) for index in next(feed)) == list(range(6))


def test_steps_follow_the_shares() -> None:
    sources = {"duty": Source(3.0), "skills": Source(1.0), "absent": Source(9.0)}
    steps = plan_steps(sources, {"duty": 5, "skills": 5}, n_steps=40, rng=random.Random(0))
    assert (steps.count("duty"), steps.count("skills")) == (30, 10)


def test_recipe_without_any_pairs_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no pairs"):
        plan_steps({"duty": Source(1.0)}, {"duty": 1}, n_steps=4, rng=random.Random(0))
