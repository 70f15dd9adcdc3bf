"""Takes a Parquet file; gives its rows. Trusts no column type: cells are checked as those of any other file."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from matcher.domain.errors import InvalidInput
from matcher.ingest.datasets import first_line
from matcher.ingest.raw import RawRow, Source

_BATCH_ROWS = 4096
_BROKEN = (pa.ArrowException, OSError, ValueError, OverflowError)


def schema_of(path: Path) -> pa.Schema:
    """Return the schema of a Parquet file.

    Raises
    ------
    InvalidInput
        When the file is no whole Parquet file.
    """
    try:
        with pq.ParquetFile(path) as file:
            return file.schema_arrow
    except _BROKEN as problem:
        raise _broken(path, problem) from problem


def read_parquet_rows(path: Path) -> Source:
    """Return the rows of a Parquet file.

    Raises
    ------
    InvalidInput
        When the file is no whole Parquet file, or repeats a column; a damaged data page shows while rows are drawn.
    """
    names = tuple(schema_of(path).names)
    repeated = next((name for name in names if names.count(name) > 1), None)
    if repeated is not None:
        raise InvalidInput.at(str(path), "the file has this column twice", "rename one", column=repeated)
    return Source(_rows(path, names), names)


def _rows(path: Path, names: tuple[str, ...]) -> Iterator[RawRow]:
    numbers = count(1)
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=_BATCH_ROWS):
                cells = [column.to_pylist() for column in batch.columns]
                for row in zip(*cells, strict=True):
                    yield RawRow(next(numbers), dict(zip(names, row, strict=True)))
    except _BROKEN as problem:
        raise _broken(path, problem) from problem


def _broken(path: Path, problem: BaseException) -> InvalidInput:
    return InvalidInput.at(str(path), f"no whole Parquet file ({first_line(problem)})", "export it again")
