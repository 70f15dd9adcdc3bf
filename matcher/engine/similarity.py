"""Takes course and vacancy texts through their views; gives the stored score of every (course, vacancy), in blocks.

Knows no person.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matcher.domain.errors import ArtifactIncompatible, InvalidInput
from matcher.domain.seniority import seniority
from matcher.engine.encode import PADAN, Encoder
from matcher.engine.lexical import LexicalIndex

VIEWS = ("dense", "dense_title", "lexical", "seniority")
"""Ways to compare a course with a vacancy: by meaning (whole passage, bare title), by words (passage), and by how many
steps the vacancy's title stands above the course's (0, -1 or -2)."""

BLOCK_ROWS = 64


@dataclass(frozen=True, slots=True)
class Fusion:
    """Fixed statistics and weights that make one score: ``offset + sum(weight * (view - centre) / scale)``.

    Fixed means: set when the artifact is built, never taken from the query, so a vacancy that arrives later can be
    scored alone. The mappings are keyed by the names in ``VIEWS``.
    """

    weights: Mapping[str, float]
    centres: Mapping[str, float]
    scales: Mapping[str, float]
    offset: float = 0.0

    @classmethod
    def of_raw(cls, weights: Mapping[str, float], *, offset: float) -> Fusion:
        """Return the fusion whose weights apply to the view scores as they are. Raises nothing."""
        return cls(dict(weights), dict.fromkeys(weights, 0.0), dict.fromkeys(weights, 1.0), offset)

    @classmethod
    def of_sample(
        cls, weights: Mapping[str, float], blocks: Mapping[str, NDArray[np.float32]], *, offset: float = 0.0
    ) -> Fusion:
        """Return the fusion whose centres and scales are the mean and standard deviation of sampled view scores.

        Raises
        ------
        InvalidInput
            When a weight names no view.
        """
        unknown = set(weights) - set(blocks)
        if unknown:
            raise InvalidInput(f"fusion: no view called {sorted(unknown)}; the views are {', '.join(blocks)}")
        means = {view: float(block.mean()) for view, block in blocks.items()}
        spreads = {view: float(block.std()) or 1.0 for view, block in blocks.items()}
        return cls(dict(weights), means, spreads, offset)

    def fuse(self, blocks: Mapping[str, NDArray[np.float32]]) -> NDArray[np.float32]:
        """Return the stored score: float32, the shape of each block; larger is better.

        Notes
        -----
        Raises KeyError when a weighted view is missing from `blocks`: a defect of the caller.
        """
        fused = np.float32(self.offset)
        for view, weight in self.weights.items():
            gain = weight / self.scales[view]
            fused = fused + np.float32(gain) * blocks[view] - np.float32(gain * self.centres[view])
        return np.asarray(fused, dtype=np.float32)


@dataclass(frozen=True, slots=True)
class Texts:
    """What is compared of n courses or n vacancies: the whole ``passages`` and the bare ``titles``, in table order."""

    passages: list[str]
    titles: list[str]

    def __len__(self) -> int:
        return len(self.titles)

    def take(self, rows: Sequence[int]) -> Texts:
        """Return the texts of these rows."""
        return Texts([self.passages[row] for row in rows], [self.titles[row] for row in rows])


@dataclass(frozen=True, slots=True)
class Views:
    """n vacancies seen in every way a course can be compared with them.

    ``passages`` and ``titles`` float32 (n, dimension) unit rows of the same encoder; ``lexical`` holds the passages;
    ``seniorities`` int8 (n,) of the titles, as ``matcher.domain.seniority`` ranks them.
    """

    passages: NDArray[np.float32]
    titles: NDArray[np.float32]
    lexical: LexicalIndex
    seniorities: NDArray[np.int8]

    @classmethod
    def fit(cls, vacancies: Texts, encoder: Encoder) -> Views:
        """Return the views of these vacancies.

        Raises
        ------
        ModelUnavailable
            When the encoder cannot run.
        """
        return cls(
            passages=encoder.encode(vacancies.passages, role="passage"),
            titles=encoder.encode(vacancies.titles, role="passage"),
            lexical=LexicalIndex().fit(vacancies.passages),
            seniorities=_seniorities(vacancies.titles),
        )

    def blocks(self, courses: Texts, encoder: Encoder) -> Iterator[dict[str, NDArray[np.float32]]]:
        """Yield the view scores of the courses, ``BLOCK_ROWS`` courses at a time: float32 (<= BLOCK_ROWS, n) each.

        Parameters
        ----------
        courses : Texts
            Passage and bare title of each course.
        encoder : Encoder
            The one the views were fitted with.

        Raises
        ------
        ArtifactIncompatible
            When the encoder has another dimension than the stored embeddings.
        """
        if encoder.dimension != self.passages.shape[1]:
            raise ArtifactIncompatible(
                f"encoder {encoder.name} gives {encoder.dimension} numbers a text, "
                f"the artifact holds {self.passages.shape[1]}; "
                "rebuild the artifact with this encoder or configure the one it was built with"
            )
        whole, bare = encoder.encode(courses.passages, role="query"), encoder.encode(courses.titles, role="query")
        prepared_for = _seniorities(courses.titles)
        for start in range(0, len(courses), BLOCK_ROWS):
            rows = slice(start, start + BLOCK_ROWS)
            yield {
                "dense": whole[rows] @ self.passages.T,
                "dense_title": bare[rows] @ self.titles.T,
                "lexical": self.lexical.scores(courses.passages[rows]),
                "seniority": -np.maximum(self.seniorities - prepared_for[rows, None], 0).astype(np.float32),
            }

    def pairs(
        self, courses: Texts, encoder: Encoder, rows: NDArray[np.int64], columns: NDArray[np.int64]
    ) -> dict[str, NDArray[np.float32]]:
        """Return each view of the pairs (courses[rows], vacancies[columns]): float32 (n_pairs,).

        Raises
        ------
        ArtifactIncompatible
            When the encoder has another dimension than the stored embeddings.
        """
        values = {view: np.empty(len(rows), dtype=np.float32) for view in VIEWS}
        for number, block in enumerate(self.blocks(courses, encoder)):
            own = np.flatnonzero(rows // BLOCK_ROWS == number)
            for view in VIEWS:
                values[view][own] = block[view][rows[own] - number * BLOCK_ROWS, columns[own]]
        return values

    def save(self, folder: Path) -> None:
        """Write the views into `folder`.

        Raises
        ------
        OSError
            When the folder cannot be written.
        """
        np.save(folder / "passages.npy", self.passages.astype(np.float16))
        np.save(folder / "titles.npy", self.titles.astype(np.float16))
        self.lexical.save(folder / "lexical.npz")
        np.save(folder / "seniorities.npy", self.seniorities)

    @classmethod
    def load(cls, folder: Path) -> Views:
        """Return the views that ``save`` wrote into `folder`.

        Raises
        ------
        OSError
            When a file is missing; the artifact's checksums say so first.
        """
        return cls(
            passages=np.load(folder / "passages.npy").astype(np.float32),
            titles=np.load(folder / "titles.npy").astype(np.float32),
            lexical=LexicalIndex.load(folder / "lexical.npz"),
            seniorities=np.load(folder / "seniorities.npy"),
        )


def _seniorities(titles: Sequence[str]) -> NDArray[np.int8]:
    return np.array([seniority(title) for title in titles], dtype=np.int8)


UNFITTED: Mapping[str, float] = {"dense": 1.0, "dense_title": 0.5, "lexical": 0.5, "seniority": 0.25}
"""Weights for an encoder that no graded pair was seen through: 0 is then an average pair, and nothing more is said."""

CALIBRATIONS: Mapping[str, Fusion] = {
    PADAN: Fusion.of_raw(
        {"dense": 20.817, "dense_title": 12.397, "lexical": 0.1650, "seniority": 0.8752}, offset=-26.092
    )
}
"""By encoder name: fitted by ``padan train fusion`` on ``data/judgements``, on the log-odds of being related."""

_SAMPLED_COURSES = 64


@dataclass(frozen=True, slots=True)
class Similarity:
    """The stored score: the views of n vacancies and the fusion that makes one number of them."""

    views: Views
    fusion: Fusion

    @classmethod
    def fit(cls, vacancies: Texts, courses: Texts, encoder: Encoder) -> Similarity:
        """Return the similarity of these vacancies by the calibration of `encoder`.

        An encoder without one gets ``UNFITTED`` weights.

        Raises
        ------
        ModelUnavailable
            When the encoder cannot run.
        """
        if encoder.name in CALIBRATIONS:
            return cls(Views.fit(vacancies, encoder), CALIBRATIONS[encoder.name])
        return cls.of_sample(UNFITTED, vacancies, courses, encoder)

    @classmethod
    def of_sample(cls, weights: Mapping[str, float], vacancies: Texts, courses: Texts, encoder: Encoder) -> Similarity:
        """Return the similarity by these weights, with statistics over courses spread evenly over the table.

        Raises
        ------
        InvalidInput
            When a weight names no view.
        ModelUnavailable
            When the encoder cannot run.
        """
        views = Views.fit(vacancies, encoder)
        picked = np.unique(np.linspace(0, len(courses) - 1, min(_SAMPLED_COURSES, len(courses))).astype(int)).tolist()
        return cls(views, Fusion.of_sample(weights, next(views.blocks(courses.take(picked), encoder))))

    def blocks(self, courses: Texts, encoder: Encoder) -> Iterator[NDArray[np.float32]]:
        """Yield the stored scores, ``BLOCK_ROWS`` courses at a time: float32 (<= BLOCK_ROWS, n), in table order.

        Raises
        ------
        ArtifactIncompatible
            When the encoder has another dimension than the stored embeddings.
        """
        for block in self.views.blocks(courses, encoder):
            yield self.fusion.fuse(block)

    def save(self, folder: Path) -> None:
        """Write the views and the fusion into `folder`.

        Raises
        ------
        OSError
            When the folder cannot be written.
        """
        self.views.save(folder)
        (folder / "fusion.json").write_text(json.dumps(asdict(self.fusion), indent=1), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> Similarity:
        """Return the similarity that ``save`` wrote into `folder`.

        Raises
        ------
        OSError
            When a file is missing; the artifact's checksums say so first.
        """
        return cls(Views.load(folder), Fusion(**json.loads((folder / "fusion.json").read_text(encoding="utf-8"))))
