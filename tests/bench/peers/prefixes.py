"""Our search: one contiguous prefix of a province block, every vacancy in it compared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.engine.index import VacancyIndex
from tests.bench.peers.contest import Asked, Filter, K, Market, Setting, padded
from tests.bench.peers.in_process import InProcess


class PrefixVectors(InProcess):
    """The vectors lie in the layout of the index; the scores of the prefix are computed when asked, as peers do."""

    name = "Padan, prefix of vectors"

    def build(self, market: Market) -> None:
        self.index = VacancyIndex.build(market.columns())
        self.vectors = np.ascontiguousarray(market.vectors[self.index.layout])

    def prepare(self, wanted: Filter) -> Filter:
        return wanted

    def run(self, wanted: Filter) -> slice:
        runs = self.index.prefixes(
            [f"{wanted.province:02d}"], education_rank=wanted.education_rank, accepts_remote=False
        )
        return runs[0] if runs else slice(0, 0)

    def search(self, asked: Asked, prepared: Filter, setting: Setting) -> NDArray[np.int64]:  # noqa: ARG002
        run = self.run(prepared)
        return self.best(asked.vectors @ self.vectors[run].T, run)

    def best(self, scores: NDArray[np.float32], run: slice) -> NDArray[np.int64]:
        whole, allowed = [slice(0, scores.shape[1])], np.ones(scores.shape[1], dtype=bool)
        hits = [self.index.top(row, whole, allowed=allowed, k=K).layout_indices for row in scores]
        return np.array([padded(self.index.layout[run.start + places]) for places in hits])


class StoredScores(PrefixVectors):
    """What the service does: the row of each course was scored when the artifact was built."""

    name = "Padan, stored scores"

    def build(self, market: Market) -> None:
        super().build(market)
        self.scores = market.asked.vectors @ self.vectors.T
        del self.vectors

    def search(self, asked: Asked, prepared: Filter, setting: Setting) -> NDArray[np.int64]:  # noqa: ARG002
        run = self.run(prepared)
        return np.concatenate([self.best(self.scores[row : row + 1, run], run) for row in asked.rows])
