"""Takes tables in memory or Parquet files; opens them for questions in SQL within a memory limit. Asks none itself.

A table that does not fit in memory is worked on in a scratch file beside the answer, which is gone afterwards.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.ingest.datasets import is_home_form, whole_or_nothing
from matcher.ingest.schemas import SCHEMAS

Source = pa.Table | Path
"""A table in memory, or the Parquet file that holds it."""

_FIXED = {"autoinstall_known_extensions": False, "autoload_known_extensions": False, "preserve_insertion_order": False}


@dataclass(frozen=True, slots=True)
class Limits:
    """What a question may use: megabytes of memory before it turns to the disk, and threads."""

    memory_mb: int = 2_048
    threads: int = 2

    def __post_init__(self) -> None:
        if self.memory_mb < 256 or self.threads < 1:
            raise InvalidInput(
                f"limits of {self.memory_mb} MB and {self.threads} threads: give at least 256 MB and 1 thread"
            )


@contextmanager
def open_tables(
    sources: Mapping[str, Source], *, scratch: Path | None = None, limits: Limits | None = None
) -> Iterator[duckdb.DuckDBPyConnection]:
    """Give a DuckDB connection in which each source is a view of its name.

    Parameters
    ----------
    sources : mapping of str to (pyarrow.Table or Path)
        Tables by name; one that ``SCHEMAS`` knows must be in home form, another is taken as it is.
    scratch : Path, optional
        Folder in which a scratch file may grow; without one everything stays in memory.
    limits : Limits, optional
        Memory and threads; the default where left out.

    Raises
    ------
    MissingFile
        When a file is not there.
    InvalidInput
        When a table lacks a column of its schema, a file is not in home form, or the memory does not suffice.
    """
    allowed = limits or Limits()
    with _connect(scratch, allowed) as connection:
        # without it a long question draws a bar on stdout, in the midst of the answer
        connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        for name, source in sources.items():
            _open(connection, name, source)
        try:
            yield connection
        except duckdb.OutOfMemoryException as problem:
            raise InvalidInput(
                f"tables: {allowed.memory_mb} MB are too few for them; raise the limit, or give a folder to work in"
            ) from problem


def table_of(connection: duckdb.DuckDBPyConnection, query: str) -> pa.Table:
    """Return the answer to `query` as an Arrow table, its instants in UTC.

    Notes
    -----
    Raises duckdb.Error only where the query is wrong.
    """
    answer = connection.sql(query).to_arrow_table()
    return answer.cast(_in_utc(answer.schema))


def write_answer(connection: duckdb.DuckDBPyConnection, query: str, path: Path) -> Path:
    """Write the answer to `query` to the Parquet file `path`, all of it or nothing, and return the path.

    Raises
    ------
    OSError
        When the folder cannot be written.
    """
    with whole_or_nothing(path) as draft:
        quoted = str(draft).replace("'", "''")
        connection.execute(f"COPY ({query}) TO '{quoted}' (FORMAT parquet, COMPRESSION zstd)")
    return path


def count(connection: duckdb.DuckDBPyConnection, query: str) -> int:
    """Return the single whole number that `query` answers, 0 where it answers nothing.

    Notes
    -----
    Raises duckdb.Error only where the query is wrong.
    """
    row = connection.execute(query).fetchone()
    return int(row[0] or 0) if row else 0


@contextmanager
def _connect(scratch: Path | None, limits: Limits) -> Iterator[duckdb.DuckDBPyConnection]:
    settings = {**_FIXED, "memory_limit": f"{limits.memory_mb}MB", "threads": limits.threads, "temp_directory": ""}
    if scratch is None:
        with duckdb.connect(":memory:", config=settings) as connection:
            yield connection
        return
    with tempfile.TemporaryDirectory(prefix=".scratch-", dir=scratch) as folder:
        on_disk = {**settings, "temp_directory": folder}
        with duckdb.connect(str(Path(folder) / "scratch.duckdb"), config=on_disk) as connection:
            yield connection


def _open(connection: duckdb.DuckDBPyConnection, name: str, source: Source) -> None:
    if not isinstance(source, Path):
        _check_columns(source.schema, name)
        connection.register(name, source)
        return
    if not source.is_file():
        raise MissingFile(f"{source}: no such file; the table {name} belongs there, as padan ingest leaves it")
    schema = pq.read_schema(source)
    if name in SCHEMAS and not is_home_form(schema, name):
        raise InvalidInput.at(str(source), f"{name} not in home form", "pass it to padan ingest first")
    _check_columns(schema, name)
    connection.read_parquet(str(source)).create_view(name)


def _check_columns(schema: pa.Schema, name: str) -> None:
    expected = SCHEMAS[name].names if name in SCHEMAS else []
    missing = [column for column in expected if column not in schema.names]
    if missing:
        raise InvalidInput.at(name, f"column {', '.join(missing)} missing", "ingest the table again")


def _in_utc(schema: pa.Schema) -> pa.Schema:
    instant = pa.timestamp("us", tz="UTC")
    return pa.schema(
        [pa.field(field.name, instant) if pa.types.is_timestamp(field.type) else field for field in schema]
    )
