"""Texts for texts: every query gets its score with every text, however many are asked at once."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.engine.bare_texts import BLOCK_ROWS, WITH_VECTORS, WITH_WORDS, BareTexts, vectors_beside
from matcher.engine.encode import TfidfEncoder
from matcher.engine.static_vectors import SHIPPED_VECTORS, StaticVectors

CORPUS = ["Penjahit pakaian", "Juru masak hotel", "Satpam gedung kantor"]
ASKED = [f"{name} {number}" for number in range(BLOCK_ROWS) for name in ("juru masak", "penjahit")]


def _scores(vectors: StaticVectors | None) -> np.ndarray:
    encoder = TfidfEncoder().fit(CORPUS)
    return np.concatenate(list(BareTexts.fit(CORPUS, encoder, vectors).scores(ASKED)))


@pytest.mark.parametrize("vectors", [None, StaticVectors.load(SHIPPED_VECTORS)], ids=["words", "vectors"])
def test_every_query_finds_its_text_in_every_block(vectors: StaticVectors | None) -> None:
    scores = _scores(vectors)
    assert scores.shape == (2 * BLOCK_ROWS, len(CORPUS)) and scores.dtype == np.float32
    assert scores.argmax(axis=1).tolist() == [1, 0] * BLOCK_ROWS


def test_word_vectors_take_the_place_of_words() -> None:
    encoder, vectors = TfidfEncoder().fit(CORPUS), StaticVectors.load(SHIPPED_VECTORS)
    alone, beside = BareTexts.fit(CORPUS, encoder, None), BareTexts.fit(CORPUS, encoder, vectors)
    assert alone.weights is WITH_WORDS and set(alone.views(ASKED)) == set(WITH_WORDS)
    assert beside.weights is WITH_VECTORS and set(beside.views(ASKED)) == set(WITH_VECTORS)


def test_an_encoder_that_nobody_weighed_them_with_goes_without_vectors() -> None:
    assert vectors_beside(TfidfEncoder()) is None
