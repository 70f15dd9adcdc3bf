"""The outcome cube over everybody who completed, against the same counts by pandas.

Run: pytest tests/bench/test_outcomes_bench.py -s. In its own process, with 2 threads and 3 GB for DuckDB; the peak is
that of the whole process.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matcher.domain.qualifications import EDUCATION_LEVELS
from matcher.measure.cohort_files import COHORT_COLUMNS, SOURCES

N_PEOPLE = 19_867_589
N_AT_ONCE = 2_000_000
MOST_SECONDS, MOST_GB = 5.0, 4.0

_VALUES = {
    "wave": [str(number) for number in range(1, 73)],
    "district_code": [f"{number // 14 + 11}.{number % 14 + 1:02}" for number in range(514)],
    "province_code": [str(number) for number in range(11, 49)],
    "course_id": [f"course-{number}" for number in range(711)],
    "provider": [f"provider-{number}" for number in range(158)],
    "sex": ["female", "male"],
    "has_disability": ["true", "false"],
    "education": list(EDUCATION_LEVELS),
    "is_returned_migrant": ["true", "false"],
    "employment_at_entry": ["not_working", "employee", "self_employed"],
    "state": ["employed", "self_employed", "not_working", "no_response"],
    "source": ["survey", "self", "administrative", "officer"],
}

_PLACE_OF_SOURCE = np.array([SOURCES.index(source) + 2 for source in _VALUES["source"]])
_STRATUM_STEPS = {"education": 12, "sex": 4, "employment_at_entry": 1}

_PEAK = """
def peak_gb():
    # ru_maxrss begins with that of the process that started this one
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith("VmHWM")).split()[1]) / 2**20
"""

_COUNT = (
    _PEAK
    + """
import json, sys, time
from pathlib import Path
from matcher.measure.event_tables import Limits
from matcher.measure.outcomes import count_outcomes
took, started = {}, time.process_time()
for by in (by.split(",") for by in sys.argv[2:]):
    began = time.perf_counter()
    count_outcomes(Path(sys.argv[1]), by, clock="2m", limits=Limits(memory_mb=3_000, threads=2))
    took[",".join(by)] = time.perf_counter() - began
took_cpu = time.process_time() - started
print(json.dumps([took, took_cpu, peak_gb()]))
"""
)

_TABLES = ("province_code", "district_code", "wave,sex", "wave", "course_id", "provider", "sex", "has_disability",
           "education", "is_returned_migrant")  # fmt: skip

_PANDAS = (
    _PEAK
    + """
import json, sys, time
import pandas as pd
began = time.perf_counter()
columns = ["district_code", "education", "sex", "employment_at_entry", "state", "is_ripe"]
frame = pd.read_parquet(sys.argv[1], columns=columns)
ripe = frame[frame["is_ripe"]]
ripe.groupby(columns[:-1], observed=True, sort=False, dropna=False).size()
print(json.dumps([time.perf_counter() - began, peak_gb()]))
"""
)


@pytest.fixture(scope="module")
def cohort(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Write everybody, drawn evenly, in parts."""
    path, rng = tmp_path_factory.mktemp("cohort") / "cohort.parquet", np.random.default_rng(0)
    part = _part(rng, 1)
    with pq.ParquetWriter(path, part.schema, compression="zstd") as writer:
        for start in range(0, N_PEOPLE, N_AT_ONCE):
            writer.write_table(_part(rng, min(N_AT_ONCE, N_PEOPLE - start)))
    return path


def _part(rng: np.random.Generator, n: int) -> pa.Table:
    is_ripe = rng.random(n) < 0.97
    columns: dict[str, pa.Array] = {"is_ripe": pa.array(is_ripe)}
    drawn: dict[str, np.ndarray] = {}
    stratum = np.zeros(n, dtype=np.uint16)
    for name in (*COHORT_COLUMNS, "state", "source"):
        codes = rng.integers(0, len(_VALUES[name]), size=n, dtype=np.int16)
        columns[name] = pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(_VALUES[name]))
        drawn[name] = codes
        stratum += (codes + 1).astype(np.uint16) * _STRATUM_STEPS.get(name, 0)
    cell = stratum * 8 + np.where(is_ripe, drawn["state"] + 1, 0).astype(np.uint16)
    source = _PLACE_OF_SOURCE[drawn["source"]] * 2 + (drawn["employment_at_entry"] == 0)
    told = np.where(is_ripe & (drawn["state"] < 3), source, 0).astype(np.uint8)
    return pa.table(columns | {"cell": pa.array(cell), "told": pa.array(told)})


def _run(program: str, path: Path, *more: str) -> Any:
    done = subprocess.run([sys.executable, "-c", program, str(path), *more], capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def test_cube_of_everybody_is_counted_in_time_and_memory(cohort: Path) -> None:
    took, cpu_seconds, peak_gb = _run(_COUNT, cohort, *_TABLES)
    pandas_seconds, pandas_gb = _run(_PANDAS, cohort)
    ratio = pandas_seconds / took["district_code"]
    told = ", ".join(f"{by} {seconds:.1f} s" for by, seconds in took.items())
    print(
        f"\n{N_PEOPLE:,} people: {told}, all {sum(took.values()):.1f} s, "
        f"{cpu_seconds:.1f} s of processor in all, peak {peak_gb:.1f} GB; "
        f"pandas counts districts in {pandas_seconds:.1f} s with "
        f"{pandas_gb:.1f} GB, {ratio:.1f} times as long"
    )
    assert max(took.values()) <= MOST_SECONDS
    assert peak_gb <= MOST_GB
