"""Parquet from others: any column types, and files that broke on the way."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matcher.domain.errors import InvalidInput
from matcher.ingest.parquet_files import read_parquet_rows


def _file(folder: Path, table: pa.Table) -> Path:
    path = folder / "x.parquet"
    pq.write_table(table, path)
    return path


def test_rows_come_numbered_whatever_the_types(tmp_path: Path) -> None:
    table = pa.table(
        {
            "title": pa.array(["Las", "Jahit"]).dictionary_encode(),
            "posted_at": pa.array([datetime(2026, 1, 1, tzinfo=UTC), None], pa.timestamp("ms", tz="UTC")),
            "skills": [["a", "b"], None],
        }
    )
    rows = list(read_parquet_rows(_file(tmp_path, table)).rows)
    assert [row.number for row in rows] == [1, 2]
    assert rows[0].cells == {"title": "Las", "posted_at": datetime(2026, 1, 1, tzinfo=UTC), "skills": ["a", "b"]}


def test_a_repeated_column_is_refused(tmp_path: Path) -> None:
    table = pa.Table.from_arrays([pa.array([1]), pa.array([2])], names=["title", "title"])
    with pytest.raises(InvalidInput, match="column 'title': the file has this column twice"):
        read_parquet_rows(_file(tmp_path, table))


@pytest.mark.parametrize("kept", [0.02, 0.5, 0.99])
def test_a_truncated_file_is_refused(tmp_path: Path, kept: float) -> None:
    path = _file(tmp_path, pa.table({"title": [f"Kursus {i}" for i in range(1000)]}))
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * kept)])
    with pytest.raises(InvalidInput, match=r"no whole Parquet file .*export it again"):
        read_parquet_rows(path)


def test_a_damaged_page_is_refused_while_rows_are_drawn(tmp_path: Path) -> None:
    path = _file(tmp_path, pa.table({"title": [f"Kursus nomor {i}" for i in range(1000)]}))
    content = bytearray(path.read_bytes())
    content[4:200] = bytes(196)
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match="no whole Parquet file"):
        list(read_parquet_rows(path).rows)
