"""Takes titles of courses and vacancies; gives the occupations each of them speaks of. Reads no advert's body.

Not for text benchmarks: the official names it compares with are the answers of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.domain.occupation_names import occupation_names
from matcher.domain.occupations import ISCO_DIGITS
from matcher.domain.text import target_occupation
from matcher.engine.encode import Encoder

SHARPNESS = 15.0
"""Softmax factor on cosines; 15 told related from unrelated pairs best of 15, 25 and 40 (``docs/relevance.md``)."""

KEPT = 5
_ROWS = 4_096


@dataclass(frozen=True, slots=True)
class Occupations:
    """The likeliest unit groups of n texts, likeliest first.

    ``groups`` int16 (n, KEPT) places in ``OccupationEvidence.codes``; ``chances`` float32 (n, KEPT), above 0, each row
    summing to 1.
    """

    groups: NDArray[np.int16]
    chances: NDArray[np.float32]

    def overlap(self, other: Occupations) -> NDArray[np.float32]:
        """Return row by row how much two texts speak of the same groups: float32 (n,), 0 to 1.

        Notes
        -----
        Bhattacharyya coefficient, sum over groups of sqrt(p q), over the kept groups. Raises ValueError when the two
        have other numbers of rows: a defect of the caller.
        """
        is_same = self.groups[:, :, None] == other.groups[:, None, :]
        shared = np.sqrt(self.chances[:, :, None] * other.chances[:, None, :])
        return np.where(is_same, shared, 0).sum(axis=(1, 2), dtype=np.float32)


@dataclass(frozen=True, slots=True)
class OccupationEvidence:
    """The official names as an encoder reads them.

    ``codes`` the unit groups in ascending order; ``names`` float32 (n_names, dimension); ``starts`` int64 (n_codes,)
    the first name of each group: a group owns a contiguous run.
    """

    codes: tuple[str, ...]
    names: NDArray[np.float32]
    starts: NDArray[np.int64]

    @classmethod
    def fit(cls, encoder: Encoder) -> OccupationEvidence:
        """Return the evidence that `encoder` gives: 2,583 short names are encoded.

        Raises
        ------
        ModelUnavailable
            When the encoder cannot run.
        """
        named = occupation_names()
        groups = np.array([code[:ISCO_DIGITS] for code in named])
        codes, starts = np.unique(groups, return_index=True)
        return cls(tuple(codes.tolist()), encoder.encode(list(named.values()), role="passage"), starts)

    def of_vacancies(self, titles: NDArray[np.float32]) -> Occupations:
        """Return the occupations of vacancies from their titles' embeddings, float32 (n, dimension). Raises nothing."""
        return self._nearest(titles)

    def of_courses(self, titles: Sequence[str], encoder: Encoder) -> Occupations:
        """Return the occupations of courses: of the job a title says it prepares for, else of the title.

        Raises
        ------
        ModelUnavailable
            When the encoder cannot run.
        """
        told = [target_occupation(title) or title for title in titles]
        return self._nearest(encoder.encode(told, role="query"))

    def _nearest(self, embeddings: NDArray[np.float32]) -> Occupations:
        parts = [self._block(embeddings[start : start + _ROWS]) for start in range(0, len(embeddings), _ROWS)]
        empty = (np.empty((0, KEPT), dtype=np.int16), np.empty((0, KEPT), dtype=np.float32))
        groups, chances = zip(*parts, strict=True) if parts else ((empty[0],), (empty[1],))
        return Occupations(np.concatenate(groups), np.concatenate(chances))

    def _block(self, embeddings: NDArray[np.float32]) -> tuple[NDArray[np.int16], NDArray[np.float32]]:
        nearest = np.maximum.reduceat(embeddings @ self.names.T, self.starts, axis=1)
        best = np.argsort(-nearest, axis=1, kind="stable")[:, :KEPT]
        kept = np.take_along_axis(nearest, best, axis=1)
        weights = np.exp(SHARPNESS * (kept - kept[:, :1]))
        return best.astype(np.int16), (weights / weights.sum(axis=1, keepdims=True)).astype(np.float32)
