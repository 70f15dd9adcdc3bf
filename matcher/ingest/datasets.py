"""Takes tables and folders; gives the home form, one versioned Parquet schema a table, and its rows as records.
Knows no outside format."""

from __future__ import annotations

import os
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

import pyarrow as pa
import pyarrow.parquet as pq

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.domain.records import Alumnus, Certificate, Course, Licence, Vacancy
from matcher.ingest.schemas import COLUMN_NOTES, SCHEMAS

__all__ = [
    "COLUMN_NOTES",
    "KEYS",
    "SCHEMAS",
    "SCHEMA_VERSION",
    "alumni_of",
    "courses_of",
    "empty_table",
    "first_line",
    "is_home_form",
    "read_home_form",
    "read_table",
    "vacancies_of",
    "whole_or_nothing",
    "write_in_parts",
    "write_table",
]

SCHEMA_VERSION = 1
"""Version of the home form; raised whenever a column is added, renamed or changes its type."""

KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "courses": ("course_id",),
        "vacancies": ("vacancy_id",),
        "alumni": ("alumnus_id",),
        "certificates": ("alumnus_id", "course_id", "title", "certificate_no"),
        "licences": ("alumnus_id", "kind", "class"),
        "impressions": ("impression_id",),
        "impression_entries": ("impression_id", "position"),
        "interactions": ("interaction_id",),
        "hidden_reasons": ("interaction_id",),
        "outcomes": ("outcome_id",),
    }
)
"""The columns that together name one row of a table; no two rows share them."""

_TABLE_KEY = b"padan.table"
_VERSION_KEY = b"padan.schema_version"

_Record = TypeVar("_Record")


def empty_table(name: str) -> pa.Table:
    """Return the table `name` with every column and no row.

    Raises
    ------
    InvalidInput
        When no table has that name.
    """
    return _schema(name).empty_table()


def read_table(name: str, folder: Path) -> pa.Table:
    """Return the table `name` from ``folder/name.parquet``, its columns in the order of the schema.

    Raises
    ------
    MissingFile
        When the file is not there.
    InvalidInput
        When no table has that name, or the file is no whole Parquet file, is not in home form, is of another schema
        version, lacks a column or holds an empty obligatory cell.
    """
    _schema(name)
    path = folder / f"{name}.parquet"
    if not path.is_file():
        raise MissingFile(f"{path}: no such table; make it with padan ingest {name} FILE --to {folder}")
    return read_home_form(path, name)


def read_home_form(path: Path, name: str) -> pa.Table:
    """Return the table `name` from the Parquet file `path`, whatever the file is called.

    Raises
    ------
    InvalidInput
        As ``read_table``.
    """
    try:
        with pq.ParquetFile(path) as file:
            _check_home_form(file.schema_arrow, name, str(path))
            table = file.read()
    except (pa.ArrowException, OSError) as problem:
        raise InvalidInput.at(
            str(path), f"no whole Parquet file ({first_line(problem)})", f"ingest the {name} again"
        ) from problem
    return _in_schema(table, _schema(name), str(path))


def write_table(table: pa.Table, name: str, folder: Path) -> Path:
    """Write `table` to ``folder/name.parquet``, all of it or nothing, and return the path.

    Equal tables give equal bytes. The folder is made if it is missing.

    Raises
    ------
    InvalidInput
        When no table has that name, a column is missing or of a type that does not fit, or an obligatory cell is empty.
    OSError
        When the folder cannot be written.
    """
    whole = _in_schema(table, _schema(name), name).combine_chunks()
    path = folder / f"{name}.parquet"
    with whole_or_nothing(path) as draft:
        pq.write_table(whole.replace_schema_metadata(_stamp(name)), draft, compression="zstd")
    return path


def write_in_parts(parts: Iterable[pa.Table], name: str, folder: Path) -> Path:
    """Write the rows of `parts`, one part in memory at a time, as ``write_table`` does, and return the path.

    Raises
    ------
    InvalidInput, OSError
        As ``write_table``.
    """
    path, schema = folder / f"{name}.parquet", _schema(name).with_metadata(_stamp(name))
    with whole_or_nothing(path) as draft, pq.ParquetWriter(draft, schema, compression="zstd") as file:
        for part in parts:
            file.write_table(_in_schema(part, schema, name))
    return path


def is_home_form(schema: pa.Schema, name: str) -> bool:
    """Return whether a Parquet schema carries the mark that ``write_table`` leaves on the table `name`.

    Notes
    -----
    Raises nothing. A table of an older version is home form too; reading it is what refuses it.
    """
    return (schema.metadata or {}).get(_TABLE_KEY) == name.encode()


