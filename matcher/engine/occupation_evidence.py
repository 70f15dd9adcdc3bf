"""Takes titles of courses and vacancies; gives the occupations each of them speaks of. Reads no advert's body.

Not for text benchmarks: the official names it compares with are the answers of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.domain.occupation_names import occupation_names
from matcher.domain.occupations import ISCO_DIGITS
from matcher.domain.text import target_occupation
from matcher.engine.encode import PADAN, Encoder

SHARPNESS = 15.0
"""Softmax factor on cosines; 15 told related from unrelated pairs best of 15, 25 and 40 (``docs/relevance.md``)."""

KEPT = 5
LEAST_COSINE = 0.76
"""A title further than this from every official name speaks of none: "12345" and "Freelance" stand at .74 and .756, and
three quarters of the graded titles nearer."""

LEAST_NAMED = 0.3
"""A group is called by its name only where its chance is this much: spread thinner, the likeliest is often wrong."""

_FILE = "occupations.npz"
_ROWS = 4_096


@dataclass(frozen=True, slots=True)
class Occupations:
    """The likeliest unit groups of n texts, likeliest first.

    ``groups`` int16 (n, KEPT) codes as numbers (0110 is 110), all different in a row; ``chances`` float32 (n, KEPT),
    each row summing to 1, or to 0 where the text speaks of no occupation.
    """

    groups: NDArray[np.int16]
    chances: NDArray[np.float32]

    @classmethod
    def unknown(cls, n: int) -> Occupations:
        """Return `n` texts that speak of no occupation. Raises nothing."""
        return cls(np.tile(np.arange(KEPT, dtype=np.int16), (n, 1)), np.zeros((n, KEPT), dtype=np.float32))

    @property
    def is_known(self) -> NDArray[np.bool_]:
        """Whether each text speaks of any occupation: bool (n,)."""
        return self.chances[:, 0] > 0

    def take(self, rows: NDArray[np.int64]) -> Occupations:
        """Return these rows. Raises IndexError for a row that is not there: a defect of the caller."""
        return Occupations(self.groups[rows], self.chances[rows])

    def followed_by(self, later: Occupations) -> Occupations:
        """Return these rows and behind them those of `later`. Raises nothing."""
        return Occupations(np.concatenate([self.groups, later.groups]), np.concatenate([self.chances, later.chances]))

    def overlap(self, other: Occupations) -> NDArray[np.float32]:
        """Return row by row how much two texts speak of the same groups: float32 (n,), 0 to 1.

        Notes
        -----
        Bhattacharyya coefficient, sum over groups of sqrt(p q), over the kept groups. Raises ValueError when the two
        have other numbers of rows: a defect of the caller.
        """
        return self._shared(other).sum(axis=(1, 2), dtype=np.float32)

    def shared_names(self, other: Occupations) -> list[str | None]:
        """Return row by row the official name of the group that both speak of most, None where that is uncertain.

        Notes
        -----
        Certain is sqrt(p q) of ``LEAST_NAMED`` and more.
        Raises as ``overlap``; KeyError for a group without a name: a defect of the caller.
        """
        strongest = self._shared(other).max(axis=2)
        best = strongest.argmax(axis=1)
        rows = np.arange(len(best))
        is_known = strongest[rows, best] >= LEAST_NAMED
        return [
            _name(group) if known else None
            for group, known in zip(self.groups[rows, best].tolist(), is_known.tolist(), strict=True)
        ]

    def _shared(self, other: Occupations) -> NDArray[np.float32]:
        is_same = self.groups[:, :, None] == other.groups[:, None, :]
        return np.where(is_same, np.sqrt(self.chances[:, :, None] * other.chances[:, None, :]), 0)


@dataclass(frozen=True, slots=True)
class OccupationEvidence:
    """The official names as an encoder reads them.

    ``codes`` int16 (n_codes,) the unit groups, ascending; ``names`` float32 (n_names, dimension); ``starts`` int64
    (n_codes,) the first name of each group: a group owns a contiguous run. Without codes no text speaks of anything.
    """

    codes: NDArray[np.int16]
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
        groups = np.array([int(code[:ISCO_DIGITS]) for code in named], dtype=np.int16)
        codes, starts = np.unique(groups, return_index=True)
        return cls(codes, encoder.encode(list(named.values()), role="passage"), starts)

    @classmethod
    def unknown(cls, dimension: int) -> OccupationEvidence:
        """Return the evidence of an encoder that nobody measured on it: no text speaks of anything. Raises nothing."""
        nothing = np.empty((0, dimension), dtype=np.float32)
        return cls(np.empty(0, dtype=np.int16), nothing, np.empty(0, dtype=np.int64))

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
        if not len(self.codes):
            return Occupations.unknown(len(titles))
        told = [target_occupation(title) or title for title in titles]
        return self._nearest(encoder.encode(told, role="query"))

    def _nearest(self, embeddings: NDArray[np.float32]) -> Occupations:
        if not len(self.codes):
            return Occupations.unknown(len(embeddings))
        found = Occupations.unknown(0)
        for start in range(0, len(embeddings), _ROWS):
            found = found.followed_by(self._block(embeddings[start : start + _ROWS]))
        return found

    def _block(self, embeddings: NDArray[np.float32]) -> Occupations:
        nearest = np.maximum.reduceat(embeddings @ self.names.T, self.starts, axis=1)
        best = np.argsort(-nearest, axis=1, kind="stable")[:, :KEPT]
        kept = np.take_along_axis(nearest, best, axis=1)
        weights = np.exp(SHARPNESS * (kept - kept[:, :1]))
        chances = np.where(kept[:, :1] >= LEAST_COSINE, weights / weights.sum(axis=1, keepdims=True), 0)
        return Occupations(self.codes[best], chances.astype(np.float32))


@dataclass(frozen=True, slots=True)
class StoredOccupations:
    """What an artifact keeps of occupations: of each score row (``of_rows``) and of each vacancy, in table order."""

    evidence: OccupationEvidence
    of_rows: Occupations
    of_vacancies: Occupations

    @classmethod
    def fit(cls, rows: Sequence[str], vacancies: NDArray[np.float32], encoder: Encoder) -> StoredOccupations:
        """Return the occupations of the titles of score rows, and of vacancies by the embeddings of their titles.

        ``SHARPNESS`` and ``LEAST_COSINE`` hold for the encoder of this project; by another all is unknown.

        Raises
        ------
        ModelUnavailable
            When the encoder cannot run.
        """
        is_measured = encoder.name == PADAN
        evidence = OccupationEvidence.fit(encoder) if is_measured else OccupationEvidence.unknown(encoder.dimension)
        return cls(evidence, evidence.of_courses(rows, encoder), evidence.of_vacancies(vacancies))

    def save(self, folder: Path) -> None:
        """Write them into `folder`, the names in half precision: about 2 MB and 30 bytes a text.

        Raises
        ------
        OSError
            When the folder cannot be written.
        """
        np.savez(
            folder / _FILE, codes=self.evidence.codes, names=self.evidence.names.astype(np.float16),
            starts=self.evidence.starts,
            row_groups=self.of_rows.groups, row_chances=self.of_rows.chances,
            vacancy_groups=self.of_vacancies.groups, vacancy_chances=self.of_vacancies.chances,
        )  # fmt: skip

    @classmethod
    def load(cls, folder: Path) -> StoredOccupations:
        """Return what ``save`` wrote into `folder`.

        Raises
        ------
        OSError
            When the file is missing; the artifact's checksums say so first.
        """
        with np.load(folder / _FILE, allow_pickle=False) as kept:
            names = kept["names"].astype(np.float32)
            return cls(
                OccupationEvidence(kept["codes"], names, kept["starts"]),
                Occupations(kept["row_groups"], kept["row_chances"]),
                Occupations(kept["vacancy_groups"], kept["vacancy_chances"]),
            )


def _name(group: int) -> str:
    return occupation_names()[f"{group:0{ISCO_DIGITS}d}"]
