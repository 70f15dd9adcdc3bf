"""Measures one peer over one market in a process of its own and prints its figures as JSON.

``python -m tests.bench.peers.measuring FOLDER MODULE:CLASS FILTERS``, filters as JSON pairs of province and schooling.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.bench.peers.contest import N_TUNING, Asked, Filter, K, Market, Peer, Setting

ENOUGH_RECALL = 0.95
_TIE = 1e-5


def measure(market: Market, peer: Peer, filters: list[Filter]) -> dict[str, Any]:
    """Build the peer, tune it on the first questions, measure it on the others."""
    market.vectors.sum()  # read from disk before anybody is timed
    before, worked, began = _own_bytes(), peer.processor_seconds(), time.perf_counter()
    peer.build(market)
    built = time.perf_counter() - began
    told = {
        "peer": peer.name, "build_seconds": built, "build_processor_seconds": peer.processor_seconds() - worked,
        "bytes": _own_bytes() - before + peer.outside_bytes, "bytes_outside": peer.outside_bytes,
    }  # fmt: skip
    try:
        return told | {"filters": [_asked_of(market, peer, wanted) for wanted in filters]}
    finally:
        peer.close()


def _own_bytes() -> int:
    gc.collect()
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) * 1_024 for line in lines if line.startswith("RssAnon"))


def _asked_of(market: Market, peer: Peer, wanted: Filter) -> dict[str, Any]:
    tuning, asked = market.asked.take(slice(N_TUNING)), market.asked.take(slice(N_TUNING, None))
    prepared, rows = peer.prepare(wanted), np.flatnonzero(market.passing(wanted))
    vectors = np.array(market.vectors[rows])
    tried = [_tried(peer, tuning, prepared, setting, vectors, rows) for setting in peer.settings]
    good = [one for one in tried if one[0] >= ENOUGH_RECALL]
    _, _, setting = min(good, key=lambda one: one[1]) if good else max(tried, key=lambda one: one[0])
    walls, found = [], []
    worked = peer.processor_seconds()
    for number in range(len(asked)):
        began = time.perf_counter()
        found.append(peer.search(asked.take(slice(number, number + 1)), prepared, setting)[0])
        walls.append(time.perf_counter() - began)
    one_by_one = peer.processor_seconds() - worked
    worked, began = peer.processor_seconds(), time.perf_counter()
    peer.search(asked, prepared, setting)
    batch_wall, batch = time.perf_counter() - began, peer.processor_seconds() - worked
    return {
        "province": wanted.province, "education_rank": wanted.education_rank, "eligible": len(rows),
        "setting": setting, "recall": recall(asked, np.array(found), vectors, rows) if peer.orders_by_vectors else None,
        "p50_ms": 1e3 * float(np.median(walls)), "p99_ms": 1e3 * float(np.quantile(walls, 0.99)),
        "processor_ms": 1e3 * one_by_one / len(asked), "batch_per_second": len(asked) / batch_wall,
        "batch_processor_ms": 1e3 * batch / len(asked),
    }  # fmt: skip


def _tried(
    peer: Peer, tuning: Asked, prepared: object, setting: Setting, vectors: NDArray[np.float32], rows: NDArray[np.int64]
) -> tuple[float, float, Setting]:
    worked = peer.processor_seconds()
    found = np.concatenate(
        [peer.search(tuning.take(slice(row, row + 1)), prepared, setting) for row in range(len(tuning))]
    )
    return recall(tuning, found, vectors, rows), peer.processor_seconds() - worked, setting


def recall(asked: Asked, found: NDArray[np.int64], vectors: NDArray[np.float32], rows: NDArray[np.int64]) -> float:
    """Mean share of the K best scores among `rows`, which pass the filter, that `found` reaches."""
    return float(np.mean(list(_recalls(asked.vectors @ vectors.T, found, rows))))


def _recalls(scores: NDArray[np.float32], found: NDArray[np.int64], rows: NDArray[np.int64]) -> Iterator[float]:
    k = min(K, len(rows))
    for own, picked in zip(scores, found, strict=True):
        least = np.partition(own, len(own) - k)[len(own) - k]
        passing = np.isin(rows, picked)
        yield min(np.count_nonzero(own[passing] >= least - _TIE), k) / k


def main() -> None:
    folder, named, wanted = sys.argv[1:]
    module, kind = named.split(":")
    peer: Peer = getattr(import_module(f"tests.bench.peers.{module}"), kind)()
    filters = [Filter(province, rank) for province, rank in json.loads(wanted)]
    print(json.dumps(measure(Market.load(Path(folder)), peer, filters)))


if __name__ == "__main__":
    main()
