"""Takes vacancy texts and course texts; gives BM25 scores between them. Knows no embedding and no eligibility."""

from __future__ import annotations

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


class LexicalIndex:
    """BM25 (Lucene variant, k1 1.2, b .75) of every vacancy text, with fixed statistics once fitted."""

    def __init__(self) -> None:
        self.vocabulary_: dict[str, int] | None = None
        self.weights_: sp.csr_array | None = None

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
        model = bm25s.BM25(k1=1.2, b=0.75, method="lucene")
        model.index(tokens, show_progress=False, create_empty_token=False)
        parts = cast(dict[str, Any], model.scores)
        columns = sp.csc_array(
            (parts["data"], parts["indices"], parts["indptr"]), shape=(len(texts), len(parts["indptr"]) - 1)
        )
        self.vocabulary_ = {str(term): int(index) for term, index in model.vocab_dict.items() if term}
        self.weights_ = sp.csr_array(columns.T, dtype=np.float32)
        return self

    def scores(self, queries: Sequence[str]) -> NDArray[np.float32]:
        """Return the BM25 score of every (query, vacancy): float32 (n_queries, n_vacancies), 0 and up.

        Raises
        ------
        NotFitted
            Before ``fit`` or ``load``.
        """
        if self.vocabulary_ is None or self.weights_ is None:
            raise NotFitted("the lexical index holds no vacancies; call fit or load first")
        rows, columns = [], []
        for row, query in enumerate(queries):
            known = {self.vocabulary_[t] for t in query_tokens(query) if t in self.vocabulary_}
            rows += [row] * len(known)
            columns += sorted(known)
        shape = (len(queries), len(self.weights_.indptr) - 1)
        asked = sp.csr_array((np.ones(len(rows), np.float32), (rows, columns)), shape=shape)
        product = cast(sp.csr_array, asked @ self.weights_)
        return np.asarray(product.toarray(), dtype=np.float32)

    def save(self, path: Path) -> None:
        """Write the fitted index to `path` (.npz).

        Raises
        ------
        NotFitted
            Before ``fit``.
        """
        if self.vocabulary_ is None or self.weights_ is None:
            raise NotFitted("the lexical index holds no vacancies; call fit first")
        terms = sorted(self.vocabulary_, key=self.vocabulary_.__getitem__)
        w = self.weights_
        np.savez(
            path, terms=np.array("\n".join(terms)), term_indices=np.array([self.vocabulary_[t] for t in terms]),
            data=w.data, indices=w.indices, indptr=w.indptr, shape=np.array(w.shape),
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
        return index


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
