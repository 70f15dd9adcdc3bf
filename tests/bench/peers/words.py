"""bm25s alone: words, no vectors; it orders by other scores, so its recall of ours says nothing."""

from __future__ import annotations

import bm25s
import numpy as np
from numpy.typing import NDArray

from tests.bench.peers.contest import Asked, Filter, K, Market, Setting
from tests.bench.peers.in_process import InProcess


class Words(InProcess):
    name = "bm25s alone + mask"
    orders_by_vectors = False

    def build(self, market: Market) -> None:
        self.market, self.index = market, bm25s.BM25()
        self.index.index([text.split() for text in market.texts], show_progress=False)

    def prepare(self, wanted: Filter) -> NDArray[np.float32]:
        return self.market.passing(wanted).astype(np.float32)

    def search(self, asked: Asked, prepared: NDArray[np.float32], setting: Setting) -> NDArray[np.int64]:  # noqa: ARG002
        known = self.index.vocab_dict
        tokens = [[word for word in text.split() if word in known] or [""] for text in asked.texts]
        found, _ = self.index.retrieve(
            tokens, k=K, weight_mask=prepared, show_progress=False, n_threads=1, backend_selection="numpy"
        )
        return found.astype(np.int64)
