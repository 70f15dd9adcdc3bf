"""Takes vacancy texts and course texts; gives BM25 scores between them. Knows no embedding and no eligibility."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, cast

import bm25s
import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from matcher.domain.errors import NotFitted
from matcher.domain.text import normalise

STOPWORDS = frozenset(
    "yang dan di ke dari untuk dengan pada dalam adalah atau ini itu para akan oleh sebagai bagi agar serta secara "
    "the a an and of to in for with on at by or as is are be from".split()
)
"""Function words of Bahasa Indonesia and English."""

TEACHING_WORDS = frozenset(
    "belajar mempelajari memahami menguasai mengenal mengetahui kuasai pahami kelas kursus pelatihan panduan cara "
    "mudah cepat lengkap langkah dasar dasar-dasar pemula mahir tingkat teknik menjadi calon seorang daring luring "
    "bauran webinar learn learning course class introduction basic basics beginner beginners fundamental "
    "fundamentals".split()
)
"""What a course title says about teaching rather than about work; dropped from the query side only."""

_K1, _B = 1.2, 0.75


class LexicalIndex:
    """BM25 (Lucene variant, k1 1.2, b .75) of every vacancy text, with fixed statistics once fitted."""

    def __init__(self) -> None:
        self.vocabulary_: dict[str, int] | None = None
        self.weights_: sp.csr_array | None = None
        self.mean_length_ = 1.0

    def fit(self, texts: Sequence[str]) -> LexicalIndex:
        """Index `texts` and return this index.

        Parameters
        ----------
        texts : sequence of str
            One text per vacancy, in table order.

        Notes
        -----
        Raises nothing; an empty text scores 0 everywhere. The term weights are those of `bm25s` (Lu 2024), kept as a
        (n_terms, n_vacancies) sparse matrix so that a query is one sparse row.
        """
        tokens = [_tokens(text) or [""] for text in texts]
        model = bm25s.BM25(k1=_K1, b=_B, method="lucene")
        model.index(tokens, show_progress=False, create_empty_token=False)
        parts = cast(dict[str, Any], model.scores)
        columns = sp.csc_array(
            (parts["data"], parts["indices"], parts["indptr"]), shape=(len(texts), len(parts["indptr"]) - 1)
        )
        self.vocabulary_ = {str(term): int(index) for term, index in model.vocab_dict.items() if term}
        self.weights_ = sp.csr_array(columns.T, dtype=np.float32)
        self.mean_length_ = sum(map(len, tokens)) / max(len(tokens), 1)
        return self

    def weigh_later(self, texts: Sequence[str]) -> LexicalIndex:
        """Return the index of texts that came later, each word weighed by the statistics of this one.

        Raises
        ------
        NotFitted
            Before ``fit`` or ``load``.

        Notes
        -----
        A text of this index gets the weights it has here: idf tf / (tf + k1 (1 - b + b length / mean length)) with
        idf = log(1 + (N - n + .5) / (n + .5)), N texts, n of them with the word (Kamphuis et al. 2020). A word that
        stands in none of them has no column and counts nothing but length.
        """
        vocabulary, weights = self._fitted()
        n_terms, n_texts = cast(tuple[int, int], weights.shape)
        rows, columns, saturated = [], [], []
        for column, text in enumerate(texts):
            tokens = _tokens(text)
            pivot = _K1 * (1 - _B + _B * len(tokens) / self.mean_length_)
            known = Counter(vocabulary[token] for token in tokens if token in vocabulary)
            rows += known.keys()
            columns += [column] * len(known)
            saturated += [count / (count + pivot) for count in known.values()]
        n_with = np.diff(weights.indptr)[rows]
        idf = np.log1p((n_texts - n_with + 0.5) / (n_with + 0.5))
        later = LexicalIndex()
        later.vocabulary_, later.mean_length_ = vocabulary, self.mean_length_
        later.weights_ = sp.csr_array(
            ((idf * saturated).astype(np.float32), (rows, columns)), shape=(n_terms, len(texts))
        )
        return later

    def followed_by(self, later: LexicalIndex) -> LexicalIndex:
        """Return the texts of this index and behind them those of `later`, both from the same ``weigh_later``.

        Raises
        ------
        NotFitted
            Before ``fit`` or ``load``.
        """
        (vocabulary, weights), (_, later_weights) = self._fitted(), later._fitted()
        both = LexicalIndex()
        both.vocabulary_, both.mean_length_ = vocabulary, self.mean_length_
        both.weights_ = sp.csr_array(sp.hstack([weights, later_weights], format="csr"))
        return both

    def scores(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Return the BM25 score of every (query, vacancy): float32 (n_queries, n_vacancies), 0 and up.

        Raises
        ------
        NotFitted
            Before ``fit`` or ``load``.
        """
        vocabulary, weights = self._fitted()
        rows, columns = [], []
        for row, query in enumerate(queries):
            known = {vocabulary[t] for t in query_tokens(query) if t in vocabulary}
            rows += [row] * len(known)
            columns += sorted(known)
        shape = (len(queries), len(weights.indptr) - 1)
        asked = sp.csr_array((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
        product = cast(sp.csr_array, asked @ weights)
        return np.asarray(product.toarray(), dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write the fitted index to `path` (.npz).

        Raises
        ------
        NotFitted
            Before ``fit``.
        """
        vocabulary, w = self._fitted()
        terms = sorted(vocabulary, key=vocabulary.__getitem__)
        np.savez(
            path, terms=np.array("\n".join(terms)), term_indices=np.array([vocabulary[t] for t in terms]),
            data=w.data, indices=w.indices, indptr=w.indptr, shape=np.array(w.shape),
            mean_length=np.array(self.mean_length_),
        )  # fmt: skip

    @classmethod
    def load(cls, path: Path) -> LexicalIndex:
        """Return the index that ``save`` wrote to `path`.

        Raises
        ------
        OSError, KeyError
            When the file is missing or is no lexical index; the artifact's checksums say so first.
        """
        index = cls()
        with np.load(path, allow_pickle=False) as parts:
            terms = str(parts["terms"]).split("\n")
            index.vocabulary_ = dict(zip(terms, parts["term_indices"].tolist(), strict=True))
            shape = tuple(parts["shape"].tolist())
            index.weights_ = sp.csr_array((parts["data"], parts["indices"], parts["indptr"]), shape=shape)
            index.mean_length_ = float(parts["mean_length"])
        return index

    def _fitted(self) -> tuple[dict[str, int], sp.csr_array]:
        if self.vocabulary_ is None or self.weights_ is None:
            raise NotFitted("the lexical index holds no vacancies; call fit or load first")
        return self.vocabulary_, self.weights_


def query_tokens(text: str) -> list[str]:
    """Return the words of a course text that speak of work: no function words, no teaching words.

    Notes
    -----
    Raises nothing. A text of teaching words only keeps them, so that no query is empty that had words.
    """
    tokens = _tokens(text)
    return [token for token in tokens if token not in TEACHING_WORDS] or tokens


def _tokens(text: str) -> list[str]:
    return [token for token in normalise(text).split() if token not in STOPWORDS]
