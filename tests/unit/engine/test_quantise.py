"""Quantising: integers stay within half a step, and smoothing changes no product."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from matcher.engine.encode import SentenceEncoder
from matcher.engine.quantise import WEIGHT_LIMIT, input_reach, is_quantisable, quantise_weights, smoothing
from tests.packed_model import HIDDEN, WIDE, tiny_sentence_transformer

MATRICES = arrays(np.float32, (3, 4), elements=st.floats(-100, 100, width=32))


@given(MATRICES)
@example(np.full((3, 4), np.finfo(np.float32).smallest_subnormal))
def test_integers_times_steps_are_off_by_half_a_step(weights: np.ndarray) -> None:
    integers, steps = quantise_weights(weights)
    assert np.abs(integers).max() <= WEIGHT_LIMIT
    assert (np.abs(integers * steps[:, None] - weights) <= steps[:, None] * 0.5001).all()


def test_largest_weight_of_each_output_takes_the_whole_range() -> None:
    integers, steps = quantise_weights(np.array([[1.26, -0.63], [0, 0]], np.float32))
    np.testing.assert_array_equal(integers, [[63, -32], [0, 0]])
    np.testing.assert_allclose(steps, [0.02, 1])


@given(MATRICES, arrays(np.float32, 4, elements=st.floats(0, 50, width=32)))
def test_smoothing_is_positive_and_finite(weights: np.ndarray, reach: np.ndarray) -> None:
    factors = smoothing(reach, weights)
    assert np.isfinite(factors).all() and (factors > 0).all()


def test_smoothing_evens_out_a_large_input() -> None:
    np.testing.assert_allclose(smoothing(np.float32([16, 1]), np.float32([[1, 1], [0.5, -1]])), [4, 1])


@pytest.fixture(scope="module")
def encoder(tmp_path_factory: pytest.TempPathFactory) -> SentenceEncoder:
    return SentenceEncoder(tiny_sentence_transformer(tmp_path_factory.mktemp("tiny") / "model"))


def test_reach_is_measured_for_every_dense_layer(encoder: SentenceEncoder) -> None:
    reach = input_reach(encoder.model[0].model)
    assert len(reach) == 12
    assert reach["encoder.layer.1.output.dense"].shape == (WIDE,)
    assert reach["encoder.layer.0.attention.self.key"].shape == (HIDDEN,)


def test_measuring_leaves_the_model_as_it_was(encoder: SentenceEncoder) -> None:
    before = encoder.encode(["juru masak"], role="query")
    input_reach(encoder.model[0].model)
    np.testing.assert_array_equal(encoder.encode(["juru masak"], role="query"), before)
    assert not any(module._forward_pre_hooks for module in encoder.model.modules())


@pytest.mark.parametrize(("pooling", "expected"), [("mean", True), ("cls", False), ("max", False)])
def test_only_the_mean_of_tokens_is_quantised(tmp_path: Path, pooling: str, expected: bool) -> None:
    folder = tiny_sentence_transformer(tmp_path / "model")
    settings = folder / "1_Pooling" / "config.json"
    settings.write_text(settings.read_text(encoding="utf-8").replace("mean", pooling), encoding="utf-8")
    assert is_quantisable(SentenceEncoder(folder).model) is expected
