"""Tables in memory and on disk answer alike, and a wrong table is refused before it is asked anything."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.ingest.datasets import write_table
from matcher.measure.event_tables import Limits, count, open_tables, table_of, write_answer
from tests.world import table

ROWS = [{"impression_id": "A", "shown_at": datetime(2026, 3, 1, tzinfo=UTC), "alumnus_id": "ani", "policy": "p"}]


def test_memory_and_file_answer_alike(tmp_path: Path) -> None:
    held = table("impressions", ROWS)
    path = write_table(held, "impressions", tmp_path)
    query = "SELECT impression_id, shown_at FROM impressions"
    with open_tables({"impressions": held}) as memory, open_tables({"impressions": path}, scratch=tmp_path) as disk:
        answers = table_of(memory, query), table_of(disk, query)
    assert answers[0].equals(answers[1])
    assert answers[0].schema.field("shown_at").type == pa.timestamp("us", tz="UTC")


def test_scratch_is_gone_afterwards(tmp_path: Path) -> None:
    with open_tables({"impressions": table("impressions", ROWS)}, scratch=tmp_path) as connection:
        connection.execute("CREATE TABLE copied AS SELECT * FROM impressions")
        assert count(connection, "SELECT count(*) FROM copied") == 1
        assert list(tmp_path.iterdir())
    assert list(tmp_path.iterdir()) == []


def test_answer_is_written_whole(tmp_path: Path) -> None:
    with open_tables({"numbers": pa.table({"n": [1, 2, 3]})}) as connection:
        path = write_answer(connection, "SELECT sum(n) AS total FROM numbers", tmp_path / "it's a sum.parquet")
    assert pq.read_table(path)["total"].to_pylist() == [6]


def test_sum_of_nothing_counts_as_0() -> None:
    with open_tables({"numbers": pa.table({"n": pa.array([], pa.int64())})}) as connection:
        assert count(connection, "SELECT sum(n) FROM numbers") == 0


def test_missing_file_is_named(tmp_path: Path) -> None:
    absent = {"interactions": tmp_path / "interactions.parquet"}
    with pytest.raises(MissingFile, match="the table interactions belongs there"), open_tables(absent):
        pass


def test_file_that_is_not_in_home_form_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "interactions.parquet"
    pq.write_table(table("interactions", []), path)
    with pytest.raises(InvalidInput, match="not in home form"), open_tables({"interactions": path}):
        pass


def test_table_without_a_column_is_refused() -> None:
    held = table("interactions", []).drop_columns(["at", "kind"])
    with pytest.raises(InvalidInput, match="column kind, at missing"), open_tables({"interactions": held}):
        pass


@pytest.mark.parametrize(("memory_mb", "threads"), [(10, 1), (1_000, 0)])
def test_limits_too_small_to_work_in_are_refused(memory_mb: int, threads: int) -> None:
    with pytest.raises(InvalidInput, match="at least 256 MB and 1 thread"):
        Limits(memory_mb=memory_mb, threads=threads)


def test_too_little_memory_is_told_with_the_remedy() -> None:
    small = Limits(memory_mb=256, threads=1)
    with pytest.raises(InvalidInput, match="256 MB are too few"), open_tables({}, limits=small) as connection:
        connection.execute("CREATE TABLE numbers AS SELECT hash(i) AS a, hash(-i) AS b FROM range(30_000_000) t(i)")
