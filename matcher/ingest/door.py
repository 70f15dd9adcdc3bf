"""Takes files of any accepted format; gives one table in home form, the rejected rows and what was noticed.
Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from matcher.domain.errors import InvalidInput, MissingFile
from matcher.ingest.datasets import SCHEMAS, is_home_form, read_home_form
from matcher.ingest.delimited import read_delimited
from matcher.ingest.intake import Ingested, Intake
from matcher.ingest.json_files import read_json_document, read_json_lines, read_web_page
from matcher.ingest.mapping import NO_MAPPING, ColumnMapping, Layout
from matcher.ingest.parquet_files import read_parquet_rows, schema_of
from matcher.ingest.parsers import PARSERS
from matcher.ingest.raw import RawRow, Source
from matcher.ingest.workbook import read_workbook

INGESTED_TABLES = tuple(PARSERS)
"""The tables that come from outside."""

_READERS: Mapping[str, Callable[[Path], Source]] = {
    ".csv": read_delimited,
    ".tsv": read_delimited,
    ".jsonl": read_json_lines,
    ".ndjson": read_json_lines,
    ".json": read_json_document,
    ".jsonld": read_json_document,
    ".html": read_web_page,
    ".htm": read_web_page,
    ".parquet": read_parquet_rows,
}

SUFFIXES = (*_READERS, ".xlsx")
"""How the names of the files that can be read end."""

Watch = Callable[[Iterable[RawRow]], Iterable[RawRow]]
"""Hands rows on unchanged and may show how far it is."""


def load_table(
    name: str, paths: Sequence[Path], *, mapping: ColumnMapping | None = None, watch: Watch = iter
) -> Ingested:
    """Return the rows of `paths` as the table `name`, each row accepted or rejected with its reason.

    A single Parquet file in home form is read straight. Of rows with the same key the first is kept.

    Parameters
    ----------
    name : str
        One of ``INGESTED_TABLES``.
    paths : sequence of Path
        CSV, TSV, JSONL, JSON-LD (also inside HTML), XLSX or Parquet files.
    mapping : ColumnMapping, optional
        Used before our own names and the aliases that are always understood.
    watch : callable, optional
        Wraps the rows of each file, to show progress.

    Raises
    ------
    MissingFile
        When a file is not there.
    InvalidInput
        When the table is none of ``INGESTED_TABLES``, or a file cannot be read, is of an unknown format, or lacks a
        column that every row needs or that the mapping names.
    """
    if name not in PARSERS:
        raise InvalidInput(f"table '{name}': not one that is ingested; use one of {', '.join(INGESTED_TABLES)}")
    for path in paths:
        _check_file(path)
    if mapping is None and len(paths) == 1 and _is_home_file(paths[0], name):
        return replace(Intake(name).finish(), table=read_home_form(paths[0], name))
    intake = Intake(name)
    notes: list[str] = []
    for path in paths:
        source = _open(path, name)
        layout = Layout(name, mapping or NO_MAPPING)
        notes += [*source.notes, *_column_notes(layout, source.columns, path)]
        _check_columns(name, layout, source.columns, path)
        for row in watch(source.rows):
            intake.take(row, layout, str(path))
    return intake.finish(tuple(notes))


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise MissingFile(f"{path}: no such file; check the path")
    if path.suffix.casefold() not in SUFFIXES:
        raise InvalidInput.at(str(path), f"unknown format '{path.suffix}'", f"save it as one of {', '.join(SUFFIXES)}")
    try:
        with path.open("rb") as stream:
            is_empty = not stream.read(1)
    except OSError as problem:
        raise InvalidInput.at(str(path), f"cannot be read ({problem.strerror})", "check its rights") from problem
    if is_empty:
        raise InvalidInput.at(str(path), "the file is empty", "give it a header row and data")


def _is_home_file(path: Path, name: str) -> bool:
    return path.suffix.casefold() == ".parquet" and is_home_form(schema_of(path), name)


def _open(path: Path, name: str) -> Source:
    suffix = path.suffix.casefold()
    return read_workbook(path, name) if suffix == ".xlsx" else _READERS[suffix](path)


def _column_notes(layout: Layout, columns: tuple[str, ...] | None, path: Path) -> list[str]:
    ignored = layout.ignored(columns or ())
    return [f"{path}: columns not used: {', '.join(ignored)}"] if ignored else []


def _check_columns(name: str, layout: Layout, columns: tuple[str, ...] | None, path: Path) -> None:
    if columns is None:
        return
    absent = layout.missing(columns)
    if absent:
        raise InvalidInput.at(
            str(path),
            f"the mapping names column '{absent[0]}', the file has {', '.join(columns)}",
            "correct the mapping",
        )
    for field in SCHEMAS[name]:
        if not field.nullable and not layout.reaches(field.name, columns):
            raise InvalidInput.at(
                str(path),
                f"no such column among {', '.join(columns)}",
                "rename the one that holds it, or map it with --mapping",
                column=field.name,
            )
