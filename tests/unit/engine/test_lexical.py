"""BM25 over vacancies: words that meet score, words of teaching do not, and save-load changes nothing."""

from __future__ import annotations

from pathlib import Path

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.domain.errors import NotFitted
from matcher.engine.lexical import LexicalIndex, query_tokens

TEXTS = ["juru masak hotel", "satpam gedung malam", "", "admin gudang dan kasir", "juru masak warung warung"]


def test_scores_agree_with_bm25s() -> None:
    model = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
    model.index([query_tokens(text) or [""] for text in TEXTS], show_progress=False, create_empty_token=False)
    ours = LexicalIndex().fit(TEXTS).scores(["masak warung"])[0]
    assert ours == pytest.approx(model.get_scores(["masak", "warung"]), abs=1e-6)


@given(st.lists(st.text(alphabet="abc ", max_size=12), min_size=1, max_size=8), st.text(alphabet="abcd ", max_size=12))
def test_scores_are_never_negative(texts: list[str], query: str) -> None:
    scores = LexicalIndex().fit(texts).scores([query])
    assert scores.shape == (1, len(texts)) and (scores >= 0).all()


def test_a_later_text_gets_the_weights_of_the_same_text_here() -> None:
    fitted = LexicalIndex().fit(TEXTS)
    queries = ["masak warung", "kasir gudang", "satpam malam"]
    one_by_one = fitted.weigh_later(TEXTS[:1])
    for text in TEXTS[1:]:
        one_by_one = one_by_one.followed_by(fitted.weigh_later([text]))
    for later in (fitted.weigh_later(TEXTS), one_by_one):
        assert later.scores(queries) == pytest.approx(fitted.scores(queries), abs=1e-6)


def test_a_later_text_is_longer_by_words_nobody_used_before() -> None:
    fitted = LexicalIndex().fit(TEXTS)
    short, long, strange = fitted.weigh_later(["kasir", "kasir tambahan", "tambahan"]).scores(["kasir tambahan"])[0]
    assert short > long > strange == 0.0


def test_teaching_words_do_not_match() -> None:
    scores = LexicalIndex().fit(["guru teknik dasar", "penjahit"]).scores(["Belajar teknik dasar menjahit"])
    assert not scores.any()


def test_query_of_teaching_words_keeps_them() -> None:
    assert query_tokens("Teknik dasar") == ["teknik", "dasar"]


def test_save_and_load_give_the_same_scores(tmp_path: Path) -> None:
    fitted = LexicalIndex().fit(TEXTS)
    fitted.save(tmp_path / "lexical.npz")
    queries = ["kasir gudang", "tidak ada", ""]
    loaded = LexicalIndex.load(tmp_path / "lexical.npz")
    assert np.array_equal(loaded.scores(queries), fitted.scores(queries))
    assert np.array_equal(loaded.weigh_later(TEXTS).scores(queries), fitted.weigh_later(TEXTS).scores(queries))


@pytest.mark.parametrize("ask", ["scores", "weigh_later"])
def test_unfitted_index_refuses(ask: str) -> None:
    with pytest.raises(NotFitted, match="call fit"):
        getattr(LexicalIndex(), ask)(["kasir"])