@contextmanager
def whole_or_nothing(path: Path, *, mode: int = 0o644) -> Iterator[Path]:
    """Give a draft beside `path` to write to; it takes the place of `path` when the block ends without an error.

    `mode` says who may read it then.

    Raises
    ------
    OSError
        When the folder cannot be made or written.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, draft = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    os.close(handle)
    try:
        yield Path(draft)
        Path(draft).chmod(mode)
        Path(draft).replace(path)
    finally:
        Path(draft).unlink(missing_ok=True)


def courses_of(table: pa.Table) -> list[Course]:
    """Return the rows of a course table as records, in table order.

    Notes
    -----
    Raises KeyError only for a table that is not in home form.
    """
    return [_record(Course, row) for row in table.to_pylist()]


def vacancies_of(table: pa.Table) -> list[Vacancy]:
    """Return the rows of a vacancy table as records, in table order.

    Notes
    -----
    Raises KeyError only for a table that is not in home form.
    """
    return [_record(Vacancy, row) for row in table.to_pylist()]


def alumni_of(alumni: pa.Table, certificates: pa.Table, licences: pa.Table) -> list[Alumnus]:
    """Return the rows of an alumni table as records with their certificates and licences, in table order.

    Notes
    -----
    Raises KeyError only for tables that are not in home form. A certificate or licence of somebody who is not in the
    alumni table belongs to nobody here and is left out.
    """
    held = _by_alumnus(certificates, lambda row: _record(Certificate, row))
    permits = _by_alumnus(licences, _licence)
    nothing: list[Any] = []
    return [
        _record(
            Alumnus,
            person
            | {
                "certificates": held.get(person["alumnus_id"], nothing),
                "licences": permits.get(person["alumnus_id"], nothing),
            },
        )
        for person in alumni.to_pylist()
    ]


def _by_alumnus(table: pa.Table, convert: Callable[[dict[str, Any]], _Record]) -> dict[str, list[_Record]]:
    held: defaultdict[str, list[_Record]] = defaultdict(list)
    for row in table.to_pylist():
        held[row["alumnus_id"]].append(convert(row))
    return held


def _licence(row: dict[str, Any]) -> Licence:
    return Licence(kind=row["kind"], licence_class=row["class"], expires_on=row["expires_on"])


def _record(kind: Callable[..., _Record], row: Mapping[str, Any]) -> _Record:
    """Build a record from the cells it has a field for; an empty cell leaves the field's own default."""
    names = {field.name for field in fields(kind)}  # pyright: ignore[reportArgumentType]
    given = {name: row[name] for name in names & row.keys() if row[name] is not None}
    return kind(**{name: tuple(value) if isinstance(value, list) else value for name, value in given.items()})


def _schema(name: str) -> pa.Schema:
    if name not in SCHEMAS:
        raise InvalidInput(f"table '{name}': unknown; use one of {', '.join(SCHEMAS)}")
    return SCHEMAS[name]


def _stamp(name: str) -> dict[bytes, bytes]:
    return {_TABLE_KEY: name.encode(), _VERSION_KEY: str(SCHEMA_VERSION).encode()}


def _check_home_form(schema: pa.Schema, name: str, place: str) -> None:
    if not is_home_form(schema, name):
        raise InvalidInput.at(place, f"not a {name} table in home form", f"pass the file to padan ingest {name} first")
    version = schema.metadata.get(_VERSION_KEY, b"none").decode(errors="replace")
    if version != str(SCHEMA_VERSION):
        raise InvalidInput.at(
            place, f"schema version {version}, this padan reads {SCHEMA_VERSION}", f"ingest the {name} again"
        )


def _in_schema(table: pa.Table, schema: pa.Schema, place: str) -> pa.Table:
    missing = [name for name in schema.names if name not in table.column_names]
    if missing:
        raise InvalidInput.at(place, f"column {', '.join(missing)} missing", "ingest the table again")
    for field in schema:
        if not field.nullable and table[field.name].null_count:
            raise InvalidInput.at(place, "an obligatory cell is empty", "give every row one", column=field.name)
    try:
        return table.select(schema.names).cast(schema)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as problem:
        raise InvalidInput.at(
            place, f"a column has another type ({first_line(problem)})", "ingest the table again"
        ) from problem


def first_line(problem: BaseException) -> str:
    """Return the first line of what `problem` says, or its kind where it says nothing.

    Notes
    -----
    Raises nothing.
    """
    return next(iter(str(problem).splitlines()), type(problem).__name__)
