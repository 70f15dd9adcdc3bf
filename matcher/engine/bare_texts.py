"""Takes texts that are neither courses nor vacancies; gives the score of every query with every text of a corpus.

Consults no table of occupations: such tables are the answers of benchmarks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.engine.encode import PADAN, Encoder
from matcher.engine.lexical import LexicalIndex
from matcher.engine.similarity import Fusion
from matcher.engine.static_vectors import SHIPPED_VECTORS, StaticVectors

WITH_WORDS: Mapping[str, float] = {"dense": 0.97, "lexical": 0.03}
"""For any encoder."""

WITH_VECTORS: Mapping[str, float] = {"dense": 0.7, "static": 0.3}
"""For the encoder of this project; chosen on the development questions, where words beside both add nothing."""

BLOCK_ROWS = 64
_Block = dict[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class BareTexts:
    """A corpus of n texts in each way that a query can be compared with it; the word vectors where they have a weight.

    ``rows`` float32 (n, dimension) of ``encoder``; ``static`` float32 (n, any) of ``vectors``.
    """

    encoder: Encoder
    rows: NDArray[np.float32]
    lexical: LexicalIndex
    vectors: StaticVectors | None
    static: NDArray[np.float32] | None

    @classmethod
    def fit(cls, corpus: Sequence[str], encoder: Encoder, vectors: StaticVectors | None) -> BareTexts:
        """Return the views of `corpus`.

        Raises
        ------
        ModelUnavailable
            When the encoder cannot run.
        """
        static = None if vectors is None else vectors.encode(corpus)
        return cls(encoder, encoder.encode(corpus, role="passage"), LexicalIndex().fit(list(corpus)), vectors, static)

    @property
    def weights(self) -> Mapping[str, float]:
        """What each view weighs, in standard deviations."""
        return WITH_WORDS if self.static is None else WITH_VECTORS

    def views(self, queries: Sequence[str]) -> _Block:
        """Return the weighted views of `queries`: float32 (n_queries, n) each.

        Raises
        ------
        ModelUnavailable
            When the encoder cannot run.
        """
        found = {"dense": self.encoder.encode(queries, role="query") @ self.rows.T}
        if self.vectors is None or self.static is None:
            return found | {"lexical": self.lexical.scores(list(queries))}
        return found | {"static": self.vectors.encode(queries) @ self.static.T}

    def scores(self, queries: Sequence[str]) -> Iterator[NDArray[np.float32]]:
        """Yield the scores, ``BLOCK_ROWS`` queries at a time: float32 (<= BLOCK_ROWS, n), larger is better.

        Raises
        ------
        ModelUnavailable
            When the encoder cannot run.

        Notes
        -----
        Mean and spread of each view come from queries spread evenly over all.
        """
        asked = list(queries)
        picked = np.unique(np.linspace(0, len(asked) - 1, min(BLOCK_ROWS, len(asked))).astype(int))
        fusion = Fusion.of_sample(self.weights, self.views([asked[row] for row in picked]))
        for start in range(0, len(asked), BLOCK_ROWS):
            yield fusion.fuse(self.views(asked[start : start + BLOCK_ROWS]))


def vectors_beside(encoder: Encoder) -> StaticVectors | None:
    """Return the shipped word vectors for the encoder of this project, None for any other: nobody weighed them there.

    Raises
    ------
    ModelUnavailable
        When the vectors are missing or damaged.
    """
    return StaticVectors.load(SHIPPED_VECTORS) if encoder.name == PADAN else None
