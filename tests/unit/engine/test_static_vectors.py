"""Word vectors: the mean of pieces, order-free, small, and whole or refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Tokenizer
from tokenizers.models import Unigram
from tokenizers.pre_tokenizers import Metaspace

from matcher.domain.errors import InvalidInput, ModelUnavailable
from matcher.engine.static_vectors import SHIPPED_VECTORS, TOKENIZER, VECTORS, StaticVectors

WORDS = ("▁juru", "▁masak", "▁jahit")
ODD = ["", " ", "x" * 100_000, "lowongan " * 20_000, "\ud83d", "招聘厨师", "👩‍🍳🚚", "مطلوب طباخ"]


def _table() -> StaticVectors:
    tokenizer = Tokenizer(Unigram([("<unk>", 0.0), *((word, -1.0) for word in WORDS)], unk_id=0))
    tokenizer.pre_tokenizer = Metaspace()
    return StaticVectors.of(tokenizer, np.array([[0, 0], [1, 0], [0, 1], [-1, 0]], dtype=np.float32))


@pytest.fixture(scope="module")
def shipped() -> StaticVectors:
    return StaticVectors.load(SHIPPED_VECTORS)


def test_a_text_is_the_mean_of_its_pieces() -> None:
    rows = _table().encode(["juru masak", "jahit", "apa"])
    assert rows == pytest.approx(np.array([[0.5**0.5, 0.5**0.5], [-1, 0], [0, 0]]), abs=1e-6)


@given(st.permutations(["juru", "masak", "jahit", "masak"]))
def test_the_order_of_words_does_not_count(words: list[str]) -> None:
    table = _table()
    assert table.encode([" ".join(words)]) == pytest.approx(table.encode(["juru masak masak jahit"]), abs=1e-6)


def test_rounding_turns_no_vector_far() -> None:
    vectors = np.random.default_rng(0).normal(size=(4, 64)).astype(np.float32)
    rows = StaticVectors.of(_table().tokenizer, vectors).encode(["juru", "masak"])
    cosines = (rows * vectors[1:3]).sum(axis=1) / np.linalg.norm(vectors[1:3], axis=1)
    assert (cosines > 0.9999).all()


def test_a_table_comes_back_as_it_was_kept(tmp_path: Path) -> None:
    _table().save(tmp_path)
    assert np.array_equal(StaticVectors.load(tmp_path).encode(["juru masak"]), _table().encode(["juru masak"]))


def test_a_table_that_is_not_whole_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=TOKENIZER):
        StaticVectors.load(tmp_path)
    _table().save(tmp_path)
    whole = {name: (tmp_path / name).read_bytes() for name in (TOKENIZER, VECTORS)}
    for name, content in whole.items():
        (tmp_path / name).write_bytes(content[: len(content) // 2])
        with pytest.raises(ModelUnavailable, match="damaged"):
            StaticVectors.load(tmp_path)
        (tmp_path / name).write_bytes(content)


def test_vectors_of_another_tokenizer_are_refused(tmp_path: Path) -> None:
    table = _table()
    StaticVectors(table.tokenizer, table.whole[:3], table.scales[:3]).save(tmp_path)
    with pytest.raises(ModelUnavailable, match="3 vectors for 4 pieces"):
        StaticVectors.load(tmp_path)


def test_what_is_no_string_is_refused() -> None:
    with pytest.raises(InvalidInput):
        _table().encode([None])  # type: ignore[list-item]


def test_odd_texts_do_no_harm(shipped: StaticVectors) -> None:
    lengths = np.linalg.norm(shipped.encode(ODD), axis=1)
    assert all(length == pytest.approx(1, abs=1e-5) or length == 0 for length in lengths)


def test_the_shipped_table_ties_names_across_languages(shipped: StaticVectors) -> None:
    asked, found = shipped.encode(["penjahit", "JURU MASAK"]), shipped.encode(["tailor", "cook", "welder"])
    assert (asked @ found.T).argmax(axis=1).tolist() == [0, 1]


def test_the_shipped_table_is_small() -> None:
    assert sum(path.stat().st_size for path in SHIPPED_VECTORS.iterdir()) < 6_000_000
