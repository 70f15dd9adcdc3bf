"""FAISS with ID selectors: the flat index and the HNSW graph."""

from __future__ import annotations

import faiss
import numpy as np
from numpy.typing import NDArray

from tests.bench.peers.contest import Asked, Filter, K, Market, Setting
from tests.bench.peers.in_process import InProcess


class FaissFlat(InProcess):
    name = "FAISS flat + selector"
    settings = ({"selector": "bitmap"}, {"selector": "batch"})

    def build(self, market: Market) -> None:
        faiss.omp_set_num_threads(1)
        self.market, self.index = market, self.empty(market.vectors.shape[1])
        self.index.add(np.ascontiguousarray(market.vectors))  # type: ignore[call-arg]

    def empty(self, dimension: int) -> faiss.Index:
        return faiss.IndexFlatIP(dimension)

    def prepare(self, wanted: Filter) -> dict[str, faiss.IDSelector]:
        mask = self.market.passing(wanted)
        self.bits = np.packbits(mask, bitorder="little")  # the selector points into it
        bitmap = faiss.IDSelectorBitmap(len(mask), faiss.swig_ptr(self.bits))
        return {"bitmap": bitmap, "batch": faiss.IDSelectorBatch(np.flatnonzero(mask))}  # type: ignore[call-arg]

    def search(self, asked: Asked, prepared: dict[str, faiss.IDSelector], setting: Setting) -> NDArray[np.int64]:
        chosen = faiss.SearchParameters(sel=prepared[setting["selector"]])  # type: ignore[call-arg]
        return self.index.search(asked.vectors, K, params=chosen)[1]  # type: ignore[call-arg]


class FaissHnsw(FaissFlat):
    name = "FAISS HNSW + selector"
    settings = tuple({"efSearch": ef} for ef in (50, 100, 200, 400, 800, 1_600, 3_200))

    def empty(self, dimension: int) -> faiss.Index:
        graph = faiss.IndexHNSWFlat(dimension, 16, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction = 200
        return graph

    def search(self, asked: Asked, prepared: dict[str, faiss.IDSelector], setting: Setting) -> NDArray[np.int64]:
        chosen = faiss.SearchParametersHNSW(sel=prepared["bitmap"], efSearch=setting["efSearch"])  # type: ignore[attr-defined]
        return self.index.search(asked.vectors, K, params=chosen)[1]  # type: ignore[call-arg]
