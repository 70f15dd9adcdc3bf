"""Takes a corpus; gives an encoder that turns texts into unit rows by the n-grams they share with it: the baseline.

Knows no meaning, no language and no model file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import ArtifactIncompatible, InvalidInput, NotFitted
from matcher.domain.text import normalise
from matcher.engine.model_folders import digest
from matcher.engine.prompts import Role, checked_texts

_NO_LENGTH = 1e-6


class TfidfEncoder:
    """Character n-grams weighted by TF-IDF, folded to a few hundred dimensions: the baseline that needs no weights.

    Parameters
    ----------
    n_components : int
        Dimensions kept by the truncated SVD; fewer where the corpus has fewer texts or n-grams.
    n_features : int
        How many of the most frequent n-grams are counted.

    Raises
    ------
    InvalidInput
        When a number is below 1.

    Notes
    -----
    Latent semantic analysis (Deerwester et al. 1990) over n-grams of 3 to 5 characters within words, sublinear
    counts. One more dimension is 1 where a text has no known n-gram, else 0, so that every row has length 1 and such
    texts are near to one another only.
    """

    name = "tfidf"

    def __init__(self, *, n_components: int = 256, n_features: int = 50_000) -> None:
        if min(n_components, n_features) < 1:
            raise InvalidInput(f"n_components={n_components}, n_features={n_features}: both must be 1 or more")
        self.n_components = n_components
        self.n_features = n_features
        self._state: dict[str, NDArray[Any]] | None = None
        self._counter: Any = None
        self.recipe = ""
        self.dimension = 0

    def fit(self, texts: Sequence[str]) -> TfidfEncoder:
        """Learn n-grams, weights and dimensions from `texts` and return this encoder.

        Parameters
        ----------
        texts : sequence of str
            The corpus, in any order: the same texts give the same rows up to rounding.

        Raises
        ------
        InvalidInput
            When a text is no string or no text holds a word.
        """
        from sklearn.decomposition import TruncatedSVD

        checked = sorted(checked_texts(texts, "passage"))
        if not any(normalise(text) for text in checked):
            raise InvalidInput(
                f"none of the {len(checked)} texts holds a word; give the encoder a corpus to learn from"
            )
        counter = _ngram_counter(max_features=self.n_features)
        weights = counter.fit_transform(normalise(text) for text in checked)
        n_components = min(self.n_components, min(weights.shape))
        svd = TruncatedSVD(n_components, algorithm="randomized", random_state=0).fit(weights)
        terms = sorted(counter.vocabulary_, key=counter.vocabulary_.__getitem__)
        return self.set_state(
            {
                "terms": np.array("\n".join(terms)),
                "idf": counter.idf_.astype(np.float32),
                "components": np.asarray(svd.components_, dtype=np.float32),
            }
        )

    def state(self) -> dict[str, NDArray[Any]]:
        """Return what was learned as named arrays, for ``set_state``.

        Raises
        ------
        NotFitted
            Before ``fit`` or ``set_state``.
        """
        if self._state is None:
            raise NotFitted("the tfidf encoder has seen no texts; call fit or set_state first")
        return dict(self._state)

    def set_state(self, state: Mapping[str, NDArray[Any]]) -> TfidfEncoder:
        """Take over what ``state`` returned and return this encoder.

        Raises
        ------
        ArtifactIncompatible
            When an array is missing or the arrays do not belong together.
        """
        try:
            terms = str(state["terms"]).split("\n")
            idf, components = state["idf"], state["components"]
        except KeyError as missing:
            raise ArtifactIncompatible(f"the tfidf state has no {missing}; fit the encoder again") from missing
        if not len(terms) == len(idf) == components.shape[1]:
            raise ArtifactIncompatible(
                f"the tfidf state holds {len(terms)} terms for {len(idf)} weights and {components.shape[1]} columns; "
                "fit the encoder again"
            )
        self._counter = _ngram_counter(vocabulary={term: index for index, term in enumerate(terms)})
        self._counter.idf_ = idf
        self._state = {"terms": np.array("\n".join(terms)), "idf": idf, "components": components}
        self.dimension = components.shape[0] + 1
        self.recipe = digest(*(np.ascontiguousarray(part).tobytes() for part in self._state.values()))
        return self

    def encode(self, texts: Sequence[str], *, role: Role) -> NDArray[np.float32]:
        """Return one unit row per text: float32 (n_texts, dimension); both roles read a text alike.

        Raises
        ------
        InvalidInput
            When a text is no string or the role is unknown.
        NotFitted
            Before ``fit`` or ``set_state``.
        """
        components = self.state()["components"]
        checked = checked_texts(texts, role)
        rows = np.zeros((len(checked), self.dimension), np.float32)
        if checked:
            rows[:, :-1] = self._counter.transform(normalise(text) for text in checked) @ components.T
        lengths = np.linalg.norm(rows, axis=1, keepdims=True)
        is_unknown = lengths[:, 0] < _NO_LENGTH
        rows[is_unknown], rows[is_unknown, -1], lengths[is_unknown] = 0, 1, 1
        return rows / lengths


def _ngram_counter(**options: Any) -> Any:
    from sklearn.feature_extraction.text import TfidfVectorizer

    counting: dict[str, Any] = {"analyzer": "char_wb", "ngram_range": (3, 5), "sublinear_tf": True, "lowercase": False}
    return TfidfVectorizer(**counting, dtype=cast(Any, np.float32), **options)
