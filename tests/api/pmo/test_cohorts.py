"""The cohorts of the office: written once for a state of the data, private, without ids, and gone with that state."""

from __future__ import annotations

import gc
import os
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from api.pmo.cohorts import Cohorts
from api.pmo.tables import figure_tables
from matcher.domain.errors import MissingFile

TODAY = datetime(2026, 11, 22, tzinfo=UTC)


def test_cohort_is_written_once_for_a_state_a_clock_and_a_day(market: Path) -> None:
    cohorts, tables = Cohorts(), figure_tables(market, None)
    first = cohorts.cohort(tables, clock="2m", now=TODAY)
    written = first.path.stat()
    other = cohorts.cohort(tables, clock="q2", now=TODAY)
    again = cohorts.cohort(tables, clock="2m", now=TODAY)
    assert again == first and again.path.stat().st_mtime_ns == written.st_mtime_ns
    assert other.path != first.path and first.built.n_alumni == 2_000
    tomorrow = cohorts.cohort(tables, clock="2m", now=TODAY + timedelta(days=1))
    assert tomorrow.path.is_file() and not first.path.exists() and not other.path.exists()


def test_new_export_removes_what_was_counted_before(market: Path, tmp_path: Path) -> None:
    folder = tmp_path / "events"
    shutil.copytree(market, folder)
    cohorts = Cohorts()
    before = cohorts.cohort(figure_tables(folder, None), clock="2m", now=TODAY)
    people = pq.read_table(folder / "alumni.parquet")
    pq.write_table(people.slice(500), folder / "alumni.parquet")
    after = cohorts.cohort(figure_tables(folder, None), clock="2m", now=TODAY)
    assert not before.path.exists()
    assert (before.built.n_alumni, after.built.n_alumni) == (2_000, 1_500)


def test_cohort_is_for_this_process_alone_and_names_nobody(market: Path) -> None:
    cohorts = Cohorts()
    path, _ = cohorts.cohort(figure_tables(market, None), clock="2m", now=TODAY)
    assert path.parent.stat().st_mode & 0o077 == 0 and path.stat().st_uid == os.getuid()
    assert not any("id" in name.split("_") and name != "course_id" for name in pq.read_schema(path).names)
    del cohorts
    gc.collect()
    assert not path.exists()


def test_export_without_outcomes_says_which_table_lacks(market: Path, tmp_path: Path) -> None:
    shutil.copy(market / "alumni.parquet", tmp_path)
    with pytest.raises(MissingFile, match="has no outcomes"):
        Cohorts().cohort(figure_tables(tmp_path, None), clock="2m", now=TODAY)
