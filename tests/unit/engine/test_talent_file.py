"""A pool read back from its file is the pool that was written, and nothing of it is copied."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pyarrow as pa
from hypothesis import given

from matcher.engine.talent_file import load_pool, save_pool
from matcher.engine.talent_pool import TalentFilters
from tests.unit.engine.strategies import NOW
from tests.unit.engine.talent_people import filters, people, pool_of, twins


@given(people, filters)
def test_a_pool_read_back_passes_the_same_people(tables: Mapping[str, pa.Table], asked: TalentFilters) -> None:
    pool = pool_of(tables)
    with tempfile.TemporaryDirectory() as folder:
        save_pool(pool, Path(folder) / "pool.arrow")
        again = load_pool(Path(folder) / "pool.arrow")
    assert again.alumnus_ids.equals(pool.alumnus_ids)
    assert (again.key, again.papers.named, again.papers.worded) == (pool.key, pool.papers.named, pool.papers.worded)
    assert again.movers.keys() == pool.movers.keys()
    assert again.n_bytes == pool.n_bytes
    assert np.array_equal(again.passing(asked, now=NOW), pool.passing(asked, now=NOW))
    assert again.without(["a1"]).places_of(["a0", "a1"]).tolist() == pool.places_of(["a0", "a1"]).tolist()


def test_columns_are_mapped(tmp_path: Path) -> None:
    """What two processes read is one page of the file, and whoever changes a pool makes a copy."""
    save_pool(pool_of(twins(1_000)), tmp_path / "pool.arrow")
    before = pa.total_allocated_bytes()
    pool = load_pool(tmp_path / "pool.arrow")
    assert pa.total_allocated_bytes() == before
    columns = (pool.is_present, pool.tie_breaks, pool.certificates.posted, pool.papers.holders, pool.cells.starts)
    assert not any(column.flags.owndata or column.flags.writeable for column in columns)
    assert pool.without(["a0007"]).is_present.sum() == len(pool) - 1 == 999
