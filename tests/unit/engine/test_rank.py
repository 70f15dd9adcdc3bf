"""The ranking is a sum that can be told apart."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra import numpy as hnp

from matcher.domain.errors import InvalidInput
from matcher.engine.features import FEATURES
from matcher.engine.rank import HAND_SET_WEIGHTS, LinearRanker

matrices = hnp.arrays(np.float32, (4, len(FEATURES)), elements={"min_value": 0, "max_value": 1})


@given(matrices)
def test_contributions_sum_to_the_score(values: np.ndarray) -> None:
    ranker = LinearRanker()
    assert ranker.contributions(values).sum(axis=1) == pytest.approx(ranker.predict(values), abs=1e-5)


def test_weights_cover_every_feature() -> None:
    assert set(HAND_SET_WEIGHTS) == set(FEATURES)


def test_ranker_refuses_another_width() -> None:
    with pytest.raises(InvalidInput, match="feature columns"):
        LinearRanker().predict(np.zeros((2, 3), dtype=np.float32))


def test_ranker_refuses_an_unknown_weight() -> None:
    with pytest.raises(InvalidInput, match="age"):
        LinearRanker({"age": 1.0}).predict(np.zeros((1, len(FEATURES)), dtype=np.float32))
