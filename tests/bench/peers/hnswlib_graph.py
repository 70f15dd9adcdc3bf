"""hnswlib with a filter, which is a Python function called for every vacancy that the walk comes to."""

from __future__ import annotations

import hnswlib  # type: ignore[import-not-found]
import numpy as np
from numpy.typing import NDArray

from tests.bench.peers.contest import Asked, Filter, K, Market, Setting, padded
from tests.bench.peers.in_process import InProcess


class HnswlibGraph(InProcess):
    name = "hnswlib + filter"
    settings = tuple({"ef": ef} for ef in (50, 100, 200, 400, 800, 1_600, 3_200))

    def build(self, market: Market) -> None:
        n, dimension = market.vectors.shape
        self.market, self.index = market, hnswlib.Index(space="ip", dim=dimension)
        self.index.init_index(max_elements=n, M=16, ef_construction=200, random_seed=0)
        self.index.add_items(np.ascontiguousarray(market.vectors), num_threads=1)

    def prepare(self, wanted: Filter) -> tuple[list[bool], int]:
        """Some that pass cannot be reached in the graph; how many can is learnt here, untimed, with one question."""
        mask = self.market.passing(wanted)
        passing, k = mask.tolist(), min(K, int(mask.sum()))
        self.index.set_ef(K)
        return passing, len(self._one(self.market.asked.vectors[0], passing, k))

    def search(self, asked: Asked, prepared: tuple[list[bool], int], setting: Setting) -> NDArray[np.int64]:
        self.index.set_ef(setting["ef"])
        return np.array([padded(self._one(vector, *prepared)) for vector in asked.vectors])

    def _one(self, vector: NDArray[np.float32], passing: list[bool], k: int) -> NDArray[np.integer]:
        """It refuses to answer with fewer than it was asked for; it is then asked for one less."""
        while k:
            try:
                return self.index.knn_query(vector, k, num_threads=1, filter=passing.__getitem__)[0][0]
            except RuntimeError:
                k -= 1
        return np.empty(0, dtype=np.int64)
