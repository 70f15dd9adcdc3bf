"""The TF-IDF baseline: near texts share n-grams, and what was learned survives saving."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.domain.errors import ArtifactIncompatible, InvalidInput, NotFitted
from matcher.engine.tfidf import TfidfEncoder

CORPUS = ["juru masak hotel", "penjahit pakaian", "satpam gedung", "sopir truk", "juru masak warung", "guru matematika"]


def test_texts_that_share_words_are_nearer() -> None:
    rows = TfidfEncoder().fit(CORPUS).encode(["masak", "juru masak hotel", "sopir truk"], role="query")
    assert rows[0] @ rows[1] > 0.5 > rows[0] @ rows[2]


def test_all_dimensions_keep_the_cosine_of_the_ngrams() -> None:
    from sklearn.feature_extraction.text import TfidfVectorizer

    weights = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True).fit_transform(CORPUS)
    rows = TfidfEncoder().fit(CORPUS).encode(CORPUS, role="passage")
    np.testing.assert_allclose(rows @ rows.T, (weights @ weights.T).toarray(), atol=1e-4)


def test_texts_without_a_known_ngram_are_near_one_another_only() -> None:
    rows = TfidfEncoder().fit(CORPUS).encode(["日本", "", "zzz", "penjahit"], role="query")
    np.testing.assert_allclose(rows @ rows.T, [[1, 1, 1, 0], [1, 1, 1, 0], [1, 1, 1, 0], [0, 0, 0, 1]], atol=1e-6)


def test_order_of_the_corpus_changes_nothing() -> None:
    left, right = TfidfEncoder().fit(CORPUS), TfidfEncoder().fit(CORPUS[::-1])
    assert left.recipe == right.recipe
    np.testing.assert_array_equal(left.encode(CORPUS, role="query"), right.encode(CORPUS, role="query"))


def test_state_carries_all_that_was_learned() -> None:
    fitted = TfidfEncoder(n_components=3).fit(CORPUS)
    taken = TfidfEncoder().set_state(fitted.state())
    assert (taken.recipe, taken.dimension) == (fitted.recipe, 4)
    np.testing.assert_array_equal(taken.encode(CORPUS, role="query"), fitted.encode(CORPUS, role="query"))


def test_another_corpus_is_another_recipe() -> None:
    assert TfidfEncoder().fit(CORPUS).recipe != TfidfEncoder().fit(CORPUS[:3]).recipe


def test_encoding_before_fitting_is_refused() -> None:
    with pytest.raises(NotFitted, match="call fit"):
        TfidfEncoder().encode(["guru"], role="query")


@pytest.mark.parametrize("corpus", [[], ["", "!!"]])
def test_corpus_without_words_is_refused(corpus: list[str]) -> None:
    with pytest.raises(InvalidInput, match="holds a word"):
        TfidfEncoder().fit(corpus)


def test_size_below_one_is_refused() -> None:
    with pytest.raises(InvalidInput, match="n_components=0"):
        TfidfEncoder(n_components=0)


def test_state_with_an_array_missing_is_refused() -> None:
    state = TfidfEncoder().fit(CORPUS).state()
    del state["idf"]
    with pytest.raises(ArtifactIncompatible, match="idf"):
        TfidfEncoder().set_state(state)


def test_state_of_two_fits_is_refused() -> None:
    left, right = TfidfEncoder().fit(CORPUS).state(), TfidfEncoder().fit(CORPUS[:2]).state()
    with pytest.raises(ArtifactIncompatible, match="terms"):
        TfidfEncoder().set_state(left | {"idf": right["idf"]})
