"""Takes vacancies that no artifact holds, or the words of a search; gives their stored score with every course.

The other side of ``similarity``: there all vacancies are stored and courses are asked, here the courses are stored.
Knows no person and keeps no vacancy.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from matcher.domain.errors import ArtifactIncompatible, NotFitted
from matcher.domain.seniority import seniority
from matcher.engine.encode import Encoder
from matcher.engine.lexical import LexicalIndex, query_tokens
from matcher.engine.similarity import Fusion, Texts

_FILE = "course_views.npz"


@dataclass(frozen=True, slots=True)
class CourseViews:
    """n_rows courses (and titles of certificates) seen in every way a vacancy can be compared with them.

    ``passages`` and ``titles`` float32 (n_rows, dimension) unit rows in the role of a query; ``terms`` float32
    (n_rows, n_terms) sparse, 1 for each word of a course that the vacancies use; ``seniorities`` int8 (n_rows,).
    """

    passages: NDArray[np.float32]
    titles: NDArray[np.float32]
    terms: sp.csr_array
    seniorities: NDArray[np.int8]

    @classmethod
    def fit(cls, courses: Texts, lexical: LexicalIndex, encoder: Encoder) -> CourseViews:
        """Return the views of these courses, in the vocabulary of `lexical`.

        Raises
        ------
        ModelUnavailable
            When the encoder cannot run.
        NotFitted
            When `lexical` holds no vacancies.
        """
        return cls(
            passages=encoder.encode(courses.passages, role="query"),
            titles=encoder.encode(courses.titles, role="query"),
            terms=_terms(courses.passages, lexical),
            seniorities=np.array([seniority(title) for title in courses.titles], dtype=np.int8),
        )

    def views(self, vacancies: Texts, lexical: LexicalIndex, encoder: Encoder) -> dict[str, NDArray[np.float32]]:
        """Return every view of every (course, vacancy): float32 (n_rows, n_vacancies) each, by the names in ``VIEWS``.

        Raises
        ------
        ArtifactIncompatible
            When the encoder has another dimension than the stored courses.
        ModelUnavailable
            When the encoder cannot run.

        Notes
        -----
        As ``similarity.Views.blocks`` gave them had these vacancies been in the build, whose word statistics they get.
        """
        if encoder.dimension != self.passages.shape[1]:
            raise ArtifactIncompatible(
                f"encoder {encoder.name} gives {encoder.dimension} numbers a text, "
                f"the artifact holds {self.passages.shape[1]}; "
                "rebuild the artifact with this encoder or configure the one it was built with"
            )
        asked = np.array([seniority(title) for title in vacancies.titles], dtype=np.int8)
        words = self.terms @ lexical.weigh_later(vacancies.passages).weights_
        return {
            "dense": self.passages @ encoder.encode(vacancies.passages, role="passage").T,
            "dense_title": self.titles @ encoder.encode(vacancies.titles, role="passage").T,
            "lexical": np.asarray(cast(sp.csr_array, words).toarray(), dtype=np.float32),
            "seniority": -np.maximum(asked - self.seniorities[:, None], 0).astype(np.float32),
        }

    def scores(self, vacancies: Texts, fusion: Fusion, lexical: LexicalIndex, encoder: Encoder) -> NDArray[np.float32]:
        """Return the score of every (course, vacancy): float32 (n_rows, n_vacancies), larger is better.

        Raises
        ------
        ArtifactIncompatible, ModelUnavailable
            As ``views``.
        """
        return fusion.fuse(self.views(vacancies, lexical, encoder))

    def save(self, folder: Path) -> None:
        """Write the views into `folder`.

        Raises
        ------
        OSError
            When the folder cannot be written.
        """
        np.savez(
            folder / _FILE, passages=self.passages.astype(np.float16), titles=self.titles.astype(np.float16),
            seniorities=self.seniorities, data=self.terms.data, indices=self.terms.indices, indptr=self.terms.indptr,
            shape=np.array(self.terms.shape),
        )  # fmt: skip

    @classmethod
    def load(cls, folder: Path) -> CourseViews:
        """Return the views that ``save`` wrote into `folder`.

        Raises
        ------
        OSError
            When the file is missing; the artifact's checksums say so first.
        """
        with np.load(folder / _FILE, allow_pickle=False) as parts:
            shape = tuple(parts["shape"].tolist())
            return cls(
                passages=parts["passages"].astype(np.float32),
                titles=parts["titles"].astype(np.float32),
                terms=sp.csr_array((parts["data"], parts["indices"], parts["indptr"]), shape=shape),
                seniorities=parts["seniorities"],
            )


def _terms(passages: list[str], lexical: LexicalIndex) -> sp.csr_array:
    vocabulary = lexical.vocabulary_
    if vocabulary is None:
        raise NotFitted("the lexical index holds no vacancies; call fit or load first")
    known = [sorted({vocabulary[t] for t in query_tokens(text) if t in vocabulary}) for text in passages]
    columns = np.array([term for terms in known for term in terms], dtype=np.int32)
    ends = np.cumsum([0, *map(len, known)])
    n_terms = max(vocabulary.values(), default=-1) + 1
    return sp.csr_array((np.ones(len(columns), np.float32), columns, ends), shape=(len(passages), n_terms))
