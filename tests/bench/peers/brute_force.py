"""scikit-learn: the rows that pass the filter are taken out, and all of them compared."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from sklearn.neighbors import NearestNeighbors

from tests.bench.peers.contest import Asked, Filter, K, Market, Setting, padded
from tests.bench.peers.in_process import InProcess


class BruteForce(InProcess):
    name = "scikit-learn brute force + filter"
    settings = ({"metric": "cosine"}, {"metric": "euclidean"})

    def build(self, market: Market) -> None:
        self.market, self.vectors = market, np.array(market.vectors)

    def prepare(self, wanted: Filter) -> NDArray[np.int64]:
        return np.flatnonzero(self.market.passing(wanted))

    def search(self, asked: Asked, prepared: NDArray[np.int64], setting: Setting) -> NDArray[np.int64]:
        nearest = NearestNeighbors(n_neighbors=min(K, len(prepared)), algorithm="brute", **setting)
        found = nearest.fit(self.vectors[prepared]).kneighbors(asked.vectors, return_distance=False)
        return np.array([padded(prepared[row]) for row in found])
