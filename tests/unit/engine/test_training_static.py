"""Training word vectors: pairs come together, the same seed gives the same table, and only used pieces are kept."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from sentence_transformers import SentenceTransformer

from matcher.domain.errors import InvalidInput
from matcher.engine.training_pairs import Pair
from matcher.engine.training_static import StaticRecipe, StaticTraining, trimmed_tokenizer
from tests.packed_model import tiny_sentence_transformer
from tests.training_world import write_tiny_encoder

PAIRS = [Pair(left, right, left) for left, right in (("Juru masak", "guru"), ("penjahit", "satpam"), ("kerja", "b"))]
RECIPE = StaticRecipe(n_steps=30, batch=3, least_pairs=3, least_texts=1, dimension=16, learning_rate=0.05)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> SentenceTransformer:
    return SentenceTransformer(str(tiny_sentence_transformer(tmp_path_factory.mktemp("tiny") / "st")), device="cpu")


def _cosines(training: StaticTraining) -> np.ndarray:
    left, right = (training.table().encode([pair[side] for pair in PAIRS]) for side in (0, 1))
    return (left * right).sum(axis=1)


def test_pairs_come_together(model: SentenceTransformer) -> None:
    training = StaticTraining.begin(model, {"names": PAIRS, "few": PAIRS[:2]}, RECIPE)
    before = _cosines(training)
    losses = [step.loss for step in training.steps()]
    assert list(training.pairs) == ["names"] and losses[-1] < losses[0]
    assert (_cosines(training) > before).all()


def test_the_same_seed_gives_the_same_table(model: SentenceTransformer) -> None:
    tables = []
    for _ in range(2):
        training = StaticTraining.begin(model, {"names": PAIRS}, RECIPE)
        list(training.steps())
        tables.append(training.table())
    assert np.array_equal(tables[0].whole, tables[1].whole) and np.array_equal(tables[0].scales, tables[1].scales)


def test_only_pieces_of_the_texts_are_kept_and_cut_the_texts_alike(model: SentenceTransformer) -> None:
    whole = cast(Any, model.tokenizer).backend_tokenizer
    texts = ["juru masak", "penjahit"]
    tokenizer, kept = trimmed_tokenizer(whole, texts, RECIPE)
    assert tokenizer.get_vocab_size() == len(kept) < whole.get_vocab_size()
    for text in texts:
        assert tokenizer.encode(text.upper()).tokens == whole.encode(text, add_special_tokens=False).tokens


def test_too_few_pairs_are_refused(model: SentenceTransformer) -> None:
    with pytest.raises(InvalidInput, match="no source has 3 pairs"):
        StaticTraining.begin(model, {"names": PAIRS[:2]}, RECIPE)


def test_a_tokenizer_of_another_kind_is_refused(tmp_path: Path) -> None:
    words = SentenceTransformer(str(write_tiny_encoder(tmp_path, ("juru", "masak"))), device="cpu")
    with pytest.raises(InvalidInput, match="WordLevel"):
        StaticTraining.begin(words, {"names": PAIRS}, RECIPE)
