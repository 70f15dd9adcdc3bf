"""Takes a CSV or TSV file; gives its rows as text cells. Interprets no cell and maps no column."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from matcher.domain.errors import InvalidInput
from matcher.ingest.encodings import encoding_of
from matcher.ingest.raw import RawRow, Source, header_names

EXTRA = "beyond the header"
"""Name under which cells without a column are kept with their rejected row."""

_FIELD_CHARACTERS = 1 << 28
_DELIMITERS = ",;\t|"


def read_delimited(path: Path) -> Source:
    """Return the rows of a CSV file; the delimiter (comma, semicolon, tab or bar) is the commonest in the header.

    Blank lines count in the numbering and are passed over.

    Raises
    ------
    InvalidInput
        When the file is empty, its encoding is unclear, its header repeats a name, or, while rows are drawn, its quotes
        do not close.
    """
    encoding, note = encoding_of(path)
    with path.open(encoding=encoding, newline="") as stream:
        opening = stream.readline(_FIELD_CHARACTERS)
    delimiter = max(_DELIMITERS, key=opening.count)
    with path.open(encoding=encoding, newline="") as stream:
        header = next(_records(stream, path, delimiter), (0, []))[1]
    columns = header_names(header, str(path))
    return Source(_rows(path, encoding, delimiter, columns), columns, (note,) if note else ())


def _rows(path: Path, encoding: str, delimiter: str, columns: tuple[str, ...]) -> Iterator[RawRow]:
    with path.open(encoding=encoding, newline="") as stream:
        records = _records(stream, path, delimiter)
        next(records)
        for number, cells in records:
            if not any(cells):
                continue
            named = dict(zip(columns, cells, strict=False))
            if len(cells) == len(columns):
                yield RawRow(number, named)
            else:
                extra = {EXTRA: delimiter.join(cells[len(columns) :])} if len(cells) > len(columns) else {}
                problem = f"{len(cells)} cells under a header of {len(columns)}; quote cells that hold a '{delimiter}'"
                yield RawRow(number, named | extra, problem)


def _records(stream: Iterator[str], path: Path, delimiter: str) -> Iterator[tuple[int, list[str]]]:
    with _wide_fields():
        reader = csv.reader(stream, delimiter=delimiter, strict=True)
        number = 0
        try:
            for number, cells in enumerate(reader):
                yield number, cells
        except csv.Error as problem:
            raise InvalidInput.at(
                str(path), f"broken near line {reader.line_num} ({problem})", "close every quote", row=number + 1
            ) from problem


@contextmanager
def _wide_fields() -> Iterator[None]:
    """Let an overlong cell be read, so that its row alone is rejected and not the file."""
    before = csv.field_size_limit(_FIELD_CHARACTERS)
    try:
        yield
    finally:
        csv.field_size_limit(before)
